// TimeBudget.tsx - how the people of each segment spend their time: a stacked bar for each, and the same as a table.
import type { Day, DaySegment } from "../types";
import { percent, span } from "../format";
import { SPENT } from "../scales";
import { Table } from "./Table";

const total = (s: DaySegment): number => SPENT.reduce((sum, part) => sum + (s.spent_s[part.key] ?? 0), 0);
const share = (s: DaySegment, key: string): number | null => (total(s) ? (s.spent_s[key] ?? 0) / total(s) : null);

function Bar({ segment }: { segment: DaySegment }) {
  return (
    <div class="budget" aria-hidden="true">
      <div class="who">
        {segment.name || segment.key}
        <span class="note"> {segment.arrived ? `${span(total(segment) / segment.arrived)} each` : "nobody came"}</span>
      </div>
      <div class="stack">
        {SPENT.map((part) => {
          const of = share(segment, part.key) ?? 0;
          if (of <= 0) return null;
          return (
            <span style={{ width: `${(of * 100).toFixed(2)}%`, background: part.colour, color: part.ink }} title={`${part.label}: ${percent(of)}`} key={part.key}>
              {of >= 0.07 ? percent(of) : ""}
            </span>
          );
        })}
      </div>
    </div>
  );
}

export function TimeBudget({ day }: { day: Day }) {
  const used = SPENT.filter((part) => day.segments.some((s) => (s.spent_s[part.key] ?? 0) > 0));
  return (
    <>
      <ul class="keys-of-bars" aria-hidden="true">
        {used.map((part) => <li key={part.key}><span class="swatch" style={{ background: part.colour }} />{part.label}</li>)}
      </ul>
      {day.segments.map((s) => <Bar segment={s} key={s.key} />)}
      <details>
        <summary>The same as a table</summary>
        <Table<DaySegment>
          caption="Share of the time between coming and going"
          rows={day.segments}
          rowKey={(s) => s.key}
          columns={[
            { head: "Segment", cell: (s) => s.name || s.key },
            { head: "Time each", number: true, cell: (s) => span(s.arrived ? total(s) / s.arrived : null) },
            ...used.map((part) => ({ head: part.label, number: true, cell: (s: DaySegment) => percent(share(s, part.key)) })),
          ]}
        />
      </details>
    </>
  );
}

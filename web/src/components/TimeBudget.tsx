// TimeBudget.tsx - how the people of each segment spend their time: a stacked bar for each, and the same as tables.
import type { Day, DaySegment, Quantiles } from "../types";
import { count, decimal, percent, span, words } from "../format";
import { SPENT } from "../scales";
import { Table } from "./Table";
import { say } from "../say";

const total = (s: DaySegment): number => s.here_s;
const share = (s: DaySegment, key: string): number | null => (total(s) ? (s.spent_s[key] ?? 0) / total(s) : null);
const each = (s: DaySegment, seconds: number): number | null => (s.arrived ? seconds / s.arrived : null);

function Bar({ segment }: { segment: DaySegment }) {
  return (
    <div class="budget" aria-hidden="true">
      <div class="who">
        {segment.name || segment.key}
        <span class="note"> {segment.arrived ? say("{time} each", { time: span(total(segment) / segment.arrived) }) : say("nobody came")}</span>
      </div>
      <div class="stack">
        {SPENT.map((part) => {
          const of = share(segment, part.key) ?? 0;
          if (of <= 0) return null;
          return (
            <span style={{ width: `${(of * 100).toFixed(2)}%`, background: part.colour, color: part.ink }} title={`${say(part.label)}: ${percent(of)}`} key={part.key}>
              {of >= 0.07 ? percent(of) : ""}
            </span>
          );
        })}
      </div>
    </div>
  );
}

// "3 – 5 – 10": what a tenth, half and nine tenths of the guests had at the most.
const spread = (q: Quantiles, text: (value: number | null) => string): string => (q.p50 === null ? "–" : `${text(q.p10)} – ${text(q.p50)} – ${text(q.p90)}`);
const hours = (s: number | null): string => decimal(s === null ? null : s / 3600);
const minutes = (s: number | null): string => count(s === null ? null : s / 60);

function EachGuest({ day }: { day: Day }) {
  return (
    <Table<DaySegment>
      caption="Each guest's day: P10 – P50 – P90, what a tenth, half and nine tenths of the guests had at the most"
      rows={day.segments}
      rowKey={(s) => s.key}
      columns={[
        { head: "Segment", cell: (s) => s.name || s.key },
        { head: "Guests", number: true, cell: (s) => count(s.arrived) },
        { head: "Rides", number: true, cell: (s) => spread(s.rides_each, count) },
        { head: "Descent", unit: "m", number: true, cell: (s) => spread(s.descent_each_m, count) },
        { head: "Waiting for lifts", unit: "min", number: true, cell: (s) => spread(s.waiting_each_s, minutes) },
        { head: "Time here", unit: "h", number: true, cell: (s) => spread(s.here_each_s, hours) },
      ]}
    />
  );
}

// Minutes inside each kind of venue, for each guest; kinds that take most time first.
function AtVenues({ day }: { day: Day }) {
  const all = (kind: string): number => day.segments.reduce((sum, s) => sum + (s.at_s[kind] ?? 0), 0);
  const kinds = Object.keys(day.segments[0]?.at_s ?? {}).filter((k) => all(k) > 0).sort((a, b) => all(b) - all(a));
  if (kinds.length === 0) return null;
  return (
    <Table<DaySegment>
      caption="Minutes inside venues by their kind, for each guest of the segment; the queues there are told apart"
      rows={day.segments}
      rowKey={(s) => s.key}
      columns={[
        { head: "Segment", cell: (s) => s.name || s.key },
        { head: "In queues", number: true, cell: (s) => minutes(each(s, s.spent_s.queueing ?? 0)) },
        ...kinds.map((kind) => ({ head: kind === "place" ? "At a place" : words(kind), number: true, cell: (s: DaySegment) => (s.at_s[kind] ? decimal(each(s, s.at_s[kind] / 60)) : "–") })),
      ]}
    />
  );
}

export function TimeBudget({ day }: { day: Day }) {
  const used = SPENT.filter((part) => day.segments.some((s) => (s.spent_s[part.key] ?? 0) > 0));
  return (
    <>
      <ul class="keys-of-bars" aria-hidden="true">
        {used.map((part) => <li key={part.key}><span class="swatch" style={{ background: part.colour }} />{say(part.label)}</li>)}
      </ul>
      {day.segments.map((s) => <Bar segment={s} key={s.key} />)}
      <details>
        <summary>{say("The same as a table")}</summary>
        <Table<DaySegment>
          caption="Share of the time between coming and going"
          rows={day.segments}
          rowKey={(s) => s.key}
          columns={[
            { head: "Segment", cell: (s) => s.name || s.key },
            { head: "Time each", number: true, cell: (s) => span(each(s, total(s))) },
            ...used.map((part) => ({ head: part.label, number: true, cell: (s: DaySegment) => percent(share(s, part.key)) })),
          ]}
        />
      </details>
      <EachGuest day={day} />
      <AtVenues day={day} />
    </>
  );
}

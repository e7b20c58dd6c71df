// Equity.tsx - who waited how long: by ability, size of the party and hour of arrival.
import type { Day, Group } from "../types";
import { count, decimal, percent, span, words } from "../format";
import { Table } from "./Table";
import { say } from "../say";

type By = keyof Day["groups"];
const TITLES: Record<By, string> = { ability: "By ability", party_size: "By size of the party", arrival_hour: "By hour of arrival" };
const NOTES: Record<By, string> = { ability: "of the weakest of the party", party_size: "people who stay together", arrival_hour: "when they came" };
const KINDS = Object.keys(TITLES) as By[];

function nameOf(by: By, key: string): string {
  if (by === "arrival_hour") return `${key}:00–${key}:59`;
  if (by === "party_size") return key === "1" ? say("alone") : key === "5+" ? say("5 or more") : key;
  return key === "foot" ? say("On foot") : words(key);
}

const meanWait = (g: Group): number | null => (g.rides ? g.waited_s / g.rides : null);

// From the tenth that waited least to the tenth that waited most, with the middle marked.
function Range({ group, most }: { group: Group; most: number }) {
  const { p10, p50, p90 } = group.waiting_each_s;
  if (p10 === null || p50 === null || p90 === null) return null;
  const at = (s: number): string => `${((s / most) * 100).toFixed(2)}%`;
  return (
    <span class="range">
      <span class="reach" style={{ left: at(p10), width: at(p90 - p10) }} />
      <span class="middle" style={{ left: at(p50) }} />
    </span>
  );
}

function Panel({ day, by, most }: { day: Day; by: By; most: number }) {
  return (
    <div class="panel">
      <h3>{say(TITLES[by])}</h3>
      <p class="note">{say(NOTES[by])}</p>
      {day.groups[by].map((g) => (
        <div class="group" key={g.key}>
          <span>{nameOf(by, g.key)}</span>
          <Range group={g} most={most} />
          <span class="number">{span(g.waiting_each_s.p50)}</span>
        </div>
      ))}
    </div>
  );
}

export function Equity({ day }: { day: Day }) {
  const all = KINDS.flatMap((by) => day.groups[by]);
  if (all.length === 0) return <p>{say("Nobody came.")}</p>;
  const most = Math.max(1, ...all.map((g) => g.waiting_each_s.p90 ?? 0));
  return (
    <>
      <div class="panels" aria-hidden="true">{KINDS.map((by) => <Panel day={day} by={by} most={most} key={by} />)}</div>
      <p class="note" aria-hidden="true">{say("The bar spans the middle eight tenths of the people, the mark is the median; full width is {time}.", { time: span(most) })}</p>
      <details>
        <summary>{say("The same as tables")}</summary>
        {KINDS.map((by) => (
          <Table<Group>
            key={by}
            caption={`${say("Waiting for lifts")}: ${say(TITLES[by])} (${say(NOTES[by])})`}
            rows={day.groups[by]}
            rowKey={(g) => g.key}
            columns={[
              { head: "Group", cell: (g) => nameOf(by, g.key) },
              { head: "People", number: true, cell: (g) => count(g.people) },
              { head: "Rides each", number: true, cell: (g) => decimal(g.rides / g.people) },
              { head: "Mean wait", unit: "a ride", number: true, cell: (g) => span(meanWait(g)), alert: (g) => (meanWait(g) ?? 0) >= 600 },
              { head: "P10", number: true, title: "of a guest's waiting all day: a tenth waited no longer", cell: (g) => span(g.waiting_each_s.p10) },
              { head: "P50", number: true, title: "half waited no longer", cell: (g) => span(g.waiting_each_s.p50) },
              { head: "P90", number: true, title: "9 in 10 waited no longer", cell: (g) => span(g.waiting_each_s.p90) },
              { head: "Longest line", number: true, cell: (g) => span(g.longest_wait_s) },
              { head: "Share of the day", number: true, cell: (g) => percent(g.here_s ? g.waited_s / g.here_s : null) },
            ]}
          />
        ))}
      </details>
    </>
  );
}

// Tables.tsx - the day in tables: lifts, runs, venues, what the figures rest on.
import { useState } from "preact/hooks";
import type { Assumption, Day, DayLift, DayRun, DayVenue } from "../types";
import type { View } from "../data";
import { distinctNames, runName } from "../data";
import { count, decimal, percent, span, words } from "../format";
import { Table } from "./Table";
import { say } from "../say";

// A share as a number with a bar behind it.
function Share({ value }: { value: number }) {
  return (
    <span class="share">
      <span class="bar" style={{ width: `${Math.min(100, Math.max(0, value * 100)).toFixed(1)}%` }} aria-hidden="true" />
      <span>{percent(value)}</span>
    </span>
  );
}

const SLOW_S = 600; // a wait that wants to be seen, as on the terminal

export function LiftTable({ view, day }: { view: View; day: Day }) {
  const late = (value: number | null): boolean => value !== null && value >= SLOW_S;
  return (
    <Table<DayLift>
      caption="Waits and use of each lift over the day"
      rows={day.lifts}
      rowKey={(l) => l.key}
      columns={[
        { head: "Lift", cell: (l) => view.liftNames.get(l.key) ?? l.name },
        { head: "Rides", number: true, cell: (l) => count(l.rides) },
        { head: "Mean wait", number: true, cell: (l) => span(l.wait_s.mean), alert: (l) => late(l.wait_s.mean) },
        { head: "P50", number: true, title: "half waited no longer", cell: (l) => span(l.wait_s.p50), alert: (l) => late(l.wait_s.p50) },
        { head: "P90", number: true, title: "9 in 10 waited no longer", cell: (l) => span(l.wait_s.p90), alert: (l) => late(l.wait_s.p90) },
        { head: "P99", number: true, title: "99 in 100 waited no longer", cell: (l) => span(l.wait_s.p99), alert: (l) => late(l.wait_s.p99) },
        { head: "Longest", number: true, cell: (l) => span(l.wait_s.max), alert: (l) => late(l.wait_s.max) },
        { head: "Longest line", number: true, cell: (l) => count(l.queue_max) },
        { head: "Seats filled", number: true, title: "of the carriers that left with someone", cell: (l) => <Share value={l.seats_filled} /> },
        { head: "Capacity used", number: true, title: "people carried up, of the design capacity over the hours it was open", cell: (l) => <Share value={l.used} /> },
        { head: "Stopped", number: true, cell: (l) => (l.stopped_s ? `${span(l.stopped_s)} (${count(l.stops)}×)` : "–") },
      ]}
    />
  );
}

export function RunTable({ view, day }: { view: View; day: Day }) {
  const over = (r: DayRun): number => (r.density_peak_per_ha !== null && r.density_standard_per_ha ? r.density_peak_per_ha / r.density_standard_per_ha : -1);
  const rows = [...day.runs].sort((a, b) => Number(over(b) >= 1) - Number(over(a) >= 1) || b.descents - a.descents);
  return (
    <Table<DayRun>
      caption="Descents and density of each run; those above their standard first"
      rows={rows}
      rowKey={(r) => r.key}
      first={12}
      columns={[
        { head: "Run", cell: (r) => view.runNames.get(r.key) ?? runName(r) },
        { head: "Difficulty", cell: (r) => words(view.runs.get(r.key)?.difficulty ?? "–") },
        { head: "Length", unit: "m", number: true, cell: (r) => count(view.runs.get(r.key)?.length_m) },
        { head: "Descents", number: true, cell: (r) => count(r.descents) },
        { head: "Peak", unit: "per ha", number: true, title: "highest mean over a quarter of an hour", cell: (r) => decimal(r.density_peak_per_ha), alert: (r) => over(r) >= 1 },
        { head: "Standard", unit: "per ha", number: true, title: "upper end for its difficulty", cell: (r) => count(r.density_standard_per_ha) },
        { head: "Most on it", number: true, cell: (r) => count(Math.max(0, ...r.people)) },
      ]}
    />
  );
}

export function VenueTable({ day }: { day: Day }) {
  const names = distinctNames(day.venues);
  return (
    <Table<DayVenue>
      caption="Visits and waits at each venue"
      rows={[...day.venues].sort((a, b) => b.missed - a.missed || (b.wait_s.mean ?? 0) * b.visits - (a.wait_s.mean ?? 0) * a.visits)}
      rowKey={(v) => v.key}
      first={14}
      columns={[
        { head: "Venue", cell: (v) => names.get(v.key) },
        { head: "Kind", cell: (v) => words(v.kind) },
        { head: "Visits", number: true, cell: (v) => count(v.visits) },
        { head: "Mean wait", number: true, cell: (v) => span(v.wait_s.mean), alert: (v) => (v.wait_s.mean ?? 0) >= SLOW_S },
        { head: "P90", number: true, title: "9 in 10 waited no longer", cell: (v) => span(v.wait_s.p90) },
        { head: "Longest", number: true, cell: (v) => span(v.wait_s.max) },
        { head: "Longest queue", number: true, cell: (v) => count(v.queue_max) },
        { head: "Most inside", number: true, cell: (v) => count(v.inside_max) },
        { head: "In vain", number: true, title: "people who came and could not: closed, full or out of reach", cell: (v) => count(v.missed), alert: (v) => v.missed > 0 },
      ]}
    />
  );
}

// ---- assumptions --------------------------------------------------------------------------------------------------

const KINDS = ["measured", "published", "chosen", "assumed"];
const MEANINGS: Record<string, string> = {
  measured: "measured at this resort",
  published: "printed somewhere",
  chosen: "decided by those who wrote the folder, where nothing is known",
  assumed: "taken from elsewhere, to be corrected by the owner",
};

interface Ground {
  what: string;
  field: string;
  basis: string;
  source: string;
  keys: string[];
  share: number | null;
}

// One row for what is said of the same value with the same words, however many entries it stands in.
function grounds(list: Assumption[]): Ground[] {
  const found = new Map<string, Ground>();
  for (const a of list) {
    const id = JSON.stringify([a.entry, a.field, a.basis, a.source]);
    const ground = found.get(id) ?? { what: a.entry, field: a.field, basis: a.basis, source: a.source, keys: [], share: null };
    if (a.key) ground.keys.push(a.key);
    if (a.share !== null) ground.share = Math.min(1, (ground.share ?? 0) + a.share);
    found.set(id, ground);
  }
  return [...found.values()].sort((a, b) => KINDS.indexOf(b.basis) - KINDS.indexOf(a.basis) || (b.share ?? -1) - (a.share ?? -1));
}

const some = (keys: string[]): string => (keys.length > 3 ? say("{some} and {n} more", { some: keys.slice(0, 3).join(", "), n: count(keys.length - 3) }) : keys.join(", "));

export function Assumptions({ day }: { day: Day }) {
  const [kind, setKind] = useState("");
  const all = grounds(day.assumptions);
  if (all.length === 0) return <p>{say("No value of this resort says what it rests on.")}</p>;
  const kinds = [...KINDS, ...new Set(day.assumptions.map((a) => a.basis).filter((b) => !KINDS.includes(b)))];
  const times = (basis: string): number => day.assumptions.filter((a) => a.basis === basis).length;
  return (
    <>
      <ul class="kinds">
        {kinds.map((k) => <li key={k}><b>{count(times(k))}</b> {say(k)}<span class="note">: {say(MEANINGS[k] ?? "")}</span></li>)}
      </ul>
      <label class="filter screen-only">
        {say("Show")}{" "}
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
          <option value="">{say("all {n} values", { n: count(day.assumptions.length) })}</option>
          {kinds.filter(times).map((k) => <option value={k} key={k}>{say(k)} ({count(times(k))})</option>)}
        </select>
      </label>
      <Table<Ground>
        caption="What the figures rest on"
        rows={all.filter((g) => !kind || g.basis === kind)}
        rowKey={(g) => `${g.what}/${g.field}/${g.basis}/${g.source}`}
        first={15}
        columns={[
          { head: "Value", cell: (g) => <>{words(g.what)}: <span lang="en">{g.field}</span></> },
          { head: "Basis", cell: (g) => <span class={`basis ${g.basis}`}>{say(g.basis)}</span> },
          { head: "Source", cell: (g) => <span class="wide" lang="en">{g.source || "–"}</span> },
          { head: "Of the day", number: true, title: "share of the rides, descents, visits or guests that pass through it; not how far the results would move with it", cell: (g) => percent(g.share) },
          { head: "Where", cell: (g) => <span class="keys">{some(g.keys) || say("the resort")}</span> },
        ]}
      />
    </>
  );
}

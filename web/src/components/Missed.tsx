// Missed.tsx - who did not get what they came for, and why.
import type { Day, DayLift, DaySegment, DayVenue, DayVisit } from "../types";
import type { View } from "../data";
import { distinctNames } from "../data";
import { count, words } from "../format";
import type { Column } from "./Table";
import { Table } from "./Table";
import { say } from "../say";

const REASONS: { key: string; head: string; title: string }[] = [
  { key: "queue", head: "Queue", title: "so long a queue that nobody joins it" },
  { key: "full", head: "Full", title: "no session with room for all of them, or fewer seats than they are" },
  { key: "closed", head: "Closed", title: "not open any more, or not soon enough to wait at the door" },
  { key: "too_late", head: "Too late", title: "it fell due and they had to go home before, or the last session had begun" },
  { key: "no_way", head: "No way", title: "no way led there" },
  { key: "refused", head: "Refused", title: "from outside: not sold or not let in" },
];
const CAUSES = [
  { key: "closing", head: "Closing", title: "the lift had closed for the day" },
  { key: "hold", head: "Hold", title: "it stood for so long that its line was cleared, was held for the wind, or evacuated" },
  { key: "outage", head: "Outage", title: "it was out of order for some hours" },
];
const UNRIDDEN: Record<string, string> = {
  refused: "were not let in for the day", turned_away: "were sent out of a line", standing: "stood about: nothing was open for them, or every line too long",
  visits: "spent their time on visits and in queues", other: "for other reasons",
};

type Counts = Record<string, number>;
const sum = (counts: Counts): number => Object.values(counts).reduce((a, b) => a + b, 0);

// A column for each reason that occurs.
function reasonColumns<Row>(day: Day, of: (row: Row) => Counts): Column<Row>[] {
  return REASONS.filter((r) => (day.missed_by[r.key] ?? 0) > 0).map((r) => ({ head: r.head, title: r.title, number: true, cell: (row: Row) => count(of(row)[r.key]) }));
}

function Reasons({ day }: { day: Day }) {
  const all = sum(day.missed_by);
  if (all === 0) return <p>{say("Every visit that was wished could be made.")}</p>;
  return (
    <div class="reasons" aria-hidden="true">
      {REASONS.filter((r) => day.missed_by[r.key] > 0).map((r) => (
        <div class="group" key={r.key}>
          <span>{say(r.head)}</span>
          <span class="range"><span class="reach" style={{ left: 0, width: `${((day.missed_by[r.key] / all) * 100).toFixed(2)}%` }} /></span>
          <span class="number">{count(day.missed_by[r.key])}</span>
          <span class="note">{say(r.title)}</span>
        </div>
      ))}
    </div>
  );
}

function Segments({ day }: { day: Day }) {
  const refused = day.segments.some((s) => s.refused > 0); // only where somebody outside was asked
  return (
    <Table<DaySegment>
      caption="What each segment came for and did not get"
      rows={day.segments}
      rowKey={(s) => s.key}
      columns={[
        { head: "Segment", cell: (s) => s.name || s.key },
        { head: "Came", number: true, cell: (s) => count(s.arrived) },
        { head: "Visits wished", number: true, cell: (s) => count(s.wished) },
        { head: "Missed", number: true, cell: (s) => count(s.missed), alert: (s) => s.missed > 0 },
        ...reasonColumns<DaySegment>(day, (s) => s.missed_by),
        { head: "Turned away", number: true, title: "from a lift, people times lines", cell: (s) => count(s.turned_away), alert: (s) => s.turned_away > 0 },
        { head: "No ride", number: true, title: "came to ski and never rode a lift", cell: (s) => count(s.unridden), alert: (s) => s.unridden > 0 },
        { head: "Brought down", number: true, title: "people without a way home", cell: (s) => count(s.assisted), alert: (s) => s.assisted > 0 },
        ...(refused ? [{ head: "Not let in", number: true, cell: (s: DaySegment) => count(s.refused), alert: (s: DaySegment) => s.refused > 0 }] : []),
        { head: "Left behind", number: true, title: "came too late for the last coach", cell: (s) => count(s.left_behind), alert: (s) => s.left_behind > 0 },
        { head: "Still here", number: true, title: "when the day ended", cell: (s) => count(s.still_here), alert: (s) => s.still_here > 0 },
      ]}
    />
  );
}

function Venues({ day }: { day: Day }) {
  const names = distinctNames(day.venues), rows = day.venues.filter((v) => v.missed > 0).sort((a, b) => b.missed - a.missed);
  if (rows.length === 0) return null;
  return (
    <Table<DayVenue>
      caption="Where visits were missed: at this venue or, of several of a kind, at the nearest"
      rows={rows}
      rowKey={(v) => v.key}
      first={10}
      columns={[
        { head: "Venue", cell: (v) => names.get(v.key) },
        { head: "Visits", number: true, cell: (v) => count(v.visits) },
        { head: "Missed", number: true, cell: (v) => count(v.missed), alert: () => true },
        ...reasonColumns<DayVenue>(day, (v) => v.missed_by),
      ]}
    />
  );
}

function Visits({ day }: { day: Day }) {
  const rows = day.visits.filter((v) => v.missed > 0).sort((a, b) => b.missed - a.missed);
  const segments = distinctNames(day.segments), venues = distinctNames(day.venues);
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>{say("Each visit of each segment")}</summary>
      <Table<DayVisit>
        caption="Visits missed by segment"
        rows={rows}
        rowKey={(v) => `${v.segment} ${v.visit}`}
        first={12}
        columns={[
          { head: "Visit", cell: (v) => venues.get(v.what) ?? words(v.what) },
          { head: "Segment", cell: (v) => segments.get(v.segment) ?? v.segment },
          { head: "Wished", number: true, cell: (v) => count(v.wished) },
          { head: "Missed", number: true, cell: (v) => count(v.missed), alert: () => true },
          ...reasonColumns<DayVisit>(day, (v) => v.missed_by),
        ]}
      />
    </details>
  );
}

function TurnedAway({ view, day }: { view: View; day: Day }) {
  const rows = day.lifts.filter((l) => l.turned_away > 0 || l.still_in_line > 0);
  if (rows.length === 0) return <p>{say("No lift turned anybody away.")}</p>;
  return (
    <Table<DayLift>
      caption="People whom a lift turned away or left in line"
      rows={rows}
      rowKey={(l) => l.key}
      columns={[
        { head: "Lift", cell: (l) => view.liftNames.get(l.key) ?? l.name },
        { head: "Turned away", number: true, cell: (l) => count(l.turned_away), alert: (l) => l.turned_away > 0 },
        ...CAUSES.map((c) => ({ head: c.head, title: c.title, number: true, cell: (l: DayLift) => count(l.turned_away_by[c.key]) })),
        { head: "Still in line", number: true, title: "when the day ended", cell: (l) => count(l.still_in_line), alert: (l) => l.still_in_line > 0 },
      ]}
    />
  );
}

function Unridden({ day }: { day: Day }) {
  const all = sum(day.unridden_by);
  if (day.guests === 0) return null;
  if (all === 0) return <p>{say("Everyone who came to ski rode a lift.")}</p>;
  const why = Object.entries(day.unridden_by).filter(([, n]) => n > 0).map(([key, n]) => `${count(n)} ${say(UNRIDDEN[key] ?? key)}`);
  return <p>{say("{n} came to ski and never rode a lift, as far as is known: {why}.", { n: count(all), why: why.join("; ") })}</p>;
}

export function Missed({ view, day }: { view: View; day: Day }) {
  return (
    <>
      <Reasons day={day} />
      <Segments day={day} />
      <Venues day={day} />
      <Visits day={day} />
      <TurnedAway view={view} day={day} />
      <Unridden day={day} />
    </>
  );
}

// Headline.tsx - the day in a handful of numbers.
import type { Day } from "../types";
import { clock, count, decimal, percent, span } from "../format";

function Tile({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd><span class="value">{value}</span><span class="note">{note}</span></dd>
    </div>
  );
}

export function Headline({ day }: { day: Day }) {
  const missed = day.segments.reduce((sum, s) => sum + s.missed, 0), wished = day.segments.reduce((sum, s) => sum + s.wished, 0);
  return (
    <dl class="tiles">
      <Tile name="Visits sold" value={count(day.sold)} note={`${count(day.guests)} came`} />
      <Tile name="Most at one time" value={count(day.present_max)} note={day.present_max_at ? `at ${clock(day.present_max_at)}` : "nobody came"} />
      <Tile name="Last one gone" value={clock(day.last_gone)} note={day.still_here ? `${count(day.still_here)} stay on` : "everybody home"} />
      <Tile name="Rides" value={count(day.rides)} note={day.guests ? `${decimal(day.rides / day.guests)} for each guest` : ""} />
      <Tile name="Mean wait at lifts" value={span(day.wait_s.mean)} note={`9 in 10 within ${span(day.wait_s.p90)}`} />
      <Tile name="Longest wait" value={span(day.wait_s.max)} note={`99 in 100 within ${span(day.wait_s.p99)}`} />
      <Tile name="Visits missed" value={count(missed)} note={wished ? `${percent(missed / wished)} of ${count(wished)} wished` : "none wished"} />
      <Tile name="Brought down" value={count(day.assisted)} note="people without a way home" />
    </dl>
  );
}

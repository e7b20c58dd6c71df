// Headline.tsx - the day in a handful of numbers.
import type { Day } from "../types";
import { clock, count, decimal, percent, span } from "../format";
import { say } from "../say";

function Tile({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div class="tile">
      <dt>{say(name)}</dt>
      <dd><span class="value">{value}</span><span class="note">{note}</span></dd>
    </div>
  );
}

export function Headline({ day }: { day: Day }) {
  const missed = day.segments.reduce((sum, s) => sum + s.missed, 0), wished = day.segments.reduce((sum, s) => sum + s.wished, 0);
  return (
    <dl class="tiles">
      <Tile name="Visits sold" value={count(day.sold)} note={say("{n} came", { n: count(day.guests) })} />
      <Tile name="Most at one time" value={count(day.present_max)} note={day.present_max_at ? say("at {time}", { time: clock(day.present_max_at) }) : say("nobody came")} />
      <Tile name="Last one gone" value={clock(day.last_gone)} note={day.still_here ? say("{n} stay on", { n: count(day.still_here) }) : say("everybody home")} />
      <Tile name="Rides" value={count(day.rides)} note={day.guests ? say("{n} for each guest", { n: decimal(day.rides / day.guests) }) : ""} />
      <Tile name="Mean wait at lifts" value={span(day.wait_s.mean)} note={say("9 in 10 within {time}", { time: span(day.wait_s.p90) })} />
      <Tile name="Longest wait" value={span(day.wait_s.max)} note={say("99 in 100 within {time}", { time: span(day.wait_s.p99) })} />
      <Tile name="Visits missed" value={count(missed)} note={wished ? say("{share} of {n} wished", { share: percent(missed / wished), n: count(wished) }) : say("none wished")} />
      <Tile name="Brought down" value={count(day.assisted)} note={say("people without a way home")} />
    </dl>
  );
}

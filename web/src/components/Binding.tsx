// Binding.tsx - the limits that the day ran into: a line for each over the day, and the same as a table.
import { useState } from "preact/hooks";
import type { Binding, Day } from "../types";
import type { View } from "../data";
import { binStart, distinctNames, usedBins } from "../data";
import { clock, count, decimal, seconds, span, time } from "../format";
import { lineColour } from "../scales";
import { dark } from "../state";
import { Table } from "./Table";
import { say } from "../say";

type Limit = Binding["limit"];
const LIMITS: Record<Limit, string> = {
  cap: "sold out",
  lift: "wait over 10 min",
  run: "above standard density",
  queue: "wait over 15 min",
  seats: "full, people wait",
  session: "sessions full",
};
const ORDER: Limit[] = ["lift", "queue", "run", "seats", "session", "cap"]; // of colours

export const limitText = (limit: Limit): string => say(LIMITS[limit] ?? limit);
const colour = (limit: Limit): string => lineColour(Math.max(0, ORDER.indexOf(limit)), dark.value);

// What a binding is called: names that several lifts or runs share get their keys.
export function bindingName(view: View, day: Day, b: Binding): string {
  if (b.limit === "cap") return say("Cap of {n} visits", { n: count(day.cap) });
  if (b.limit === "lift") return view.liftNames.get(b.key) ?? b.name;
  if (b.limit === "run") return view.runNames.get(b.key) ?? b.name;
  return distinctNames(day.venues).get(b.key) ?? b.name;
}

// Stretches of bins in which it bound, as [first, how many].
function stretches(b: Binding, from: number, to: number): [number, number][] {
  const found: [number, number][] = [];
  for (let i = from; i <= to; i++) {
    if (!b.bound[i]) continue;
    const last = found[found.length - 1];
    if (last && last[0] + last[1] === i) last[1]++;
    else found.push([i, 1]);
  }
  return found;
}

function Track({ b, from, to }: { b: Binding; from: number; to: number }) {
  return (
    <svg class="track-of" viewBox={`0 0 ${to - from + 1} 10`} preserveAspectRatio="none" aria-hidden="true">
      {stretches(b, from, to).map(([at, bins]) => <rect x={at - from} y="0" width={bins} height="10" fill={colour(b.limit)} key={at} />)}
    </svg>
  );
}

function Hours({ day, from, to }: { day: Day; from: number; to: number }) {
  const start = binStart(day, from), end = binStart(day, to + 1), hours: number[] = [];
  const step = (end - start) / 3600 > 9 ? 7200 : 3600;
  for (let s = Math.ceil(start / step) * step; s < end; s += step) hours.push(s);
  return (
    <div class="hours-of" aria-hidden="true">
      {hours.map((s) => {
        const share = (s - start) / (end - start);
        return <span class={share < 0.03 ? "at-start" : undefined} style={{ left: `${(share * 100).toFixed(2)}%` }} key={s}>{time(s)}</span>;
      })}
    </div>
  );
}

export function Bindings({ view, day }: { view: View; day: Day }) {
  const [by, setBy] = useState<"first" | "lost">("first");
  const [from, to] = usedBins(day);
  if (day.bindings.length === 0) return <p>{say("No limit bound: nobody waited long, no run was above its standard, nothing was full.")}</p>;
  const rows = by === "first" ? day.bindings : [...day.bindings].sort((a, b) => b.lost_s - a.lost_s);
  const first = day.bindings[0], worst = day.bindings.reduce((a, b) => (b.lost_s > a.lost_s ? b : a));
  const used = ORDER.filter((limit) => day.bindings.some((b) => b.limit === limit));
  return (
    <>
      <p>
        {say("First to bind, at {time}:", { time: clock(first.first) })} <b>{bindingName(view, day, first)}</b> ({limitText(first.limit)}).
        {worst.lost_s > 0 && <> {say("Most time was lost at:")} <b>{bindingName(view, day, worst)}</b> ({limitText(worst.limit)}), {say("{n} hours of guests.", { n: count(worst.lost_s / 3600) })}</>}
      </p>
      <fieldset class="choice screen-only">
        <legend>{say("Order")}</legend>
        {([["first", say("first to bind")], ["lost", say("most time lost")]] as const).map(([value, label]) => (
          <label key={value}>
            <input type="radio" name="bindings-by" value={value} checked={by === value} onChange={() => setBy(value)} />
            {label}
          </label>
        ))}
      </fieldset>
      <ul class="keys-of-bars" aria-hidden="true">
        {used.map((limit) => <li key={limit}><span class="swatch" style={{ background: colour(limit) }} />{limitText(limit)}</li>)}
      </ul>
      <div class="bindings" aria-hidden="true">
        {rows.map((b) => (
          <div class="binding" key={`${b.limit} ${b.key}`}>
            <div class="who">{bindingName(view, day, b)}<span class="note"> {limitText(b.limit)}</span></div>
            <Track b={b} from={from} to={to} />
          </div>
        ))}
        <div class="binding"><div /><Hours day={day} from={from} to={to} /></div>
      </div>
      <Table<Binding>
        caption={say(by === "first" ? "Limits in the order in which they first bound" : "Limits by the time that guests lost")}
        rows={rows}
        rowKey={(b) => `${b.limit} ${b.key}`}
        first={12}
        columns={[
          { head: "What", cell: (b) => bindingName(view, day, b) },
          { head: "Limit", cell: (b) => limitText(b.limit) },
          { head: "First", number: true, cell: (b) => time(seconds(b.first)) },
          { head: "For", number: true, title: "in all", cell: (b) => span(b.bound_s) },
          { head: "People", number: true, title: "who waited longer or came in vain; of a run the most on it; of the cap those sold beyond it", cell: (b) => count(b.people) },
          { head: "Hours lost", number: true, title: "of guests, beyond the threshold; to come in vain counts as half an hour", cell: (b) => decimal(b.lost_s / 3600) },
        ]}
      />
    </>
  );
}

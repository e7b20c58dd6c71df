// Plan.tsx - an experiment: what each scenario came to with its interval, what differs, what each level does.
import type { ComponentChildren } from "preact";
import type { Plan, PlanEffect, PlanInterval, PlanMeasure } from "../types";
import { NONE, count, date, percent, span } from "../format";
import { Frame } from "./Frame";
import type { Part } from "./Frame";
import { Table } from "./Table";
import { say } from "../say";

// Three figures that count, in the measure's unit.
function figure(unit: string, value: number | null): string {
  if (value === null) return NONE;
  const size = Math.abs(value), sign = value < 0 ? "−" : "";
  if (unit === "s") return sign + (size < 60 ? `${size.toFixed(size < 10 ? 1 : 0)} s` : span(size));
  if (unit === "share") return `${sign}${(size * 100).toFixed(size < 0.1 ? 2 : 1)} %`;
  return sign + (size >= 1000 ? count(size) : size.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3));
}
const signed = (unit: string, value: number | null): string => (value !== null && value > 0 ? "+" : "") + figure(unit, value);
const spread = (unit: string, half: number | null): string => (half === null ? "" : `± ${figure(unit, half)}`);

interface Row extends PlanInterval {
  key: string;
  name: string;
}

// Means as bars of ink on the range of their intervals; `zero`: an axis at 0, where nothing differs.
export function Whiskers({ label, unit, rows, zero }: { label: string; unit: string; rows: Row[]; zero?: boolean }) {
  const ends = rows.flatMap((r) => r.interval ?? (r.mean === null ? [] : [r.mean, r.mean]));
  if (ends.length === 0) return null;
  const low = Math.min(...ends, ...(zero ? [0] : [])), high = Math.max(...ends, ...(zero ? [0] : []));
  const room = (high - low || Math.abs(high) || 1) * 0.04, from = low - room, all = high - low + 2 * room;
  const at = (x: number): string => `${(((x - from) / all) * 100).toFixed(2)}%`;
  const text = zero ? signed : figure;
  return (
    <figure class="chart whiskers">
      <figcaption>{say(label)}</figcaption>
      {rows.map((r) => (
        <div class="group" key={r.key}>
          <span class="who">{r.name}</span>
          <div class="range" aria-hidden="true">
            {zero && <span class="zero" style={{ left: at(0) }} />}
            {r.interval && <span class="reach" style={{ left: at(r.interval[0]), width: `${(((r.interval[1] - r.interval[0]) / all) * 100).toFixed(2)}%` }} />}
            {r.mean !== null && <span class="middle" style={{ left: at(r.mean) }} />}
          </div>
          <span class="figure">{text(unit, r.mean)} <span class="note">{spread(unit, r.half_width)}</span></span>
        </div>
      ))}
      <div class="group" aria-hidden="true">
        <span />
        <div class="ends"><span>{text(unit, low)}</span><span>{text(unit, high)}</span></div>
        <span />
      </div>
    </figure>
  );
}

// Of combinations the levels alone.
function names(plan: Plan): Map<string, string> {
  const combined = plan.factors.length > 0 && plan.design !== "scenarios";
  return new Map(plan.scenarios.map((s) => [s.scenario, combined ? s.levels.join(", ") : s.scenario]));
}

function Scenarios({ plan, measure }: { plan: Plan; measure: PlanMeasure }) {
  const called = names(plan), unit = measure.unit;
  const rows = plan.estimates.filter((e) => e.measure === measure.measure);
  const apart = new Map(plan.differences.filter((d) => d.measure === measure.measure).map((d) => [d.scenario, d]));
  const shown = rows.slice(0, 40);
  return (
    <>
      <Whiskers label={say("Mean of each scenario, with its interval of {share}", { share: percent(plan.confidence) })} unit={unit}
        rows={shown.map((e) => ({ ...e, key: e.scenario, name: called.get(e.scenario) ?? e.scenario }))} />
      {apart.size > 0 && (
        <Whiskers label={say("Difference to {name}, day by day", { name: called.get(plan.baseline ?? "") ?? "" })} unit={unit} zero
          rows={shown.flatMap((e) => { const d = apart.get(e.scenario); return d ? [{ ...d, key: e.scenario, name: called.get(e.scenario) ?? e.scenario }] : []; })} />
      )}
      <Table caption={`${measure.measure}: ${say(measure.meaning)}`} rows={rows} rowKey={(e) => e.scenario} first={20}
        columns={[
          { head: "Scenario", cell: (e) => called.get(e.scenario) },
          { head: "Days", number: true, cell: (e) => count(e.days) },
          { head: "Mean", number: true, cell: (e) => figure(unit, e.mean) },
          { head: "±", number: true, cell: (e) => figure(unit, e.half_width), alert: (e) => !e.reached },
          { head: "Between days", title: "standard deviation", number: true, cell: (e) => figure(unit, e.sd) },
          ...(apart.size ? [
            { head: "Difference", number: true, cell: (e: { scenario: string }) => (apart.has(e.scenario) ? signed(unit, apart.get(e.scenario)!.mean) : NONE) },
            { head: "± of it", number: true, cell: (e: { scenario: string }) => figure(unit, apart.get(e.scenario)?.half_width ?? null) },
            { head: "± of all", title: "all differences at once (Bonferroni)", number: true, cell: (e: { scenario: string }) => figure(unit, apart.get(e.scenario)?.half_width_all ?? null) },
          ] : []),
        ]} />
    </>
  );
}

const nameOf = (e: PlanEffect): string => `${e.factor}: ${e.level}${e.with ? ` ${say("with")} ${e.with}: ${e.with_level}` : ""}`;

function Effects({ plan, measure }: { plan: Plan; measure: PlanMeasure }) {
  const own = plan.effects.filter((e) => e.measure === measure.measure).map((e) => ({ ...e, key: nameOf(e), name: nameOf(e) }));
  const alone = own.filter((e) => !e.with), together = own.filter((e) => e.with);
  return (
    <>
      <Whiskers label="What each level does, against the first of its factor" unit={measure.unit} rows={alone} zero />
      {together.length > 0 && <Whiskers label="What two levels do together beyond that" unit={measure.unit} rows={together.slice(0, 20)} zero />}
    </>
  );
}

function Sensitivity({ plan, measure }: { plan: Plan; measure: PlanMeasure }) {
  const rows = plan.sensitivity.filter((x) => x.measure === measure.measure), unit = measure.unit;
  const as = (value: number | null | undefined, interval: [number, number] | null | undefined, name: string): Row => ({
    key: name, name, mean: value ?? null, half_width: interval ? (interval[1] - interval[0]) / 2 : null, interval: interval ?? null });
  if (plan.design === "sobol")
    return (
      <>
        <Whiskers label="Share of the variance that each range makes alone" unit="" rows={rows.map((x) => as(x.first, x.first_interval, x.factor))} zero />
        <Whiskers label="And with all that it does together with others" unit="" rows={rows.map((x) => as(x.total, x.total_interval, x.factor))} zero />
      </>
    );
  if (plan.design === "morris")
    return <Whiskers label="Mean absolute effect of each range" unit={unit} rows={rows.map((x) => as(x.absolute_effect, x.absolute_effect_interval, x.factor))} zero />;
  return <Whiskers label="Effect of each range, by a straight line" unit={unit} rows={rows.map((x) => as(x.effect, null, x.factor))} zero />;
}

function Best({ plan }: { plan: Plan }) {
  const s = plan.selection!;
  const unit = plan.measures.find((m) => m.measure === s.measure)?.unit ?? "";
  const how = s.procedure === "ocba" ? say("Days were shared out by OCBA; there is no guarantee.")
    : s.guaranteed ? say("It is the best with a probability of at least {share}, if no other comes closer than {least} (KN).", { share: percent(s.confidence ?? null), least: figure(unit, s.indifference ?? null) })
      : say("KN could not rule out the others within {n} days each: {others}.", { n: count(plan.maximum), others: (s.not_ruled_out ?? []).join("; ") });
  return <p><strong>{names(plan).get(s.best)}</strong>: {say(s.best_is === "least" ? "the least mean of {measure}." : "the largest mean of {measure}.", { measure: s.measure })} {how}</p>;
}

export function planParts(plan: Plan): Part[] {
  const parts: Part[] = plan.selection ? [{ id: "best", title: "Which is best", body: <Best plan={plan} /> }] : [];
  plan.measures.forEach((measure, i) => {
    const body: ComponentChildren = plan.sensitivity.length ? <Sensitivity plan={plan} measure={measure} /> : (
      <>
        <Scenarios plan={plan} measure={measure} />
        {plan.effects.length > 0 && <Effects plan={plan} measure={measure} />}
      </>
    );
    parts.push({ id: `measure-${i + 1}`, title: measure.measure, intro: `${say(measure.meaning).charAt(0).toUpperCase()}${say(measure.meaning).slice(1)}.`, body });
  });
  return parts;
}

export function PlanPage({ plan }: { plan: Plan }) {
  const when = plan.date ? ` as of ${date(plan.date)}` : "";
  const same = plan.common_random_numbers ? "the same days, people and luck in each" : "each with days of its own";
  return (
    <Frame title={plan.name} parts={planParts(plan)}
      subtitle={`${plan.resort}${when}: ${count(plan.scenarios.length)} scenarios, ${count(plan.days)} days, ${same}`}
      foot="Rehearsed by piste: the same plan, resort and seed give the same figures." />
  );
}

// compare.tsx - two or more results side by side, each beside the first.
import { useEffect, useMemo, useState } from "preact/hooks";
import { Chart } from "../../components/Chart";
import { busiestBin } from "../../data";
import { span as lasting } from "../../format";
import { bin } from "../../state";
import type { Day } from "../../types";
import { call } from "../call";
import { language, number, percent, t, type Key } from "../words";
import { useCallers, type Name } from "./called";
import type { Cap } from "./cap";
import { Named } from "../parts/name";
import { useReportLook } from "./draw";
import { useSaying } from "./saying";
import { readResult } from "./result";
import { jobs, why, type Job } from "./state";

type Row = { name: string | Name; values: (number | null)[]; show: (v: number) => string };
const plain = (v: number): string => number(Math.round(v * 10) / 10);
const time = (v: number): string => (v < 0 ? "−" : "") + lasting(Math.abs(v));

function Table({ head, rows, caption }: { head: string[]; rows: Row[]; caption: string }) { // a heading stands above it
  const cell = (row: Row, i: number) => {
    const value = row.values[i], first = row.values[0];
    if (value === null) return "–";
    const apart = i && first !== null ? value - first : null;
    return <>{row.show(value)}{apart !== null && <span class="apart note"> {apart > 0 ? "+" : ""}{apart === 0 ? "=" : row.show(apart)}</span>}</>;
  };
  return (
    <div class="scroll" role="group" aria-label={caption} tabIndex={0}>
      <table class="side">
        <caption class="unseen">{caption}</caption>
        <thead><tr><th scope="col"><span class="unseen">{t("plan.figure")}</span></th>{head.map((h, i) => <th scope="col" class="number" key={i}>{h}</th>)}</tr></thead>
        <tbody>{rows.map((r, n) => <tr key={n}><th scope="row">{typeof r.name === "string" ? r.name : <Named {...r.name} />}</th>{r.values.map((_, i) => <td class="number" key={i}>{cell(r, i)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

// ---- days ----------------------------------------------------------------------------------------------------------------------

const sum = (day: Day, of: (s: Day["segments"][number]) => number): number => day.segments.reduce((all, s) => all + of(s), 0);
const FIGURES: [Key, (d: Day) => number | null, (v: number) => string][] = [
  ["plan.f.sold", (d) => d.sold, plain], ["plan.f.guests", (d) => d.guests, plain], ["plan.f.most", (d) => d.present_max, plain],
  ["plan.f.rides", (d) => d.rides, plain], ["plan.f.ridesEach", (d) => (d.guests ? d.rides / d.guests : null), plain],
  ["plan.f.mean", (d) => d.wait_s.mean, time], ["plan.f.p90", (d) => d.wait_s.p90, time], ["plan.f.longest", (d) => d.wait_s.max, time],
  ["plan.f.missed", (d) => { const wished = sum(d, (s) => s.wished); return wished ? sum(d, (s) => s.missed) / wished : null; }, percent],
  ["plan.f.assisted", (d) => d.assisted, plain],
];

const inLine = (d: Day): number[] => d.present.map((_, i) => d.lifts.reduce((all, l) => all + l.queue[i], 0));

function Days({ list, days }: { list: Job[]; days: Day[] }) {
  useReportLook();
  useSaying();
  const head = list.map((j) => j.title);
  const isSame = days.every((d) => d.seed === days[0].seed);
  const callers = useCallers(list.map((j) => j.id));
  const lifts = [...new Map(days.flatMap((d, i) => d.lifts.map((l) => [l.key, callers?.[i]("lifts", l.key, l.name) ?? { text: l.name }] as const))).entries()];
  const canDraw = days.every((d) => d.bin_s === days[0].bin_s && d.from === days[0].from && d.present.length > 0);
  const longest = useMemo(() => days.reduce((a, d) => (d.present.length > a.present.length ? d : a), days[0]), [days]);
  const [series] = useState(() => {
    if (canDraw) bin.value = busiestBin(longest);
    const of = (values: (d: Day) => number[]) => days.map((d, i) => ({ key: list[i].id, name: head[i], values: longest.present.map((_, k) => values(d)[k] ?? 0), peak: Math.max(...values(d), 0) }));
    return canDraw ? { line: of(inLine), here: of((d) => d.present) } : null;
  });
  return (
    <>
      <section aria-labelledby="figures-title">
        <h2 id="figures-title">{t("plan.figures")}</h2>
        <p class="note">{t(isSame ? "plan.paired" : "plan.notPaired")}</p>
        <Table head={head} caption={t("plan.figures")} rows={FIGURES.map(([key, of, show]) => ({ name: t(key), values: days.map(of), show }))} />
      </section>
      {series && (
        <section aria-labelledby="over-title">
          <h2 id="over-title">{t("plan.overDay")}</h2>
          <div class="report">
            <Chart day={longest} series={series.line} label={t("plan.inLine")} unit={t("plan.inLine")} shown={8} />
            <Chart day={longest} series={series.here} label={t("plan.here")} unit={t("plan.here")} shown={8} />
          </div>
        </section>
      )}
      <section aria-labelledby="waits-title">
        <h2 id="waits-title">{t("plan.waits")}</h2>
        <p class="note">{t("plan.waitsNote")}</p>
        <Table head={head} caption={t("plan.waitsNote")} rows={lifts.map(([key, name]) => ({ name, values: days.map((d) => d.lifts.find((l) => l.key === key)?.wait_s.p90 ?? null), show: time }))} />
      </section>
    </>
  );
}

// ---- caps and experiments ---------------------------------------------------------------------------------------------------------

function Caps({ list, caps }: { list: Job[]; caps: Cap[] }) {
  const rows: Row[] = [
    { name: t("plan.kind.cap"), values: caps.map((c) => c.cap), show: plain },
    { name: t("plan.low"), values: caps.map((c) => c.interval?.[0] ?? null), show: plain },
    { name: t("plan.high"), values: caps.map((c) => c.interval?.[1] ?? null), show: plain },
    { name: t("plan.daysColumn"), values: caps.map((c) => c.days), show: plain },
  ];
  return (
    <section aria-labelledby="figures-title">
      <h2 id="figures-title">{t("plan.figures")}</h2>
      <Table head={list.map((j) => j.title)} caption={t("plan.figures")} rows={rows} />
    </section>
  );
}

type Interval = { mean: number | null; half_width: number | null };
type Compared = { paired: boolean; only_a: number; only_b: number; rows: { scenario: string; measure: string; unit: string; pairs: number; a: Interval; b: Interval; difference: Interval }[] };
const three = (v: number | null | undefined): string => (v === null || v === undefined ? "–" : new Intl.NumberFormat(language.value, { maximumSignificantDigits: 4 }).format(v));

function Plans({ a, b }: { a: Job; b: Job }) {
  const [found, setFound] = useState<Compared | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => void call("GET /api/plan/compare", { a: a.id, b: b.id }).then((c) => setFound(c as Compared), (error) => setFailed(why(error))), [a.id, b.id]);
  if (!found) return <p role={failed ? "alert" : undefined}>{failed || t("frame.loading")}</p>;
  const cell = (i: Interval) => <>{three(i.mean)} <span class="note">± {three(i.half_width)}</span></>;
  return (
    <section>
      <h2>{a.title} – {b.title}</h2>
      <p class="note">{t(found.paired ? "plan.paired" : "plan.notPaired")}</p>
      {found.rows.length === 0 ? <p>{t("plan.nothingInCommon")}</p> : (
        <div class="scroll" role="group" aria-label={`${a.title} – ${b.title}`} tabIndex={0}>
          <table class="side">
            <thead><tr><th scope="col">{t("plan.measure")}</th><th scope="col">{t("plan.scenario")}</th><th scope="col" class="number">{a.title}</th><th scope="col" class="number">{b.title}</th><th scope="col" class="number">{t("plan.difference")}</th></tr></thead>
            <tbody>{found.rows.map((r) => <tr key={r.scenario + r.measure}><th scope="row">{r.measure}{r.unit ? `, ${r.unit}` : ""}</th><td>{r.scenario}</td><td class="number">{cell(r.a)}</td><td class="number">{cell(r.b)}</td><td class="number">{cell(r.difference)}</td></tr>)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export default function Compare({ name }: { name: string }) { // ids with commas between
  const ids = useMemo(() => name.split(","), [name]);
  const [results, setResults] = useState<unknown[] | null>(null);
  const [failed, setFailed] = useState("");
  const list = ids.flatMap((id) => jobs.value?.find((j) => j.id === id) ?? []);
  useEffect(() => {
    if (list.length >= 2 && !results) Promise.all(list.map((j) => readResult(j.id))).then(setResults, (error) => setFailed(why(error)));
  }, [list.length]);
  const kind = list[0]?.kind;
  return (
    <>
      <p class="crumb"><a href="/plan">{t("plan.title")}</a></p>
      <h1>{t("plan.sideBySide")}</h1>
      {failed && <p role="alert">{failed}</p>}
      {!failed && jobs.value && list.length < 2 && <p>{t("plan.noSuchJob")}</p>}
      {results && kind === "day" && <Days list={list} days={results as Day[]} />}
      {results && kind === "cap" && <Caps list={list} caps={results as Cap[]} />}
      {results && kind === "plan" && list.slice(1).map((b) => <Plans a={list[0]} b={b} key={b.id} />)}
    </>
  );
}

// cap.tsx - a cap: how many visits, how sure, what binds first; and putting it on sale.
import { useState } from "preact/hooks";
import { Whiskers } from "../../components/Plan";
import { say } from "../../say";
import type { Resort } from "../../types";
import { call } from "../call";
import { once, underWay } from "../parts/once";
import { has } from "../session";
import { number, percent, t } from "../words";
import type { Caller } from "./called";
import { Named } from "../parts/name";
import { saidIn } from "./saying";
import { why, type Job } from "./state";

export type Cap = {
  found: "found" | "none" | "beyond"; cap: number; interval: [number, number] | null; interval_inputs: [number, number] | null; confidence: number; precise: boolean;
  share_of_days: number; most_visits: number; days: number; days_good: number; days_closed: number; days_simulated: number;
  conditions: { condition: string; meaning: string; days_held: number; days_decided: number; most_often_at: string | null }[];
  day_types: { key: string; name: string; share: number; closed: boolean; days: number; days_good: number }[];
  inputs: { entry: string; field: string; basis: string; spread: number; shift: number; error: number }[];
};

// Kept beyond a reload, so that it is asked with the same key again.
type Asked = { from: string; until?: string; capacity: number };

function Publish({ cap, job }: { cap: Cap; job: Job }) {
  const what = `publish-${job.id}`, kept = underWay(what, "tab")?.fields as Asked | undefined;
  const [told, setTold] = useState("");
  const [failed, setFailed] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement), until = String(form.get("until") ?? "");
    const asked: Asked = { from: String(form.get("from")), ...(until ? { until } : {}), capacity: Number(form.get("capacity")) };
    setBusy(true);
    setFailed("");
    setTold("");
    try {
      const answer = await once(what, (key) => call("POST /api/desk/cap", { key, ...asked }), { fields: asked, where: "tab" });
      setTold(answer.status === "proposed" ? t("plan.proposed", { id: String(answer.proposal ?? "") }) : t("plan.published", { visits: number(asked.capacity) }));
    } catch (error) {
      setFailed(why(error));
    }
    setBusy(false);
  };
  return (
    <section aria-labelledby="publish-title">
      <h2 id="publish-title">{t("plan.publish")}</h2>
      <p class="note">{t("plan.publishNote")}</p>
      <form class="asking" onSubmit={(e) => void submit(e)}>
        <label>{t("plan.fromDay")}<input type="date" name="from" required defaultValue={kept?.from} /></label>
        <label>{t("plan.untilDay")}<input type="date" name="until" defaultValue={kept?.until} /></label>
        <label>{t("plan.capacity")}<input type="number" name="capacity" min={0} max={1000000000} required defaultValue={String(kept?.capacity ?? cap.interval?.[0] ?? cap.cap)} inputMode="numeric" /></label>
        <p class="wide" role="status">{told}</p>
        <p class="wide" role="alert">{failed}</p>
        <button type="submit" class="main" disabled={isBusy}>{t("plan.publish")}</button>
      </form>
    </section>
  );
}

export function CapResult({ cap, job, resort, caller }: { cap: Cap; job: Job; resort: Resort; caller: Caller }) {
  const nameOf = (key: string | null) => {
    const kind = (["lifts", "runs", "venues"] as const).find((k) => resort[k].some((x) => x.key === key));
    const name = kind && resort[kind].find((x) => x.key === key)!.name;
    return kind && key && name ? <Named {...caller(kind, key, name)} /> : key ?? "–";
  };
  const reach = (key: string, name: string, i: [number, number] | null) =>
    ({ key, name: i ? `${name}: ${number(i[0])} – ${number(i[1])}` : name, mean: cap.cap, half_width: null, interval: i });
  return (
    <>
      <section aria-labelledby="cap-title">
        <h2 id="cap-title">{t("plan.kind.cap")}</h2>
        <p class="big">{cap.found === "none" ? t("plan.capNone") : t(cap.found === "beyond" ? "plan.capBeyond" : "plan.visits", { n: cap.cap })}</p>
        <p class="note">{t("plan.capMeans", { share: percent(cap.share_of_days), days: number(cap.days), closed: number(cap.days_closed) })}</p>
        {cap.found === "found" && (
          <div class="report">
            <Whiskers label={t("plan.capIntervals", { share: percent(cap.confidence) })} unit="people"
              rows={[reach("a", t("plan.ofSimulation"), cap.interval), ...(cap.interval_inputs ? [reach("b", t("plan.ofInputs"), cap.interval_inputs)] : [])]} />
          </div>
        )}
        {!cap.precise && cap.found === "found" && <p class="note">{t("plan.capWide")}</p>}
      </section>
      <section aria-labelledby="holds-title">
        <h2 id="holds-title">{t("plan.conditions")}</h2>
        <div class="scroll" role="group" tabIndex={0} aria-labelledby="holds-title">
          <table>
            <thead><tr><th scope="col">{t("plan.condition")}</th><th scope="col" class="number">{t("plan.held")}</th><th scope="col" class="number">{t("plan.decided")}</th><th scope="col">{t("plan.mostOften")}</th></tr></thead>
            <tbody>
              {cap.conditions.map((c) => (
                <tr key={c.condition}><th scope="row"><code>{c.condition}</code><br /><span class="note" lang={saidIn(c.meaning)}>{say(c.meaning)}</span></th><td class="number">{number(c.days_held)}</td><td class="number">{number(c.days_decided)}</td><td>{nameOf(c.most_often_at)}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section aria-labelledby="types-title">
        <h2 id="types-title">{t("plan.dayTypes")}</h2>
        <div class="scroll" role="group" tabIndex={0} aria-labelledby="types-title">
          <table>
            <thead><tr><th scope="col">{t("plan.dayType")}</th><th scope="col" class="number">{t("plan.ofSeason")}</th><th scope="col" class="number">{t("plan.daysColumn")}</th><th scope="col" class="number">{t("plan.good")}</th></tr></thead>
            <tbody>{cap.day_types.map((d) => <tr key={d.key}><th scope="row"><Named {...caller("day-types", d.key, d.name)} /></th><td class="number">{percent(d.share)}</td><td class="number">{d.closed ? "–" : number(d.days)}</td><td class="number">{d.closed ? t("plan.closed") : number(d.days_good)}</td></tr>)}</tbody>
          </table>
        </div>
      </section>
      {cap.inputs.length > 0 && (
        <section aria-labelledby="inputs-title">
          <h2 id="inputs-title">{t("plan.leansOn")}</h2>
          <div class="report">
            <Whiskers label={t("plan.leansOnNote")} unit="share" zero
              rows={cap.inputs.slice(0, 12).map((i) => ({ key: i.entry + i.field, name: `${i.entry}: ${i.field} (${i.basis}, ± ${percent(i.spread)})`, mean: i.shift, half_width: 2 * i.error, interval: [i.shift - 2 * i.error, i.shift + 2 * i.error] as [number, number] }))} />
          </div>
        </section>
      )}
      {cap.found !== "none" && has("planner", "manager") && <Publish cap={cap} job={job} />}
    </>
  );
}

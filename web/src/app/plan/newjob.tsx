// newjob.tsx - asking for work: a day, a cap, drafts compared over many days, a sheet of carrying capacity.
import { useState } from "preact/hooks";
import { say } from "../../say";
import type { Api } from "../api-types";
import { call } from "../call";
import { once } from "../parts/once";
import { go } from "../router";
import { t, type Key } from "../words";
import { useSaying } from "./saying";
import { draftTitle, drafts, kindText, measures, readJobs, why } from "./state";

type Asked = Api["POST /api/plan/jobs"]["fields"];
const KINDS = ["day", "cap", "plan", "ccc"] as const;
const USUAL = ["wait_p90", "rides_each", "missed_share", "crowding"];

function DraftChoice({ chosen }: { chosen?: string }) {
  return (
    <label>{t("plan.what")}
      <select name="draft" value={chosen ?? "today"}>
        <option value="today">{t("plan.today")}</option>
        {(drafts.value ?? []).map((d) => <option value={d.name} key={d.name}>{d.title}</option>)}
      </select>
    </label>
  );
}

function Conditions() {
  const [rows, setRows] = useState([{ id: 1, measure: "wait_p90", sign: "<=", bound: "10min" }]);
  return (
    <fieldset class="conditions">
      <legend>{t("plan.conditions")}</legend>
      {rows.map((row, i) => (
        <div class="condition" key={row.id}>
          <label><span class="unseen">{t("plan.measure")}</span>
            <select name="measure" defaultValue={row.measure}>
              {measures.value.map((m) => <option value={m.measure} key={m.measure} selected={m.measure === row.measure}>{m.measure}: {say(m.meaning)}</option>)}
            </select>
          </label>
          <label><span class="unseen">{t("plan.sign")}</span>
            <select name="sign"><option value="<=">≤</option><option value=">=">≥</option></select>
          </label>
          <label><span class="unseen">{t("plan.bound")}</span><input name="bound" defaultValue={row.bound} required size={8} /></label>
          {rows.length > 1 && <button type="button" onClick={() => setRows(rows.filter((r) => r !== row))} aria-label={t("plan.lessCondition", { n: i + 1 })}>×</button>}
        </div>
      ))}
      {rows.length < 10 && <button type="button" onClick={() => setRows([...rows, { id: Date.now(), measure: "missed_share", sign: "<=", bound: "10%" }])}>{t("plan.moreCondition")}</button>}
    </fieldset>
  );
}

const Number = ({ name, label, min, max, value, step }: { name: string; label: Key; min: number; max: number; value?: number; step?: string }) =>
  <label>{t(label)}<input type="number" name={name} min={min} max={max} step={step} defaultValue={value === undefined ? "" : String(value)} inputMode="numeric" /></label>;

function Choices({ kind, draft }: { kind: string; draft?: string }) {
  if (kind === "plan")
    return (
      <>
        <fieldset>
          <legend>{t("plan.compareWith")}</legend>
          {(drafts.value ?? []).length === 0 && <p class="note">{t("plan.noDrafts")}</p>}
          <div class="checks">{(drafts.value ?? []).map((d) => <label class="check" key={d.name}><input type="checkbox" name="drafts" value={d.name} defaultChecked={d.name === draft} />{d.title}</label>)}</div>
        </fieldset>
        <fieldset>
          <legend>{t("plan.measures")}</legend>
          <div class="checks">{measures.value.map((m) => <label class="check" key={m.measure} title={say(m.meaning)}><input type="checkbox" name="measures" value={m.measure} defaultChecked={USUAL.includes(m.measure)} />{m.measure}</label>)}</div>
        </fieldset>
        <Number name="days" label="plan.days" min={2} max={10000} value={20} />
        <Number name="guests" label="plan.guests" min={1} max={1000000} />
      </>
    );
  return (
    <>
      <DraftChoice chosen={draft} />
      {kind === "day" && <Number name="guests" label="plan.guests" min={1} max={1000000} />}
      {kind === "cap" && (
        <>
          <Conditions />
          <Number name="share" label="plan.share" min={50} max={99.9} value={95} step="0.1" />
          <Number name="precision" label="plan.precision" min={0.5} max={50} value={3} step="0.1" />
          <Number name="most" label="plan.most" min={100} max={1000000} />
          <Number name="days_most" label="plan.daysMost" min={100} max={100000} />
          <label class="check"><input type="checkbox" name="inputs" />{t("plan.inputs")}</label>
        </>
      )}
      {kind === "ccc" && <Number name="days" label="plan.days" min={2} max={10000} value={20} />}
    </>
  );
}

function read(kind: string, form: FormData, key: string): Asked {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const count = (name: string) => (text(name) === "" ? undefined : Math.round(globalThis.Number(text(name))));
  const permille = (name: string) => (text(name) === "" ? undefined : Math.round(globalThis.Number(text(name)) * 10));
  const draft = text("draft");
  const bounds = form.getAll("bound"), signs = form.getAll("sign");
  const asked: Asked = {
    key, kind, title: text("title") || (kind === "plan" ? kindText(kind) : `${kindText(kind)}: ${draftTitle(draft || "today")}`), seed: count("seed"), guests: count("guests"), days: count("days"),
    draft: kind === "plan" || draft === "today" ? undefined : draft,
    ...(kind === "plan" ? { drafts: form.getAll("drafts").map((d) => ({ draft: String(d) })), measures: form.getAll("measures").map((m) => ({ measure: String(m) })) } : {}),
    ...(kind === "cap" ? {
      where: form.getAll("measure").map((m, i) => ({ condition: `${String(m)}${String(signs[i])}${String(bounds[i]).trim()}` })),
      share_permille: permille("share"), precision_permille: permille("precision"), most: count("most"), days_most: count("days_most"), inputs: form.has("inputs"),
    } : {}),
  };
  return Object.fromEntries(Object.entries(asked).filter(([, v]) => v !== undefined)) as Asked;
}

export function NewJob({ draft }: { draft?: string }) {
  useSaying();
  const [kind, setKind] = useState<string>("day");
  const [failed, setFailed] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    setFailed("");
    try {
      const form = new FormData(e.currentTarget as HTMLFormElement); // a lost answer begins nothing twice
      const job = await once("job", (key) => call("POST /api/plan/jobs", read(kind, form, key)), { fields: { kind, form: [...form] }, where: "page" });
      await readJobs().catch(() => undefined);
      go(`/plan/jobs/${job.id}`);
    } catch (error) {
      setFailed(why(error));
    }
    setBusy(false);
  };
  return (
    <section aria-labelledby="new-job-title">
      <h2 id="new-job-title">{t("plan.rehearse")}</h2>
      <form class="asking" onSubmit={(e) => void submit(e)}>
        <label>{t("plan.kind")}
          <select name="kind" value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
            {KINDS.map((k) => <option value={k} key={k}>{kindText(k)}</option>)}
          </select>
        </label>
        <p class="note wide">{t(`plan.about.${kind}` as Key)}</p>
        <Choices kind={kind} draft={draft} key={kind} />
        {/* A seed tells which people come and what luck they have. */}
        <Number name="seed" label="plan.seed" min={0} max={2147483647} value={1} />
        <label>{t("plan.jobTitle")}<input name="title" maxLength={120} /></label>
        <p role="alert" class="wide">{failed}</p>
        <button type="submit" class="main" disabled={isBusy}>{t("plan.start")}</button>
      </form>
    </section>
  );
}

// jobs.tsx - what is being worked on, what waits, what is done; and two or more of these to be held side by side.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { call } from "../call";
import { go } from "../router";
import { percent, span, t } from "../words";
import { draftTitle, jobs, kindText, readJobs, stateText, why, type Job } from "./state";
import { When } from "../parts/when";

const chosen = signal<ReadonlySet<string>>(new Set());

// "13:20" of a day, "412 (1200-3000)" of a cap, "12/40" of days of days.
function noteText(job: Job): string {
  const numbers = (job.note ?? "").split(/[^0-9]+/).filter(Boolean).map(Number);
  if (!job.note || job.kind === "day") return job.note ?? "";
  if (job.kind !== "cap") return t("plan.noteDays", { done: numbers[0], all: numbers[1] });
  return numbers.length > 1 ? t("plan.noteCap", { days: numbers[0], low: numbers[1], high: numbers[2] }) : t("plan.noteCapDays", { days: numbers[0] });
}

export function Progress({ job }: { job: Job }) {
  const share = (job.permille ?? 0) / 1000;
  return (
    <div class="progress">
      <progress max={1} value={share} aria-label={t("plan.progressOf", { title: job.title })} />
      <span class="note">
        {percent(share)}
        {job.note ? ` · ${noteText(job)}` : ""}
        {job.left_s !== undefined ? ` · ${t("plan.left", { time: span(Math.max(job.left_s, 30)) })}` : ""}
      </span>
    </div>
  );
}

export function Buttons({ job, onGone }: { job: Job; onGone?: () => void }) {
  const [failed, setFailed] = useState("");
  const run = (work: Promise<unknown>, after?: () => void) =>
    void work.then(() => { setFailed(""); after?.(); return readJobs(); }).catch((error: unknown) => setFailed(why(error)));
  const isUnderWay = job.state === "running" || job.state === "waiting";
  return (
    <span class="buttons">
      {isUnderWay && <button type="button" onClick={() => run(call("POST /api/plan/jobs/{job}/cancel", {}, { job: job.id }))} aria-label={t("plan.cancelNamed", { title: job.title })}>{t("plan.cancel")}</button>}
      {["interrupted", "cancelled", "failed"].includes(job.state) && <button type="button" onClick={() => run(call("POST /api/plan/jobs/{job}/again", {}, { job: job.id }))} aria-label={t("plan.againNamed", { title: job.title })}>{t("plan.again")}</button>}
      {!isUnderWay && <button type="button" onClick={() => confirm(t("plan.deleteJob", { title: job.title })) && run(call("DELETE /api/plan/jobs/{job}", {}, { job: job.id }), onGone)} aria-label={t("plan.deleteNamed", { title: job.title })}>{t("plan.delete")}</button>}
      <span role="alert">{failed}</span>
    </span>
  );
}

function Row({ job }: { job: Job }) {
  const isChosen = chosen.value.has(job.id);
  const toggle = () => {
    const next = new Set(chosen.value);
    if (!next.delete(job.id)) next.add(job.id);
    chosen.value = next;
  };
  return (
    <li key={job.id} data-state={job.state}>
      {job.state === "done" && job.kind !== "ccc"
        ? <label class="pick"><input type="checkbox" checked={isChosen} onChange={toggle} /><span class="unseen">{t("plan.chooseNamed", { title: job.title })}</span></label>
        : <span class="pick" />}
      <a class="name" href={`/plan/jobs/${job.id}`}>{job.title}</a>
      <span class="note">{kindText(job.kind)} · {job.kind === "plan" ? t("plan.scenarios", { n: (job.asked.drafts?.length ?? 0) + 1 }) : draftTitle(job.draft)} · {job.who} · <When ms={job.asked_ms} /></span>
      <span class={`state ${job.state}`}>{stateText(job.state)}</span>
      {job.state === "running" && <Progress job={job} />}
      {job.message && <span class="wrong">{job.message}</span>}
      <Buttons job={job} />
    </li>
  );
}

export function Jobs() {
  const list = jobs.value;
  // The resort as it is comes first: the others are held against it.
  const picked = (list ?? []).filter((j) => chosen.value.has(j.id) && j.state === "done")
    .sort((a, b) => Number(b.draft === "today") - Number(a.draft === "today") || a.asked_ms - b.asked_ms);
  const isOneKind = new Set(picked.map((j) => j.kind)).size === 1;
  const told = (list ?? []).filter((j) => j.state === "running" || j.state === "waiting").length;
  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title">{t("plan.jobs")}</h2>
      <p class="unseen" aria-live="polite">{list ? t("plan.underWay", { n: told }) : ""}</p>
      {list?.length === 0 && <p class="empty">{t("plan.noJobs")}</p>}
      <ul class="cards jobs">{(list ?? []).map((job) => <Row job={job} key={job.id} />)}</ul>
      {list?.some((j) => j.state === "done") && (
        <div class="row">
          <button type="button" disabled={picked.length < 2 || !isOneKind} onClick={() => go(`/plan/compare/${picked.map((j) => j.id).join(",")}`)}>{t("plan.compare", { n: picked.length })}</button>
          <span class="note">{t("plan.compareNote")}</span>
        </div>
      )}
    </section>
  );
}

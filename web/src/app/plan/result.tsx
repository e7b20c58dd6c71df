// result.tsx - a job: how far it is, and what came of it once it is done. Days and experiments are shown by the same
// components as the report pages, in the reader's language (saying.ts).
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Part } from "../../components/Frame";
import { Headline } from "../../components/Headline";
import { dayParts } from "../../components/DayParts";
import { planParts } from "../../components/Plan";
import { busiestBin, viewOf } from "../../data";
import { bin } from "../../state";
import { say } from "../../say";
import type { Day, Plan, Resort } from "../../types";
import { call } from "../call";
import { namesNow, withNames, type Kind } from "../names";
import { go } from "../router";
import { t } from "../words";
import { useCallers, type Caller } from "./called";
import { CapResult, type Cap } from "./cap";
import { CccResult, type Ccc } from "./ccc";
import { useReportLook } from "./draw";
import { useSaying } from "./saying";
import { Buttons, Progress } from "./jobs";
import { draftTitle, jobs, kindText, stateText, why, type Job } from "./state";
import { When } from "../parts/when";

export async function readResult<T>(job: string, file = "result.json"): Promise<T> {
  return (await call("GET /api/plan/jobs/{job}/{file}", {}, { job, file })) as T;
}

function Parts({ parts }: { parts: Part[] }) {
  return (
    <>
      {parts.map((p) => (
        <section id={p.id} aria-labelledby={`${p.id}-title`} key={p.id}>
          <h2 id={`${p.id}-title`}>{say(p.title)}</h2>
          {p.intro && <p class="intro">{say(p.intro)}</p>}
          {p.body}
        </section>
      ))}
    </>
  );
}

function DayResult({ day, resort, caller }: { day: Day; resort: Resort; caller: Caller }) {
  const called = namesNow(), named = (kind: Kind, key: string, name: string) => caller(kind, key, name).text;
  const [view, shown] = useMemo(() => [viewOf(withNames(resort, true, named), withNames(day, false, named)), withNames(day, false, named)], [resort, day, called]);
  useEffect(() => void (bin.value = busiestBin(day)), [day]);
  return <div class="report" key={called}><Headline day={shown} /><Parts parts={dayParts(view, shown)} /></div>;
}

type Found = { kind: string; result: unknown; resort: Resort };

function Result({ job }: { job: Job }) {
  const [found, setFound] = useState<Found | null>(null);
  const [failed, setFailed] = useState("");
  useReportLook();
  const isSaying = useSaying(), caller = useCallers([job.id])?.[0];
  useEffect(() => {
    Promise.all([readResult(job.id), readResult<Resort>(job.id, "resort.json")])
      .then(([result, resort]) => setFound({ kind: job.kind, result, resort }), (error) => setFailed(why(error)));
  }, [job.id]);
  if (failed) return <p role="alert">{failed}</p>;
  if (!found || !isSaying || !caller) return <p class="note">{t("frame.loading")}</p>;
  if (found.kind === "day") return <DayResult day={found.result as Day} resort={found.resort} caller={caller} />;
  if (found.kind === "plan") return <div class="report"><Parts parts={planParts(found.result as Plan)} /></div>;
  return found.kind === "cap" ? <CapResult cap={found.result as Cap} job={job} resort={found.resort} caller={caller} /> : <CccResult sheet={found.result as Ccc} caller={caller} />;
}

export default function JobPage({ name }: { name: string }) {
  const job = jobs.value?.find((j) => j.id === name);
  if (!jobs.value) return <p class="note">{t("frame.loading")}</p>;
  if (!job) return <><p class="crumb"><a href="/plan">{t("plan.title")}</a></p><h1>{t("plan.noSuchJob")}</h1></>;
  return (
    <>
      <p class="crumb"><a href="/plan">{t("plan.title")}</a></p>
      <h1>{job.title}</h1>
      <div class="about-job">
        <span class={`state ${job.state}`} aria-live="polite">{stateText(job.state)}</span>
        <span class="note">{kindText(job.kind)} · {job.kind === "plan" ? t("plan.scenarios", { n: (job.asked.drafts?.length ?? 0) + 1 }) : draftTitle(job.draft)} · {t("plan.seedIs", { seed: String(job.asked.seed ?? 1) })} · {job.who} · <When ms={job.asked_ms} /></span>
        {job.state === "running" && <Progress job={job} />}
        {job.state === "interrupted" && <p class="note">{t(job.kind === "plan" ? "plan.interruptedPlan" : "plan.interrupted")}</p>}
        {job.message && <p class="wrong">{job.message}</p>}
        <Buttons job={job} onGone={() => go("/plan")} />
        {job.state === "done" && <a href={`/api/plan/jobs/${job.id}/result.json`} download={`${job.kind}.json`}>{t("plan.asJson")}</a>}
      </div>
      {job.state === "done" && <Result job={job} key={job.id} />}
    </>
  );
}

// state.ts - what the pages of this room share: the drafts, the jobs and how far they are, how a refusal is told.
import { signal } from "@preact/signals";
import type { Api } from "../api-types";
import { Refusal, call } from "../call";
import { on } from "../live";
import { t, type Key } from "../words";

export type DraftRow = Api["GET /api/plan/drafts"]["answer"]["drafts"][number];
export type Draft = Api["GET /api/plan/drafts/{draft}"]["answer"];
export type Change = Draft["changes"][number];
export type DrawnLine = Draft["lines"][number];
export type Job = Api["GET /api/plan/jobs/{job}"]["answer"];
export type Measure = Api["GET /api/plan/measures"]["answer"]["measures"][number];

export const drafts = signal<DraftRow[] | null>(null);
export const jobs = signal<Job[] | null>(null);
export const measures = signal<Measure[]>([]);

export const readDrafts = async (): Promise<void> => void (drafts.value = (await call("GET /api/plan/drafts", {})).drafts);
export const readJobs = async (): Promise<void> => void (jobs.value = (await call("GET /api/plan/jobs", {})).jobs);

// What was told of one job is put in its place; of one that is not known here the list is read anew.
function hearJob(told: unknown): void {
  const job = told as Job;
  const known = jobs.value?.find((j) => j.id === job.id);
  if (!known) void readJobs().catch(() => undefined);
  else jobs.value = jobs.value!.map((j) => (j === known ? { ...job, asked: known.asked } : j));
}

export function listen(): () => void {
  void readDrafts().catch(() => undefined);
  void readJobs().catch(() => undefined);
  void call("GET /api/plan/measures", {}).then((answer) => (measures.value = answer.measures), () => undefined);
  const ends = [on("job", hearJob), on("draft", () => void readDrafts().catch(() => undefined))];
  return () => ends.forEach((end) => end());
}

// Why something may not be; where there are no words for it what the server says.
export function why(error: unknown): string {
  if (!(error instanceof Refusal)) return String(error);
  return error.reason === "offline" ? t("plan.offline") : error.message;
}

export const stateText = (state: string): string => t(`plan.state.${state}` as Key);
export const kindText = (kind: string): string => t(`plan.kind.${kind}` as Key);
export const draftTitle = (name: string): string =>
  name === "today" ? t("plan.today") : drafts.value?.find((d) => d.name === name)?.title ?? name;

// A key of letters, digits and "-" out of a title; what has none of them gets a word of its own.
export function slug(title: string, otherwise: string, taken: (key: string) => boolean): string {
  const plain = title.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 32) || otherwise;
  for (let n = 1; ; n++) {
    const key = n === 1 ? plain : `${plain}-${n}`;
    if (!taken(key)) return key;
  }
}

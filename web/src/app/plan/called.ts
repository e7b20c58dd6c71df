// called.ts - what entries of a draft are called in the reader's language. Where a draft gives one another name, that name,
// and not what the resort as it is was called in that language.
import { useEffect, useState } from "preact/hooks";
import { call } from "../call";
import type { Kind } from "../names";
import { own } from "../session";
import { language } from "../words";

type Names = Record<string, string>; // by language
export type Called = { name?: string; names?: Names };
type Known = (kind: string, key: string) => Called | undefined;
export type Name = { text: string; lang?: string }; // lang: where it is not the reader's
export type Caller = (kind: Kind, key: string, name: string) => Name;

const inLanguage = (names: Names | undefined, wanted: string): string | undefined =>
  names?.[wanted] ?? Object.entries(names ?? {}).find(([l]) => l.split("-")[0] === wanted)?.[1];

export function nameOf(now: Called, before: Called | undefined): Name {
  const name = now.name ?? "", wanted = language.value, theirs = inLanguage(now.names, wanted);
  const isOld = before?.name && before.name !== name && theirs === inLanguage(before.names, wanted);
  return theirs !== undefined && !isOld ? { text: theirs } : { text: name, ...(name && own.value && own.value !== wanted ? { lang: own.value } : {}) };
}

// A document's entries; names that only the map has are not in it.
type Document = Called & Record<string, unknown>;
const entriesOf = (document: Document, map: ReadonlyMap<string, string>): Known => (kind, key) => {
  const entry = kind === "resort" ? document : ((document[kind] as (Called & { key: string })[] | undefined) ?? []).find((e) => e.key === key);
  return entry && { name: entry.name ?? map.get(`${kind}.${key}`), names: entry.names };
};
export function callerOf(draft: Document, today: Document, map: ReadonlyMap<string, string>): Caller {
  const drafted = entriesOf(draft, map), before = entriesOf(today, map);
  return (kind, key, name) => {
    const was = before(kind, key), now = drafted(kind, key) ?? was;
    return nameOf({ name: now?.name ?? name, names: now?.names }, was);
  };
}

export async function readMapNames(): Promise<ReadonlyMap<string, string>> {
  const resort = await call("GET /api/resort", {});
  return new Map(["lifts", "runs"].flatMap((kind) => (resort[kind] as { key: string; name: string }[]).map((e) => [`${kind}.${e.key}`, e.name] as const)));
}

// How the entries of jobs are called; undefined while that is not known yet. A job of an older server has no names.json.
type Kinds = Record<string, Record<string, Names>>;
export function useCallers(jobs: string[]): Caller[] | undefined {
  const [known, setKnown] = useState<{ names: (Kinds | undefined)[]; before: Known } | null>(null);
  const isOwn = own.value === "" || own.value === language.value;
  useEffect(() => {
    if (isOwn || known) return;
    const names = jobs.map((job) => call("GET /api/plan/jobs/{job}/{file}", {}, { job, file: "names.json" }).then((n) => n as Kinds, () => undefined));
    Promise.all([Promise.all(names), call("GET /api/plan/drafts/{draft}", {}, { draft: "today" }), readMapNames()])
      .then(([names, today, map]) => setKnown({ names, before: entriesOf(today.document as Document, map) }), () => setKnown({ names: [], before: () => undefined }));
  }, [jobs.join(), isOwn]);
  return isOwn || known ? jobs.map((_, i) => (kind, key, name) => {
    const before = known?.before(kind, key), of = known?.names[i];
    return isOwn ? { text: name } : nameOf({ name, names: of ? of[kind]?.[key] : before?.name === name ? before.names : undefined }, before);
  }) : undefined;
}

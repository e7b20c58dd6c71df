// called.ts - what entries of a draft are called in the reader's language. Where a draft gives one another name, that name,
// and not what the server's resort calls it in that language (names.ts).
import { useEffect, useState } from "preact/hooks";
import { call } from "../call";
import { named, type Kind } from "../names";
import { own } from "../session";
import { language } from "../words";

type Names = Record<string, string>; // by language
type Called = { name?: string; names?: Names };
export type Name = { text: string; lang?: string }; // lang: where it is not the reader's
export type Caller = (kind: Kind, key: string, name: string) => Name;

const inLanguage = (names: Names | undefined, wanted: string): string | undefined =>
  names?.[wanted] ?? Object.entries(names ?? {}).find(([l]) => l.split("-")[0] === wanted)?.[1];

// before: what the server's resort calls it in its own language; undefined where it has no such entry.
function nameOf(kind: Kind, key: string, { name = "", names }: Called, before: string | undefined): Name {
  const wanted = language.value, isOwn = own.value === "" || own.value === wanted;
  const servers = isOwn ? undefined : named(kind, key, "") || undefined, theirs = isOwn ? undefined : inLanguage(names, wanted);
  const isRenamed = before !== undefined && before !== name;
  const text = isRenamed && theirs === servers ? undefined : theirs ?? (before === name ? servers : undefined);
  return text !== undefined ? { text } : { text: name, ...(name && !isOwn ? { lang: own.value } : {}) };
}

// A document's entries; a name may be the map's alone.
type Document = Called & Record<string, unknown>;
type MapNames = ReadonlyMap<string, string>;
function entryOf(document: Document, map: MapNames, kind: Kind, key: string): Called | undefined {
  const entry = kind === "resort" ? document : ((document[kind] as (Called & { key: string })[] | undefined) ?? []).find((e) => e.key === key);
  return entry && { name: entry.name ?? map.get(`${kind}.${key}`), names: entry.names };
}

export async function readMapNames(): Promise<MapNames> {
  const resort = await call("GET /api/resort", {});
  return new Map(["lifts", "runs"].flatMap((kind) => (resort[kind] as { key: string; name: string }[]).map((e) => [`${kind}.${e.key}`, e.name] as const)));
}

export const callerOf = (draft: Document, today: Document, map: MapNames): Caller => (kind, key, name) => {
  const before = entryOf(today, map, kind, key), now = entryOf(draft, map, kind, key) ?? before;
  return nameOf(kind, key, { name: now?.name ?? name, names: now?.names }, before && (before.name ?? name));
};

// How the entries of jobs are called; undefined while that is not known yet. A job of an older server has no names.json.
type Kinds = Partial<Record<Kind, Record<string, Names>>>;
type Known = { names: (Kinds | undefined)[]; today: Document; map: MapNames };
export function useCallers(jobs: string[]): Caller[] | undefined {
  const [known, setKnown] = useState<Known | null>(null);
  const isOwn = own.value === "" || own.value === language.value;
  useEffect(() => {
    if (isOwn || known) return;
    const names = jobs.map((job) => call("GET /api/plan/jobs/{job}/{file}", {}, { job, file: "names.json" }).then((n) => n as Kinds, () => undefined));
    Promise.all([Promise.all(names), call("GET /api/plan/drafts/{draft}", {}, { draft: "today" }), readMapNames()])
      .then(([names, today, map]) => setKnown({ names, today: today.document as Document, map }), () => setKnown({ names: [], today: {}, map: new Map() }));
  }, [jobs.join(), isOwn]);
  return isOwn || known ? jobs.map((_, i) => (kind, key, name) => {
    const before = known && entryOf(known.today, known.map, kind, key);
    return nameOf(kind, key, { name, names: known?.names[i]?.[kind]?.[key] }, before ? before.name ?? name : undefined);
  }) : undefined;
}

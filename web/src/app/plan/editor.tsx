// editor.tsx - one draft: its map, its entries, what is wrong with it. Every change is written at once.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Refusal, call } from "../call";
import { on } from "../live";
import { namesNow, type Kind } from "../names";
import { isAnswer, once, underWay } from "../parts/once";
import { t, type Key } from "../words";
import { callerOf, readMapNames, type Caller } from "./called";
import { Draw } from "./draw";
import { Fields, Say } from "./fields";
import { Named } from "../parts/name";
import { NewJob } from "./newjob";
import { GROUPS, readSchema, recordOf, typed, type Entry, type Schema } from "./schema";
import { slug, why, type Change, type Draft, type DrawnLine } from "./state";
import { findingOf, labelOf, subjectOf, useTerms, wrongOf } from "./terms";

export type Kept = { changes: Change[]; lines: DrawnLine[] };
export type Update = (d: Kept) => Kept;

// A change of a path takes the place of the one before, and comes last: what a value rests on is written after it.
export const withChange = (changes: Change[], path: string, value: string): Change[] =>
  [...changes.filter((c) => c.path !== path), value === "" ? { path, is_removed: true } : { path, value }];

type Fields = { revision: number; title: string; note: string } & Kept;
const AGAIN_MS = 2000;

// What was sent before the page was loaded anew, as a change of what the draft is now.
const asUpdate = (mine: Kept): Update => ({ changes, lines }) => ({
  changes: [...changes.filter((c) => !mine.changes.some((m) => m.path === c.path)), ...mine.changes],
  lines: [...lines.filter((l) => !mine.lines.some((m) => m.kind === l.kind && m.key === l.key)), ...mine.lines],
});

// After a while, or when the connection is back.
const soon = (): Promise<void> => new Promise((resolve) => {
  const go = () => (clearTimeout(timer), removeEventListener("online", go), resolve());
  const timer = setTimeout(go, AGAIN_MS);
  addEventListener("online", go);
});

// One writing after another; each begins from what the one before answered. A writing has its key until it is answered: what is not
// is sent again by itself, also after the page was loaded anew, and is done once.
function useDraft(name: string) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [failed, setFailed] = useState("");
  const [lost, setLost] = useState<{ who: string; update: Update } | null>(null);
  const now = useRef<Draft | null>(null), queue = useRef(Promise.resolve()), isHere = useRef(true), what = `draft-${name}`;
  const take = (d: Draft) => setDraft((now.current = d));
  const read = async () => take(await call("GET /api/plan/drafts/{draft}", {}, { draft: name }));
  const answered = async (fields: Fields): Promise<Draft> => {
    for (;;)
      try {
        return await once(what, (key) => call("PUT /api/plan/drafts/{draft}", { ...fields, key }, { draft: name }), { fields, where: "tab" });
      } catch (error) {
        if (isAnswer(error) || !isHere.current) throw error;
        setFailed(error instanceof Refusal && error.reason === "offline" ? t("plan.unsaved") : why(error));
        await soon();
      }
  };
  const put = async (fields: Fields, update: Update) => {
    try {
      take(await answered(fields));
      setFailed("");
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== "changed") return setFailed(why(error));
      await read();
      setFailed("");
      setLost({ who: now.current!.who ?? "", update });
    }
  };
  const write = (update: Update, title?: string) => {
    const d = now.current!;
    return put({ revision: d.revision!, title: title ?? d.title!, note: d.note ?? "", ...update({ changes: d.changes, lines: d.lines }) }, update);
  };
  const finish = async () => { // what was under way when the page was left
    const before = underWay(what, "tab")?.fields as Fields | undefined;
    if (before) await put(before, asUpdate(before));
  };
  const save = (update: Update, title?: string) =>
    void (queue.current = queue.current.then(() => write(update, title)).catch((error) => setFailed(why(error))));
  useEffect(() => {
    isHere.current = true;
    queue.current = read().then(finish).catch((error) => setFailed(why(error)));
    const end = on("draft", () => { // somebody wrote something: where nothing of ours is under way it is shown
      queue.current = queue.current.then(() => read().catch(() => undefined));
    });
    return () => {
      isHere.current = false;
      end();
    };
  }, [name]);
  const again = () => {
    const update = lost!.update;
    setLost(null);
    save(update);
  };
  return { draft, failed, lost, save, again, leave: () => setLost(null) };
}

// "lifts.second-quad.speed" as the form has it: its entry, and the field.
function Path({ path, caller, schema }: { path: string; caller: Caller; schema: Schema }) {
  const [first, key, second] = path.split("."), group = GROUPS.includes(first) && key ? first : "", field = group ? second : first;
  const isField = field in recordOf(schema, group).properties!, name = group && caller(group as Kind, key, "");
  return <>{name && <Named text={name.text || key} lang={name.text ? name.lang : "en"} />}{name && isField && ": "}{isField ? <Say {...labelOf(group, field)} /> : !name && <code lang="en">{path}</code>}</>;
}

function Wrong({ draft, open, caller, schema }: { draft: Draft; open: (path: string) => void; caller: Caller; schema: Schema }) {
  return (
    <div class="wrongs" aria-live="polite">
      {draft.is_valid
        ? <p class="fine">✓ {t("plan.valid")}</p>
        : <p class="wrong">{t("plan.invalid", { n: draft.errors.length })}</p>}
      <ul>
        {draft.errors.map((e) => (
          <li key={e.path + e.message} class="wrong">
            {e.path ? <button type="button" class="link" title={e.path} onClick={() => open(e.path)}><Path path={e.path} caller={caller} schema={schema} /></button> : <code lang="en">{e.file}{e.line ? `:${e.line}` : ""}</code>}: <Say {...wrongOf(e.message)} />
          </li>
        ))}
        {draft.findings.map((f) => (
          <li key={f.rule + f.subject} class={f.severity}><strong><Say {...subjectOf(f.subject, (group, key) => (GROUPS.includes(group) ? caller(group as Kind, key, "").text : ""))} /></strong>: <Say {...findingOf(f.message)} />; <Say {...findingOf(f.suggestion)} /></li>
        ))}
      </ul>
    </div>
  );
}

function AddEntry({ group, taken, add }: { group: string; taken: (key: string) => boolean; add: (key: string, name: string) => void }) {
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement, name = String(new FormData(form).get("name")).trim();
    form.reset();
    add(slug(name, group.replace(/s$/, ""), taken), name);
  };
  return (
    <form class="row" onSubmit={submit}>
      <label>{t("plan.newEntry")}<input name="name" required maxLength={100} /></label>
      <button type="submit">{t("plan.add")}</button>
    </form>
  );
}

function Entries({ draft, today, schema, save, at, setAt, caller }: {
  caller: Caller; draft: Draft; today: Record<string, any>; schema: Schema; save: (u: Update) => void; at: { group: string; key: string }; setAt: (at: { group: string; key: string }) => void;
}) {
  const { group, key } = at;
  const entries = (group ? (draft.document[group] as Entry[] | undefined) ?? [] : []) as { key: string; name?: string }[];
  const before = (group ? (today[group] as Entry[] | undefined) ?? [] : []) as { key: string; name?: string }[];
  const gone = before.filter((e) => !entries.some((x) => x.key === e.key));
  const places = ((draft.document.places ?? []) as { key: string; name?: string }[]).map((p) => ({ key: p.key, name: caller("places", p.key, p.name ?? "").text }));
  const mark = (k: string) => {
    const path = `${group}.${k}`, own = (p: string) => p === path || p.startsWith(`${path}.`);
    return draft.errors.some((e) => own(e.path)) ? " ⚠" : draft.changes.some((c) => own(c.path)) ? " ●" : "";
  };
  const named = (e: { key: string; name?: string }) => caller(group as Kind, e.key, e.name ?? "");
  const chosen = entries.some((e) => e.key === key) ? key : entries[0]?.key ?? "";
  const called = (key: string) => caller(group as Kind, key, "").text || key;
  const edit = (path: string, value: string | null) => save(({ changes, lines }) => ({
    lines, changes: value === null ? changes.filter((c) => c.path !== path) : withChange(changes, path, value) }));
  const drop = () => save(({ changes, lines }) => {
    const path = `${group}.${chosen}`, rest = changes.filter((c) => c.path !== path && !c.path.startsWith(`${path}.`));
    return { lines: lines.filter((l) => `${l.kind}s.${l.key}` !== path), changes: before.some((e) => e.key === chosen) ? [...rest, { path, is_removed: true }] : rest };
  });
  const add = (k: string, name: string) => {
    save(({ changes, lines }) => ({ lines, changes: [...changes, { path: `${group}.${k}`, value: "{}" }, { path: `${group}.${k}.name`, value: typed("text", name) }] }));
    setAt({ group, key: k });
  };
  return (
    <>
      <div class="row">
        <label>{t("plan.group")}
          <select value={group} onChange={(e) => setAt({ group: e.currentTarget.value, key: "" })}>
            {GROUPS.map((g) => <option value={g} key={g}>{t(`plan.group.${g || "resort"}` as Key)}</option>)}
          </select>
        </label>
        {group && entries.length > 0 && (
          <label>{t("plan.entry")}
            <select value={chosen} onChange={(e) => setAt({ group, key: e.currentTarget.value })}>
              {entries.map((e) => {
                const { text, lang } = named(e);
                return <option value={e.key} key={e.key} lang={text ? lang : "en"}>{text ? `${text} (${e.key})` : e.key}{mark(e.key)}</option>;
              })}
            </select>
          </label>
        )}
        {group && chosen && <button type="button" onClick={drop}>{t("plan.removeEntry", { name: called(chosen) })}</button>}
      </div>
      {(!group || chosen) && <Fields schema={schema} group={group} entryKey={chosen} draft={draft} today={today} places={places} edit={edit} key={group + chosen} />}
      {gone.map((e) => <p class="note" key={e.key}>{t("plan.removed", { name: called(e.key) })} <button type="button" class="small" onClick={() => edit(`${group}.${e.key}`, null)}>{t("plan.back")}</button></p>)}
      {group && <AddEntry group={group} taken={(k) => entries.some((e) => e.key === k) || before.some((e) => e.key === k)} add={add} />}
    </>
  );
}

function Files({ name }: { name: string }) {
  return (
    <details>
      <summary>{t("plan.export")}</summary>
      <p class="note">{t("plan.exportNote")}</p>
      <ul class="files">
        {["resort.yaml", "lifts.geojson", "runs.geojson", "changes.yaml"].map((f) => <li key={f}><a href={`/api/plan/drafts/${name}/${f}`} download={f} lang="en">{f}</a></li>)}
      </ul>
    </details>
  );
}

export default function Editor({ name }: { name: string }) {
  const { draft, failed, lost, save, again, leave } = useDraft(name);
  const [today, setToday] = useState<Record<string, any> | null>(null);
  const [schema, setSchema] = useState<Schema | null>(null);
  const [at, setAt] = useState({ group: "lifts", key: "" });
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map()); // those that only the map has
  const isTold = useTerms();
  const form = useRef<HTMLElement>(null);
  useEffect(() => {
    void call("GET /api/plan/drafts/{draft}", {}, { draft: "today" }).then((d) => setToday(d.document), () => undefined);
    void readMapNames().then(setNames, () => undefined);
    void readSchema().then(setSchema, () => undefined);
  }, []);
  const caller = useMemo(() => callerOf(draft?.document ?? {}, today ?? {}, names), [draft, today, names, namesNow()]);
  // What is to be filled in next may come with the next answer only.
  const wanted = useRef("");
  useEffect(() => {
    const field = wanted.current && form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(wanted.current)}"]`);
    if (!field) return;
    wanted.current = "";
    field.focus();
  });
  if (!draft || !today || !schema || !isTold) return failed ? <p role="alert">{failed}</p> : <p class="note">{t("frame.loading")}</p>;
  const open = (path: string) => {
    const [group, key] = path.split(".");
    wanted.current = path;
    setAt(GROUPS.includes(group) && group ? { group, key: key ?? "" } : { group: "", key: "" });
  };
  return (
    <>
      <p class="crumb"><a href="/plan">{t("plan.title")}</a></p>
      <h1>{draft.title}</h1>
      {failed && <p role="alert">{failed}</p>}
      {lost && (
        <div role="alert" class="lost">
          <p>{t("plan.lost", { who: lost.who })}</p>
          <button type="button" class="main" onClick={again}>{t("plan.mineAgain")}</button> <button type="button" onClick={leave}>{t("plan.leaveTheirs")}</button>
        </div>
      )}
      <section aria-labelledby="state-title"><h2 id="state-title">{t("plan.check")}</h2><Wrong draft={draft} open={open} caller={caller} schema={schema} /><Files name={name} /></section>
      <section aria-labelledby="map-title"><h2 id="map-title">{t("plan.map")}</h2><Draw draft={draft} name={name} caller={caller} save={save} onDrawn={(group, key) => open(`${group}.${key}.name`)} /></section>
      <section aria-labelledby="entries-title" ref={form}>
        <h2 id="entries-title">{t("plan.entries")}</h2>
        <Entries draft={draft} today={today} schema={schema} save={save} at={at} setAt={setAt} caller={caller} />
      </section>
      <NewJob draft={name} />
    </>
  );
}

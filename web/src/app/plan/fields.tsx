// fields.tsx - the form of one entry of the resort: what it says now, what it said before, what is wrong with it.
import { useId } from "preact/hooks";
import { language, number, t } from "../words";
import type { Draft } from "./state";
import { fieldsOf, typed, written, type Entry, type Field, type Schema } from "./schema";
import { aboutOf, choiceOf, labelOf, wrongOf, type Told } from "./terms";

export type Edit = (path: string, value: string | null) => void; // null: as the resort has it, or removed

// A text with `keys` of the file in it, told to be in English where it is and the reader's language is another.
export function Say({ text, lang }: Told) {
  const parts = text.split("`").map((part, i) => (i % 2 ? <code lang="en" key={i}>{part}</code> : part));
  return lang ? <span lang={lang}>{parts}</span> : <>{parts}</>;
}

// Ends of ways and where venues stand are chosen among the places that there are.
function choicesOf(field: Field, group: string, places: { key: string; name: string }[]): [string, string][] {
  if (field.choices.length) return field.choices.map((c) => [c, choiceOf(c).text]);
  const isPlace = (["from", "to"].includes(field.key) && ["lifts", "runs", "walks"].includes(group)) || (field.key === "place" && group === "venues");
  return isPlace ? places.map((p) => [p.key, p.name ? `${p.name} (${p.key})` : p.key]) : [];
}

function Input({ field, group, now, before, places, errors, path, edit }: {
  field: Field; group: string; now: string; before: string; places: { key: string; name: string }[]; errors: string[]; path: string; edit: Edit;
}) {
  const id = useId(), isChanged = now !== before;
  const choices = choicesOf(field, group, places);
  const take = (text: string) => {
    const value = text.trim();
    if (value === now) return;
    edit(path, value === "" || value === before ? (value === before ? null : "") : typed(field.control, value));
  };
  const short = before.length > 80 ? `${before.slice(0, 80)}…` : before, label = labelOf(group, field.key), word = (value: string) => choices.find(([c]) => c === value)?.[1] ?? value;
  const common = { id, name: path, "aria-describedby": `${id}-about ${id}-wrong`, "aria-invalid": errors.length > 0, class: isChanged ? "changed" : undefined };
  return (
    <div class={errors.length ? "field bad" : "field"}>
      <div class="head">
        <label for={id}><Say {...label} />{field.required && !now ? " *" : ""}</label>
        {language.value !== "en" && <code class="note" lang="en">{field.key}</code>}
      </div>
      {choices.length
        ? (
          <select {...common} value={now} onChange={(e) => take(e.currentTarget.value)}>
            <option value="">{field.otherwise ? `– (${word(field.otherwise)})` : "–"}</option>
            {now && !choices.some(([c]) => c === now) && <option value={now} lang="en">{now}</option>}
            {choices.map(([c, name]) => <option value={c} key={c}>{name}</option>)}
          </select>
        )
        : field.control === "structure" && now.length > 50
          ? <textarea {...common} rows={Math.min(6, Math.ceil(now.length / 32))} spellcheck={false} key={now} defaultValue={now} onChange={(e) => take(e.currentTarget.value.replace(/\s+/g, " "))} />
          : <input {...common} key={now} defaultValue={now} placeholder={field.otherwise} spellcheck={false} autocomplete="off" onChange={(e) => take(e.currentTarget.value)} />}
      <p class="about note" id={`${id}-about`}>
        <Say {...aboutOf(field.about)} />
        {field.bounds && ` (${number(field.bounds[0])} – ${number(field.bounds[1])})`}
        {field.units && <> [<code lang="en">{field.units}</code>]</>}
      </p>
      <div id={`${id}-wrong`} class="wrong">{errors.map((e) => <p key={e}><Say {...wrongOf(e)} /></p>)}</div>
      {isChanged && before !== "" && (
        <p class="before note"><Say text={t("plan.before", { value: word(short) === short && field.control !== "text" ? `\`${short}\`` : word(short) })} />{" "}
          <button type="button" class="small" onClick={() => edit(path, null)} aria-label={t("plan.backOf", { field: label.text })}>{t("plan.back")}</button>
        </p>
      )}
    </div>
  );
}

export function Fields({ schema, group, entryKey, draft, today, places, edit }: {
  schema: Schema; group: string; entryKey: string; draft: Draft; today: Record<string, any>; places: { key: string; name: string }[]; edit: Edit;
}) {
  const find = (document: Record<string, any>): Entry => (group ? ((document[group] as Entry[] | undefined) ?? []).find((e) => e.key === entryKey) ?? {} : (document as Entry));
  const now = find(draft.document), before = find(today), prefix = group ? `${group}.${entryKey}.` : "";
  const { given, more } = fieldsOf(schema, group, { ...before, ...now });
  const errorsOf = (key: string) => draft.errors.filter((e) => e.path === prefix + key || e.path.startsWith(`${prefix}${key}.`)).map((e) => e.message);
  // A value that could not be taken is still what was typed.
  const asked = (key: string) => draft.changes.find((c) => c.path === prefix + key && !c.is_removed)?.value;
  const shown = (field: Field): string => {
    const value = written(now[field.key]), mine = asked(field.key);
    return value === "" && mine !== undefined ? mine : value;
  };
  const one = (field: Field) => (
    <Input key={prefix + field.key} field={field} group={group} now={shown(field)} before={written(before[field.key])} places={places}
      errors={errorsOf(field.key)} path={prefix + field.key} edit={edit} />
  );
  const isWanted = (f: Field) => errorsOf(f.key).length > 0;
  return (
    <>
      <div class="fields">{[...given, ...more.filter(isWanted)].map(one)}</div>
      {more.some((f) => !isWanted(f)) && (
        <details>
          <summary>{t("plan.moreFields", { n: more.filter((f) => !isWanted(f)).length })}</summary>
          <div class="fields">{more.filter((f) => !isWanted(f)).map(one)}</div>
        </details>
      )}
    </>
  );
}

// terms.ts - what the program itself says in the form of a draft, in the reader's language: names of fields, what they
// mean, choices, what is wrong with a value.
//
// The schema (src/resort/schema.c) and what reads resort.yaml (src/resort/read*.c) speak English, which is its own key in
// terms/*.json; the labels have the key of the field, or "lifts.seats" where one key means two things. test/web/terms.mjs
// holds them complete. They come with the editor, and only where a language other than English was chosen.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { knows, language, t, type Key, type Language } from "../words";
import type { Texts } from "./patterns";

export type Terms = { labels: Texts; choices: Texts; about: Texts; records: Texts; wrong: Texts; expected: Texts; modes: Texts; findings: Texts };
export type Told = { text: string; lang?: "en" }; // lang: where it is not the reader's

const loaders: Record<Exclude<Language, "en">, () => Promise<{ default: Terms }>> = {
  ko: () => import("./terms/ko.json"),
  zh: () => import("./terms/zh.json"),
  ru: () => import("./terms/ru.json"),
  ja: () => import("./terms/ja.json"),
};

type Say = (english: string) => string | undefined;
type Loaded = { language: Language; terms?: Terms; mistake?: Say; finding?: Say };
const loaded = signal<Loaded | null>(null);

async function load(language: Exclude<Language, "en">): Promise<Loaded> {
  const [{ default: terms }, m] = await Promise.all([loaders[language](), import("./mistakes")]), mistakes = m.mistakesOf(terms), findings = m.findingsOf(terms);
  return { language, terms, mistake: (message) => m.mistake(mistakes, message), finding: (text) => m.finding(findings, text) };
}

// Whether the form can be shown. Where terms cannot be had it is shown in English, and told to be.
export function useTerms(): boolean {
  const wanted = language.value;
  useEffect(() => {
    let isWanted = true;
    const take = (found: Loaded) => void (isWanted && (loaded.value = found)), nothing = { language: wanted };
    if (wanted === "en") take(nothing);
    else load(wanted).then(take, () => take(nothing));
    return () => void (isWanted = false);
  }, [wanted]);
  return loaded.value !== null;
}

const english = (text: string): Told => (language.value === "en" ? { text } : { text, lang: "en" });
const own = (): Loaded | null => (loaded.value?.language === language.value ? loaded.value : null);
const terms = (): Terms | undefined => own()?.terms;
const told = (text: string | undefined, otherwise: string): Told => (text === undefined ? english(otherwise) : { text });
const capital = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1).replace(/-/g, " ");

export const labelOf = (group: string, key: string): Told => told(terms()?.labels[`${group}.${key}`] ?? terms()?.labels[key], capital(key));
export const aboutOf = (about: string): Told => told(terms()?.about[about], about);
export function choiceOf(choice: string): Told {
  const kind = `mountain.kind.${choice}` as Key; // lifts, difficulties and venues are called what room Mountain calls them
  return knows(kind) ? { text: t(kind) } : told(terms()?.choices[choice], capital(choice));
}
export const wrongOf = (message: string): Told => told(own()?.mistake?.(message), message);
export const findingOf = (text: string): Told => told(own()?.finding?.(text), text);
// "lift second-quad", "names in ko"; called: the name of an entry of a group, where it has one.
export function subjectOf(subject: string, called: (group: string, key: string) => string): Told {
  const list = terms()?.records ?? {}, record = Object.keys(list).find((r) => subject === r || subject.startsWith(`${r} `));
  if (!record) return findingOf(subject);
  const key = subject.slice(record.length + 1);
  return { text: key ? `${list[record]} ${called(`${record.replace(" ", "-")}s`, key) || `\`${key}\``}` : list[record] };
}

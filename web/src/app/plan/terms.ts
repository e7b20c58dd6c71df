// terms.ts - what the program itself says in the form of a draft, in the reader's language: names of fields, what they
// mean, choices, what is wrong with a value.
//
// The schema (src/resort/schema.c) and what reads resort.yaml (src/resort/read*.c) speak English, which is its own key in
// terms/*.json; the labels have the key of the field, or "lifts.seats" where one key means two things. test/web/terms.mjs
// holds them complete. They come with the editor, and only where a language other than English was chosen.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { knows, language, t, type Key, type Language } from "../words";
import { sayBy, sayingsOf, type Sayings, type Texts } from "./patterns";

export type Terms = { labels: Texts; choices: Texts; about: Texts; records: Texts; wrong: Texts; expected: Texts };
export type Told = { text: string; lang?: "en" }; // lang: where it is not the reader's

const loaders: Record<Exclude<Language, "en">, () => Promise<{ default: Terms }>> = {
  ko: () => import("./terms/ko.json"),
  zh: () => import("./terms/zh.json"),
  ru: () => import("./terms/ru.json"),
  ja: () => import("./terms/ja.json"),
};

const loaded = signal<{ language: Language; terms?: Terms; mistakes?: Sayings } | null>(null);

// A mistake names a value and what was expected instead: "900 km/h, expected 0.1 m/s to 20 m/s".
export function mistakesOf(terms: Terms): Sayings {
  const listed = { record: terms.records }, isPattern = (key: string) => /\{\w+\}/.test(key);
  const mistakes = sayingsOf(terms.wrong, isPattern, listed), expected = sayingsOf(terms.expected, isPattern, listed);
  expected.asItStands = /^(\S+|-?[\d.]+ \S+)$/; // a word of the file, a number and its unit
  expected.inside = { bounds: expected };
  mistakes.inside = { head: mistakes, why: mistakes, what: mistakes, expected, bounds: expected };
  return mistakes;
}

// A key of the file before it stays: "beginner: 140 %, expected ...".
export function mistake(mistakes: Sayings, message: string): string | undefined {
  const [, key, rest] = /^([a-z0-9-]+: )(.+)$/s.exec(message) ?? [], told = rest && mistake(mistakes, rest);
  return told ? key + told : sayBy(mistakes, message);
}

// Whether the form can be shown. Where terms cannot be had it is shown in English, and told to be.
export function useTerms(): boolean {
  const wanted = language.value;
  useEffect(() => {
    let isWanted = true;
    const take = (terms?: Terms) => {
      if (isWanted) loaded.value = { language: wanted, terms, mistakes: terms && mistakesOf(terms) };
    };
    if (wanted === "en") take();
    else loaders[wanted]().then((terms) => take(terms.default), () => take());
    return () => void (isWanted = false);
  }, [wanted]);
  return loaded.value !== null;
}

const english = (text: string): Told => (language.value === "en" ? { text } : { text, lang: "en" });
const terms = (): Terms | undefined => (loaded.value?.language === language.value ? loaded.value.terms : undefined);
const told = (text: string | undefined, otherwise: string): Told => (text === undefined ? english(otherwise) : { text });
const capital = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1).replace(/-/g, " ");

export const labelOf = (group: string, key: string): Told => told(terms()?.labels[`${group}.${key}`] ?? terms()?.labels[key], capital(key));
export const aboutOf = (about: string): Told => told(terms()?.about[about], about);
export function choiceOf(choice: string): Told {
  const kind = `mountain.kind.${choice}` as Key; // lifts, difficulties and venues are called what room Mountain calls them
  return knows(kind) ? { text: t(kind) } : told(terms()?.choices[choice], capital(choice));
}
export function wrongOf(message: string): Told {
  const said = loaded.value?.language === language.value ? loaded.value.mistakes : undefined;
  return told(said && mistake(said, message), message);
}
// "lift second-quad"
export function subjectOf(subject: string): Told {
  const list = terms()?.records ?? {}, record = Object.keys(list).find((r) => subject === r || subject.startsWith(`${r} `));
  return told(record && list[record] + subject.slice(record.length), subject);
}

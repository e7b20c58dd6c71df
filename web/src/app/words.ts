// words.ts - what the pages say, in the reader's language; plurals, numbers and dates as Intl does them (money: parts/amount.ts).
//
//     t("mountain.title")                    words/en/mountain.json: {"mountain.title": "Mountain"}
//     t("mountain.open", { n: 3 })           {"mountain.open": {"one": "{n} lift open", "other": "{n} lifts open"}}
//
// English of the first page comes with it, of the others after it; every other language is loaded when it is chosen. A
// text that a language lacks is a fault, which test/web/words.mjs finds. Each room of the pages has a file of its own in
// each language.
import { signal } from "@preact/signals";
import frame from "./words/en/frame.json";
import mountain from "./words/en/mountain.json";
import parts from "./words/en/parts.json";

export const LANGUAGES = { en: "English", ko: "한국어", zh: "中文", ru: "Русский", ja: "日本語" } as const;
export type Language = keyof typeof LANGUAGES;
type Text = string | Record<string, string>;
export type Key = keyof (typeof import("./words/en"))["default"];

const loaders: Record<Exclude<Language, "en">, () => Promise<{ default: Record<string, Text> }>> = {
  ko: () => import("./words/ko"),
  zh: () => import("./words/zh"),
  ru: () => import("./words/ru"),
  ja: () => import("./words/ja"),
};

export const language = signal<Language>("en");
let english: Record<string, Text> = { ...frame, ...mountain, ...parts };
const texts = signal<Record<string, Text>>(english);
export const knows = (key: Key): boolean => key in texts.value;

// The other rooms' English, which nobody should wait for who only wants to know what is open.
let all: Promise<void> | undefined;
export function loadAll(): Promise<void> {
  return (all ??= import("./words/en").then((words) => {
    english = words.default;
    texts.value = language.value === "en" ? english : { ...english, ...texts.value };
  }));
}

export async function choose(wanted: Language): Promise<void> {
  texts.value = wanted === "en" ? english : { ...english, ...(await loaders[wanted]()).default };
  language.value = wanted;
  document.documentElement.lang = wanted;
  localStorage.setItem("language", wanted);
}

// What was chosen before, otherwise the first language of the browser that there is.
export function chooseFirst(): Promise<void> {
  const wishes = [localStorage.getItem("language"), ...navigator.languages].map((l) => (l ?? "").slice(0, 2));
  return choose((wishes.find((l) => l in LANGUAGES) as Language | undefined) ?? "en");
}

// What Intl makes for a language is kept: making it takes longer than using it a hundred times.
const kept = new Map<string, unknown>();
export function keep<T>(name: string, make: () => T): T {
  const key = `${language.value} ${name}`;
  if (!kept.has(key)) kept.set(key, make());
  return kept.get(key) as T;
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = texts.value[key] ?? key;
  const form = typeof text === "string" ? text
    : text[keep("plural", () => new Intl.PluralRules(language.value)).select(Number(values.n ?? 0))] ?? text.other ?? key;
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : value ?? "";
  });
}

export const number = (n: number): string => keep("number", () => new Intl.NumberFormat(language.value)).format(n);
export const percent = (share: number): string => keep("percent", () => new Intl.NumberFormat(language.value, { style: "percent" })).format(share);

export const date = (day: string): string => keep("date", () => new Intl.DateTimeFormat(language.value, { dateStyle: "full", timeZone: "UTC" })).format(new Date(`${day}T00:00:00Z`));
// A day without its weekday, as it stands within a sentence ("с 5 декабря 2026 г.").
export const day = (text: string): string => keep("day", () => new Intl.DateTimeFormat(language.value, { dateStyle: "long", timeZone: "UTC" })).format(new Date(`${text}T00:00:00Z`));
export const time = (ms: number, zone: string): string => keep(`time ${zone}`, () => new Intl.DateTimeFormat(language.value, { timeStyle: "short", timeZone: zone })).format(new Date(ms));

// "3 min", "1 h 10 min", as short as the language has it.
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60), hours = Math.floor(minutes / 60);
  const unit = (n: number, name: string) => keep(name, () => new Intl.NumberFormat(language.value, { style: "unit", unit: name, unitDisplay: "short" })).format(n);
  return hours ? `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}` : unit(minutes, "minute");
}

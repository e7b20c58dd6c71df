// saying.ts - the parts of results that report pages have, too, in the language that was chosen here.
import { useEffect } from "preact/hooks";
import { said } from "../../say";
import { language, type Language } from "../words";
import type { Sayings, Texts } from "./patterns";

const loaders: Record<Exclude<Language, "en">, () => Promise<{ default: Texts }>> = {
  ko: () => import("../../says/ko.json"),
  zh: () => import("../../says/zh.json"),
  ru: () => import("../../says/ru.json"),
  ja: () => import("../../says/ja.json"),
};

// The language in which a text of the program's own is said here: what it has no words for stays English.
export const saidIn = (english: string): string => (english in said.value.texts ? said.value.language : "en");

// What the program makes with values in it: "no rooms of inn (`rooms`)". By which patterns comes with the texts.
let patterns: typeof import("./patterns") | undefined, sayings: Sayings | undefined;
export function sayMade(made: string): { text: string; lang: string } {
  if (sayings?.texts !== said.value.texts) sayings = patterns?.sayingsOf(said.value.texts, (key) => key.includes("{1}"));
  const text = sayings && patterns!.sayBy(sayings, made);
  return text === undefined ? { text: made, lang: "en" } : { text, lang: said.value.language };
}

// Whether they can be shown already.
export function useSaying(): boolean {
  const wanted = language.value;
  useEffect(() => {
    if (wanted === "en") said.value = { language: "en", texts: {} };
    else
      void Promise.all([loaders[wanted](), import("./patterns")]).then(([texts, module]) => {
        patterns = module;
        said.value = { language: wanted, texts: texts.default };
      });
  }, [wanted]);
  return said.value.language === wanted;
}

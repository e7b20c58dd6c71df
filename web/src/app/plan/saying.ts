// saying.ts - the parts of results that report pages have, too, in the language that was chosen here.
import { useEffect } from "preact/hooks";
import { said, say } from "../../say";
import { language, type Language } from "../words";
import { sayBy, sayingsOf, type Sayings, type Texts } from "./patterns";

const loaders: Record<Exclude<Language, "en">, () => Promise<{ default: Texts }>> = {
  ko: () => import("../../says/ko.json"),
  zh: () => import("../../says/zh.json"),
  ru: () => import("../../says/ru.json"),
  ja: () => import("../../says/ja.json"),
};

// The language in which a text of the program's own is said here: what it has no words for stays English.
export const saidIn = (english: string): string => (english in said.value.texts ? said.value.language : "en");

// What the program makes with values in it: "no rooms of inn (`rooms`)".
let sayings: Sayings | undefined;
export function sayMade(made: string): { text: string; lang: string } {
  if (sayings?.texts !== said.value.texts) sayings = sayingsOf(said.value.texts, (key) => key.includes("{1}"));
  const text = sayBy(sayings!, made);
  return text === undefined ? { text: say(made), lang: "en" } : { text, lang: said.value.language };
}

// Whether they can be shown already.
export function useSaying(): boolean {
  const wanted = language.value;
  useEffect(() => {
    if (wanted === "en") said.value = { language: "en", texts: {} };
    else void loaders[wanted]().then((texts) => (said.value = { language: wanted, texts: texts.default }));
  }, [wanted]);
  return said.value.language === wanted;
}

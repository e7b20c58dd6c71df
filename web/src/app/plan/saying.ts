// saying.ts - the parts of results that report pages have, too, in the language that was chosen here.
import { useEffect } from "preact/hooks";
import { said, say } from "../../say";
import { language, type Language } from "../words";

type Texts = { default: Record<string, string> };
const loaders: Record<Exclude<Language, "en">, () => Promise<Texts>> = {
  ko: () => import("../../says/ko.json"),
  zh: () => import("../../says/zh.json"),
  ru: () => import("../../says/ru.json"),
  ja: () => import("../../says/ja.json"),
};

// The language in which a text of the program's own is said here: what it has no words for stays English.
export const saidIn = (english: string): string => (english in said.value.texts ? said.value.language : "en");

// What the program makes with values in it ("no rooms of inn (`rooms`)") is said by its pattern: "no rooms of {1} (`rooms`)".
function patternOf(made: string): { key: string; values: string[] } | undefined {
  for (const key of Object.keys(said.value.texts)) {
    if (!key.includes("{1}")) continue;
    const found = new RegExp(`^${key.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\d\}/g, "(.+?)")}$`).exec(made);
    if (found) return { key, values: found.slice(1) };
  }
  return undefined;
}
export function sayMade(made: string): { text: string; lang: string } {
  const pattern = made in said.value.texts ? undefined : patternOf(made);
  if (!pattern) return { text: say(made), lang: saidIn(made) };
  return { text: say(pattern.key, Object.fromEntries(pattern.values.map((v, i) => [String(i + 1), say(v)]))), lang: said.value.language };
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

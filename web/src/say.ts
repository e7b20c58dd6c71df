// say.ts - what the parts of a result say. English stands where it is said and is its own key: `say("Mean wait")`. A report
// page speaks English; the server's pages give the texts of the reader's language (says/*.json), which test/web/words.mjs
// holds complete.
import { signal } from "@preact/signals";

export const said = signal<{ language: string; texts: Record<string, string> }>({ language: document.documentElement.lang || "en", texts: {} });

export function say(english: string, values: Record<string, string | number> = {}): string {
  return (said.value.texts[english] ?? english).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

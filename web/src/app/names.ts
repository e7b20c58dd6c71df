// names.ts - what is called what in the reader's language: lifts, products, entrances ...
//
//     named("lifts", lift.key, lift.name)     in the reader's language where it has a name in it, else as it is
//     <Name of="lifts" id={lift.key}>{lift.name}</Name>     (parts/name.tsx) the same, told to be in the resort's own
//
// They are asked for once the server has said in which language the resort's own names are, and never for that one. What came
// last is kept by the browser: it is there at once the next time, and without a network.
import { effect, signal } from "@preact/signals";
import { call } from "./call";
import { own } from "./session";
import { language } from "./words";

export type Kind = "resort" | "places" | "lifts" | "runs" | "slopes" | "venues" | "entrances" | "products" | "classes" | "prices" | "purposes" | "reasons" | "segments" | "day-types";
type Names = { language: string; kinds: Partial<Record<Kind, Record<string, string>>> };

const none: Names = { language: "", kinds: {} };
const names = signal<Names>(none);
const isTheirs = (): boolean => names.value.language === language.value && language.value !== own.value;

export const named = (kind: Kind, key: string, name: string): string => (isTheirs() ? names.value.kinds[kind]?.[key] ?? name : name);

// The language that named() gives, where it is not the reader's.
export const langOf = (kind: Kind, key: string): string | undefined =>
  own.value === "" || own.value === language.value || (isTheirs() && names.value.kinds[kind]?.[key] !== undefined) ? undefined : own.value;

// A resort, a day of it or a part of one with its lists named: what draws or tabulates them need not know of languages.
// Named anew when namesNow() is another. Who has names of another resort than the server's (a draft's) gives `called`.
type Item = { key: string; name: string };
const LISTS = ["places", "lifts", "runs", "venues", "slopes", "segments"] as const;
export function withNames<T extends object>(what: T, isResort = false, called = named): T {
  const out = { ...what } as Record<string, unknown>;
  for (const kind of LISTS)
    if (Array.isArray(out[kind])) out[kind] = (out[kind] as Item[]).map((item) => (item.name ? { ...item, name: called(kind, item.key, item.name) } : item));
  if (isResort) out.name = called("resort", "name", out.name as string);
  return out as T;
}
export const namesNow = (): string => `${language.value} ${isTheirs() ? JSON.stringify(names.value.kinds).length : 0}`;

const AGAIN_MS = 15000, ANEW_MS = 600000;
let timer = 0;

async function read(wanted: string): Promise<void> {
  let after = ANEW_MS;
  try {
    const told = (await call("GET /api/names", { language: wanted })) as Names;
    if (language.value === wanted) names.value = told;
    localStorage.setItem(`names.${wanted}`, JSON.stringify(told));
  } catch {
    after = AGAIN_MS;
  }
  if (language.value === wanted) timer = setTimeout(() => void read(wanted), after) as unknown as number;
}

function kept(wanted: string): Names {
  try {
    return JSON.parse(localStorage.getItem(`names.${wanted}`) ?? "") as Names;
  } catch {
    return none;
  }
}

effect(() => {
  const wanted = language.value;
  clearTimeout(timer);
  if (wanted === own.value) return;
  names.value = kept(wanted);
  if (own.value) timer = setTimeout(() => void read(wanted), 0) as unknown as number; // after what is under way
});

// once.ts - an act that happens once, however often it is sent: its key is kept until it is answered.
//
//     await once(`cancel-${order}`, (key) => call("POST /api/...", { key, ... }), { fields });
//
// `what` names the act. Tried again with the same fields it has the same key: a second click, a reload, another try after a
// lost connection do nothing twice. With other fields it is another act. A refusal is an answer; no answer is none.
import { signal, type Signal } from "@preact/signals";
import { Refusal, newKey } from "../call";
import { kept } from "./kept";

export type UnderWay = { key: string; fields?: unknown };
// How long it is kept: until the page is left; over a reload of this tab; in this browser, for all of its tabs. What stands
// in a form, such as a password or a person's name, is never kept for longer than in the tab.
export type Where = "page" | "tab" | "browser";
type Shelf = Signal<Record<string, UnderWay>>;
const shelves: Record<Where, Shelf> = { page: signal({}), tab: kept("piste-under-way", {}, sessionStorage), browser: kept("piste-under-way", {}) };

export const underWay = (what: string, where: Where = "browser"): UnderWay | undefined => shelves[where].value[what];

export function settle(what: string, where: Where = "browser"): void {
  const { [what]: _, ...rest } = shelves[where].value;
  shelves[where].value = rest;
}

// Whether it is known that nothing was done: refused, and not only for now.
export const isAnswer = (error: unknown): boolean => error instanceof Refusal && error.code >= 400 && error.code < 500 && error.code !== 429;

type How = { fields?: unknown; where?: Where; makeKey?: () => string };

export async function once<T>(what: string, send: (key: string) => Promise<T>, { fields, where = "browser", makeKey = newKey }: How = {}): Promise<T> {
  const before = underWay(what, where), isSame = before && JSON.stringify(before.fields) === JSON.stringify(fields);
  const act = isSame ? before : { key: makeKey(), ...(fields === undefined ? {} : { fields }) };
  shelves[where].value = { ...shelves[where].value, [what]: act };
  try {
    const answer = await send(act.key);
    settle(what, where);
    return answer;
  } catch (error) {
    if (isAnswer(error)) settle(what, where);
    throw error;
  }
}

// once.ts - an act that happens once, however often it is sent: its key is kept in this tab until it is answered.
//
// The same fields are sent with the same key: a second click, a reload, or another try after a lost connection cannot
// sell twice. What was under way when the page was loaded is sent again by `resume`, and answers what it answered.
import type { Api } from "../api-types";
import { Refusal, call, newKey } from "../call";

type Act = Extract<keyof Api, `POST /api/desk/${string}`>;
type Kept = { route: Act; fields: Record<string, unknown>; key: string };
export type Answer = Record<string, any>;

const place = "till.under-way";
const read = (): Kept | undefined => JSON.parse(sessionStorage.getItem(place) ?? "null") ?? undefined;
export const isUnderWay = (): boolean => sessionStorage.getItem(place) !== null;

async function send(kept: Kept): Promise<Answer> {
  sessionStorage.setItem(place, JSON.stringify(kept));
  try {
    const answer = await call(kept.route, { ...kept.fields, key: kept.key } as never);
    sessionStorage.removeItem(place);
    return answer as Answer;
  } catch (error) {
    // Refused: nothing happened. No answer: nobody knows, the key is kept.
    if (error instanceof Refusal && error.code >= 400 && error.code < 500 && error.code !== 429) sessionStorage.removeItem(place);
    throw error;
  }
}

export function once(route: Act, fields: Record<string, unknown>): Promise<Answer> {
  const before = read(), same = before && before.route === route && JSON.stringify(before.fields) === JSON.stringify(fields);
  return send(same ? before : { route, fields, key: newKey() });
}

export async function resume(): Promise<{ route: Act; answer: Answer } | undefined> {
  const kept = read();
  return kept && { route: kept.route, answer: await send(kept) };
}

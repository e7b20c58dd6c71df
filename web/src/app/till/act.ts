// act.ts - what a cashier does at the desk: sent with its key until it is answered, also after this tab was loaded anew.
import type { Api } from "../api-types";
import { call } from "../call";
import { once, underWay } from "../parts/once";

type Act = Extract<keyof Api, `POST /api/desk/${string}` | "POST /api/till/orders">;
type Fields = Record<string, unknown>;
type Sent = { route: Act; fields: Fields; charge?: string };
export type Answer = Record<string, any>;

const WHAT = "till", WHERE = "tab"; // one at a time

// charge: by which provider the order is to be paid once it is there.
export const act = (route: Act, fields: Fields, charge?: string): Promise<Answer> =>
  once(WHAT, (key) => call(route, { ...fields, key } as never) as Promise<Answer>, { where: WHERE, fields: { route, fields, ...(charge ? { charge } : {}) } });

export const isUnderWay = (): boolean => !!underWay(WHAT, WHERE);

export async function resume(): Promise<(Sent & { answer: Answer }) | undefined> {
  const sent = underWay(WHAT, WHERE)?.fields as Sent | undefined;
  return sent && { ...sent, answer: await act(sent.route, sent.fields, sent.charge) };
}

// state.ts - the account of whoever is signed in, as the server has it.
import { signal } from "@preact/signals";
import { call } from "../call";

export type Own = {
  account: string; roles: string; must: string; two_step_ms: number; codes: number;
  sessions: { session: string; browser: string; begun_ms: number; seen_ms: number; is_own: boolean }[];
};
export const own = signal<Own | null>(null);
export const readOwn = async (): Promise<void> => void (own.value = (await call("GET /api/account", {})) as Own);

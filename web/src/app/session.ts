// session.ts - who is signed in at this browser. Guests need not be.
import { computed, signal } from "@preact/signals";
import { Refusal, call } from "./call";

export const account = signal("");
export const roles = signal<ReadonlySet<string>>(new Set());
export const own = signal(""); // the language of the resort's own names, once the server has said it
export const proof = signal(""); // goes with every request that changes something
export const isKnown = signal(false); // the server has said who is signed in, or cannot
export const must = signal<"" | "password" | "two-step">(""); // what is to be done before anything else
export const isSignedIn = computed(() => account.value !== "");

// Accounts of the demonstration, to sign in with; elsewhere there are none.
export type DemoAccount = { account: string; roles: string; password: string };
export const demo = signal<DemoAccount[]>([]);

type Answer = { account: string; roles: string; proof: string; must: string; language: string; demo?: DemoAccount[] };

function take(answer: Answer): void {
  proof.value = answer.proof;
  own.value = answer.language ?? own.value;
  must.value = (answer.must ?? "") as typeof must.value;
  roles.value = new Set(answer.roles.split(" ").filter(Boolean));
  account.value = answer.account;
  demo.value = answer.demo ?? [];
  if (answer.account) localStorage.setItem("session", JSON.stringify({ account: answer.account, roles: answer.roles, language: answer.language }));
  else localStorage.removeItem("session");
}

// Without a network whoever was signed in last is shown what works without one; nothing is believed of it elsewhere.
export async function readSession(): Promise<void> {
  try {
    take(await call("GET /api/session", {}));
  } catch (error) {
    const before = localStorage.getItem("session");
    if (error instanceof Refusal && error.reason === "offline" && before && !account.value) take({ ...JSON.parse(before), proof: "" });
    throw error;
  } finally {
    isKnown.value = true;
  }
}
export const signIn = async (name: string, password: string, code = ""): Promise<void> =>
  take(await call("POST /api/session", { name, password, ...(code ? { code } : {}) }));
export const changePassword = async (password: string, chosen: string): Promise<void> => take(await call("POST /api/account/password", { password, chosen }));
export const signOut = async (): Promise<void> => take(await call("DELETE /api/session", {}));
export const has = (...wanted: string[]): boolean => wanted.length === 0 || wanted.some((r) => roles.value.has(r));

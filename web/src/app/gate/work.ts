// work.ts - this browser as a gate: it judges by itself, with or without a network, writes down what it did, and sends
// what the server does not have when there is a connection.
import { computed, signal } from "@preact/signals";
import type { Api } from "../api-types";
import { Refusal, call } from "../call";
import { readSession } from "../session";
import { getId, hex } from "./bytes";
import { keptOf, readNewer, readOwn, type Documents, type Texts } from "./documents";
import { Gate, dayIndex, makeHeader, type Answer, type Clock } from "./judge";
import { append, begin, joined, readLog, readSelf, writeSelf, type Self } from "./store";

const CHUNK = 5000, SYNC_MS = 15000, RECENT_S = 900, SLEW_S = 60;

export const self = signal<Self | undefined>(undefined);
export const isReady = signal(false);
export const isElsewhere = signal(false); // another page of this browser is the gate
export const isOnline = signal(false);
export const isSignedOut = signal(false);
export const trouble = signal(""); // "disk", "fork", "document": it does not go on by itself
export const last = signal<{ answer: Answer; at: number } | undefined>(undefined); // `at` makes each scan another one
export const unsent = signal(0);
const admitted = signal<number[]>([]); // today, seconds
const nowS = signal(0);
export const today = computed(() => admitted.value.length);
export const recent = computed(() => admitted.value.filter((s) => s > nowS.value - RECENT_S).length);

let gate: Gate | undefined, offsetMs = 0, boot = hex(crypto.getRandomValues(new Uint8Array(8)));
export const documents = (): Documents | undefined => gate?.documents;

// ---- the time: the browser's own, put right by the server when there is one

export const clock = (): Clock => ({ wallS: Math.floor((Date.now() + offsetMs) / 1000), bootMs: Math.floor(performance.now()), boot });

// While a page is hidden, performance.now() may have stood still: then it says nothing of the clock.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") boot = hex(crypto.getRandomValues(new Uint8Array(8)));
});

// What the server says counts. Where it is further from what was judged by than clocks go wrong, the log keeps that.
async function learnTime(serverMs: number, ownMs: number): Promise<void> {
  const offBy = serverMs - ownMs - offsetMs;
  if (Math.abs(offBy) < 2000) return;
  offsetMs += offBy;
  if (gate && Math.abs(offBy) > SLEW_S * 1000) await keep(gate.acceptClock(clock()));
}

// ---- judging

let queue: Promise<unknown> = Promise.resolve(); // one after the other

async function keep(record: Uint8Array): Promise<void> {
  await append(gate!.sequence + 1, record);
  gate!.keep(record);
  unsent.value = gate!.sequence - self.value!.sent;
}

export function scan(text: string): Promise<Answer | undefined> {
  const done = queue.then(async () => {
    if (!gate || trouble.value === "disk") return undefined;
    const { answer, record } = gate.judge(text, clock());
    try {
      await keep(record);
    } catch {
      trouble.value = "disk"; // nobody is let in before it is written down
      return undefined;
    }
    if (answer.reason === "open") admitted.value = [...admitted.value, answer.judgedS];
    last.value = { answer, at: performance.now() };
    return answer;
  });
  queue = done.catch(() => undefined);
  return done;
}

function countToday(records: Uint8Array[]): void {
  const table = gate!.documents.table, now = dayIndex(table, clock().wallS);
  const seconds = records.filter((r) => r[3] === 1 && r[4] === 0).map((r) => Number(BigInt(`0x${getId(r, 40)}`)));
  admitted.value = now < 0 ? [] : seconds.filter((s) => dayIndex(table, s) === now);
}

async function setUp(own: Self, documentsNow?: Documents): Promise<void> {
  const records = await readLog();
  gate = new Gate(documentsNow ?? readOwn(own.texts), own.kept.map(([pass]) => pass), own.header, records, own.entrance);
  self.value = own;
  unsent.value = gate.sequence - own.sent;
  countToday(records);
}

// ---- sending and getting

async function send(): Promise<void> {
  for (let own = self.value!; gate!.sequence > own.sent; own = self.value!) {
    const records = (await readLog(own.sent + 1)).slice(0, CHUNK);
    let sent: number;
    try {
      sent = (await call("POST /api/gates/{gate}/log", joined(own.header, records) as never, { gate: String(own.number) })).have;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.reason === "fork" || error.reason === "other_gate") trouble.value = "fork";
      if (error.reason !== "gap") throw error;
      sent = 0; // a server that was restored has less than it had: what it has already it does not take twice
      if (own.sent === 0) throw error;
    }
    await writeSelf((self.value = { ...own, sent }));
    unsent.value = gate!.sequence - sent;
  }
}

// The network is waited for first: scans go on meanwhile, and meet either all of what is new or nothing of it.
async function getNewer(): Promise<void> {
  const askedMs = Date.now();
  const given = await call("GET /api/gates/documents", { version: gate!.documents.lists.version } as never);
  const answeredMs = Date.now();
  await (queue = queue.then(() => take(given as Partial<Texts> & { at_ms: number }, (askedMs + answeredMs) / 2)));
}

async function take(given: Partial<Texts> & { at_ms: number }, atMs: number): Promise<void> {
  await learnTime(given.at_ms, atMs);
  if (!given.lists && !given.keys && !given.table) return;
  const before = gate!.documents, next = readNewer(before, given, clock().wallS), own = self.value!;
  const kept = [...keptOf(new Map(own.kept), [before.lists, next.lists], clock().wallS)];
  await writeSelf({ ...own, texts: next.texts, kept });
  await setUp({ ...own, texts: next.texts, kept }, next);
}

let isSyncing = false;

export async function sync(): Promise<void> {
  if (isSyncing || !gate) return;
  isSyncing = true;
  try {
    if (isSignedOut.value || !isOnline.value) await readSession();
    await send();
    await getNewer();
    [isOnline.value, isSignedOut.value] = [true, false];
    if (trouble.value === "document") trouble.value = "";
  } catch (error) {
    const refusal = error instanceof Refusal ? error : undefined;
    isOnline.value = !!refusal && refusal.reason !== "offline";
    isSignedOut.value = refusal?.reason === "signed_out" || refusal?.reason === "foreign" || refusal?.reason === "not_allowed";
    if (!refusal && !trouble.value) trouble.value = "document";
    queue = queue.catch(() => undefined);
  }
  isSyncing = false;
}

// ---- beginning

// Makes a gate of this browser. `key` is kept until it is answered: one gate, however often it is asked for.
export async function makeGate(name: string, entrance: string, key: string): Promise<void> {
  const askedMs = Date.now();
  const made = await call("POST /api/gates", { key, name, entrance } as Api["POST /api/gates"]["fields"]);
  const given = await call("GET /api/gates/documents", {} as never);
  await learnTime(given.at_ms, (askedMs + Date.now()) / 2);
  const texts = { keys: given.keys!, table: given.table!, lists: given.lists! };
  readOwn(texts); // throws where they are not well
  const own: Self = { number: made.gate, name, entrance, header: makeHeader(made.gate, hex(crypto.getRandomValues(new Uint8Array(8)))), texts, kept: [], sent: 0 };
  await begin(own);
  trouble.value = "";
  await setUp(own);
  void sync();
}

// It stands elsewhere from now on; its log goes on.
export async function moveGate(name: string, entrance: string, key: string): Promise<void> {
  const own = { ...self.value!, name, entrance };
  await call("POST /api/gates", { key, gate: own.number, name, entrance });
  await writeSelf(own);
  await setUp(own);
}

async function start(): Promise<void> {
  try {
    const own = await readSelf();
    if (own) await setUp(own);
  } catch {
    trouble.value = "disk";
  }
  isReady.value = true;
  const tick = () => void (nowS.value = clock().wallS);
  tick();
  setInterval(tick, 5000);
  setInterval(() => void sync(), SYNC_MS);
  addEventListener("online", () => void sync());
  await sync();
  void navigator.storage?.persist?.();
}

let isBegun = false;

// Once for each page; two pages of one browser would write one log in two ways.
export function beginWork(): void {
  if (isBegun) return;
  isBegun = true;
  if (!navigator.locks) return void start();
  void navigator.locks.request("piste-gate", { ifAvailable: true }, (lock) => {
    if (lock) return start().then(() => new Promise(() => undefined)); // held as long as the page lives
    isElsewhere.value = isReady.value = true;
    return undefined;
  });
}

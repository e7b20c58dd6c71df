// work.ts - this browser as a gate: it judges by itself, with or without a network, writes down what it did, and sends
// what the server does not have when there is a connection.
import { computed, signal } from "@preact/signals";
import type { Api } from "../api-types";
import { Refusal, call } from "../call";
import { readSession } from "../session";
import { getId, hex } from "./bytes";
import { keptOf, readNewer, readOwn, type Documents, type Texts } from "./documents";
import { Gate, UNDO_S, dayIndex, isAdmission, judgedOf, makeHeader, sequenceOf, undoes, type Answer, type Clock, type Log, type NoUndo } from "./judge";
import { append, begin, continued, joined, readLog, readLogs, readSelf, writeSelf, writeSelfAlone, type Self } from "./store";

const CHUNK = 5000, SYNC_MS = 15000, RECENT_S = 900, SLEW_S = 60, FORMER_S = 2 * 86400;

export const self = signal<Self | undefined>(undefined);
export const isReady = signal(false);
export const isElsewhere = signal(false); // another page of this browser is the gate
export const isOnline = signal(false);
export const isSignedOut = signal(false);
export const trouble = signal(""); // "disk", "fork", "document": it does not go on by itself
export const last = signal<{ answer: Answer | NoUndo; at: number } | undefined>(undefined); // `at` makes each scan another one
export const unsent = signal(0);
type Admission = { sequence: number; atS: number };
const admitted = signal<Admission[]>([]); // today; `sequence` of a former log: 0
const nowS = signal(0);
// The last that was let in: whoever did not go through is told at once, and nobody before is taken for that one.
const lastIn = signal<Admission | undefined>(undefined);
export const canUndo = computed(() => !!lastIn.value && nowS.value - lastIn.value.atS <= UNDO_S);
export const today = computed(() => admitted.value.length);
export const recent = computed(() => admitted.value.filter((a) => a.atS > nowS.value - RECENT_S).length);

let gate: Gate | undefined, offsetMs = 0, boot = hex(crypto.getRandomValues(new Uint8Array(8)));
export const documents = (): Documents | undefined => gate?.documents;

const newLog = (): string => hex(crypto.getRandomValues(new Uint8Array(8)));

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
  await append(self.value!, gate!.sequence + 1, record);
  gate!.keep(record);
  unsent.value = gate!.sequence - self.value!.sent;
}

// What is done with the gate is done one after the other.
function inTurn<T>(work: () => Promise<T>): Promise<T | undefined> {
  const done = queue.then(async () => (!gate || trouble.value === "disk" ? undefined : work()));
  queue = done.catch(() => undefined);
  return done;
}

async function writeDown(record: Uint8Array): Promise<boolean> {
  return keep(record).then(() => true, () => {
    trouble.value = "disk"; // nobody is let in before it is written down
    return false;
  });
}

export const scan = (text: string): Promise<Answer | undefined> =>
  inTurn(async () => {
    const { answer, record } = gate!.judge(text, clock());
    if (!(await writeDown(record))) return undefined;
    if (answer.reason === "open") {
      lastIn.value = { sequence: answer.sequence, atS: answer.judgedS };
      admitted.value = [...admitted.value, lastIn.value];
    }
    nowS.value = clock().wallS;
    last.value = { answer, at: performance.now() };
    return answer;
  });

// Whoever was let in last did not go through: the scan counts no more, with or without a network (gate_undo.c).
export const undo = (): Promise<void> =>
  inTurn(async () => {
    const sequence = lastIn.value?.sequence;
    if (!sequence) return;
    const [admission] = await readLog(self.value!, sequence, sequence), done = gate!.undo(admission, clock());
    if (typeof done !== "string") {
      if (done.record && !(await writeDown(done.record))) return;
      admitted.value = admitted.value.filter((a) => a.sequence !== sequence);
      lastIn.value = undefined;
    }
    last.value = { answer: typeof done === "string" ? done : gate!.known(done.answer), at: performance.now() };
  }) as Promise<void>;

// Those of each log that went through, as far as it says.
function admissionsOf(log: Log, isOwn: boolean): Admission[] {
  const gone = new Set(log.records.map(undoes).filter(Boolean));
  return log.records.filter((r) => isAdmission(r) && !gone.has(sequenceOf(r))).map((r) => ({ sequence: isOwn ? sequenceOf(r) : 0, atS: judgedOf(r) }));
}

function countToday(logs: Log[]): void {
  const table = gate!.documents.table, now = dayIndex(table, clock().wallS), all = logs.flatMap((log) => admissionsOf(log, log.header === self.value!.header));
  const end = logs[logs.length - 1], newest = end.records.filter(isAdmission).pop(), own = all[all.length - 1];
  lastIn.value = newest && own && own.sequence === sequenceOf(newest) ? own : undefined; // not the one before an undone one
  admitted.value = now < 0 ? [] : all.filter((a) => dayIndex(table, a.atS) === now);
}

async function setUp(own: Self, documentsNow?: Documents): Promise<void> {
  const logs = await readLogs(own);
  gate = new Gate(documentsNow ?? readOwn(own.texts), own.kept.map(([pass]) => pass), logs, own.entrance);
  self.value = own;
  unsent.value = gate.sequence - own.sent;
  countToday(logs);
}

// A log that is long, and sent to its end, gives way to another; a former one goes once its days are over and the lists that this
// gate has count it to its end: nothing is judged by it any more.
async function goOn(): Promise<void> {
  if (gate!.sequence > self.value!.sent || !gate!.sequence) return; // somebody was let in meanwhile: the next time
  const own = self.value!, header = makeHeader(own.number, newLog());
  const next = continued(own, header, gate!.sequence);
  await writeSelf(next);
  gate!.goOn(header);
  self.value = next;
  lastIn.value = undefined;
}

async function withoutOld(own: Self, { lists }: Documents): Promise<Self> {
  const former = [...(own.former ?? [])];
  for (let f = former[0]; f; f = former[0]) {
    const [end] = await readLog({ ...own, base: f.base }, f.count, f.count), id = getId(f.header, 16);
    if (!lists.merged.some(([log, sequence]) => log === id && sequence >= f.count) || clock().wallS - judgedOf(end) < FORMER_S) break;
    former.shift();
  }
  return { ...own, former };
}

// ---- sending and getting

async function post(own: Self, from: number): Promise<{ have: number; is_long?: boolean }> {
  const records = await readLog(own, from, from + CHUNK - 1);
  return call("POST /api/gates/{gate}/log", joined(own.header, records) as never, { gate: String(own.number) });
}

// A server that was restored has less than it had: all is sent again, and what it has already it does not take twice.
async function sendFormer(own: Self): Promise<void> {
  for (const { header, base, count } of own.former ?? [])
    for (let from = 1; from <= count; from += CHUNK) await post({ ...own, header, base, sent: 0 }, from);
}

async function send(): Promise<void> {
  let isLong = false;
  for (let own = self.value!; gate!.sequence > own.sent; own = self.value!) {
    let sent: number;
    try {
      const taken = await post(own, own.sent + 1);
      sent = taken.have;
      isLong = taken.is_long ?? false;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.reason === "fork" || error.reason === "other_gate") trouble.value = "fork";
      if (error.reason !== "gap" || own.sent === 0) throw error;
      await sendFormer(own);
      sent = 0;
    }
    await writeSelf((self.value = { ...self.value!, sent }));
    unsent.value = gate!.sequence - sent;
  }
  if (isLong) await inTurn(goOn);
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
  const now = await withoutOld({ ...own, texts: next.texts, kept }, next);
  await writeSelfAlone(now);
  await setUp(now, next);
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
  const own: Self = { number: made.gate, name, entrance, header: makeHeader(made.gate, newLog()), texts, kept: [], sent: 0 };
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

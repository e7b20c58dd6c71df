// store.ts - what this gate keeps in the browser (IndexedDB): who it is, the signed documents, and its log, a record each.
// A record is on the disk when `append` returns: only then somebody is let in.
import type { Texts } from "./documents";
import { HEADER, RECORD, type Log } from "./judge";

// A log that has grown long is gone on with in another: records are kept one after the other, those of the log at hand behind `base` others.
type Former = { header: Uint8Array; base: number; count: number };

export type Self = {
  number: number;
  name: string;
  entrance: string;
  header: Uint8Array; // of the log
  texts: Texts;
  kept: [pass: string, untilMin: number][];
  sent: number; // records of the log that the server has
  base?: number;
  former?: Former[]; // the oldest first
};

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("piste-gate", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("self");
      request.result.createObjectStore("log");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run<T>(mode: IDBTransactionMode, work: (at: IDBTransaction) => IDBRequest<T> | void): Promise<T | undefined> {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(["self", "log"], mode, { durability: "strict" });
    const request = work(transaction);
    transaction.oncomplete = () => resolve(request ? request.result : undefined);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const readSelf = (): Promise<Self | undefined> => run("readonly", (t) => t.objectStore("self").get("self") as IDBRequest<Self>);
export const writeSelf = (self: Self): Promise<unknown> => run("readwrite", (t) => t.objectStore("self").put(self, "self"));

// Its log begins anew with its first record.
export const begin = (self: Self): Promise<unknown> =>
  run("readwrite", (t) => {
    t.objectStore("log").clear();
    return t.objectStore("self").put(self, "self");
  });

// `add` refuses a number that is there already: a log never goes on in two ways.
export const append = (self: Self, sequence: number, record: Uint8Array): Promise<unknown> =>
  run("readwrite", (t) => t.objectStore("log").add(record, (self.base ?? 0) + sequence));

async function records(base: number, from: number, to?: number): Promise<Uint8Array[]> {
  if (to !== undefined && to < from) return [];
  const range = to === undefined ? IDBKeyRange.lowerBound(base + from) : IDBKeyRange.bound(base + from, base + to);
  return ((await run("readonly", (t) => t.objectStore("log").getAll(range))) as Uint8Array[] | undefined) ?? [];
}

// Of the log at hand.
export const readLog = (self: Self, from = 1, to?: number): Promise<Uint8Array[]> => records(self.base ?? 0, from, to);

// All that is kept, the log at hand last.
export const readLogs = async (self: Self): Promise<Log[]> => [
  ...(await Promise.all((self.former ?? []).map(async (f) => ({ header: f.header, records: await records(f.base, 1, f.count) })))),
  { header: self.header, records: await readLog(self) },
];

// The log at hand has `count` records, all sent, and gives way to another.
export const continued = (self: Self, header: Uint8Array, count: number): Self => ({ ...self, header, sent: 0, base: (self.base ?? 0) + count,
  former: [...(self.former ?? []), { header: self.header, base: self.base ?? 0, count }] });

// Writes `self`, and keeps nothing of former logs that it knows no more.
export const writeSelfAlone = (self: Self): Promise<unknown> =>
  run("readwrite", (t) => {
    const first = self.former?.[0]?.base ?? self.base ?? 0;
    if (first > 0) t.objectStore("log").delete(IDBKeyRange.upperBound(first));
    return t.objectStore("self").put(self, "self");
  });

// A log's header and some of its records, as the server takes them.
export function joined(header: Uint8Array, records: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(HEADER + records.length * RECORD);
  bytes.set(header);
  records.forEach((record, i) => bytes.set(record, HEADER + i * RECORD));
  return bytes;
}

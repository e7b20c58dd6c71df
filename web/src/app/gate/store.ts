// store.ts - what this gate keeps in the browser (IndexedDB): who it is, the signed documents, and its log, a record each.
// A record is on the disk when `append` returns: only then somebody is let in.
import type { Texts } from "./documents";
import { HEADER, RECORD } from "./judge";

export type Self = {
  number: number;
  name: string;
  entrance: string;
  header: Uint8Array; // of the log
  texts: Texts;
  kept: [pass: string, untilMin: number][];
  sent: number; // records that the server has
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
export const append = (sequence: number, record: Uint8Array): Promise<unknown> => run("readwrite", (t) => t.objectStore("log").add(record, sequence));

export async function readLog(from = 1): Promise<Uint8Array[]> {
  const all = (await run("readonly", (t) => t.objectStore("log").getAll(IDBKeyRange.lowerBound(from)))) as Uint8Array[] | undefined;
  return all ?? [];
}

// A log's header and some of its records, as the server takes them.
export function joined(header: Uint8Array, records: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(HEADER + records.length * RECORD);
  bytes.set(header);
  records.forEach((record, i) => bytes.set(record, HEADER + i * RECORD));
  return bytes;
}

// documents.ts - what a gate is told: keys, table and lists, each signed by a list key that it knows (src/desk/gate.c).
import { blake2b } from "@noble/hashes/blake2.js";
import { get, unhex } from "./bytes";
import { minuteOf, verify } from "./pass";

export type Kind = "keys" | "table" | "lists";
export type Texts = Record<Kind, string>; // as published

export type Key = { id: number; use: "pass" | "list"; untilMin: number; key: Uint8Array };
export type Ring = { version: number; keys: Key[] };
export type Entrance = { key: string; name: string; number: number; points: number; zones: bigint };
export type Table = {
  version: number;
  zone: string;
  entrances: Entrance[];
  products: { key: string; name: string; number: number }[];
  holders: { key: string; name: string; number: number }[];
  firstDay: number; // days since 1970-01-01
  days: [starts: number, zero: number][]; // minutes
  travelS: number[][];
};
export type Lists = {
  version: number;
  issuedS: number;
  staleAfterH: number;
  revoked: [pass: string, untilMin: number, atS: number][];
  waived: string[];
  known: [pass: string, spent: number, lastS: number, entrance: number, lastDay: number][];
  merged: [log: string, sequence: number][];
};

const encoder = new TextEncoder();
const bitsOf = (list: number[]): bigint => list.reduce((set, bit) => set | (1n << BigInt(bit)), 0n);

// The text below the line that signs it; throws where no list key of the ring that still counts has signed it.
export function verified(text: string, kind: Kind, ring: Ring, nowS: number): string {
  const line = text.indexOf("\n");
  const found = new RegExp(`^piste-signed 1 ${kind} ([0-9a-f]{8}) ([0-9a-f]{128})$`).exec(text.slice(0, line));
  if (!found) throw new Error(`not a signed document of the kind ${kind}`);
  const key = ring.keys.find((k) => k.use === "list" && k.id === parseInt(found[1], 16));
  if (!key || minuteOf(nowS) >= key.untilMin) throw new Error(`${kind}: signed by a key that is not known, or has ended`);
  const payload = text.slice(line + 1);
  if (!verify(unhex(found[2]), encoder.encode(`piste signed 1 ${kind}\n${payload}`), key.key)) throw new Error(`${kind}: the signature is not of this text`);
  return payload;
}

type Json = Record<string, any>;

function head(payload: string, format: string): Json {
  const json = JSON.parse(payload) as Json;
  if (json.format !== format || json["format-version"] !== 1) throw new Error(`${format} 1 was expected`);
  return json;
}

export function ringOf(payload: string): Ring {
  const json = head(payload, "piste-gate-keys");
  const keys = (json.keys as Json[]).map((k): Key => {
    const key = unhex(k.key);
    return { id: get(blake2b(key, { dkLen: 16 }), 0, 4), use: k.use, untilMin: k["until-min"], key };
  });
  if (!keys.some((k) => k.use === "list")) throw new Error("none of the keys signs lists");
  return { version: json.version, keys };
}

export function tableOf(payload: string): Table {
  const json = head(payload, "piste-gate-table");
  return {
    version: json.version,
    zone: json.zone,
    entrances: (json.entrances as Json[]).map((e) => ({ key: e.key, name: e.name, number: e.number, points: e.points, zones: bitsOf(e.zones) })),
    products: json.products,
    holders: json.holders,
    firstDay: Date.parse(`${json["first-day"]}T00:00:00Z`) / 86400000,
    days: json.days,
    travelS: json["travel-s"],
  };
}

export function listsOf(payload: string): Lists {
  const json = head(payload, "piste-gate-lists");
  return { version: json.version, issuedS: json["issued-s"], staleAfterH: json["stale-after-h"], revoked: json.revoked, waived: json.waived,
    known: json.known, merged: json.merged };
}

export type Documents = { texts: Texts; ring: Ring; table: Table; lists: Lists };

// Those that a gate has already: its own keys are what it trusts, and no time is asked for.
export function readOwn(texts: Texts): Documents {
  const ring = ringOf(texts.keys.slice(texts.keys.indexOf("\n") + 1));
  verified(texts.keys, "keys", ring, 0);
  return { texts, ring, table: tableOf(verified(texts.table, "table", ring, 0)), lists: listsOf(verified(texts.lists, "lists", ring, 0)) };
}

// Takes what is newer; all of it is right or it throws and nothing is taken. Newer keys are vouched for by a list key
// that is known already, what comes with them by one of the new.
export function readNewer(own: Documents, given: Partial<Texts>, nowS: number): Documents {
  let ring = own.ring;
  const texts = { ...own.texts };
  if (given.keys) {
    const next = ringOf(verified(given.keys, "keys", own.ring, nowS));
    if (next.version > ring.version) [ring, texts.keys] = [next, given.keys];
  }
  const table = given.table ? tableOf(verified(given.table, "table", ring, nowS)) : own.table;
  const lists = given.lists ? listsOf(verified(given.lists, "lists", ring, nowS)) : own.lists;
  const isTable = table.version > own.table.version, isLists = lists.version > own.lists.version;
  if (isTable) texts.table = given.table!;
  if (isLists) texts.lists = given.lists!;
  return { texts, ring, table: isTable ? table : own.table, lists: isLists ? lists : own.lists };
}

// What was revoked by any lists and has not ended: nothing that is published later takes it back (pass: its last minute).
export function keptOf(kept: ReadonlyMap<string, number>, each: Lists[], nowS: number): Map<string, number> {
  const all = new Map(kept);
  for (const lists of each) for (const [pass, untilMin] of lists.revoked) all.set(pass, Math.max(untilMin, all.get(pass) ?? untilMin));
  const now = minuteOf(nowS);
  return new Map([...all].filter(([, untilMin]) => untilMin > now));
}

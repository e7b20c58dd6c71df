// judge.ts - one scan, judged without a network: the rules of src/desk/gate_judge.c, in their order, and the record that
// gate_log.c would write, byte for byte. test/web/judge.mjs holds both against the same scans and compares the logs.
import { blake2b } from "@noble/hashes/blake2.js";
import { get, get64, getId, hex, put, tokenOf, unhex } from "./bytes";
import type { Documents, Table } from "./documents";
import { BODY, CLOCK_LEAST_S, isSignedBy, minuteOf, readPass, type Pass } from "./pass";

export const REASONS = ["open", "unreadable", "unknown_key", "forged", "clock", "key_ended", "not_yet", "expired", "revoked", "not_here",
  "calendar", "hours", "waiver", "passback", "points"] as const;
export type Reason = (typeof REASONS)[number];
export const LISTS_STALE = 1, CLOCK_BACK = 2, CALENDAR_ENDS = 4;
export const RECORD = 120, HEADER = 32;
const CHAIN = 16, CONTENTS = RECORD - CHAIN, TOLERANCE_S = 120, SCAN = 1, CLOCK = 2, NO_DAY = -(2 ** 31);

export type Clock = { wallS: number; bootMs: number; boot: string }; // boot: sixteen digits, another one after each start

export type Answer = {
  reason: Reason;
  warnings: number;
  pass?: Pass;
  sequence: number;
  judgedS: number;
  entrance: number;
  pointsTaken: number;
  pointsLeft: number; // -1: not counted
  waitS: number;
  lastS: number;
  lastEntrance: number;
};

type Entry = { lastS: number; spent: number; lastDay: number; entrance: number; own: boolean; revoked: boolean; waived: boolean };
const unknown = (): Entry => ({ lastS: 0, spent: 0, lastDay: NO_DAY, entrance: 0, own: false, revoked: false, waived: false });

export function dayIndex(table: Table, unixS: number): number {
  const minute = minuteOf(unixS), last = table.days.length - 1;
  if (last < 1 || minute < table.days[0][0] || minute >= table.days[last][0]) return -1;
  let low = 0, high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (minute < table.days[middle][0]) high = middle;
    else low = middle;
  }
  return low;
}

export const chainOf = (before: Uint8Array | undefined, bytes: Uint8Array): Uint8Array => blake2b(bytes, { dkLen: CHAIN, key: before });

export function makeHeader(gate: number, log: string): Uint8Array {
  const header = new Uint8Array(HEADER);
  header.set(new TextEncoder().encode("piste-gate-log 1"));
  header.set(unhex(log), 16);
  put(header, 24, gate, 4);
  return header;
}

export class Gate {
  private entries = new Map<string, Entry>();
  private chain: Uint8Array;
  private ownMerged = 0;
  private seenS = 0;
  private anchor?: { boot: string; bootMs: number; wallS: number };
  private acceptedVersion = -1;
  private home: number; // index of the entrance
  sequence = 0;

  // `kept`: what was ever revoked and has not ended. `records`: its log, from the first on.
  constructor(readonly documents: Documents, kept: Iterable<string>, readonly header: Uint8Array, records: Iterable<Uint8Array>, entrance: string) {
    const { table, lists } = documents;
    this.home = table.entrances.findIndex((e) => e.key === entrance);
    if (this.home < 0) throw new Error(`the table has no entrance ${entrance}`);
    for (const [pass] of lists.revoked) this.enter(pass).revoked = true;
    for (const pass of kept) this.enter(pass).revoked = true;
    for (const pass of lists.waived) this.enter(pass).waived = true;
    for (const [pass, spent, lastS, at, lastDay] of lists.known) Object.assign(this.enter(pass), { spent, lastS, entrance: at, lastDay });
    this.ownMerged = lists.merged.find(([log]) => log === getId(header, 16))?.[1] ?? 0;
    this.chain = chainOf(undefined, header);
    for (const record of records) this.take(record);
    if (this.acceptedVersion !== lists.version && lists.issuedS > this.seenS) this.seenS = lists.issuedS;
  }

  private enter(pass: string): Entry {
    let entry = this.entries.get(pass);
    if (!entry) this.entries.set(pass, (entry = unknown()));
    return entry;
  }

  // A record of the log, in its order; throws where the log was changed.
  private take(record: Uint8Array): void {
    const chain = chainOf(this.chain, record.subarray(0, CONTENTS));
    const well = hex(chain) === hex(record.subarray(CONTENTS)) && get64(record, 16) === this.sequence + 1;
    if (!well) throw new Error(`record ${this.sequence + 1} of the log is not as it was written`);
    this.chain = chain;
    this.sequence += 1;
    this.note(record);
  }

  // ---- what is learned of a record (gate_note)

  private noteClock(r: Uint8Array): void {
    const kind = r[3], reason = r[4], wallS = get64(r, 32), anchor = { boot: getId(r, 56), bootMs: get64(r, 48), wallS };
    if (kind === CLOCK) {
      this.seenS = wallS;
      this.acceptedVersion = get64(r, 64);
      this.anchor = anchor;
      return;
    }
    if (reason >= REASONS.indexOf("unreadable") && reason <= REASONS.indexOf("clock")) return;
    this.seenS = Math.max(this.seenS, get64(r, 40));
    if (!this.anchor || this.anchor.boot !== anchor.boot) this.anchor = anchor;
  }

  private note(r: Uint8Array): void {
    this.noteClock(r);
    const pass = r[3] === SCAN && r[4] === 0 ? readPass(r.subarray(72, 72 + BODY)) : undefined;
    if (!pass) return;
    const e = this.enter(pass.id), judgedS = get64(r, 40);
    if (judgedS >= e.lastS) Object.assign(e, { lastS: judgedS, entrance: get(r, 6, 2), own: true });
    if (get64(r, 16) <= this.ownMerged) return; // the lists count it
    if (!pass.byDay) {
      e.spent += get(r, 28, 2);
      return;
    }
    const date = this.dateOf(judgedS);
    if (date !== NO_DAY && (e.lastDay === NO_DAY || date > e.lastDay)) {
      e.lastDay = date;
      e.spent += 1;
    }
  }

  private dateOf(unixS: number): number {
    const day = dayIndex(this.documents.table, unixS);
    return day < 0 ? NO_DAY : this.documents.table.firstDay + day;
  }

  // ---- the clock (know_time)

  private knowTime(clock: Clock, a: Answer): boolean {
    if (this.anchor && this.anchor.boot === clock.boot) {
      const passedS = Math.trunc((clock.bootMs - this.anchor.bootMs) / 1000);
      const off = clock.wallS - (this.anchor.wallS + passedS), allowed = TOLERANCE_S + (passedS > 0 ? Math.trunc(passedS / 5000) : 0);
      if (off > allowed || off < -allowed) return false;
    }
    if (clock.wallS < this.seenS - TOLERANCE_S || clock.wallS < CLOCK_LEAST_S) return false;
    a.judgedS = Math.max(clock.wallS, this.seenS);
    if (clock.wallS < this.seenS) a.warnings |= CLOCK_BACK;
    return true;
  }

  // ---- the reasons, in their order

  private judgeToken(token: Uint8Array | undefined, clock: Clock, a: Answer): Reason {
    const pass = token && readPass(token);
    if (!token || !pass) return "unreadable";
    a.pass = pass;
    const key = this.documents.ring.keys.find((k) => k.use === "pass" && k.id === pass.key);
    if (!key) return "unknown_key";
    if (!isSignedBy(token, key.key)) return "forged";
    if (!this.knowTime(clock, a)) return "clock";
    const now = minuteOf(a.judgedS);
    if (now >= key.untilMin) return "key_ended";
    if (now < pass.fromMin) return "not_yet";
    return now >= pass.untilMin ? "expired" : "open";
  }

  private judgePlace(pass: Pass, index: number, e: Entry | undefined, a: Answer): Reason {
    const { table } = this.documents;
    if (e?.revoked) return "revoked";
    if (!(pass.opens & table.entrances[index].zones)) return "not_here";
    if (!pass.byDay && pass.hoursUntilMin === 0) return "open";
    const day = dayIndex(table, a.judgedS);
    if (day < 0) return "calendar";
    const minute = minuteOf(a.judgedS) - table.days[day][1];
    return pass.hoursUntilMin && (minute < pass.hoursFromMin || minute >= pass.hoursUntilMin) ? "hours" : "open";
  }

  // The least time from one entrance to another that makes so short a time impossible; 0: it is possible.
  private impossible(from: number, to: number, elapsedS: number, skewS: number): number {
    const { entrances, travelS } = this.documents.table;
    const a = entrances.findIndex((e) => e.number === from), b = entrances.findIndex((e) => e.number === to);
    if (a < 0 || b < 0) return 0;
    const least = elapsedS <= skewS ? Math.min(travelS[a][b], travelS[b][a]) : travelS[a][b];
    return Math.abs(elapsedS) + skewS < least ? least : 0;
  }

  private judgeUse(pass: Pass, index: number, e: Entry, a: Answer): Reason {
    a.lastS = e.lastS;
    a.lastEntrance = e.entrance;
    if (pass.waiverDue && !e.waived) return "waiver";
    const elapsedS = a.judgedS - e.lastS;
    const least = e.lastS ? this.impossible(e.entrance, a.entrance, elapsedS, e.own ? 0 : TOLERANCE_S) : 0;
    if (least) {
      a.waitS = elapsedS < 0 ? least : least - elapsedS;
      return "passback";
    }
    if (pass.points === 0) return "open";
    const takes = pass.byDay ? Number(this.dateOf(a.judgedS) !== e.lastDay) : this.documents.table.entrances[index].points;
    const left = Math.max(pass.points - e.spent, 0);
    a.pointsLeft = takes <= left ? left - takes : left;
    a.pointsTaken = takes <= left ? takes : 0;
    return takes <= left ? "open" : "points";
  }

  private warningsOf(nowS: number): number {
    const { lists, table } = this.documents, last = table.days.length - 1;
    const isStale = nowS - lists.issuedS > 3600 * lists.staleAfterH;
    const ends = last < 0 || minuteOf(nowS) + 7 * 1440 > table.days[last][0];
    return (isStale ? LISTS_STALE : 0) | (ends ? CALENDAR_ENDS : 0);
  }

  // ---- records

  private write(kind: number, a: Answer, clock: Clock, body?: Uint8Array): Uint8Array {
    const r = new Uint8Array(RECORD);
    r.set([0x50, 0x4c, 1, kind, REASONS.indexOf(a.reason), a.warnings]);
    put(r, 6, a.entrance, 2);
    r.set(this.header.subarray(16, 24), 8); // the log
    put(r, 16, this.sequence + 1, 8);
    r.set(this.header.subarray(24, 28), 24); // the gate
    put(r, 28, a.pointsTaken, 2);
    put(r, 32, clock.wallS, 8);
    put(r, 40, a.judgedS, 8);
    put(r, 48, clock.bootMs, 8);
    r.set(unhex(clock.boot), 56);
    put(r, 64, this.documents.lists.version, 8);
    if (body) r.set(body, 72);
    r.set(chainOf(this.chain, r.subarray(0, CONTENTS)), CONTENTS);
    return r;
  }

  // Judges a scan. Nothing has happened until its record is on the disk: then `keep` it, and only then let the person in.
  judge(text: string, clock: Clock, entrance?: number): { answer: Answer; record: Uint8Array } {
    const { table } = this.documents;
    const index = entrance ? table.entrances.findIndex((e) => e.number === entrance) : this.home;
    if (index < 0) throw new Error(`there is no entrance ${entrance}`);
    const token = tokenOf(text);
    const a: Answer = { reason: "open", warnings: 0, sequence: this.sequence + 1, judgedS: Math.max(clock.wallS, CLOCK_LEAST_S),
      entrance: table.entrances[index].number, pointsTaken: 0, pointsLeft: -1, waitS: 0, lastS: 0, lastEntrance: 0 };
    a.reason = this.judgeToken(token, clock, a);
    const entry = a.pass && this.entries.get(a.pass.id);
    if (a.reason === "open") a.reason = this.judgePlace(a.pass!, index, entry, a);
    if (a.reason === "open") a.reason = this.judgeUse(a.pass!, index, entry ?? unknown(), a);
    a.warnings |= this.warningsOf(a.judgedS);
    return { answer: a, record: this.write(SCAN, a, clock, a.pass && token!.subarray(0, BODY)) };
  }

  // Says that the clock is right now, whatever the log holds (piste_gate_accept_clock).
  acceptClock(clock: Clock): Uint8Array {
    const a: Answer = { reason: "open", warnings: 0, sequence: 0, judgedS: clock.wallS, entrance: 0, pointsTaken: 0, pointsLeft: -1, waitS: 0,
      lastS: 0, lastEntrance: 0 };
    return this.write(CLOCK, a, clock);
  }

  // Its record is on the disk.
  keep(record: Uint8Array): void {
    this.take(record);
  }
}

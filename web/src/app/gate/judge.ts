// judge.ts - one scan, judged without a network: the rules of src/desk/gate_judge.c, in their order, what gate_undo.c does
// where somebody did not go through, and the records that gate_log.c would write, byte for byte. test/web/judge.mjs holds
// both against the same scans and compares the logs.
import { blake2b } from "@noble/hashes/blake2.js";
import { get, get64, getId, hex, put, tokenOf, unhex } from "./bytes";
import type { Documents, Table } from "./documents";
import { BODY, CLOCK_LEAST_S, isSignedBy, minuteOf, readPass, type Pass } from "./pass";

export const REASONS = ["open", "unreadable", "unknown_key", "forged", "clock", "key_ended", "not_yet", "expired", "revoked", "not_here",
  "calendar", "hours", "waiver", "passback", "points", "not_through"] as const;
export type Reason = (typeof REASONS)[number];
export const LISTS_STALE = 1, CLOCK_BACK = 2, CALENDAR_ENDS = 4;
export const RECORD = 120, HEADER = 32, UNDO_S = 120;
const CHAIN = 16, CONTENTS = RECORD - CHAIN, TOLERANCE_S = 120, SCAN = 1, CLOCK = 2, UNDO = 3, BACK_MAX = 0xffff, NO_DAY = -(2 ** 31);

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

// Why an admission cannot be taken back: there is none of this number; the pass has been let in here since; too long ago.
export type NoUndo = "no_admission" | "again" | "clock" | "too_late";
export type Log = { header: Uint8Array; records: Uint8Array[] };

type Entry = {
  lastS: number; spent: number; lastDay: number; entrance: number; own: boolean; revoked: boolean; waived: boolean;
  // The last admission by this gate, which can be taken back, and which admission was the last before it (struct gate_entry).
  ownSequence: number; ownS: number; ownDay: boolean; ownUndoneBy: number; beforeS: number; beforeEntrance: number; beforeOwn: boolean;
};
const unknown = (): Entry => ({ lastS: 0, spent: 0, lastDay: NO_DAY, entrance: 0, own: false, revoked: false, waived: false,
  ownSequence: 0, ownS: 0, ownDay: false, ownUndoneBy: 0, beforeS: 0, beforeEntrance: 0, beforeOwn: false });

// What a record says, as far as others than the gate itself ask.
export const sequenceOf = (r: Uint8Array): number => get64(r, 16);
export const judgedOf = (r: Uint8Array): number => get64(r, 40);
export const isAdmission = (r: Uint8Array): boolean => r[3] === SCAN && r[4] === 0;
export const undoes = (r: Uint8Array): number => (r[3] === UNDO ? sequenceOf(r) - get(r, 30, 2) : 0); // the admission's number

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
  private chain: Uint8Array = new Uint8Array();
  private ownMerged = 0;
  header: Uint8Array = new Uint8Array();
  private seenS = 0;
  private anchor?: { boot: string; bootMs: number; wallS: number };
  private acceptedVersion = -1;
  private home: number; // index of the entrance
  sequence = 0;

  // `kept`: what was ever revoked and has not ended. `logs`: its former ones, the oldest first, and its own; each from the first record on.
  constructor(readonly documents: Documents, kept: Iterable<string>, logs: Log[], entrance: string) {
    const { table, lists } = documents;
    this.home = table.entrances.findIndex((e) => e.key === entrance);
    if (this.home < 0) throw new Error(`the table has no entrance ${entrance}`);
    for (const [pass] of lists.revoked) this.enter(pass).revoked = true;
    for (const pass of kept) this.enter(pass).revoked = true;
    for (const pass of lists.waived) this.enter(pass).waived = true;
    for (const [pass, spent, lastS, at, lastDay] of lists.known) Object.assign(this.enter(pass), { spent, lastS, entrance: at, lastDay });
    for (const log of logs) {
      this.goOn(log.header);
      this.ownMerged = lists.merged.find(([id]) => id === getId(log.header, 16))?.[1] ?? 0;
      for (const record of log.records) this.take(record);
    }
    if (this.acceptedVersion !== lists.version && lists.issuedS > this.seenS) this.seenS = lists.issuedS;
  }

  // In another log, from its first record on; what is known of passes stays (gate_continue.c).
  goOn(header: Uint8Array): void {
    this.header = header;
    this.chain = chainOf(undefined, header);
    this.sequence = this.ownMerged = 0;
  }

  private enter(pass: string): Entry {
    let entry = this.entries.get(pass);
    if (!entry) this.entries.set(pass, (entry = unknown()));
    return entry;
  }

  // A record of the log, in its order; throws where the log was changed.
  private take(record: Uint8Array): void {
    const chain = chainOf(this.chain, record.subarray(0, CONTENTS));
    const well = hex(chain) === hex(record.subarray(CONTENTS)) && sequenceOf(record) === this.sequence + 1;
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
    this.seenS = Math.max(this.seenS, judgedOf(r));
    if (kind === SCAN && (!this.anchor || this.anchor.boot !== anchor.boot)) this.anchor = anchor;
  }

  private note(r: Uint8Array): void {
    this.noteClock(r);
    const pass = isAdmission(r) || r[3] === UNDO ? readPass(r.subarray(72, 72 + BODY)) : undefined;
    if (!pass) return;
    if (r[3] === UNDO) this.noteUndo(r, pass, this.enter(pass.id));
    else this.noteAdmission(r, pass, this.enter(pass.id));
  }

  private noteAdmission(r: Uint8Array, pass: Pass, e: Entry): void {
    const judgedS = judgedOf(r), entrance = get(r, 6, 2), sequence = sequenceOf(r), taken = get(r, 28, 2);
    const isTold = !e.own && e.lastS === judgedS && e.entrance === entrance; // the lists know it already
    Object.assign(e, { ownSequence: sequence, ownS: judgedS, ownUndoneBy: 0, ownDay: pass.byDay && taken > 0, beforeS: isTold ? 0 : e.lastS,
      beforeEntrance: e.entrance, beforeOwn: e.own });
    if (judgedS >= e.lastS) Object.assign(e, { lastS: judgedS, entrance, own: true });
    if (sequence <= this.ownMerged) return; // the lists count it
    if (!pass.byDay) {
      e.spent += taken;
      return;
    }
    const date = this.dateOf(judgedS);
    e.ownDay = date !== NO_DAY && (e.lastDay === NO_DAY || date > e.lastDay);
    if (e.ownDay) {
      e.lastDay = date;
      e.spent += 1;
    }
  }

  private noteUndo(r: Uint8Array, pass: Pass, e: Entry): void {
    if (e.ownSequence !== undoes(r) || e.ownUndoneBy) return; // of a log that is here no more
    e.ownUndoneBy = sequenceOf(r);
    if (e.own && e.lastS === e.ownS) {
      const lastS = get(r, 59, 5), byRecord = lastS > e.beforeS;
      e.lastS = byRecord ? lastS : e.beforeS;
      e.entrance = byRecord ? get(r, 56, 2) : e.beforeEntrance;
      e.own = byRecord ? r[58] === 1 : e.beforeOwn;
    }
    if (sequenceOf(r) > this.ownMerged) this.giveBack(r, pass, e); // otherwise the lists do not count the admission
  }

  private giveBack(r: Uint8Array, pass: Pass, e: Entry): void {
    if (!pass.byDay) {
      e.spent = Math.max(e.spent - get(r, 28, 2), 0);
      return;
    }
    const date = this.dateOf(e.ownS);
    if (e.ownDay && date !== NO_DAY && e.lastDay === date && e.spent > 0) {
      e.spent -= 1;
      e.lastDay = date - 1; // the next admission of that day counts it
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

  private write(kind: number, a: Answer, clock: Clock, body?: Uint8Array, undone?: Entry): Uint8Array {
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
    if (undone) {
      put(r, 30, this.sequence + 1 - undone.ownSequence, 2);
      put(r, 56, undone.beforeEntrance, 2);
      r[58] = Number(undone.beforeOwn);
      put(r, 59, undone.beforeS, 5);
    } else r.set(unhex(clock.boot), 56);
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

  // Says that nobody went through after an admission, whose record of this log is given. Said again, there is no other record.
  undo(admission: Uint8Array | undefined, clock: Clock): { answer: Answer; record?: Uint8Array } | NoUndo {
    const pass = admission && isAdmission(admission) ? readPass(admission.subarray(72, 72 + BODY)) : undefined;
    if (!admission || !pass || getId(admission, 8) !== getId(this.header, 16)) return "no_admission";
    const sequence = sequenceOf(admission), e = this.entries.get(pass.id);
    if (e?.ownSequence !== sequence) return "again";
    const a: Answer = { reason: "not_through", warnings: 0, pass, sequence: e.ownUndoneBy || this.sequence + 1, judgedS: 0, entrance: get(admission, 6, 2),
      pointsTaken: get(admission, 28, 2), pointsLeft: -1, waitS: 0, lastS: 0, lastEntrance: 0 };
    if (!this.knowTime(clock, a)) return "clock";
    const isNew = !e.ownUndoneBy;
    if (isNew && (a.judgedS - judgedOf(admission) > UNDO_S || a.sequence - sequence > BACK_MAX)) return "too_late";
    return { answer: a, record: isNew ? this.write(UNDO, { ...a, warnings: 0 }, clock, admission.subarray(72, 72 + BODY), e) : undefined };
  }

  // What is known of a pass now: what the answer to an undo tells once its record is kept.
  known(a: Answer): Answer {
    const e = a.pass && this.entries.get(a.pass.id);
    return !e || !a.pass ? a : { ...a, lastS: e.lastS, lastEntrance: e.entrance, pointsLeft: a.pass.points ? Math.max(a.pass.points - e.spent, 0) : -1 };
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

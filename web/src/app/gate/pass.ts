// pass.ts - what a token says, and whether a key has signed it. The layout stands in include/piste/pass.h; whatever C
// refuses to read is refused here.
import * as ed from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { get, getId } from "./bytes";

ed.hashes.sha512 = sha512;

export const BODY = 32;
export const MINUTE_ZERO_S = 1577836800;
export const CLOCK_LEAST_S = 946684800;
const MINUTE_MIN = -10519200, MINUTE_MAX = 0xffffff, HOURS_MAX = 2880;

export type Pass = {
  key: number; // that signed it
  id: string; // sixteen digits
  product: number;
  opens: bigint; // set of zones
  holder: number;
  waiverDue: boolean;
  byDay: boolean;
  fromMin: number;
  untilMin: number;
  hoursFromMin: number;
  hoursUntilMin: number;
  points: number;
};

export function minuteOf(unixS: number): number {
  return Math.max(MINUTE_MIN, Math.min(Math.floor((unixS - MINUTE_ZERO_S) / 60), MINUTE_MAX));
}

export function readPass(body: Uint8Array): Pass | undefined {
  const isEarly = body[0] === 2, zero = isEarly ? MINUTE_MIN : 0;
  if ((body[0] !== 1 && !isEarly) || body[20] & 0x20) return undefined;
  const hours = get(body, 27, 3);
  const pass: Pass = {
    key: get(body, 1, 4),
    id: getId(body, 5),
    product: get(body, 13, 2),
    opens: BigInt(get(body, 15, 5)),
    holder: body[20] & 0x1f,
    waiverDue: (body[20] & 0x80) !== 0,
    byDay: (body[20] & 0x40) !== 0,
    fromMin: zero + get(body, 21, 3),
    untilMin: zero + get(body, 24, 3),
    hoursFromMin: hours >> 12,
    hoursUntilMin: hours & 0xfff,
    points: get(body, 30, 2),
  };
  const allDay = pass.hoursFromMin === 0 && pass.hoursUntilMin === 0;
  const hoursWell = allDay || (pass.hoursFromMin < pass.hoursUntilMin && pass.hoursUntilMin <= HOURS_MAX);
  const well = !/^0+$/.test(pass.id) && pass.product !== 0 && pass.opens !== 0n && pass.fromMin < pass.untilMin && hoursWell
    && !(pass.byDay && pass.points === 0) && isEarly === pass.fromMin < 0;
  return well ? pass : undefined;
}

const DOMAIN = new TextEncoder().encode("piste pass 1\0");

export function isSignedBy(token: Uint8Array, key: Uint8Array): boolean {
  const message = new Uint8Array(DOMAIN.length + BODY);
  message.set(DOMAIN);
  message.set(token.subarray(0, BODY), DOMAIN.length);
  return verify(token.subarray(BODY), message, key);
}

// As strict as libsodium: what is not reduced, and points that are not canonical, are refused.
export function verify(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

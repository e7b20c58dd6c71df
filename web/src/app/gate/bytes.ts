// bytes.ts - big-endian numbers, hexadecimal digits, and the 32 characters of a pass (src/desk/pass.c).
export const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export function unhex(text: string): Uint8Array {
  if (text.length % 2 || /[^0-9a-f]/.test(text)) throw new Error("not hexadecimal");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

// Up to six bytes: as far as a number is exact. Ids of eight bytes are their digits.
export function get(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value = value * 256 + bytes[at + i];
  return value;
}
export const getId = (bytes: Uint8Array, at: number): string => hex(bytes.subarray(at, at + 8));

// Eight bytes may be below zero: two's complement, as C has it.
export function put(bytes: Uint8Array, at: number, value: number, count: number): void {
  let rest = BigInt(value);
  for (let i = count - 1; i >= 0; i--, rest >>= 8n) bytes[at + i] = Number(rest & 255n);
}
export const get64 = (bytes: Uint8Array, at: number): number => Number(BigInt.asIntN(64, BigInt(`0x${getId(bytes, at)}`)));

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX";
const TEXT = 154, BYTES = 96;

// The 96 bytes of a token, or undefined where the text is none: of another length, with other characters, or with bits over.
export function tokenOf(text: string): Uint8Array | undefined {
  if (text.length !== TEXT || /[^0-9A-Xa-x]/.test(text)) return undefined;
  const bytes = new Uint8Array(BYTES);
  let held = 0, bits = 0, at = 0;
  for (const c of text.toUpperCase()) {
    const digit = ALPHABET.indexOf(c);
    if (digit < 0) return undefined;
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  return held & ((1 << bits) - 1) ? undefined : bytes;
}

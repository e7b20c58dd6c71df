// mistakes.ts - what is wrong with a value, and what a careful colleague would say, in the reader's language. It comes with
// the terms of that language.
import { sayBy, sayingsOf, type Sayings } from "./patterns";
import type { Terms } from "./terms";

// What stands in the file, or was typed for it, is told from words about it.
const asInFile = (value: string): string => (/^[ -~]*[a-z][ -~]*$/i.test(value) ? `\`${value.replace(/`/g, "'")}\`` : value);

const isPattern = (key: string): boolean => /\{\w+\}/.test(key);

// A mistake names a value and what was expected instead: "900 km/h, expected 0.1 m/s to 20 m/s".
export function mistakesOf(terms: Terms): Sayings {
  const listed = { record: terms.records };
  const mistakes = sayingsOf(terms.wrong, isPattern, listed), expected = sayingsOf(terms.expected, isPattern, listed);
  expected.asItStands = /^(\S+|-?[\d.]+ \S+)$/; // a word of the file, a number and its unit
  expected.inside = { bounds: expected };
  mistakes.mark = expected.mark = asInFile;
  mistakes.inside = { head: mistakes, why: mistakes, what: mistakes, expected, bounds: expected };
  return mistakes;
}

// A key of the file before it stays: "beginner: 140 %, expected ...".
export function mistake(mistakes: Sayings, message: string): string | undefined {
  const [, key, rest] = /^([a-z0-9-]+: )(.+)$/s.exec(message) ?? [], told = rest && mistake(mistakes, rest);
  return told ? `\`${key.slice(0, -2)}\`: ${told}` : sayBy(mistakes, message);
}

// What piste check says (src/resort/check*.c): its subject, message and suggestion are said each by itself.
export function findingsOf(terms: Terms): Sayings {
  const findings = sayingsOf(terms.findings, isPattern, { mode: terms.modes });
  const near = { ...findings, mark: asInFile, asItStands: /^\S+$/ }; // a place, and how far away where that is known
  findings.mark = asInFile;
  findings.inside = { who: findings, finding: findings, near };
  return findings;
}
export const finding = sayBy;

// tap.mjs - what the programs of this folder share: TAP, and finding what may not be installed.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const require = createRequire(join(root, "web", "package.json"));

// All tests are left out, with a word why.
export function skipAll(why) {
  console.log(`1..0 # SKIP ${why}`);
  process.exit(0);
}

// A package of web/, or undefined.
export function installed(name) {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

export const chromium = () => ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

// With PISTE_TEST_FULL=1 a page is looked at in every way; every day in the first and the last: the themes, the widths and
// two languages are all there, but not each with each.
export const isFull = process.env.PISTE_TEST_FULL === "1";
export const everyWay = (ways) => (isFull || ways.length < 3 ? ways : [ways[0], ways.at(-1)]);

// How what is written in a language is told from English.
export const SCRIPTS = { ko: /\p{Script=Hangul}/u, zh: /\p{Script=Han}/u, ru: /\p{Script=Cyrillic}/u, ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u };

// Asks until it is so. For what a page says after it has waited itself: page.waitForFunction() takes a promise for true.
export async function until(is, what = "this", ms = 30000) {
  for (const end = performance.now() + ms; !(await is()); await new Promise((done) => setTimeout(done, 50)))
    if (performance.now() > end) throw new Error(`${what} has not come about in ${ms} ms`);
}

let number = 0, failed = 0;

// Without the colours of a terminal, which no report can hold.
const plain = (text) => String(text).replace(/\u001b\[[\d;]*m/g, "");

// One line of TAP, and how long it took where PISTE_TIMES is set; `body` returns what is wrong, as texts (none: all is well), or throws.
export async function check(name, body) {
  let problems;
  const began = performance.now();
  try {
    problems = (await body()) ?? [];
  } catch (error) {
    problems = [String(error.stack ?? error)];
  }
  number += 1;
  for (const problem of problems) console.log(`# ${plain(problem).replace(/\n/g, "\n# ")}`);
  if (problems.length) failed += 1;
  console.log(`${problems.length ? "not ok" : "ok"} ${number} - ${name.replace(/#/g, "")}`);
  if (process.env.PISTE_TIMES) console.log(`# ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

export function end() {
  console.log(`1..${number}`);
  process.exitCode = failed ? 1 : 0;
}

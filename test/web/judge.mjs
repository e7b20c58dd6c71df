#!/usr/bin/env node
// judge.mjs - the gate page judges as a gate does: thousands of random scans, judged by the C of src/desk and by the
// page's TypeScript; reasons and answers are equal, and so are the logs, byte for byte. Speaks TAP.
//
//     node test/web/judge.mjs JUDGE_CASES      JUDGE_CASES: the program of test/desk/judge_cases.c
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { check, end, installed, require, root, skipAll } from "./tap.mjs";

const cases = process.argv[2];
if (!installed("esbuild")) skipAll("web/node_modules holds no esbuild; script/bootstrap installs it");
const SEEDS = Number(process.env.JUDGE_SEEDS ?? 6), SCANS = 1500;
const folder = mkdtempSync(join(tmpdir(), "piste-judge-"));
await require("esbuild").build({
  stdin: { contents: `export * from "./judge"; export * from "./documents"; export * from "./bytes";`, resolveDir: join(root, "web/src/app/gate"), loader: "ts" },
  bundle: true, format: "esm", platform: "node", outfile: join(folder, "judge.mjs"), logLevel: "warning",
});
const { Gate, RECORD, HEADER, REASONS, readOwn, readNewer, keptOf, unhex, hex } = await import(pathToFileURL(join(folder, "judge.mjs")).href);
const seen = new Map();

// Judges all that C has judged; `spoil` changes the page's gate, to show that a difference is found.
function compare(given, { spoil } = {}) {
  const log = unhex(given.log), records = [], problems = [];
  let documents, kept = new Map(), gate, at = HEADER;
  const take = (record) => {
    if (hex(record) !== hex(log.subarray(at, at + RECORD))) problems.push(`record ${records.length + 1} differs`);
    gate.keep(record);
    records.push(record);
    at += RECORD;
  };
  for (const round of given.rounds) {
    const before = documents;
    documents = before ? readNewer(before, round.documents, round.nowS) : readOwn(round.documents);
    if (before) kept = keptOf(kept, [before.lists, documents.lists], round.nowS);
    gate = new Gate(documents, kept.keys(), log.slice(0, HEADER), records, given.entrance);
    spoil?.(gate);
    if (round.accepts) take(gate.acceptClock(round.clock));
    for (const scan of round.scans) {
      if (problems.length > 5) return problems;
      const { answer, record } = gate.judge(scan.text, scan, scan.at);
      for (const name of ["reason", "warnings", "judgedS", "pointsTaken", "pointsLeft", "waitS", "lastS", "lastEntrance"])
        if (answer[name] !== scan[name]) problems.push(`scan ${records.length + 1}, ${name}: ${answer[name]}, expected ${scan[name]} (${scan.reason})`);
      seen.set(scan.reason, (seen.get(scan.reason) ?? 0) + 1);
      take(record);
    }
  }
  if (at !== log.length) problems.push(`${at} bytes of ${log.length}`);
  return problems;
}

function casesOf(seed, resort) {
  const here = mkdtempSync(join(folder, "case-"));
  const run = spawnSync(cases, [String(seed), String(SCANS), join(root, resort), here], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

let first;
for (let seed = 1; seed <= SEEDS; seed++)
  await check(`${SCANS} random scans are judged alike, and logged in the same bytes (seed ${seed})`, () => {
    const given = casesOf(seed, seed % 2 ? "examples/badger-pass" : "resorts/masikryong");
    first ??= given;
    return compare(given);
  });
await check("every reason came", () => {
  for (const [reason, count] of seen) console.log(`# ${reason}: ${count}`);
  return REASONS.filter((r) => !seen.has(r)).map((r) => `${r} never came`);
});
await check("what differs is found", () => {
  const spoil = (gate) => (gate.documents.table.travelS = gate.documents.table.travelS.map((row) => row.map((s) => s + 1)));
  return compare(first, { spoil }).length ? [] : ["a table with other times was not noticed"];
});
await check("documents that were changed, or are of another office, are not taken", () => {
  const [a, b] = first.rounds, own = readOwn(a.documents), other = casesOf(99, "examples/badger-pass").rounds[0].documents;
  const wrong = [{ lists: b.documents.lists.replace("revoked", "revokes") }, { lists: b.documents.lists.slice(0, -2) }, { keys: other.keys },
    { table: other.table }, { lists: b.documents.table }];
  return wrong.flatMap((given, i) => {
    try {
      readNewer(own, given, b.nowS);
      return [`document ${i} was taken`];
    } catch {
      return [];
    }
  });
});
await check("a log that was changed is not gone on with", () => {
  const log = unhex(first.log), records = Array.from({ length: 50 }, (_, i) => log.slice(HEADER + i * RECORD, HEADER + (i + 1) * RECORD));
  records[20][40] ^= 1;
  try {
    new Gate(readOwn(first.rounds[0].documents), [], log.slice(0, HEADER), records, first.entrance);
    return ["it was"];
  } catch {
    return [];
  }
});
rmSync(folder, { recursive: true, force: true });
end();

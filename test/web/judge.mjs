#!/usr/bin/env node
// judge.mjs - the gate page judges as a gate does: thousands of random scans, judged by the C of src/desk and by the
// page's TypeScript, and admissions that are taken back; reasons and answers are equal, and so are the logs, byte for byte.
// Speaks TAP.
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

const TOLD = ["reason", "warnings", "judgedS", "pointsTaken", "pointsLeft", "waitS", "lastS", "lastEntrance"];
const differ = (what, answer, given, names) => names.filter((n) => answer[n] !== given[n]).map((n) => `${what}, ${n}: ${answer[n]}, expected ${given[n]} (${given.reason})`);
const count = (word) => seen.set(word, (seen.get(word) ?? 0) + 1);

// Judges all that C has judged; `spoil` changes the page's gate, to show that a difference is found.
function compare(given, { spoil } = {}) {
  const whole = given.logs.map(unhex), problems = [], logs = [{ header: whole[0].slice(0, HEADER), records: [] }];
  let documents, kept = new Map(), gate;
  const own = () => logs[logs.length - 1];
  const take = (record) => {
    const at = HEADER + own().records.length * RECORD;
    if (hex(record) !== hex(whole[logs.length - 1].subarray(at, at + RECORD))) problems.push(`log ${logs.length}, record ${own().records.length + 1} differs`);
    gate.keep(record);
    own().records.push(record);
  };
  const takeBack = (one) => {
    const what = `log ${logs.length}, undo of ${one.undoes}`, done = gate.undo(own().records[one.undoes - 1], one);
    if (typeof done === "string") {
      count(`not taken back: ${done}`);
      if (one.refused !== (done === "no_admission" ? done : "refused")) problems.push(`${what}: ${done}, expected ${one.refused ?? "to be done"}`);
      return;
    }
    count(done.record ? "not_through" : "not_through again");
    if (done.record) take(done.record);
    problems.push(...differ(what, gate.known(done.answer), one, ["reason", "sequence", "warnings", "judgedS", "pointsLeft", "lastS", "lastEntrance"]));
  };
  for (const round of given.rounds) {
    const before = documents;
    documents = before ? readNewer(before, round.documents, round.nowS) : readOwn(round.documents);
    if (before) kept = keptOf(kept, [before.lists, documents.lists], round.nowS);
    gate = new Gate(documents, kept.keys(), logs, given.entrance);
    spoil?.(gate);
    if (round.accepts) take(gate.acceptClock(round.clock));
    for (const one of round.scans) {
      if (problems.length > 5) return problems;
      if (one.undoes !== undefined) {
        takeBack(one);
        continue;
      }
      const { answer, record } = gate.judge(one.text, one, one.at);
      problems.push(...differ(`log ${logs.length}, scan ${own().records.length + 1}`, answer, one, TOLD));
      count(one.reason);
      if (answer.pass && one.reason === "open") count(answer.pass.fromMin < 0 ? "open, of the early format" : "open, of the usual format");
      take(record);
    }
    if (!round.goesOn) continue;
    logs.push({ header: whole[logs.length].slice(0, HEADER), records: [] });
    gate.goOn(own().header);
    count("goes on");
  }
  whole.forEach((log, i) => HEADER + (logs[i]?.records.length ?? 0) * RECORD === log.length || problems.push(`log ${i + 1}: ${logs[i]?.records.length} records of ${log.length} bytes`));
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
await check("every reason came, of scans and of what cannot be taken back", () => {
  for (const [reason, count] of seen) console.log(`# ${reason}: ${count}`);
  const more = ["not_through again", ...["no_admission", "again", "clock", "too_late"].map((why) => `not taken back: ${why}`), "goes on", "open, of the early format", "open, of the usual format"];
  return [...REASONS, ...more].filter((r) => !seen.has(r)).map((r) => `${r} never came`);
});
await check("what differs is found", () => {
  const spoil = (gate) => (gate.documents.table.travelS = gate.documents.table.travelS.map((row) => row.map((s) => s + 1)));
  const forgetful = (gate) => (gate.noteUndo = () => undefined);
  return [...(compare(first, { spoil }).length ? [] : ["a table with other times was not noticed"]),
    ...(compare(first, { spoil: forgetful }).length ? [] : ["a gate that gives nothing back was not noticed"])];
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
  const log = unhex(first.logs[0]), records = Array.from({ length: 50 }, (_, i) => log.slice(HEADER + i * RECORD, HEADER + (i + 1) * RECORD));
  records[20][40] ^= 1;
  try {
    new Gate(readOwn(first.rounds[0].documents), [], [{ header: log.slice(0, HEADER), records }], first.entrance);
    return ["it was"];
  } catch {
    return [];
  }
});
rmSync(folder, { recursive: true, force: true });
end();

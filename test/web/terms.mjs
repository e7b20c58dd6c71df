#!/usr/bin/env node
// terms.mjs - the form of a draft speaks every language: each field that the schema has, with what it means, its choices and
// defaults, and each mistake that a value can be told to have, has its words there; and nothing else has. Speaks TAP.
//
//     node test/web/terms.mjs PISTE
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SCRIPTS, check, end, installed, require, root, skipAll } from "./tap.mjs";

if (!installed("esbuild")) skipAll("web/node_modules holds no esbuild; script/bootstrap installs it");
const app = join(root, "web", "src", "app"), json = (...path) => JSON.parse(readFileSync(join(app, ...path), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "piste-terms-"));
await require("esbuild").build({
  stdin: { contents: `export * from "./schema"; export * from "./mistakes";`, resolveDir: join(app, "plan"), loader: "ts" },
  bundle: true, format: "esm", platform: "node", outfile: join(folder, "terms.mjs"), logLevel: "warning",
});
const { GROUPS, fieldsOf, finding, findingsOf, mistake, mistakesOf } = await import(pathToFileURL(join(folder, "terms.mjs")).href);
rmSync(folder, { recursive: true });

// ---- what the program says -------------------------------------------------------------------------------------------

const schema = JSON.parse(spawnSync(process.argv[2], ["schema", "--json-schema"], { encoding: "utf8", maxBuffer: 1 << 24 }).stdout);
const fields = GROUPS.flatMap((group) => Object.values(fieldsOf(schema, group, {})).flat().map((field) => ({ group, ...field })));
const sources = Object.fromEntries(readdirSync(join(root, "src", "resort")).filter((n) => n.endsWith(".c")).map((n) => [n, readFileSync(join(root, "src", "resort", n), "utf8").replace(/^\s*\/\/.*$/gm, "")]));
const stringsOf = (text) => [...text.replace(/\\"/g, "\0").replace(/"\s*\n?\s*"/g, "").matchAll(/"([^"]*)"/g)].map((m) => m[1].replace(/\0/g, '"'));
const records = [...sources["schema.c"].matchAll(/^RECORD\(\w+, "([^"]+)"/gm)].map((m) => m[1]).concat("resort");

// A format with values in it as the program would make it. What is put together of several parts is written out.
const PARTS = {
  "%.60s is not a key of a %s, %s": ["x is not a key of a lift, did you mean y?", "x is not a key of a day type, expected one of a, b"],
  "%s: not a key of a %s%s%s%s": ["x: not a key of a lift", "x: not a key of a price class, did you mean y?"],
  "%s: missing in this %s%s%s": ["x: missing in this day type", "x: missing in this day type powder-day"],
  "no %s %.60s (on that date), %s": ["no lift x (on that date), expected one of a, b and 3 more", "no stop 7 (on that date), expected 1 to 3, * or +", "no stop 7 (on that date), expected +, the list has no entry", "no lift x (on that date), there is none"],
  "%s: %s%s, expected a key among the %s%s": ["from: x, expected a key among the places", "from: x, which is not valid on the date, expected a key among the places of that date"],
  "%s: an empty list, expected at least one%s": ["x: an empty list, expected at least one", "x: an empty list, expected at least one, or leave the key out"],
  "%s: %s (within the bounds %s)": [...new Set([...readFileSync(join(root, "src", "base", "dist.c"), "utf8").matchAll(/\*why = "([^"]+)"/g)].map((m) => m[1]))].flatMap((why) => [`x: ${why} (within the bounds 1 m to 20 m)`, `${why} (within the bounds of a number)`]),
  "%s as a key, expected a word": ["a map as a key, expected a word", "a list as a key, expected a word"],
  "empty, expected %s": ["empty, expected a value", "empty, expected a resort with its keys"],
  "%s: a map without kind, expected %s": ["x: a map without kind, expected fixed, uniform or normal"],
  "%s: %.10g among its %s, expected %s": ["x: 3 among its values, expected 1 m to 20 m"],
  "%s: a folded normal that reaches past the bounds, expected %s": ["x: a folded normal that reaches past the bounds, expected 1 m to 20 m"],
  "larger than %d bytes, the most that is read": ["larger than 4194304 bytes, the most that is read"],
};
const RECORD = /((?:expected|line|key of|keys of|in) (?:a|this)|^a) %s(?! distribution)/g;
const madeOf = (format) => PARTS[format] ?? [format.replace(RECORD, "$1 day type").replace(/another place than where (\w+) %s/, "another place than where $1 x").replace(/%[.\d]*(?:zu|lld|d|g)|%\.10g/g, "7").replace(/%[.\d]*s/g, "x").replace(/%%/g, "%")];
const NOT_ALONE = ["no memory", "cannot be read", "a value", "%s: %s", "%s: %s, expected %s", ", did you mean ", ", or leave the key out", "of a number", ", which is not valid on the date", " of that date"];

const formats = [], expectations = ["yes or no", "ski, snowboard or foot", "0.1 m/s to 20 m/s", "10 % to 99 %"];
for (const name of ["read.c", "read_value.c", "read_dist.c", "read_refs.c", "load.c", "change.c"])
  for (const statement of sources[name].split(";")) {
    const texts = stringsOf(statement).filter((text) => / /.test(text) && !NOT_ALONE.includes(text));
    if (/\bread_unexpected\(/.test(statement)) expectations.push(...texts.flatMap(madeOf).map((x) => x.replace(", x", ", 1 to 20")));
    else if (/\b(?:read_)?fail\(|snprintf\(message/.test(statement)) formats.push(...texts);
  }
expectations.push(...stringsOf(sources["quantity.c"].slice(sources["quantity.c"].indexOf("[SCHEMA_PLAIN]"))).filter((text) => /^[a-z]+ .* /.test(text)));
const messages = [...new Set([...formats.flatMap(madeOf), ...expectations.map((x) => `900 km/h, expected ${x}`), "a list, expected a map", "nothing, expected a text", "beginner: 40, expected a share of 0 % to 100 %"])];
const isEnglish = (told) => /[A-Za-z]{2}/.test(told.replace(/`[^`]*`|YAML|BCP|ISO/g, "")); // but what stands in the file, which is marked

// What a careful colleague says of a draft. Of the tariff, which no form has, and of maps that nothing uses it stays English.
const COLLEAGUE = {
  "%s is closed whenever its guests could go there, %s to %s (%s: %s)": ["every bar is closed whenever its guests could go there, 09:00 to 12:00 (inn: 18:00-22:00)"],
  "parties of up to %d need more than two carriers of %s%s": ["parties of up to 9 need more than two carriers of eagle (4), badger (2) and 3 more"],
  "vertical %.0f m, yet %s lies %.0f m %s %s": ["vertical 7 m, yet x lies 7 m above y", "vertical 7 m, yet x lies 7 m below y"],
  "%s kept at all times: nobody else can board": ["its only lane is kept at all times: nobody else can board", "all its lanes are kept at all times: nobody else can board"],
  "its line in %s %s %.0f m from %s": ["its line in runs.geojson begins 7 m from x", "its line in runs.geojson ends 7 m from x"],
  "names are given in %s, the language that `name` is in%s": ["names are given in en, the language that `name` is in", "names are given in en, the language that `name` is in where none is told"],
  "%d of %d entries lack one: %s%s": ["3 of 139 entries lack one: places.x, lifts.y and 1 more"],
  "%d entr%s only at times, and no date was asked for: all are taken together": ["1 entry exists only at times, and no date was asked for: all are taken together", "2 entries exist only at times, and no date was asked for: all are taken together"],
  "with what it closes, %s is wrong: %s": ["with what it closes, lift x is wrong: nobody whom it carries can get to y"],
  "it leads to %s, from where %s cannot get back%s%s": ["it leads to x, from where a guest on foot cannot get back", "it leads to x, from where segment y on skis cannot get back to z"],
  "it ends at %s, where no way begins for those %s": ["it ends at x, where no way begins for those on a snowboard"],
  "it comes in at %s and leaves at %s, and no way leads from one to the other %s": ["it comes in at x and leaves at y, and no way leads from one to the other on foot"],
  "its guests %s cannot get to %s": ["its guests on skis cannot get to any bar"],
  "it %s at %s, which is no exit": ["it comes in at x, which is no exit", "it leaves at x, which is no exit"],
  "a guest %s": ["a guest on foot"], "segment %s %s": ["segment x on foot"],
};
const NO_FINDING = / and %d more|^%s%s|^,? |^(?:every|any) %s$|^feature %d$|^(?:its only lane is|all its lanes are|[yi](?:es)? exists?|comes in|closed to them|ski and snowboard|fixed-grip |detachable )$|^%d feature%s$|^resort.yaml does not use|^add entries with their keys|^%s-%s|, \.\.\.$/;
const colleague = [...new Set(Object.entries(sources).filter(([name]) => /^check_(?!sales)/.test(name)).flatMap(([, source]) => source.split(";\n"))
  .filter((statement) => /check_tell|check_text/.test(statement)).flatMap((statement) => stringsOf(statement.replace(/check_line\([^"]*"[^"]*"\)/g, "")))
  .filter((text) => / /.test(text) && !NO_FINDING.test(text)))];
const advice = colleague.flatMap((format) => COLLEAGUE[format] ?? [format.replace(/%[.\d]*(?:zu|lld|d|g|f)/g, "7").replace(/%s/g, "x").replace(/%%/g, "%")]);

// ---- and what is said of it -------------------------------------------------------------------------------------------

const sorted = (text, form) => [...new Set(text.match(form) ?? [])].sort().join(" ");
const difference = (what, wanted, own) => [...[...wanted].filter((x) => !(x in own)).map((x) => `${what}: "${x}" is missing`), ...Object.keys(own).filter((x) => !wanted.has(x)).map((x) => `${what}: "${x}" is said nowhere`)];

await check("fields, records and mistakes of the program are found", () =>
  [[fields.length, 140], [records.length, 25], [messages.length, 110], [advice.length, 120]].filter(([found, least]) => found < least).map(([found, least]) => `${found}, expected ${least} at least`));

for (const language of ["ko", "zh", "ru", "ja"]) {
  const terms = json("plan", "terms", `${language}.json`), mountain = json("words", language, "mountain.json");
  await check(`${language}: each field has a name, which no other field beside it has`, () => {
    const keyOf = ({ group, key }) => (`${group}.${key}` in terms.labels ? `${group}.${key}` : key), problems = difference("labels", new Set(fields.map(keyOf)), terms.labels);
    for (const group of GROUPS) {
      const labels = fields.filter((f) => f.group === group).map((f) => terms.labels[keyOf(f)]);
      problems.push(...labels.filter((label, i) => labels.indexOf(label) !== i).map((label) => `${group}: two fields are called ${label}`));
    }
    return problems;
  });
  await check(`${language}: what each field means, with its keys; each choice, each default`, () => {
    const problems = difference("about", new Set(fields.map((f) => f.about)), terms.about), choices = new Set(fields.flatMap((f) => f.choices));
    for (const [about, own] of Object.entries(terms.about)) if (sorted(about, /`[^`]+`/g) !== sorted(own, /`[^`]+`/g)) problems.push(`"${about}" has other keys than "${own}"`);
    problems.push(...difference("choices", new Set([...choices].filter((c) => !(`mountain.kind.${c}` in mountain))), terms.choices));
    for (const { key, choices, otherwise } of fields) // "15 min", "06:00-23:00", "ko" are written so in every language
      if (otherwise && !choices.includes(otherwise) && !/^\d|^[a-z]{2}$/.test(otherwise)) problems.push(`the default of ${key}, ${otherwise}, has no words`);
    return problems;
  });
  await check(`${language}: each mistake that a value can have`, () => {
    const problems = difference("records", new Set(records), terms.records), sayings = mistakesOf(terms);
    for (const message of messages) {
      const told = mistake(sayings, message);
      if (told === undefined) problems.push(`no words for: ${message}`);
      else if (!SCRIPTS[language].test(told)) problems.push(`${message}: ${told}`);
      else if (isEnglish(told)) problems.push(`in part English: ${told}`);
    }
    return problems;
  });
  await check(`${language}: all that a careful colleague says`, () => {
    const problems = difference("modes", new Set(["on skis", "on a snowboard", "on foot"]), terms.modes), sayings = findingsOf(terms);
    for (const text of advice) {
      const told = finding(sayings, text);
      if (told === undefined) problems.push(`no words for: ${text}`);
      else if (!SCRIPTS[language].test(told) || isEnglish(told)) problems.push(`${text}: ${told}`);
    }
    return problems;
  });
  await check(`${language}: no words for what is not said; the same places, its own writing`, () => {
    const all = [...Object.values(sources).flatMap(stringsOf), ...stringsOf(readFileSync(join(root, "src", "base", "dist.c"), "utf8"))].map((text) => text.replace(/%%/g, "%")), problems = [];
    const FRAME = ["{head}, expected {expected}", "{1}, expected {expected}", "expected {expected}", "{1} to {2}", "{1} or {2}"];
    for (const [text, own] of Object.entries({ ...terms.wrong, ...terms.expected })) {
      if (sorted(text, /\{\w+\}/g) !== sorted(own, /\{\w+\}/g)) problems.push(`"${text}" has other places than "${own}"`);
      const parts = text.split(/\{\w+\}|, (?=there is none|or leave)/).map((x) => x.trim()).filter((x) => /[a-z]{2}/.test(x));
      if (!FRAME.includes(text)) problems.push(...parts.filter((part) => !all.some((s) => s.includes(part))).map((part) => `"${text}": nobody says "${part}"`));
    }
    for (const [text, own] of Object.entries(terms.findings)) {
      const form = new RegExp(`^${text.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, ".+")}$`);
      if (sorted(text, /\{\w+\}/g) !== sorted(own, /\{\w+\}/g)) problems.push(`"${text}" has other places than "${own}"`);
      if (!advice.some((x) => form.test(x))) problems.push(`no colleague says "${text}"`);
    }
    for (const list of Object.values(terms))
      for (const [text, own] of Object.entries(list)) if (!SCRIPTS[language].test(own) && /[a-z]{4}/.test(text.replace(/\{\w+\}/g, "")) && !["lift", "yes or no"].includes(text)) problems.push(`"${text}" is said as "${own}"`);
    return problems;
  });
}
end();

// words.mjs - what the pages say: every text in every language, with the plurals that the language has; none written into
// a page itself.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { SCRIPTS, check, end, root } from "./tap.mjs";

const app = join(root, "web", "src", "app"), words = join(app, "words");
const NAMES = ["hledger", "beancount", "piste", "Liftie JSON", "CCC", "result.json", "room-12"]; // and what is written alike everywhere
const LANGUAGES = ["en", "ko", "zh", "ru", "ja"];
const texts = {};
for (const language of LANGUAGES) {
  texts[language] = {};
  for (const file of readdirSync(join(words, language))) {
    for (const [key, text] of Object.entries(JSON.parse(readFileSync(join(words, language, file), "utf8")))) {
      texts[language][key] = text;
      if (!key.startsWith(`${file.replace(".json", "")}.`)) texts[language][`${key} stands in ${file}`] = "";
    }
  }
}
const forms = (text) => (typeof text === "string" ? [text] : Object.values(text));
const places = (text) => [...new Set(forms(text).flatMap((f) => f.match(/\{\w+\}/g) ?? []))].sort().join(" ");

function sources(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === "words" ? [] : sources(path);
    return /\.tsx?$/.test(name) && name !== "api-types.ts" ? [path] : [];
  });
}
const code = sources(app).map((path) => [path, readFileSync(path, "utf8")]);

for (const language of LANGUAGES) {
  await check(`every text in ${language}`, () => {
    const problems = [];
    for (const key of Object.keys(texts.en)) if (!(key in texts[language])) problems.push(`${key} is missing`);
    for (const [key, text] of Object.entries(texts[language])) {
      if (!(key in texts.en)) problems.push(`${key} is in no English file`);
      else if (forms(text).some((f) => !f.trim())) problems.push(`${key} is empty`);
      else if (places(text) !== places(texts.en[key])) problems.push(`${key}: ${places(text)}, expected ${places(texts.en[key])}`);
      if (typeof text !== "string") {
        const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
        for (const c of wanted) if (!(c in text) && !(language === "en" && c === "other" && "other" in text)) problems.push(`${key} lacks its plural "${c}"`);
      }
    }
    return problems;
  });
}

await check("what stands in another language's own writing is in it", () => {
  const problems = [];
  for (const [language, script] of Object.entries(SCRIPTS)) {
    for (const [key, text] of Object.entries(texts[language])) {
      const english = forms(texts.en[key] ?? "").join(" ").replace(/\{\w+\}/g, "");
      const letters = forms(text).join(" ").replace(/\{\w+\}/g, "");
      if (/\p{Letter}{4}/u.test(english) && !script.test(letters) && letters === english) problems.push(`${language} ${key}: ${letters}`);
    }
  }
  return problems;
});

await check("no text is written into a page", () => {
  const problems = [];
  for (const [path, text] of code) {
    const lines = text.split("\n");
    lines.forEach((line, i) => {
      if (/^\s*(\/\/|\*)/.test(line)) return;
      const shown = line.match(/>([^<>{}]*\p{Letter}{3,}[^<>{}]*)<\//u); // <p>Some text</p>
      const said = line.match(/(?:placeholder|title|aria-label|alt)="([^"]*\p{Letter}{3,}[^"]*)"/u);
      const found = (shown ?? said)?.[1].trim();
      if (found && !NAMES.includes(found) && !/=>|;|&&|\|\|/.test(found)) problems.push(`${path.slice(root.length + 1)}:${i + 1}: ${found}`);
    });
  }
  return problems;
});

await check("every text is used", () => {
  const all = code.map(([, text]) => text).join("\n");
  const made = [...all.matchAll(/t\(`([\w.]+)\$\{/g)].map((m) => m[1]).concat([...all.matchAll(/`([\w]+\.[\w.]*)\$\{/g)].map((m) => m[1]));
  return Object.keys(texts.en).filter((key) => !all.includes(`"${key}"`) && !made.some((begin) => key.startsWith(begin)));
});

// ---- results ---------------------------------------------------------------------------------------------------------------
// The parts that report pages have, too (web/src/say.ts): English is its own key. What is said there stands in a call of
// say(), in what a table, chart or part of the page is made of, or in a list of names that one of these says.

const src = join(root, "web", "src");
const PARTS = ["Binding", "Chart", "DayParts", "Equity", "Headline", "Leans", "Legend", "Missed", "Moment", "Plan", "Table", "Tables", "TimeBudget", "TimeSlider", "TrailMap"];
const NO_TEXTS = ["", "bindings-by", "map-shows", "north-america", "least", "first"]; // names of controls and of kinds
const results = [...PARTS.map((n) => join(src, "components", `${n}.tsx`)), join(src, "scales.ts"), join(src, "format.ts"), join(src, "mapmodel.ts")].map((path) => [path, readFileSync(path, "utf8")]);
const STRING = String.raw`"((?:[^"\\]|\\.)*)"`;
const said = new Set();
for (const [, text] of results) {
  const add = (pattern) => [...text.matchAll(new RegExp(pattern, "g"))].forEach((m) => m.slice(1).forEach((x) => x !== undefined && said.add(x)));
  add(String.raw`say\((?:[^()]|\([^()]*\))*?${STRING}`);
  add(String.raw`say\([^()"]*(?:"\w+" )?\? ${STRING} : ${STRING}`);
  add(String.raw`(?:^|[\s{,(])(?:head|title|caption|label|intro|name|unit|note)(?:: |=)${STRING}`);
  for (const m of text.matchAll(/\n(?:export )?const [A-Z]+: (?:Record<[^>]*>|\[Shows, string\]\[\]) = [{[]([^;]*);/g)) for (const x of m[1].matchAll(new RegExp(`(?:: |, )${STRING}`, "g"))) said.add(x[1]);
}
NO_TEXTS.forEach((t) => said.delete(t));
// Names of the resort's own kinds, which come as they stand in its folder (format.ts: words).
const lists = readFileSync(join(root, "src", "resort", "words.c"), "utf8");
const kinds = ["schema_difficulty_words", "schema_venue_kind_words"].flatMap((n) => [...lists.slice(lists.indexOf(n)).split("NULL")[0].matchAll(/"([a-z-]+)"/g)].map((m) => m[1]));
const grounds = [...results.flatMap(([, text]) => [...text.matchAll(/(?:entries=\{|LIFT_GROUNDS = )\[([^\]]*)\]/g)]).map((m) => m[1]).join().matchAll(/"([^"]+)"/g)].map((m) => m[1]);
const upper = (key) => key.charAt(0).toUpperCase() + key.slice(1).replace(/-/g, " ");
const wordsOf = (text, list) => [...text.slice(text.indexOf(`${list}[] = {`)).split(/NULL|}/)[0].matchAll(/"([^"]+)"/g)].map((m) => m[1]);
const american = wordsOf(readFileSync(join(root, "src", "report", "sign_symbols.c"), "utf8"), "american");
const named = [...kinds, ...grounds].map(upper).concat(american, wordsOf(lists, "schema_basis_words"), "At a place");

// What the program itself calls measures and limits.
const measures = [...readFileSync(join(root, "src", "plan", "measure.c"), "utf8").matchAll(/\.meaning = "([^"]+)"/g)].map((m) => m[1]);
const limits = [...readFileSync(join(root, "src", "plan", "ccc_limits.c"), "utf8").matchAll(/add_limit\(b,[^;]*;|names\[\] = [^;]*;|unit\[\] = [^;]*;/g)]
  .flatMap(([call]) => [...call.matchAll(/"([^"]+)"/g)].map((m) => m[1])).filter((word) => /^[A-Z]|^[a-z]+s$| /.test(word) || ["people"].includes(word));
// What it says where something is not known, and of a lift: values that stand in it are its places, {1} ... (saying.ts).
const made = ["ccc_limits.c", "ccc_resort.c", "ccc_terrain.c", "ccc_simulate.c"].map((n) => readFileSync(join(root, "src", "plan", n), "utf8")).join("\n");
const unknown = [...made.matchAll(/(?:unknown|remark|cannot) =[^;]*;|wanted\[\] = [^;]*;|rehearse \? "[^"]+"/g)]
  .flatMap(([statement]) => [...statement.replace(/"(?:%s)?"/g, "").matchAll(/"([^"]+)"/g)].map((m) => m[1]))
  .filter((text) => !NO_TEXTS.includes(text) && / /.test(text)).map((text) => { let n = 0; return text.replace(/%[sd]/g, () => `{${++n}}`); });
// add_limit(b, kind, key, name, unit, lines): what stands in the place of the key is nobody's to read.
const keys = [...readFileSync(join(root, "src", "plan", "ccc_limits.c"), "utf8").matchAll(/add_limit\(b,[^;]*;|keys\[\] = [^;]*;/g)]
  .flatMap(([call]) => [...(call.startsWith("keys") ? call : call.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)[2]).matchAll(/"([^"]+)"/g)].map((m) => m[1]));
named.push(...unknown, ...measures, ...limits.filter((word) => !keys.includes(word)));

await check("results: every text that is said there is found", () => (said.size > 200 ? [] : [`${said.size} found`]));
for (const language of LANGUAGES.filter((l) => l !== "en"))
  await check(`results in ${language}: every text, with its places`, () => {
    const own = JSON.parse(readFileSync(join(src, "says", `${language}.json`), "utf8")), problems = [];
    const wanted = new Set([...said, ...named]);
    for (const text of wanted) if (!own[text]) problems.push(`"${text}" is missing`);
    for (const [text, translated] of Object.entries(own)) {
      if (!wanted.has(text)) problems.push(`"${text}" is said nowhere`);
      if (places(text) !== places(translated)) problems.push(`"${text}": ${places(translated)}, expected ${places(text)}`);
    }
    return problems;
  });

await check("results: no text is written into a part without say()", () => {
  const problems = [];
  for (const [path, text] of results)
    text.split("\n").forEach((line, i) => {
      if (/^\s*(\/\/|\*)/.test(line)) return;
      const shown = line.match(/>([^<>{}=]*\p{Letter}{3,}[^<>{}]*)<\//u) ?? line.match(/(?:placeholder|aria-label|alt)="([^"]*\p{Letter}{3,}[^"]*)"/u) ?? line.match(/(?:caption|label|note|title)=\{`([^`]*\p{Letter}{3,}[^`]*)`\}/u);
      if (shown && !/\$\{/.test(shown[1]) && !/=>|;|&&|\|\|/.test(shown[1])) problems.push(`${path.slice(root.length + 1)}:${i + 1}: ${shown[1].trim()}`);
    });
  return problems;
});

end();

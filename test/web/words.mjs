// words.mjs - what the pages say: every text in every language, with the plurals that the language has; none written into
// a page itself.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { check, end, root } from "./tap.mjs";

const app = join(root, "web", "src", "app"), words = join(app, "words");
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
  const scripts = { ko: /\p{Script=Hangul}/u, zh: /\p{Script=Han}/u, ru: /\p{Script=Cyrillic}/u, ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u };
  const problems = [];
  for (const [language, script] of Object.entries(scripts)) {
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
      if (found && !["hledger", "beancount", "piste"].includes(found) && !/=>|;|&&|\|\|/.test(found)) problems.push(`${path.slice(root.length + 1)}:${i + 1}: ${found}`);
    });
  }
  return problems;
});

await check("every text is used", () => {
  const all = code.map(([, text]) => text).join("\n");
  const made = [...all.matchAll(/t\(`([\w.]+)\$\{/g)].map((m) => m[1]).concat([...all.matchAll(/`([\w]+\.[\w.]*)\$\{/g)].map((m) => m[1]));
  return Object.keys(texts.en).filter((key) => !all.includes(`"${key}"`) && !made.some((begin) => key.startsWith(begin)));
});

end();

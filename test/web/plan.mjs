#!/usr/bin/env node
// plan.mjs - the page of an experiment as a reader meets it, in a real browser, opened from a file. Speaks TAP.
//
//     node test/web/plan.mjs PISTE      PISTE: the program that makes the pages
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { axe, launch } from "./served.mjs";
import { check, end, everyWay, root, skipAll } from "./tap.mjs";

const piste = process.argv[2];

const folder = mkdtempSync(join(tmpdir(), "piste-web-"));
const data = {};
function make(name, file) {
  const out = join(folder, `${name}.html`), json = join(folder, `${name}.json`);
  const run = spawnSync(piste, ["plan", file, "--html", out, "--json", json], { encoding: "utf8" });
  if (run.status === 3 && /no browser pages/.test(run.stderr)) skipAll("this build has no pages");
  if (run.status !== 0) throw new Error(run.stderr);
  data[name] = JSON.parse(readFileSync(json, "utf8"));
  return pathToFileURL(out).href;
}
const attack = `</script><script>window.attacked = 1</script><img src=x onerror="window.attacked = 2"> " '`;
function written(name, text) {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, text.replace("ROOT", root));
  return path;
}
const small = (rest) => `plan: 1\nname: Small\nresort: ROOT/examples/badger-pass\nvisits: 60\nmeasures: [{measure: rides_each}]\nreplications: {minimum: 3, maximum: 60}\n${rest}`;
const ranges = "factors:\n  - {key: seats, from: 2, to: 4, whole: yes, changes: {lifts.eagle.seats: \"{}\"}}\n  - {key: interval, from: 0.9, to: 1.1, changes: {lifts.eagle.interval: \"x {}\"}}\n";
const levels = "factors: [{key: seats, levels: [{key: three}, {key: six, changes: {lifts.eagle.seats: 6}}]}]\n";
const pages = {
  example: make("example", join(root, "examples/plans/badger-lessons-and-boards.yaml")),
  hostile: make("hostile", written("hostile", small(levels).replace("name: Small", `name: ${JSON.stringify(attack)}`))),
  sobol: make("sobol", written("sobol", small(`design: sobol\nsamples: 4\n${ranges}`))),
  morris: make("morris", written("morris", small(`design: morris\nsamples: 3\n${ranges}`))),
  selection: make("selection", written("selection", small(`${levels}selection: {measure: rides_each, best: most, indifference: 0.5}\n`))),
};

const browser = await launch();

async function open(name, { width = 1280, theme = "light" } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, offline: true });
  const page = await context.newPage(), noise = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && noise.push(`console: ${m.text()}`));
  page.on("pageerror", (error) => noise.push(`error: ${error.stack}`));
  page.on("request", (request) => !/^(data|blob):/.test(request.url()) && request.url() !== pages[name] && noise.push(`request: ${request.url()}`));
  await page.goto(pages[name]);
  await page.waitForSelector("h1");
  return { page, noise, close: () => context.close() };
}

for (const name of Object.keys(pages))
  for (const [theme, width] of name === "example" ? everyWay([["light", 1280], ["dark", 1280], ["light", 360], ["dark", 360]]) : [["light", 900]])
    await check(`${name}, ${theme}, ${width} px: silent, asks for nothing, fits, axe-core finds nothing serious`, async () => {
      const { page, noise, close } = await open(name, { theme, width });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      const problems = [...(await axe(page)), ...(over > 0 ? [`${over} px wider than the window`] : []), ...noise];
      await close();
      return problems;
    });

await check("names stay text", async () => {
  const { page, close } = await open("hostile");
  const problems = [...((await page.evaluate(() => window.attacked)) ? ["a name was run"] : []), ...((await page.textContent("h1")) === attack ? [] : ["the name is another"])];
  await close();
  return problems;
});

await check("each mean lies in its interval as drawn, where its figures say", async () => {
  const { page, close } = await open("example");
  const problems = await page.evaluate((plan) => {
    const wrong = [];
    const chart = document.querySelector("#measure-1 .whiskers");
    const estimates = plan.estimates.filter((e) => e.measure === plan.measures[0].measure);
    const rows = [...chart.querySelectorAll(".group")].filter((g) => g.querySelector(".middle"));
    if (rows.length !== estimates.length) wrong.push(`${rows.length} rows for ${estimates.length} scenarios`);
    const centres = rows.map((g) => {
      const m = g.querySelector(".middle").getBoundingClientRect(), r = g.querySelector(".reach").getBoundingClientRect();
      const middle = m.left + m.width / 2;
      if (Math.abs(middle - (r.left + r.width / 2)) > 1.5) wrong.push("a mean is not in the middle of its interval");
      return middle;
    });
    for (let i = 1; i < rows.length; i++) {
      const scale = (centres[i] - centres[0]) / (estimates[i].mean - estimates[0].mean);
      const other = (centres[rows.length - 1] - centres[0]) / (estimates[rows.length - 1].mean - estimates[0].mean);
      if (Math.abs(estimates[i].mean - estimates[0].mean) > 3 && Math.abs(scale / other - 1) > 0.1) wrong.push(`${estimates[i].scenario} is drawn to another scale`);
    }
    return wrong;
  }, data.example);
  await close();
  return problems;
});

await browser.close();
rmSync(folder, { recursive: true, force: true });
end();

#!/usr/bin/env node
// report.mjs - the page of a day as a reader meets it, in a real browser, opened from a file. Speaks TAP.
//
//     node test/web/report.mjs PISTE      PISTE: the program that makes the pages
import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { GL, axe, launch } from "./served.mjs";
import { check, end, everyWay, isFull, root, skipAll } from "./tap.mjs";

const piste = process.argv[2];

const folder = mkdtempSync(join(tmpdir(), "piste-web-"));
const make = (out, ...words) => {
  const path = join(folder, out), run = spawnSync(piste, [...words, "--html", path], { encoding: "utf8" });
  if (run.status === 3 && /no browser pages/.test(run.stderr)) skipAll("this build has no pages");
  if (run.status !== 0) throw new Error(run.stderr);
  return pathToFileURL(path).href;
};
const attack = `</script><script>window.attacked = 1</script><img src=x onerror="window.attacked = 2"> " ' \u2028`;
const hostile = join(folder, "hostile");
mkdirSync(hostile);
writeFileSync(join(hostile, "resort.yaml"),
  readFileSync(join(root, "test/laws/mountain/resort.yaml"), "utf8").replace(/^name: .*$/m, `name: ${JSON.stringify(attack)}`)
    .replace("{key: base, kind", `{key: base, name: ${JSON.stringify(attack)}, kind`));
const pages = {
  masikryong: make("masikryong.html", "day", join(root, "resorts/masikryong")),
  "without geometry": make("mountain.html", "day", join(root, "test/laws/mountain")),
  "trail map": make("map.html", "map", join(root, "resorts/masikryong")),
  "nobody came": make("nobody.html", "day", join(root, "resorts/masikryong"), "--guests", "0"),
  "a night, by the hour": make("night.html", "day", join(root, "resorts/masikryong"), "--guests", "6000", "--bin", "60"),
  "a full mountain": make("full.html", "day", join(root, "resorts/masikryong"), "--guests", "4500"),
  hostile: make("hostile.html", "day", hostile),
};

// ---- the browser --------------------------------------------------------------------------------------------------

const withGl = await launch(...GL), without = await launch();

// A page with all that it said and asked for; `settled` once a map of MapLibre stands.
async function open(browser, name, { width = 1280, height = 900, theme = "light", motion = "no-preference" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: motion, offline: true });
  const page = await context.newPage(), noise = [];
  // What the graphics driver of a machine without a graphics card says is not the page's word.
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && !/GL Driver Message/.test(m.text()) && noise.push(`console: ${m.text()}`));
  page.on("pageerror", (error) => noise.push(`error: ${error.stack}`));
  page.on("request", (request) => !/^(data|blob):/.test(request.url()) && request.url() !== pages[name] && noise.push(`request: ${request.url()}`));
  await page.goto(pages[name]);
  await page.waitForSelector("h1");
  if (await page.locator(".gl-map").count()) await page.waitForSelector('.gl-map[data-ready="yes"]', { timeout: 30000 });
  return { page, noise, close: () => context.close() };
}

const wide = (page) => page.evaluate(() => {
  const over = document.documentElement.scrollWidth - window.innerWidth;
  return over > 0 ? [`the page is ${over} px wider than the window`] : [];
});

// ---- tests --------------------------------------------------------------------------------------------------------

// Drawing by MapLibre takes most of the time where no graphics card is: every day one page is drawn so.
for (const name of [...Object.keys(pages).slice(0, 3), "a full mountain"])
  for (const [theme, width] of everyWay([["light", 1280], ["light", 360], ["dark", 1280], ["dark", 360]]))
    await check(`${name}, ${theme}, ${width} px: silent, asks for nothing, fits, axe-core finds nothing serious`, async () => {
      const { page, noise, close } = await open(isFull || name === "trail map" ? withGl : without, name, { width, theme });
      const problems = [...(await axe(page)), ...(await wide(page)), ...noise];
      await close();
      return problems;
    });

for (const name of ["nobody came", "a night, by the hour"])
  await check(`${name}: silent, and every figure is one`, async () => {
    const { page, noise, close } = await open(without, name);
    if (await page.getByRole("slider").count()) await page.getByRole("slider").press("End");
    const odd = (await page.textContent("body > #page")).match(/.{0,30}(NaN|undefined|Infinity|null).{0,30}/);
    await close();
    return odd ? [odd[0], ...noise] : noise;
  });

await check("masikryong is drawn with MapLibre where WebGL is there", async () => {
  const { page, close } = await open(withGl, "masikryong");
  const how = await page.getAttribute(".trail-map", "data-drawn-with");
  // Colours on the canvas: it is not one colour all over.
  const colours = await page.evaluate(async () => {
    const shot = document.querySelector(".gl-map canvas"), copy = document.createElement("canvas");
    await new Promise((done) => requestAnimationFrame(done));
    copy.width = copy.height = 200;
    const context = copy.getContext("2d");
    context.drawImage(shot, 0, 0, 200, 200);
    return new Set(new Uint32Array(context.getImageData(0, 0, 200, 200).data.buffer)).size;
  });
  await close();
  return how === "gl" && colours > 0 ? [] : [`drawn with ${how}, ${colours} colours`];
});

await check("without WebGL it is drawn with SVG, and is as silent", async () => {
  const { page, noise, close } = await open(without, "masikryong");
  const how = await page.getAttribute(".trail-map", "data-drawn-with");
  const lifts = await page.locator(".svg-map .lift").count(), visible = await page.locator(".svg-map").isVisible();
  const problems = [...(await axe(page)), ...noise];
  await close();
  return how === "svg" && lifts === 10 && visible ? problems : [`drawn with ${how}, ${lifts} lifts, visible: ${visible}`];
});

await check("the slider is moved by keys; tables, chart and map follow, and it is spoken", async () => {
  const { page, noise, close } = await open(without, "masikryong", { motion: "reduce" });
  const slider = page.getByRole("slider", { name: "Time of day" });
  const before = { caption: await page.locator("#lifts-now caption").textContent(), rows: await page.locator("#lifts-now tbody").textContent(), map: await page.locator(".svg-map").innerHTML() };
  await slider.focus();
  for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
  const after = { caption: await page.locator("#lifts-now caption").textContent(), rows: await page.locator("#lifts-now tbody").textContent(), map: await page.locator(".svg-map").innerHTML() };
  const problems = Object.keys(before).filter((k) => before[k] === after[k]).map((k) => `${k} stayed as it was`);
  const spoken = await slider.getAttribute("aria-valuetext"), live = await page.locator(".slider [aria-live]").textContent();
  if (!after.caption.includes(spoken.slice(0, 5)) || !live.startsWith(spoken.slice(0, 5))) problems.push(`caption ${after.caption}, slider ${spoken}, live ${live}`);
  await page.keyboard.press("Home");
  if ((await page.locator("#lifts-now caption").textContent()) === after.caption) problems.push("Home does nothing");
  problems.push(...noise);
  await close();
  return problems;
});

await check("the table says at each time what the data say", async () => {
  const { page, close } = await open(without, "masikryong");
  const problems = await page.evaluate(async () => {
    const day = JSON.parse(document.getElementById("piste-day").textContent), input = document.getElementById("time"), wrong = [];
    for (const at of [Number(input.min), Math.floor((Number(input.min) + Number(input.max)) / 2), Number(input.max)]) {
      input.value = String(at);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
      const rows = [...document.querySelectorAll("#lifts-now tbody tr")].map((r) => r.cells[2].textContent);
      if (rows.join() !== day.lifts.map((l) => String(l.queue[at])).join()) wrong.push(`bin ${at}: ${rows.join()}`);
    }
    return wrong;
  });
  await close();
  return problems;
});

await check("the day plays, pauses, and its button is a button", async () => {
  const { page, noise, close } = await open(withGl, "masikryong");
  const now = () => page.locator(".now").textContent();
  const before = await now();
  await page.getByRole("button", { name: "Play the day" }).press("Enter");
  await page.waitForFunction((was) => document.querySelector(".now").textContent !== was, before);
  await page.getByRole("button", { name: "Pause" }).press(" ");
  await page.waitForTimeout(100);
  const paused = await now();
  await page.waitForTimeout(600);
  const problems = (await now()) === paused ? [...noise] : ["it goes on"];
  await close();
  return problems;
});

await check("runs can be coloured by difficulty, lines of the chart hidden, tables opened", async () => {
  const { page, noise, close } = await open(withGl, "masikryong");
  await page.getByLabel("difficulty", { exact: true }).check();
  const problems = (await page.locator(".legend").last().textContent()).includes("Most difficult") ? [] : ["the legend did not change"];
  const toggle = page.locator("#queues .toggles button").first();
  await toggle.click();
  if ((await toggle.getAttribute("aria-pressed")) !== "false") problems.push("the line is still shown");
  const rows = page.locator("#runs-now tbody tr:visible"), few = await rows.count();
  await page.locator(".right .more").click();
  if ((await rows.count()) <= few) problems.push("no more rows");
  problems.push(...noise);
  await close();
  return problems;
});

await check("the map shows waits, density or both, and its legend says which", async () => {
  const { page, noise, close } = await open(without, "a full mountain");
  const strokes = (kind) => page.evaluate((k) => new Set([...document.querySelectorAll(k === "lift" ? ".svg-map .lift .way" : ".svg-map > .way")].map((p) => p.getAttribute("stroke"))).size, kind);
  const legends = () => page.locator(".legend").count();
  const problems = [];
  for (const [label, lifts, runs, count] of [["waits and density", true, true, 2], ["waits", true, false, 1], ["density", false, true, 1]]) {
    await page.getByLabel(label, { exact: true }).check();
    if ((await strokes("lift")) > 1 !== lifts) problems.push(`${label}: ${await strokes("lift")} colours of lifts`);
    if ((await strokes("run")) > 1 !== runs) problems.push(`${label}: ${await strokes("run")} colours of runs`);
    if ((await legends()) !== count) problems.push(`${label}: ${await legends()} legends`);
  }
  problems.push(...noise);
  await close();
  return problems;
});

await check("limits, budgets, waits and misses stand in tables as the data say", async () => {
  const { page, noise, close } = await open(without, "a full mountain");
  await page.getByLabel("most time lost").check();
  const problems = await page.evaluate(() => {
    const day = JSON.parse(document.getElementById("piste-day").textContent), wrong = [];
    const rows = (id, at = 0) => [...document.querySelectorAll(`#${id} table`)[at].tBodies[0].rows].map((r) => [...r.cells].map((c) => c.textContent));
    const number = (text) => Number(text.replace(/[,–]/g, (c) => (c === "–" ? "0" : "")));
    const lost = rows("binding").map((r) => number(r[5]));
    if (lost.length !== day.bindings.length || lost.some((v, i) => i && v > lost[i - 1])) wrong.push(`hours lost ${lost.join(" ")}`);
    if (document.querySelectorAll("#binding .track-of").length !== day.bindings.length) wrong.push("not a line for each limit");
    const drawn = [...document.querySelectorAll("#binding .track-of")].map((s) => [...s.querySelectorAll("rect")].reduce((sum, r) => sum + Number(r.getAttribute("width")), 0));
    const [from, to] = [day.present.findIndex((n) => n > 0), day.present.findLastIndex((n) => n > 0)];
    const bound = [...day.bindings].sort((a, b) => b.lost_s - a.lost_s).map((b) => b.bound.slice(from, to + 1).reduce((x, y) => x + y, 0));
    if (drawn.join() !== bound.join()) wrong.push(`drawn ${drawn.join()}, bound ${bound.join()}`);
    for (const row of rows("guests")) {
      const shares = row.slice(2).map((text) => Number(text.replace("%", "")) || 0).reduce((a, b) => a + b, 0);
      if (Math.abs(shares - 100) > 4) wrong.push(`${row[0]}: ${shares} % of the day`);
    }
    [...Object.values(day.groups)].forEach((groups, i) => {
      const people = rows("equity", i).map((r) => number(r[1]));
      if (people.join() !== groups.map((g) => g.people).join() || people.reduce((a, b) => a + b) !== day.guests) wrong.push(`groups ${i}: ${people}`);
    });
    const missed = rows("missed").map((r) => number(r[3]));
    if (missed.join() !== day.segments.map((s) => s.missed).join()) wrong.push(`missed ${missed}`);
    return wrong;
  });
  problems.push(...noise);
  await close();
  return problems;
});

await check("the colours are the reader's choice, whatever the system's are", async () => {
  const { page, noise, close } = await open(withGl, "masikryong", { theme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: /^Colours/ }).click();
  const dark = await ground();
  await page.reload();
  await page.waitForSelector("h1");
  const kept = await ground();
  await close();
  return light !== dark && kept === dark ? noise : [`${light}, ${dark}, after a reload ${kept}`];
});

await check("on paper the map is SVG, tables are whole, nothing is to be pressed", async () => {
  const { page, noise, close } = await open(withGl, "masikryong", { theme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.waitForFunction(() => document.documentElement.dataset.theme === "light", null, { timeout: 10000 }).catch(() => undefined);
  const problems = []; // the names of the chart's lines are buttons, and its legend on paper
  if (!(await page.locator(".svg-map").isVisible()) || (await page.locator(".gl-map").isVisible())) problems.push("the map is not SVG");
  if (await page.locator("button:not(.toggles button):visible, input:visible, select:visible").count()) problems.push("controls are printed");
  const rows = await page.locator("#runs-now tbody tr:visible").count();
  if (rows !== 22) problems.push(`${rows} of 22 runs`);
  if (!(await page.locator(".paper").first().isVisible())) problems.push("no chart");
  if ((await page.getAttribute("html", "data-theme")) !== "light") problems.push("paper is dark");
  const pdf = await page.pdf({ format: "A4" });
  if (pdf.length < 20000) problems.push(`a PDF of ${pdf.length} bytes`);
  problems.push(...noise);
  await close();
  return problems;
});

await check("a hostile name is shown and does nothing", async () => {
  const { page, noise, close } = await open(withGl, "hostile");
  const problems = (await page.textContent("h1")).includes("<script>window.attacked = 1</script>") ? [] : ["the name is not shown"];
  if (await page.evaluate(() => "attacked" in window)) problems.push("it ran");
  problems.push(...noise);
  await close();
  return problems;
});

await check("headings go down one by one, landmarks are there, each table has a caption", async () => {
  const { page, close } = await open(without, "masikryong");
  const problems = await page.evaluate(() => {
    const wrong = [];
    let last = 0;
    for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
      const level = Number(h.tagName[1]);
      if (level > last + 1) wrong.push(`${h.tagName} after h${last}: ${h.textContent}`);
      last = level;
    }
    for (const name of ["header", "nav", "main", "footer"]) if (document.querySelectorAll(name).length !== 1) wrong.push(`not one ${name}`);
    for (const table of document.querySelectorAll("table")) if (!table.caption?.textContent) wrong.push("a table without a caption");
    return wrong;
  });
  await close();
  return problems;
});

await withGl.close();
await without.close();
rmSync(folder, { recursive: true, force: true });
end();

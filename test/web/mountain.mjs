#!/usr/bin/env node
// mountain.mjs - the mountain in a real browser, on a real server: live, on a phone, without WebGL, by keyboard, on paper,
// on the wall. Speaks TAP.
//
//     node test/web/mountain.mjs PISTE     PISTE_TEST_FULL=1: all of it, otherwise the main path
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, end, isFull, root, until } from "./tap.mjs";
import { GL, axe, heavy, launch, start } from "./served.mjs";

const checkFully = (name, run) => (isFull ? check(name, run) : undefined);

const plain = await start(process.argv[2]);
plain.account("boss", "manager");
plain.account("gate-1", "gate");
plain.account("till-1", "cashier");
const shown = await start(process.argv[2], "--demo", "60");

const withGl = isFull ? await launch(...GL) : undefined, without = await launch();
const row = (page, key) => page.locator(`tr[data-key="${key}"]`).first(); // slopes share sections
const openSlopes = async (page) => {
  for (const button of await page.locator("button.parts").all()) await button.click();
};

async function open(s, browser, options = {}, path = "/mountain") {
  s.browser = browser;
  const page = await s.page(options);
  if (options.prepare) await options.prepare(page);
  await page.goto(s.url + path);
  await page.locator(path.includes("kiosk") ? ".kiosk tbody tr" : '.places tr[data-key="gondola"]').first().waitFor();
  return page;
}
async function client(s, name, password) {
  const post = (path, body, headers = {}) => fetch(s.url + path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } });
  const answer = await post("/api/session", { name, password }), own = await answer.json();
  const headers = { Cookie: answer.headers.get("Set-Cookie").split(";")[0], "X-Piste": own.proof };
  return async (path, body) => {
    const done = await post(path, body, headers);
    if (!done.ok) throw new Error(`${path}: ${done.status} ${await done.text()}`);
    return done.json();
  };
}
const demoAccounts = (await (await fetch(`${shown.url}/api/session`)).json()).demo;
const boss = await client(plain, "boss", "a long enough password");
const player = await client(shown, "manager", demoAccounts.find((a) => a.account === "manager").password);
let acts = 0;
const tell = (place, state, note = "") => boss("/api/desk/board", { key: `mountain-test-${(acts += 1)}`, place, state, note });

// ---- what it looks like -------------------------------------------------------------------------------------------------

for (const [scheme, width, language] of [["light", 1280, "en"], ["dark", 1280, "ru"], ["light", 390, "ko"], ["dark", 390, "en"]])
  await checkFully(`${scheme}, ${width} px, ${language}: axe-core finds nothing serious, it fits, nothing is asked for elsewhere`, async () => {
    const page = await open(shown, withGl, { width, scheme, language });
    await page.locator('.gl-map[data-ready="yes"]').waitFor({ timeout: 60000 });
    const problems = await axe(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) problems.push(`${over} px wider than the window`);
    if ((await page.locator(".live-map").getAttribute("data-drawn-with")) !== "gl") problems.push("not drawn with MapLibre");
    const small = await page.evaluate(() => [...document.querySelectorAll("main button, main select, main .check")].filter((e) => e.getBoundingClientRect().height < 44).length);
    if (small) problems.push(`${small} controls lower than 44 px`);
    const odd = (await page.textContent("main")).match(/.{0,30}(NaN|undefined|null|mountain\.|frame\.).{0,30}/);
    if (odd) problems.push(odd[0]);
    await page.context().close();
    return problems;
  });

await checkFully("signed in, with a row that is being changed: axe-core finds nothing serious", async () => {
  const problems = [];
  for (const [scheme, width] of [["light", 1280], ["dark", 390]]) {
    const page = await open(plain, without, { scheme, width, as: "boss" });
    await row(page, "gondola").getByRole("button").click();
    await page.locator("form.board").waitFor();
    problems.push(...(await axe(page)));
    await page.context().close();
  }
  return problems;
});

await check("without WebGL the map is SVG, and as complete; axe-core finds nothing serious, light and dark, wide and narrow", async () => {
  const page = await open(shown, without);
  await page.locator(".svg-map").waitFor();
  const how = await page.locator(".live-map").getAttribute("data-drawn-with"), lifts = await page.locator(".svg-map .lift").count();
  const problems = await axe(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  problems.push(...(await axe(page)));
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (over > 0) problems.push(`${over} px wider than a phone`);
  await page.context().close();
  return how === "svg" && lifts === 10 ? problems : [...problems, `drawn with ${how}, ${lifts} lifts`];
});

await check("the table and the map say what the server says", async () => {
  await player("/api/demo", { speed: 0 });
  const page = await open(shown, without), now = await (await fetch(`${shown.url}/api/mountain`)).json(), problems = [];
  await page.locator(".svg-map").waitFor();
  const words = { open: "Open", hold: "On hold", scheduled: "Opens later", closed: "Closed" };
  const resort = await (await fetch(`${shown.url}/api/resort`)).json(), lines = await page.locator("section:has(#runs-title) tbody tr").count();
  if (lines !== resort.slopes.length + now.runs.filter((r) => !resort.slopes.some((s) => s.sections.includes(r.key))).length) problems.push(`${lines} slopes`);
  await openSlopes(page);
  for (const place of [...now.lifts, ...now.runs, ...now.venues]) {
    const text = await row(page, place.key).textContent(), isSection = now.runs.includes(place);
    if (!text.includes(words[place.state]) || (!isSection && !text.includes(place.name))) problems.push(`${place.key}: ${text}`);
  }
  const titles = await page.locator(".svg-map .way title").allTextContents();
  for (const place of [...now.lifts, ...now.runs]) if (!titles.some((t) => t.startsWith(`${place.name}: ${words[place.state]}`))) problems.push(`the map does not say ${place.name}: ${place.state}`);
  await player("/api/demo", { speed: 60 });
  await page.context().close();
  return problems;
});

// ---- live ------------------------------------------------------------------------------------------------------------------

await checkFully("what is said arrives at a page that is open, with who says so; many acts make few reads", async () => {
  const page = await open(plain, without), problems = [];
  let reads = 0;
  page.on("request", (r) => r.url().endsWith("/api/mountain") && (reads += 1));
  await tell("gondola", "hold", "ice on the rope");
  await row(page, "gondola").getByText("On hold").waitFor({ timeout: 5000 });
  const text = await row(page, "gondola").textContent();
  if (!text.includes("ice on the rope") || !text.includes("Said by boss")) problems.push(text);
  const before = reads;
  for (let i = 0; i < 20; i++) await tell("platter", i % 2 ? "open" : "closed", `number ${i}`);
  await row(page, "platter").getByText("number 19").waitFor({ timeout: 10000 });
  if (reads - before > 8) problems.push(`${reads - before} reads for 20 acts`);
  await page.context().close();
  return problems;
});

await checkFully("a page that was out of sight reads again when it is seen", async () => {
  const page = await open(plain, without);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => globalThis.isHidden });
    globalThis.isHidden = true;
  });
  let reads = 0;
  page.on("request", (r) => r.url().endsWith("/api/mountain") && (reads += 1));
  await tell("platter", "closed", "unseen");
  const other = await open(plain, without); // what the other one shows the first one was told, too
  await row(other, "platter").getByText("unseen").waitFor();
  const unseen = reads;
  await page.evaluate(() => {
    globalThis.isHidden = false;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await row(page, "platter").getByText("unseen").waitFor({ timeout: 5000 });
  await page.context().close();
  await other.context().close();
  return unseen ? [`${unseen} reads while nobody saw it`] : [];
});

await checkFully("a lost connection is told, with the age of what is shown; it comes back by itself", async () => {
  const page = await open(plain, without), problems = [];
  await tell("platter", "open", "before");
  await row(page, "platter").getByText("before").waitFor();
  await plain.end();
  await page.locator(".lost", { hasText: "connection is lost" }).waitFor({ timeout: 15000 });
  if (!/old/.test(await page.locator(".lost").textContent())) problems.push("no age");
  if (!(await row(page, "platter").isVisible())) problems.push("what was known is gone");
  await plain.begin();
  plain.desk("board", "place=platter", "state=hold", "note=after", "--key", "mountain-after");
  await row(page, "platter").getByText("after").waitFor({ timeout: 20000 });
  await page.waitForFunction(() => document.querySelector(".lost").textContent === "", null, { timeout: 15000 });
  await page.context().close();
  return problems;
});

await checkFully("a slope of which a section is closed is open in part; sections are changed one by one", async () => {
  const page = await open(plain, without, { as: "boss" }), problems = [], slope = page.locator('tr[data-slope="long-way"]');
  for (let n = 1; n <= 6; n++) await tell(`long-${n}`, "open");
  await slope.locator(".state.open").waitFor({ timeout: 5000 });
  await slope.getByRole("button", { name: "Long Way: 6 parts" }).click();
  if (await slope.getByRole("button", { name: /^Change/ }).count()) problems.push("a slope is changed as a whole");
  await page.getByRole("button", { name: "Change Long Way, part 2 of 6" }).click();
  await page.locator("form.board select").selectOption("closed");
  await page.getByRole("button", { name: "Save" }).click();
  await slope.locator(".state.part", { hasText: "Open in part" }).waitFor({ timeout: 5000 });
  await page.waitForFunction(() => document.querySelector('tr[data-key="long-2"] .state.closed'));
  for (let n = 1; n <= 6; n++) await tell(`long-${n}`, "hold", "wind");
  await slope.getByText("On hold").waitFor({ timeout: 5000 });
  if (!(await slope.textContent()).includes("wind")) problems.push("what is said of every section is not said of the slope");
  for (let n = 1; n <= 6; n++) await tell(`long-${n}`, "scheduled");
  await page.context().close();
  return problems;
});

// ---- changing it -------------------------------------------------------------------------------------------------------------

await checkFully("a gate changes a lift by keyboard alone; guests and cashiers cannot", async () => {
  const problems = [];
  for (const as of ["", "till-1"]) {
    const page = await open(plain, without, { as });
    if (await page.locator(".places .change button").count()) problems.push(`${as || "a guest"} may change`);
    await page.context().close();
  }
  const page = await open(plain, without, { as: "gate-1" });
  await page.locator(".filters input").focus();
  for (let i = 0; i < 40 && !(await page.evaluate(() => document.activeElement.closest('[data-key="first-double"]'))); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("form.board select:focus").waitFor();
  await page.keyboard.press("h"); // no: the list is chosen from by arrows, whatever its language
  await page.locator("form.board select").selectOption("hold");
  await page.keyboard.press("Tab");
  await page.keyboard.type("wind at the top");
  await page.keyboard.press("Enter");
  await row(page, "first-double").getByText("wind at the top").waitFor({ timeout: 5000 });
  const line = (await (await fetch(`${plain.url}/api/mountain`)).json()).lifts.find((l) => l.key === "first-double");
  if (line.state !== "hold" || line.source !== "gate-1" || line.note !== "wind at the top") problems.push(JSON.stringify(line));
  if (await page.locator("form.board").count()) problems.push("the form stays");
  await page.context().close();
  return problems;
});

await checkFully("an answer that is lost and asked for again: the act has one key", async () => {
  const page = await open(plain, without, { as: "boss" }), keys = [];
  await page.route("**/api/desk/board", async (route) => {
    keys.push(route.request().postDataJSON().key);
    if (keys.length === 1) {
      await route.fetch(); // it happened
      await route.abort(); // nobody was told
    } else await route.continue();
  });
  await row(page, "lower-quad").getByRole("button").click();
  await page.locator("form.board select").selectOption("closed");
  await page.locator("form.board input").fill("once");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("form.board [role=alert]:not(:empty)").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("form.board").waitFor({ state: "detached" });
  await page.context().close();
  return keys.length === 2 && keys[0] === keys[1] ? [] : [`keys ${keys.join(", ")}`];
});

await checkFully("filters: only what is open, runs of one difficulty", async () => {
  const page = await open(shown, without), problems = [];
  await page.getByLabel("Difficulty of runs").selectOption("easy");
  const kinds = await page.locator('section:has(#runs-title) tbody tr').count();
  const resort = await (await fetch(`${shown.url}/api/resort`)).json();
  const easy = resort.slopes.filter((s) => s.difficulty === "easy").length + resort.runs.filter((r) => r.difficulty === "easy" && !resort.slopes.some((s) => s.sections.includes(r.key))).length;
  if (kinds !== easy || easy < 2) problems.push(`${kinds} of ${easy} easy slopes`);
  await page.getByLabel("Only what is open").check();
  const closed = await page.locator(".places .state:not(.open, .part)").count();
  if (closed) problems.push(`${closed} that are not open`);
  await page.context().close();
  return problems;
});

// ---- paper, the wall ------------------------------------------------------------------------------------------------------------

await checkFully("on paper: the drawn map and the lists, no controls", async () => {
  const page = await open(shown, withGl, { scheme: "dark" });
  await page.locator('.gl-map[data-ready="yes"]').waitFor({ timeout: 60000 });
  await page.emulateMedia({ media: "print" });
  const problems = [];
  for (const [what, wanted] of [[".svg-map", true], [".places", true], [".gl-map", false], [".filters", false], [".demo", false], [".top", false], [".more", false]])
    if ((await page.locator(what).first().isVisible()) !== wanted) problems.push(`${what} is ${wanted ? "missing" : "there"}`);
  if ((await page.pdf({ format: "A4" })).length < 10000) problems.push("no sheet");
  await page.context().close();
  const sign = await fetch(`${shown.url}/api/mountain/map.svg`);
  if (!sign.headers.get("Content-Type").startsWith("image/svg") || !(await sign.text()).includes("</svg>")) problems.push("no trail sign");
  return problems;
});

await check("on the wall: no controls, turns by itself, high contrast", async () => {
  const page = await open(shown, without, { prepare: (p) => p.clock.install() }, "/mountain?kiosk"), problems = await axe(page);
  if (await page.locator("button, select, input, nav, a").count()) problems.push("there are controls");
  const seen = new Set();
  for (let i = 0; i < 9; i++) {
    seen.add(await page.locator(".kiosk .page").textContent());
    await page.clock.runFor(12000);
  }
  if (seen.size < 8) problems.push(`it shows ${[...seen].join(", ")}`);
  await page.context().close();
  return problems;
});

// ---- the demonstration ------------------------------------------------------------------------------------------------------------

await checkFully("one button signs in for each role; figures move, a pause holds them", async () => {
  shown.browser = without;
  const page = await shown.page(), problems = [];
  await page.goto(`${shown.url}/sign-in`);
  await page.locator(".demo-accounts button").first().waitFor();
  problems.push(...(await axe(page)));
  if ((await page.locator(".demo-accounts button").count()) !== 5) problems.push("not five buttons");
  await page.locator(".demo-accounts button", { hasText: "cashier" }).click();
  await page.locator(".demo dd").first().waitFor();
  const figures = () => page.locator(".demo dl").textContent();
  const before = await figures();
  await page.waitForFunction((b) => document.querySelector(".demo dl").textContent !== b, before, { timeout: 20000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Go on" }).waitFor();
  const told = await (await fetch(`${shown.url}/api/demo`)).json();
  if (told.speed !== 0) problems.push(`speed ${told.speed}`);
  await page.getByRole("button", { name: "300×" }).click();
  await until(async () => (await page.evaluate(async () => (await fetch("/api/demo")).json())).speed === 300, "the speed");
  await player("/api/demo", { speed: 60 });
  await page.context().close();
  return problems;
});

// ---- how soon -------------------------------------------------------------------------------------------------------------------------

// A phone on the hill: 1.6 Mbit/s, 150 ms, a processor four times as slow. The clock of a machine that others use says nothing
// of the page, so the time is put together from what does not hang on it, and that is what must be within a second: each round
// on the network, the bytes that came until the first data were drawn, and four times the processor time of the page's own
// thread. That a phone's time is so put together the throttled loads show: at no time is one of them sooner.
await check("on a throttled phone the first data are there within a second", async () => {
  await player("/api/demo", { speed: 0 });
  const ROUND_MS = 150, BITS_PER_MS = 1600, SLOWER = 4, problems = [];
  const load = async (throttled) => {
    const context = await without.newContext({ viewport: { width: 390, height: 844 } }), page = await context.newPage();
    const cdp = await context.newCDPSession(page), asked = new Map();
    let bytes = 0, done;
    const first = new Promise((resolve) => (done = resolve));
    await cdp.send("Network.enable");
    await cdp.send("Runtime.enable");
    await cdp.send("Runtime.addBinding", { name: "tellFirst" });
    await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
    cdp.on("Network.requestWillBeSent", (e) => asked.set(e.requestId, e));
    cdp.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
    const busy = async () => (await cdp.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;
    cdp.on("Runtime.bindingCalled", async (e) => {
      const [ms, at] = JSON.parse(e.payload), before = [...asked.values()].filter((r) => r.wallTime * 1000 <= at);
      done({ ms, bytes, asked: before, busy: await busy() });
    });
    if (throttled) {
      await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: ROUND_MS, downloadThroughput: (BITS_PER_MS * 1000) / 8, uploadThroughput: 0.75e6 / 8 });
      await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    }
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector(".places tbody tr")) return;
        observer.disconnect();
        requestAnimationFrame(() => globalThis.tellFirst(JSON.stringify([performance.now(), performance.timeOrigin + performance.now()])));
      }).observe(document, { childList: true, subtree: true });
    });
    const before = await busy();
    await page.goto(`${plain.url}/mountain`, { waitUntil: "commit" });
    const told = await first;
    await context.close();
    return { ...told, busy: told.busy - before };
  };
  const bare = [], slowed = [];
  for (let i = 0; i < 5; i++) bare.push(await load(false));
  for (let i = 0; i < (isFull ? 5 : 2); i++) slowed.push(await load(true));
  await player("/api/demo", { speed: 60 });
  const own = Math.min(...bare.map((s) => s.busy)), bytes = Math.max(...bare.map((s) => s.bytes));
  // The page is one round. All that it asks for itself is another, as long as that is not more than a browser asks for at one
  // time (six); what only a script asks for, before there are data, would be one more.
  for (const { asked: all } of bare) {
    const late = all.filter((e) => e.initiator.type === "script" && !/\/api\/(session|resort|live)$/.test(e.request.url)), itself = all.filter((e) => e.initiator.type !== "script");
    if (late.length) problems.push(`asked for only by a script: ${late.map((e) => e.request.url).join(", ")}`);
    if (itself.length > 1 + 6 || !itself.some((e) => e.request.url.endsWith("/api/mountain"))) problems.push(`the page asks for ${itself.map((e) => e.request.url).join(", ")}`);
  }
  const reckoned = 2 * ROUND_MS + (bytes * 8) / BITS_PER_MS + SLOWER * own, clock = Math.min(...slowed.map((s) => s.ms));
  console.log(`# first data after ${Math.round(reckoned)} ms: 2 rounds, ${bytes} bytes, ${own.toFixed(1)} ms of processor; ${Math.round(clock)} ms by the clock of this machine`);
  if (clock < 2 * ROUND_MS) problems.push(`${clock} ms by the clock: nothing was slowed`);
  if (reckoned > 1000) problems.push("later than a second");
  return problems;
});

await check("before the map it takes less than 150 KB of compressed script; the map's library is asked for by itself", async () => {
  const context = await without.newContext(), problems = await heavy(context, `${plain.url}/mountain`);
  await context.close();
  return problems;
});

await checkFully("every language has every word of the mountain", async () => {
  const of = (language) => Object.keys(JSON.parse(readFileSync(join(root, "web/src/app/words", language, "mountain.json"), "utf8"))).sort().join();
  return ["ko", "zh", "ru", "ja"].filter((l) => of(l) !== of("en"));
});

await check("no page had a fault", async () => [...plain.faults, ...shown.faults]);

plain.browser = shown.browser = undefined;
await withGl?.close();
await without.close();
await plain.stop();
await shown.stop();
end();

#!/usr/bin/env node
// book.mjs - Book as guests meet it: a real server, a real desk, a real browser. Speaks TAP.
//
//     node test/web/book.mjs PISTE
//
// The payment provider is test/desk/bad_provider.py, run beside (test/web/provider.py).
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, chromium, end, installed, require, root, skipAll } from "./tap.mjs";

if (process.env.PISTE_TEST_FULL !== "1") skipAll("with the full counts only: it takes minutes, and wants a quiet machine");

const piste = process.argv[2];
if (!installed("playwright-core") || !installed("axe-core")) skipAll("web/node_modules holds no playwright-core; script/bootstrap installs it");
if (!chromium()) skipAll("chromium is not installed; script/bootstrap --test installs it");

// ---- a desk and its server ---------------------------------------------------------------------------------------------

const DAY = "2026-12-05", SEASON = { from: DAY, until: "2027-01-31" };
const folder = mkdtempSync(join(tmpdir(), "piste-book-")), data = join(folder, "data"), resort = join(root, "resorts", "masikryong");
let acts = 0;
function desk(...list) {
  const lines = list.map((a) => JSON.stringify({ key: `test-${(acts += 1)}`, ...a })).join("\n");
  const run = spawnSync(piste, ["desk", "do", "-", "--json", "--db", join(data, "desk.db"), "--vault", join(data, "vault")], { input: `${lines}\n`, encoding: "utf8" });
  const answers = run.stdout.trim().split("\n").map((l) => JSON.parse(l));
  const bad = answers.find((a) => a.status !== "ok");
  if (bad || run.status !== 0) throw new Error(`${lines}: ${JSON.stringify(bad)} ${run.stderr}`);
  return answers;
}
const ask = (act, fields) => {
  const run = spawnSync(piste, ["desk", "do", "-", "--json", "--db", join(data, "desk.db")], { input: `${JSON.stringify({ act, ...fields })}\n`, encoding: "utf8" });
  return JSON.parse(run.stdout);
};
const lines = async (child) => new Promise((done, fail) => {
  let text = "";
  child.stdout.on("data", (d) => { text += d; if (text.includes("\n")) done(text.split("\n")[0]); });
  child.on("exit", () => fail(new Error(`ended: ${text}`)));
});
const server = spawn(piste, ["serve", resort, "--port", "0", "--data", data, "--rate", "0", "--quiet"], { stdio: ["ignore", "pipe", "inherit"] });
process.on("exit", () => server.kill("SIGKILL")); // also where a test throws
const base = (await lines(server)).replace(/\/$/, "");
if ((await (await fetch(`${base}/book`)).text()).indexOf("main-") < 0) {
  server.kill();
  skipAll("this build has no pages");
}
const bank = spawn("python3", [join(root, "test", "web", "provider.py"), "2"], { stdio: ["pipe", "pipe", "inherit"] });
process.on("exit", () => bank.kill());
const bankUrl = await lines(bank);
const books = async () => (await fetch(`${bankUrl}/books`)).json(); // {"books": net captured, "charges": how many were captured}
const behave = (evil) => fetch(`${bankUrl}/evil?${evil}`);
spawnSync(piste, ["desk", "load", resort, "--db", join(data, "desk.db")]);
desk({ act: "open", date: DAY });
desk({ act: "cap", resource: "visit", capacity: 2000, ...SEASON }, { act: "cap", resource: "rental/poles", capacity: 500, ...SEASON },
  { act: "cap", resource: "ski-school", capacity: 20, times: [{ time: "10:00" }, { time: "13:00" }], ...SEASON },
  { act: "cap", resource: "visit", capacity: 1, from: "2026-12-20", until: "2026-12-20" },
  { act: "provider", provider: "bank", url: bankUrl, wait_ms: 400 },
  { act: "purpose", purpose: "ticket", name: "Holders of season passes", fields: "name birth", basis: "contract", keep_days: 365 },
  { act: "need", product: "season-pass", purpose: "ticket", required: true },
  { act: "agreement-text", agreement: "waiver", version: 1, language: "en", title: "Skiing at your own risk", words: "I know the slopes. I take care.", leader: true, keep_days: 1095 },
  { act: "agreement-text", agreement: "waiver", version: 1, language: "ko", title: "동의서", words: "슬로프를 알고 있습니다.", leader: true, keep_days: 1095 });

// ---- browsers ------------------------------------------------------------------------------------------------------------

const args = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-gpu"];
const browser = await require("playwright-core").chromium.launch({ executablePath: chromium(), args });
async function open(path, { width = 1280, theme = "light", lang = "en", allow = [] } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, locale: lang, acceptDownloads: true });
  const page = await context.newPage(), noise = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && !allow.some((a) => m.text().includes(a)) && noise.push(`console: ${m.text()}`));
  page.on("pageerror", (error) => noise.push(`error: ${error.stack}`));
  page.on("request", (r) => !/^(data|blob):/.test(r.url()) && !r.url().startsWith(base) && noise.push(`request: ${r.url()}`));
  page.on("request", (r) => /[0-9a-f]{32}/.test(r.url().replace(/^(data|blob):.*/, "")) && noise.push(`a code in an address: ${r.url()}`));
  page.setDefaultTimeout(15000);
  await page.goto(base + path);
  await page.waitForSelector("h1");
  return { page, noise, context, close: () => context.close() };
}
const words = Object.fromEntries(["en", "ko", "zh", "ru", "ja"].map((l) => [l, JSON.parse(readFileSync(join(root, "web/src/app/words", l, "book.json"), "utf8"))]));
const w = (lang, key) => words[lang][`book.${key}`];
async function axe(page) {
  await page.evaluate(readFileSync(require.resolve("axe-core"), "utf8"));
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id} (${v.impact}): ${v.help}; ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
}
async function small(page) { // what is touched is not smaller than 44 px, or than 24 px in a line of text
  return page.evaluate(() => [...document.querySelectorAll(".book button, .book select, .book a, .book label.choice, .book input:not([type=radio]):not([type=checkbox])")]
    .filter((e) => e.getClientRects().length && getComputedStyle(e).display !== "inline").map((e) => [e, e.getBoundingClientRect()])
    .filter(([, r]) => r.height < 43.5).map(([e, r]) => `${e.outerHTML.slice(0, 80)} is ${Math.round(r.height)} px high`));
}
const over = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
const looked = async (page) => [...(await axe(page)), ...((await over(page)) > 0 ? [`${await over(page)} px wider than the window`] : [])];

// Chooses a product for so many of classes on a day, and puts it into the basket.
async function choose(page, { product, who, day, time, lang = "en", add = true }) {
  await page.getByRole("button", { name: new RegExp(product, "i") }).click();
  for (const [name, count] of who) {
    const field = page.locator(".stepper").filter({ hasText: name }).locator("input");
    await field.fill(String(count));
    await field.blur();
  }
  await page.locator(`[data-day="${day}"]:not(.none)`).click(); // once it is known what is free
  if (time) await page.locator(".times label").filter({ hasText: time }).click();
  if (!add) return;
  await page.getByRole("button", { name: w(lang, "add") }).click();
  await page.waitForURL(/\/book\/basket/);
}
const numberOf = (page) => Number(/orders\/(\d+)/.exec(page.url())[1]);
const codeOf = (page) => /#([0-9a-f]{32})/.exec(page.url())[1];
const order = async (page, lang = "en") => {
  await page.getByRole("button", { name: w(lang, "order"), exact: true }).click();
  await page.waitForURL(/\/book\/orders\/\d+#/);
};
const paid = (page, lang = "en") => page.locator(".state.sold").filter({ hasText: w(lang, "state.sold") }).waitFor({ timeout: 30000 });

// ---- a family's way through ------------------------------------------------------------------------------------------------

for (const [lang, width] of [["en", 1280], ["ko", 390]])
  await check(`a family, ${lang}, ${width} px: choose, basket, order, pay, passes, another day, cancel`, async () => {
    const { page, noise, close } = await open("/book", { lang, width });
    const problems = [], expect = (true_, what) => true_ || problems.push(what);
    await choose(page, { product: "Day with equipment", who: [["Visitor from abroad", 2], ["Child", 1]], day: "2026-12-10", lang });
    await page.getByRole("link", { name: w(lang, "nav.choose") }).click();
    await choose(page, { product: "Class lesson", who: [["Visitor from abroad", 1]], day: "2026-12-10", time: "10:00", lang });
    await page.reload();
    await page.locator(".items > li").nth(1).waitFor();
    expect((await page.locator(".items > li").count()) === 2, "the basket is not kept over a reload");
    await page.locator(".tools-row select").selectOption("EUR");
    await page.locator(".total b").filter({ hasText: "EUR" }).waitFor();
    const total = (await page.locator(".total b").textContent()).replace(/[^\d.,]/g, "");
    expect((await page.locator(".reasons").first().textContent()).includes("1.14") || (await page.locator(".reasons").first().textContent()).includes("0.877"), "no rate is told");
    await order(page, lang);
    const number = numberOf(page), code = codeOf(page);
    expect(/^14:\d\d$|^15:00$/.test(await page.locator(".left-time span").first().textContent()), "the time left is not told");
    await page.locator("section button.main").first().click();
    await paid(page, lang);
    const told = ask("receipt", { order: number });
    expect(told.total === `${total.replace(",", ".")} EUR`, `the page says ${total}, the desk ${told.total}`);
    await page.locator(".passes img").nth(3).waitFor();
    expect((await page.locator(".passes img").count()) === 4, "not four passes");
    if (spawnSync("zbarimg", ["--version"]).status === 0) { // as a gate's scanner reads it off a screen
      const shot = join(folder, "code.png");
      await page.locator(".passes img").first().screenshot({ path: shot });
      const seen = spawnSync("zbarimg", ["-q", "--raw", shot], { encoding: "utf8" }).stdout.trim();
      const made = await (await fetch(`${base}/api/shop/orders/${number}/passes`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }) })).json();
      expect(seen === made.passes[0].token && seen.length === 154, `the code on the page reads ${seen}`);
    }
    const pdf = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: w(lang, "pass.pdf") }).click()]);
    expect(readFileSync(await pdf[0].path()).subarray(0, 5).toString() === "%PDF-", "no PDF");
    // One of them on another day, then that one cancelled.
    await page.locator(".choose-positions input").nth(3).check();
    await page.getByRole("button", { name: w(lang, "change.move"), exact: true }).click();
    await page.locator('.confirm [data-day="2026-12-12"]:not(.none)').click();
    await page.locator(".confirm select").selectOption("13:00");
    await page.locator(".confirm button.main").click();
    await page.locator("tr").filter({ hasText: "13:00" }).waitFor();
    await page.locator(".choose-positions input").nth(3).check();
    await page.getByRole("button", { name: w(lang, "change.cancel"), exact: true }).click();
    await page.locator(".confirm button.main").click();
    await page.locator(".payments").filter({ hasText: w(lang, "paid.returned").split("{")[0].trim() }).waitFor();
    const after = ask("receipt", { order: number });
    expect(after.positions.filter((p) => p.state === "live").length === 3, `${JSON.stringify(after.positions)}`);
    expect((await page.locator(".passes img").count()) === 3, "a cancelled pass is still shown");
    // The link is all that is needed; the number is not.
    const other = await open(`/book/orders/${number}#${code}`, { lang });
    await other.page.locator(".passes img").first().waitFor();
    problems.push(...other.noise);
    await other.close();
    await close();
    return [...problems, ...noise];
  });

await check("a season pass asks who it is for; signing, seeing and erasing", async () => {
  const { page, noise, close } = await open("/book");
  const problems = [], expect = (true_, what) => true_ || problems.push(what);
  await choose(page, { product: "Season pass", who: [["National", 2]], day: "2026-12-10" });
  const people = page.locator(".holder");
  expect((await people.count()) === 2, "not asked for two");
  for (const [i, [name, birth]] of [["Guest One", "1980-05-06"], ["Child One", "2015-01-01"]].entries()) {
    await people.nth(i).locator("input").nth(0).fill(name);
    await people.nth(i).locator("input").nth(1).fill(birth);
    await people.nth(i).locator("input").nth(1).blur();
  }
  await order(page);
  const number = numberOf(page);
  expect(!(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes("Guest One"), "a name is kept in the browser");
  await page.locator("section button.main").first().click();
  await paid(page);
  const sign = page.locator(".agreement");
  await sign.locator(".words").filter({ hasText: "I know the slopes" }).waitFor();
  // The child alone cannot; its guardian can; then the guardian for himself or herself.
  await sign.locator("select").nth(1).selectOption({ index: 1 });
  await sign.locator("input[type=checkbox]").first().check();
  await sign.locator("button.main").click();
  await sign.getByRole("alert").filter({ hasText: w("en", "no.guardian") }).waitFor();
  await sign.locator("select").nth(2).selectOption("guardian");
  await sign.locator("button.main").click();
  await sign.locator("li").nth(1).filter({ hasText: w("en", "signed") }).filter({ hasNotText: w("en", "unsigned") }).waitFor();
  await sign.locator("select").nth(2).selectOption("self");
  await sign.locator("input[type=checkbox]").first().check();
  await sign.locator("button.main").click();
  await sign.locator("form").waitFor({ state: "detached" });
  const signed = ask("receipt", { order: number }).agreements;
  expect(signed.length === 2 && signed[0].authority === "guardian" && signed[1].authority === "self", JSON.stringify(signed));
  const file = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: w("en", "data.export") }).click()]);
  const held = JSON.parse(readFileSync(await file[0].path(), "utf8"));
  expect(held.persons.map((p) => p.data[0].data.name).join() === "Guest One,Child One", JSON.stringify(held));
  await page.getByRole("button", { name: w("en", "data.erase") }).click();
  expect(await page.getByRole("button", { name: w("en", "data.yes") }).isDisabled(), "erased without a confirmation");
  await page.locator(".confirm input").check();
  await page.getByRole("button", { name: w("en", "data.yes") }).click();
  await page.getByRole("status").filter({ hasText: w("en", "data.erased") }).waitFor();
  expect(ask("receipt", { order: number }).persons.length === 0, "persons are left");
  await close();
  return [...problems, ...noise.filter((n) => !n.includes("409"))];
});

// ---- what goes wrong ---------------------------------------------------------------------------------------------------------

await check("two browsers and the last place: one has it, the other is told, waits, and is offered it", async () => {
  const problems = [], expect = (true_, what) => true_ || problems.push(what);
  const two = await Promise.all([0, 1].map(() => open("/book", { allow: ["409"] })));
  for (const { page } of two) await choose(page, { product: "Day pass", who: [["Visitor from abroad", 1]], day: "2026-12-20" });
  await Promise.all(two.map(({ page }) => page.getByRole("button", { name: w("en", "order"), exact: true }).click()));
  const outcome = await Promise.all(two.map(({ page }) => Promise.race([
    page.waitForURL(/\/book\/orders\/\d+#/).then(() => "has it"),
    page.locator(".wait-for").waitFor().then(() => "may wait"),
  ])));
  expect([...outcome].sort().join() === "has it,may wait", outcome.join());
  if (problems.length) return problems;
  const winner = two[outcome.indexOf("has it")].page, other = two[outcome.indexOf("may wait")].page;
  expect((await other.getByRole("alert").allTextContents()).includes(w("en", "no.soldOut")), "is not told why");
  expect(ask("free", { resource: "visit", slot: "2026-12-20" }).slots[0].taken === 1, "sold more than there is");
  await other.locator(".wait-for button").first().click();
  await other.waitForURL(/\/book\/waiting\/\d+#/);
  await other.getByText(w("en", "waiting.first")).waitFor();
  await winner.locator(".choose-positions input").check();
  await winner.getByRole("button", { name: w("en", "change.cancel"), exact: true }).click();
  await winner.locator(".confirm button.main").click();
  await winner.locator(".state.ended").waitFor();
  await other.getByText(w("en", "waiting.offered")).waitFor();
  await other.getByRole("button", { name: w("en", "waiting.take") }).click();
  await other.getByText(w("en", "isOffer")).waitFor();
  await order(other);
  await other.locator("section button.main").first().click();
  await paid(other);
  expect(ask("free", { resource: "visit", slot: "2026-12-20" }).slots[0].taken === 1, "sold more than there is");
  for (const b of two) problems.push(...b.noise), await b.close();
  return problems;
});

await check("reload and back in the middle of ordering and of paying: one order, one charge", async () => {
  const problems = [], expect = (true_, what) => true_ || problems.push(what);
  const before = await books();
  const allow = ["net::", "Failed to load", "503"];
  for (const when of ["at once", "sent", "answered late", "back"]) {
    const { page, noise, close } = await open("/book", { allow });
    await choose(page, { product: "Day pass", who: [["Visitor from abroad", 1]], day: "2026-12-14" });
    // The order is sent and its answer lost: after the reload the same order is there.
    await page.route("**/api/shop/orders", async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });
    await page.getByRole("button", { name: w("en", "order"), exact: true }).click();
    await page.getByRole("alert").first().waitFor();
    await page.reload();
    await page.waitForURL(/\/book\/orders\/\d+#/);
    const number = numberOf(page);
    // The payment: the provider misbehaves, and the page is loaded anew while it is under way.
    await behave(when === "answered late" ? 0.4 : 0);
    const pay = page.locator("section button.main").first();
    if (when === "sent") await page.route("**/pay", async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });
    if (when === "at once") await page.route("**/pay", (route) => route.abort(), { times: 1 }); // it never got there
    await pay.click();
    if (when === "back") {
      await page.goBack();
      await page.goForward();
    } else if (when !== "at once") await page.reload();
    else {
      await page.getByRole("alert").first().waitFor();
      await page.reload(); // the key is still there: it is sent again
    }
    const state = () => ask("receipt", { order: number });
    for (let i = 0; i < 200 && state().charges.some((c) => c.open); i += 1) await new Promise((done) => setTimeout(done, 100));
    await behave(0);
    await page.locator(".state.sold, [role=alert]").first().waitFor({ timeout: 30000 });
    for (let i = 0; i < 100 && (state().charges.some((c) => c.open) || !state().charges.length); i += 1) await new Promise((done) => setTimeout(done, 100));
    const told = state();
    expect(told.charges.filter((c) => c.result === "applied").length === (told.state === "sold" ? 1 : 0), `${when}: ${JSON.stringify(told.charges)}`);
    expect(when === "answered late" || told.state === "sold", `${when}: ${told.state}`);
    if (when !== "answered late") expect(told.charges.length === 1, `${when}: ${told.charges.length} charges`);
    problems.push(...noise);
    await close();
  }
  const after = await books();
  const sold = ask("report", { from: DAY, until: DAY }).accounts.filter((a) => a.account === "Assets:Card:bank" && a.amount.endsWith("USD"))[0]?.amount ?? "0 USD";
  expect(Math.round(parseFloat(sold) * 100) === after.books.USD, `the desk has ${sold}, the provider ${after.books.USD}`);
  expect(after.books.USD - (before.books.USD ?? 0) >= 3 * 3500, "not all were charged");
  return problems;
});

await check("a stranger with the number and no code gets nothing", async () => {
  const { page, noise, close } = await open("/book", { allow: ["404"] });
  const problems = [];
  await choose(page, { product: "Day pass", who: [["Visitor from abroad", 1]], day: "2026-12-15" });
  await order(page);
  const number = numberOf(page), stranger = await open(`/book/orders/${number}`, { allow: ["404"] }), nobody = await open("/book/orders/999999999", { allow: ["404"] });
  const told = async (p) => (await p.getByRole("alert").first().textContent()) + (await p.locator("main").textContent()).replace(/\d+/g, "N");
  if ((await told(stranger.page)) !== (await told(nobody.page))) problems.push(`${await told(stranger.page)} and ${await told(nobody.page)}`);
  for (const b of [stranger, nobody]) problems.push(...b.noise), await b.close();
  await close();
  return [...problems, ...noise];
});

await check("who may not come is told, why, and when that changes", async () => {
  const { page, noise, close } = await open("/book/who");
  const problems = [];
  await page.locator("select").nth(1).selectOption("US");
  await page.locator(".may.no").waitFor();
  if (!(await page.locator(".may").textContent()).includes("bars the journey")) problems.push("no reason");
  desk({ act: "rule", nationality: "US", may: true, from: "2027-01-10", reason: "lifted" });
  await page.locator("input[type=date]").fill("2026-12-11");
  await page.locator(".may").filter({ hasText: "January 10, 2027" }).waitFor();
  await close();
  return [...problems, ...noise];
});

// ---- by keyboard; how it looks ---------------------------------------------------------------------------------------------------

await check("by keyboard alone: a day by arrows and pages, then an order", async () => {
  const { page, noise, close } = await open("/book");
  const problems = [], expect = (true_, what) => true_ || problems.push(what);
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("data-day") ?? document.activeElement.textContent.trim() ?? "");
  const tabTo = async (true_) => {
    for (let i = 0; i < 80; i += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(true_)) return;
    }
    throw new Error(`not reached by Tab; at ${await focused()}`);
  };
  await tabTo(() => document.activeElement.matches(".product") && document.activeElement.textContent.startsWith("Day pass"));
  await page.keyboard.press("Enter");
  await page.locator(".detail").waitFor();
  await page.waitForFunction(() => document.activeElement.matches(".detail"));
  await tabTo(() => document.activeElement.matches(".steps button:last-child"));
  await page.keyboard.press("Space");
  await tabTo(() => document.activeElement.matches("[role=gridcell]"));
  expect((await focused()) === DAY, `begins at ${await focused()}`);
  for (const [key, day] of [["ArrowRight", "2026-12-06"], ["ArrowDown", "2026-12-13"], ["ArrowLeft", "2026-12-12"], ["ArrowUp", DAY], ["ArrowDown", "2026-12-12"], ["Home", "2026-12-06"], ["End", "2026-12-12"],
    ["PageDown", "2027-01-12"], ["PageUp", "2026-12-12"], ["ArrowDown", "2026-12-19"]]) {
    await page.keyboard.press(key);
    await page.waitForFunction((d) => document.activeElement.getAttribute("data-day") === d, day).catch(() => undefined);
    expect((await focused()) === day, `${key}: ${await focused()}, expected ${day}`);
  }
  expect((await page.locator("[role=gridcell][tabindex='0']").count()) === 1, "not one tab stop");
  await page.locator('[data-day="2026-12-19"][aria-disabled="false"]').waitFor();
  await page.keyboard.press("Enter");
  await page.locator('[data-day="2026-12-19"][aria-selected="true"]').waitFor();
  await page.locator(".sum .total").waitFor();
  await tabTo(() => document.activeElement.matches("button.wide") && !document.activeElement.disabled);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/book\/basket/);
  await page.locator(".total").waitFor();
  await tabTo(() => document.activeElement.matches("button.wide"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/book\/orders\/\d+#/);
  await tabTo(() => document.activeElement.matches("section button.main"));
  await page.keyboard.press("Enter");
  await paid(page);
  await close();
  return [...problems, ...noise];
});

// An order with everything on its page, for all the looks.
const one = await open("/book");
await choose(one.page, { product: "Season pass", who: [["National", 1]], day: "2026-12-10" });
await one.page.locator(".holder input").nth(0).fill("Guest Two");
await one.page.locator(".holder input").nth(0).blur();
await order(one.page);
await one.page.locator("section button.main").first().click();
await paid(one.page);
const kept = { number: numberOf(one.page), code: codeOf(one.page) };
await one.close();

const pages = {
  choosing: async (page) => {
    await page.getByRole("button", { name: /Day pass/ }).click();
    await page.locator(".steps button:last-child").first().click();
    await page.locator('[data-day="2026-12-16"]:not(.none), .day-list button').first().click();
    await page.locator(".sum .total").waitFor();
  },
  basket: async (page) => {
    await pages.choosing(page);
    await page.locator("button.wide").click();
    await page.waitForURL(/basket/);
    await page.locator(".total").waitFor();
  },
  order: async (page) => {
    await page.locator(".passes img").first().waitFor();
    await page.locator(".choose-positions input").first().check();
    await page.locator(".choose-positions + .buttons button").first().click();
    await page.locator(".confirm .calendar").waitFor();
    await page.locator(".words").waitFor();
  },
  who: async (page) => { await page.locator("main select").selectOption("RU"); await page.locator(".may").waitFor(); },
  orders: async () => undefined,
};
const paths = { choosing: "/book", basket: "/book", order: `/book/orders/${kept.number}#${kept.code}`, who: "/book/who", orders: "/book/orders" };
for (const name of Object.keys(pages))
  for (const [theme, width, lang] of [["light", 1280, "en"], ["dark", 1280, "zh"], ["light", 390, "ru"], ["dark", 390, "ja"]])
    await check(`${name}, ${theme}, ${width} px, ${lang}: silent, fits, axe-core finds nothing serious`, async () => {
      const { page, noise, close } = await open(paths[name], { theme, width, lang });
      await pages[name](page);
      const problems = [...(await looked(page)), ...(width < 600 ? await small(page) : []), ...noise];
      if (process.env.PISTE_SHOTS) await page.screenshot({ path: join(process.env.PISTE_SHOTS, `book-${name}-${theme}-${width}.png`), fullPage: true });
      await close();
      return problems;
    });

await check("the scripts that it loads are small", async () => {
  const context = await browser.newContext(), page = await context.newPage();
  let bytes = 0;
  page.on("response", async (r) => { if (/\.js$/.test(new URL(r.url()).pathname)) bytes += Number((await r.allHeaders())["content-length"] ?? (await r.body()).length); });
  await page.goto(`${base}/book`);
  await page.locator(".product").first().waitFor();
  await context.close();
  return bytes > 0 && bytes <= 150 * 1024 ? [] : [`${bytes} bytes`];
});

await check("every text is there in every language, and takes the same values", () => {
  const problems = [];
  const names = (text) => [...new Set([...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort().join();
  for (const lang of Object.keys(words))
    for (const key of Object.keys(words.en)) {
      if (!words[lang][key]) problems.push(`${lang} lacks ${key}`);
      else if (names(words[lang][key]) !== names(words.en[key])) problems.push(`${lang} ${key}: {${names(words[lang][key])}}, English {${names(words.en[key])}}`);
      else if (lang !== "en" && JSON.stringify(words[lang][key]) === JSON.stringify(words.en[key]) && /[a-z]{3}/i.test(JSON.stringify(words.en[key]).replace(/\{\w+\}|one|other/g, ""))) problems.push(`${lang} ${key} is English`);
    }
  return problems;
});

await browser.close();
server.kill("SIGTERM");
const code = await new Promise((done) => server.on("exit", done));
await check("the server ends well, and its books agree", () => {
  const run = spawnSync(piste, ["audit", "--db", join(data, "desk.db")], { encoding: "utf8" });
  return [...(code === 0 ? [] : [`exit code ${code}`]), ...(run.status === 0 ? [] : [run.stdout + run.stderr])];
});
bank.stdin.end();
rmSync(folder, { recursive: true, force: true });
end();

#!/usr/bin/env node
// book.mjs - Book as guests meet it: a real server, a real desk, a real browser. Speaks TAP.
//
//     node test/web/book.mjs PISTE
//
// The payment provider is test/desk/bad_provider.py, run beside (test/web/provider.py). With PISTE_TEST_FULL=1 a family comes in
// another language and on a phone too, payments are left at more moments, and each page is looked at in each language.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, end, everyWay, isFull, root, until } from "./tap.mjs";
import { heavy, looks, overflow, small, start, tabTo } from "./served.mjs";

const s = await start(process.argv[2]), bank = await s.provider();
const DAY = "2026-12-05", SEASON = { from: DAY, until: "2027-01-31" };
s.load();
s.acts({ act: "open", date: DAY }, { act: "cap", resource: "visit", capacity: 2000, ...SEASON }, { act: "cap", resource: "rental/poles", capacity: 500, ...SEASON },
  { act: "cap", resource: "ski-school", capacity: 20, times: [{ time: "10:00" }, { time: "13:00" }], ...SEASON },
  { act: "cap", resource: "visit", capacity: 1, from: "2026-12-20", until: "2026-12-20" },
  { act: "provider", provider: "bank", url: bank.url, wait_ms: 400 },
  { act: "purpose", purpose: "ticket", name: "Holders of season passes", fields: "name birth", basis: "contract", keep_days: 365 },
  { act: "need", product: "season-pass", purpose: "ticket", required: true },
  { act: "agreement-text", agreement: "waiver", version: 1, language: "en", title: "Skiing at your own risk", words: "I know the slopes. I take care.", leader: true, keep_days: 1095 },
  { act: "agreement-text", agreement: "waiver", version: 1, language: "ko", title: "동의서", words: "슬로프를 알고 있습니다.", leader: true, keep_days: 1095 });

// ---- browsers ------------------------------------------------------------------------------------------------------------

async function open(path, { width = 1280, scheme = "light", language = "en" } = {}) {
  const page = await s.page({ width, scheme, language, acceptDownloads: true });
  page.setDefaultTimeout(20000);
  await page.goto(s.url + path);
  await page.waitForSelector("h1");
  return page;
}
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const words = Object.fromEntries(["en", "ko", "zh", "ru", "ja"].map((l) => [l, JSON.parse(readFileSync(join(root, "web/src/app/words", l, "book.json"), "utf8"))]));
const w = (lang, key) => words[lang][`book.${key}`];
const receipt = (order) => s.ask("receipt", { order });

// Chooses a product for so many of classes on a day, and puts it into the basket.
// The names of what is sold, as a page in that language shows them.
const sold = await (await fetch(`${s.url}/api/shop`)).json(), told = {};
for (const lang of ["ko", "zh", "ru", "ja"]) told[lang] = (await (await fetch(`${s.url}/api/names?language=${lang}`)).json()).kinds;
const className = (lang, name) => told[lang]?.classes[sold.classes.find((c) => c.name === name).class] ?? name;
const productButton = (page, name, lang = "en") => page.locator("button.product").filter({ hasText: told[lang]?.products[sold.products.find((p) => p.name === name).product] ?? name }).first();

async function choose(page, { product, who, day, time, lang = "en" }) {
  await productButton(page, product, lang).click();
  for (const [name, count] of who) {
    const field = page.locator(".stepper").filter({ hasText: className(lang, name) }).locator("input");
    await field.fill(String(count));
    await field.blur();
  }
  await page.locator(`[data-day="${day}"]:not(.none)`).click(); // once it is known what is free
  if (time) await page.locator(".times label").filter({ hasText: time }).click();
  await page.getByRole("button", { name: w(lang, "add") }).click();
  await page.waitForURL(/\/book\/basket/);
}
const numberOf = (page) => Number(/orders\/(\d+)/.exec(page.url())[1]);
const codeOf = (page) => /#([0-9a-f]{32})/.exec(page.url())[1];
const order = async (page, lang = "en") => {
  await page.getByRole("button", { name: w(lang, "order"), exact: true }).click();
  await page.waitForURL(/\/book\/orders\/\d+#/);
};
const payButton = (page) => page.locator("section .buttons button.main").first();
const paid = (page, lang = "en") => page.locator(".state.sold").filter({ hasText: w(lang, "state.sold") }).waitFor({ timeout: 30000 });
// Words in all languages and touch targets; how it looks is seen at two widths, light and dark.
const touched = async (page, what) => [...((await overflow(page)) > 0 ? [`${what} is wider than the window`] : []), ...(await small(page, ".book")).map((p) => `${what}: ${p}`)];

// ---- a family's way through ------------------------------------------------------------------------------------------------

for (const [lang, width] of isFull ? [["en", 1280], ["ko", 390]] : [["en", 1280]])
  await check(`a family, ${lang}, ${width} px: choose, basket, order, pay, passes, another day, cancel`, async () => {
    const page = await open("/book", { language: lang, width }), problems = [], expect = (is, what) => is || problems.push(what);
    const look = async (what, themes, widths) => { if (lang === "en") problems.push(...(await looks(page, `book ${what}`, themes, widths))); };
    await productButton(page, "Day with equipment", lang).click();
    await page.locator('[data-day="2026-12-10"]:not(.none)').waitFor();
    await look("choosing", ["light", "dark"], [1280]);
    await choose(page, { product: "Day with equipment", who: [["Visitor from abroad", 2], ["Child", 1]], day: "2026-12-10", lang });
    await page.getByRole("link", { name: w(lang, "nav.choose") }).click();
    await choose(page, { product: "Class lesson", who: [["Visitor from abroad", 1]], day: "2026-12-10", time: "10:00", lang });
    await page.reload();
    await page.locator(".items > li").nth(1).waitFor();
    expect((await page.locator(".items > li").count()) === 2, "the basket is not kept over a reload");
    await page.locator(".tools-row select").selectOption("EUR");
    await page.locator(".total b").filter({ hasText: "EUR" }).waitFor();
    await look("basket", ["light", "dark"], [390]);
    const total = (await page.locator(".total b").textContent()).replace(/[^\d.,]/g, ""), why = await page.locator(".reasons").first().textContent();
    expect(/1\.14|0\.877/.test(why), "no rate is told");
    await order(page, lang);
    const number = numberOf(page), code = codeOf(page);
    expect(/^14:\d\d$|^15:00$/.test(await page.locator(".left-time span").first().textContent()), "the time left is not told");
    await look("order held", ["light"], [390]);
    await payButton(page).click();
    await paid(page, lang);
    const told = receipt(number);
    expect(told.total === `${total.replace(",", ".")} EUR`, `the page says ${total}, the desk ${told.total}`);
    await page.locator(".passes img").nth(3).waitFor();
    expect((await page.locator(".passes img").count()) === 4, "not four passes");
    if (spawnSync("zbarimg", ["--version"]).status === 0) { // as a gate's scanner reads it off a screen
      const shot = join(s.folder, "code.png");
      await page.locator(".passes img").first().screenshot({ path: shot });
      const seen = spawnSync("zbarimg", ["-q", "--raw", shot], { encoding: "utf8" }).stdout.trim();
      const made = await (await fetch(`${s.url}/api/shop/orders/${number}/passes`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }) })).json();
      expect(seen === made.passes[0].token && seen.length === 154, `the code on the page reads ${seen}`);
    }
    const pdf = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: w(lang, "pass.pdf") }).click()]);
    expect(readFileSync(await pdf[0].path()).subarray(0, 5).toString() === "%PDF-", "no PDF");
    // One of them on another day, then that one cancelled.
    await page.locator(".choose-positions input").nth(3).check();
    await page.getByRole("button", { name: w(lang, "change.move"), exact: true }).click();
    await page.locator('.confirm [data-day="2026-12-12"]:not(.none)').click();
    await look("order", ["light", "dark"], [1280, 390]);
    await page.locator(".confirm select").selectOption("13:00");
    await page.locator(".confirm button.main").click();
    await page.locator("tr").filter({ hasText: "13:00" }).waitFor();
    await page.locator(".choose-positions input").nth(3).check();
    await page.getByRole("button", { name: w(lang, "change.cancel"), exact: true }).click();
    const back = (await page.locator(".confirm b").textContent()).replace(/[^\d.]/g, "");
    await page.locator(".confirm button.main").click();
    await page.locator(".payments").filter({ hasText: w(lang, "paid.returned").split("{")[0].trim() }).waitFor();
    const after = receipt(number);
    expect(lang !== "en" || after.payments[0].returned === `${back.replace(/\.$/, "")} EUR`, `it told ${back}, and gave ${after.payments[0].returned}`);
    expect(after.positions.filter((p) => p.state === "live").length === 3, `${JSON.stringify(after.positions)}`);
    await page.locator(".passes img").nth(3).waitFor({ state: "detached" });
    // The link is all that is needed; the number is not.
    const other = await open(`/book/orders/${number}#${code}`, { language: lang });
    await other.locator(".passes img").first().waitFor();
    await close(page, other);
    return problems;
  });

await check("a season pass asks who it is for; signing, seeing and erasing", async () => {
  const page = await open("/book");
  const problems = [], expect = (is, what) => is || problems.push(what);
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
  await payButton(page).click();
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
  const signed = receipt(number).agreements;
  expect(signed.length === 2 && signed[0].authority === "guardian" && signed[1].authority === "self", JSON.stringify(signed));
  const file = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: w("en", "data.export") }).click()]);
  const held = JSON.parse(readFileSync(await file[0].path(), "utf8"));
  expect(held.persons.map((p) => p.data[0].data.name).join() === "Guest One,Child One", JSON.stringify(held));
  await page.getByRole("button", { name: w("en", "data.erase") }).click();
  expect(await page.getByRole("button", { name: w("en", "data.yes") }).isDisabled(), "erased without a confirmation");
  await page.locator(".confirm input").check();
  await page.getByRole("button", { name: w("en", "data.yes") }).click();
  await page.getByRole("status").filter({ hasText: w("en", "data.erased") }).waitFor();
  expect(receipt(number).persons.length === 0, "persons are left");
  await close(page);
  return problems;
});

// ---- what goes wrong ---------------------------------------------------------------------------------------------------------

await check("two browsers and the last place: one has it, the other is told, waits, and is offered it", async () => {
  const problems = [], expect = (is, what) => is || problems.push(what);
  const two = await Promise.all([0, 1].map(() => open("/book")));
  for (const page of two) await choose(page, { product: "Day pass", who: [["Visitor from abroad", 1]], day: "2026-12-20" });
  await Promise.all(two.map((page) => page.getByRole("button", { name: w("en", "order"), exact: true }).click()));
  const outcome = await Promise.all(two.map((page) => Promise.race([
    page.waitForURL(/\/book\/orders\/\d+#/).then(() => "has it"),
    page.locator(".wait-for").waitFor().then(() => "may wait"),
  ])));
  expect([...outcome].sort().join() === "has it,may wait", outcome.join());
  if (problems.length) return problems;
  const winner = two[outcome.indexOf("has it")], other = two[outcome.indexOf("may wait")];
  expect((await other.getByRole("alert").allTextContents()).includes(w("en", "no.soldOut")), "is not told why");
  expect(s.ask("free", { resource: "visit", slot: "2026-12-20" }).slots[0].taken === 1, "sold more than there is");
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
  await payButton(other).click();
  await paid(other);
  expect(s.ask("free", { resource: "visit", slot: "2026-12-20" }).slots[0].taken === 1, "sold more than there is");
  await close(...two);
  return problems;
});

await check("reload and back in the middle of ordering and of paying: one order, one charge", async () => {
  const problems = [], expect = (is, what) => is || problems.push(what), before = await bank.books();
  for (const when of isFull ? ["at once", "sent", "answered late", "back"] : ["sent", "back"]) {
    const page = await open("/book");
    await choose(page, { product: "Day pass", who: [["Visitor from abroad", 1]], day: "2026-12-14" });
    // The order is sent and its answer lost: after the reload the same order is there.
    await page.route("**/api/shop/orders", async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });
    await page.getByRole("button", { name: w("en", "order"), exact: true }).click();
    await page.getByText(w("en", "no.offline")).first().waitFor();
    await page.reload();
    await page.waitForURL(/\/book\/orders\/\d+#/);
    const number = numberOf(page), state = () => receipt(number);
    // The payment: the provider misbehaves, and the page is loaded anew while it is under way.
    await bank.misbehave(when === "answered late" ? 0.4 : 0);
    if (when === "sent") await page.route("**/pay", async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });
    if (when === "at once") await page.route("**/pay", (route) => route.abort(), { times: 1 }); // it never got there
    await payButton(page).click();
    if (when === "back") {
      await page.goBack();
      await page.goForward();
    } else {
      if (when === "at once") await page.getByText(w("en", "no.offline")).first().waitFor();
      await page.reload(); // where it got there it is waited for; otherwise the key is still there, and it is sent again
    }
    await until(() => state().charges.length && !state().charges.some((c) => c.open));
    await bank.misbehave(0);
    await page.locator(".state.sold, [data-charge=refused]").first().waitFor({ timeout: 30000 });
    await until(() => !state().charges.some((c) => c.open));
    const told = state();
    expect(told.charges.filter((c) => c.result === "applied").length === (told.state === "sold" ? 1 : 0), `${when}: ${JSON.stringify(told.charges)}`);
    expect(when === "answered late" || told.state === "sold", `${when}: ${told.state}`);
    expect(told.charges.length === 1, `${when}: ${told.charges.length} charges`);
    const kept = await page.evaluate(() => localStorage.getItem("piste-under-way"));
    expect(told.state !== "sold" || !(kept ?? "").includes("charge-"), `${when}: a key is left, ${kept}`);
    await close(page);
  }
  const after = await bank.books();
  const sold = s.ask("report", { from: DAY, until: DAY }).accounts.filter((a) => a.account === "Assets:Card:bank" && a.amount.endsWith("USD"))[0]?.amount ?? "0 USD";
  expect(Math.round(parseFloat(sold) * 100) === after.books.USD, `the desk has ${sold}, the provider ${after.books.USD}`);
  expect(after.books.USD - (before.books.USD ?? 0) >= 2 * 3500, "not all were charged");
  return problems;
});

await check("a refused charge is told, also after a reload; tried again it is charged once, and the books sum to zero", async () => {
  const problems = [], expect = (is, what) => is || problems.push(what), before = (await bank.books()).books.USD ?? 0;
  const page = await open("/book");
  await choose(page, { product: "Day pass", who: [["Visitor from abroad", 1]], day: "2026-12-16" });
  await order(page);
  const number = numberOf(page);
  await bank.refuse(2);
  await payButton(page).click();
  await page.locator("[data-charge=refused]").waitFor();
  problems.push(...(await looks(page, "book refused", ["light", "dark"], [390])));
  await page.reload();
  await page.locator("[data-charge=refused]").waitFor();
  await page.route("**/pay", async (route) => { await route.fetch(); await route.abort(); }, { times: 1 }); // and this no is never heard
  await payButton(page).click();
  await page.reload();
  await page.locator("[data-charge=refused]").waitFor();
  await payButton(page).dblclick();
  await paid(page);
  const told = receipt(number), after = (await bank.books()).books.USD ?? 0;
  expect(told.charges.map((c) => c.result).join() === "refused,refused,applied", JSON.stringify(told.charges));
  expect(told.payments.length === 1 && told.due === "0.00 USD", JSON.stringify(told));
  expect(after - before === 3500, `the provider has ${after - before} more`);
  problems.push(...s.unbalanced());
  await close(page);
  return problems;
});

await check("a stranger with the number and no code gets nothing", async () => {
  const page = await open("/book");
  const problems = [];
  await choose(page, { product: "Day pass", who: [["Visitor from abroad", 1]], day: "2026-12-15" });
  await order(page);
  const number = numberOf(page), stranger = await open(`/book/orders/${number}`), nobody = await open("/book/orders/999999999");
  const told = async (p) => (await p.getByRole("alert").first().textContent()) + (await p.locator("main").textContent()).replace(/\d+/g, "N");
  if ((await told(stranger)) !== (await told(nobody))) problems.push(`${await told(stranger)} and ${await told(nobody)}`);
  await close(page, stranger, nobody);
  return problems;
});

await check("who may not come is told, why, and when that changes", async () => {
  const page = await open("/book/who");
  const problems = [];
  await page.locator("select").nth(1).selectOption("US");
  await page.locator(".may.no").waitFor();
  if (!(await page.locator(".may").textContent()).includes("bars the journey")) problems.push("no reason");
  s.acts({ act: "rule", nationality: "US", may: true, from: "2027-01-10", reason: "lifted" });
  await page.locator("input[type=date]").fill("2026-12-11");
  await page.locator(".may").filter({ hasText: "January 10, 2027" }).waitFor();
  await close(page);
  return problems;
});

// ---- by keyboard ---------------------------------------------------------------------------------------------------------------

await check("by keyboard alone: a day by arrows and pages, then an order", async () => {
  const page = await open("/book");
  const problems = [], expect = (is, what) => is || problems.push(what);
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("data-day") ?? document.activeElement.textContent.trim() ?? "");
  await tabTo(page, ".product", "Day pass");
  await page.keyboard.press("Enter");
  await page.locator(".detail").waitFor();
  await page.waitForFunction(() => document.activeElement.matches(".detail"));
  await tabTo(page, ".steps button:last-child");
  await page.keyboard.press("Space");
  await tabTo(page, "[role=gridcell]");
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
  await tabTo(page, "button.wide");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/book\/basket/);
  await page.locator(".total").waitFor();
  await tabTo(page, "button.wide");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/book\/orders\/\d+#/);
  await tabTo(page, "section button.main");
  await page.keyboard.press("Enter");
  await paid(page);
  await close(page);
  return problems;
});

// An order with everything on its page, for all the looks.
// ---- how it looks ------------------------------------------------------------------------------------------------------------

await check("every language fits a phone; what is touched is large enough", async () => {
  const page = await open("/book", { width: 390 }), problems = [];
  await page.getByRole("button", { name: /Day pass/ }).click();
  await page.locator(".day-list button").first().click();
  for (const language of Object.keys(words).reverse()) {
    await page.selectOption(".tools select", language);
    await page.waitForFunction((l) => document.documentElement.lang === l, language);
    problems.push(...(await touched(page, language)));
  }
  await page.goto(`${s.url}/book/who`);
  await page.locator("main select").selectOption("RU");
  await page.locator(".may").waitFor();
  problems.push(...(await looks(page, "book who", ["light"], [390])));
  await page.goto(`${s.url}/book/orders`);
  await page.waitForSelector("h1");
  problems.push(...(await looks(page, "book orders", ["dark"], [390])));
  await close(page);
  return problems;
});

if (isFull) {
  const one = await open("/book");
  await choose(one, { product: "Season pass", who: [["National", 1]], day: "2026-12-16" });
  await one.locator(".holder input").first().fill("Guest One");
  await one.locator(".holder input").first().blur();
  await order(one);
  await payButton(one).click();
  await paid(one);
  const at = `/book/orders/${numberOf(one)}#${codeOf(one)}`;
  await close(one);
  const pages = {
    choosing: async (page) => {
      await productButton(page, "Day pass", await page.evaluate(() => document.documentElement.lang)).click();
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
  };
  const paths = { choosing: "/book", basket: "/book", order: at };
  for (const name of Object.keys(pages))
    for (const [scheme, width, language] of everyWay([["light", 1280, "ko"], ["dark", 1280, "zh"], ["light", 390, "ru"], ["dark", 390, "ja"]]))
      await check(`${name}, ${scheme}, ${width} px, ${language}: fits, axe-core finds nothing serious`, async () => {
        const page = await open(paths[name], { scheme, width, language });
        await pages[name](page);
        const problems = [...(await looks(page, `book ${name} ${language}`, [scheme], [width])), ...(width < 600 ? await small(page, ".book") : [])];
        await close(page);
        return problems;
      });
}

await check("the scripts that it loads are small; no page failed, nothing was asked of anybody else; the books agree", async () => {
  const page = await open("/book"), problems = await heavy(page.context(), `${s.url}/book`);
  s.audit();
  return [...s.faults, ...problems];
});
await s.stop();
end();

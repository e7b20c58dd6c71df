#!/usr/bin/env node
// names.mjs - names in the reader's language, in a real browser: none that has one there is shown in the resort's own in
// Mountain, Book, Till and Gate; what has none is told to be in it. Speaks TAP.
//
//     node test/web/names.mjs PISTE
import { check, end, everyWay } from "./tap.mjs";
import { axe, day, overflow, start } from "./served.mjs";

const LANGUAGES = ["ko", "zh", "ru", "ja"];
const s = await start(process.argv[2]);
s.load();
s.acts({ act: "open", date: day() }, { act: "cap", resource: "visit", from: day(), until: day(40), capacity: 500 }, { act: "drawer-open", drawer: "till-1", cashier: "one" },
  { act: "cap", resource: "rental/poles", from: day(), until: day(20), capacity: 500 }, { act: "cap", resource: "early-bird", from: day(), until: day(40), capacity: 20 },
  { act: "product", product: "sledge", name: "Sledge of the house", kind: "rental" }, { act: "price", product: "sledge", class: "abroad", amount: "5.00 USD" });
for (const [name, roles] of [["till-1", "cashier"], ["gate-1", "gate"], ["boss", "manager"]]) s.account(name, roles);
const get = async (path) => (await fetch(s.url + path)).json();
const order = s.desk("order", "positions.product=day-pass", "positions.class=abroad", "positions.count=2", "payments.tender=cash", "payments.drawer=till-1").order;

// Everything that has a name of its own there, by kind and key: from the server's own answers.
const mountain = await get("/api/mountain"), shop = await get("/api/shop"), resort = await get("/api/resort");
const own = { resort: { name: mountain.name } };
for (const kind of ["lifts", "runs", "venues"]) own[kind] = Object.fromEntries(mountain[kind].filter((p) => p.name).map((p) => [p.key, p.name]));
own.products = Object.fromEntries(shop.products.map((p) => [p.product, p.name]));
own.classes = Object.fromEntries(shop.classes.map((c) => [c.class, c.name]));
own.prices = Object.fromEntries(shop.products.flatMap((p) => p.prices).filter((p) => p.name).map((p) => [p.name, p.name]));
const WITHOUT = ["Sledge of the house"];
const known = [...new Set(Object.values(own).flatMap((names) => Object.values(names)))];

// Of what a page shows, reads out or prints: names in the resort's own language that are not told to be in it. Whether it shows at
// least one of `wanted` is asked as well: an empty page has no wrong name.
const wrong = (page, names) =>
  page.evaluate(([list, without]) => {
    const found = [], found_ = (text, element) => {
      for (const name of list)
        if (new RegExp(`(^|[^\\p{L}])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}($|[^\\p{L}])`, "u").test(text) && element.closest("[lang]").lang !== "en" && !(without.includes(name) && element.tagName === "INPUT"))
          found.push(`"${name}" in <${element.tagName.toLowerCase()}> ${text.trim().slice(0, 80)}`);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (!node.parentElement.closest("script, style")) found_(node.data, node.parentElement);
    for (const element of document.body.querySelectorAll("[aria-label], [title], [alt], [placeholder]"))
      for (const attribute of ["aria-label", "title", "alt", "placeholder"]) found_(element.getAttribute(attribute) ?? "", element);
    return [...new Set(found)];
  }, [names, WITHOUT]);
const shows = (page, text) => page.waitForFunction((t) => document.body.textContent.includes(t), text);

for (const language of everyWay(LANGUAGES)) {
  const { kinds } = await get(`/api/names?language=${language}`);
  const problems = async (page, what, texts) => {
    for (const text of texts) await shows(page, text).catch(() => { throw new Error(`${what} in ${language}: "${text}" is not there`); });
    const over = await overflow(page);
    return [...(await wrong(page, known.filter((n) => !WITHOUT.includes(n)))).map((p) => `${what}: ${p}`), ...(await axe(page)).map((p) => `${what}: ${p}`), ...(over > 0 ? [`${what}: ${over} px too wide`] : [])];
  };
  await check(`${language}: every name of the mountain, its tables, map and kiosk`, async () => {
    const page = await s.page({ language, width: 390 }), found = [];
    await page.goto(`${s.url}/mountain`);
    await page.waitForSelector(".live-map");
    found.push(...await problems(page, "mountain", [kinds.resort.name, ...Object.values(kinds.lifts), ...Object.values(kinds.venues).slice(0, 5), kinds.runs["long-1"]]));
    const sections = resort.slopes.flatMap((slope) => slope.sections), alone = mountain.runs.filter((run) => !sections.includes(run.key));
    for (const [kind, row, places] of [["lifts", "key", mountain.lifts], ["slopes", "slope", resort.slopes.filter((slope) => slope.sections.length > 1)], ["runs", "key", alone], ["venues", "key", mountain.venues]])
      for (const place of places.filter((p) => p.name)) {
        const name = await page.textContent(`tr[data-${row}="${place.key}"] th .name`);
        if (name !== kinds[kind][place.key]) found.push(`${kind} ${place.key}: ${name}, expected ${kinds[kind][place.key]}`);
      }
    await page.locator(`tr[data-slope="long-way"] button`).click();
    const part = await page.textContent(`tr[data-key="long-2"] th .name`);
    if (!part.includes(kinds.slopes["long-way"]) || part === kinds.slopes["long-way"]) found.push(`a section is called ${part}`);
    await page.goto(`${s.url}/mountain?kiosk`);
    found.push(...await problems(page, "kiosk", [kinds.resort.name, kinds.lifts.gondola]));
    await page.context().close();
    return found;
  });
  await check(`${language}: every name of what is on sale, from the choice to the order`, async () => {
    const page = await s.page({ language }), found = [], date = day(35);
    await page.goto(`${s.url}/book?product=three-days`);
    found.push(...await problems(page, "book", [kinds.resort.name, ...Object.values(kinds.products).filter((n) => n !== kinds.products.programme), kinds.prices["early bird"]]));
    const untold = await page.evaluate((name) => [...document.querySelectorAll("b span")].find((e) => e.textContent === name)?.lang, WITHOUT[0]);
    if (untold !== "en") found.push(`${WITHOUT[0]}, which has no other name, is told to be in "${untold}"`);
    await page.goto(`${s.url}/book?product=day-pass`);
    await shows(page, kinds.classes.abroad);
    await page.click(".stepper >> nth=0 >> button >> nth=1");
    await page.click(`.calendar [data-date="${day(1)}"], [data-day="${day(1)}"]`, { timeout: 3000 }).catch(() => page.click(".calendar button:not(:disabled)"));
    await page.click(".detail button.main:not(:disabled)");
    await page.waitForURL(/basket/);
    found.push(...await problems(page, "basket", [kinds.products["day-pass"], kinds.classes.abroad]));
    await page.context().close();
    return found;
  });
  await check(`${language}: every name at the till and at the gate`, async () => {
    const found = [], till = await s.page({ language, as: "till-1" });
    await till.goto(`${s.url}/till`);
    await till.waitForSelector("[data-product=day-pass]");
    found.push(...await problems(till, "till", [kinds.products["day-pass"], kinds.products["private-lesson"]]));
    const untold = await till.textContent("[data-product=sledge] [lang=en]");
    if (untold !== WITHOUT[0]) found.push(`till: ${WITHOUT[0]} is not told to be in the resort's own language`);
    await till.click("[data-product=day-pass]");
    await till.waitForSelector("[data-total]");
    found.push(...await problems(till, "sale", [kinds.classes.abroad]));
    await till.goto(`${s.url}/till/orders/${order}`);
    await till.waitForSelector(`.order[data-order="${order}"]`);
    found.push(...await problems(till, "order", [kinds.products["day-pass"], kinds.classes.abroad]));
    await till.context().close();
    const gate = await s.page({ language, as: "gate-1" });
    await gate.goto(`${s.url}/gate`);
    await gate.waitForSelector("option[value=gondola]", { state: "attached" });
    found.push(...await problems(gate, "gate", [kinds.entrances.gondola, kinds.entrances["gondola/down"]]));
    await gate.context().close();
    return found;
  });
}

await check("a name in the resort's own language is found, wherever it is shown", async () => {
  const page = await s.page({ language: "ru" });
  await page.goto(`${s.url}/mountain`);
  await shows(page, "Гондола");
  await page.evaluate(() => document.querySelector("main").insertAdjacentHTML("beforeend", "<p>из: Gondola.</p><p lang=en>Gondola</p><img alt='Lower Quad'><p>Gondolas</p>"));
  const found = await wrong(page, known);
  await page.context().close();
  return found.length === 2 ? [] : [`${found.length} found of two: ${found}`];
});

await check("the resort's own language asks for no names, and says none is another's", async () => {
  const page = await s.page(), asked = [];
  page.on("request", (r) => r.url().includes("/api/names") && asked.push(r.url()));
  await page.goto(`${s.url}/mountain`);
  await page.waitForSelector(".live-map");
  const told = await page.evaluate(() => document.querySelectorAll("main [lang]").length);
  await page.context().close();
  return [...asked, ...(told ? [`${told} elements have a language of their own`] : [])];
});

await check("names that come late are painted then; they hold nothing up, and are there the next time without being asked for", async () => {
  const page = await s.page({ language: "ko" }), problems = [];
  let answer, isHeld = false;
  await page.route("**/api/names*", async (route) => {
    isHeld = true;
    await new Promise((done) => (answer = done));
    await route.continue();
  }, { times: 1 });
  await page.goto(`${s.url}/mountain`);
  await page.waitForSelector("tr[data-key=gondola] th span[lang=en]"); // everything else is there
  if ((await page.textContent("tr[data-key=gondola] th .name")) !== "Gondola") problems.push("another name before they came");
  while (!isHeld) await page.evaluate(() => new Promise((done) => setTimeout(done)));
  answer();
  await page.waitForFunction(() => document.querySelector("tr[data-key=gondola] th .name").textContent === "밀페형삭도");
  if (await page.$("tr[data-key=gondola] th [lang]")) problems.push("a name in the reader's language is told to be in another");
  // Another language at once, and back.
  await page.selectOption("header select", "ru");
  await page.waitForFunction(() => document.querySelector("tr[data-key=gondola] th .name").textContent === "Гондола");
  await page.selectOption("header select", "en");
  await page.waitForFunction(() => document.querySelector("tr[data-key=gondola] th .name").textContent === "Gondola");
  await page.route("**/api/names*", (route) => route.abort()); // as without a network
  const isKorean = () => page.waitForFunction(() => document.querySelector("tr[data-key=gondola] th .name")?.textContent === "밀페형삭도");
  await page.selectOption("header select", "ko");
  await isKorean();
  await page.reload();
  await isKorean();
  await page.context().close();
  return problems;
});

await check("nothing is thrown, logged as an error or asked of anybody else", async () => s.faults);
await s.stop();
end();

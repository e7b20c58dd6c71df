#!/usr/bin/env node
// gate.mjs - the gate's page in a real browser: it scans with and without a network, its log comes to the server once,
// who was let in twice is listed, who did not go through is taken back, passes of both formats open, and what is forged
// never opens. Speaks TAP.
//
//     node test/web/gate.mjs PISTE SIGN_PASS      SIGN_PASS: the program of test/desk/sign_pass.c
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, end, require, until } from "./tap.mjs";
import { day, launch, looks, overflow, small, start } from "./served.mjs";

const s = await start(process.argv[2]);
s.load();
s.acts({ act: "open", date: day() }, { act: "cap", resource: "visit", from: day(), until: day(20), capacity: 500 }, { act: "drawer-open", drawer: "till", cashier: "one" });
for (const [name, roles] of [["till-1", "cashier"], ["gate-1", "gate"], ["boss", "manager"]]) s.account(name, roles);
const sold = (count) => s.desk("order", "positions.product=day-pass", "positions.class=abroad", `positions.count=${count}`, "payments.tender=cash", "payments.drawer=till").order;
const orders = [sold(8), sold(2)], url = s.url;

// A film in which one code is held before the camera.
const { default: encodeQR } = await import(require.resolve("qr"));
function film(path, text) {
  const modules = encodeQR(text, "raw", { border: 4, ecc: "medium" }), scale = 8, [w, h] = [640, 480];
  const luma = Buffer.alloc(w * h, 200), chroma = Buffer.alloc((w * h) / 2, 128), left = (w - modules.length * scale) >> 1, top = (h - modules.length * scale) >> 1;
  for (let y = 0; y < modules.length * scale; y++)
    for (let x = 0; x < modules.length * scale; x++) luma[(top + y) * w + left + x] = modules[(y / scale) | 0][(x / scale) | 0] ? 20 : 235;
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, chroma]);
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${w} H${h} F10:1 Ip A1:1 C420jpeg\n`), ...Array(10).fill(frame)]));
}

const asked = await s.page({ as: "till-1" }), till = asked.context();
const passesOf = async (order) => (await (await till.request.get(`${url}/api/orders/${order}/passes`)).json()).passes;
const all = await passesOf(orders[0]), tokens = all.map((p) => p.token), others = (await passesOf(orders[1])).map((p) => p.token);
const y4m = join(s.folder, "code.y4m");
film(y4m, others[0]);
const atTill = s.browser; // the gates have a browser with a camera

s.browser = await launch("--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${y4m}`);
async function device(name, entrance) {
  const page = await s.page({ as: "gate-1", permissions: ["camera"] }), context = page.context();
  await page.goto(`${url}/gate`);
  await page.waitForFunction((e) => document.querySelector(`option[value="${e}"]`), entrance);
  page.shots = entrance === "gondola" ? await looks(page, "gate to be made") : [];
  await page.selectOption("select[name=entrance]", entrance);
  await page.fill("[name=name]", name);
  await page.click("button.main");
  await page.waitForSelector(".verdict");
  await page.evaluate(() => navigator.serviceWorker.ready);
  return { context, page };
}
// A scanner types and ends with Enter; the answer is that of the next record.
async function wedge(page, text) {
  const before = await page.evaluate(() => Number(document.querySelector(".verdict")?.dataset.sequence ?? 0));
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await page.waitForFunction((n) => Number(document.querySelector(".verdict")?.dataset.sequence ?? 0) > n, before);
  return page.getAttribute(".verdict", "data-reason");
}
const count = (page, name) => page.textContent(`[data-count=${name}]`).then(Number);
// What a gate keeps of itself, and until the lists that it has told of a pass.
const selfOf = (page) => page.evaluate(async () => {
  const db = await new Promise((resolve) => (indexedDB.open("piste-gate").onsuccess = (e) => resolve(e.target.result)));
  const own = await new Promise((resolve) => (db.transaction("self").objectStore("self").get("self").onsuccess = (e) => resolve(e.target.result)));
  db.close();
  return { lists: own.texts.lists, former: own.former?.length ?? 0 };
});
const kept = (page, pass) => until(async () => (await selfOf(page)).lists.includes(pass), `a list with ${pass}`);
const isSent = (page) => page.waitForFunction(() => document.querySelector("[data-count=unsent]").textContent === "0");

const a = await device("Gondola left", "gondola");
await check("a device becomes a gate; the page is well in light and dark, large and on a phone", async () => [...a.page.shots, ...(await looks(a.page, "gate waiting"))]);
await check("a scanner's pass opens; the answer is told by word, symbol and colour", async () => {
  const reason = await wedge(a.page, tokens[0]);
  const text = await a.page.textContent(".verdict"), live = await a.page.getAttribute(".verdict", "aria-live");
  return [reason === "open" ? [] : `${reason}, expected open`, text.includes("OPEN") && text.includes("✓") && text.includes("Day pass") ? [] : text, live === "assertive" ? [] : "not told",
    ...(await looks(a.page, "gate open", ["light", "dark"], [390]))].flat();
});
await check("what is forged, cut off, changed or shown again never opens", async () => {
  const flip = (t, at) => t.slice(0, at) + (t[at] === "0" ? "1" : "0") + t.slice(at + 1);
  const cases = [[flip(tokens[1], 40), /forged|unreadable|unknown_key/], [flip(tokens[1], 120), /forged/], [tokens[1].slice(0, -1), /unreadable/], [`${tokens[1]}0`, /unreadable/],
    ["https://example.org/pass", /unreadable/], [tokens[0], /passback/], [flip(tokens[1], 5), /unknown_key|unreadable/]];
  const problems = [];
  for (const [text, wanted] of cases) {
    const reason = await wedge(a.page, text);
    if (!wanted.test(reason)) problems.push(`${text.slice(0, 20)}: ${reason}, expected ${wanted}`);
    if (!(await a.page.textContent(".verdict")).includes("STOP")) problems.push("no STOP");
  }
  return [...problems, ...(await looks(a.page, "gate stop", ["light", "dark"], [390]))];
});
await check("the log comes to the server by itself", async () => {
  await a.page.click("text=Send now");
  await isSent(a.page);
  const gates = await (await a.context.request.get(`${url}/api/gates`)).json();
  return gates.gates[0].today === 1 && gates.gates[0].refused === 7 ? [] : [JSON.stringify(gates.gates)];
});
await check("without a network, the page is loaded anew, the scans go on", async () => {
  await s.end("SIGKILL");
  await a.context.setOffline(true);
  await a.page.goto(`${url}/gate`);
  await a.page.waitForSelector(".verdict");
  const reasons = [await wedge(a.page, tokens[1]), await wedge(a.page, tokens[2]), await wedge(a.page, tokens[1])];
  const told = await a.page.getAttribute("[data-online]", "data-online"), unsent = await count(a.page, "unsent");
  const problems = [...(await looks(a.page, "gate offline", ["dark"], [390])), ...(told === "false" ? [] : ["it says that it is connected"]), ...(unsent === 3 ? [] : [`${unsent} unsent, expected 3`])];
  return reasons.join() === "open,open,passback" ? problems : [reasons.join(), ...problems];
});
await check("killed in the midst of it, the browser has every scan that was answered", async () => {
  await a.page.close({ runBeforeUnload: false });
  a.page = await a.context.newPage();
  s.watch(a.page);
  await a.page.goto(`${url}/gate`);
  await a.page.waitForSelector(".verdict");
  const reason = await wedge(a.page, tokens[2]);
  return [...(reason === "passback" ? [] : [reason]), ...((await count(a.page, "today")) === 3 ? [] : [`${await count(a.page, "today")} today`])];
});
await check("back on the network, the log is merged once, whatever is sent twice", async () => {
  await s.begin();
  const bodies = []; // it may go by itself before it is told to
  a.page.on("request", (r) => r.method() === "POST" && r.url().endsWith("/log") && bodies.push(r.postDataBuffer()));
  await a.context.setOffline(false);
  await a.page.click("text=Send now");
  await isSent(a.page);
  const before = await (await a.context.request.get(`${url}/api/gates`)).json();
  const session = await (await a.context.request.get(`${url}/api/session`)).json(), gate = before.gates[0].gate;
  for (const body of bodies) {
    const again = await a.context.request.post(`${url}/api/gates/${gate}/log`, { data: body, headers: { "X-Piste": session.proof, "Content-Type": "application/octet-stream", "Sec-Fetch-Site": "same-origin" } });
    const answer = await again.json();
    if (answer.added !== 0) return [`sent again: ${JSON.stringify(answer)}`];
  }
  const after = await (await a.context.request.get(`${url}/api/gates`)).json();
  return before.gates[0].today === 3 && bodies.length && JSON.stringify(after.gates) === JSON.stringify(before.gates) ? [] : [JSON.stringify([before.gates, after.gates])];
});
await check("a lost answer sends it again, and it is there once", async () => {
  await a.page.route("**/api/gates/*/log", async (route) => {
    await route.fetch(); // the server has it, the page never hears
    await route.abort();
  });
  await wedge(a.page, tokens[3]);
  await a.page.click("text=Send now");
  await a.page.waitForFunction(() => document.querySelector("[data-online]").dataset.online === "false");
  await a.page.unroute("**/api/gates/*/log");
  await a.page.click("text=Send now");
  await isSent(a.page);
  const gates = await (await a.context.request.get(`${url}/api/gates`)).json();
  return gates.gates[0].today === 4 ? [] : [JSON.stringify(gates.gates)];
});
await check("what was cancelled is refused once the gate has heard of it", async () => {
  s.desk("cancel", `order=${orders[0]}`, "positions.position=8", "drawer=till");
  await a.page.click("text=Send now");
  await kept(a.page, all[7].pass);
  await wedge(a.page, "nothing"); // after it the lists are in force: they were taken before
  const reason = await wedge(a.page, tokens[7]);
  return reason === "revoked" ? [] : [reason];
});

// ---- did not go through; passes of both formats ----------------------------------------------------------------------------

// Passes of the server's own office with five points each: one format begins before 2020, the other later.
const office = (...words) => {
  const done = spawnSync(process.argv[2], ["pass", ...words], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`piste pass ${words.join(" ")}: ${done.stdout}${done.stderr}`);
  return done.stdout.trim();
};
const issued = (from) => {
  const seconds = (date) => String(Date.parse(`${date}T00:00:00Z`) / 1000);
  const done = spawnSync(process.argv[3], [join(s.data, "office"), seconds(from), seconds(day(2)), "5"], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim().split(" ");
};
const [[early], [usual], [revoked, revokedId]] = [issued("2019-12-30"), issued(day(-1)), issued("2019-12-30")];
const gatesNow = async () => (await a.context.request.get(`${url}/api/gates`)).json();
// Both are the same act; the key first.
async function takeBack(page, how = "key") {
  const before = Number(await page.getAttribute(".verdict", "data-sequence"));
  if (how === "key") await page.evaluate(() => document.activeElement?.blur());
  await (how === "key" ? page.keyboard.press("Delete") : page.click("text=Did not go through"));
  await page.waitForFunction((n) => Number(document.querySelector(".verdict")?.dataset.sequence ?? 0) > n, before);
  return page.getAttribute(".verdict", "data-reason");
}
const left = async (page) => Number(/(\d+) points? left/.exec(await page.textContent(".verdict"))?.[1]);
const send = async (page) => {
  await page.click("text=Send now");
  await isSent(page);
};

await check("who did not go through is taken back with one key, or one touch; the same pass opens again at once", async () => {
  const before = await count(a.page, "today"), problems = [];
  for (const [token, how] of [[early, "key"], [usual, "touch"]]) {
    const reasons = [await wedge(a.page, token), await left(a.page), await takeBack(a.page, how), await left(a.page), await wedge(a.page, token), await left(a.page), await wedge(a.page, token)];
    if (reasons.join() !== "open,4,not_through,5,open,4,passback") problems.push(`${how}: ${reasons}`);
  }
  const now = await count(a.page, "today");
  if (now !== before + 2) problems.push(`${now} today, expected ${before + 2}`);
  await takeBack(a.page);
  problems.push(...(await looks(a.page, "gate taken back", ["light", "dark"], [390])));
  if (!(await a.page.isDisabled("text=Did not go through"))) problems.push("the one before could be taken back, too");
  await send(a.page);
  const gates = await gatesNow();
  return gates.gates[0].today === before + 1 ? problems : [...problems, JSON.stringify(gates.gates)];
});
await check("without a network, and after a reload, it is taken back; merged, it never was", async () => {
  const before = await count(a.page, "today");
  await a.context.setOffline(true);
  const reasons = [await wedge(a.page, usual)];
  await a.page.goto(`${url}/gate`);
  await a.page.waitForSelector(".verdict");
  await a.page.waitForFunction(() => !document.querySelector("button[aria-keyshortcuts=Delete]").disabled);
  reasons.push(await takeBack(a.page, "touch"), await left(a.page), await wedge(a.page, usual), await left(a.page));
  await a.context.setOffline(false);
  await send(a.page);
  const gates = await gatesNow(), now = await count(a.page, "today");
  return [...(reasons.join() === "open,not_through,5,open,4" ? [] : [reasons.join()]), ...(now === before + 1 && gates.gates[0].today === now ? [] : [`${before}, then ${now}: ${JSON.stringify(gates.gates)}`])];
});
await check("what was merged and told to all gates before is given back all the same", async () => {
  const [pass, id] = issued("2019-12-31");
  const reasons = [await wedge(a.page, pass), await left(a.page)];
  await send(a.page);
  s.desk("cancel", `order=${orders[0]}`, "positions.position=7", "drawer=till"); // something is published, and this with it
  await a.page.click("text=Send now");
  await kept(a.page, id);
  await wedge(a.page, "nothing"); // after it the lists are in force
  await a.page.waitForFunction(() => !document.querySelector("button[aria-keyshortcuts=Delete]").disabled);
  reasons.push(await takeBack(a.page), await left(a.page), await wedge(a.page, pass), await left(a.page));
  await send(a.page);
  return reasons.join() === "open,4,not_through,5,open,4" ? [] : [reasons.join()];
});
await check("a revoked pass of the early format stays outside, with and without a network", async () => {
  office("revoke", join(s.data, "office"), revoked);
  office("publish", join(s.data, "office"), join(s.data, "published"));
  await a.page.click("text=Send now");
  await kept(a.page, revokedId);
  await wedge(a.page, "nothing");
  const online = await wedge(a.page, revoked);
  await a.context.setOffline(true);
  await a.page.goto(`${url}/gate`);
  await a.page.waitForSelector(".verdict");
  const offline = await wedge(a.page, revoked);
  await a.context.setOffline(false);
  await send(a.page);
  return [online, offline].join() === "revoked,revoked" ? [] : [`${online}, ${offline}`];
});
await check("a log that is long gives way to another, and nothing is lost, counted twice or let in again", async () => {
  const before = await count(a.page, "today"), logs = new Set();
  a.page.on("request", (r) => r.method() === "POST" && r.url().endsWith("/log") && logs.add(r.postDataBuffer().subarray(16, 24).toString("hex")));
  await a.page.route("**/api/gates/*/log", async (route) => { // the server's answer, as it is after half a million scans
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), is_long: true } });
  }, { times: 1 });
  const reasons = [await wedge(a.page, tokens[5])];
  await send(a.page);
  await until(async () => (await selfOf(a.page)).former === 1, "another log");
  await a.page.evaluate(() => document.querySelector(".verdict").removeAttribute("data-sequence")); // numbers begin anew
  reasons.push(await wedge(a.page, tokens[5]), await wedge(a.page, usual), await wedge(a.page, issued(day(-1))[0]), await takeBack(a.page));
  await a.page.goto(`${url}/gate`);
  await a.page.waitForSelector(".verdict");
  reasons.push(await wedge(a.page, tokens[5]));
  await send(a.page);
  const gates = await gatesNow(), now = await count(a.page, "today"), found = await (await atTill.contexts()[0].request.get(`${url}/api/gates/findings`)).text();
  return [...(reasons.join() === "open,passback,passback,open,not_through,passback" ? [] : [reasons.join()]), ...(logs.size === 2 ? [] : [`${logs.size} logs`]),
    ...(now === before + 1 && gates.gates[0].today === now ? [] : [`${before}, then ${now}: ${JSON.stringify(gates.gates)}`]), ...(/"fork"|"gap"/.test(found) ? [found] : [])];
});
const b = await device("Platter", "platter");
await check("another gate has let the pass in since: what is taken back here stays in there", async () => {
  const [pass, id] = issued("2019-12-31");
  await b.context.setOffline(true);
  const reasons = [await wedge(a.page, pass), await wedge(b.page, pass), await takeBack(a.page), await left(a.page)];
  await b.context.setOffline(false);
  await send(a.page);
  await send(b.page);
  const page = await s.page({ as: "boss" }), found = await (await page.context().request.get(`${url}/api/gates/findings`)).json();
  await page.context().close();
  const twice = found.findings.filter((f) => f.pass === id);
  return [...(reasons.join() === "open,open,not_through,5" ? [] : [reasons.join()]), ...twice.map((f) => `found: ${JSON.stringify(f)}`)];
});
await check("two gates that let one pass in are listed for the manager", async () => {
  await b.context.setOffline(true); // it has not heard of the other's
  const early = await wedge(b.page, tokens[4]);
  await wedge(a.page, tokens[4]);
  await b.context.setOffline(false);
  for (const { page } of [a, b]) {
    await page.click("text=Send now");
    await isSent(page);
  }
  const page = await s.page({ as: "boss" });
  await page.goto(`${url}/gate/all`);
  const row = await page.waitForSelector("tbody tr:has-text('Let in twice')"), text = await row.textContent();
  const problems = await looks(page, "all gates");
  const { kinds } = await (await page.context().request.get(`${url}/api/names?language=ko`)).json();
  await page.locator("select >> nth=0").selectOption("ko");
  for (const name of [kinds.entrances.gondola, kinds.entrances.platter])
    await page.waitForFunction((n) => document.querySelector("main tbody").textContent.includes(n), name, { timeout: 10000 }).catch(() => problems.push(`"${name}" is in no finding`));
  problems.push(...(await page.evaluate(() => document.querySelector("main tbody").textContent.match(/Gondola|Platter/g) ?? [])).map((n) => `${n} is in the resort's language`));
  await page.context().close();
  return [...problems, ...(early === "open" ? [] : [early]), ...(text.includes("Platter") && text.includes("Gondola") && text.includes(String(orders[0])) ? [] : [text])];
});
await check("the camera reads a code, once while it is held there", async () => {
  const first = await b.page.evaluate(() => Number(document.querySelector(".verdict").dataset.sequence ?? 1));
  await b.page.click("text=Camera on");
  await b.page.waitForFunction((n) => Number(document.querySelector(".verdict.go")?.dataset.sequence ?? 0) > n, first);
  const before = await b.page.getAttribute(".verdict", "data-sequence");
  await b.page.waitForFunction(() => document.querySelector("video").currentTime > 3);
  const after = (await b.page.getAttribute(".verdict", "data-sequence")) ?? before;
  await b.page.click("text=Camera off");
  return before === after ? [] : [`${before} and then ${after}`];
});
await check("keyboard only: a code is typed and checked", async () => {
  await b.page.focus("[name=code]");
  await b.page.keyboard.type(others[1]);
  await b.page.keyboard.press("Enter");
  await b.page.waitForSelector(".verdict.go");
  return (await b.page.evaluate(() => document.activeElement.name)) === "code" ? [] : ["the focus has gone elsewhere"];
});
await check("targets are large for cold fingers, in all languages", async () => {
  const problems = [];
  await b.page.setViewportSize({ width: 390, height: 844 });
  for (const language of ["ko", "zh", "ru", "ja", "en"]) {
    await b.page.selectOption(".tools select", language);
    await b.page.waitForFunction((l) => document.documentElement.lang === l, language);
    for (const p of await small(b.page, ".gate", 56)) problems.push(`${language}: ${p}`);
    if ((await overflow(b.page)) > 0) problems.push(`${language}: wider than the window`);
  }
  return problems;
});
await check("a second page of one browser does not write the same log", async () => {
  const second = await b.context.newPage();
  await second.goto(`${url}/gate`);
  await second.waitForSelector("main [role=alert]:not(:empty)");
  const text = await second.textContent("main");
  await second.close();
  return /Another page/.test(text) ? [] : [text];
});
await check("nothing was asked of anybody else, nothing failed", () => s.faults);
await atTill.close();
await s.stop();
end();

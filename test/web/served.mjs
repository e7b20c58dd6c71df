// served.mjs - a real `piste serve` and a real browser, as the tests of its pages use them.
//
//     const s = await start(process.argv[2]);                 // a free port, a new folder; s.data, s.url
//     s.account("boss", "manager"); s.load(); s.desk("open", "date=2019-02-02");
//     const page = await s.page({ width: 390, scheme: "dark", language: "ko", as: "boss" });
//     ...
//     await s.stop();                                           // ends the server and the browser; fails if it did not end well
//
// s.faults has what a page threw or logged as an error, what it asked of anybody else, and codes of orders in addresses.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as browserPath, everyWay, installed, require, root, skipAll, until } from "./tap.mjs";

export const PASSWORD = "a long enough password";
export const resort = join(root, "resorts", "masikryong");
// Of Masikryong: its business day ends at 01:00 of UTC+9.
export const day = (after = 0) => new Date(Date.now() + 8 * 3600000 + after * 86400000).toISOString().slice(0, 10);
let keys = 0;

if (!installed("playwright-core") || !installed("axe-core") || !browserPath()) skipAll("no Chromium, playwright-core or axe-core: script/bootstrap --test installs them");

// The first line that a program of our own says; it ends with this one, also where a test throws.
async function say(program, words) {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  process.once("exit", () => child.kill("SIGKILL"));
  const line = await new Promise((resolve, reject) => {
    child.stdout.once("data", (data) => resolve(String(data)));
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  child.removeAllListeners("exit");
  return { child, url: line.trim().replace(/\/$/, "") };
}

// Without WebGL, unless it is asked for: drawn by the processor it takes most of a test's time.
export const GL = ["--enable-unsafe-swiftshader", "--use-gl=angle", "--use-angle=swiftshader"];
export const launch = (...more) =>
  require("playwright-core").chromium.launch({
    executablePath: browserPath(),
    args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
      ...(more.length ? more : ["--disable-gpu", "--disable-3d-apis"])],
  });

export async function start(piste, ...words) {
  const folder = mkdtempSync(join(tmpdir(), "piste-web-"));
  const s = { folder, data: join(folder, "data"), faults: [], others: [] };

  s.begin = async () => {
    const { child, url } = await say(piste, ["serve", resort, "--port", String(s.port ?? 0), "--data", s.data, "--rate", "0", "--quiet", ...words]);
    Object.assign(s, { server: child, url, port: Number(url.split(":")[2]) });
  };
  s.end = (signal = "SIGTERM") => new Promise((resolve) => {
    if (s.server.exitCode !== null || s.server.signalCode) return resolve(s.server.exitCode);
    s.server.once("exit", (code) => resolve(code));
    s.server.kill(signal);
  });
  const own = () => ["--db", join(s.data, "desk.db"), "--vault", join(s.data, "vault"), "--json"];
  const run = (list, input) => {
    const done = spawnSync(piste, list, { encoding: "utf8", input });
    if (done.status !== 0) throw new Error(`piste ${list.join(" ")}: ${done.stdout}${done.stderr}`);
    return done.stdout.trim().split("\n");
  };
  s.desk = (...act) => JSON.parse(run(["desk", ...act, ...own()]).pop());
  // Many acts, as objects, by one process.
  s.acts = (...list) => run(["desk", "do", "-", ...own()], list.map((a) => JSON.stringify({ key: `test-${(keys += 1)}`, ...a })).join("\n")).map((line) => JSON.parse(line));
  s.ask = (act, fields) => JSON.parse(run(["desk", "do", "-", ...own()], JSON.stringify({ act, ...fields }))[0]);
  s.account = (name, roles) => s.desk("account", `name=${name}`, `password=${PASSWORD}`, `roles=${roles}`, "--key", `account-${(keys += 1)}`);
  s.load = () => s.desk("load", resort);
  s.audit = () => run(["audit", "--db", join(s.data, "desk.db")]);
  // What is wrong with the books: entries, of the last 200, that do not sum to zero, and the whole of them, in each currency.
  s.unbalanced = () => {
    const sums = (list) => Object.entries(list.reduce((all, { amount }) => {
      const [number, currency] = amount.split(" ");
      return { ...all, [currency]: (all[currency] ?? 0) + Math.round(Number(number) * 100) };
    }, {})).filter(([, sum]) => sum !== 0);
    const { entries } = s.ask("entries", { count: 200 }), { balances } = s.ask("balances", {});
    return [...(entries.some((e) => e.postings.length) && balances.length ? [] : ["there are no postings"]),
      ...entries.filter((e) => sums(e.postings).length).map((e) => `${e.act}: ${JSON.stringify(e.postings)}`), ...sums(balances).map((x) => `all accounts: ${x}`)];
  };
  // A payment provider; misbehave(0.4): so often it does; refuse(2): it says no to the next two charges; silent(true): it does not answer.
  // `books`: what it has captured and not given back.
  s.provider = async () => {
    const { child, url } = await say("python3", [join(root, "test", "web", "provider.py"), "2"]);
    s.others.push(child);
    return { url, misbehave: (share) => fetch(`${url}/evil?${share}`), refuse: (count) => fetch(`${url}/refuse?${count}`), silent: (is) => child.kill(is ? "SIGSTOP" : "SIGCONT"), books: async () => (await fetch(`${url}/books`)).json() };
  };

  // A browser of its own: nothing is shared with another page but the server.
  s.page = async ({ width = 1280, height = 900, scheme = "light", language = "en", as = "", ...more } = {}) => {
    s.browser ??= await launch();
    const context = await s.browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: language, ...more });
    const page = await context.newPage();
    s.watch(page);
    if (as) await s.signIn(page, as);
    return page;
  };
  s.watch = (page) => {
    page.on("pageerror", (error) => s.faults.push(`${page.url()}: ${error.message}`));
    page.on("console", (m) => m.type() === "error" && !/status of (4\d\d|503)|ERR_|Failed to fetch/.test(m.text()) && s.faults.push(`${page.url()}: ${m.text()}`));
    page.on("request", (r) => {
      if (/^(data|blob):/.test(r.url())) return;
      if (!r.url().startsWith(s.url)) s.faults.push(`a request leaves the server: ${r.url()}`);
      const address = r.url().replace(/\/api\/photos\/image\/[0-9a-f]{64}\.jpg$/, ""); // the digest of a picture that everyone sees
      if (/[0-9a-f]{32}/.test(address)) s.faults.push(`a code in an address: ${r.url()}`);
    });
  };
  s.signIn = async (page, as) => {
    await page.goto(`${s.url}/sign-in`);
    await page.fill("[name=name]", as);
    await page.fill("[name=password]", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname !== "/sign-in");
  };
  s.stop = async () => {
    await s.browser?.close();
    const code = await s.end();
    for (const child of s.others) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the server ended with ${code}`);
  };
  await s.begin();
  if ((await fetch(s.url, { headers: { "Accept-Encoding": "gzip" } })).status === 404) {
    await s.stop();
    skipAll("this build has no pages");
  }
  return s;
}

// ---- how a page looks ----------------------------------------------------------------------------------------------------

// What axe-core finds on the page that is serious or critical, or as bad as `impacts` says.
export async function axe(page, impacts = ["serious", "critical"]) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(readFileSync(installed("axe-core"), "utf8")); // as a <script> its page would refuse it
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.filter((v) => impacts.includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(" ")} ${n.html.slice(0, 120)}`).slice(0, 3).join("; ")}`);
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

// What is touched and not as high as a finger needs, but for links in a line of text.
export const small = (page, within, least = 44) =>
  page.evaluate(([scope, px]) => [...document.querySelectorAll(`${scope} :is(button, select, a, label.choice, input:not([type=radio]):not([type=checkbox]))`)]
    .filter((e) => e.checkVisibility() && e.getClientRects().length && getComputedStyle(e).display !== "inline" && e.getBoundingClientRect().height < px - 0.5)
    .map((e) => `${e.outerHTML.slice(0, 80)} is ${Math.round(e.getBoundingClientRect().height)} px high`), [within, least]);

// Every look of a page (every day two of four): what axe-core finds serious, and what is wider than the window. PISTE_SHOTS: a folder for pictures.
export async function looks(page, what, themes = ["light", "dark"], widths = [1280, 390]) {
  const problems = [], size = page.viewportSize();
  for (const [width, colorScheme] of everyWay(widths.flatMap((w) => themes.map((t) => [w, t])))) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const over = await overflow(page);
    if (over > 0) problems.push(`${what}, ${width}: ${over} px wider than the window`);
    for (const p of await axe(page)) problems.push(`${what}, ${colorScheme}, ${width}: ${p}`);
    if (process.env.PISTE_SHOTS) await page.screenshot({ path: join(process.env.PISTE_SHOTS, `${what.replace(/\W+/g, "-")}-${colorScheme}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: null });
  return problems;
}

// Compressed bytes of script that loading the page has asked for.
async function scriptBytes(context, url) {
  const page = await context.newPage(), client = await context.newCDPSession(page);
  let bytes = 0, lastMs = 0;
  const scripts = new Set(), loading = new Set();
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  client.on("Network.requestWillBeSent", (e) => e.type === "Script" && loading.add(e.requestId));
  client.on("Network.responseReceived", (e) => e.type === "Script" && !/maplibre/.test(e.response.url) && scripts.add(e.requestId));
  for (const end of ["Network.loadingFinished", "Network.loadingFailed"])
    client.on(end, (e) => {
      if (scripts.has(e.requestId)) bytes += e.encodedDataLength ?? 0;
      if (loading.delete(e.requestId)) lastMs = performance.now();
    });
  await page.goto(url);
  await page.locator("main :is(h1, h2)").first().waitFor();
  await until(() => !loading.size && lastMs && performance.now() - lastMs > 1500, "the last script"); // a live stream is never idle
  await page.close();
  return bytes;
}

// What is wrong with the weight of a page: it loads no more than 150 KB of compressed script before a map.
export async function heavy(context, url) {
  const bytes = await scriptBytes(context, url);
  console.log(`# ${bytes} bytes of compressed script`);
  return bytes > 0 && bytes <= 150 * 1024 ? [] : [`${bytes} bytes of compressed script`];
}

// ---- by the keyboard alone -----------------------------------------------------------------------------------------------

// Tab until the element that fits has the focus.
export async function tabTo(page, selector, text = "") {
  for (let i = 0; i < 150; i++) {
    if (await page.evaluate(([s, begin]) => document.activeElement?.matches(s) && !document.activeElement.disabled && document.activeElement.textContent.startsWith(begin), [selector, text])) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} is not reached with the Tab key`);
}

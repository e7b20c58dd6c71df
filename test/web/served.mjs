// served.mjs - a real `piste serve` and a real browser, as the tests of its pages use them.
//
//     const s = await start(process.argv[2]);                 // a free port, a new folder; s.data, s.url
//     s.account("boss", "manager"); s.load(); s.desk("open", "date=2019-02-02");
//     const page = await s.page({ width: 390, scheme: "dark", language: "ko", as: "boss" });
//     ...
//     await s.stop();                                           // ends the server and the browser; fails if it did not end well
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as browserPath, installed, require, root, skipAll } from "./tap.mjs";

export const PASSWORD = "a long enough password";
let keys = 0;

export async function start(piste, ...words) {
  if (!installed("playwright-core") || !browserPath()) skipAll("no Chromium or no playwright-core");
  const { chromium } = require("playwright-core");
  const folder = mkdtempSync(join(tmpdir(), "piste-web-"));
  const s = { folder, data: join(folder, "data"), faults: [] };
  const resort = join(root, "resorts", "masikryong");

  s.begin = async () => {
    s.server = spawn(piste, ["serve", resort, "--port", String(s.port ?? 0), "--data", s.data, "--rate", "0", "--quiet", ...words], { stdio: ["ignore", "pipe", "inherit"] });
    const line = await new Promise((resolve, reject) => {
      s.server.stdout.once("data", (data) => resolve(String(data)));
      s.server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    s.url = line.trim().replace(/\/$/, "");
    s.port = Number(s.url.split(":")[2]);
  };
  s.end = (signal = "SIGTERM") => new Promise((resolve) => {
    if (s.server.exitCode !== null) return resolve(s.server.exitCode);
    s.server.removeAllListeners("exit");
    s.server.once("exit", (code) => resolve(code));
    s.server.kill(signal);
  });
  s.desk = (...act) => {
    const done = spawnSync(piste, ["desk", ...act, "--db", join(s.data, "desk.db"), "--vault", join(s.data, "vault"), "--json"], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`piste desk ${act.join(" ")}: ${done.stdout}${done.stderr}`);
    const last = done.stdout.trim().split("\n").pop();
    return JSON.parse(last);
  };
  s.account = (name, roles) => s.desk("account", `name=${name}`, `password=${PASSWORD}`, `roles=${roles}`, "--key", `account-${(keys += 1)}`);
  s.load = () => s.desk("load", resort);

  // A browser of its own: nothing is shared with another page but the server.
  s.page = async ({ width = 1280, height = 900, scheme = "light", language = "en", as = "", ...more } = {}) => {
    s.browser ??= await chromium.launch({ executablePath: browserPath(), args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    const context = await s.browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: language, ...more });
    const page = await context.newPage();
    page.on("pageerror", (error) => s.faults.push(`${page.url()}: ${error.message}`));
    page.on("console", (m) => m.type() === "error" && !/status of 4\d\d|ERR_|Failed to fetch/.test(m.text()) && s.faults.push(`${page.url()}: ${m.text()}`));
    context.on("request", (r) => !r.url().startsWith(s.url) && !/^(data|blob):/.test(r.url()) && s.faults.push(`a request leaves the server: ${r.url()}`));
    if (as) {
      await page.goto(`${s.url}/sign-in`);
      await page.fill("[name=name]", as);
      await page.fill("[name=password]", PASSWORD);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname !== "/sign-in");
    }
    return page;
  };
  s.stop = async () => {
    await s.browser?.close();
    const code = await s.end();
    rmSync(folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the server ended with ${code}`);
  };
  await s.begin();
  return s;
}

// What axe-core finds on the page that is serious or critical.
export async function axe(page) {
  await page.addScriptTag({ path: installed("axe-core") }).catch(async () => page.evaluate(require("node:fs").readFileSync(installed("axe-core"), "utf8")));
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")}`);
}

// Compressed bytes of script that loading the page has asked for.
export async function scriptBytes(context, url) {
  const page = await context.newPage(), client = await context.newCDPSession(page);
  let bytes = 0;
  const scripts = new Set();
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  client.on("Network.responseReceived", (e) => e.type === "Script" && !/maplibre/.test(e.response.url) && scripts.add(e.requestId));
  client.on("Network.loadingFinished", (e) => scripts.has(e.requestId) && (bytes += e.encodedDataLength));
  await page.goto(url, { waitUntil: "networkidle" }).catch(() => page.waitForTimeout(3000)); // a live stream is never idle
  await page.close();
  return bytes;
}

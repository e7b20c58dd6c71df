// serving.mjs - a desk of its own, a real server on it, a real browser: for the tests of the server's pages.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, installed, require, root, skipAll } from "./tap.mjs";

export const PASSWORD = "a-long-password";
export const resort = join(root, "resorts/masikryong");
// Of Masikryong: its business day ends at 01:00 of UTC+9.
export const day = (after = 0) => new Date(Date.now() + 8 * 3600000 + after * 86400000).toISOString().slice(0, 10);

if (!installed("playwright-core") || !installed("axe-core")) skipAll("web/node_modules holds no playwright-core; script/bootstrap installs it");
if (!chromium()) skipAll("chromium is not installed; script/bootstrap --test installs it");

export class Place {
  constructor(piste) {
    this.piste = piste;
    this.folder = mkdtempSync(join(tmpdir(), "piste-serving-"));
    this.data = join(this.folder, "data");
    spawnSync("mkdir", [this.data]);
    this.run("desk", "load", resort, "--db", this.db());
    this.desk("open", `date=${day()}`);
    for (const [name, roles] of [["till-1", "cashier"], ["gate-1", "gate"], ["boss", "manager"]]) this.desk("account", `name=${name}`, `password=${PASSWORD}`, `roles=${roles}`);
    for (const what of ["visit", "rental/poles"]) this.desk("cap", `resource=${what}`, `from=${day()}`, `until=${day(20)}`, "capacity=500");
  }

  db() {
    return join(this.data, "desk.db");
  }

  run(...words) {
    const done = spawnSync(this.piste, words, { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`piste ${words.join(" ")}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  desk(...words) {
    return JSON.parse(this.run("desk", ...words, "--db", this.db(), "--json"));
  }

  async start(port = 0) {
    this.server = spawn(this.piste, ["serve", resort, "--port", String(port), "--data", this.data, "--quiet", "--rate", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    this.url = await new Promise((resolve, reject) => {
      this.server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
      this.server.stdout.once("data", (text) => resolve(String(text).trim().replace(/\/$/, "")));
    });
    const page = await fetch(this.url);
    if (page.status === 404) {
      await this.end();
      skipAll("this build has no pages");
    }
    return this.url;
  }

  async kill(signal = "SIGKILL") {
    if (this.server.exitCode !== null || this.server.signalCode) return;
    const ended = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill(signal);
    await ended;
  }

  async end() {
    if (this.server) await this.kill("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const launch = (...more) =>
  require("playwright-core").chromium.launch({
    executablePath: chromium(),
    args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--disable-dev-shm-usage", "--disable-3d-apis", "--disable-gpu", ...more],
  });

export async function signIn(page, url, name) {
  await page.goto(`${url}/sign-in`);
  await page.fill("[name=name]", name);
  await page.fill("[name=password]", PASSWORD);
  await page.press("[name=password]", "Enter");
  await page.waitForURL((at) => !at.pathname.startsWith("/sign-in"));
}

export async function axe(page) {
  await page.evaluate(readFileSync(require.resolve("axe-core"), "utf8"));
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id} (${v.impact}): ${v.help}; ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

// Every look of a page: what axe-core finds serious, and what is wider than the window.
export async function looks(page, what, themes = ["light", "dark"], widths = [1280, 390]) {
  const problems = [];
  for (const colorScheme of themes)
    for (const width of widths) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const p of await axe(page)) problems.push(`${what}, ${colorScheme}, ${width}: ${p}`);
      const over = await overflow(page);
      if (over > 0) problems.push(`${what}, ${width}: ${over} px wider than the window`);
      if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${what.replace(/\W+/g, "-")}-${colorScheme}-${width}.png`), fullPage: true });
    }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  return problems;
}

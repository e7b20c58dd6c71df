// refunds.mjs - what a page says will go back, and what the desk then gives back, are the same: random orders, paid in
// several currencies and tenders, cancelled part by part with and without a fee. Speaks TAP.
//
//     node test/web/refunds.mjs PISTE
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, end, installed, require, root, skipAll } from "./tap.mjs";

if (!installed("esbuild")) skipAll("web/node_modules holds no esbuild; script/bootstrap installs it");
const folder = mkdtempSync(join(tmpdir(), "piste-refunds-")), db = join(folder, "desk.db"), page = join(folder, "receipt.mjs");
// The pages' own function; what it takes from words.ts is of no use without a browser.
const made = await require("esbuild").build({ entryPoints: [join(root, "web/src/app/parts/receipt.ts")], bundle: true, format: "esm", write: false,
  plugins: [{ name: "no words", setup: (b) => (b.onResolve({ filter: /\/words$/ }, () => ({ path: "words", namespace: "none" })), b.onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "export const keep = () => {}, language = { value: 'en' };" }))) }] });
writeFileSync(page, made.outputFiles[0].text);
const { refundsOf, needsTwo } = await import(page);

let number = 0;
function desk(list, mayRefuse = false) {
  const lines = list.map((a) => JSON.stringify({ key: `act-${(number += 1)}`, ...a })).join("\n");
  const run = spawnSync(process.argv[2], ["desk", "do", "-", "--json", "--db", db], { input: `${lines}\n`, encoding: "utf8", maxBuffer: 1 << 26 });
  const answers = run.stdout.trim().split("\n").map((l) => JSON.parse(l)), bad = answers.find((a) => a.status !== "ok");
  if (bad && !mayRefuse) throw new Error(`${JSON.stringify(bad)} ${run.stderr}`);
  return answers;
}
const ask = (act, orders) => desk(orders.map((order) => ({ act, order, key: undefined })));

let seed = 20260204; // a generator of our own: the same orders each time
const random = (n) => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 8) % n;
const pick = (list) => list[random(list.length)];
const ROUNDINGS = [{ currency: "EUR", tender: "cash", step_minor: 5, mode: "nearest" }, { currency: "KPW", tender: "cash", step_minor: 1000, mode: "down" }, { currency: "CNY", tender: "cash", step_minor: 50, mode: "up" }];

spawnSync(process.argv[2], ["desk", "load", join(root, "resorts", "masikryong"), "--db", db]);
desk([{ act: "open", date: "2019-02-02" }, { act: "cap", resource: "visit", from: "2019-02-02", until: "2019-02-09", capacity: 100000 },
  ...ROUNDINGS.map((r) => ({ act: "rounding", currency: r.currency, tender: r.tender, step: `${(r.step_minor / 100).toFixed(2)} ${r.currency}`, mode: r.mode })),
  { act: "drawer-open", drawer: "one", cashier: "one", counted: ["USD", "EUR", "CNY", "KPW"].map((c) => ({ amount: `10000000.00 ${c}` })).concat({ amount: "10000000 JPY" }) }]);

const CURRENCIES = ["USD", "EUR", "CNY", "JPY", "KPW"];
function newOrder() {
  const payments = Array.from({ length: random(3) }, () => {
    const currency = pick(CURRENCIES), units = { USD: 20, EUR: 15, CNY: 90, JPY: 1900, KPW: 18000 }[currency] + random(9);
    return { tender: "cash", drawer: "one", amount: currency === "JPY" ? `${units} JPY` : `${units}.00 ${currency}` };
  });
  const last = pick(CURRENCIES), tender = pick(["cash", "card"]);
  payments.push({ tender, currency: last, ...(tender === "cash" ? { drawer: "one" } : { reference: String(number) }) });
  return { act: "order", ...(random(2) ? { currency: pick(CURRENCIES) } : {}), payments,
    positions: Array.from({ length: 2 + random(4) }, () => ({ product: "day-pass", class: pick(["abroad", "national"]), date: "2019-02-03" })) };
}

const COUNT = process.env.PISTE_TEST_FULL === "1" ? 3000 : 300;
await check(`${COUNT} orders, each cancelled in two parts: what was told is what is given back`, () => {
  const orders = desk(Array.from({ length: COUNT }, newOrder), true).filter((a) => a.status === "ok" && a.state === "sold").map((a) => a.order);
  const problems = orders.length > COUNT / 2 ? [] : [`only ${orders.length} of ${COUNT} were sold`];
  let several = 0, rated = 0;
  for (let round = 0; round < 2; round += 1) {
    const receipts = ask("receipt", orders), told = [];
    const acts = receipts.map((r) => {
      const live = r.positions.filter((p) => p.state === "live"), chosen = live.slice(0, round ? live.length : 1 + random(live.length - 1));
      const fee = random(3) ? 0 : 50 + random(100), places = (r.total.split(" ")[0].split(".")[1] ?? "").length;
      told.push(refundsOf(r, chosen, fee, ROUNDINGS).map((x) => `${x.given} for ${x.for}`).join());
      return { act: "cancel", order: r.order, drawer: "one", positions: chosen.map((p) => ({ position: p.position })), ...(fee ? { keep: `${(fee / 10 ** places).toFixed(places)} ${r.currency}` } : {}) };
    });
    desk(acts, true).forEach((a, i) => {
      if (a.status !== "ok") return void (a.reason === "not_paid" || problems.push(JSON.stringify(a)));
      const given = (a.refunds ?? []).map((x) => `${x.given} for ${x.for}`).join();
      several += given.split(",").length > 1;
      rated += (a.refunds ?? []).some((x) => x.given.slice(-3) !== x.for.slice(-3));
      if (given !== told[i]) problems.push(`order ${acts[i].order}, ${JSON.stringify(acts[i])}: told ${told[i]}, given ${given}`);
    });
  }
  console.log(`# ${orders.length} orders; ${several} refunds of several payments, ${rated} in another currency`);
  if (several < COUNT / 10 || rated < COUNT / 10) problems.push("too few of what is hard");
  return problems.slice(0, 5);
});

await check("whether two people are needed, by the limits", () => {
  const receipt = { currency: "USD", paid: "100.00 USD" }, p = (price) => [{ price, returned: "0.00 USD" }];
  const cases = [[[], "500.00 USD", false], [["50.00 USD"], "50.00 USD", false], [["50.00 USD"], "50.01 USD", true], [["50.00 EUR"], "0.01 USD", true], [["120.00 USD"], "500.00 USD", false]];
  return cases.filter(([limits, price, wanted]) => needsTwo(receipt, p(price), limits) !== wanted).map((c) => JSON.stringify(c));
});
rmSync(folder, { recursive: true, force: true });
end();

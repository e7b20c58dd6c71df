// account.mjs - one's own account in a real browser: a password for once, the second step with an app of our own, sessions.
import { createHmac } from "node:crypto";
import { PASSWORD, heavy, looks, start } from "./served.mjs";
import { SCRIPTS, check, end } from "./tap.mjs";

// RFC 6238, written out once more.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
function codeOf(secret, steps = 0) {
  const bits = [...secret.replace(/ /g, "")].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2))), counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest(), at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

const s = await start(process.argv[2]);
for (const [name, roles] of [["boss", "manager"], ["anna", "manager"], ["till-1", "cashier"]]) s.account(name, roles);
const OWN = "vexing-otter-lamp";
let secret = "", recovery = [];

const enter = async (page, name, password, code) => {
  await page.goto(`${s.url}/sign-in`);
  await page.fill("[name=name]", name);
  await page.fill("[name=password]", password);
  await page.keyboard.press("Enter");
  if (!code) return;
  await page.fill("[name=code]", code);
  await page.keyboard.press("Enter");
};

await check("a cashier's account is made by one; its password is for once, and opens nothing until another is chosen", async () => {
  const boss = await s.page({ as: "boss" }), till = await s.page(), problems = [];
  await boss.goto(`${s.url}/books/accounts`);
  await boss.getByLabel("Account", { exact: true }).fill("till-2");
  await boss.getByRole("group", { name: "Roles", exact: true }).first().getByLabel("Cashier").check();
  await boss.getByRole("button", { name: "Save" }).first().click();
  const given = await boss.locator(".once code").textContent();
  if (!(await boss.evaluate(() => document.activeElement?.classList.contains("once")))) problems.push("the password is not where the focus is");
  await boss.reload();
  await boss.getByRole("row", { name: /till-2.*password for once/ }).waitFor();
  if ((await boss.content()).includes(given)) problems.push("the password is shown again");
  await enter(till, "till-2", given);
  await till.waitForURL("**/account");
  await till.getByText("The password that you were given is for once.").waitFor();
  const code = await till.evaluate(async () => (await fetch("/api/desk/free", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" })).status);
  if (code !== 403) problems.push(`the desk answers ${code}`);
  await till.goto(`${s.url}/till`);
  await till.getByRole("heading", { name: "Your account" }).waitFor();
  await till.fill("[name=password]", given);
  await till.fill("[name=chosen]", "till-2till-2till-2");
  await till.getByText("Too easily guessed.").waitFor();
  await till.getByRole("button", { name: "Change password" }).click();
  await till.getByRole("alert").filter({ hasText: /./ }).waitFor();
  await till.fill("[name=chosen]", OWN);
  await till.getByText("Strong").waitFor();
  await till.keyboard.press("Enter");
  await till.getByRole("heading", { name: /Till/ }).first().waitFor(); // what was asked for before
  await till.goto(`${s.url}/account`);
  await till.getByText("till-2 · Cashier").waitFor();
  if (await till.locator(".first").count()) problems.push("something must still be done");
  for (const page of [boss, till]) await page.context().close();
  return problems;
});

await check("a manager's account takes two; the second one is shown the password", async () => {
  const boss = await s.page({ as: "boss" }), anna = await s.page({ as: "anna" }), problems = [];
  await boss.goto(`${s.url}/books/accounts`);
  await boss.getByLabel("Account", { exact: true }).fill("carl-office");
  await boss.getByRole("group", { name: "Roles", exact: true }).first().getByLabel("Manager").check();
  await boss.getByRole("button", { name: "Save" }).first().click();
  await boss.getByText("Proposed: another manager must agree, and is shown the password.").waitFor();
  await boss.getByRole("button", { name: "New password for anna" }).click();
  await boss.getByText("Proposed: another manager must agree, and is shown the password.").nth(1).waitFor();
  await anna.goto(`${s.url}/books/proposals`);
  const proposal = anna.getByRole("article").filter({ hasText: "carl-office" });
  if (/password/i.test(await proposal.textContent())) problems.push("a password stands in what is proposed");
  await proposal.getByRole("button", { name: "Agree and carry out" }).click();
  const given = await anna.locator(".once code").textContent();
  await anna.getByRole("article").filter({ hasText: "anna" }).first().getByRole("button", { name: "Decline" }).click();
  await anna.getByText("Nothing waits for a second person.").waitFor();
  const carl = await s.page();
  await enter(carl, "carl-office", given);
  await carl.waitForURL("**/account");
  for (const page of [boss, anna, carl]) await page.context().close();
  return problems;
});

await check("the second step: an app is told the secret, its code is tried, recovery codes are told once", async () => {
  const page = await s.page({ as: "boss" }), problems = [];
  await page.getByRole("link", { name: "boss" }).click();
  await page.getByRole("button", { name: "Set it up" }).click();
  secret = (await page.locator(".secret").textContent()).replace(/ /g, "");
  const address = await page.getByRole("link", { name: /open the app/ }).getAttribute("href");
  if (!address.startsWith("otpauth://totp/Masikryong:boss?secret=") || !address.includes(secret)) problems.push(address);
  if ((await page.locator(".steps .qr path").getAttribute("d")).length < 1000) problems.push("there is no QR code");
  const form = page.locator("form").filter({ has: page.locator("[name=code]") });
  await form.locator("[name=password]").fill(PASSWORD);
  await form.locator("[name=code]").fill("000000" === codeOf(secret) ? "000001" : "000000");
  await page.keyboard.press("Enter");
  await form.getByRole("alert").filter({ hasText: "The code is not right" }).waitFor();
  await form.locator("[name=code]").fill(codeOf(secret));
  await page.keyboard.press("Enter");
  await page.locator(".recovery li").first().waitFor();
  recovery = await page.locator(".recovery li").allTextContents();
  if (new Set(recovery).size !== 10 || !recovery.every((c) => /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/.test(c))) problems.push(JSON.stringify(recovery));
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 recovery codes are left.").waitFor();
  if ((await page.content()).includes(recovery[0])) problems.push("a code is still shown");
  await page.context().close();
  return problems;
});

await check("signing in: first the password, then the code; a recovery code once", async () => {
  const page = await s.page(), problems = [];
  await enter(page, "boss", PASSWORD);
  await page.locator("[name=code]").waitFor();
  if (!(await page.evaluate(() => document.activeElement?.getAttribute("name") === "code"))) problems.push("the code's field is not where the focus is");
  await page.fill("[name=code]", recovery[3].toLowerCase().replace(/-/g, " "));
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "boss" }).waitFor();
  await page.context().close();
  const again = await s.page();
  await enter(again, "boss", PASSWORD, recovery[3]);
  await again.getByRole("alert").filter({ hasText: "The code is not right" }).waitFor();
  await again.fill("[name=code]", codeOf(secret, 1));
  await again.keyboard.press("Enter");
  await again.getByRole("link", { name: "boss" }).click();
  await again.getByText("9 recovery codes are left.").waitFor();
  await again.context().close();
  return problems;
});

await check("where one is signed in is seen, and ended from elsewhere at once", async () => {
  const here = await s.page({ as: "till-1" }), there = await s.page({ as: "till-1" }), problems = [];
  await here.goto(`${s.url}/account`);
  await here.getByRole("row", { name: /Chrome, Linux.*This one/ }).waitFor();
  await here.getByRole("button", { name: "Sign out there" }).click();
  await here.getByRole("button", { name: "Sign out there" }).waitFor({ state: "detached" });
  const who = await there.evaluate(async () => (await (await fetch("/api/session")).json()).account);
  if (who) problems.push(`still signed in there, as ${who}`);
  for (const page of [here, there]) await page.context().close();
  return problems;
});

await check("a role that needs a second step: two managers say so, and whoever has none sets it up first", async () => {
  const anna = await s.page({ as: "anna" }), till = await s.page({ as: "till-1" }), boss = await s.page(), problems = [];
  await enter(boss, "boss", PASSWORD, recovery[4]);
  await boss.getByRole("link", { name: "boss" }).waitFor();
  await anna.goto(`${s.url}/books/accounts`);
  const rule = anna.locator("section").filter({ has: anna.getByRole("heading", { name: "Who needs a second step" }) });
  await rule.getByLabel("Cashier").check();
  await rule.getByRole("button", { name: "Save" }).click();
  await rule.getByText("Proposed: another manager must agree.").waitFor();
  await boss.goto(`${s.url}/books/proposals`);
  await boss.getByRole("button", { name: "Agree and carry out" }).click();
  await boss.getByText("Nothing waits for a second person.").waitFor();
  await till.goto(`${s.url}/till`);
  await till.getByText("Your role needs a second step of signing in.").waitFor();
  for (const page of [anna, till, boss]) await page.context().close();
  return problems;
});

for (const as of ["till-1", "till-2"])
  await check(`${as === "till-1" ? "what must be done first" : "the account"}: axe finds nothing, light and dark, 1280 and 390 px`, async () => {
    const page = await s.page({ bypassCSP: true });
    await enter(page, as, as === "till-1" ? PASSWORD : OWN);
    await page.waitForURL("**/account");
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.locator(".secret").waitFor();
    const problems = await looks(page, `account-${as}`);
    await page.context().close();
    return problems;
  });

await check("each language", async () => {
  const page = await s.page(), problems = [];
  await enter(page, "till-2", OWN);
  await page.waitForURL("**/account");
  for (const [language, script] of Object.entries(SCRIPTS)) {
    await page.locator(".tools select").selectOption(language);
    await page.waitForFunction((l) => document.documentElement.lang === l, language);
    const left = (await page.evaluate(() => [...document.querySelectorAll("main h1, main h2, main label, main button, main th, main .note")].map((e) => e.textContent))).filter((text) => text && !script.test(text) && !/Chrome/.test(text));
    if (left.length) problems.push(`${language}: ${left.join(" | ")}`);
  }
  await page.context().close();
  return problems;
});

await check("little script", async () => {
  const page = await s.page({ as: "anna" });
  const problems = await heavy(page.context(), `${s.url}/account`);
  await page.context().close();
  return problems;
});

await check("nothing went wrong on the way, no request left the server", () => s.faults);
await s.stop();
end();

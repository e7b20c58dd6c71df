// books.mjs - the page Books in a real browser: a day's end by a manager, two people for a cap, what an auditor sees.
import { heavy, looks, start } from "./served.mjs";
import { check, end } from "./tap.mjs";

const s = await start(process.argv[2]);
for (const [name, roles] of [["boss", "manager"], ["anna", "manager"], ["iris", "auditor"], ["till-1", "cashier"]]) s.account(name, roles);
s.load();

await check("a first day is opened, sold on, and closed", async () => {
  const page = await s.page({ as: "boss" });
  await page.goto(`${s.url}/books`);
  await page.fill("[name=date]", "2019-02-02");
  await page.getByRole("button", { name: "Open the first day" }).click();
  await page.getByRole("heading", { name: "Saturday, February 2, 2019" }).waitFor();
  s.desk("drawer-open", "drawer=till-1", "cashier=till-1", "counted.amount=100.00 EUR", "--who", "till-1");
  s.desk("order", "positions.product=day-pass", "positions.class=abroad", "positions.count=2", "payments.tender=cash", "payments.drawer=till-1", "payments.currency=EUR", "--who", "till-1");
  await page.reload();
  await page.getByText("1 drawer is still open: till-1").waitFor();
  const sold = await page.getByRole("row", { name: /Day pass/ }).first().textContent();
  await page.getByRole("button", { name: "Close the day" }).click();
  const shown = await Promise.race([page.getByRole("alert").filter({ hasText: /./ }).first().textContent(), page.getByRole("heading", { name: /February 3/ }).textContent()]);
  const problems = [];
  if (!/abroad/.test(sold) || !/2/.test(sold)) problems.push(`the day shows ${sold}`);
  if (!shown) problems.push("closing the day told nothing");
  await page.context().close();
  return problems;
});

await check("a drawer that is one euro short", async () => {
  const holds = s.desk("drawer", "drawer=till-1").holds.find((h) => h.endsWith("EUR"));
  const short = `${(Number(holds.split(" ")[0]) - 1).toFixed(2)} EUR`;
  s.desk("drawer-close", "drawer=till-1", `counted.amount=${short}`, "--who", "till-1");
  const page = await s.page({ as: "iris" });
  await page.goto(`${s.url}/books/drawers`);
  const row = await page.getByRole("row", { name: /till-1/ }).textContent();
  await page.context().close();
  return /-EUR\s1\.00/.test(row) ? [] : [`shown as ${row}`];
});

await check("what one proposes another agrees to, and nobody else", async () => {
  const boss = await s.page({ as: "boss" }), anna = await s.page({ as: "anna" }), iris = await s.page({ as: "iris" });
  const code = await boss.evaluate(async () => {
    const { proof } = await (await fetch("/api/session")).json();
    const answer = await fetch("/api/desk/cap", { method: "POST", headers: { "Content-Type": "application/json", "X-Piste": proof }, body: JSON.stringify({ key: "cap-1", from: "2019-02-10", capacity: 777 }) });
    return answer.status;
  });
  const problems = code === 202 ? [] : [`the cap answered ${code}`];
  for (const page of [boss, anna, iris]) await page.goto(`${s.url}/books/proposals`);
  await boss.getByText("Somebody else must agree.").waitFor();
  if (await iris.getByRole("button", { name: "Agree and carry out" }).count()) problems.push("an auditor may agree");
  await iris.getByText("777").waitFor();
  await anna.getByRole("button", { name: "Agree and carry out" }).focus();
  await anna.keyboard.press("Enter");
  await anna.getByText("Nothing waits for a second person.").waitFor();
  await boss.getByText("Nothing waits for a second person.").waitFor(); // told by itself
  const free = s.desk("free", "resource=visit", "slot=2019-02-10");
  if (!JSON.stringify(free).includes("777")) problems.push(`the cap is ${JSON.stringify(free)}`);
  for (const page of [boss, anna, iris]) await page.context().close();
  return problems;
});

await check("the ledger, its accounts, the audit and the files", async () => {
  const page = await s.page({ as: "iris" });
  await page.goto(`${s.url}/books/ledger`);
  await page.getByRole("main").getByLabel("Account").selectOption("Income:day-pass");
  await page.getByRole("row", { name: /order \d+/ }).first().waitFor();
  await page.getByRole("row", { name: /sign-in/ }).first().waitFor({ state: "detached" }); // entries of other accounts
  const problems = [];
  await page.goto(`${s.url}/books/files`);
  await page.getByRole("button", { name: "Audit now" }).click();
  await page.getByText("All of it agrees.").waitFor();
  const journal = await page.evaluate(async () => (await fetch("/api/books/export/hledger")).text());
  if (!/Income:Day-pass/.test(journal)) problems.push(`the journal is ${journal.slice(0, 200)}`);
  await page.context().close();
  return problems;
});

await check("an account is ended, and is out at once", async () => {
  s.account("till-2", "cashier");
  const boss = await s.page({ as: "boss" }), till = await s.page({ as: "till-2" });
  await boss.goto(`${s.url}/books/accounts`);
  await boss.getByRole("button", { name: "End till-2" }).click();
  await boss.getByRole("row", { name: /till-2.*ended/ }).waitFor();
  const who = await till.evaluate(async () => (await (await fetch("/api/session")).json()).account);
  await boss.context().close();
  await till.context().close();
  return who === "" ? [] : [`still signed in as ${who}`];
});

await check("no other role sees the books", async () => {
  const page = await s.page({ as: "till-1" });
  const problems = (await page.getByRole("link", { name: "Books" }).count()) ? ["a cashier has a link to them"] : [];
  await page.goto(`${s.url}/books`);
  await page.getByText("Books is not for the account till-1.").waitFor();
  await page.context().close();
  return problems;
});

for (const part of ["day", "drawers", "ledger", "agencies", "proposals", "files", "accounts"])
  await check(`${part}: axe finds nothing, light and dark, 1280 and 390 px`, async () => {
    const page = await s.page({ as: "boss", bypassCSP: true });
    await page.goto(`${s.url}/books/${part}`);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    const problems = await looks(page, part);
    await page.context().close();
    return problems;
  });

await check("little script", async () => {
  const page = await s.page({ as: "boss" });
  const problems = await heavy(page.context(), `${s.url}/books`);
  await page.context().close();
  return problems;
});

await check("nothing went wrong on the way, no request left the server", () => s.faults);
await s.stop();
end();

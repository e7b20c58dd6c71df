// photos.mjs - photographs in a real browser: uploaded, told about and put in order by the office; looked at by guests, in
// their language or with a word that it is another, with keys alone, on a phone, at a lift, on paper.
import { deflateSync } from "node:zlib";
import { axe, heavy, start } from "./served.mjs";
import { check, end } from "./tap.mjs";

const s = await start(process.argv[2]);
s.account("boss", "manager");

function crc32(data) { // Node 18 has none
  let c = ~0;
  for (const byte of data) {
    c ^= byte;
    for (let k = 0; k < 8; k += 1) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
}
const chunk = (name, data) => {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]), head = Buffer.alloc(4), sum = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, sum]);
};
// A PNG of one colour, which says who made it.
function png(width, height, colour) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.concat(Array(width).fill(Buffer.from(colour)))]);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("tEXt", Buffer.from("Author\0Hidden Name")),
    chunk("IDAT", deflateSync(Buffer.concat(Array(height).fill(row)))), chunk("IEND", Buffer.alloc(0))]);
}
const file = (name, buffer) => ({ name, mimeType: "image/png", buffer });
const lift = (await (await fetch(`${s.url}/api/mountain`)).json()).lifts[0];

// A guest who looks at the page; what is there is waited for, never the time.
async function guest(options, path = "/photos") {
  const page = await s.page(options);
  await page.goto(`${s.url}${path}`);
  return page;
}
const shut = async (...pages) => { for (const page of pages) await page.context().close(); };

await check("the office uploads three files, of which one is none, and nobody else sees them yet", async () => {
  const page = await guest({ as: "boss" });
  await page.getByLabel("Files").setInputFiles([file("red.png", png(900, 600, [200, 30, 30])), file("note.png", Buffer.from("only a note")), file("blue.png", png(300, 500, [30, 30, 200]))]);
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByRole("alert").filter({ hasText: "note.png: This is neither a JPEG nor a PNG." }).waitFor();
  const problems = [], lines = page.locator(".office li");
  if (await lines.count() !== 2) problems.push(`${await lines.count()} photographs in the office's list`);
  if (await page.getByText("Not shown yet").count() !== 2) problems.push("what has no caption is not told of");
  const other = await guest();
  await other.getByText("There are no photographs yet.").waitFor();
  await shut(page, other);
  return problems;
});

await check("with keys alone one gets its captions, its lift and its day", async () => {
  const page = await guest({ as: "boss" });
  const line = page.locator(".office li").first();
  await line.getByRole("button", { name: "Edit Photograph" }).focus();
  await page.keyboard.press("Enter");
  const english = line.getByRole("group", { name: "English" });
  await english.getByLabel("Caption").focus();
  await page.keyboard.type("The red wall");
  await line.getByRole("button", { name: "Save" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("English: a caption and a description are needed, or neither.").waitFor();
  await english.getByLabel("What is on it").focus();
  await page.keyboard.type("A wall, painted red");
  const korean = line.getByRole("group", { name: "한국어" });
  await korean.getByLabel("Caption").fill("빨간 벽");
  await korean.getByLabel("What is on it").fill("빨갛게 칠한 벽");
  await line.getByLabel("Shows").selectOption(lift.key);
  await line.getByLabel("Taken on").fill("2019-02-02");
  await line.getByRole("button", { name: "Save" }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".photos figure").getByText("The red wall").waitFor();
  await shut(page);
  const [told] = s.desk("photos", "shown=true").photos;
  return told.place === lift.key && told.taken === "2019-02-02" && told.texts.length === 2 ? [] : [JSON.stringify(told)];
});

await check("a guest reads it in her language, or is told which one it is", async () => {
  const korean = await guest({ language: "ko" }), japanese = await guest({ language: "ja", width: 390, scheme: "dark" }), problems = [];
  const figure = korean.locator("figure");
  await figure.getByText("빨간 벽").waitFor();
  if (await figure.locator("img").getAttribute("alt") !== "빨갛게 칠한 벽") problems.push("the description is another");
  if (/한국어|English/.test(await figure.textContent())) problems.push("her own language is told of");
  await japanese.locator("figure").getByText("English").waitFor();
  if (await japanese.locator("figcaption [lang]").getAttribute("lang") !== "en") problems.push("the caption's language is not marked");
  if (await japanese.evaluate(() => document.documentElement.scrollWidth > innerWidth)) problems.push("wider than a phone");
  const image = await (await fetch(`${s.url}${await figure.locator("img").getAttribute("src")}`)).arrayBuffer();
  if (Buffer.from(image).includes("Hidden Name") || !Buffer.from(image).subarray(0, 2).equals(Buffer.from([0xff, 0xd8]))) problems.push("more than pixels came back");
  await shut(korean, japanese);
  return problems;
});

await check("looked at large with keys: Enter, the arrows, Escape", async () => {
  const [, blue] = s.desk("photos").photos;
  s.desk("photo-change", `photo=${blue.photo}`, "texts.language=en", "texts.caption=The blue door", "texts.alternative=A blue door", "--key", "blue");
  const page = await guest();
  const first = page.getByRole("button", { name: "A wall, painted red" });
  await first.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("The red wall").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("dialog").getByText("The blue door").waitFor();
  const found = await axe(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const problems = await first.evaluate((e) => e === document.activeElement) ? [] : ["the focus does not come back"];
  await page.emulateMedia({ media: "print" });
  if (!(await page.locator("figure img").first().isVisible())) problems.push("not on paper");
  await shut(page);
  return [...problems, ...found];
});

await check("its lift on the mountain has it, small and when it is needed", async () => {
  const page = await guest({ width: 390 }, "/mountain");
  const small = page.locator(".pictures figure");
  await small.getByText("The red wall").waitFor();
  const image = small.locator("img"), problems = [];
  if (await image.getAttribute("loading") !== "lazy") problems.push("loaded at once");
  await image.scrollIntoViewIfNeeded();
  await page.waitForFunction((i) => i.complete && i.naturalWidth > 0, await image.elementHandle());
  const width = await image.evaluate((i) => i.clientWidth);
  if (width > 200) problems.push(`${width} px wide`);
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) problems.push("wider than a phone");
  problems.push(...await axe(page));
  await shut(page);
  return problems;
});

await check("axe-core: the office, light and dark, open for editing", async () => {
  const problems = [];
  for (const scheme of ["light", "dark"]) {
    const page = await guest({ as: "boss", scheme, width: scheme === "dark" ? 390 : 1280 });
    await page.getByRole("button", { name: /^Edit/ }).first().click();
    await page.getByRole("group", { name: "English" }).waitFor();
    problems.push(...(await axe(page)).map((f) => `${scheme}: ${f}`));
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) problems.push(`${scheme}: wider than its screen`);
    await shut(page);
  }
  return problems;
});

await check("another order, and one is taken away for good", async () => {
  const page = await guest({ as: "boss" }), problems = [];
  await page.locator(".office li").nth(1).getByRole("button", { name: "Earlier" }).click();
  await page.locator(".photos figure").first().getByText("The blue door").waitFor();
  await page.getByRole("button", { name: "Edit The blue door" }).click();
  await page.getByText("Take away …").click();
  await page.getByRole("button", { name: "Take it away for good" }).click();
  await page.locator(".photos figure").getByText("The blue door").waitFor({ state: "detached" });
  const left = s.desk("photos").photos;
  if (left.length !== 1) problems.push(`${left.length} are left`);
  await shut(page);
  const context = await (await s.page()).context(), weight = await heavy(context, `${s.url}/photos`);
  problems.push(...weight);
  await context.close();
  return problems;
});

await s.stop();
await check("no page failed, nothing left the server", () => s.faults);
end();

// build.mjs - bundles the pages into web/dist: each is one file that asks for no other.
//
//     npm run build
//
// report.html keeps two marks, <!--piste:title--> and <!--piste:data-->, which the program fills (src/report/html.c).
// The same sources give the same bytes. MapLibre stands in the page as text and is run only where a map is drawn with it.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");

async function bundled(entry, out) {
  const result = await build({
    entryPoints: [join(here, "src", entry)],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2020", "chrome90", "firefox90", "safari14.1"],
    charset: "utf8",
    legalComments: "inline",
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.NODE_ENV": '"production"' },
    outfile: join(here, "dist", out),
    logLevel: "warning",
  });
  return result.outputFiles.find((file) => file.path.endsWith(out)).text.trim();
}

// What would end a <script> or <style> early may not stand in one.
function inert(text, what) {
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${what} holds what would end its element`);
  return text;
}

// The source map of a file that is carried along is not.
const withoutMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n").trim();

// Whoever passes a page on passes these on with it.
function licences() {
  const names = ["preact", "@preact/signals", "@preact/signals-core", "uplot", "maplibre-gl", "@noble/ed25519", "@noble/hashes", "qr"];
  return names.map((name) => {
    const folder = join(modules, name), version = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
    const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
    if (!file) throw new Error(`${name} has no licence`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  }).join("\n----\n\n");
}

// import css from "./style.css?inside=.report": a style sheet as text, whose rules hold inside such elements alone. What a
// page shows when it is asked to brings its looks along.
const BROWSERS = ["es2022", "chrome100", "firefox100", "safari15.4"];
const inside = {
  name: "inside",
  setup(on) {
    on.onResolve({ filter: /\.css\?inside=/ }, (file) => ({ path: resolve(file.resolveDir, file.path), namespace: "inside" }));
    on.onLoad({ filter: /.*/, namespace: "inside" }, async (file) => {
      const [path, within] = file.path.split("?inside=");
      const whole = await build({ entryPoints: [path], absWorkingDir: here, bundle: true, write: false, minify: true, logLevel: "warning" });
      const nested = await transform(`${within}{${whole.outputFiles[0].text}}`, { loader: "css", minify: true, target: BROWSERS });
      return { contents: nested.code, loader: "text", watchFiles: [path] };
    });
  },
};
// The styles of a room of the server's pages, src/app/ROOM/*.css, hold inside of its page alone (class room-ROOM).
const rooms = {
  name: "rooms",
  setup(on) {
    on.onLoad({ filter: /src\/app\/\w+\/[\w-]+\.css$/ }, async (file) => {
      const room = basename(dirname(file.path));
      const nested = await transform(`.room-${room}{${readFileSync(file.path, "utf8")}}`, { loader: "css", target: BROWSERS });
      return { contents: nested.code, loader: "css" };
    });
  },
};

// Every room stands on the frame and the first page, so these are one file and not one for each set of rooms that share a
// part of it: a browser asks for six files at one time, and the next six are another round on the network.
const frame = {
  name: "frame",
  setup(on) {
    on.onLoad({ filter: /src\/app\/(\w+\/[\w-]+\.tsx|words\/\w+\.ts)$/ }, (file) => ({
      contents: `import "../rooms"; import "../signin";\n${readFileSync(file.path, "utf8")}`, loader: file.path.endsWith("x") ? "tsx" : "ts", resolveDir: dirname(file.path),
    }));
  },
};

// What the gate's page needs without a network: the frame, the page, its decoder, all languages.
function shellOf(outputs, script) {
  const files = new Set(), starts = outputs.filter(([, o]) => /src\/app\/(gate\/page|words\/\w+\.ts)|node_modules\/qr\/decode/.test(o.entryPoint ?? ""));
  const take = (path) => {
    const output = outputs.find(([name]) => name === path)?.[1];
    if (!output || files.has(path)) return;
    files.add(path);
    if (output.cssBundle) files.add(output.cssBundle);
    for (const i of output.imports) if (i.kind === "import-statement") take(i.path);
  };
  take(script);
  for (const [path] of starts) take(path);
  return ["/index.html", "/icon.svg", "/app.webmanifest", ...[...files].sort().map((f) => `/${basename(f)}`)];
}

async function gateWorker(out, shell) {
  const sum = createHash("sha256");
  for (const file of shell) sum.update(file).update(readFileSync(join(out, file)));
  await build({
    entryPoints: [join(here, "src", "app", "gate", "worker.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022", "chrome100", "firefox100", "safari15.4"],
    define: { SHELL: JSON.stringify(shell), NAME: JSON.stringify(`gate-${sum.digest("hex").slice(0, 12)}`) },
    outfile: join(out, "gate-worker.js"),
    logLevel: "warning",
  });
}

// The pages of `piste serve`: one file to begin with, and one more for each room of the pages when it is opened. What
// changes gets another name, so that browsers keep the rest for ever. Workers and the frame keep theirs.
async function app() {
  const out = join(here, "dist", "app"), from = join(here, "src", "app");
  rmSync(out, { recursive: true, force: true });
  const result = await build({
    entryPoints: [join(from, "main.tsx")],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: BROWSERS,
    plugins: [inside, rooms, frame],
    charset: "utf8",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    metafile: true,
    outdir: out,
    logLevel: "warning",
  });
  const outputs = Object.entries(result.metafile.outputs);
  const [script, entry] = outputs.find(([, o]) => o.entryPoint?.endsWith("src/app/main.tsx"));
  // What the frame and the first page import is asked for at once, not one after the other.
  const early = new Set();
  const add = (name) => {
    if (early.has(name)) return;
    early.add(name);
    for (const i of result.metafile.outputs[name].imports) if (i.kind === "import-statement") add(i.path);
  };
  add(script);
  const preloads = [...early].map((name) => `<link rel="modulepreload" href="/${basename(name)}">`).join("\n");
  // MapLibre as it was released: loaded by itself where a map is drawn.
  const named = (file) => {
    const text = withoutMap(readFileSync(join(modules, "maplibre-gl", "dist", file), "utf8"));
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
    const name = file.replace(".", `-${hash}.`);
    writeFileSync(join(out, name), text);
    return `/${name}`;
  };
  const page = readFileSync(join(from, "index.html"), "utf8")
    .replace("<!--preloads-->", preloads)
    .replace("<!--maplibre-->", `${named("maplibre-gl.js")} ${named("maplibre-gl.css")}`)
    .replace("<!--script-->", `/${basename(script)}`)
    .replace("<!--style-->", `/${basename(entry.cssBundle)}`);
  writeFileSync(join(out, "index.html"), page);
  for (const file of ["icon.svg", "app.webmanifest"]) writeFileSync(join(out, file), readFileSync(join(from, file)));
  writeFileSync(join(out, "licences.txt"), licences());
  await gateWorker(out, shellOf(outputs, script));
  const sum = createHash("sha256");
  for (const file of readdirSync(out).sort()) sum.update(file).update(readFileSync(join(out, file)));
  writeFileSync(join(here, "dist", "app.sum"), `${sum.digest("hex")}\n`); // Meson watches this
}

const template = readFileSync(join(here, "src", "report.html"), "utf8");
const parts = {
  style: inert(await bundled("style.css", "style.css"), "style.css"),
  maplibre: inert(withoutMap(readFileSync(join(modules, "maplibre-gl", "dist", "maplibre-gl.js"), "utf8")), "maplibre-gl"),
  licences: inert(licences(), "a licence"),
  script: inert(await bundled("report.tsx", "report.js"), "report.js"),
};
const page = template.replace(/<!--bundle:(\w+)-->/g, (_, name) => {
  if (!(name in parts)) throw new Error(`report.html asks for ${name}`);
  return parts[name];
});
const out = join(here, "dist", "report.html");
mkdirSync(dirname(out), { recursive: true });
writeFileSync(`${out}.new`, page);
renameSync(`${out}.new`, out); // whole or not at all
await app();

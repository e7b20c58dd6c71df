#!/usr/bin/env node
// types.mjs - the pages' TypeScript has no complaint, strictly read. Speaks TAP.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { check, end, installed, root, skipAll } from "./tap.mjs";

const tsc = installed("typescript/bin/tsc");
if (!tsc) skipAll("web/node_modules holds no TypeScript; script/bootstrap installs it");
await check("tsc --noEmit in web", () => {
  const run = spawnSync(process.execPath, [tsc, "--noEmit"], { cwd: join(root, "web"), encoding: "utf8" });
  return run.status === 0 ? [] : [run.stdout + run.stderr];
});
end();

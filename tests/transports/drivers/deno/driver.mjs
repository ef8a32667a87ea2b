// The driver for Deno's fetch: `node driver.mjs PACKAGE TOOLS`.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";

import { drive, inProcess } from "../javascript/drive.mjs";

const [folder, tools] = process.argv.slice(2);
const deno = join(tools, "node_modules/@deno/linux-x64-glibc/deno");
const child = join(import.meta.dirname, "../javascript/child.mjs");
// Deno reads the field `imports` of a package only in an installation, so the package is bundled.
const { built } = await import(join(tools, "test/built.mjs"));
const file = join(await built(folder, "deno"), "index.js");
const [version] = execFileSync(deno, ["--version"], { encoding: "utf8" }).match(/\d[\d.]+/);
await drive({ name: "fetch", version: `Deno ${version}` }, ({ ca, proxy }) => {
  const env = { ...(ca && { DENO_CERT: ca }), ...(proxy && { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: "" }) };
  return inProcess([deno, "run", "--quiet", "--no-lock", "--allow-all", child, file, tools], env);
});

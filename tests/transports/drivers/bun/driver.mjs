// The driver for Bun's fetch: `node driver.mjs PACKAGE TOOLS`.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";

import { drive, inProcess, limit } from "../javascript/drive.mjs";

const [folder, tools] = process.argv.slice(2);
const bun = join(tools, "node_modules/.bin/bun");
const child = join(import.meta.dirname, "../javascript/child.mjs");
const version = execFileSync(bun, ["--version"], { encoding: "utf8" }).trim();
const limits = limit("Bun reports the same error for a connection that ends during its handshake and for one that ends later.", "TLS closes", "proxy closes");
await drive({ name: "fetch", version: `Bun ${version}`, limits }, ({ ca, proxy }) => {
  const env = { ...(ca && { NODE_EXTRA_CA_CERTS: ca }), ...(proxy && { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: "" }) };
  return inProcess([bun, child, join(folder, "dist/index.js"), tools], env);
});

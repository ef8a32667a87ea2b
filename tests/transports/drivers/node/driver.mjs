// The driver for Node's fetch: `node driver.mjs PACKAGE TOOLS`.

import { join } from "node:path";
import process from "node:process";

import { drive, inProcess, limit } from "../javascript/drive.mjs";

const [folder, tools] = process.argv.slice(2);
const child = join(import.meta.dirname, "../javascript/child.mjs");
const version = `Node ${process.versions.node}, undici ${process.versions.undici}`;
const limits = limit("undici rejects an unrequested 100 as an invalid response.", "1xx first");
await drive({ name: "fetch", version, limits }, ({ ca, proxy }) => {
  const env = { ...(ca && { NODE_EXTRA_CA_CERTS: ca }), ...(proxy && { FETCH_PROXY: proxy }) };
  return inProcess([process.execPath, child, join(folder, "dist/index.js"), tools], env);
});

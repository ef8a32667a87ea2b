// The fetch of Cloudflare's runtime: `node driver.mjs PACKAGE TOOLS`.

import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

import { drive, inProcess } from "../javascript/drive.mjs";

const [folder, tools] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { version } = createRequire(require.resolve("miniflare"))("workerd/package.json");

// Miniflare reads the variable once, as it is loaded, and tells workerd to trust what it names. A Worker has no proxy to set.
await drive({ name: "fetch", version: `workerd ${version}` }, async ({ ca, proxy }) =>
  proxy ? undefined : inProcess([process.execPath, join(import.meta.dirname, "environment.mjs"), folder, tools], ca ? { NODE_EXTRA_CA_CERTS: ca } : {}),
);

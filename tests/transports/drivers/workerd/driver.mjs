// The driver for the fetch of workerd, Cloudflare's runtime: `node driver.mjs PACKAGE TOOLS`.

import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

import { drive, inProcess, limit } from "../javascript/drive.mjs";

const [folder, tools] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { version } = createRequire(require.resolve("miniflare"))("workerd/package.json");

const limits = {
  ...limit(
    "workerd reports the same error for a connection that was never established and for one that broke.",
    ...["refused", "unknown host", "self-signed", "expired", "wrong name", "TLS version", "TLS closes", "no TLS"],
  ),
  ...limit("workerd cannot read a chunk with an extension.", "chunked"),
  ...limit("workerd stops reading after a 1xx.", "1xx first"),
};
// Miniflare reads the variable once when it is loaded, and makes workerd trust that authority. A Worker has no proxy setting.
await drive({ name: "fetch", version: `workerd ${version}`, limits }, async ({ ca, proxy }) =>
  proxy ? undefined : inProcess([process.execPath, join(import.meta.dirname, "environment.mjs"), folder, tools], ca ? { NODE_EXTRA_CA_CERTS: ca } : {}),
);

// The fetch of Cloudflare's runtime: `node driver.mjs PACKAGE TOOLS`.

import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

import { drive, inProcess, limit } from "../javascript/drive.mjs";

const [folder, tools] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { version } = createRequire(require.resolve("miniflare"))("workerd/package.json");

const limits = {
  ...limit(
    "workerd says the same of a connection that never stood and of one that broke.",
    ...["refused", "unknown host", "self-signed", "expired", "wrong name", "TLS version", "TLS closes", "no TLS"],
  ),
  ...limit("workerd reads no chunk that has an extension.", "chunked"),
  ...limit("workerd reads no further than a 1xx.", "1xx first"),
};
// Miniflare reads the variable once, as it is loaded, and tells workerd to trust what it names. A Worker has no proxy to set.
await drive({ name: "fetch", version: `workerd ${version}`, limits }, async ({ ca, proxy }) =>
  proxy ? undefined : inProcess([process.execPath, join(import.meta.dirname, "environment.mjs"), folder, tools], ca ? { NODE_EXTRA_CA_CERTS: ca } : {}),
);

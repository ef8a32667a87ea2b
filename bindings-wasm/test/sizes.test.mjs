// Measures what a Worker ships, after gzip: the bundle, minified as for production, and the wasm module. Measures also the
// files of the package, unpacked. sizes.json has the recorded sizes. `RECORD=1 node --test test/sizes.test.mjs` records them again.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { folder } from "./about.mjs";
import { CONDITIONS } from "./built.mjs";

/**
 * The limits, in bytes. They also apply to recorded sizes. The client has 1.3 kB of names of options and texts of errors that
 * say which option, field or response is wrong, and core's module grew by 1.6 kB of such texts. Core decides if a call
 * had an effect before the store of its limiter failed: 300 bytes. A call ends while that store hangs: 150 bytes.
 * The log has long waits for the limiter and failures of its store, and errors of options say what to do: 580 bytes in all.
 * A receiver has 50 bytes that refuse a handler that would not run, and 130 that refuse what is no inbox. An inbox has
 * 70 that refuse what is no store and what is no options.
 * Errors of arguments begin with the call, and state the place of a number that JSON lacks: 200 bytes. A verifier describes itself: 100 bytes.
 * Each error of a base URL names one fault, and an outbox ends calls that wait when it is interrupted: 200 bytes.
 * A call that wakes after its deadline ends, and its error names a store that fails: 150 bytes. An outbox names what is no journal
 * and no list, and does not close while it sends: 120 bytes.
 * An outbox recognizes a journal that is cut within its header, and a limiter counts a store that refuses each state: 300 bytes.
 * The unpacked package has 6 kB of longer texts of errors and of its README, of names of functions, and of groups of calls that are made at their first use.
 */
const LIMITS = { "hudhud/webhook": 17_000, "hudhud/workers": 17_850, hudhud: 156_050, "Zagely and Webhook": 171_200, "hudhud/workers and its inbox": 29_800, "hudhud and hudhud/outbox": 206_600, "hudhud/redis": 800, "hudhud/postgres": 1_060, "the package, unpacked": 1_635_800 };
const ENTRIES = {
  "hudhud/webhook": { webhook: "Webhook" },
  "hudhud/workers": { workers: "webhookHandler" },
  "hudhud/workers and its inbox": { workers: "webhookHandler", cloudflare: "durableObjectInbox, InboxObject" },
  hudhud: { index: "Zagely, Wazaj" },
  "hudhud and hudhud/outbox": { index: "Zagely, Wazaj", outbox: "Outbox" },
  "Zagely and Webhook": { index: "Zagely", webhook: "Webhook" },
  "hudhud/redis": { redis: "redisStore" },
  "hudhud/postgres": { postgres: "postgresStore" },
};
/** The growth that is allowed without recording. */
const SLACK = 1.02;

const ledger = join(import.meta.dirname, "sizes.json");

async function size(entries) {
  const exports = Object.entries(entries).map(([entry, names]) => `export { ${names} } from "./${entry}.js";`);
  const { outputFiles } = await build({
    stdin: { contents: exports.join("\n"), resolveDir: join(folder, "dist") },
    bundle: true,
    minify: true,
    format: "esm",
    conditions: CONDITIONS.workerd,
    plugins: [{ name: "wasm", setup: (at) => at.onResolve({ filter: /\.wasm$|^cloudflare:/ }, ({ path }) => ({ path, external: true })) }],
    write: false,
  });
  const [{ text }] = outputFiles;
  const modules = [...new Set([...text.matchAll(/"\.\.\/(\w+\.wasm)"/g)].map((match) => match[1]))];
  const zipped = (bytes) => gzipSync(bytes, { level: 9 }).length;
  return zipped(text) + modules.reduce((sum, name) => sum + zipped(readFileSync(join(folder, "dist", name))), 0);
}

const sizes = {};
for (const [name, entry] of Object.entries(ENTRIES)) sizes[name] = await size(entry);
const files = readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)));
sizes["the package, unpacked"] = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
if (process.env.RECORD) writeFileSync(ledger, `${JSON.stringify(sizes, null, 2)}\n`);
const recorded = JSON.parse(readFileSync(ledger, "utf8"));

for (const [name, bytes] of Object.entries(sizes)) {
  test(`${name}: ${bytes} bytes, ${recorded[name]} recorded`, () => {
    assert.ok(bytes <= LIMITS[name], `more than ${LIMITS[name]}`);
    assert.ok(bytes <= recorded[name] * SLACK, "it grew by more than 2 %: make it smaller, or record it with RECORD=1");
  });
}

// The host `workerd`: loads the package in Cloudflare's runtime, with outcome.mjs in a Worker.
// `node workerd.mjs PACKAGE TOOLS`; the folder of tools contains Miniflare.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [folder, tools] = process.argv.slice(2);
const { Miniflare } = createRequire(join(tools, "package.json"))("miniflare");
const { workerdModules } = await import(join(tools, "test/built.mjs"));
const WORKER = `
import * as index from "./dist/workerd/index.js";
import * as webhook from "./dist/workerd/webhook.js";
import { answer } from "./outcome.mjs";
export default {
  async fetch(request) {
    return new Response(await answer({ index, webhook }, await request.text()));
  },
};`;
const read = (path) => readFileSync(path, "utf8");
const worker = new Miniflare({
  compatibilityDate: "2026-07-01",
  modulesRoot: "/",
  modules: [
    { type: "ESModule", path: "/worker.mjs", contents: WORKER },
    { type: "ESModule", path: "/outcome.mjs", contents: read(join(import.meta.dirname, "outcome.mjs")) },
    ...(await workerdModules(folder, "/")),
  ],
});
await worker.ready;
for await (const line of createInterface({ input: process.stdin })) {
  const response = await worker.dispatchFetch("http://worker/", { method: "POST", body: line });
  process.stdout.write(`${await response.text()}\n`);
}
await worker.dispose();

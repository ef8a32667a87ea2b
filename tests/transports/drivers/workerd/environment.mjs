// Runs the cases of one environment in workerd: `node environment.mjs PACKAGE TOOLS`. It reads and writes lines.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";

const [folder, tools] = process.argv.slice(2);
const { Miniflare } = createRequire(join(tools, "package.json"))("miniflare");
const { workerdModules } = await import(join(tools, "test/built.mjs"));

const WORKER = `
import * as index from "./dist/workerd/index.js";
import { run } from "./case.mjs";
export default {
  async fetch(request) {
    return Response.json(await run(index, await request.json()));
  },
};`;
const read = (path) => readFileSync(path, "utf8");
const modules = [
  { type: "ESModule", path: "/worker.mjs", contents: WORKER },
  { type: "ESModule", path: "/case.mjs", contents: read(join(import.meta.dirname, "../javascript/case.mjs")) },
  ...(await workerdModules(folder, "/")),
];

const miniflare = new Miniflare({ compatibilityDate: "2026-07-01", modulesRoot: "/", modules, handleRuntimeStdio: () => {} });
await miniflare.ready;
const running = new Set();
for await (const line of createInterface({ input: process.stdin })) {
  const { id } = JSON.parse(line);
  // A Worker's clock does not advance while it computes, so the time is measured here.
  const begun = performance.now();
  const outcome = miniflare
    .dispatchFetch("http://worker/", { method: "POST", body: line })
    .then((response) => response.json())
    .then((outcome) => ({ ...outcome, elapsed_ms: Math.round(performance.now() - begun) }))
    .catch((error) => ({ id, outcome: "foreign", shown: error.stack }))
    .then((outcome) => process.stdout.write(`${JSON.stringify(outcome)}\n`));
  running.add(outcome);
}
await Promise.all(running);
await miniflare.dispose();

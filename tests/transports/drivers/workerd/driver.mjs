// The fetch of Cloudflare's runtime: `node driver.mjs PACKAGE TOOLS`.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

import { drive } from "../javascript/drive.mjs";

const [folder, tools] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { Miniflare } = require("miniflare");
const { version } = createRequire(require.resolve("miniflare"))("workerd/package.json");

const WORKER = `
import * as index from "./dist/workerd/index.js";
import { run } from "./case.mjs";
export default {
  async fetch(request) {
    return Response.json(await run(index, await request.json()));
  },
};`;
const read = (path) => readFileSync(path, path.endsWith(".wasm") ? undefined : "utf8");
const scripts = readdirSync(join(folder, "dist/workerd")).map((name) => `dist/workerd/${name}`);
const modules = [
  { type: "ESModule", path: "/worker.mjs", contents: WORKER },
  { type: "ESModule", path: "/case.mjs", contents: read(join(import.meta.dirname, "../javascript/case.mjs")) },
  ...scripts.map((name) => ({ type: "ESModule", path: `/${name}`, contents: read(join(folder, name)) })),
  ...["client", "webhook"].map((name) => ({ type: "CompiledWasm", path: `/dist/${name}.wasm`, contents: read(join(folder, `dist/${name}.wasm`)) })),
];

await drive({ name: "fetch", version: `workerd ${version}` }, async ({ ca, proxy }) => {
  // A Worker has no proxy to set.
  if (proxy) return undefined;
  // Miniflare reads it when it is made, and passes it on as a certificate that is trusted.
  if (ca) process.env.NODE_EXTRA_CA_CERTS = ca;
  else delete process.env.NODE_EXTRA_CA_CERTS;
  const miniflare = new Miniflare({ compatibilityDate: "2026-07-01", modulesRoot: "/", modules, handleRuntimeStdio: () => {} });
  await miniflare.ready;
  return {
    async run(given) {
      // A Worker's clock stands still while it computes.
      const begun = performance.now();
      const response = await miniflare.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify(given) });
      return { ...(await response.json()), elapsed_ms: Math.round(performance.now() - begun) };
    },
    close: () => miniflare.dispose(),
  };
});

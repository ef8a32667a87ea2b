// Bundles the package for one runtime, as a bundler of that runtime does it. The package has one copy of its code, and the
// conditions of the runtime select the files that differ.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { build } from "esbuild";

/** The export conditions of each runtime. */
export const CONDITIONS = { node: ["node"], deno: ["deno", "node"], web: ["browser"], workerd: ["workerd", "worker", "browser"], "edge-light": ["edge-light", "worker", "browser"] };

const folders = new Map();

/** Returns a folder with a file for each entry of the package. Wasm modules stay imports of files in the folder above. */
export function built(folder, runtime) {
  const key = `${folder} ${runtime}`;
  if (!folders.has(key)) folders.set(key, bundle(folder, runtime));
  return folders.get(key);
}

async function bundle(folder, runtime) {
  const outdir = mkdtempSync(join(tmpdir(), `hudhud-${runtime}-`));
  process.on("exit", () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    entryPoints: ["index", "webhook", "testing", "opentelemetry", "workers"].map((name) => join(folder, `dist/${name}.js`)),
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    conditions: CONDITIONS[runtime],
    plugins: [{ name: "external", setup: (at) => at.onResolve({ filter: /^node:|\.wasm(\?module)?$/ }, ({ path }) => ({ path, external: true })) }],
  });
  return outdir;
}

/** Returns the package's modules for workerd, with paths below `root`. */
export async function workerdModules(folder, root, names = ["client", "webhook"]) {
  const outdir = await built(folder, "workerd");
  const scripts = readdirSync(outdir).filter((name) => name.endsWith(".js"));
  return [
    ...scripts.map((name) => ({ type: "ESModule", path: `${root}dist/workerd/${name}`, contents: readFileSync(join(outdir, name), "utf8") })),
    ...names.map((name) => ({ type: "CompiledWasm", path: `${root}dist/${name}.wasm`, contents: readFileSync(join(folder, `dist/${name}.wasm`)) })),
  ];
}

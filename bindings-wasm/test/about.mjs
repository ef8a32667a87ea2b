// Where the tests find what they test: the made package, the sandbox and the tools. `cargo xtask test` says it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { EdgeVM } from "@edge-runtime/vm";

if (!process.env.PACKAGE) throw new Error("$PACKAGE is the folder that cargo xtask package npm names");

/** The package as it would be published. */
export const folder = process.env.PACKAGE;
/** The sandbox's first line. */
export const sandbox = JSON.parse(process.env.SANDBOX ?? "{}");
/** The commands of node_modules. */
export const bin = join(import.meta.dirname, "../node_modules/.bin");

const denoPath = join(bin, "../@deno/linux-x64-glibc/deno");
/** Deno, and why there is none. */
export const deno = { path: denoPath, skip: !existsSync(denoPath) && !process.env.CI && "there is no Deno for this machine" };

/** A module of the package, as Node loads it. */
export const load = (name) => import(`file://${folder}/dist/node/${name}.js`);

/** For esbuild: a module of the package's as Vercel's bundler hands it to an edge function, which is by a global name. */
export const byGlobalName = {
  name: "wasm",
  setup(at) {
    at.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path: path.match(/(\w+)\.wasm/)[1], namespace: "wasm" }));
    at.onLoad({ filter: /./, namespace: "wasm" }, ({ path }) => ({ contents: `export default wasm_${path};` }));
  },
};

/** Vercel's edge runtime, which Next runs too, with a bundle in it. Its modules come from outside. */
export function edge(code, globals = {}) {
  const modules = ["client", "webhook"].map((name) => [`wasm_${name}`, new WebAssembly.Module(readFileSync(join(folder, `dist/${name}.wasm`)))]);
  const vm = new EdgeVM({ extend: (context) => Object.assign(context, Object.fromEntries(modules), globals) });
  vm.evaluate(code);
  return vm;
}

/** The package's modules as workerd takes them, below a folder. */
export function modulesOf(root, names = ["client", "webhook"]) {
  const scripts = readdirSync(join(folder, "dist/workerd")).map((name) => `dist/workerd/${name}`);
  return [
    ...scripts.map((name) => ({ type: "ESModule", path: `${root}${name}`, contents: readFileSync(join(folder, name), "utf8") })),
    ...names.map((name) => ({ type: "CompiledWasm", path: `${root}dist/${name}.wasm`, contents: readFileSync(join(folder, `dist/${name}.wasm`)) })),
  ];
}

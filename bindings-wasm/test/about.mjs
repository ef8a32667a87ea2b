// The paths of the built package, the sandbox and the tools, from the environment variables of `cargo xtask test`.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { EdgeVM } from "@edge-runtime/vm";

import { workerdModules } from "./built.mjs";

if (!process.env.PACKAGE) throw new Error("$PACKAGE is not set; set it to the folder that cargo xtask package npm made");

/** The folder of the built package. */
export const folder = process.env.PACKAGE;
/** The first line that the sandbox prints. */
export const sandbox = JSON.parse(process.env.SANDBOX ?? "{}");
/** The commands of node_modules. */
export const bin = join(import.meta.dirname, "../node_modules/.bin");

const denoPath = join(bin, "../@deno/linux-x64-glibc/deno");
/** The path of Deno, and the reason to skip its tests if it is missing. */
export const deno = { path: denoPath, skip: !existsSync(denoPath) && !process.env.CI && "Deno is not available for this platform" };

/** Returns the path of another version of Node, and the reason to skip its tests if it is missing. */
function nodeOf(version) {
  const path = join(bin, `../node-${version}/bin/node`);
  return existsSync(path) ? { path } : { skip: !process.env.CI && `Node ${version} is not available for this platform` };
}
export const [node22, node24] = [nodeOf(22), nodeOf(24)];

/** Loads a module of the package. */
export const load = (name) => import(`file://${folder}/dist/${name}.js`);

/** An esbuild plugin that loads wasm modules from global variables, like Vercel's bundler does in edge functions. */
export const byGlobalName = {
  name: "wasm",
  setup(at) {
    at.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path: path.match(/(\w+)\.wasm/)[1], namespace: "wasm" }));
    at.onLoad({ filter: /./, namespace: "wasm" }, ({ path }) => ({ contents: `export default wasm_${path};` }));
  },
};

/** Runs a bundle in Vercel's edge runtime, which Next uses too. Its wasm modules are passed as globals. */
export function edge(code, globals = {}) {
  const modules = ["client", "webhook"].map((name) => [`wasm_${name}`, new WebAssembly.Module(readFileSync(join(folder, `dist/${name}.wasm`)))]);
  const vm = new EdgeVM({ extend: (context) => Object.assign(context, Object.fromEntries(modules), globals) });
  vm.evaluate(code);
  return vm;
}

/** Returns the package's modules for workerd, with paths below `root`. */
export const modulesOf = (root, names) => workerdModules(folder, root, names);

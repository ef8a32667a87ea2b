// Where the tests find what they test: the made package, the sandbox and the tools. `cargo xtask test` says it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

if (!process.env.PACKAGE) throw new Error("$PACKAGE is the folder that cargo xtask package npm names");

/** The package as it would be published. */
export const folder = process.env.PACKAGE;
/** The sandbox's first line. */
export const sandbox = JSON.parse(process.env.SANDBOX ?? "{}");
/** The commands of node_modules. */
export const bin = join(import.meta.dirname, "../node_modules/.bin");

/** A module of the package, as Node loads it. */
export const load = (name) => import(`file://${folder}/dist/node/${name}.js`);

/** The package's modules as workerd takes them, below a folder. */
export function modulesOf(root, names = ["client", "webhook"]) {
  const scripts = readdirSync(join(folder, "dist/workerd")).map((name) => `dist/workerd/${name}`);
  return [
    ...scripts.map((name) => ({ type: "ESModule", path: `${root}${name}`, contents: readFileSync(join(folder, name), "utf8") })),
    ...names.map((name) => ({ type: "CompiledWasm", path: `${root}dist/${name}.wasm`, contents: readFileSync(join(folder, `dist/${name}.wasm`)) })),
  ];
}

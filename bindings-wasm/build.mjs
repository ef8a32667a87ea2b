// Builds the package: `node build.mjs FOLDER`, with the command-line tools in $TOOLS. `cargo xtask package npm` runs it
// after generating js/generated.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { build } from "esbuild";

const here = import.meta.dirname;
const made = resolve(process.argv[2]);
const folder = join(made, "hudhud");
const dist = join(folder, "dist");
const generated = join(here, "js/generated");
const tool = (name, ...args) => execFileSync(join(process.env.TOOLS, name), args, { cwd: here, stdio: "inherit" });

rmSync(folder, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

// 1. The wasm modules, optimised by wasm-opt.
const FEATURES = ["simd", "bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];
for (const name of ["client", "webhook"]) {
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  // The stack comes first in memory and never fills, so the lowest addresses are unused.
  const layout = "--low-memory-unused";
  const optimised = join(dist, `${name}.wasm`);
  // The verifier is small and hashes: speed matters more than size.
  const level = name === "webhook" ? ["-Os"] : ["--flatten", "--rereloop", "-Oz", "--converge"];
  tool("wasm-opt", ...level, layout, ...features, "--strip-debug", "--strip-producers", join(generated, name, `${name}_bg.wasm`), "-o", optimised);
}

// 2. A folder for each kind of runtime. They differ in loading the module, hashing and sending.
const RUNTIMES = {
  workerd: { module: (name) => `../${name}.wasm`, runtime: "web" },
  "edge-light": { module: (name) => `../${name}.wasm?module`, runtime: "web" },
  node: { runtime: "node" },
  web: { runtime: "web" },
};

/** Adds core with wasm-bindgen's glue, initialised on import. The runtime provides the module, or it is embedded as text. */
function host({ module, runtime }) {
  return {
    name: "host",
    setup(build) {
      build.onResolve({ filter: /^#(hash|fetch)$/ }, ({ path }) => ({ path: join(here, `js/host/${path.slice(1)}-${runtime}.ts`) }));
      build.onResolve({ filter: /^#(client|webhook)$/ }, ({ path }) => ({ path: path.slice(1), namespace: "core", sideEffects: true }));
      build.onResolve({ filter: /^\.\..*\.wasm(\?module)?$/ }, ({ path }) => ({ path, external: true }));
      // wasm-bindgen's initSync accepts many inputs, but no module of another realm. In Next each function has its own realm
      // and the module comes from outside.
      build.onLoad({ filter: /[\\/]js[\\/]generated[\\/]\w+[\\/]\w+\.js$/ }, ({ path }) => {
        const glue = readFileSync(path, "utf8");
        const start = "function initSync(module) {\n    return __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);\n}\n";
        // Also remove the polyfill of a method that all of these runtimes have, and a method that no file calls.
        const cuts = [[/if \(Symbol\.dispose\) .*\n/g, ""], [/function initSync\(module\) \{\n[^]*?\n\}\n/, start], [/if \(!\('encodeInto' in cachedTextEncoder\)\) \{\n[^]*?\n\}\n/, ""]];
        const contents = cuts.reduce((text, [from, to]) => {
          if (text.search(from) < 0) throw new Error("wasm-bindgen's glue has changed: adapt the patterns in build.mjs");
          return text.replace(from, to);
        }, glue);
        return { contents };
      });
      build.onLoad({ filter: /.*/, namespace: "core" }, ({ path: name }) => {
        const glue = JSON.stringify(join(generated, name, `${name}.js`));
        const [from, one] = module ? [module(name), "given"] : [join(dist, `${name}.wasm`), "new WebAssembly.Module(given)"];
        return {
          contents: `import given from ${JSON.stringify(from)};\nimport { initSync } from ${glue};\ninitSync(${one});\nexport * from ${glue};\n`,
          resolveDir: here,
        };
      });
    },
  };
}

const common = { bundle: true, target: "es2022", logLevel: "warning", loader: { ".wasm": "binary" }, legalComments: "none", charset: "utf8" };
const options = (name) => ({
  ...common,
  platform: name === "node" ? "node" : "neutral",
  plugins: [host(RUNTIMES[name])],
  inject: ["node", "web"].includes(name) ? [join(here, `js/host/globals-${name}.ts`)] : [],
});
const entries = ["index", "webhook", "testing", "opentelemetry", "workers", "hono", "express", "fastify", "next", "sveltekit"];
for (const name of Object.keys(RUNTIMES)) {
  const entryPoints = entries.map((entry) => join(here, `js/${entry}.ts`));
  await build({ ...options(name), entryPoints, outdir: join(dist, name), format: "esm", splitting: true });
  // An entry that only exports names of one chunk also imports the chunks of that chunk, for their order. Bundlers warn about
  // such imports, because the package states that it has no side effects.
  for (const file of readdirSync(join(dist, name)).filter((file) => file.endsWith(".js"))) {
    const path = join(dist, name, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(/^import "\.\/chunk-\w+\.js";\n/gm, ""));
  }
}
// CommonJS has no chunks, so the entries that share the larger module are in one file. The build for browsers needs
// CommonJS too: Jest with jsdom loads it with require.
for (const name of ["node", "web"]) {
  const commonJs = { ...options(name), format: "cjs", outExtension: { ".js": ".cjs" } };
  await build({
    ...commonJs,
    stdin: { contents: `export * as index from "./index.js";\nexport * as testing from "./testing.js";\n`, resolveDir: join(here, "js"), sourcefile: "whole.ts" },
    outfile: join(dist, name, "client.cjs"),
    outExtension: undefined,
  });
  await build({ ...commonJs, entryPoints: entries.filter((entry) => !["index", "testing"].includes(entry)).map((entry) => join(here, `js/${entry}.ts`)), outdir: join(dist, name) });
  for (const entry of ["index", "testing"]) {
    writeFileSync(join(dist, name, `${entry}.cjs`), `"use strict";\nmodule.exports = require("./client.cjs").${entry};\n`);
  }
}

// 3. The types, for both kinds of modules.
const types = join(folder, "types");
tool("../typescript/bin/tsc", "--project", ".", "--outDir", types);
const led = new Set();
const follow = (path) => {
  if (led.has(path)) return;
  led.add(path);
  for (const [, to] of readFileSync(path, "utf8").matchAll(/(?:from |import\()"(\.[^"]*)\.js"/g)) follow(join(path, "..", `${to}.d.ts`));
};
for (const name of entries) follow(join(types, `${name}.d.ts`));
for (const name of readdirSync(types, { recursive: true })) {
  if (!name.endsWith(".d.ts")) continue;
  // No public type refers to this file.
  if (!led.has(join(types, name))) {
    rmSync(join(types, name));
    continue;
  }
  const text = readFileSync(join(types, name), "utf8");
  if (text.includes('"#')) throw new Error(`${name} refers to a module that is not published`);
  const required = text.replace(/(from "\.{1,2}\/[^"]*|import\("\.{1,2}\/[^"]*)\.js"/g, '$1.cjs"');
  writeFileSync(join(types, name.replace(/\.d\.ts$/, ".d.cts")), required);
}

// 4. package.json and the texts.
const entry = (name) => {
  const esm = (runtime) => ({ types: `./types/${name}.d.ts`, default: `./dist/${runtime}/${name}.js` });
  const cjs = (runtime) => ({ types: `./types/${name}.d.cts`, default: `./dist/${runtime}/${name}.cjs` });
  return {
    workerd: esm("workerd"),
    "edge-light": esm("edge-light"),
    deno: esm("node"),
    bun: { import: esm("node"), require: cjs("node") },
    node: { import: esm("node"), require: cjs("node") },
    browser: { import: esm("web"), require: cjs("web") },
    default: { import: esm("web"), require: cjs("web") },
  };
};
const { devDependencies: _, optionalDependencies: __, overrides: ___, ...manifest } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const others = entries.slice(1);
const exports = { ".": entry("index"), ...Object.fromEntries(others.map((name) => [`./${name}`, entry(name)])), "./package.json": "./package.json" };
const published = {
  ...manifest,
  // For tools that do not read `exports`. The folders below are for them too.
  main: "./dist/node/index.cjs",
  module: "./dist/web/index.js",
  types: "./types/index.d.ts",
  exports,
  files: ["dist", "types", ...others, "LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES.txt"],
  engines: { node: ">=20" },
};
for (const name of others) {
  const old = { main: `../dist/node/${name}.cjs`, module: `../dist/web/${name}.js`, types: `../types/${name}.d.cts` };
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "package.json"), `${JSON.stringify(old, null, 2)}\n`);
}
writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
cpSync(join(here, "README.md"), join(folder, "README.md"));
for (const text of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(here, "..", text), join(folder, text));
// npm adds `LICENSE` and `LICENSE.*` automatically. Other names must be listed in `files`.
cpSync(join(here, "THIRD-PARTY-NOTICES.txt"), join(folder, "THIRD-PARTY-NOTICES.txt"));

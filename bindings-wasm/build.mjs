// Builds the package: `node build.mjs FOLDER`, with the command-line tools in $TOOLS. `cargo xtask package npm` runs it
// after generating js/generated.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { deflateRawSync } from "node:zlib";

import { build } from "esbuild";

const here = import.meta.dirname;
const made = resolve(process.argv[2]);
const folder = join(made, "hudhud");
const dist = join(folder, "dist");
const generated = join(here, "js/generated");
const own = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const { version } = own;
const tool = (name, ...args) => execFileSync(join(process.env.TOOLS, name), args, { cwd: here, stdio: "inherit" });

rmSync(folder, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

// 1. The wasm modules, optimised by wasm-opt.
const FEATURES = ["simd", "bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];
for (const name of ["client", "webhook", "inbox", "outbox"]) {
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  // The stack comes first in memory and never fills, so the lowest addresses are unused.
  const layout = "--low-memory-unused";
  const optimised = join(dist, `${name}.wasm`);
  // The verifier is small and hashes: speed matters more than size.
  const level = name === "webhook" ? ["-Os"] : ["--flatten", "--rereloop", "-Oz", "--converge"];
  tool("wasm-opt", ...level, layout, ...features, "--strip-debug", "--strip-producers", join(generated, name, `${name}_bg.wasm`), "-o", optimised);
}

// 2. The code. All runtimes share it. What differs between them has a name that begins with `#`, and the field `imports` of
// package.json leads each runtime to its own file in `dist/host`.
const entries = ["index", "webhook", "testing", "opentelemetry", "workers", "cloudflare", "redis", "postgres", "outbox", "hono", "express", "fastify", "next", "sveltekit"];
const CORES = ["client", "webhook", "inbox", "outbox"];
/** The files of each part: the name of the part, and its variants. */
const PARTS = { hash: ["web", "node"], fetch: ["web", "node"], globals: ["web", "node", "plain"], unpack: ["web", "node"], journal: ["web", "node"], "durable-object": ["workerd", "plain"] };

/** Packs a module as text into a script that both ESM and CommonJS load. Returns the name of the global that it sets. */
function embed(name) {
  const bytes = readFileSync(join(dist, `${name}.wasm`));
  const key = `hudhud ${name} ${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;
  const text = deflateRawSync(bytes, { level: 9 }).toString("base64");
  writeFileSync(join(dist, `${name}.wasm.cjs`), `globalThis[Symbol.for("${key}")]??="${text}";\n`);
  return key;
}

/** The code that gives core's module to wasm-bindgen's glue, which is ready after the import. */
const LOADERS = {
  workerd: (name) => `import given from "../${name}.wasm";`,
  "edge-light": (name) => `import given from "../${name}.wasm?module";`,
  embedded: (name) => `import "../${name}.wasm.cjs";\nimport { embedded } from "./host/embedded.js";\nconst given = embedded("${KEYS[name]}");`,
};
const KEYS = Object.fromEntries(CORES.map((name) => [name, embed(name)]));

const core = {
  name: "core",
  setup(build) {
    build.onResolve({ filter: /^(#|node:|cloudflare:|\.\.\/\w+\.wasm)/ }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /^core:/ }, ({ path }) => ({ path: path.slice(5), namespace: "core", sideEffects: true }));
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
    build.onLoad({ filter: /.*/, namespace: "core" }, ({ path }) => {
      const [name, how] = path.split(":");
      const glue = JSON.stringify(join(generated, name, `${name}.js`));
      return { contents: `${LOADERS[how](name)}\nimport { initSync } from ${glue};\ninitSync(given);\nexport * from ${glue};\n`, resolveDir: join(here, "js") };
    });
  },
};

const common = {
  bundle: true,
  target: "es2022",
  platform: "neutral",
  logLevel: "warning",
  legalComments: "none",
  charset: "utf8",
  // Names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  // A runtime prints the line of an uncaught error.
  lineLimit: 160,
  sourcemap: true,
  sourcesContent: false,
  plugins: [core],
};
const coding = [join(here, "js/host/coding.ts")];
const source = (name) => ({ in: join(here, `js/${name}.ts`), out: name });
const hosts = Object.entries(PARTS).flatMap(([part, variants]) => variants.map((variant) => source(`host/${part}-${variant}`)));
const loaders = (hows) => CORES.flatMap((name) => hows.map((how) => ({ in: `core:${name}:${how}`, out: `host/${name}-${how}` })));

const shared = entries.filter((entry) => entry !== "outbox");
await build({ ...common, entryPoints: [...shared.map(source), ...loaders(Object.keys(LOADERS))], outdir: dist, format: "esm", splitting: true, inject: coding });
// Alone, so that the chunks of the others stay as they are without it.
await build({ ...common, entryPoints: [source("outbox")], outdir: dist, format: "esm", inject: coding });
await build({ ...common, entryPoints: hosts, outdir: dist, format: "esm" });
// CommonJS has no chunks, so the entries that share a module are in one file, and so is each file of `host`.
const ALONE = ["opentelemetry", "cloudflare", "redis", "postgres", "outbox"];
const SETS = { client: ["index", "testing"], receivers: entries.filter((entry) => !["index", "testing", ...ALONE].includes(entry)) };
const commonJs = { ...common, format: "cjs" };
for (const [set, names] of Object.entries(SETS)) {
  const contents = names.map((name) => `export * as ${name} from "./${name}.js";`).join("\n");
  await build({ ...commonJs, stdin: { contents, resolveDir: join(here, "js"), sourcefile: `all-${set}.ts` }, outfile: join(dist, `${set}.cjs`), inject: coding });
  for (const name of names) writeFileSync(join(dist, `${name}.cjs`), `"use strict";\nmodule.exports = require("./${set}.cjs").${name};\n`);
}
await build({ ...commonJs, entryPoints: ALONE.map(source), outdir: dist, outExtension: { ".js": ".cjs" } });
await build({ ...commonJs, entryPoints: [...hosts, ...loaders(["embedded"])], outdir: dist, outExtension: { ".js": ".cjs" }, inject: coding });

for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name);
  // An entry that only exports names of one chunk also imports the chunks of that chunk, for their order. Bundlers warn about
  // such imports, because the package states that it has no side effects. Spaces keep the positions of the source map.
  if (name.endsWith(".js")) writeFileSync(path, readFileSync(path, "utf8").replaceAll(/import"(\.\.?\/)+chunk-\w+\.js";/g, (text) => " ".repeat(text.length)));
  if (!name.endsWith(".map")) continue;
  const { sources: paths, ...map } = JSON.parse(readFileSync(path, "utf8"));
  const sources = paths.map((one) => one.replace(/^.*?(?=js\/|node_modules\/)/, ""));
  // These files are wasm-bindgen's and fflate's code, but for a few lines.
  const isForeign = /(-embedded\.cjs|unpack-web\.c?js)\.map$/.test(name);
  if (!isForeign && sources.some((one) => /^js\/(?!generated\/)/.test(one))) {
    // The sources are those of the release. The generated ones are not in the repository.
    const sourceRoot = `https://raw.githubusercontent.com/hudhud-dev/hudhud/v${version}/bindings-wasm/`;
    writeFileSync(path, JSON.stringify({ ...map, sourceRoot, sources }));
  } else {
    const code = path.replace(/\.map$/, "");
    writeFileSync(code, readFileSync(code, "utf8").replace(/^\/\/# sourceMappingURL=.*\n/m, ""));
    rmSync(path);
  }
}

// 3. The types: once, for CommonJS. Those of ESM lead there.
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
  rmSync(join(types, name));
  writeFileSync(join(types, name.replace(/\.d\.ts$/, ".d.cts")), required);
}
for (const name of entries) writeFileSync(join(types, `${name}.d.ts`), `export * from "./${name}.cjs";\n`);

// 4. package.json and the texts.
const entry = (name) => ({
  import: { types: `./types/${name}.d.ts`, default: `./dist/${name}.js` },
  require: { types: `./types/${name}.d.cts`, default: `./dist/${name}.cjs` },
});
/** The file of a part for each kind of module. */
const both = (name) => ({ import: `./dist/host/${name}.js`, default: `./dist/host/${name}.cjs` });
const web = (name, isWorker) => `./dist/host/${name}-${isWorker && name === "globals" ? "plain" : "web"}.js`;
const imports = {
  ...Object.fromEntries(
    CORES.map((name) => [`#${name}`, { workerd: `./dist/host/${name}-workerd.js`, "edge-light": `./dist/host/${name}-edge-light.js`, ...both(`${name}-embedded`) }]),
  ),
  ...Object.fromEntries(
    Object.keys(PARTS).map((name) => {
      if (name === "durable-object") return [`#${name}`, { workerd: `./dist/host/${name}-workerd.js`, ...both(`${name}-plain`) }];
      const node = both(`${name}-node`);
      return [`#${name}`, { workerd: web(name, true), "edge-light": web(name, true), deno: node, bun: node, node, browser: both(`${name}-web`), ...both(`${name}-web`) }];
    }),
  ),
};
const { devDependencies: _, optionalDependencies: __, overrides: ___, ...manifest } = own;
const others = entries.slice(1);
const exports = { ".": entry("index"), ...Object.fromEntries(others.map((name) => [`./${name}`, entry(name)])), "./package.json": "./package.json" };
const published = {
  ...manifest,
  // For tools that do not read `exports`. The folders below are for them too.
  main: "./dist/index.cjs",
  module: "./dist/index.js",
  types: "./types/index.d.ts",
  // The scripts with embedded modules set a global, and the files that load a module start it.
  sideEffects: ["./dist/*.wasm.cjs", ...CORES.map((name) => `./dist/host/${name}-*`)],
  imports,
  exports,
  files: ["dist", "types", ...others, "LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES.txt"],
  engines: { node: ">=20" },
};
for (const name of others) {
  const old = { main: `../dist/${name}.cjs`, module: `../dist/${name}.js`, types: `../types/${name}.d.cts` };
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "package.json"), `${JSON.stringify(old, null, 2)}\n`);
}
writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
cpSync(join(here, "README.md"), join(folder, "README.md"));
for (const text of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(here, "..", text), join(folder, text));
// npm adds `LICENSE` and `LICENSE.*` automatically. Other names must be listed in `files`.
cpSync(join(here, "THIRD-PARTY-NOTICES.txt"), join(folder, "THIRD-PARTY-NOTICES.txt"));

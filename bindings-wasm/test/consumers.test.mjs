// A small project for each way of loading the package, installed from the tarball of `npm pack`. Tools that lint packages
// run too.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import hono from "@hono/vite-build/cloudflare-workers";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build, transformSync } from "esbuild";
import { Miniflare } from "miniflare";
import { rollup } from "rollup";
import { build as vite } from "vite";
import webpack from "webpack";

import { bin, byGlobalName, deno, edge, folder, node22, node24 } from "./about.mjs";
import { IMPORTS, USES } from "./consumers/whole.mjs";

const run = promisify(execFile);

/** Returns the configuration of Vite in the README: wasm modules stay files, and the build for Workers is used. */
async function viteConfiguration() {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const [, code] = readme.match(/^```ts\n((?:(?!^```)[^])*?resolveId[^]*?)^```$/m);
  const path = join(home, "vite.config.mjs");
  writeFileSync(path, transformSync(code, { loader: "ts" }).code);
  return (await import(pathToFileURL(path))).default;
}

const home = mkdtempSync(join(tmpdir(), "hudhud-consumers-"));
const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", home, folder]);
const packages = JSON.parse(stdout);
// npm prints an array or an object, depending on its version.
const [packed] = Array.isArray(packages) ? packages : Object.values(packages);
const tarball = join(home, packed.filename);
mkdirSync(join(home, "node_modules/hudhud"), { recursive: true });
await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", join(home, "node_modules/hudhud")]);
writeFileSync(join(home, "package.json"), `{ "type": "module" }`);
// Other packages of the project.
mkdirSync(join(home, "node_modules/@cloudflare"));
for (const name of ["@types", "bun-types", "@cloudflare/workers-types", "@sveltejs", "express", "fastify", "hono", "ioredis", "next", "pg", "postgres", "react", "redis", "svelte", "vite"]) {
  symlinkSync(join(bin, "..", name), join(home, "node_modules", name));
}
after(() => rmSync(home, { recursive: true, force: true }));

function write(name, text) {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
}

async function prints(...command) {
  const { stdout } = await run(command[0], command.slice(1), { cwd: home });
  assert.equal(stdout.trim(), "whole");
}

const REQUIRES = IMPORTS.replaceAll(/import (.*) from (.*);/g, "const $1 = require($2);");
// A handler of each framework takes the same delivery. They are structurally typed, so no framework is loaded.
const HANDLERS = `
  const handled = [];
  const onEvent = (event, { replayKey }) => handled.push(replayKey === event.replayKey);
  const made = (module) => module.webhookHandler({ secret: "secret", onEvent });
  const request = () => toRequest(delivery("secret", "webhook.test"));
  await made(next)(request());
  await made(hono)({ req: { raw: request() }, env: {} });
  await made(sveltekit)({ request: request() });
  await made(workers)(request(), {}, { waitUntil() {} });
  const [inbox, one] = [cloudflare.forgetfulInbox(), { replayKey: "d-1", deduplicateUntil: null }];
  const outcomes = [(await inbox.receive(one, () => {})).outcome, (await inbox.receive(one, () => {})).outcome];
  if (outcomes.join() !== "handled,duplicate") throw new Error("the inbox gives a wrong result");
  const loaded = [await redisStore({ getBuffer: async () => Uint8Array.of(7) }, "n").load(), await postgresStore({ query: async () => ({ rows: [{ state: Uint8Array.of(7) }] }) }, "n").load()];
  if (loaded.join() !== "7,7") throw new Error("a store gives a wrong result");
  const keeping = { bytes: [], read: (at, length) => Uint8Array.from(keeping.bytes.slice(at, at + length)), append: (bytes) => void keeping.bytes.push(...bytes), sync() {}, truncate() {}, close() {} };
  const messages = await outbox.Outbox.open(keeping, new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch([{ json: { message_id: "m" } }]) }));
  await messages.addAll([{ to: "+15551234567", message: "hi" }]);
  if ((await messages.send()).sent !== 1) throw new Error("the outbox gives a wrong result");
  await made(express)({ method: "POST", ...delivery("secret", "webhook.test") }, { writeHead() {}, end() {} });
  fastify.webhookPlugin({ secret: "secret", onEvent });
  if (handled.join() !== "true,true,true,true,true") throw new Error("an adapter gives a wrong result");`;
const FRAMEWORKS = ["express", "fastify", "hono", "next", "sveltekit", "workers"];
/** The files with the types of `hudhud/cloudflare`, two of which have no members. */
const INBOX = ["cloudflare", "inbox", "inbox-object", "leased-inbox", "d1-inbox", "forgetful-store", "durable-object", "rejected-event"];
const WITHOUT_MEMBERS = 2;
/** The files with the types of `hudhud/redis` and `hudhud/postgres`. */
const DATABASES = ["redis", "postgres"];
/** The files with the types of `hudhud/outbox`, one of which has no members. */
const OUTBOX = ["outbox", "outbox-journal", "outbox-report", "outbox-error"];
const ADAPTERS = `${FRAMEWORKS.map((name) => `import * as ${name} from "hudhud/${name}";`).join("\n")}\nimport * as cloudflare from "hudhud/cloudflare";\nimport { redisStore } from "hudhud/redis";\nimport { postgresStore } from "hudhud/postgres";\nimport * as outbox from "hudhud/outbox";\nimport { toRequest } from "hudhud/testing";`;
const ESM = `${IMPORTS}\n${ADAPTERS}\n${USES}${HANDLERS}\nconsole.log("whole");`;
const COMMON = `${REQUIRES}\n${ADAPTERS.replaceAll(/import (?:\* as )?(.*) from (.*);/g, "const $1 = require($2);")}(async () => {${USES}${HANDLERS}\nconsole.log("whole");})();`;

for (const [version, path, skip] of [
  ["Node, this one", process.execPath],
  ["Node 22", node22.path, node22.skip],
  ["Node 24", node24.path, node24.skip],
  ["Bun", join(bin, "bun")],
  ["Deno", deno.path, deno.skip],
]) {
  const words = version === "Deno" ? [path, "run", "--quiet", "--no-lock", "--allow-all"] : [path];
  test(`${version}, ESM`, { skip }, () => prints(...words, write("esm.mjs", ESM)));
  test(`${version}, CommonJS`, { skip }, () => prints(...words, write("common.cjs", COMMON)));
}

test("import and require share each compiled module", async () => {
  const code = `
    import { createRequire } from "node:module";
    const { Module } = WebAssembly;
    let compiled = 0;
    WebAssembly.Module = class extends Module {
      constructor(bytes) {
        super(bytes);
        compiled++;
      }
    };
    const require = createRequire(import.meta.url);
    const made = [await import("hudhud"), require("hudhud"), await import("hudhud/webhook"), require("hudhud/webhook")];
    if (compiled === 2 && made[0].Zagely !== made[1].Zagely) console.log("whole");`;
  await prints(process.execPath, write("shared.mjs", code));
});

/** Bundles an entry with webpack. */
function bundled(entry, target, filename) {
  const compiler = webpack({ context: home, entry, target, mode: "production", output: { path: home, filename, globalObject: "globalThis" }, optimization: { minimize: false }, performance: false });
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error ?? stats.hasErrors()) return reject(error ?? new Error(stats.toString({ all: false, errors: true })));
      assert.deepEqual(stats.toJson({ all: false, warnings: true }).warnings, []);
      compiler.close(resolve);
    });
  });
}

for (const [target, how] of [["node", "esm.mjs"], ["node", "common.cjs"], ["web", "esm.mjs"], ["web", "common.cjs"]]) {
  test(`webpack for ${target}, ${how}`, async () => {
    const entry = write(how, how === "esm.mjs" ? ESM : COMMON);
    const filename = `webpack-${target}-${how}`.replace(".mjs", ".cjs");
    await bundled(entry, [`${target}${target === "node" ? "20" : ""}`, "es2022"], filename);
    await prints(process.execPath, join(home, filename));
  });
}

for (const [condition, external] of [["node", /^node:/], ["browser", []]]) {
  test(`rollup for ${condition}`, async () => {
    const warnings = [];
    const bundle = await rollup({
      input: write("rollup.mjs", ESM),
      external,
      plugins: [nodeResolve({ exportConditions: [condition] })],
      onwarn: (warning) => warnings.push(warning.message),
    });
    const file = join(home, `rollup-${condition}.mjs`);
    await bundle.write({ file, format: "es" });
    await bundle.close();
    assert.deepEqual(warnings, []);
    await prints(process.execPath, file);
  });
}

test("esbuild", async () => {
  const entry = write("esbuild.mjs", ESM);
  for (const [platform, name] of [["node", "for-node"], ["browser", "for-browser"]]) {
    const outfile = join(home, `${name}.mjs`);
    await build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", platform, outfile, logLevel: "silent" });
    await prints(process.execPath, outfile);
  }
});

test("vite", async () => {
  const entry = write("vite.mjs", ESM);
  const lib = { entry, formats: ["es"], fileName: () => "vite.mjs" };
  await vite({ root: home, configFile: false, logLevel: "error", build: { lib, outDir: "vite", target: "es2022" } });
  await prints(process.execPath, join(home, "vite/vite.mjs"));
});

for (const [how, name] of [["require", "jsdom.test.cjs"], ["import", "jsdom.test.mjs"]]) {
  test(`Jest with jsdom, ${how}`, async () => {
    const require = createRequire(import.meta.url);
    const project = join(home, `jest-${how}`);
    mkdirSync(project);
    const uses = `test("it works", async () => {${USES}\n});`;
    const loads = how === "import" ? IMPORTS : REQUIRES;
    writeFileSync(join(project, name), `${loads}\n${uses}`);
    const config = { rootDir: project, testEnvironment: require.resolve("jest-environment-jsdom"), testMatch: [`**/${name}`], transform: {}, moduleFileExtensions: ["cjs", "mjs", "js", "json"] };
    const env = { ...process.env, NODE_OPTIONS: "--experimental-vm-modules" };
    const { stderr } = await run(process.execPath, [join(bin, "jest"), "--config", JSON.stringify(config)], { cwd: project, env });
    assert.match(stderr, /1 passed, 1 total/);
  });
}

for (const [what, configure] of [
  ["Vite", (entry) => ({ build: { ssr: entry, rollupOptions: { output: { entryFileNames: "index.js" } } }, ssr: { target: "webworker", noExternal: true } })],
  ["Hono's build for Workers", (entry) => ({ plugins: [hono({ entry, outputDir: "built-hono", minify: false, preset: "hono" })] })],
]) {
  test(`a Worker built by ${what}`, async () => {
    const entry = `worker-${what.slice(0, 4)}.ts`;
    write(entry, `
      import { Hono } from "hono";
      ${IMPORTS}
      const app = new Hono();
      app.post("/", async (context) => {${USES}\nreturn context.text("whole"); });
      export default app;`);
    const outDir = `built-${what.slice(0, 4).toLowerCase()}`;
    const { plugins = [], build = {}, ssr = {} } = configure(entry);
    const documented = await viteConfiguration();
    await vite({
      root: home,
      configFile: false,
      logLevel: "error",
      plugins: [...plugins, ...documented.plugins],
      build: { outDir, ...documented.build, ...build },
      ssr: { ...ssr, ...documented.ssr },
    });
    const read = (name) => readFileSync(join(home, outDir, name));
    const miniflare = new Miniflare({
      compatibilityDate: "2026-07-01",
      modulesRoot: "/",
      modules: [
        { type: "ESModule", path: "/index.js", contents: read("index.js").toString() },
        ...["client", "webhook"].map((name) => ({ type: "CompiledWasm", path: `/${name}.wasm`, contents: read(`${name}.wasm`) })),
      ],
    });
    try {
      assert.equal(await (await miniflare.dispatchFetch("http://worker/", { method: "POST", body: "x" })).text(), "whole");
    } finally {
      await miniflare.dispose();
    }
  });
}

for (const [what, entry, modules] of [
  ["Workers", `${IMPORTS}\nexport default { async fetch() {${USES}\nreturn new Response("whole"); } };`, ["client", "webhook"]],
  [
    "Workers, hudhud/webhook alone",
    `import { Webhook } from "hudhud/webhook";
     const webhook = new Webhook("secret");
     export default {
       async fetch(request) {
         const error = await webhook.verify(request).catch((error) => error);
         return new Response(error.reason === "missing_header" ? "whole" : "?", { status: error.httpStatus });
       },
     };`,
    ["webhook"],
  ],
]) {
  test(what, async () => {
    // Like wrangler.
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: home },
      bundle: true,
      format: "esm",
      conditions: ["workerd", "worker", "browser"],
      plugins: [{ name: "wasm", setup: (at) => at.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${path.split("/").pop()}`, external: true })) }],
      write: false,
    });
    const wasm = [...outputFiles[0].text.matchAll(/"\.\/(\w+)\.wasm"/g)].map((match) => match[1]);
    assert.deepEqual([...new Set(wasm)].sort(), modules, "no module more than is used");
    const miniflare = new Miniflare({
      compatibilityDate: "2026-07-01",
      modulesRoot: "/",
      modules: [
        { type: "ESModule", path: "/worker.mjs", contents: outputFiles[0].text },
        ...modules.map((name) => ({ type: "CompiledWasm", path: `/${name}.wasm`, contents: readFileSync(join(folder, `dist/${name}.wasm`)) })),
      ],
    });
    try {
      assert.equal(await (await miniflare.dispatchFetch("http://worker/", { method: "POST", body: "x" })).text(), "whole");
    } finally {
      await miniflare.dispose();
    }
  });
}

/** A project whose package has one condition only for each part: loading succeeds only if the runtime uses it. */
function only(condition) {
  const project = join(home, `only-${condition}`);
  const installed = join(project, "node_modules/hudhud");
  cpSync(join(home, "node_modules/hudhud"), installed, { recursive: true });
  copyFileSync(join(home, "package.json"), join(project, "package.json"));
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const [part, conditions] of Object.entries(manifest.imports)) {
    manifest.imports[part] = conditions[condition] ? { [condition]: conditions[condition] } : conditions;
  }
  writeFileSync(join(installed, "package.json"), JSON.stringify(manifest));
  return project;
}

for (const [runtime, command, skip] of [
  ["node", [process.execPath]],
  ["bun", [join(bin, "bun")]],
  ["deno", [deno.path, "run", "--quiet", "--no-lock", "--allow-all"], deno.skip],
]) {
  test(`${runtime} loads the package by its own condition`, { skip }, async () => {
    const entries = ["", "/webhook", "/testing"].map((entry) => `hudhud${entry}`);
    for (const project of [home, only(runtime)]) {
      const resolved = entries.map((entry) => `import.meta.resolve("${entry}")`);
      const script = join(project, `found-by-${runtime}.mjs`);
      writeFileSync(script, `${IMPORTS}${USES}\nconsole.log(JSON.stringify([${resolved}]));`);
      const { stdout } = await run(command[0], [...command.slice(1), script], { cwd: project });
      const files = ["index", "webhook", "testing"].map((name) => pathToFileURL(join(project, `node_modules/hudhud/dist/${name}.js`)).href);
      assert.deepEqual(JSON.parse(stdout), files);
    }
  });
}

test("Vercel's edge functions, and Next's", async () => {
  for (const project of [home, only("edge-light")]) {
    const { outputFiles, metafile } = await build({
      stdin: { contents: `${IMPORTS}\nglobalThis.run = async () => {${USES}\nreturn "whole"; };`, resolveDir: project },
      bundle: true,
      format: "iife",
      conditions: ["edge-light", "worker", "browser"],
      plugins: [byGlobalName],
      metafile: true,
      write: false,
    });
    const hosts = Object.keys(metafile.inputs).map((path) => path.match(/hudhud\/dist\/host\/([\w-]+)\.js/)?.[1]);
    assert.deepEqual(hosts.filter(Boolean).toSorted(), ["client-edge-light", "fetch-web", "globals-plain", "hash-web", "webhook-edge-light"]);
    assert.equal(await edge(outputFiles[0].text).context.run(), "whole");
  }
});

for (const [what, files, options] of [
  ["a bundler's resolution", ["uses.ts"], { module: "esnext", moduleResolution: "bundler" }],
  ["Node's resolution, ESM and CommonJS", ["uses.ts", "uses.cts"], { module: "nodenext", moduleResolution: "nodenext" }],
  ["Node's types alone", ["uses.ts", "uses.cts"], { module: "nodenext", moduleResolution: "nodenext", lib: ["es2022"], types: ["node"] }],
  ["Bun's types alone", ["uses.ts", "bun.ts"], { module: "esnext", moduleResolution: "bundler", lib: ["esnext"], types: ["bun"], skipLibCheck: true }],
  ["Cloudflare's types alone", ["worker.ts"], { module: "esnext", moduleResolution: "bundler", lib: ["es2022"], types: ["@cloudflare/workers-types"] }],
  ["the types of redis, ioredis, pg and postgres", ["stores.ts"], { module: "nodenext", moduleResolution: "nodenext", types: ["node"], skipLibCheck: true }],
  // Theirs are not all in order.
  ["the types of Express, Fastify, Hono, Next and SvelteKit", ["frameworks.ts", "adapters.ts"], { module: "nodenext", moduleResolution: "nodenext", types: ["node"], skipLibCheck: true }],
]) {
  test(`TypeScript, as strict as it gets: ${what}`, async () => {
    for (const name of files) copyFileSync(join(import.meta.dirname, "consumers", name.replace(".cts", ".ts")), join(home, name));
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noPropertyAccessFromIndexSignature: true };
    const common = { skipLibCheck: false, noEmit: true, target: "es2022", lib: ["es2022", "dom", "dom.iterable"], types: [] };
    const config = write(`${files[0]}.json`, JSON.stringify({ compilerOptions: { ...strict, ...common, ...options }, files }));
    await run(join(bin, "../typescript/bin/tsc"), ["--project", config]).catch((error) => assert.fail(error.stdout));
  });
}

test("TypeScript, as Deno checks it", { skip: deno.skip }, async () => {
  const files = ["uses.ts", "deno.ts"];
  for (const name of files) copyFileSync(join(import.meta.dirname, "consumers", name), join(home, name));
  await run(deno.path, ["check", "--quiet", "--no-lock", ...files], { cwd: home, env: { ...process.env, NO_COLOR: "1" } }).catch((error) => assert.fail(error.stderr));
});

test("every call, field and event has a doc comment, and no type is any", () => {
  for (const name of ["generated/calls", "generated/models", "generated/events", "index", "webhook", "testing", "opentelemetry", "observer", "stub", "built-responses", "client", "call", "call-options", "http", "receive", ...INBOX, ...DATABASES, ...OUTBOX, ...FRAMEWORKS]) {
    const text = readFileSync(join(home, `node_modules/hudhud/types/${name}.d.cts`), "utf8");
    const code = text.replaceAll(/\/\*[^]*?\*\//g, "");
    assert.doesNotMatch(code, /\bany\b/, name);
    assert.doesNotMatch(text, /\br"|\br#|\[`/, name);
  }
  const calls = readFileSync(join(home, "node_modules/hudhud/types/generated/calls.d.cts"), "utf8");
  assert.equal(calls.match(/\*\/\n\s+readonly \w+: (Zagely|Wazaj)\w+;\n/g).length, 57 + 11);
  assert.equal(calls.match(/\*\/\n\s+\([^\n]*\): (Call|List)<[\w<>]+>;/g).length, 57);
  const models = readFileSync(join(home, "node_modules/hudhud/types/generated/models.d.cts"), "utf8");
  const fields = models.match(/^ {4}\w+\??: /gm).length;
  assert.equal(models.match(/\*\/\n {4}\w+\??: /g).length, fields);
  // Members that are always undefined, constructors and `then` need no doc comment.
  const silent = /\?: undefined;|^constructor|^(readonly )?then</;
  const seen = new Set();
  for (const name of ["generated/events", "event", "webhook", "testing", "opentelemetry", "observer", "stub", "built-responses", "client", "call", "call-options", "http", "errors", "exchange", "api-response", "text", "transport", "receive", ...INBOX, ...DATABASES, ...OUTBOX, ...FRAMEWORKS]) {
    const lines = readFileSync(join(home, `node_modules/hudhud/types/${name}.d.cts`), "utf8").split("\n");
    for (const [at, line] of lines.entries()) {
      const member = line.match(/^ {4,8}((?:readonly |get |static )*\w+\??[:(<].*)/)?.[1];
      if (!member || silent.test(member)) continue;
      seen.add(name);
      assert.match(lines[at - 1], /\*\/$/, `${name}.d.cts, line ${at + 1}: ${member}`);
    }
  }
  assert.equal(seen.size, 16 + 1 + INBOX.length - WITHOUT_MEMBERS + DATABASES.length + OUTBOX.length - 1 + FRAMEWORKS.length, [...seen].join());
});

test("the package has the expected files only", () => {
  const files = packed.files.map(({ path }) => path);
  const legal = /^(package\.json|README\.md|LICENSE-(MIT|APACHE)|THIRD-PARTY-NOTICES\.txt|dist\/((client|webhook|inbox|outbox)\.wasm(\.cjs)?|(host\/)?[\w-]+\.c?js(\.map)?)|types\/[\w/-]+\.d\.c?ts|(webhook|testing|opentelemetry|workers|cloudflare|redis|postgres|outbox|hono|express|fastify|next|sveltekit)\/package\.json)$/;
  assert.deepEqual(files.filter((path) => !legal.test(path)), []);
  const types = files.map((path) => path.match(/^types\/(.+)\.d\.c?ts$/)?.[1]).filter(Boolean);
  const inside = ["arguments", "body", "call-names", "environment", "error-names", "event-schema", "guards", "host/", "inbox-rules", "inbox-sql", "inspect", "json", "lru-cache", "near", "option-names", "page-history", "promises", "reasons", "redacted", "time"];
  assert.deepEqual(types.filter((name) => inside.some((one) => name.startsWith(one))), [], "what no type leads to");
});

test("an uncaught error prints a few lines of the package, not the whole", async () => {
  const code = `import { Zagely } from "hudhud";\nnew Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: 5 });`;
  const { stderr } = await run(process.execPath, [write("uncaught.mjs", code)], { cwd: home }).catch((error) => error);
  assert.match(stderr, /TypeError: fetch: expected a function/);
  assert.ok(stderr.length < 2500, `${stderr.length} characters: ${stderr}`);
});

for (const [how, file, code] of [
  ["ESM", "traced.mjs", `import { Webhook } from "hudhud/webhook";\nnew Webhook(5);`],
  ["CommonJS", "traced.cjs", `const { Webhook } = require("hudhud/webhook");\nnew Webhook(5);`],
]) {
  test(`a stack trace names the line of the TypeScript source, ${how}`, async () => {
    const { stderr } = await run(process.execPath, ["--enable-source-maps", write(file, code)], { cwd: home }).catch((error) => error);
    const line = stderr.match(/\/v\d+\.\d+\.\d+\/bindings-wasm\/js\/webhook\.ts:(\d+):\d+\)/)?.[1];
    const source = readFileSync(join(import.meta.dirname, "../js/webhook.ts"), "utf8").split("\n");
    assert.match(source[line - 1], /throw new TypeError\("secret: expected a string/, stderr);
  });
}

test("publint finds nothing", async () => {
  const { stdout } = await run(join(bin, "publint"), ["run", folder, "--strict", "--pack", "false"], { env: { ...process.env, NO_COLOR: "1" } }).catch((error) => error);
  assert.match(stdout, /All good/, stdout);
});

test("attw finds nothing", async () => {
  const { stdout } = await run(join(bin, "attw"), [tarball, "--format", "json"]).catch((error) => error);
  const { analysis, problems } = JSON.parse(stdout);
  assert.deepEqual(Object.values(problems ?? analysis.problems).flat(), []);
});

// `hudhud/workers` in Cloudflare's runtime, over a socket, bundled by wrangler.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { promisify } from "node:util";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

import { folder, load } from "./about.mjs";
import { CONDITIONS } from "./built.mjs";
import { receives, REMOTE, SECRET } from "./receivers/cases.mjs";

const { delivery, toRequest } = await load("testing");
const { webhookHandler } = await load("workers");

/** Returns the script of a Worker, and the names of the wasm modules that it imports. */
async function bundled(contents) {
  const external = { name: "wasm", setup: (at) => at.onResolve({ filter: /\.wasm$|^cloudflare:/ }, ({ path }) => ({ path: path.startsWith("cloudflare:") ? path : `./${path.split("/").pop()}`, external: true })) };
  const { outputFiles } = await build({
    stdin: { contents: contents.replaceAll(/"hudhud\/(\w+)"/g, `"${folder}/dist/$1.js"`), resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    conditions: CONDITIONS.workerd,
    plugins: [external],
    write: false,
  });
  const [{ text }] = outputFiles;
  return { text, wasm: [...text.matchAll(/"\.\/(\w+)\.wasm"/g)].map((match) => match[1]) };
}

const home = mkdtempSync(join(tmpdir(), "hudhud-workers-"));
mkdirSync(join(home, "node_modules"));
symlinkSync(folder, join(home, "node_modules/hudhud"));
after(() => rmSync(home, { recursive: true, force: true }));
const wrangler = createRequire(import.meta.url).resolve("wrangler");

/** Returns the modules that `wrangler deploy` would upload for a Worker in TypeScript. The script comes first. */
async function deployed(contents) {
  const out = mkdtempSync(join(home, "out-"));
  const script = join(out, "worker.ts");
  writeFileSync(script, contents);
  const quiet = { CI: "true", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", WRANGLER_LOG_PATH: join(home, "logs") };
  const words = ["--no-warnings", wrangler, "deploy", script, "--name", "receiver", "--compatibility-date", "2026-07-01", "--dry-run", "--outdir", join(out, "made")];
  await promisify(execFile)(process.execPath, words, { cwd: home, env: { ...process.env, ...quiet } }).catch(({ stdout, stderr }) => assert.fail(`${stdout}${stderr}`));
  const names = [".js", ".wasm"].flatMap((end) => readdirSync(join(out, "made")).filter((name) => name.endsWith(end)));
  assert.equal(names.length, 2, `one script and one wasm module, but found ${names}`);
  return names.map((name) => ({ type: name.endsWith(".js") ? "ESModule" : "CompiledWasm", path: `/${name}`, contents: readFileSync(join(out, "made", name)) }));
}

/** Starts a Worker that wrangler bundled. Returns its URL and the lines that it logs. */
async function worker(contents, bindings) {
  const logged = [];
  const miniflare = new Miniflare({
    compatibilityDate: "2026-07-01",
    host: "127.0.0.1",
    port: 0,
    bindings,
    modulesRoot: "/",
    modules: await deployed(contents),
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.on("data", (data) => logged.push(`${data}`))),
  });
  const url = `${await miniflare.ready}`;
  return { url, logged, close: () => miniflare.dispose() };
}

receives("Workers", (_, recorder) =>
  worker(
    `
    import { webhookHandler } from "hudhud/workers";
    ${REMOTE("recorder")}
    let recorder;
    const secret = (env) => {
      recorder = env.RECORDER;
      return env.SECRET;
    };
    export default { fetch: webhookHandler({ secret, onEvent, onError }) };`,
    { SECRET, RECORDER: recorder },
  ),
);

test("a Worker ships the verifier's module alone, and nothing for an import that is not used", async () => {
  assert.deepEqual((await bundled(`import { webhookHandler } from "hudhud/workers"; export default { fetch: webhookHandler({ onEvent() {} }) };`)).wasm, ["webhook"]);
  for (const entry of ["workers", "cloudflare", "redis", "postgres", "outbox", "hono", "express", "fastify", "next", "sveltekit"]) {
    const { text } = await bundled(`import * as all from "hudhud/${entry}"; export default { fetch: () => new Response() };`);
    assert.ok(text.length < 100, `${entry}: ${text}`);
  }
});

test("hudhud/webhook alone has no part of the handlers", async () => {
  const { text } = await bundled(`export { Webhook } from "hudhud/webhook";`);
  assert.doesNotMatch(text, /onEvent|afterResponse/);
});

const { url, logged, close } = await worker(
  `
  import { webhookHandler } from "hudhud/workers";
  const seen = [];
  const receive = webhookHandler({
    async onEvent(event, { replayKey, env, request, context }) {
      if (event.data?.fail) throw new Error("the handler fails");
      seen.push(["onEvent", replayKey, env.NAME, request.method, typeof context.waitUntil]);
    },
    async afterResponse(event, { replayKey, env }) {
      seen.push(["afterResponse", replayKey, env.NAME]);
      if (event.data?.failLater) throw new Error("the later work fails");
    },
  });
  export default {
    async fetch(request, env, context) {
      const { pathname } = new URL(request.url);
      if (pathname === "/seen") return Response.json(seen);
      return receive(request, env, context);
    },
  };`,
  { NAME: "shop", ZAGELY_WEBHOOK_SECRET: SECRET },
);
after(close);
const post = ({ headers, body }) => fetch(url, { method: "POST", headers, body });
const state = async () => (await fetch(`${url}seen`)).json();

/** Asks until the answer is true. A test that waits forever fails by the time limit of the test. */
async function until(check) {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("the secret comes from env, and the handler gets env, the request and the context", async () => {
  assert.equal((await post(delivery(SECRET, "webhook.test", { delivery_id: "d-1" }))).status, 200);
  await until(async () => (await state()).length === 2);
  assert.deepEqual((await state()), [["onEvent", "d-1", "shop", "POST", "function"], ["afterResponse", "d-1", "shop"]]);
});

test("afterResponse runs only after a success, and its error changes no status", { timeout: 20_000 }, async () => {
  const { length } = (await state());
  assert.equal((await post(delivery(SECRET, "webhook.test", { data: { fail: true } }))).status, 500);
  assert.equal((await post(delivery("other", "webhook.test"))).status, 401);
  assert.equal((await post(delivery(SECRET, "webhook.test", { data: { failLater: true } }))).status, 200);
  await until(() => /the later work fails/.test(logged.join("")));
  assert.deepEqual((await state()).slice(length).map(([what]) => what), ["onEvent", "afterResponse"]);
  assert.match(logged.join(""), /the handler fails/);
  assert.match(logged.join(""), /webhook refused: signature_mismatch/);
});

test("the runtime is asked to wait for the handler, also if the sender disconnects", async () => {
  const [promises, order] = [[], []];
  const handler = webhookHandler({
    secret: SECRET,
    async onEvent() {
      order.push(`begins, ${promises.length} promise`);
      await new Promise(setImmediate);
      order.push("handled");
    },
  });
  const answer = handler(toRequest(delivery(SECRET, "webhook.test")), {}, { waitUntil: (promise) => promises.push(promise) });
  await promises[0];
  order.push((await answer).status);
  assert.deepEqual(order, ["begins, 1 promise", "handled", 200]);
});

test("an afterResponse that is no function is refused", () => {
  assert.throws(() => webhookHandler({ secret: SECRET, onEvent() {}, afterResponse: true }), { name: "TypeError", message: "afterResponse: expected a function" });
});

test("what is no inbox, and an inbox without a handler, are errors that say so", async () => {
  const secret = SECRET;
  const onEvent = () => {};
  const message = (given) => `inbox: expected an inbox, such as durableObjectInbox(env.INBOX), or a function that returns one, not ${given}`;
  for (const [inbox, given] of [[null, "null"], [false, "boolean"], ["INBOX", "string"], [{}, "object"]]) {
    assert.throws(() => webhookHandler({ secret, inbox, onEvent }), { name: "TypeError", message: message(given) });
  }
  const inbox = { receive: async () => ({ outcome: "handled", httpStatus: 200 }) };
  for (const options of [{ secret, inbox }, { secret, inbox, onEvent: "handle" }, { secret, inbox: { ...inbox, isTransactional: true }, onEvent: {} }]) {
    assert.throws(() => webhookHandler(options), { name: "TypeError", message: "onEvent: expected a function" });
  }
  const errors = [];
  const handler = webhookHandler({ secret, inbox: () => undefined, onEvent, onError: (error) => errors.push(error.message) });
  const answer = await handler(toRequest(delivery(SECRET, "webhook.test")), {}, { waitUntil() {} });
  assert.deepEqual([answer.status, errors], [500, [message("undefined")]]);
});

test("a test may call the handler without a context", async () => {
  const seen = [];
  const handler = webhookHandler({ secret: SECRET, onEvent: (event) => seen.push(event.name), afterResponse: (event) => seen.push(event.replayKey) });
  const answer = await handler(toRequest(delivery(SECRET, "webhook.test")));
  assert.equal(answer.status, 200);
  await new Promise((ready) => setTimeout(ready));
  assert.equal(seen.length, 2);
});

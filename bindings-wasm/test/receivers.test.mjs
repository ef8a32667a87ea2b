// The adapters for Node frameworks, over a socket, and what a receiver does with invalid options.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import { serve } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";

import { load } from "./about.mjs";
import { receives, SECRET } from "./receivers/cases.mjs";

const adapters = Object.fromEntries(await Promise.all(["express", "fastify", "hono", "next", "sveltekit", "workers"].map(async (name) => [name, await load(name)])));
const { delivery, toRequest } = await load("testing");

/** Returns the options of a receiver in this process. */
const options = (program) => ({
  secret: SECRET,
  onEvent: (event, { replayKey }) => program.onEvent(event, replayKey),
  onError: (error) => program.onError(error),
});

/** Starts a Node server. */
async function listening(server) {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

receives("node:http", (program) => listening(createServer(adapters.express.webhookHandler(options(program)))));

receives("Express, before express.json()", (program) => {
  const app = express();
  app.all("/", adapters.express.webhookHandler(options(program)));
  app.use(express.json());
  return listening(createServer(app));
});

receives("Express, after express.raw()", (program) => {
  const app = express();
  // The limit is the handler's.
  app.use((request, response, next) => ("x-zagely-signature" in request.headers ? express.raw({ type: () => true, limit: "2mb" })(request, response, next) : next()));
  app.all("/", adapters.express.webhookHandler(options(program)));
  return listening(createServer(app));
});

receives(
  "Fastify",
  async (program) => {
    const app = fastify();
    app.register(adapters.fastify.webhookPlugin(options(program)));
    // The parser of other routes is not changed.
    app.post("/json", async (request) => request.body.a);
    await app.listen({ port: 0, host: "127.0.0.1" });
    assert.equal((await app.inject({ method: "POST", url: "/json", payload: { a: "1" } })).body, "1");
    return { url: `http://127.0.0.1:${app.server.address().port}/`, close: () => app.close() };
  },
  { getStatus: 404 },
);

receives("Hono on Node", async (program) => {
  const app = new Hono();
  app.all("/", adapters.hono.webhookHandler(options(program)));
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  return listening(server);
});

test("a body that another middleware parsed gives 500, and the error names express.raw()", async () => {
  const errors = [];
  const app = express();
  app.use(express.json());
  app.post("/", adapters.express.webhookHandler({ secret: SECRET, onEvent: assert.fail, onError: (error) => errors.push(`${error}`) }));
  const { url, close } = await listening(createServer(app));
  try {
    const { headers, body } = delivery(SECRET, "webhook.test");
    assert.equal((await fetch(url, { method: "POST", headers, body })).status, 500);
    assert.match(errors.join(), /^TypeError: .*express\.raw\(\)/);
  } finally {
    close();
  }
});

const onEvent = () => {};

for (const [name, make, context] of [
  ["express", "webhookHandler"],
  ["fastify", "webhookPlugin"],
  ["hono", "webhookHandler"],
  ["next", "webhookHandler"],
  ["sveltekit", "webhookHandler"],
  ["workers", "webhookHandler"],
]) {
  test(`hudhud/${name}: an invalid option is a TypeError at once`, () => {
    const { [make]: handler } = adapters[name];
    for (const [options, message] of [
      [{ secret: SECRET }, "onEvent: expected a function"],
      [{ secret: SECRET, onEvent, onError: null }, "onError: expected a function"],
      ...[5, null, [], {}, [null]].map((secret) => [{ secret, onEvent }, "secret: expected a string; is the variable set?"]),
      [{ secret: " ", onEvent }, /^A webhook secret is empty/],
      [{ secret: () => SECRET, onEvent, maxBytes: -1 }, "maxBytes: expected a number >= 0"],
      [{ secret: SECRET, onEvent, tolerance: 5 }, "unknown option: tolerance; expected toleranceSeconds, maxBytes or now"],
      [undefined, "onEvent: expected a function"],
    ]) {
      assert.throws(() => handler(options), { name: "TypeError", message }, JSON.stringify(options));
    }
  });
}

/** Returns the status of a delivery that a handler of standard requests gets. */
const status = async (handler, given) => (await handler(given)).status;

test("the secret comes from the environment, from a function, or from several", async () => {
  const [request, errors] = [() => toRequest(delivery(SECRET, "webhook.test")), []];
  const onError = (error) => errors.push(`${error}`);
  const { webhookHandler: next } = adapters.next;
  assert.equal(await status(next({ onEvent, onError }), request()), 500);
  assert.match(errors.join(), /ZAGELY_WEBHOOK_SECRET is not set/);
  assert.throws(() => adapters.express.webhookHandler({ onEvent }), /ZAGELY_WEBHOOK_SECRET is not set/);
  assert.throws(() => adapters.fastify.webhookPlugin({ onEvent }), /ZAGELY_WEBHOOK_SECRET is not set/);
  const { webhookHandler: hono } = adapters.hono;
  const { webhookHandler: kit } = adapters.sveltekit;
  const env = { ZAGELY_WEBHOOK_SECRET: `old ${SECRET}` };
  const inHono = (env) => ({ env, req: { raw: request() } });
  assert.equal(await status(hono({ onEvent, onError }), inHono(env)), 200);
  assert.equal(await status(kit({ onEvent, onError }), { request: request(), platform: { env } }), 200);
  process.env.ZAGELY_WEBHOOK_SECRET = SECRET;
  try {
    assert.equal(await status(next({ onEvent }), request()), 200);
    // On Node, Hono passes an object without variables, and SvelteKit none.
    assert.equal(await status(hono({ onEvent }), inHono({ incoming: {} })), 200);
    assert.equal(await status(kit({ onEvent }), { request: request() }), 200);
  } finally {
    delete process.env.ZAGELY_WEBHOOK_SECRET;
  }
  assert.equal(await status(next({ secret: ["old", SECRET], onEvent }), request()), 200);
  assert.equal(await status(next({ secret: async () => ["old", SECRET], onEvent }), request()), 200);
  assert.equal(await status(next({ secret: async () => undefined, onEvent, onError }), request()), 500);
  assert.match(errors.at(-1), /^TypeError: secret: expected a string/);
});

test("without onError, refusals are warnings and other errors are errors; an onError that throws changes no status", async () => {
  const [logged, { error, warn }] = [[], console];
  Object.assign(console, { error: (given) => logged.push(["error", given]), warn: (given) => logged.push(["warn", given]) });
  const failure = new Error("no");
  const fail = async () => {
    throw failure;
  };
  const { webhookHandler: next } = adapters.next;
  try {
    assert.equal(await status(next({ secret: SECRET, onEvent: fail }), toRequest(delivery(SECRET, "webhook.test"))), 500);
    assert.equal(await status(next({ secret: SECRET, onEvent }), toRequest(delivery("other", "webhook.test"))), 401);
  } finally {
    Object.assign(console, { error, warn });
  }
  assert.deepEqual(logged.map(([level, given]) => [level, given === failure || `${given}`.slice(0, 35)]), [["error", true], ["warn", "webhook refused: signature_mismatch"]]);
  assert.equal(await status(next({ secret: SECRET, onEvent: fail, onError: fail }), toRequest(delivery(SECRET, "webhook.test"))), 500);
});

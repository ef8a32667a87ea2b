// Node frameworks over a socket, with deliveries that the sandbox signs and sends.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { serve } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";

import { load, sandbox } from "./about.mjs";

const { Zagely } = await load("index");
const { Webhook, WebhookError } = await load("webhook");
const { delivery } = await load("testing");
const { public_key: publicKey, secret_key: secretKey, zagely_base_url: baseUrl } = sandbox;
const zagely = new Zagely({ publicKey, secretKey, baseUrl });

/** A program that responds to a delivery. Each framework passes its own request. */
function answering() {
  const answering = { webhook: undefined, events: [], faults: [] };
  answering.to = async (given) => {
    try {
      answering.events.push(await answering.webhook.verify(given));
      return 200;
    } catch (error) {
      answering.faults.push(error);
      return error instanceof WebhookError ? error.httpStatus : 500;
    }
  };
  return answering;
}

/** Starts a Node server. */
async function listening(server) {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  return { port: server.address().port, close: () => server.close() };
}

/** Starts an Express server with these middlewares. */
const withExpress = (...middlewares) => (answer) => {
  const app = express();
  app.post("/", ...middlewares, async (request, response) => response.sendStatus(await answer(request)));
  return listening(createServer(app));
};

const FRAMEWORKS = {
  "node:http": (answer) => listening(createServer(async (request, response) => response.writeHead(await answer(request)).end())),
  "Express, the body left alone": withExpress(),
  "Express, express.raw()": withExpress(express.raw({ type: "*/*", limit: "2mb" })),
  "Express, express.json() that keeps the bytes": withExpress(
    express.json({ limit: "2mb", verify: (request, _, bytes) => { request.rawBody = bytes; } }),
  ),
  "Fastify, the body as a buffer": async (answer) => {
    const app = fastify({ bodyLimit: 2 << 20 });
    app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => done(null, body));
    app.post("/", async (request, reply) => reply.code(await answer(request)).send());
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { port: app.server.address().port, close: () => app.close() };
  },
  "Fastify, the body left alone": async (answer) => {
    const app = fastify();
    app.addContentTypeParser("application/json", (_, __, done) => done(null));
    app.post("/", async (request, reply) => reply.code(await answer(request.raw)).send());
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { port: app.server.address().port, close: () => app.close() };
  },
  Hono: async (answer) => {
    const app = new Hono();
    app.post("/", async (context) => context.body(null, await answer(context.req.raw)));
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    if (!server.listening) await once(server, "listening");
    return { port: server.address().port, close: () => server.close() };
  },
};

for (const [name, start] of Object.entries(FRAMEWORKS)) {
  test(name, async (context) => {
    const program = answering();
    const { port, close } = await start(program.to);
    context.after(close);
    const url = `http://127.0.0.1:${port}/`;
    const { id, secret } = await zagely.webhooks.create({ url, events: ["webhook.test"] });
    try {
      program.webhook = new Webhook(secret);
      await zagely.webhooks.test({ webhook_id: id });
      for (let tries = 0; program.events.length + program.faults.length === 0 && tries < 100; tries++) await sleep(50);
      assert.deepEqual(program.faults, []);
      assert.deepEqual(program.events.map((event) => event.type), ["webhook.test"]);

      const send = async ({ headers, body }) => (await fetch(url, { method: "POST", headers, body })).status;
      assert.equal(await send(delivery(secret, "message.received", { data: { content: "مرحبا ".repeat(20_000) } })), 200);
      assert.equal(program.events.at(-1).data.content.length, 120_000);
      assert.equal(await send(delivery("another", "webhook.test")), 401);
      assert.equal(await send({ headers: { "content-type": "application/json" }, body: "{}" }), 400);
      assert.equal(await send(delivery(secret, "webhook.test", { data: "x".repeat(1 << 20) })), 413);
      assert.deepEqual(program.faults.map((fault) => fault.reason), ["signature_mismatch", "missing_header", "payload_too_large"]);
    } finally {
      await zagely.webhooks.delete({ webhook_id: id });
    }
  });
}

test("a body that Express parsed is rejected with a message that names express.raw()", async () => {
  const program = answering();
  const { port, close } = await withExpress(express.json())(program.to);
  program.webhook = new Webhook("secret");
  const { headers, body } = delivery("secret", "webhook.test");
  assert.equal((await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body })).status, 500);
  assert.match(String(program.faults), /^TypeError: .*express\.raw\(\)/);
  close();
});

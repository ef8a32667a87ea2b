// The request types of Node frameworks are accepted by the package's types.
import { createServer } from "node:http";

import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { type WebhookEvent, Webhook } from "hudhud/webhook";

const webhook = new Webhook("secret");

createServer(async (request, response) => {
  const event: WebhookEvent = await webhook.verify(request);
  response.end(event.name);
});

const app = express();
app.post("/", express.raw({ type: "*/*" }), async (request, response) => {
  const event: WebhookEvent = await webhook.verify(request);
  response.send(event.name);
});
app.post("/bytes", express.raw({ type: "*/*" }), async ({ headers, body }: express.Request, response: express.Response) => {
  const event: WebhookEvent = await webhook.verify({ headers, body });
  response.send(event.name);
});

const server = fastify();
server.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => done(null, body));
server.post("/", async (request, reply) => {
  const event: WebhookEvent = await webhook.verify(request);
  return reply.send(event.name);
});
server.post<{ Body: Buffer }>("/bytes", async ({ headers, body }) => (await webhook.verify({ headers, body })).name);
server.post("/raw", async (request) => (await webhook.verify(request.raw)).name);

// @ts-expect-error A value that is not a request.
server.post("/odd", async (request) => request.nonsense);
// @ts-expect-error As above.
app.post("/odd", (request) => request.nonsense);
// @ts-expect-error As above.
new Hono().post("/odd", (context) => context.req.raw.nonsense);

new Hono().post("/", async (context) => {
  const event: WebhookEvent = await webhook.verify(context.req.raw);
  return context.text(event.name);
});

export {};

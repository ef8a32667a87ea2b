// The adapters are accepted by the types of their frameworks, and handlers get the framework's own types.
import { createServer } from "node:http";

import express from "express";
import fastify from "fastify";
import { type Context, Hono } from "hono";
import { type D1, forgetfulInbox, transactionalD1Inbox } from "hudhud/cloudflare";
import * as forExpress from "hudhud/express";
import * as forFastify from "hudhud/fastify";
import * as forHono from "hudhud/hono";
import * as forNext from "hudhud/next";
import * as forSvelteKit from "hudhud/sveltekit";
import type { WebhookEvent } from "hudhud/webhook";
import type { NextRequest } from "next/server.js";

const secret = "secret";
const seen: WebhookEvent[] = [];
const onEvent = (event: WebhookEvent, { replayKey }: { readonly replayKey: string }) => void seen.push({ ...event, replayKey });

const app = express();
app.post("/", forExpress.webhookHandler({ secret, onEvent }));
app.post("/typed", forExpress.webhookHandler<express.Request>({ secret, onEvent: (_, { request }) => request.ip }));
createServer(forExpress.webhookHandler({ secret, onEvent }));

const server = fastify();
server.register(forFastify.webhookPlugin({ secret, onEvent }), { prefix: "/webhook" });
await server.register(forFastify.webhookPlugin({ secret, onEvent: (_, { request }) => request.headers }));

interface Env {
  Bindings: { SECRET: string; DB: D1 };
}
const hono = new Hono<Env>();
hono.post("/", forHono.webhookHandler({ secret, onEvent }));
hono.post("/typed", forHono.webhookHandler<Context<Env>>({ secret: (env) => env.SECRET, onEvent: (event, { context }) => context.set("event" as never, event as never) }));

// With an inbox the handler gets the lease, and an inbox that has its own handler takes no other.
const inbox = forgetfulInbox();
const leased = (_: WebhookEvent, { lease }: { readonly lease: { readonly idempotencyKey: string } }) => lease.idempotencyKey;
const orders = transactionalD1Inbox({} as D1, () => []);
app.post("/leased", forExpress.webhookHandler({ secret, inbox, onEvent: leased }));
app.post("/orders", forExpress.webhookHandler({ secret, inbox: orders }));
server.register(forFastify.webhookPlugin({ secret, inbox, onEvent: leased }));
server.register(forFastify.webhookPlugin({ secret, inbox: orders }));
hono.post("/leased", forHono.webhookHandler({ secret, inbox, onEvent: (_, { lease }) => lease.idempotencyKey }));
hono.post("/orders", forHono.webhookHandler<Context<Env>>({ secret, inbox: (env) => transactionalD1Inbox(env.DB, () => []) }));
hono.post("/bindings", forHono.webhookHandler<Context<Env>>({ secret: (env) => env.SECRET, inbox: () => inbox, onEvent: (event, { context, lease }) => context.json([context.env.SECRET, event.name, lease.token]) }));
forNext.webhookHandler({ secret, inbox, onEvent: leased });
forNext.webhookHandler({ secret, inbox: orders });
// @ts-expect-error The handler of the inbox is the one that runs.
forNext.webhookHandler({ secret, inbox: orders, onEvent });
// @ts-expect-error The handler is missing.
forNext.webhookHandler({ secret, inbox });

// The types that Next writes for a route.
export const POST: (request: NextRequest, context: { params: Promise<object> }) => Promise<Response> = forNext.webhookHandler({ secret, onEvent });

// The part of SvelteKit's types that matters: `RequestHandler` needs the project's generated types.
interface KitEvent {
  request: Request;
  platform: Readonly<{ env: { SECRET: string } }> | undefined;
  locals: { user?: string };
}
export const kit: (event: KitEvent) => Promise<Response> = forSvelteKit.webhookHandler<KitEvent>({ secret, onEvent: (_, { requestEvent }) => requestEvent.locals.user });

// @ts-expect-error The name is misspelt.
hono.post("/odd", forHono.webhookHandler<Context<Env>>({ secret: (env) => env.SECRT, onEvent }));

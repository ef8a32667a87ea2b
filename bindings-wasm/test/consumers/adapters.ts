// The adapters are accepted by the types of their frameworks, and handlers get the framework's own types.
import { createServer } from "node:http";

import express from "express";
import fastify from "fastify";
import { type Context, Hono } from "hono";
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
  Bindings: { SECRET: string };
}
const hono = new Hono<Env>();
hono.post("/", forHono.webhookHandler({ secret, onEvent }));
hono.post("/typed", forHono.webhookHandler<Context<Env>>({ secret: (env) => env.SECRET, onEvent: (event, { context }) => context.set("event" as never, event as never) }));

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

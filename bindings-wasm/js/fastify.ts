/**
 * A plugin of Fastify that receives webhooks.
 *
 * ```ts
 * app.register(webhookPlugin({ onEvent: async (event) => store(event) }), { prefix: "/webhook" });
 * ```
 *
 * @module
 */

import { type HandlerOptions, type InboxHandlerOptions, headersOf, receiver, type TransactionalHandlerOptions } from "./receive.js";
import { type Delivery, Webhook } from "./webhook.js";

export type { HandlerOptions, InboxHandlerOptions, Leased, Received, TransactionalHandlerOptions, WebhookSecret } from "./receive.js";

/** The part of Fastify's request that is used. */
export interface FastifyRequest {
  /** The headers. */
  readonly headers: Delivery["headers"];
  /** The stream of the body. */
  readonly body: unknown;
  /** Node's request. */
  readonly raw: unknown;
}

/** The part of Fastify's reply that is used. */
export interface FastifyReply {
  /** Sets the status. */
  code(status: number): FastifyReply;
  /** Sets headers. */
  headers(values: Record<string, string>): FastifyReply;
  /** Sends the response. */
  send(): unknown;
}

/** The part of a Fastify instance that is used. */
export interface FastifyInstance {
  /** Removes the parsers of bodies. */
  removeAllContentTypeParsers(): unknown;
  /** Adds a parser of bodies. */
  addContentTypeParser(type: string, parser: (request: unknown, payload: unknown, done: (error: null, body?: unknown) => void) => void): unknown;
  /** Adds a route. */
  post(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => unknown): unknown;
}

/** The members that a handler gets in Fastify. */
export interface FastifyDelivery {
  /** Fastify's request. Its `body` is a stream that has been read. */
  readonly request: FastifyRequest;
}

/** Returns a plugin with an inbox. After an event was handled, `onEvent` is not called again for it. After a failure or a crash it is. */
export function webhookPlugin(options: InboxHandlerOptions<undefined, FastifyDelivery>): (instance: FastifyInstance) => Promise<void>;
/** Returns a plugin for an inbox that handles the events itself, such as `transactionalObjectInbox(env.ORDERS)`, without `onEvent`. */
export function webhookPlugin(options: TransactionalHandlerOptions<undefined, FastifyDelivery>): (instance: FastifyInstance) => Promise<void>;
/**
 * Returns a plugin with one route, `POST /` below its prefix. It verifies deliveries and passes their events to `onEvent`.
 * The status is 200 after `onEvent` has resolved, 500 if it throws, and `httpStatus` of the `WebhookError` for a refused
 * delivery. The parsers of bodies of other routes are not changed.
 */
export function webhookPlugin(options: HandlerOptions<undefined, FastifyDelivery>): (instance: FastifyInstance) => Promise<void>;
export function webhookPlugin(options: object): (instance: FastifyInstance) => Promise<void> {
  const receive = receiver<undefined, FastifyDelivery>(options);
  // A server without its secret should not start.
  if ((options as { readonly secret?: unknown }).secret === undefined) Webhook.fromEnv();
  return async (instance) => {
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser("*", (_, payload, done) => done(null, payload));
    instance.post("/", async (request, reply) => {
      const { headers, body, raw } = request;
      const delivery = { headers, body: body ?? raw } as Delivery;
      const answer = await receive({ method: "POST", delivery, env: undefined, context: { request } });
      return reply.code(answer.status).headers(headersOf(answer)).send();
    });
  };
}

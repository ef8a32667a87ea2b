/**
 * A handler of Hono that receives webhooks.
 *
 * ```ts
 * app.post("/webhook", webhookHandler({ onEvent: async (event) => store(event) }));
 *
 * // With the types of the bindings and variables:
 * type Env = { Bindings: { EVENTS: Queue } };
 * app.post("/webhook", webhookHandler<Context<Env>>({ onEvent: (event, { context }) => context.env.EVENTS.send(event) }));
 * ```
 *
 * @module
 */

import { type HandlerOptions, type InboxHandlerOptions, receiver, respond, type TransactionalHandlerOptions } from "./receive.js";

export type { HandlerOptions, InboxHandlerOptions, Leased, Received, TransactionalHandlerOptions, WebhookSecret } from "./receive.js";

/** The part of Hono's request that is used. */
export interface HonoRequest {
  /** The standard request. */
  readonly raw: Request;
}

/** The part of Hono's `Context` that is used. */
export interface HonoContext {
  /** The request. */
  readonly req: HonoRequest;
  /** The bindings of the runtime. `webhookHandler<Context<Env>>` gives them a type. */
  readonly env: unknown;
}

/** The members that a handler gets in Hono. */
export interface HonoDelivery<C extends HonoContext> {
  /** Hono's context. */
  readonly context: C;
}

/** Returns a handler with an inbox. After an event was handled, `onEvent` is not called again for it. After a failure or a crash it is. */
export function webhookHandler<C extends HonoContext = HonoContext>(options: InboxHandlerOptions<C["env"], HonoDelivery<C>>): (context: C) => Promise<Response>;
/** Returns a handler for an inbox that handles the events itself, such as `transactionalObjectInbox(env.ORDERS)`, without `onEvent`. */
export function webhookHandler<C extends HonoContext = HonoContext>(options: TransactionalHandlerOptions<C["env"], HonoDelivery<C>>): (context: C) => Promise<Response>;
/**
 * Returns a handler that verifies deliveries and passes their events to `onEvent`. The status is 200 after `onEvent` has
 * resolved, 500 if it throws, and `httpStatus` of the `WebhookError` for a refused delivery. No other handler may read the
 * body before.
 */
export function webhookHandler<C extends HonoContext = HonoContext>(options: HandlerOptions<C["env"], HonoDelivery<C>>): (context: C) => Promise<Response>;
export function webhookHandler<C extends HonoContext>(options: object): (context: C) => Promise<Response> {
  const receive = receiver<C["env"], HonoDelivery<C>>(options);
  return async (context) => {
    const { raw } = context.req;
    return respond(await receive({ method: raw.method, delivery: raw, env: context.env, context: { context } }));
  };
}

/**
 * A handler of Hono that receives webhooks.
 *
 * ```ts
 * app.post("/webhook", webhookHandler({ onEvent: async (event) => store(event) }));
 * ```
 *
 * @module
 */

import { type HandlerOptions, receiver, respond } from "./receive.js";

export type { HandlerOptions, Received, WebhookSecret } from "./receive.js";

/** The part of Hono's request that is used. */
export interface HonoRequest {
  /** The standard request. */
  readonly raw: Request;
}

/** The part of Hono's `Context` that is used. */
export interface HonoContext {
  /** The request. */
  readonly req: HonoRequest;
  /** The bindings of the runtime. */
  readonly env: unknown;
}

/** The members that a handler gets in Hono. */
export interface HonoDelivery<C extends HonoContext> {
  /** Hono's context. */
  readonly context: C;
}

/**
 * Returns a handler that verifies deliveries and passes their events to `onEvent`. The status is 200 after `onEvent` has
 * resolved, 500 if it throws, and `httpStatus` of the `WebhookError` for a refused delivery. No other handler may read the
 * body before.
 */
export function webhookHandler<C extends HonoContext = HonoContext>(options: HandlerOptions<C["env"], HonoDelivery<C>>): (context: C) => Promise<Response> {
  const receive = receiver(options);
  return async (context) => {
    const { raw } = context.req;
    return respond(await receive({ method: raw.method, delivery: raw, env: context.env, context: { context } }));
  };
}

/**
 * A route handler of Next that receives webhooks.
 *
 * ```ts
 * // app/webhook/route.ts
 * export const POST = webhookHandler({ onEvent: async (event) => store(event) });
 * ```
 *
 * @module
 */

import { type HandlerOptions, type InboxHandlerOptions, receiver, respond, type TransactionalHandlerOptions } from "./receive.js";

export type { HandlerOptions, InboxHandlerOptions, Leased, Received, TransactionalHandlerOptions, WebhookSecret } from "./receive.js";

/** The members that a handler gets in Next. */
export interface NextDelivery {
  /** The request. Its body has been read. */
  readonly request: Request;
}

/** Returns a route handler with an inbox. After an event was handled, `onEvent` is not called again for it. After a failure or a crash it is. */
export function webhookHandler(options: InboxHandlerOptions<undefined, NextDelivery>): (request: Request) => Promise<Response>;
/** Returns a route handler for an inbox that handles the events itself, such as `transactionalObjectInbox(env.ORDERS)`, without `onEvent`. */
export function webhookHandler(options: TransactionalHandlerOptions<undefined, NextDelivery>): (request: Request) => Promise<Response>;
/**
 * Returns a route handler that verifies deliveries and passes their events to `onEvent`. The status is 200 after `onEvent`
 * has resolved, 500 if it throws, and `httpStatus` of the `WebhookError` for a refused delivery. It works in the Node
 * runtime and in the edge runtime.
 */
export function webhookHandler(options: HandlerOptions<undefined, NextDelivery>): (request: Request) => Promise<Response>;
export function webhookHandler(options: object): (request: Request) => Promise<Response> {
  const receive = receiver<undefined, NextDelivery>(options);
  return async (request) => respond(await receive({ method: request.method, delivery: request, env: undefined, context: { request } }));
}

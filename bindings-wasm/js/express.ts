/**
 * A handler of Express that receives webhooks. It also works with `node:http` and Connect.
 *
 * ```ts
 * app.post("/webhook", webhookHandler({ onEvent: async (event) => store(event) })); // before express.json()
 * ```
 *
 * @module
 */

import { type HandlerOptions, type InboxHandlerOptions, headersOf, receiver, type TransactionalHandlerOptions } from "./receive.js";
import { Webhook, type IncomingRequest } from "./webhook.js";

export type { HandlerOptions, InboxHandlerOptions, Leased, Received, TransactionalHandlerOptions, WebhookSecret } from "./receive.js";

/** The part of a Node request that is used. */
export interface ExpressRequest extends IncomingRequest {
  /** The method. */
  readonly method?: string | undefined;
}

/** The part of a Node response that is used. */
export interface ExpressResponse {
  /** Writes the status and the headers. */
  writeHead(status: number, headers: Record<string, string>): unknown;
  /** Ends the response. */
  end(): unknown;
}

/** The members that a handler gets in Express. */
export interface ExpressDelivery<Request extends ExpressRequest> {
  /** The request. */
  readonly request: Request;
}

/** Returns a handler with an inbox. After an event was handled, `onEvent` is not called again for it. After a failure or a crash it is. */
export function webhookHandler<Request extends ExpressRequest = ExpressRequest>(options: InboxHandlerOptions<undefined, ExpressDelivery<Request>>): (request: Request, response: ExpressResponse) => Promise<void>;
/** Returns a handler for an inbox that handles the events itself, such as `transactionalObjectInbox(env.ORDERS)`, without `onEvent`. */
export function webhookHandler<Request extends ExpressRequest = ExpressRequest>(options: TransactionalHandlerOptions<undefined, ExpressDelivery<Request>>): (request: Request, response: ExpressResponse) => Promise<void>;
/**
 * Returns a handler that verifies deliveries and passes their events to `onEvent`. The status is 200 after `onEvent` has
 * resolved, 500 if it throws, and `httpStatus` of the `WebhookError` for a refused delivery. The body must be unread, or
 * kept as bytes: put the route before `express.json()`, or `express.raw({ type: () => true })` before the handler.
 */
export function webhookHandler<Request extends ExpressRequest = ExpressRequest>(options: HandlerOptions<undefined, ExpressDelivery<Request>>): (request: Request, response: ExpressResponse) => Promise<void>;
export function webhookHandler<Request extends ExpressRequest>(options: object): (request: Request, response: ExpressResponse) => Promise<void> {
  const receive = receiver<undefined, ExpressDelivery<Request>>(options);
  // A server without its secret should not start.
  if ((options as { readonly secret?: unknown }).secret === undefined) Webhook.fromEnv();
  return async (request, response) => {
    const answer = await receive({ method: request.method, delivery: request, env: undefined, context: { request } });
    response.writeHead(answer.status, headersOf(answer));
    response.end();
  };
}

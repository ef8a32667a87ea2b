/**
 * A handler of Express that receives webhooks. It also works with `node:http` and Connect.
 *
 * ```ts
 * app.post("/webhook", webhookHandler({ onEvent: async (event) => store(event) })); // before express.json()
 * ```
 *
 * @module
 */

import { type HandlerOptions, headersOf, receiver } from "./receive.js";
import { Webhook, type IncomingRequest } from "./webhook.js";

export type { HandlerOptions, Received, WebhookSecret } from "./receive.js";

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

/**
 * Returns a handler that verifies deliveries and passes their events to `onEvent`. The status is 200 after `onEvent` has
 * resolved, 500 if it throws, and `httpStatus` of the `WebhookError` for a refused delivery. The body must be unread, or
 * kept as bytes: put the route before `express.json()`, or `express.raw({ type: () => true })` before the handler.
 */
export function webhookHandler<Request extends ExpressRequest = ExpressRequest>(
  options: HandlerOptions<undefined, ExpressDelivery<Request>>,
): (request: Request, response: ExpressResponse) => Promise<void> {
  const receive = receiver(options);
  // A server without its secret should not start.
  if (options.secret === undefined) Webhook.fromEnv();
  return async (request, response) => {
    const answer = await receive({ method: request.method, delivery: request, env: undefined, context: { request } });
    response.writeHead(answer.status, headersOf(answer));
    response.end();
  };
}

/**
 * A request handler of SvelteKit that receives webhooks.
 *
 * ```ts
 * // src/routes/webhook/+server.ts
 * export const POST = webhookHandler({ onEvent: async (event) => store(event) });
 * ```
 *
 * @module
 */

import { type HandlerOptions, type InboxHandlerOptions, receiver, respond, type TransactionalHandlerOptions } from "./receive.js";

export type { HandlerOptions, InboxHandlerOptions, Leased, Received, TransactionalHandlerOptions, WebhookSecret } from "./receive.js";

/** The part of SvelteKit's `App.Platform` that is used. */
export interface SvelteKitPlatform {
  /** The bindings of a Worker. */
  readonly env?: unknown;
}

/** The part of SvelteKit's `RequestEvent` that is used. */
export interface SvelteKitEvent {
  /** The request. */
  readonly request: Request;
  /** The values that the adapter passes. On Cloudflare it has the bindings. */
  readonly platform?: Readonly<SvelteKitPlatform> | undefined;
}

/** The members that a handler gets in SvelteKit. */
export interface SvelteKitDelivery<E extends SvelteKitEvent> {
  /** SvelteKit's event of the request. */
  readonly requestEvent: E;
}

/** Returns a request handler with an inbox. After an event was handled, `onEvent` is not called again for it. After a failure or a crash it is. */
export function webhookHandler<E extends SvelteKitEvent = SvelteKitEvent>(options: InboxHandlerOptions<unknown, SvelteKitDelivery<E>>): (event: E) => Promise<Response>;
/** Returns a request handler for an inbox that handles the events itself, such as `transactionalObjectInbox(env.ORDERS)`, without `onEvent`. */
export function webhookHandler<E extends SvelteKitEvent = SvelteKitEvent>(options: TransactionalHandlerOptions<unknown, SvelteKitDelivery<E>>): (event: E) => Promise<Response>;
/**
 * Returns a request handler that verifies deliveries and passes their events to `onEvent`. The status is 200 after
 * `onEvent` has resolved, 500 if it throws, and `httpStatus` of the `WebhookError` for a refused delivery. The default
 * secret comes from `platform.env` or from the process. `@sveltejs/adapter-node` has a smaller limit for bodies. Its variable
 * `BODY_SIZE_LIMIT` raises it.
 */
export function webhookHandler<E extends SvelteKitEvent = SvelteKitEvent>(options: HandlerOptions<unknown, SvelteKitDelivery<E>>): (event: E) => Promise<Response>;
export function webhookHandler<E extends SvelteKitEvent>(options: object): (event: E) => Promise<Response> {
  const receive = receiver<unknown, SvelteKitDelivery<E>>(options);
  return async (requestEvent) => {
    const { request, platform } = requestEvent;
    return respond(await receive({ method: request.method, delivery: request, env: platform?.env, context: { requestEvent } }));
  };
}

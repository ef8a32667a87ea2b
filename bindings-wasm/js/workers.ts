/**
 * A ready `fetch` for Cloudflare Workers that receives webhooks.
 *
 * ```ts
 * export default {
 *   fetch: webhookHandler<Env>({
 *     secret: (env) => env.WEBHOOK_SECRET,
 *     onEvent: async (event, { env, replayKey }) => env.EVENTS.send({ replayKey, event }),
 *   }),
 * };
 * ```
 *
 * @module
 */

import type { WebhookEvent } from "./generated/events.js";
import type { EventInbox, TransactionalInbox } from "./inbox.js";
import { type HandlerOptions, type Leased, type Received, receiver, respond } from "./receive.js";

export type { HandlerOptions, Leased, Received, WebhookSecret } from "./receive.js";

/** The context that Cloudflare passes to `fetch`. */
export interface WorkerContext {
  /** Keeps the Worker running until the promise has settled. */
  waitUntil(promise: Promise<unknown>): void;
}

/** The members that a handler gets in a Worker. */
export interface WorkerDelivery<Env> {
  /** The bindings of the Worker. */
  readonly env: Env;
  /** The request. Its body has been read. */
  readonly request: Request;
  /** The context of the request. */
  readonly context: WorkerContext;
}

/** A `fetch` of a Worker. */
export type WorkerFetch<Env> = (request: Request, env: Env, context: WorkerContext) => Promise<Response>;

/** Options of `webhookHandler`. */
export interface WorkerOptions<Env> extends HandlerOptions<Env, WorkerDelivery<Env>> {
  /**
   * Runs after the response. It is only for work that may be lost: Cloudflare ends it after 30 seconds, and the vendor does not
   * deliver the event again if it fails. Do other work in `onEvent`.
   */
  readonly afterResponse?: ((event: WebhookEvent, context: WorkerDelivery<Env> & Received) => unknown) | undefined;
}

/** Options of `webhookHandler` with an inbox, such as `durableObjectInbox(env.INBOX)`. */
export interface WorkerInboxOptions<Env> extends Omit<WorkerOptions<Env>, "inbox" | "onEvent"> {
  /** The inbox, or a function that returns it. */
  readonly inbox: EventInbox | ((env: Env) => EventInbox);
  /** Handles an event. If it throws, a later delivery handles the event again, until all attempts of the inbox have failed: `maxAttempts`, by default 5. A `RejectedEventError` ends the attempts at once. */
  readonly onEvent: (event: WebhookEvent, context: WorkerDelivery<Env> & Leased) => unknown;
}

/** Options of `webhookHandler` with an inbox that handles the events itself, such as `transactionalObjectInbox(env.ORDERS)`. */
export interface WorkerTransactionalOptions<Env> extends Omit<WorkerOptions<Env>, "inbox" | "onEvent"> {
  /** The inbox, or a function that returns it. */
  readonly inbox: TransactionalInbox | ((env: Env) => TransactionalInbox);
  /** Leave it out: the inbox has its own handler. */
  readonly onEvent?: undefined;
}

/** Returns a `fetch` with an inbox. After an event was handled, `onEvent` is not called again for it. After a failure or a crash it is. */
export function webhookHandler<Env = unknown>(options: WorkerInboxOptions<Env>): WorkerFetch<Env>;
/** Returns a `fetch` for an inbox that handles the events itself, such as `transactionalObjectInbox(env.ORDERS)`, without `onEvent`. */
export function webhookHandler<Env = unknown>(options: WorkerTransactionalOptions<Env>): WorkerFetch<Env>;
/**
 * Returns a `fetch` that verifies deliveries and passes their events to `onEvent`. It responds after `onEvent` has
 * resolved. Without valid signature headers it does not read the body, and it never reads more than `maxBytes` (1 MiB).
 *
 * | Delivery | Status |
 * |---|---|
 * | `onEvent` resolved | 200 |
 * | refused | `httpStatus` of the `WebhookError`: 400, 401 or 413 |
 * | `onEvent` threw, or the secret is missing | 500: the vendor delivers again |
 * | another method than POST | 405 |
 *
 * With the option `inbox`, an event that was handled is not handled again. The type `Outcome` lists the statuses.
 */
export function webhookHandler<Env = unknown>(options: WorkerOptions<Env>): WorkerFetch<Env>;
export function webhookHandler<Env>(options: object): WorkerFetch<Env> {
  const { afterResponse, ...others } = { ...options } as WorkerOptions<Env>;
  if (afterResponse !== undefined && typeof afterResponse !== "function") throw new TypeError("afterResponse: expected a function");
  const receive = receiver<Env, WorkerDelivery<Env>>(others);
  return async (request, env, context) => {
    const delivery = { env, request, context };
    const answer = receive({ method: request.method, delivery: request, env, context: delivery });
    // A sender that disconnects would otherwise end the Worker in the middle of `onEvent`.
    // Tests may call this function without a context.
    context?.waitUntil(answer);
    const answered = await answer;
    const { event } = answered;
    if (event && afterResponse) {
      const later = async () => afterResponse(event, { ...delivery, replayKey: event.replayKey });
      const done = later().catch((error: unknown) => (others.onError ?? console.error)(error, delivery));
      context?.waitUntil(done);
    }
    return respond(answered);
  };
}

// Answers deliveries: verifies each, waits for the program's handler, and decides the status of the response. The entries
// for Workers and for frameworks add only their own requests and responses.

import { variable, WEBHOOK_SECRET } from "./environment.js";
import type { WebhookEvent } from "./generated/events.js";
import type { EventInbox, Lease, TransactionalInbox } from "./inbox.js";
import { type Delivery, type IncomingRequest, Webhook, WebhookError, type WebhookOptions } from "./webhook.js";

/** The secret of a webhook, or several during a change of secrets. */
export type WebhookSecret = string | readonly string[];

/** The facts that a handler gets with each event. */
export interface Received {
  /** The key to store, so that a delivery that arrives twice is handled once. It is also a member of the event. */
  readonly replayKey: string;
  /** The right to handle the event. It is set only in a handler with an inbox. */
  readonly lease?: Lease | undefined;
}

/** Options of a handler of deliveries. `Context` has what the framework adds. */
export interface HandlerOptions<Env, Context> extends WebhookOptions {
  /**
   * The secret, several secrets, or a function that returns them, such as `(env) => env.SECRET`. Default: the variable
   * `ZAGELY_WEBHOOK_SECRET`, with several secrets separated by spaces.
   */
  readonly secret?: WebhookSecret | ((env: Env) => WebhookSecret | Promise<WebhookSecret>) | undefined;
  /**
   * Handles an event. The sender gets its response after the returned promise has resolved. If the function throws, the
   * response is a 500, and the vendor delivers the event again.
   */
  readonly onEvent: (event: WebhookEvent, context: Context & Received) => unknown;
  /** With an inbox, the options are `InboxHandlerOptions` or `TransactionalHandlerOptions`. */
  readonly inbox?: undefined;
  /**
   * Gets each error: a `WebhookError` for a refused delivery, or what `onEvent` threw. The sender gets only a status.
   * Default: refusals go to `console.warn`, other errors to `console.error`.
   */
  readonly onError?: ((error: unknown, context: Context) => unknown) | undefined;
}

/** The facts that a handler with an inbox gets with each event. */
export interface Leased extends Received {
  /** The right to handle the event until a time, with the key to pass on to other services. */
  readonly lease: Lease;
}

/** Options of a handler with an inbox, such as `durableObjectInbox(env.INBOX)`. */
export interface InboxHandlerOptions<Env, Context> extends Omit<HandlerOptions<Env, Context>, "inbox" | "onEvent"> {
  /**
   * The inbox, which recognizes events that were handled: an inbox of `hudhud/cloudflare`, or a function that returns
   * one. If `onEvent` throws, the response is a 503, and a 500 after the last attempt.
   */
  readonly inbox: EventInbox | ((env: Env) => EventInbox);
  /** Handles an event. If it throws, a later delivery handles the event again, until all attempts of the inbox have failed: `maxAttempts`, by default 5. A `RejectedEventError` ends the attempts at once. */
  readonly onEvent: (event: WebhookEvent, context: Context & Leased) => unknown;
}

/** Options of a handler with an inbox that handles the events itself, such as `transactionalObjectInbox(env.ORDERS)`. */
export interface TransactionalHandlerOptions<Env, Context> extends Omit<HandlerOptions<Env, Context>, "inbox" | "onEvent"> {
  /** The inbox, or a function that returns it. */
  readonly inbox: TransactionalInbox | ((env: Env) => TransactionalInbox);
  /** Leave it out: the inbox has its own handler. */
  readonly onEvent?: undefined;
}

/** The options of all kinds of handlers. */
interface Given<Env, Context> extends Omit<HandlerOptions<Env, Context>, "inbox"> {
  readonly inbox?: InboxHandlerOptions<Env, Context>["inbox"] | undefined;
}

/** A delivery in a form that `Webhook.verify` accepts, and the method of its request. */
export interface Arrived<Env, Context> {
  /** The method of the request. Another one than POST is refused. */
  readonly method: string | undefined;
  /** The delivery. */
  readonly delivery: Request | IncomingRequest | Delivery;
  /** The object that holds the variables, if the runtime passes one. */
  readonly env: Env;
  /** The members that the handler gets. */
  readonly context: Context;
}

/** The outcome of a delivery. */
export interface DeliveryOutcome {
  /** The HTTP status to respond with. */
  readonly status: number;
  /** The seconds after which another delivery can succeed, if they are known. */
  readonly retryAfter?: number | undefined;
  /** The event, if it was handled. */
  readonly event?: WebhookEvent;
}

/** Returns the function that answers deliveries. It never rejects. Throws a `TypeError` if an option is invalid. */
export function receiver<Env, Context>(options: object): (arrived: Arrived<Env, Context>) => Promise<DeliveryOutcome> {
  const { secret, onEvent, onError = report, inbox, ...others } = { ...options } as Given<Env, Context>;
  if (inbox !== undefined && typeof inbox !== "function") checkInbox(inbox);
  const needsHandler = inbox === undefined || (typeof inbox !== "function" && !isOwn(inbox));
  if (typeof onEvent !== "function" && (needsHandler || onEvent !== undefined)) throw new TypeError("onEvent: expected a function");
  if (typeof onError !== "function") throw new TypeError("onError: expected a function");
  const found = finder(secret, others);
  return async ({ method, delivery, env, context }) => {
    if (method !== "POST") return { status: 405 };
    try {
      const event = await (await found(env)).verify(delivery);
      const handle = (lease?: Lease) => onEvent(event, { ...context, replayKey: event.replayKey, lease });
      if (inbox) {
        const found = typeof inbox === "function" ? inbox(env) : inbox;
        checkInbox(found);
        if (isOwn(found) && typeof onEvent === "function") throw new TypeError("onEvent: a transactional inbox has its own handler; leave it out");
        const receipt = await found.receive(event, typeof onEvent === "function" ? handle : (undefined as never));
        const { httpStatus: status, retryAfterSeconds: retryAfter, outcome, error } = receipt;
        if ("error" in receipt) await settled(() => onError(error, context));
        return outcome === "handled" ? { status, event } : { status, retryAfter };
      }
      await handle();
      return { status: 200, event };
    } catch (error) {
      await settled(() => onError(error, context));
      return { status: error instanceof WebhookError ? error.httpStatus : 500 };
    }
  };
}

/** Throws a `TypeError` for what is no inbox. The types of a program in JavaScript are not checked. */
function checkInbox(inbox: EventInbox): void {
  if (typeof inbox?.receive === "function") return;
  const given = inbox === null ? "null" : typeof inbox;
  throw new TypeError(`inbox: expected an inbox, such as durableObjectInbox(env.INBOX), or a function that returns one, not ${given}`);
}

/** Returns true if an inbox handles the events itself. */
function isOwn(inbox: EventInbox): boolean {
  return (inbox as object as Partial<TransactionalInbox>).isTransactional === true;
}

/** Returns the function that finds the verifier. An invalid option is an error now, and not at the first delivery. */
function finder<Env>(secret: HandlerOptions<Env, unknown>["secret"], options: WebhookOptions): (env: Env) => Webhook | Promise<Webhook> {
  if (typeof secret !== "function" && secret !== undefined) {
    const webhook = new Webhook(secret, options);
    return () => webhook;
  }
  // No delivery is verified with this secret.
  new Webhook("unused", options);
  if (secret) return async (env) => new Webhook(await secret(env), options);
  // A runtime may pass an object without the variable, such as Hono on Node: then the process has it.
  return (env) => Webhook.fromEnv(variable(WEBHOOK_SECRET, env ?? {}) === undefined ? undefined : (env as object), options);
}

/** Returns the response with a status. It has no body: a sender learns no more. */
export function respond(outcome: DeliveryOutcome): Response {
  return new Response(null, { status: outcome.status, headers: headersOf(outcome) });
}

/** Returns the headers of a response. */
export function headersOf({ status, retryAfter }: DeliveryOutcome): Record<string, string> {
  return status === 405 ? { allow: "POST" } : retryAfter ? { "retry-after": `${retryAfter}` } : {};
}

/** Runs a function of the program and waits for it. Its errors are ignored. */
async function settled(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch {
    // An error in the report of an error changes no status.
  }
}

function report(error: unknown): void {
  if (error instanceof WebhookError) console.warn(error.message);
  else console.error(error);
}

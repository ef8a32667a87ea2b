// The clients: core decides what is sent, when and how often; fetch sends it.

import { Service } from "#client";

import { Call, type CallOptions, List, type RetryOptions, type Turn } from "./call.js";
import type { TransportFault } from "./errors.js";
import { ClientExchange, core, decodeReply, type HttpRequest, type HttpResponse, prepare } from "./exchange.js";
import { CALLS, FITS, type WazajCalls, type ZagelyCalls } from "./generated/calls.js";
import { write } from "./json.js";
import { Kept } from "./kept.js";
import { camelName, type Page, type Reply } from "./reply.js";
import { random } from "./text.js";

/** How a client asks to send. */
export interface FetchInit {
  /** The method. */
  readonly method: string;
  /** Names and values. */
  readonly headers: Array<[name: string, value: string]>;
  /** The body; without one there is none. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Redirects are not followed: keys would travel with them. */
  readonly redirect: "manual";
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What a client looks at of an answer. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** Its headers. */
  readonly headers: HttpResponse["headers"];
  /** What kind it is, where a browser hides a redirect. */
  readonly type?: string;
  /** The body, read whole. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What sends: a runtime's own `fetch`, or anything that does as much of it as is asked for here. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What both clients are made with. */
export interface ClientOptions {
  /** What sends: `fetch` or something like it. Default: the runtime's own. */
  readonly fetch?: Fetch | undefined;
  /** How long one attempt may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How often a request may be sent in all, where that is safe. Default 4. */
  readonly maxAttempts?: number | undefined;
  /** How long the waits between attempts are. */
  readonly retry?: RetryOptions | undefined;
  /** Whether updates go as `PUT` (the default) or `PATCH`; inferred. */
  readonly updateMethod?: "PUT" | "PATCH" | undefined;
  /** Another method than the catalog's for some calls, where an inferred one is wrong: `{"contacts.block": "PUT"}`. */
  readonly methods?: Readonly<Record<string, string>> | undefined;
  /** The `User-Agent`, where the runtime lets it be set; an empty one is not sent. */
  readonly userAgent?: string | undefined;
  /** Whether the vendor's stated limits are checked before sending. Default: yes. */
  readonly checks?: boolean | undefined;
  /** Whether PUT, PATCH and DELETE travel as POST with `X-HTTP-Method-Override`. Default: no; inferred. */
  readonly tunnelMethods?: boolean | undefined;
  /** Whether booleans in a query are `true` and `false` instead of `1` and `0`. Default: no. */
  readonly booleanWords?: boolean | undefined;
}

/** What a client of Zagely is made with. */
export interface ZagelyOptions extends ClientOptions {
  /** The public key: `pk_…`. */
  readonly publicKey: string;
  /** The secret key: `sk_…`. */
  readonly secretKey: string;
  /** Where Zagely is, if not at `https://zagely.com`. */
  readonly baseUrl?: string | undefined;
  /** A token of the dashboard, sent on app routes; inferred. */
  readonly appToken?: string | undefined;
  /** What app routes are called with once there is a token. Default `token`. */
  readonly appAuth?: "token" | "keys" | "token_and_keys" | undefined;
  /** What stands for `/api` in the app routes; inferred. */
  readonly appPrefix?: string | undefined;
}

/** What a client of Wazaj is made with. */
export interface WazajOptions extends ClientOptions {
  /** The API key: `wzj_…`. */
  readonly apiKey: string;
  /** The deployment's address, with `/api/wazaj/business`. */
  readonly baseUrl: string;
  /** In which form the key is sent. Default `header`. */
  readonly keyForm?: "header" | "bearer" | "api_key" | undefined;
}

// As many as one program has accounts at a time; each is a few hundred bytes.
const SERVICES = new Kept<Service>(64);

class Client {
  readonly #vendor: string;
  readonly #settings: string;
  readonly #key: string;
  readonly #fetch: Fetch | undefined;
  readonly #timeoutMs: number;

  constructor(vendor: string, options: ClientOptions) {
    const { fetch, timeoutMs, ...settings } = checked(options);
    if (fetch !== undefined && typeof fetch !== "function") throw new TypeError("The option fetch must be a function.");
    this.#vendor = vendor;
    this.#settings = write(settings);
    this.#key = `${vendor}\n${this.#settings}`;
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs ?? 30_000;
    this.#service(); // Faults of the options are told here and now.
    for (const [group, calls] of Object.entries(CALLS[vendor] ?? {})) {
      const members: Record<string, unknown> = {};
      for (const [verb, item] of Object.entries(calls)) members[camelName(verb)] = this.#call(`${group}.${verb}`, item);
      Object.defineProperty(this, camelName(group), { value: Object.freeze(members) });
    }
  }

  #service(): Service {
    return SERVICES.get(this.#key, () => core(() => new Service(this.#vendor, this.#settings)));
  }

  #call(name: string, item: string | 0): unknown {
    const exchange = <T>(input: unknown, options?: CallOptions, page?: number): ClientExchange<T> => {
      const [given, said] = [write(input), told(options)];
      const running = core(() => this.#service().exchange(name, given, said, entropy(), page));
      return new ClientExchange<T>(running, item === 0 ? undefined : FITS[item]);
    };
    const call =
      item === 0
        ? (input?: unknown, options?: CallOptions) =>
            new Call(promised(() => this.#run(exchange<unknown>(input, options), options)))
        : (input?: unknown, options?: CallOptions) =>
            new List(name, async (page): Promise<Turn<unknown>> => {
              const running = exchange<Page<unknown>>(input, options, page);
              return { reply: await this.#run(running, options), page: running.page };
            });
    return Object.assign(call, {
      exchange: (input?: unknown, options?: CallOptions) => exchange(input, options),
      prepare: (input?: unknown, options?: CallOptions) => prepare(this.#service(), name, write(input), told(options)),
      decode: (response: HttpResponse) => decodeReply(this.#service(), name, response),
    });
  }

  /** The loop of the exchange, and nothing else. */
  async #run<T>(exchange: ClientExchange<T>, options: CallOptions = {}): Promise<Reply<T>> {
    const { signal } = options;
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const step = exchange.step();
        if (step.reply) return step.reply;
        if (step.send) {
          const answer = await send(step.send, this.#fetch, timeoutMs, signal);
          if ("fault" in answer) exchange.fail(answer.fault, undefined, answer.cause);
          else exchange.receive(answer);
        } else {
          await wait(step.waitMs, signal);
        }
      }
    } finally {
      exchange.free();
    }
  }

  /** Nothing of it is shown: it holds keys. */
  toJSON(): Record<string, never> {
    return {};
  }
}

/** What core is told of a call's options: signal and time are the host's. */
function told(options: CallOptions | undefined): string {
  if (options === undefined) return write(options);
  const { signal: _, timeoutMs: __, ...rest } = checked(options);
  return write(rest);
}

// Randomness is asked for in larger pieces, of which none is used twice.
const RANDOM = new Uint8Array(1024);
let used = RANDOM.length;

function entropy(): Uint8Array {
  if (used === RANDOM.length) {
    random(RANDOM);
    used = 0;
  }
  used += 16;
  return RANDOM.subarray(used - 16, used);
}

/** What is thrown at once becomes a rejection: a call has one way to fail. */
async function promised<T>(run: () => Promise<T>): Promise<T> {
  return run();
}

/** Options whose numbers are some: what is none has no JSON, and core would take the usual in its place. */
function checked<T extends CallOptions | ClientOptions>(options: T): T {
  if (typeof options !== "object" || options === null) throw new TypeError("The options are no object.");
  const { timeoutMs = 1, maxAttempts = 1, retry, signal } = options as CallOptions;
  if (signal && typeof signal.throwIfAborted !== "function") throw new TypeError("The option signal must be an AbortSignal.");
  if (!(typeof timeoutMs === "number" && timeoutMs > 0)) throw new TypeError("The option timeoutMs must be a number above zero.");
  if (!(Number.isInteger(maxAttempts) && maxAttempts > 0)) throw new TypeError("The option maxAttempts must be a whole number above zero.");
  for (const time of Object.values(retry ?? {})) {
    if (typeof time === "number" && !(time >= 0 && time < Infinity)) throw new TypeError("The times in retry must be numbers from zero on.");
  }
  return options;
}

/** The longest time that runtimes wait; for a longer one they do not wait at all. */
const LONGEST_MS = 2 ** 31 - 1;

type Unsent = { readonly fault: TransportFault; readonly cause: unknown };

async function send(
  request: HttpRequest,
  given: Fetch | undefined,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<HttpResponse | Unsent> {
  const attempt = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    attempt.abort();
  }, Math.min(timeoutMs, LONGEST_MS));
  const abort = () => attempt.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  // A `fetch` that was given need not heed its signal.
  const ended = new Promise<never>((_, reject) => {
    attempt.signal.addEventListener("abort", () => reject(attempt.signal.reason));
  });
  const sent = async (): Promise<HttpResponse> => {
    const { method, url, headers, body } = request;
    const init: FetchInit = { method, headers, redirect: "manual", signal: attempt.signal, ...(body && { body }) };
    // Called by itself: a runtime's own fetch wants no other `this`.
    const fetch: Fetch = given ?? globalThis.fetch;
    const response = await fetch(url, init);
    // A browser hides what a redirect says.
    const status = response.type === "opaqueredirect" ? 302 : response.status;
    return { status, headers: response.headers, body: new Uint8Array(await response.arrayBuffer()) };
  };
  try {
    return await Promise.race([sent(), ended]);
  } catch (cause) {
    signal?.throwIfAborted();
    return { fault: late ? "timeout" : faultOf(cause), cause };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

// What runtimes say when there was no connection: Node, Bun, and Deno in words. Of all else nobody knows whether the
// request was sent.
const NOT_CONNECTED =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ConnectionRefused|FailedToOpenSocket|tcp connect error|dns error/;

function faultOf(error: unknown): TransportFault {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const { code, message } = at as Error & { code?: unknown };
    if (NOT_CONNECTED.test(typeof code === "string" ? code : "") || NOT_CONNECTED.test(message)) return "connect";
    if (at instanceof AggregateError && at.errors.every((inner) => faultOf(inner) === "connect")) return "connect";
  }
  return "closed";
}

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, Math.min(milliseconds, LONGEST_MS));
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
  });
}

/**
 * A client of Zagely.
 *
 * ```ts
 * const zagely = new Zagely({ publicKey, secretKey });
 * const sent = await zagely.messages.send({ to: "+15551234567", message: "hi" });
 * for await (const contact of zagely.contacts.list({ tags: ["vip"] })) console.log(contact.name);
 * ```
 */
export interface Zagely extends ZagelyCalls {}
export class Zagely extends Client {
  constructor(options: ZagelyOptions) {
    super("zagely", options);
  }
}

/**
 * A client of Wazaj.
 *
 * ```ts
 * const wazaj = new Wazaj({ apiKey, baseUrl });
 * await wazaj.messages.sendText({ to: "+50912345678", body: "Hello" });
 * ```
 */
export interface Wazaj extends WazajCalls {}
export class Wazaj extends Client {
  constructor(options: WazajOptions) {
    super("wazaj", options);
  }
}

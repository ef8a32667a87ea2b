// The clients. Core decides which request is sent, when, and how many times. `fetch` sends it.

import { Service } from "#client";
import { REFUSED } from "#fetch";

import { Call, type CallOptions, type FetchedPage, List } from "./call.js";
import { abortError, refusal } from "./errors.js";
import { ClientExchange, core, decodeResponse, type HttpRequest, type HttpResponse, pageTrail, prepare } from "./exchange.js";
import { CALLS, GUARDS, type WazajCalls, type ZagelyCalls } from "./generated/calls.js";
import type { Settings } from "./generated/settings.js";
import { write, writeInput, writeWhole } from "./json.js";
import { LruCache } from "./lru-cache.js";
import { camelName, type Page, type ApiResponse } from "./api-response.js";
import { random } from "./text.js";
import { type Attempt, type Fetch, LONGEST_MS, send } from "./transport.js";

/** Options of both clients. */
export interface ClientOptions extends Settings {
  /** Sends requests: `fetch` or a compatible function. Default: the runtime's `fetch`, set not to send a request twice. */
  readonly fetch?: Fetch | undefined;
  /** The timeout of one attempt, up to the last byte of the response, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** The largest response body to read, in bytes. Default 32 MiB. */
  readonly maxResponseBytes?: number | undefined;
}

/** Options of a Zagely client. */
export interface ZagelyOptions extends ClientOptions {
  /** The public key: `pk_…`. */
  readonly publicKey: string;
  /** The secret key: `sk_…`. */
  readonly secretKey: string;
  /** The base URL. Default `https://zagely.com`. */
  readonly baseUrl?: string | undefined;
  /** A dashboard token, sent on app routes (`/api/…` without a version). Inferred. */
  readonly appToken?: string | undefined;
  /** The credentials to send on app routes if `appToken` is set. Default `token`. */
  readonly appAuth?: "token" | "keys" | "token_and_keys" | undefined;
  /** The path prefix of app routes, instead of `/api`. Inferred. */
  readonly appPrefix?: string | undefined;
}

/** Options of a Wazaj client. */
export interface WazajOptions extends ClientOptions {
  /** The API key: `wzj_…`. */
  readonly apiKey: string;
  /** The deployment's URL, including `/api/wazaj/business`. */
  readonly baseUrl: string;
  /** The form in which the key is sent. Default `header`. */
  readonly apiKeyScheme?: "header" | "bearer" | "api_key" | undefined;
}

// 64 covers the accounts that one program uses at a time. Each entry takes a few hundred bytes.
const SERVICES = new LruCache<Service>(64);

class Client {
  readonly #vendor: string;
  readonly #settings: string;
  readonly #key: string;
  readonly #fetch: Fetch | undefined;
  readonly #timeoutMs: number;
  readonly #maxResponseBytes: number;

  constructor(vendor: string, options: ClientOptions) {
    const { fetch, timeoutMs, maxResponseBytes = 32 << 20, ...settings } = checked(options);
    if (!(typeof maxResponseBytes === "number" && maxResponseBytes > 0)) {
      throw new TypeError("maxResponseBytes: expected a number > 0");
    }
    if (fetch !== undefined && typeof fetch !== "function") throw new TypeError("fetch: expected a function");
    this.#vendor = vendor;
    this.#settings = write(settings);
    this.#key = `${vendor}\n${this.#settings}`;
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs ?? 30_000;
    this.#maxResponseBytes = maxResponseBytes;
    this.#service(); // Throws now if an option is invalid.
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
      const [given, said] = [writeInput(input), coreOptions(options)];
      const running = core(() => this.#service().exchange(name, given, said, entropy(), page));
      return new ClientExchange<T>(running, item === 0 ? undefined : GUARDS[item]);
    };
    const call =
      item === 0
        ? (input?: unknown, options?: CallOptions) =>
            new Call(promised(() => this.#run(name, exchange<unknown>(input, options), options)))
        : (input?: unknown, options?: CallOptions) =>
            new List(
              async (number): Promise<FetchedPage<unknown>> => {
                const running = exchange<Page<unknown>>(input, options, number);
                const { page = 1 } = running;
                return { response: await this.#run(name, running, options), page };
              },
              () => pageTrail(name),
            );
    return Object.assign(call, {
      exchange: (input?: unknown, options?: CallOptions) => exchange(input, options),
      prepare: (input?: unknown, options?: CallOptions) => prepare(this.#service(), name, writeInput(input), coreOptions(options)),
      decode: (response: HttpResponse) => decodeResponse(this.#service(), name, response),
    });
  }

  /** Runs the exchange until the call succeeds or fails. */
  async #run<T>(name: string, exchange: ClientExchange<T>, options: CallOptions = {}): Promise<ApiResponse<T>> {
    const { signal, timeoutMs = this.#timeoutMs } = options;
    const attempt: Attempt = { fetch: this.#fetch, maxResponseBytes: this.#maxResponseBytes, timeoutMs, signal };
    let request: HttpRequest | undefined;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const step = exchange.step();
        if (step.done) return step.done;
        if (step.send) {
          if (REFUSED && !this.#fetch && !mayBeRepeated(step.send, exchange)) throw refusal(name, REFUSED);
          request = step.send;
          const answer = await send(request, attempt);
          if ("fault" in answer) exchange.fail(answer.fault, undefined, answer.cause);
          else exchange.receive(answer);
        } else {
          await wait(step.waitMs, signal);
        }
      }
    } catch (error) {
      // An error that the signal caused is replaced by one that carries the idempotency key.
      if (!signal?.aborted || error !== signal.reason) throw error;
      throw abortError(name, signal.reason, request?.method, exchange.idempotencyKey);
    } finally {
      exchange.free();
    }
  }

  /** Returns an empty object, because the client holds keys. */
  toJSON(): Record<string, never> {
    return {};
  }
}

/** Returns true if sending the request twice has the same effect as sending it once. */
function mayBeRepeated({ method }: HttpRequest, { idempotencyKey }: ClientExchange<unknown>): boolean {
  return method === "GET" || idempotencyKey !== undefined;
}

/** Encodes a call's options for core. `signal` and `timeoutMs` are left out: this file handles them. */
function coreOptions(options: CallOptions | undefined): string {
  if (options === undefined) return "{}";
  const { signal: _, timeoutMs: __, ...rest } = checked(options);
  return writeWhole(rest);
}

// Random bytes are fetched 1,024 at a time. No byte is used twice.
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

/** Turns an exception of `run` into a rejection: a call fails in one way only. */
async function promised<T>(run: () => Promise<T>): Promise<T> {
  // Awaited, so that this frame does not end the stack of an error.
  return await run();
}

/** Checks the options that JSON would lose: it writes NaN and Infinity as null, and core would use the default. */
function checked<T extends CallOptions | ClientOptions>(options: T): T {
  if (typeof options !== "object" || options === null) throw new TypeError("options: expected an object");
  const { timeoutMs = 1, maxAttempts = 1, retry, signal } = options as CallOptions;
  if (signal && typeof signal.throwIfAborted !== "function") throw new TypeError("signal: expected an AbortSignal");
  if (!(typeof timeoutMs === "number" && timeoutMs > 0)) throw new TypeError("timeoutMs: expected a number > 0");
  if (!(Number.isInteger(maxAttempts) && maxAttempts > 0)) throw new TypeError("maxAttempts: expected an integer > 0");
  for (const time of Object.values(retry ?? {})) {
    if (typeof time === "number" && !(time >= 0 && time < Infinity)) throw new TypeError("retry: expected finite numbers >= 0");
  }
  return options;
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

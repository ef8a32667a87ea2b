// The clients: core decides what is sent, when and how often; fetch sends it.

import { Service } from "#client";
import { REFUSED } from "#fetch";

import { Call, type CallOptions, type FetchedPage, List, type RetryOptions } from "./call.js";
import { abortError, refusal } from "./errors.js";
import { ClientExchange, core, decodeReply, type HttpRequest, type HttpResponse, pageTrail, prepare } from "./exchange.js";
import { CALLS, FITS, type WazajCalls, type ZagelyCalls } from "./generated/calls.js";
import { write } from "./json.js";
import { Kept } from "./kept.js";
import { camelName, type Page, type Reply } from "./reply.js";
import { random } from "./text.js";
import { type Attempt, type Fetch, LONGEST_MS, send } from "./transport.js";

/** What both clients are made with. */
export interface ClientOptions {
  /** Sends requests: `fetch` or a function like it. Default: the runtime's own, kept from sending a request twice. */
  readonly fetch?: Fetch | undefined;
  /** The longest time of one attempt, up to the last byte of its answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** The largest answer that is read, in bytes. Default 32 MiB. */
  readonly maxResponseBytes?: number | undefined;
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
  readonly #maxResponseBytes: number;

  constructor(vendor: string, options: ClientOptions) {
    const { fetch, timeoutMs, maxResponseBytes = 32 << 20, ...settings } = checked(options);
    if (!(typeof maxResponseBytes === "number" && maxResponseBytes > 0)) {
      throw new TypeError("The option maxResponseBytes must be a number of bytes above zero.");
    }
    if (fetch !== undefined && typeof fetch !== "function") throw new TypeError("The option fetch must be a function.");
    this.#vendor = vendor;
    this.#settings = write(settings);
    this.#key = `${vendor}\n${this.#settings}`;
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs ?? 30_000;
    this.#maxResponseBytes = maxResponseBytes;
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
            new Call(promised(() => this.#run(name, exchange<unknown>(input, options), options)))
        : (input?: unknown, options?: CallOptions) =>
            new List(
              async (number): Promise<FetchedPage<unknown>> => {
                const running = exchange<Page<unknown>>(input, options, number);
                const { page = 1 } = running;
                return { reply: await this.#run(name, running, options), page };
              },
              () => pageTrail(name),
            );
    return Object.assign(call, {
      exchange: (input?: unknown, options?: CallOptions) => exchange(input, options),
      prepare: (input?: unknown, options?: CallOptions) => prepare(this.#service(), name, write(input), told(options)),
      decode: (response: HttpResponse) => decodeReply(this.#service(), name, response),
    });
  }

  /** Runs the loop of the exchange. */
  async #run<T>(name: string, exchange: ClientExchange<T>, options: CallOptions = {}): Promise<Reply<T>> {
    const { signal, timeoutMs = this.#timeoutMs } = options;
    const attempt: Attempt = { fetch: this.#fetch, maxResponseBytes: this.#maxResponseBytes, timeoutMs, signal };
    let request: HttpRequest | undefined;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const step = exchange.step();
        if (step.reply) return step.reply;
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
      // Whatever was thrown because of the signal becomes an error that knows the key.
      if (!signal?.aborted || error !== signal.reason) throw error;
      throw abortError(name, signal.reason, request?.method, exchange.idempotencyKey);
    } finally {
      exchange.free();
    }
  }

  /** Nothing of it is shown: it holds keys. */
  toJSON(): Record<string, never> {
    return {};
  }
}

/** Returns whether a second copy of a request has no second effect. */
function mayBeRepeated({ method }: HttpRequest, { idempotencyKey }: ClientExchange<unknown>): boolean {
  return method === "GET" || idempotencyKey !== undefined;
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

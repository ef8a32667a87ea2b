// The clients. Core decides which request is sent, when, and how many times. `fetch` sends it.

import { Service } from "#client";
import { REFUSED } from "#fetch";

import { type Sorted, sorted } from "./arguments.js";
import type { Call } from "./call.js";
import { findCall } from "./call-names.js";
import type { CallOptions } from "./call-options.js";
import { withVariables } from "./environment.js";
import { ENDS_WAITS, onAbort } from "./abort.js";
import { abortError, invalid, UnusableResponse, unusableError } from "./errors.js";
import { ClientExchange, core, decodeResponse, prepare } from "./exchange.js";
import { CALLS, GUARDS, type WazajCalls, type ZagelyCalls } from "./generated/calls.js";
import { type HttpMethod, type Settings, VARIABLES, WAITS } from "./generated/settings.js";
import type { Guard } from "./guards.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import { describe } from "./inspect.js";
import { isNear } from "./near.js";
import { isOptions, writeWhole } from "./json.js";
import { LruCache } from "./lru-cache.js";
import { camelName, type Page, type ApiResponse } from "./api-response.js";
import { checkObservers, type Description, type Logger, logging, type LogLevel, type Observer, Watch } from "./observer.js";
import { type FetchedPage, pageHistory } from "./page-history.js";
import { FetchedList, RunningCall } from "./promises.js";
import { RateLimiter, type StoreUse } from "./rate-limiter.js";
import { withCallName } from "./error-message.js";
import { random } from "./text.js";
import { type Fetch, LONGEST_MS, send } from "./transport.js";

/** Options of both clients. */
export interface ClientOptions extends Settings {
  /**
   * Sends requests: `fetch` or a compatible function. Default: the runtime's `fetch`, configured so that it does not send a
   * request twice.
   */
  readonly fetch?: Fetch | undefined;
  /** The timeout of one attempt, up to the last byte of the response, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** The largest response body to read, in bytes. Default 32 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /**
   * The rate limiter, which decides when each request may leave, so that the limits of the key are not exceeded.
   * Default: a limiter of this client. With `null`, requests leave at once. Pass the same limiter to all clients that
   * use the same key.
   */
  readonly rateLimiter?: RateLimiter | null | undefined;
  /** Receives the facts about each call, attempt and wait. `hudhud/opentelemetry` makes one that records spans. */
  readonly observer?: Observer | undefined;
  /** Receives the log messages. Default: `console`, if `logLevel` or the environment variable `HUDHUD_LOG` is set. */
  readonly logger?: Logger | undefined;
  /** The level from which messages are logged: `info` logs `warn` too, and leaves out `debug`. Default: `HUDHUD_LOG`, or `info` with a `logger`. */
  readonly logLevel?: LogLevel | undefined;
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
export interface WazajOptions extends Omit<ClientOptions, "sessionId" | "updateMethod"> {
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
  readonly #observers: readonly Observer[];
  /** The facts about calls. They are the same each time, except for calls by route and those with another method. */
  readonly #described = new Map<string, Description>();
  readonly #limiter: RateLimiter | null;

  constructor(vendor: keyof typeof VARIABLES, options: ClientOptions) {
    const { fetch, timeoutMs, maxResponseBytes = 32 << 20, observer, logger, logLevel, rateLimiter = new RateLimiter(), ...settings } = checked(options);
    if (rateLimiter !== null && !(rateLimiter instanceof RateLimiter)) throw new TypeError("rateLimiter: expected a RateLimiter, or null");
    this.#limiter = rateLimiter;
    if (!(typeof maxResponseBytes === "number" && maxResponseBytes > 0)) {
      throw new TypeError("maxResponseBytes: expected a number > 0");
    }
    checkObservers(observer, logger);
    if (fetch !== undefined && typeof fetch !== "function") throw new TypeError("fetch: expected a function");
    for (const [, name, isRequired] of VARIABLES[vendor]) {
      if (!isRequired || (settings as Record<string, unknown>)[name] !== undefined) continue;
      const other = Object.keys(settings).find((one) => one !== name && isNear(one, name));
      throw invalid("", name, `${name} is required${other ? `; you passed ${other}` : ""}`);
    }
    this.#vendor = vendor;
    const { methods } = settings;
    this.#settings = writeWhole(typeof methods === "object" ? { ...settings, methods: catalogued(vendor, methods ?? {}) } : settings);
    this.#key = `${vendor}\n${this.#settings}`;
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs ?? 30_000;
    this.#maxResponseBytes = maxResponseBytes;
    this.#observers = [observer, logging(logger, logLevel)].filter((one) => one !== undefined);
    this.#service(); // Throws now if an option is invalid.
    for (const [group, calls] of Object.entries(CALLS[vendor] ?? {})) {
      let members: Readonly<Record<string, unknown>> | undefined;
      // A program uses few groups, and a Worker makes its client at the start of each isolate.
      Object.defineProperty(this, camelName(group), { get: () => (members ??= this.#group(group, calls)) });
    }
    const { publicKey = "", baseUrl = "https://zagely.com" } = settings as Partial<ZagelyOptions>;
    const key = publicKey && `, publicKey: 'pk_…${publicKey.length > 15 ? publicKey.slice(-4) : ""}'`;
    describe(this, () => `${vendor[0]?.toUpperCase()}${vendor.slice(1)} { baseUrl: '${baseUrl}'${key} }`);
  }

  #service(): Service {
    return SERVICES.get(this.#key, () => core(() => new Service(this.#vendor, this.#settings), { areOptions: true }));
  }

  #exchange<T>(name: string, { input, options }: Sorted, page?: number, guard?: Guard): ClientExchange<T> {
    const random = entropy();
    // The name of a call by route is its method and its path.
    return withCallName(name.includes(" ") ? "request" : camelName(name), () => {
      const [inputJson, optionsJson] = [writeWhole(input), coreOptions(options)];
      const running = core(() => this.#service().exchange(name, inputJson, optionsJson, random, page));
      return new ClientExchange<T>(running, guard);
    });
  }

  #group(group: string, calls: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
    const members = Object.entries(calls).map(([verb, row]) => [camelName(verb), this.#call(`${group}.${verb}`, row)] as const);
    return Object.freeze(Object.fromEntries(members));
  }

  #call(name: string, row: string): unknown {
    const [item, id = "", fields] = row.split(":") as [string, string, string];
    const shown = camelName(name);
    const read = (given: readonly unknown[]) => sorted(shown, id, fields !== "", given);
    const exchange = <T>(parsed: Sorted, page?: number) => {
      if (item && parsed.options?.idempotencyKey !== undefined) throw invalid(shown, "idempotencyKey", "a list takes no idempotency key: leave it out");
      return this.#exchange<T>(name, parsed, page, item ? GUARDS[item] : undefined);
    };
    const call = item
      ? (...given: unknown[]) =>
          new FetchedList(
            async (number): Promise<FetchedPage<unknown>> => {
              const parsed = read(given);
              const running = exchange<Page<unknown>>(parsed, number);
              const { page = 1 } = running;
              return { response: await this.#run(shown, running, parsed.options), page };
            },
            () => pageHistory(name),
          )
      : (...given: unknown[]) =>
          new RunningCall(
            promised(() => {
              const parsed = read(given);
              return this.#run(shown, exchange<unknown>(parsed), parsed.options);
            }),
          );
    return Object.assign(call, {
      exchange: (...given: unknown[]) => exchange(read(given)),
      prepare: (...given: unknown[]) => {
        const { input, options } = read(given);
        return withCallName(shown, () => prepare(() => this.#service(), name, writeWhole(input), coreOptions(options)));
      },
      decode: (response: HttpResponse) => decodeResponse(() => this.#service(), name, response),
    });
  }

  /** Returns the facts about a call for the observers. */
  #description(name: string, exchange: ClientExchange<unknown>, { method }: CallOptions): Description {
    if (name === "request" || method !== undefined) return exchange.description();
    const described = this.#described.get(name) ?? exchange.description();
    this.#described.set(name, described);
    return described;
  }

  /** Runs the exchange until the call succeeds or fails. */
  async #run<T>(name: string, exchange: ClientExchange<T>, options: CallOptions = {}): Promise<ApiResponse<T>> {
    const { signal, timeoutMs = this.#timeoutMs } = options;
    const { [ENDS_WAITS]: endsWaits = signal } = options as { readonly [ENDS_WAITS]?: AbortSignal | undefined };
    const attempt = { fetch: this.#fetch, maxResponseBytes: this.#maxResponseBytes, signal };
    if (this.#limiter) exchange.waitFor(this.#limiter);
    const watch = this.#observers.length > 0 ? new Watch(this.#observers, exchange, this.#description(name, exchange, options)) : undefined;
    let begun = 0;
    let use: StoreUse | undefined;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const step = exchange.next();
        if (step.done) {
          watch?.end();
          return step.done;
        }
        if (step.send) {
          if (REFUSED && !this.#fetch && !mayBeRepeated(step.send, exchange)) throw invalid(name, "fetch", REFUSED);
          begun ||= Date.now();
          watch?.attempt();
          // A deadline shortens the attempt.
          const answer = await send(step.send, { ...attempt, timeoutMs: Math.min(timeoutMs, step.send.timeoutMs ?? timeoutMs) });
          if ("fault" in answer) exchange.fail(answer.fault, undefined, answer.cause);
          else exchange.receive(answer);
          watch?.answered();
        } else {
          watch?.waits();
          use = this.#limiter?.refresh() ?? use;
          await wait(step.waitMs, endsWaits, use);
          if (use?.hasEnded) {
            if (use.fault) exchange.loseStore(...use.fault);
            if (use.failure) watch?.storeFails(use.failure.error);
            use = undefined;
          }
        }
      }
    } catch (error) {
      // An error that the signal caused is replaced by one that carries the idempotency key.
      const aborted = [signal, endsWaits].find((one) => one?.aborted && error === one.reason);
      const { idempotencyKey, attempts } = exchange;
      const state = () => ({ idempotencyKey, attempts, isSent: begun > 0, mayHaveHappened: exchange.mayHaveHappened, elapsedMs: begun && Date.now() - begun });
      const thrown: unknown = aborted
        ? abortError(name, aborted.reason, state())
        : error instanceof UnusableResponse
          ? unusableError(name, error, state())
          : error;
      watch?.end(thrown);
      throw thrown;
    } finally {
      exchange.free();
    }
  }

  /**
   * Makes a call that this library does not know, with the same keys, retries and errors. Members of `input` replace
   * `{parameters}` of the path. The others become the query of a GET or the body.
   *
   * ```ts
   * const label = await zagely.request("PATCH", "/api/v1/labels/{label_id}", { label_id: "l-1", color: "red" });
   * ```
   */
  request<T = unknown>(method: HttpMethod, path: string, input?: Readonly<Record<string, unknown>>, options?: CallOptions): Call<T> {
    return new RunningCall(promised(() => this.#run("request", this.#exchange<T>(`${method} ${path}`, { input, options }), options)));
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

/** Spells the names of calls as in the catalog. */
function catalogued(vendor: string, methods: object): object {
  const rename = ([name, method]: [string, unknown]) => {
    const { found, fault } = findCall(vendor, name);
    if (found === undefined) throw invalid("", "methods", `methods: ${fault}`);
    return [found, method];
  };
  return Object.fromEntries(Object.entries(methods).map(rename));
}

/** Encodes a call's options for core. `signal` and `timeoutMs` are left out: this file handles them. */
function coreOptions(options: CallOptions | undefined): string {
  if (options === undefined) return "{}";
  const { signal: _, timeoutMs: __, headers, ...rest } = checked(options);
  // JSON would write a `Headers` as an empty object.
  const isIterable = typeof headers === "object" && headers !== null && Symbol.iterator in headers && !Array.isArray(headers);
  return writeWhole(headers === undefined ? rest : { ...rest, headers: isIterable ? Object.fromEntries(headers as Headers) : headers });
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
  if (!isOptions(options)) throw new TypeError("options: expected an object");
  const { timeoutMs = 1, deadlineMs = 1, maxAttempts = 1, retry, signal } = options as CallOptions;
  if (signal && typeof signal.throwIfAborted !== "function") throw new TypeError("signal: expected an AbortSignal");
  for (const [name, time] of Object.entries({ timeoutMs, deadlineMs })) {
    if (!(typeof time === "number" && time > 0)) throw new TypeError(`${name}: expected a number > 0`);
  }
  if (!(Number.isInteger(maxAttempts) && maxAttempts > 0)) throw new TypeError("maxAttempts: expected an integer > 0");
  for (const name of WAITS) {
    const time = retry?.[name] ?? 0;
    if (!(typeof time === "number" && time >= 0 && time < Infinity)) throw new TypeError(`retry.${name}: expected a finite number >= 0`);
  }
  return options;
}

/** Waits for the given time, or until the use of a limiter's store ends. Rejects if the signal aborts. */
function wait(milliseconds: number, signal: AbortSignal | undefined, use: StoreUse | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = () => {
      clearTimeout(timer);
      end();
      resolve();
    };
    const abort = () => {
      reject(signal?.reason);
      over();
    };
    const end = onAbort(signal, abort);
    const timer = setTimeout(over, Math.min(milliseconds, LONGEST_MS));
    if (use) use.wake = over;
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
  /**
   * Creates a client from the environment variables `ZAGELY_PUBLIC_KEY` and `ZAGELY_SECRET_KEY`, and optionally
   * `ZAGELY_SESSION_ID`, `ZAGELY_BASE_URL` and `ZAGELY_APP_TOKEN`. In Workers pass `env`. `options` override the
   * variables.
   */
  static fromEnv(env?: object, options?: Partial<ZagelyOptions>): Zagely {
    return new Zagely(withVariables("zagely", env, options));
  }

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
  /**
   * Creates a client from the environment variables `WAZAJ_API_KEY` and `WAZAJ_BASE_URL`. In Workers pass `env`.
   * `options` override the variables.
   */
  static fromEnv(env?: object, options?: Partial<WazajOptions>): Wazaj {
    return new Wazaj(withVariables("wazaj", env, options));
  }

  constructor(options: WazajOptions) {
    super("wazaj", options);
  }
}

// The bridge to core: a call in flight, and the pure functions that build a request and decode its response.

import { Exchange as CoreExchange, type Service } from "#client";

import { errorOf, type ErrorDetails, MissingVariablesError, type TransportFault } from "./errors.js";
import { type Guard, isInteger, isObject, isText, isWhole, listOf } from "./guards.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import { describe, showAs } from "./inspect.js";
import { decode, parse, toBytes } from "./json.js";
import type { CoreFacts } from "./observer.js";
import { reasonOf } from "./reasons.js";
import { suggestion } from "./near.js";
import { ofClient, ofRetry } from "./option-names.js";
import { checkTime } from "./time.js";
import { type Bytes, type Meta, type Page, type RawResponse, type ApiResponse, camelName, readMeta } from "./api-response.js";

/** The next step of a call. */
export type Step<T> =
  | {
      /** The request to send unchanged. */
      readonly send: HttpRequest;
      readonly waitMs?: undefined;
      readonly done?: undefined;
    }
  | {
      /** The milliseconds to wait before the next step. */
      readonly waitMs: number;
      readonly send?: undefined;
      readonly done?: undefined;
    }
  | {
      /** The decoded response. The call is over. */
      readonly done: ApiResponse<T>;
      readonly send?: undefined;
      readonly waitMs?: undefined;
    };

/** A request and the function that decodes its response. */
export interface PreparedCall<T> {
  /** The request. */
  readonly request: HttpRequest;
  /** Decodes a response. Throws if the response is an error. */
  readonly decode: (response: HttpResponse) => ApiResponse<T>;
}

/** The facts about a failure that core does not know. */
interface Circumstances {
  /** The response that core could not decode or that is an error. */
  readonly response?: RawResponse | undefined;
  /** The error that the transport threw. */
  readonly cause?: unknown;
  /** True if the fields of the error are options of a client. */
  readonly areOptions?: boolean;
}

/** A value that core throws, if it is not a `TypeError`: the facts of an error, or the variables without a value. */
interface Thrown {
  readonly missing?: readonly [message: string, names: string[]];
  readonly text: string;
  readonly fault: TransportFault | null;
  /** The errors of fields are pairs. The details are JSON. */
  readonly facts: Record<string, unknown> & { readonly field_errors: ReadonlyArray<readonly [string, string[]]>; readonly details: string };
}

/** Converts a value that core threw to an error. */
function thrown(value: unknown, { response, cause, areOptions }: Circumstances): unknown {
  const { missing, text, facts, fault } = Object(value) as Partial<Thrown>;
  if (missing) return new MissingVariablesError(...missing);
  if (text === undefined || facts === undefined) return value;
  const details = readMeta<{ -readonly [Name in keyof ErrorDetails]: ErrorDetails[Name] }>(facts);
  details.details = parse(facts.details) as Record<string, unknown>;
  const { call, hint } = details;
  let message = text;
  // Names of options and calls are spelled as in JavaScript. Names of fields are the vendor's.
  const spelled = (name: string) => (areOptions || name === "idempotency_key" ? camelName(name) : name);
  details.fieldErrors = Object.fromEntries(
    facts.field_errors.map(([name, errors]) => {
      message = message.replace(` ${name}: `, ` ${spelled(name)}: `);
      return [spelled(name), errors];
    }),
  );
  // An option is not a call: core's words about calls are left out.
  if (areOptions) message = Object.entries(details.fieldErrors).map(([name, errors]) => `${name}: ${errors.join(" ")}`).join(" ");
  if (call !== null) message = message.replace(call, (details.call = camelName(call)));
  const reason = fault && reasonOf(cause);
  // Core's message ends with the hint.
  if (reason) message = message.replace(hint, `Reason: ${reason}. ${hint}`);
  return errorOf(message, details, { fault, response, cause });
}

/** Runs a function of core and converts what it throws to an error. */
export function core<T>(run: () => T, circumstances: Circumstances = {}): T {
  try {
    return run();
  } catch (value) {
    const error = thrown(value, circumstances);
    if (error instanceof TypeError) error.message = suggesting(error.message);
    // A stack has ten frames in V8. Those of this library leave room for those of the caller.
    if (error instanceof Error) (Error as { captureStackTrace?: (at: Error, below: unknown) => void }).captureStackTrace?.(error, core);
    throw error;
  }
}

/** Adds a question such as `did you mean timeoutMs?` to core's error about an unknown option, if a known name is similar. */
function suggesting(message: string): string {
  const [, name] = /^unknown option: (.*);/.exec(message) ?? [];
  const question = name && suggestion(name, [...ofClient(), ...ofRetry(), "missing"]);
  return question ? message.replace(/;.*/, question) : message;
}

/** Validates the status of a response. */
export function statusOf(status: unknown): number {
  if (Number.isInteger(status) && (status as number) >= 0 && (status as number) <= 999) return status as number;
  throw new TypeError("response: expected an object with status (0 to 999), headers and body");
}

/** Validates a response and converts its headers to `Headers`, its body to bytes. */
function standard(response: HttpResponse): RawResponse {
  const { headers, body } = (response ?? {}) as Partial<HttpResponse>;
  const status = statusOf(response?.status);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : toBytes(body);
  if (!bytes) throw new TypeError("response.body: expected bytes or a string");
  try {
    return { status, headers: headers instanceof Headers ? headers : new Headers(headers as Record<string, string>), body: bytes };
  } catch (cause) {
    throw new TypeError("response.headers: expected names and values", { cause });
  }
}

/** Encodes headers for core: a line for each name, followed by a line for its value. */
export function lines(headers: Headers): string {
  const out: string[] = [];
  headers.forEach((value, name) => out.push(name, value));
  return out.join("\n");
}

/** A request that shows no key, number or text in consoles. Its members are accessors, which consoles do not read. */
class RedactedRequest implements HttpRequest {
  declare readonly call: string;
  declare readonly method: string;
  declare readonly url: string;
  declare readonly headers: Array<[name: string, value: string]>;
  declare readonly body: Bytes | undefined;
  declare readonly timeoutMs?: number | undefined;

  constructor({ call, method, url, headers, body, timeoutMs }: HttpRequest) {
    showAs(headers, () => headers.map(([name]) => name));
    // Own members, so that `{ ...request }` copies all of them.
    for (const [name, value] of Object.entries({ call, method, url, headers, body, ...(timeoutMs !== undefined && { timeoutMs }) })) {
      Object.defineProperty(this, name, { get: () => value, enumerable: true });
    }
  }

  static {
    showAs(this.prototype, function (this: RedactedRequest) {
      return this.toJSON();
    });
  }

  /** Returns plain data that is safe to log. */
  toJSON(): Record<string, unknown> {
    const { call, method, headers, body } = this;
    return { call, method, headers: headers.map(([name]) => name), body: `${body?.length ?? 0} bytes` };
  }
}

/** Reads a page with `JSON.parse` if it has the declared form. Returns undefined otherwise: then core decodes it. */
function readPage(bytes: Uint8Array, guard: Guard): Page<unknown> | undefined {
  const text = decode(bytes);
  if (text === undefined) return undefined;
  let page: unknown;
  try {
    page = JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
  if (!isObject(page)) return undefined;
  const { current_page, data, meta, links } = page;
  // The page numbers may be in other members. Core reads those forms.
  if (!isInteger(current_page) || isObject(meta) || isObject(links) || "pagination" in page || "total_pages" in page || !listOf(guard)(data)) return undefined;
  const isAbsentOr = (name: string, is: Guard) => (page[name] ??= null) === null || is(page[name]);
  const numbers = ["last_page", "per_page", "total"].every((name) => isAbsentOr(name, isInteger));
  if (!numbers || !isAbsentOr("next_page_url", isText)) return undefined;
  return Object.keys(page).every((name) => name === "data" || isWhole(page[name])) ? (page as unknown as Page<unknown>) : undefined;
}

/** Describes a page without its items. */
function numbers(this: Page<unknown>): string {
  const { data, current_page: page, last_page: last, total } = this;
  const which = page ? ` ${page}${last ? ` of ${last}` : ""}` : "";
  return `Page${which}, ${data.length}${total ? ` of ${total}` : ""} item${(total || data.length) === 1 ? "" : "s"}`;
}

/** A call in flight, with its retries. It is a state machine without I/O: pass it the time and each response or failure. */
export class ClientExchange<T> {
  #core: CoreExchange | undefined;
  readonly #guard: Guard | undefined;
  #response: RawResponse | undefined;
  #cause: unknown;
  readonly #page: number | undefined;
  readonly #idempotencyKey: string | undefined;
  #attempts = 0;
  #ended: (() => void) | undefined;

  /** @internal */
  constructor(exchange: CoreExchange, guard: Guard | undefined) {
    this.#core = exchange;
    this.#guard = guard;
    this.#page = exchange.page();
    this.#idempotencyKey = exchange.key();
  }

  /** @internal Lets the requests wait for their turns. */
  waitFor(limiter: { hold(exchange: CoreExchange): () => void }): void {
    this.#ended = limiter.hold(this.#running());
  }

  #running(): CoreExchange {
    if (!this.#core) throw new TypeError("The exchange has ended; create a new one.");
    return this.#core;
  }

  /** The idempotency key of the call. Store it if you may have to repeat the call later. */
  get idempotencyKey(): string | undefined {
    return this.#idempotencyKey;
  }

  /** The number of attempts so far. */
  get attempts(): number {
    return this.#core?.attempts() ?? this.#attempts;
  }

  /** @internal Returns true if the call, which is not over, may have had its effect by now. */
  get mayHaveHappened(): boolean {
    return this.#running().may_have_happened();
  }

  /** Returns the next step. Throws if the call failed. */
  step(now: number = Date.now()): Step<T> {
    const step = this.next(now);
    return step.send ? { send: new RedactedRequest(step.send) } : step;
  }

  /** @internal Does the same as `step`. Consoles show everything in the request that it returns. */
  next(now: number = Date.now()): Step<T> {
    const [exchange, time] = [this.#running(), checkTime(now)];
    let over = true;
    try {
      const step = core(() => exchange.step(time), { response: this.#response, cause: this.#cause }) as {
        send?: HttpRequest;
        waitMs: number;
        done?: Record<string, unknown>;
      };
      if (step.done) return { done: this.#read(exchange, readMeta<Meta>(step.done), time) };
      over = false;
      return step.send ? { send: step.send } : { waitMs: step.waitMs };
    } finally {
      if (over) this.free();
    }
  }

  #read(exchange: CoreExchange, meta: Meta, now: number): ApiResponse<T> {
    const response = this.#response as RawResponse;
    const page = this.#guard && readPage(response.body, this.#guard);
    const output = page ?? parse(core(() => exchange.response(now), { response }));
    // The guard of a page's items is absent for other outputs.
    if (this.#guard) describe(output as Page<unknown>, numbers);
    return { output: output as T, meta, response };
  }

  /** Accepts the response to the request that was sent. */
  receive(response: HttpResponse, now: number = Date.now()): void {
    const exchange = this.#running();
    const raw = standard(response);
    core(() => exchange.receive(raw.status, lines(raw.headers), raw.body, checkTime(now)));
    this.#response = raw;
  }

  /** Reports that no response arrived. */
  fail(fault: TransportFault, now: number = Date.now(), cause?: unknown): void {
    const exchange = this.#running();
    core(() => exchange.fail(fault, checkTime(now)));
    this.#cause = cause;
  }

  /**
   * @internal Ends the call, because the store of its rate limiter has failed for the given milliseconds, or holds bytes
   * that are not a state. Throws the error of the call.
   */
  loseStore(failing: number | undefined, cause: unknown): never {
    const exchange = this.#running();
    return core(
      () => {
        throw exchange.lose_store(failing, Date.now());
      },
      { cause },
    );
  }

  /** @internal The requested page number, if the call is a list. */
  get page(): number | undefined {
    return this.#page;
  }

  /** @internal Returns core's facts about the call. */
  description(): ReturnType<CoreFacts["description"]> {
    return readMeta(this.#running().description() as Record<string, unknown>);
  }

  /** @internal Returns core's facts about the attempt that has just ended. */
  lastAttempt(): ReturnType<CoreFacts["lastAttempt"]> {
    return readMeta((this.#running().last_attempt() ?? {}) as Record<string, unknown>);
  }

  /** @internal Returns the minimum time of a long wait for the rate limiter, in milliseconds, if it should be logged now. */
  longWait(): number | undefined {
    return this.#running().long_wait();
  }

  /** Ends the call and releases its memory. Needed only if the call is abandoned before it is over. */
  free(): void {
    this.#attempts = this.attempts;
    this.#core?.free();
    this.#core = undefined;
    this.#ended?.();
    this.#ended = undefined;
  }
}

/** @internal Builds a request, with the function that decodes its response. */
export function prepare<T>(service: () => Service, call: string, input: string, options: string): PreparedCall<T> {
  const request = new RedactedRequest(core(() => service().prepare(call, input, options)) as HttpRequest);
  const key = request.headers.find(([name]) => name === "Idempotency-Key")?.[1];
  return { request, decode: (response) => decodeResponse(service, call, response, key) };
}

/** @internal Decodes a response by the name of its call. The input is not needed. */
export function decodeResponse<T>(service: () => Service, call: string, response: HttpResponse, key?: string): ApiResponse<T> {
  const raw = standard(response);
  const decoded = core(() => service().decode(call, raw.status, lines(raw.headers), raw.body, key), { response: raw });
  const [output, meta] = decoded as [string, Record<string, unknown>];
  return { output: parse(output) as T, meta: readMeta<Meta>(meta), response: raw };
}

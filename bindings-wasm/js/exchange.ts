// Between core and JavaScript: a call in flight, and the two pure functions below it.

import { Exchange as CoreExchange, type Prepared, type Service, Trail } from "#client";

import type { PageTrail } from "./call.js";
import { errorOf, type Facts, MissingVariablesError, type TransportFault } from "./errors.js";
import { type Fits, isInteger, isObject, isText, isWhole, listOf } from "./fits.js";
import { decode, parse, toBytes } from "./json.js";
import { moment } from "./moment.js";
import { type Meta, type Page, type RawResponse, type Reply, readMeta } from "./reply.js";

/**
 * A request, for a transport to send exactly so, following no redirect. It holds keys and personal data: consoles and JSON
 * show its call, the names of its headers and its size alone.
 */
export interface HttpRequest {
  /** The call it belongs to. */
  readonly call: string;
  /** The method. */
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** Names and values. A host that may not set `User-Agent` leaves it out. */
  readonly headers: Array<[name: string, value: string]>;
  /** The body; without one there is none. */
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

/** A response, as a transport has it. */
export interface HttpResponse {
  /** The status. */
  readonly status: number;
  /** Its headers, in whatever form. */
  readonly headers: Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
  /** The body as it came, after undoing any `Content-Encoding`. */
  readonly body: Uint8Array | string;
}

/** What to do next. */
export type Step<T> =
  | {
      /** To be sent exactly so. */
      readonly send: HttpRequest;
      readonly waitMs?: undefined;
      readonly reply?: undefined;
    }
  | {
      /** How long to wait before the next step. */
      readonly waitMs: number;
      readonly send?: undefined;
      readonly reply?: undefined;
    }
  | {
      /** The call is over, and this is what came of it. */
      readonly reply: Reply<T>;
      readonly send?: undefined;
      readonly waitMs?: undefined;
    };

/** A request, and what reads its response. */
export interface PreparedCall<T> {
  /** The request. */
  readonly request: HttpRequest;
  /** The reply in a response; a failure is thrown. */
  readonly decode: (response: HttpResponse) => Reply<T>;
}

/** What core threw, as an error. */
export function thrown(text: unknown, response?: RawResponse, cause?: unknown): unknown {
  if (typeof text !== "string") return text;
  const { misuse, missing, said, facts, fault } = parse(text) as {
    misuse?: string;
    missing?: string[];
    said: string;
    facts: Record<string, unknown>;
    fault: TransportFault | null;
  };
  if (misuse !== undefined) return new TypeError(misuse);
  if (missing) return new MissingVariablesError(said, missing);
  return errorOf(said, readMeta<Facts>(facts), { fault, response, cause });
}

/** Runs something of core's; what it throws becomes an error. */
export function core<T>(run: () => T, response?: RawResponse, cause?: unknown): T {
  try {
    return run();
  } catch (text) {
    throw thrown(text, response, cause);
  }
}

/** Headers of whatever form as standard ones. */
function standard(response: HttpResponse): RawResponse {
  const { status = -1, headers, body } = (response ?? {}) as Partial<HttpResponse>;
  if (!(Number.isInteger(status) && status >= 0 && status <= 999)) throw new TypeError("A response has a status, headers and a body.");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : toBytes(body);
  if (!bytes) throw new TypeError("The body of a response is bytes or text.");
  try {
    return { status, headers: headers instanceof Headers ? headers : new Headers(headers as Record<string, string>), body: bytes };
  } catch (cause) {
    throw new TypeError("The headers of a response are names and values.", { cause });
  }
}

/** As core takes them: a name and then its value, in lines. */
function lines(headers: Headers): string {
  const out: string[] = [];
  headers.forEach((value, name) => out.push(name, value));
  return out.join("\n");
}

/** The names by which Node, Bun and workerd, and Deno, ask an object how it is to be shown. */
const INSPECT = [Symbol.for("nodejs.util.inspect.custom"), Symbol.for("Deno.customInspect")];

function showAs(value: object, show: () => unknown): void {
  for (const name of INSPECT) Object.defineProperty(value, name, { value: show });
}

/** A request that shows no key, no number and no text. Its members are accessors, which consoles do not read. */
class KeptRequest implements HttpRequest {
  declare readonly call: string;
  declare readonly method: string;
  declare readonly url: string;
  declare readonly headers: Array<[name: string, value: string]>;
  declare readonly body: Uint8Array<ArrayBuffer> | undefined;

  constructor(head: HttpRequest, body: Uint8Array | undefined) {
    const { call, method, url, headers } = head;
    showAs(headers, () => headers.map(([name]) => name));
    // They are the object's own, so that `{ ...request }` is a whole copy.
    for (const [name, value] of Object.entries({ call, method, url, headers, body })) {
      Object.defineProperty(this, name, { get: () => value, enumerable: true });
    }
  }

  static {
    showAs(this.prototype, function (this: KeptRequest) {
      return this.toJSON();
    });
  }

  /** What is fit for a log. */
  toJSON(): Record<string, unknown> {
    const { call, method, headers, body } = this;
    return { call, method, headers: headers.map(([name]) => name), body: `${body?.length ?? 0} bytes` };
  }
}

/** A page that looks as declared, read by JavaScript's own reader; anything else is core's to read. */
function readPage(bytes: Uint8Array, fits: Fits): Page<unknown> | undefined {
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
  // What it does not say itself it may say in a part of it.
  if (!isInteger(current_page) || isObject(meta) || isObject(links) || !listOf(fits)(data)) return undefined;
  const said = (name: string, is: Fits) => (page[name] ??= null) === null || is(page[name]);
  const numbers = ["last_page", "per_page", "total"].every((name) => said(name, isInteger));
  if (!numbers || !said("next_page_url", isText)) return undefined;
  return Object.keys(page).every((name) => name === "data" || isWhole(page[name])) ? (page as unknown as Page<unknown>) : undefined;
}

/** A call in flight, with its retries. It does nothing by itself: it is told the time and what happened. */
export class ClientExchange<T> {
  #core: CoreExchange | undefined;
  readonly #fits: Fits | undefined;
  #response: RawResponse | undefined;
  #cause: unknown;
  readonly #page: number | undefined;
  readonly #idempotencyKey: string | undefined;
  #attempts = 0;

  /** @internal */
  constructor(exchange: CoreExchange, fits: Fits | undefined) {
    this.#core = exchange;
    this.#fits = fits;
    this.#page = exchange.page();
    this.#idempotencyKey = exchange.key();
  }

  #running(): CoreExchange {
    if (!this.#core) throw new TypeError("The exchange is over; make a new one.");
    return this.#core;
  }

  /** The idempotency key that is sent, to be kept by whoever wants to repeat the call later. */
  get idempotencyKey(): string | undefined {
    return this.#idempotencyKey;
  }

  /** How often the request was sent so far. */
  get attempts(): number {
    return this.#core?.attempts() ?? this.#attempts;
  }

  /** What to do next. A failure of the call is thrown. */
  step(now: number = Date.now()): Step<T> {
    const [exchange, time] = [this.#running(), moment(now)];
    let over = true;
    try {
      const step = JSON.parse(core(() => exchange.step(time), this.#response, this.#cause)) as {
        send?: HttpRequest;
        wait?: number;
        done?: Record<string, unknown>;
      };
      if (step.done) return { reply: this.#read(exchange, readMeta<Meta>(step.done), time) };
      over = false;
      if (step.send) return { send: new KeptRequest(step.send, exchange.body()) };
      return { waitMs: step.wait ?? 0 };
    } finally {
      if (over) this.free();
    }
  }

  #read(exchange: CoreExchange, meta: Meta, now: number): Reply<T> {
    const response = this.#response as RawResponse;
    const page = this.#fits && readPage(response.body, this.#fits);
    if (page) return { answer: page as T, meta, response };
    const read = core(() => exchange.reply(now), response);
    return { answer: (parse(read) as { answer: T }).answer, meta, response };
  }

  /** The answer to the request that was sent. */
  receive(response: HttpResponse, now: number = Date.now()): void {
    const exchange = this.#running();
    const raw = standard(response);
    core(() => exchange.receive(raw.status, lines(raw.headers), raw.body, moment(now)));
    this.#response = raw;
  }

  /** No answer came. */
  fail(fault: TransportFault, now: number = Date.now(), cause?: unknown): void {
    const exchange = this.#running();
    core(() => exchange.fail(fault, moment(now)));
    this.#cause = cause;
  }

  /** @internal The number of the page that is asked for, if the call is a list. */
  get page(): number | undefined {
    return this.#page;
  }

  /** Ends it where it is; it is ended by itself once it is done. */
  free(): void {
    this.#attempts = this.attempts;
    this.#core?.free();
    this.#core = undefined;
  }
}

/** @internal The pages of one iteration of a list. */
export function pageTrail(call: string): PageTrail {
  const trail = new Trail(call);
  return {
    next({ reply: { response }, page }) {
      try {
        return core(() => trail.arrived(page, response.status, lines(response.headers), response.body), response);
      } catch (error) {
        return { error, isRepetition: trail.isRepetition() };
      }
    },
    free: () => trail.free(),
  };
}

/** @internal */
export function prepare<T>(service: Service, call: string, input: string, options: string): PreparedCall<T> {
  const prepared: Prepared = core(() => service.prepare(call, input, options));
  return {
    request: new KeptRequest(JSON.parse(prepared.head()) as HttpRequest, prepared.body()),
    decode: (response) => decoded(response, (status, headers, body) => prepared.decode(status, headers, body)),
  };
}

/** @internal Reads a response of the call of this name, whose input is not needed for it. */
export function decodeReply<T>(service: Service, call: string, response: HttpResponse): Reply<T> {
  return decoded(response, (status, headers, body) => service.decode(call, status, headers, body));
}

function decoded<T>(response: HttpResponse, read: (status: number, headers: string, body: Uint8Array) => string): Reply<T> {
  const raw = standard(response);
  const { answer, meta } = parse(core(() => read(raw.status, lines(raw.headers), raw.body), raw)) as { answer: T; meta: Record<string, unknown> };
  return { answer, meta: readMeta<Meta>(meta), response: raw };
}

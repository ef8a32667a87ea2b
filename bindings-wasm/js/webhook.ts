/**
 * Verifies webhooks and decodes their events.
 *
 * ```ts
 * const event = await new Webhook(env.SECRET).verify(request);
 * if (event.type === "message.received") console.log(event.data.content);
 * ```
 *
 * @module
 */

import { hash, HASH_FROM } from "#hash";
import { noEvent, signed, Verifier } from "#webhook";

import { unset, variable, WEBHOOK_SECRET } from "./environment.js";
import { chunks, gathered, held, type Parts } from "./body.js";
import { EVENTS, type WebhookEvent } from "./generated/events.js";
import type { EventName } from "./generated/models.js";
import { describe } from "./inspect.js";
import { decode, parse } from "./json.js";
import { LruCache } from "./lru-cache.js";
import { checkTime } from "./time.js";
import { named } from "./error-names.js";
import { isObject, isWellFormed, read, type Shape, text } from "./event-schema.js";

export type { EventMetadata, Inferred, UnknownEvent } from "./event.js";
export type * from "./generated/events.js";

/** The reason for refusing a delivery. The names are the same in every language, except `payload_too_large`. */
export type WebhookErrorReason =
  | "missing_header"
  | "malformed_timestamp"
  | "malformed_signature"
  | "signature_mismatch"
  | "timestamp_too_old"
  | "timestamp_in_future"
  | "malformed_payload"
  | "payload_too_large";

/** The members of a `WebhookError`. They are safe to log. */
export interface WebhookErrorDetails {
  /** The reason for refusing the delivery. */
  readonly reason: WebhookErrorReason;
  /** The HTTP status to respond with. */
  readonly httpStatus: number;
  /** The possible cause. */
  readonly hint: string;
}

/**
 * A refused delivery. Its message, console output and JSON hold no secret, no signature and no part of the body. Respond
 * to the sender with `httpStatus` only.
 *
 * `cause` holds the facts. A structured clone keeps it in most runtimes (not Safari or Bun). `WebhookError.from` restores
 * the error from the clone or from `toJSON()`.
 */
export class WebhookError extends Error {
  /** The facts of the error, as plain data. */
  declare readonly cause: WebhookErrorDetails;

  constructor(reason: WebhookErrorReason, httpStatus: number, hint: string) {
    super(`webhook refused: ${reason}. ${hint}`, { cause: { reason, httpStatus, hint } });
  }

  static {
    named({ WebhookError: this });
  }

  /** Restores an error from its structured clone or `toJSON()`. Returns undefined for any other value. */
  static from(value: unknown): WebhookError | undefined {
    try {
      if (value instanceof WebhookError) return value;
      const { reason, httpStatus, hint } = (value instanceof Error ? value.cause : value) as WebhookErrorDetails;
      return typeof reason === "string" && typeof httpStatus === "number" && typeof hint === "string" ? new WebhookError(reason, httpStatus, hint) : undefined;
    } catch {
      // The value has no members, or reading one threw.
      return undefined;
    }
  }

  /** The reason for refusing the delivery. */
  get reason(): WebhookErrorReason {
    return this.cause.reason;
  }

  /** The HTTP status to respond with. */
  get httpStatus(): number {
    return this.cause.httpStatus;
  }

  /** The possible cause, for your log. */
  get hint(): string {
    return this.cause.hint;
  }

  /** Returns plain data that is safe to log and to send to another thread. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...this.cause };
  }
}

/** Headers, in the forms that frameworks use. */
export type DeliveryHeaders =
  | {
      /** Returns the value of a header. */
      get(name: string): string | null | undefined;
    }
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A delivery whose body was read, as bytes or as unchanged text. */
export interface Delivery {
  /** The headers. */
  readonly headers: DeliveryHeaders;
  /** The body as received. It is copied before anything is awaited. */
  readonly body: ArrayBufferView | ArrayBuffer | SharedArrayBuffer | string;
}

/** A Node request, also from Express and Fastify. It holds the raw body, or it is a stream of it. */
export interface IncomingRequest extends Partial<AsyncIterable<Uint8Array | string>> {
  /** The headers. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body from a middleware: bytes or text, not parsed. */
  readonly body?: unknown;
  /** The raw body in frameworks that keep it here. */
  readonly rawBody?: unknown;
}

/** Options for verifying deliveries. */
export interface WebhookOptions {
  /** The number of seconds that a timestamp may be before or after now. `null` accepts any age. Default 300. */
  readonly toleranceSeconds?: number | null | undefined;
  /** The largest body to read, in bytes. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** The clock, for tests. It returns milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** The names of all events that this version of the library knows. */
export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[];

const SHAPES = new Map<string, Shape | 0>(Object.entries(EVENTS));

const VERIFIERS = new LruCache<Verifier>(64);
// The names of the signature headers, in lower case; then the separator that is signed between timestamp and body.
const CLAIM = signed().split("\n");
const SEPARATOR = CLAIM.pop() as string;

/** Verifies deliveries with one secret, or with several during a change of secrets. */
export class Webhook {
  readonly #secrets: readonly string[];
  readonly #tolerance: number | undefined;
  readonly #key: string;
  readonly #maxBytes: number;
  readonly #now: () => number;
  /** The block to hash before each message, for each secret. Set at the first body that the host hashes. */
  #blocks: readonly Uint8Array[] | undefined;

  constructor(secret: string | readonly string[], options: WebhookOptions = {}) {
    const secrets: readonly unknown[] = Array.isArray(secret) ? [...secret] : [secret];
    if (secrets.length === 0 || !secrets.every((one) => typeof one === "string" && !one.includes("\0"))) {
      throw new TypeError("secret: expected a string; is the variable set?");
    }
    // Core gets UTF-8, in which every lone surrogate would become the same character.
    if (!isWellFormed(secrets.join())) throw new TypeError("secret: expected text without lone surrogates");
    if (!isObject(options)) throw new TypeError("options: expected an object");
    const { toleranceSeconds = 300, maxBytes = 1 << 20, now = Date.now, ...others } = options as WebhookOptions;
    const [other] = Object.keys(others);
    if (other !== undefined) throw new TypeError(`unknown option${/^[a-z_]{1,32}$/i.test(other) ? `: ${other}` : ""}; expected toleranceSeconds, maxBytes or now`);
    const must = (is: boolean, message: string) => {
      if (!is) throw new TypeError(message);
    };
    must(typeof now === "function", "now: expected a function");
    must(toleranceSeconds === null || isAmount(toleranceSeconds), "toleranceSeconds: expected a number >= 0, or null");
    must(isAmount(maxBytes), "maxBytes: expected a number >= 0");
    this.#secrets = secrets as readonly string[];
    this.#tolerance = toleranceSeconds ?? undefined;
    this.#maxBytes = maxBytes;
    this.#now = now;
    // Not all in JSON, which writes Infinity as null.
    this.#key = JSON.stringify(secrets) + toleranceSeconds;
    this.#verifier();
    describe(this, () => `Webhook { toleranceSeconds: ${toleranceSeconds} }`);
  }

  /**
   * Creates a verifier from the environment variable `ZAGELY_WEBHOOK_SECRET`. Several secrets are separated by spaces. In
   * Workers pass `env`.
   */
  static fromEnv(env?: object, options?: WebhookOptions): Webhook {
    const secrets = variable(WEBHOOK_SECRET, env);
    if (secrets === undefined) throw unset(WEBHOOK_SECRET);
    return new Webhook(secrets.trim().split(/\s+/), options);
  }

  #verifier(): Verifier {
    return VERIFIERS.get(this.#key, () => {
      try {
        return new Verifier(this.#secrets.join("\0"), this.#tolerance);
      } catch (message) {
        throw typeof message === "string" ? new TypeError(message) : message;
      }
    });
  }

  #begun(): Uint8Array[] {
    const blocks = this.#verifier().inner_key_blocks();
    return this.#secrets.map((_, at) => blocks.subarray(64 * at, 64 * at + 64));
  }

  /**
   * Verifies a delivery and decodes its event. It accepts a standard `Request`, a Node request (also from Express and
   * Fastify, if the body is unread or kept as bytes), or headers and body. It throws a `WebhookError` with the reason
   * and the HTTP status to respond with.
   */
  async verify(delivery: Request | IncomingRequest | Delivery): Promise<WebhookEvent> {
    const { headers, body } = opened(delivery);
    const values = found(headers, CLAIM);
    const claim = values.join("\n");
    const timestamp = values[0] as string;
    let bytes: Uint8Array;
    if (body instanceof Uint8Array) {
      // Copied, because the caller may change its buffer. `slice` of a Node `Buffer` would not copy.
      bytes = new Uint8Array(limited(body, this.#maxBytes));
    } else {
      this.#judged((verifier) => verifier.verifyHashed(claim, NOTHING, NOTHING, 0), /^m/);
      bytes = await whole(body, headers, this.#maxBytes);
    }
    const hostHashes = bytes.length >= HASH_FROM && timestamp !== "";
    const hashes = hostHashes ? new Uint8Array(32 * this.#secrets.length) : undefined;
    if (hashes) {
      const blocks = (this.#blocks ??= this.#begun());
      const prefix = timestamp.slice(1) + SEPARATOR;
      for (let at = 0; at < blocks.length; at++) {
        const hashed = hash(blocks[at] as Uint8Array, prefix, bytes, hashes, 32 * at);
        if (hashed) await hashed;
      }
    }
    const now = checkTime(this.#now());
    return this.#judged((verifier) =>
      event(bytes, verifier, hashes ? verifier.verifyHashed(claim, hashes, bytes.subarray(0, 1024), now) : verifier.verify(claim, bytes, now)),
    ) as WebhookEvent;
  }

  /** Runs core's verifier. Throws a `WebhookError` if the reason matches `reasons`, otherwise returns undefined. */
  #judged<T>(run: (verifier: Verifier) => T, reasons = /^/): T | undefined {
    const verifier = this.#verifier();
    try {
      return run(verifier);
    } catch (refusal) {
      if (typeof refusal !== "string") throw refusal;
      if (!reasons.test(refusal)) return undefined;
      const [reason, status, hint] = refusal.split("\n") as [WebhookErrorReason, string, string];
      throw new WebhookError(reason, Number(status), hint);
    }
  }
}

// Stands for the body while only the headers are checked, before the body is read.
const NOTHING = new Uint8Array();

function isAmount(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

/** Returns the date of a time in milliseconds, or the largest date if no date is that late. */
function date(time: number): Date {
  return new Date(Math.min(time, 8.64e15));
}

/** Decodes the event of a verified body. */
function event(bytes: Uint8Array, verifier: Verifier, secretIndex: number): WebhookEvent {
  let envelope: unknown;
  try {
    envelope = parse((decode(bytes) ?? "").replace(/^\ufeff/, ""));
  } catch {
    // The check below rejects it.
  }
  if (!isObject(envelope)) throw noEvent();
  const members = envelope;
  const { event: name, data, delivery_id } = members;
  if (typeof name !== "string" || name === "") throw noEvent();
  const shape = SHAPES.get(name);
  const known = shape !== undefined;
  const id = typeof delivery_id === "string" && delivery_id !== "" ? delivery_id : null;
  const until = verifier.deduplicateUntil();
  const event: Record<string, unknown> = {
    type: known ? name : "unknown",
    name,
    tenant_id: text(members.tenant_id),
    delivery_id: id,
    occurred_at: text(members.occurred_at),
    data: shape ? read(data ?? {}, shape) : (data ?? null),
    replayKey: id ?? verifier.replayKey(),
    deduplicateUntil: until === undefined ? null : date(until),
    signedAt: date(verifier.signedAt()),
    secretIndex,
  };
  // Keep every other member that the vendor sent.
  for (const member of Object.keys(members)) {
    if (member === "event" || Object.hasOwn(event, member)) continue;
    Object.defineProperty(event, member, { value: members[member], enumerable: true, writable: true, configurable: true });
  }
  return event as unknown as WebhookEvent;
}

type Body = Uint8Array | ReadableStream<Uint8Array> | Parts | Request;

/** Returns the headers of a delivery and its body, which may be unread. */
function opened(delivery: Request | IncomingRequest | Delivery): { headers: DeliveryHeaders; body: Body } {
  const { headers, body, rawBody, isBase64Encoded } = ready("delivery", delivery) as IncomingRequest & { readonly isBase64Encoded?: unknown };
  const { headers: inner, get } = ready("headers", headers) as { headers?: unknown; get?: unknown };
  if (typeof inner === "object" && typeof get !== "function") throw new TypeError("headers: found a request: pass its headers");
  const here = delivery as Body & { readonly bodyUsed?: boolean; readonly readableEnded?: boolean };
  if ("arrayBuffer" in here) {
    if (here.bodyUsed) throw new TypeError("body: it was read before; verify first, or pass headers and body");
    return { headers, body: isStream(body) ? body : here };
  }
  const bytes = held(rawBody) ?? held(body);
  if (bytes) {
    if (isBase64Encoded === true && typeof body === "string") throw new TypeError("body: it is base64: pass Buffer.from(event.body, \"base64\")");
    return { headers, body: bytes };
  }
  if (isStream(body)) return { headers, body };
  if (isStream(here) && !here.readableEnded) return { headers, body: here };
  if (body === null) return { headers, body: NOTHING };
  if (body !== undefined) ready("body", body);
  throw new TypeError("body: missing or parsed; keep the raw bytes, for example with express.raw()");
}

/** Returns the value if it is an object and not a promise. Throws otherwise. */
function ready<T>(name: string, value: T): T & object {
  if (typeof value !== "object" || value === null) throw new TypeError(`${name}: expected an object; a delivery is a Request, or has headers and a body`);
  if ("then" in value && typeof value.then === "function") throw new TypeError(`${name}: found a promise: await it first`);
  return value;
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> | Parts {
  const { getReader, [Symbol.asyncIterator]: iterate } = (body ?? {}) as { getReader?: unknown; [Symbol.asyncIterator]?: unknown };
  return typeof getReader === "function" || typeof iterate === "function";
}

/** Returns `=` and the value of each header, or an empty string if it is missing. */
function found(headers: DeliveryHeaders, names: readonly string[]): string[] {
  // `get` of a `Map` is case-sensitive: its entries are searched below.
  if (typeof (headers as Headers).get === "function" && !(headers instanceof Map)) return names.map((name) => marked("", (headers as Headers).get(name)));
  const values = names.map(() => "");
  const add = (key: unknown, value: unknown) => {
    const at = typeof key === "string" ? names.indexOf(key.toLowerCase()) : -1;
    if (at >= 0) values[at] = marked(values[at] as string, value);
  };
  if (Symbol.iterator in headers) {
    for (const pair of headers as Iterable<unknown>) {
      if (!Array.isArray(pair)) throw new TypeError("headers: expected pairs of a name and a value");
      add(pair[0], pair[1]);
    }
  } else for (const [key, value] of Object.entries(headers)) add(key, value);
  return values;
}

/** Adds a value to the one found before. Two different values are joined by a comma, which makes the header invalid. */
function marked(found: string, value: unknown): string {
  if (typeof value === "string") {
    const text = value.includes("\n") ? `=${value.replaceAll("\n", " ")}` : `=${value}`;
    return found === "" || found === text ? text : `${found}, ${text}`;
  }
  if (value === undefined || value === null) return found;
  if (Array.isArray(value)) return value.reduce<string>(marked, found);
  if (typeof value === "object") throw new TypeError("headers: expected strings as values");
  return marked(found, String(value));
}

/** Reads the whole body, up to `most` bytes. */
async function whole(body: Exclude<Body, Uint8Array>, headers: DeliveryHeaders, most: number): Promise<Uint8Array> {
  // `Content-Length` can only reject a body. It is not trusted: the bytes that arrive are counted too.
  limited({ length: Number(found(headers, ["content-length"])[0]?.slice(1)) || 0 }, most);
  try {
    if (!isStream(body)) return limited(new Uint8Array(await body.arrayBuffer()), most);
    // By default Node destroys the request when reading stops early, and no response can be sent.
    const { iterator } = body as { iterator?: (options: object) => Parts };
    const parts = "getReader" in body ? chunks(body) : (iterator?.call(body, { destroyOnReturn: false }) ?? body);
    return await gathered(parts, most, () => tooLarge(most));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new TypeError("body: cannot be read (was it read before?); verify first, or pass headers and body", { cause });
  }
}

function limited<T extends { readonly length: number }>(body: T, most: number): T {
  if (body.length <= most) return body;
  throw tooLarge(most);
}

function tooLarge(most: number): WebhookError {
  return new WebhookError("payload_too_large", 413, `The body is larger than ${most} bytes; raise maxBytes.`);
}

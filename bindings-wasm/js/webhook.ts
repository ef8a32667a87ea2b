/**
 * Webhooks: verified before they are believed.
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

import { chunks, gathered, held, type Parts } from "./body.js";
import { EVENTS, type Event } from "./generated/events.js";
import type { EventName } from "./generated/models.js";
import { decode, parse } from "./json.js";
import { Kept } from "./kept.js";
import { moment } from "./moment.js";
import { named } from "./named.js";
import { isObject, read, text } from "./shape.js";

export type { EventFacts, UnknownEvent } from "./event.js";
export type * from "./generated/events.js";
export type { Channel, EventContact, EventName, ReceivedMessage } from "./generated/models.js";

/** Why a delivery was refused; the same names in every language, and `payload_too_large` for a body over the limit. */
export type WebhookReason =
  | "missing_header"
  | "malformed_timestamp"
  | "malformed_signature"
  | "signature_mismatch"
  | "timestamp_too_old"
  | "timestamp_in_future"
  | "malformed_payload"
  | "payload_too_large";

/** What an error of a webhook says; all of it is fit for one's own log. */
export interface WebhookFacts {
  /** Why. */
  readonly reason: WebhookReason;
  /** The HTTP status to answer with. */
  readonly httpStatus: number;
  /** What may lie behind it. */
  readonly hint: string;
}

/**
 * A delivery that is not to be believed. What it shows holds no secret, no signature and nothing of the body; to whoever
 * sent the delivery answer with `httpStatus` alone.
 *
 * What it says stands in its `cause`, which a structured clone keeps in most runtimes (Safari and Bun are not among
 * them): `WebhookError.from` makes the error again, of that or of `toJSON()`.
 */
export class WebhookError extends Error {
  /** What it says, as plain data. */
  declare readonly cause: WebhookFacts;

  constructor(reason: WebhookReason, httpStatus: number, hint: string) {
    super(`webhook refused: ${reason}. ${hint}`, { cause: { reason, httpStatus, hint } });
  }

  static {
    named({ WebhookError: this });
  }

  /** The error again, from a structured clone of it or from what `toJSON()` made; nothing from anything else. */
  static from(value: unknown): WebhookError | undefined {
    if (value instanceof WebhookError) return value;
    const facts = value instanceof Error ? value.cause : value;
    const { reason, httpStatus, hint } = (isObject(facts) ? facts : {}) as Partial<WebhookFacts>;
    if (typeof reason !== "string" || typeof httpStatus !== "number" || typeof hint !== "string") return undefined;
    return new WebhookError(reason, httpStatus, hint);
  }

  /** Why. */
  get reason(): WebhookReason {
    return this.cause.reason;
  }

  /** The HTTP status to answer with. */
  get httpStatus(): number {
    return this.cause.httpStatus;
  }

  /** What may lie behind it, for one's own log. */
  get hint(): string {
    return this.cause.hint;
  }

  /** What is fit for a log, and for another thread: plain data. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...this.cause };
  }
}

/** Headers in whatever form a framework has them. */
export type DeliveryHeaders =
  | {
      /** The value under a name. */
      get(name: string): string | null | undefined;
    }
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A delivery whose body was read: as bytes, or as text that was not changed since. */
export interface Delivery {
  /** Its headers. */
  readonly headers: DeliveryHeaders;
  /** Its body as it was received. It is copied before anything is awaited. */
  readonly body: ArrayBufferView | ArrayBuffer | SharedArrayBuffer | string;
}

/** What Node calls a request, also behind Express and Fastify; the body is in it, or what it still has to be read from. */
export interface IncomingRequest extends Partial<AsyncIterable<Uint8Array | string>> {
  /** Its headers. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What a middleware made of the body: bytes or text, not parsed. */
  readonly body?: unknown;
  /** The body as some frameworks keep it. */
  readonly rawBody?: unknown;
}

/** How deliveries are verified. */
export interface WebhookOptions {
  /** How many seconds a timestamp may be before or after now; `null` takes any age. Default 300. */
  readonly toleranceSeconds?: number | null | undefined;
  /** The largest body that is read, in bytes. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** The clock, for tests: milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** The names of all events that this version of the library knows. */
export const EVENT_NAMES: readonly EventName[] = Object.keys(EVENTS);

const SHAPES = new Map(Object.entries(EVENTS));

const VERIFIERS = new Kept<Verifier>(64);
// What is signed between the timestamp and the body, and before that the headers that count.
const CLAIM = signed().split("\n");
const SEPARATOR = CLAIM.pop() as string;

/** Verifies deliveries with one secret, or with several while they are being changed. */
export class Webhook {
  readonly #secrets: readonly string[];
  readonly #tolerance: number | undefined;
  readonly #key: string;
  readonly #maxBytes: number;
  readonly #now: () => number;
  /** What the host hashes before each message, once it does. */
  #blocks: readonly Uint8Array[] | undefined;

  constructor(secret: string | readonly string[], options: WebhookOptions = {}) {
    const secrets: readonly unknown[] = Array.isArray(secret) ? [...secret] : [secret];
    if (secrets.length === 0 || !secrets.every((one) => typeof one === "string" && !one.includes("\0"))) {
      throw new TypeError("A webhook secret is text: is the variable set?");
    }
    if (!isObject(options)) throw new TypeError("The options are no object.");
    const { toleranceSeconds = 300, maxBytes = 1 << 20, now = Date.now, ...others } = options as WebhookOptions;
    const [other] = Object.keys(others);
    if (other !== undefined) throw new TypeError(`There is no option ${/^[a-z_]{1,32}$/i.test(other) ? other : "of that name"}.`);
    const must = (is: boolean, name: string) => {
      if (!is) throw new TypeError(`The option ${name}.`);
    };
    must(typeof now === "function", "now must be a function");
    must(toleranceSeconds === null || isAmount(toleranceSeconds), "toleranceSeconds must be a number of seconds, or null");
    must(isAmount(maxBytes), "maxBytes must be a number of bytes");
    this.#secrets = secrets as readonly string[];
    this.#tolerance = toleranceSeconds ?? undefined;
    this.#maxBytes = maxBytes;
    this.#now = now;
    this.#key = JSON.stringify([secrets, toleranceSeconds]);
    this.#verifier();
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
    const blocks = this.#verifier().blocks();
    return this.#secrets.map((_, at) => blocks.subarray(64 * at, 64 * at + 64));
  }

  /**
   * Verifies a delivery and reads its event: a standard `Request`, what Node calls one (also behind Express and Fastify,
   * if the body was left alone or kept as bytes), or headers and body. A `WebhookError` tells why it is refused, and
   * with which status to answer.
   */
  async verify(delivery: Request | IncomingRequest | Delivery): Promise<Event> {
    const { headers, body } = opened(delivery);
    const values = found(headers, CLAIM);
    const claim = values.join("\n");
    const timestamp = values[0] as string;
    let bytes: Uint8Array;
    if (body instanceof Uint8Array) {
      // The caller may change its buffer at any time. `slice` of a Node `Buffer` would copy nothing.
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
    const now = moment(this.#now());
    return this.#judged((verifier) =>
      event(bytes, verifier, hashes ? verifier.verifyHashed(claim, hashes, bytes.subarray(0, 1024), now) : verifier.verify(claim, bytes, now)),
    ) as Event;
  }

  /** Lets core judge; throws its refusal if the reason is one of these. */
  #judged<T>(run: (verifier: Verifier) => T, reasons = /^/): T | undefined {
    const verifier = this.#verifier();
    try {
      return run(verifier);
    } catch (refusal) {
      if (typeof refusal !== "string") throw refusal;
      if (!reasons.test(refusal)) return undefined;
      const [reason, status, hint] = refusal.split("\n") as [WebhookReason, string, string];
      throw new WebhookError(reason, Number(status), hint);
    }
  }
}

// Missing and malformed headers are refused by themselves, before the body is read.
const NOTHING = new Uint8Array();

function isAmount(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

/** The event in a body that was verified. */
function event(bytes: Uint8Array, verifier: Verifier, secretIndex: number): Event {
  let envelope: unknown;
  try {
    envelope = parse((decode(bytes) ?? "").replace(/^\ufeff/, ""));
  } catch {
    // Below: it is no event.
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
    deduplicateUntil: until === undefined ? null : new Date(until),
    signedAt: new Date(verifier.signedAt()),
    secretIndex,
  };
  // What the vendor sent beside these, whatever it is called.
  for (const member of Object.keys(members)) {
    if (member === "event" || Object.hasOwn(event, member)) continue;
    Object.defineProperty(event, member, { value: members[member], enumerable: true, writable: true, configurable: true });
  }
  return event as unknown as Event;
}

type Body = Uint8Array | ReadableStream<Uint8Array> | Parts | Request;

/** The headers of a delivery and its body, which may still have to be read. */
function opened(delivery: Request | IncomingRequest | Delivery): { headers: DeliveryHeaders; body: Body } {
  const { headers, body, rawBody, isBase64Encoded } = ready("delivery", delivery) as IncomingRequest & { readonly isBase64Encoded?: unknown };
  const { headers: inner, get } = ready("headers", headers) as { headers?: unknown; get?: unknown };
  if (typeof inner === "object" && typeof get !== "function") throw new TypeError("headers: found a request: pass its headers");
  const here = delivery as Body & { readonly bodyUsed?: boolean; readonly readableEnded?: boolean };
  if ("arrayBuffer" in here) {
    if (here.bodyUsed) throw new TypeError("The body was read before: verify first, or pass headers and body.");
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
  throw new TypeError("The body is not there as it came: keep it as bytes, with express.raw() for one.");
}

/** A value that is an object and can be used at once. */
function ready<T>(name: string, value: T): T & object {
  if (typeof value !== "object" || value === null) throw new TypeError(`${name}: expected an object: a delivery is a Request, or has headers and a body`);
  if ("then" in value && typeof value.then === "function") throw new TypeError(`${name}: found a promise: await it first`);
  return value;
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> | Parts {
  const { getReader, [Symbol.asyncIterator]: iterate } = (body ?? {}) as { getReader?: unknown; [Symbol.asyncIterator]?: unknown };
  return typeof getReader === "function" || typeof iterate === "function";
}

/** The values of these headers, each marked as being there; nothing if it is not. */
function found(headers: DeliveryHeaders, names: readonly string[]): string[] {
  // A `Map` knows a name in one case alone.
  if (typeof (headers as Headers).get === "function" && !(headers instanceof Map)) return names.map((name) => marked("", (headers as Headers).get(name)));
  const values = names.map(() => "");
  const look = (key: unknown, value: unknown) => {
    const at = typeof key === "string" ? names.indexOf(key.toLowerCase()) : -1;
    if (at >= 0) values[at] = marked(values[at] as string, value);
  };
  if (Symbol.iterator in headers) {
    for (const pair of headers as Iterable<unknown>) {
      if (!Array.isArray(pair)) throw new TypeError("A header is a name and a value.");
      look(pair[0], pair[1]);
    }
  } else for (const [key, value] of Object.entries(headers)) look(key, value);
  return values;
}

/** What was found before, and another value. Two that differ are neither: a comma belongs in none. */
function marked(found: string, value: unknown): string {
  if (typeof value === "string") {
    const text = value.includes("\n") ? `=${value.replaceAll("\n", " ")}` : `=${value}`;
    return found === "" || found === text ? text : `${found}, ${text}`;
  }
  if (value === undefined || value === null) return found;
  if (Array.isArray(value)) return value.reduce<string>(marked, found);
  if (typeof value === "object") throw new TypeError("The value of a header is text.");
  return marked(found, String(value));
}

/** The whole body, if it is not too large. */
async function whole(body: Exclude<Body, Uint8Array>, headers: DeliveryHeaders, most: number): Promise<Uint8Array> {
  // A stated length can only be refused: what arrives is counted.
  limited({ length: Number(found(headers, ["content-length"])[0]?.slice(1)) || 0 }, most);
  try {
    if (!isStream(body)) return limited(new Uint8Array(await body.arrayBuffer()), most);
    // Node would destroy the request, and nobody could answer it.
    const { iterator } = body as { iterator?: (options: object) => Parts };
    const parts = "getReader" in body ? chunks(body) : (iterator?.call(body, { destroyOnReturn: false }) ?? body);
    return await gathered(parts, most, () => tooLarge(most));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new TypeError("The body cannot be read: was it read before? Verify first, or pass headers and body.", { cause });
  }
}

function limited<T extends { readonly length: number }>(body: T, most: number): T {
  if (body.length <= most) return body;
  throw tooLarge(most);
}

function tooLarge(most: number): WebhookError {
  return new WebhookError("payload_too_large", 413, `The body has more than ${most} bytes: maxBytes is the limit.`);
}

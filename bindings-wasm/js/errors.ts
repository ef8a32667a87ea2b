// Everything that can go wrong, as real errors. What they show (message, console, JSON) holds no key, no phone number
// and no text of a message; what the vendor said itself is there to be asked for.

import { named } from "./named.js";
import type { FieldErrors, Meta, RateLimit, RawResponse } from "./reply.js";
import { isObject } from "./shape.js";

/** What kind of failure it is; the same names in every language. */
export type ErrorKind =
  | "invalid_request"
  | "authentication"
  | "permission"
  | "not_found"
  | "method_not_allowed"
  | "validation"
  | "rate_limited"
  | "quota_exceeded"
  | "unavailable"
  | "server"
  | "redirect"
  | "client"
  | "unexpected_response"
  | "transport"
  | "aborted"
  | (string & {});

/** How a transport failed: `connect` if the request was certainly not sent; otherwise it may have had its effect. */
export type TransportFault = "connect" | "timeout" | "closed";

/** What core says of an error. */
export interface Facts extends Partial<Meta> {
  /** What kind of failure it is. */
  readonly kind: ErrorKind;
  /** The call, such as `contacts.list`. */
  readonly call: string | null;
  /** The vendor's machine-readable code, verbatim. */
  readonly code: string | null;
  /** The vendor's own sentence. It may hold personal text. */
  readonly message: string;
  /** Field by field what is wrong, under the vendor's names. */
  readonly fieldErrors: FieldErrors;
  /** The ability the key lacks. */
  readonly requiredAbility: string | null;
  /** Whether repeating the call, where that is safe, makes sense. */
  readonly retryable: boolean;
  /** The vendor's `details`, such as the `limit` of a quota. */
  readonly details: Record<string, unknown>;
  /** What to do about it, in one sentence. */
  readonly advice: string;
}

/** All of an error as plain data, which any thread can be sent. It may hold personal text. */
export interface ErrorData {
  /** The error's message. */
  readonly message: string;
  /** What core says of it. */
  readonly facts: Facts;
  /** Where no answer came, how that was. */
  readonly fault?: TransportFault | undefined;
}

/**
 * Whatever fails in this library.
 *
 * A structured clone of an error is by the standard no more than an `Error` with the same message, and in most runtimes
 * (Safari and Bun are not among them) with its `cause`: which is why the facts that are fit for a log stand there, and
 * beside them, as their own `cause`, what a transport threw. `HudhudError.from` makes of it an error of the right class
 * again; of `fieldErrors` it knows the names. What is to arrive whole and everywhere is sent as `toData()`, of which
 * `HudhudError.from` makes the same error, with all its facts.
 */
export class HudhudError extends Error {
  readonly #facts: Facts;

  constructor(message: string, facts: Facts, options?: Readonly<Record<string, unknown>>) {
    super(message, { cause: { ...shown(message, facts), ...options } });
    this.#facts = facts;
  }

  /** The error again, from a structured clone of it or from what `toData()` or `toJSON()` made; nothing from anything else. */
  static from(value: unknown): HudhudError | undefined {
    if (value instanceof HudhudError) return value;
    if (typeof value !== "object" || value === null) return undefined;
    const { message, facts, fault: told, cause, stack } = value as Partial<ErrorData & Error>;
    const given: unknown = facts ?? (value instanceof Error ? cause : value);
    if (typeof message !== "string" || !isObject(given) || typeof given.kind !== "string") return undefined;
    const { fault: own, cause: thrown, ...known } = given;
    const fault = FAULTS.find((fault) => fault === (own ?? told));
    const none = { call: null, code: null, message: "", fieldErrors: {}, requiredAbility: null, retryable: false, details: {}, advice: "" };
    const read: Record<string, unknown> = { ...none, ...known, ...(facts ? {} : { message: "" }) };
    // A member of another type than it should have counts as absent: the value may come from anywhere.
    for (const [name, value] of Object.entries(none)) {
      const found = read[name];
      if (value === null ? typeof found !== "string" : isObject(value) ? !isObject(found) : typeof found !== typeof value) read[name] = value;
    }
    const error = errorOf(message, read as unknown as Facts, { fault, cause: thrown });
    if (typeof stack === "string") Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
    return error;
  }

  /** What kind of failure it is. */
  get kind(): ErrorKind {
    return this.#facts.kind;
  }

  /** The call, such as `contacts.list`. */
  get call(): string | null {
    return this.#facts.call;
  }

  /** The vendor's machine-readable code, verbatim. */
  get code(): string | null {
    return this.#facts.code;
  }

  /** The HTTP status, if an answer came. */
  get status(): number | null {
    return this.#facts.status ?? null;
  }

  /** Field by field what is wrong, under the vendor's names. The vendor's sentences may hold personal text. */
  get fieldErrors(): FieldErrors {
    return this.#facts.fieldErrors;
  }

  /** The vendor's own sentence. It may hold personal text. */
  get vendorMessage(): string {
    return this.#facts.message;
  }

  /** The vendor's `details`, such as the `limit` of a quota. */
  get details(): Record<string, unknown> {
    return this.#facts.details;
  }

  /** The ability the key lacks. */
  get requiredAbility(): string | null {
    return this.#facts.requiredAbility;
  }

  /** Whether repeating the call, where that is safe, makes sense. */
  get retryable(): boolean {
    return this.#facts.retryable;
  }

  /** How long the vendor asks to wait. */
  get retryAfterMs(): number | null {
    return this.#facts.retryAfterMs ?? null;
  }

  /** The limits of the key, if an answer came. */
  get rateLimit(): RateLimit | null {
    return this.#facts.rateLimit ?? null;
  }

  /** The idempotency key that was sent: with it the call can be repeated later without a second effect. */
  get idempotencyKey(): string | null {
    return this.#facts.idempotencyKey ?? null;
  }

  /** Whether this is the stored answer to an earlier request with the same idempotency key. */
  get idempotentReplay(): boolean | null {
    return this.#facts.idempotentReplay ?? null;
  }

  /** What to do about it, in one sentence. */
  get advice(): string {
    return this.#facts.advice;
  }

  /** What is fit for a log: plain data. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...shown(this.message, this.#facts) };
  }

  /** Everything but the response, as plain data for another thread. It may hold personal text: it is not for logs. */
  toData(): ErrorData {
    return { message: this.message, facts: this.#facts };
  }
}

/** The facts that are fit for a log; of what others named, what core shows too. */
function shown(said: string, { kind, call, code, status, fieldErrors, retryable, retryAfterMs }: Facts): Record<string, unknown> {
  const told = new Set(said.split(" "));
  const fields = Object.keys(fieldErrors).filter((name) => told.has(`${name}:`));
  return {
    kind,
    call,
    code: code !== null && said.includes(`, ${code})`) ? code : null,
    status: status ?? null,
    fieldErrors: Object.fromEntries(fields.map((name) => [name, []])),
    retryable,
    retryAfterMs: retryAfterMs ?? null,
  };
}

/** A fault of the call itself, found before anything was sent; `fieldErrors` names every one. */
export class InvalidRequestError extends HudhudError {}

/** No answer came. */
export class TransportError extends HudhudError {
  /** How it failed. */
  readonly fault: TransportFault;

  constructor(message: string, facts: Facts, fault: TransportFault, cause: unknown) {
    super(message, facts, cause === undefined ? { fault } : { fault, cause });
    this.fault = fault;
  }

  /** What is fit for a log: plain data. */
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), fault: this.fault };
  }

  /** Everything but what the transport threw, as plain data for another thread. */
  override toData(): ErrorData {
    return { ...super.toData(), fault: this.fault };
  }
}

/** The vendor answered, and not with a success. */
export class ApiError extends HudhudError {
  readonly #response: RawResponse | undefined;

  constructor(message: string, facts: Facts, response?: RawResponse) {
    super(message, facts);
    this.#response = response;
  }

  /** The answer as it came. It may hold personal text. */
  get response(): RawResponse | undefined {
    return this.#response;
  }
}

/** 401: keys are missing, wrong, inactive or expired. */
export class AuthenticationError extends ApiError {}
/** 403: the key lacks an ability, or the account may not do this. */
export class PermissionError extends ApiError {}
/** 404: there is no such thing in this workspace. */
export class NotFoundError extends ApiError {}
/** 405: the route exists under another method. */
export class MethodNotAllowedError extends ApiError {}
/** 422: fields, or a business rule of the vendor's. */
export class ValidationError extends ApiError {}
/** 429: the minute's limit; it passes. */
export class RateLimitError extends ApiError {}
/** 429: the day's or the month's quota; it does not pass soon. */
export class QuotaExceededError extends ApiError {}
/** 502, 503, 504: the vendor or something before it is down for a while. */
export class UnavailableError extends ApiError {}
/** Any other 5xx. */
export class ServerError extends ApiError {}
/** Any 3xx. Redirects are not followed: keys would travel with them. */
export class RedirectError extends ApiError {}
/** A success that cannot be read as one. The call may have had its effect. */
export class UnexpectedResponseError extends ApiError {}

/** A template has variables without a value; they are named. */
export class MissingVariablesError extends Error {
  /** The names of all variables without a value. */
  readonly names: readonly string[];

  constructor(message: string, names: readonly string[]) {
    super(message);
    this.names = names;
  }
}

/**
 * The call was ended by its signal. `name` is that of the signal's reason (`AbortError`, or `TimeoutError` for
 * `AbortSignal.timeout`), `cause` is the reason, and `idempotencyKey` the key under which the call can be repeated.
 */
export class AbortError extends HudhudError {
  constructor(message: string, facts: Facts, reason?: unknown) {
    super(message, facts);
    const define = (name: string, value: unknown) => Object.defineProperty(this, name, { value, configurable: true, writable: true });
    define("cause", reason);
    const { name } = (typeof reason === "object" && reason !== null ? reason : {}) as { name?: unknown };
    if (typeof name === "string" && name !== "" && name !== "Error" && name !== "AbortError") define("name", name);
  }
}

const FAULTS: readonly TransportFault[] = ["connect", "timeout", "closed"];

const CLASSES = {
  AuthenticationError,
  PermissionError,
  NotFoundError,
  MethodNotAllowedError,
  ValidationError,
  RateLimitError,
  QuotaExceededError,
  UnavailableError,
  ServerError,
  RedirectError,
  UnexpectedResponseError,
};
// A kind may be any text, also one that every object has a member of.
const BY_KIND = new Map<string, typeof ApiError>([
  ["authentication", AuthenticationError],
  ["permission", PermissionError],
  ["not_found", NotFoundError],
  ["method_not_allowed", MethodNotAllowedError],
  ["validation", ValidationError],
  ["rate_limited", RateLimitError],
  ["quota_exceeded", QuotaExceededError],
  ["unavailable", UnavailableError],
  ["server", ServerError],
  ["redirect", RedirectError],
  ["unexpected_response", UnexpectedResponseError],
]);
named({ ...CLASSES, AbortError, HudhudError, ApiError, InvalidRequestError, TransportError, MissingVariablesError });

/** @internal The error for what core says: its class follows from the kind. */
export function errorOf(
  message: string,
  facts: Facts,
  { fault, response, cause }: { fault?: TransportFault | null | undefined; response?: RawResponse | undefined; cause?: unknown },
): HudhudError {
  if (fault || facts.kind === "transport") return new TransportError(message, facts, fault ?? "closed", cause);
  if (facts.kind === "invalid_request") return new InvalidRequestError(message, facts);
  if (facts.kind === "aborted") return new AbortError(message, facts, cause);
  return new (BY_KIND.get(facts.kind) ?? ApiError)(message, facts, response);
}

/** The facts of an error that core knows nothing of. */
function factsOf(kind: ErrorKind, call: string, advice: string, more?: Partial<Facts>): Facts {
  return { kind, call, code: null, message: "", fieldErrors: {}, requiredAbility: null, retryable: false, details: {}, advice, ...more };
}

/** @internal The error of a call that its signal ended; `method` is that of the request, if one was sent. */
export function abortError(call: string, reason: unknown, method: string | undefined, idempotencyKey: string | undefined): AbortError {
  const advice = !method
    ? "Nothing was sent."
    : method === "GET"
      ? "Call again if the answer is still wanted."
      : idempotencyKey !== undefined
        ? "The call may have had its effect: to call again without a second effect, pass the idempotencyKey of this error."
        : "The call may have had its effect: look before calling again.";
  const facts = factsOf("aborted", call, advice, idempotencyKey === undefined ? {} : { idempotencyKey });
  return new AbortError(`${call}: aborted by its signal. ${advice}`, facts, reason);
}

/** @internal The error of a call that is not sent, because what would send it may do so twice. */
export function refusal(call: string, why: string): InvalidRequestError {
  return new InvalidRequestError(`${call}: invalid_request: fetch: ${why}`, factsOf("invalid_request", call, why, { fieldErrors: { fetch: [why] } }));
}

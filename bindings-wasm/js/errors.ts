// The error classes. Their message, console output and JSON hold no key, no phone number and no message text. The
// vendor's own words are in separate members.

import type { KnownKind, TransportFault } from "./generated/kinds.js";
import { named } from "./error-names.js";
import type { FieldErrors, Meta, RateLimit, RawResponse } from "./api-response.js";
import { isObject } from "./event-schema.js";

export type { TransportFault };

/** The kind of failure. The names are the same in every language. */
export type ErrorKind = KnownKind | "aborted";

/** The members of an error, as core reports them. */
export interface ErrorDetails extends Partial<Meta> {
  /** The kind of failure. */
  readonly kind: ErrorKind;
  /** The call, such as `contacts.list`. */
  readonly call: string | null;
  /** The vendor's machine-readable code, verbatim. */
  readonly code: string | null;
  /** The vendor's message, or this library's message if the vendor sent none. It may hold personal text. */
  readonly message: string;
  /** The errors of each field, under the vendor's names. */
  readonly fieldErrors: FieldErrors;
  /** The ability that the key lacks. */
  readonly requiredAbility: string | null;
  /** True if sending the same call again, with its idempotency key, can succeed and cannot repeat its effect. */
  readonly safeToRetry: boolean;
  /** True if the call may have had its effect. It is always false for calls that only read. */
  readonly mayHaveHappened: boolean;
  /** True if the idempotency key reached the age at which the vendor forgets it, so that the call was not repeated. */
  readonly keyForgotten: boolean;
  /** The number of attempts. 0 if the call was not sent. */
  readonly attempts: number;
  /** The time from the first attempt to the error, waits included, in milliseconds. */
  readonly elapsedMs: number;
  /** The vendor's `details`, such as the `limit` of a quota. */
  readonly details: Record<string, unknown>;
  /** The recommended action, in one sentence. */
  readonly hint: string;
}

/** An error as plain data, for sending to another thread. It may hold personal text. */
export interface ErrorData {
  /** The error's message. */
  readonly message: string;
  /** The facts of the error. */
  readonly facts: ErrorDetails;
  /** The failure of the transport, if no response arrived. */
  readonly fault?: TransportFault | undefined;
}

/**
 * The base class of errors in calls.
 *
 * The facts that are safe to log are enumerable members, so that consoles, loggers and error trackers show them. `cause` of
 * a `TransportError` is the error that the transport threw, without the data of the request. `JSON.stringify` and loggers
 * call `toJSON()`. To send an error to another thread, send `toData()` and pass it to `HudhudError.from` there: a structured
 * clone keeps only the message, the stack and the cause.
 */
export class HudhudError extends Error {
  readonly #facts: ErrorDetails;
  /** The kind of failure. */
  declare readonly kind: ErrorKind;
  /** The call, such as `contacts.list`. */
  declare readonly call: string | null;
  /** The vendor's machine-readable code, verbatim. It is not enumerable if it may hold personal text. */
  declare readonly code: string | null;
  /** The HTTP status, if a response arrived. */
  declare readonly status: number | null;
  /** True if sending the same call again, with its idempotency key, can succeed and cannot repeat its effect. */
  declare readonly safeToRetry: boolean;
  /** True if the call may have had its effect. It is always false for calls that only read. */
  declare readonly mayHaveHappened: boolean;
  /** True if the idempotency key reached the age at which the vendor forgets it, so that the call was not repeated. */
  declare readonly keyForgotten: boolean;
  /** The number of attempts. 0 if the call was not sent. */
  declare readonly attempts: number;
  /** The time from the first attempt to the error, waits included, in milliseconds. */
  declare readonly elapsedMs: number;
  /** The wait that the vendor asks for, in milliseconds. */
  declare readonly retryAfterMs: number | null;
  /** The recommended action, in one sentence. */
  declare readonly hint: string;

  constructor(message: string, facts: ErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.#facts = facts;
    const { code } = facts;
    Object.assign(this, logged(facts));
    // A text that core's message leaves out may be personal.
    Object.defineProperty(this, "code", { value: code, enumerable: code === null || isShown(message, code), configurable: true });
  }

  /** Restores an error from `toData()` or `toJSON()`. Returns undefined for any other value. */
  static from(value: unknown): HudhudError | undefined {
    try {
      return HudhudError.#restored(value);
    } catch {
      // A getter or a proxy threw.
      return undefined;
    }
  }

  static #restored(value: unknown): HudhudError | undefined {
    if (value instanceof HudhudError) return value;
    if (typeof value !== "object" || value === null) return undefined;
    const { message, facts, fault: outerFault } = value as Partial<ErrorData>;
    const given: unknown = facts ?? value;
    if (typeof message !== "string" || !isObject(given) || typeof given.kind !== "string") return undefined;
    const { fault: own, ...known } = given;
    const fault = FAULTS.find((fault) => fault === (own ?? outerFault));
    const none = { call: null, code: null, message: "", fieldErrors: {}, requiredAbility: null, ...NO_EFFECT, details: {}, hint: "" };
    const read: Record<string, unknown> = { ...none, ...known, ...(facts ? {} : { message: "" }) };
    // The value may come from anywhere: a member of the wrong type counts as absent.
    const optional = { status: 0, retryAfterMs: 0, rateLimit: {}, idempotencyKey: "", idempotentReplay: false };
    for (const [name, value] of Object.entries({ ...none, ...optional })) {
      const found = read[name];
      const isWrong = value === null ? typeof found !== "string" : isObject(value) ? !isObject(found) : typeof found !== typeof value;
      if (isWrong) read[name] = (none as Record<string, unknown>)[name];
    }
    const texts = (list: unknown) => (Array.isArray(list) ? list.filter((one) => typeof one === "string") : []);
    read.fieldErrors = Object.fromEntries(Object.entries(read.fieldErrors as object).map(([name, list]) => [name, texts(list)]));
    return errorOf(message, read as unknown as ErrorDetails, { fault });
  }

  /** The errors of each field, under the vendor's names. The texts are the vendor's and may hold personal text. */
  get fieldErrors(): FieldErrors {
    return this.#facts.fieldErrors;
  }

  /** The vendor's message, or this library's message if the vendor sent none. It may hold personal text. */
  get vendorMessage(): string {
    return this.#facts.message;
  }

  /** The vendor's `details`, such as the `limit` of a quota. */
  get details(): Record<string, unknown> {
    return this.#facts.details;
  }

  /** The ability that the key lacks. */
  get requiredAbility(): string | null {
    return this.#facts.requiredAbility;
  }

  /** The limits of the key, if a response arrived. */
  get rateLimit(): RateLimit | null {
    return this.#facts.rateLimit ?? null;
  }

  /** The idempotency key that was sent. With this key the call can be repeated later without a second effect. */
  get idempotencyKey(): string | null {
    return this.#facts.idempotencyKey ?? null;
  }

  /** True if this is the stored response to an earlier request with the same idempotency key. */
  get idempotentReplay(): boolean | null {
    return this.#facts.idempotentReplay ?? null;
  }

  /** Returns plain data that is safe to log. */
  toJSON(): Record<string, unknown> {
    const { name, message } = this;
    const { code, fieldErrors } = this.#facts;
    // Names of fields and the vendor's code are safe if core's message shows them.
    const words = new Set(message.split(" "));
    const fields = Object.keys(fieldErrors).filter((field) => words.has(`${field}:`));
    return { name, message, ...logged(this.#facts), code: code !== null && isShown(message, code) ? code : null, fieldErrors: Object.fromEntries(fields.map((field) => [field, []])) };
  }

  /** Returns all but the response as plain data, for another thread. It may hold personal text: do not log it. */
  toData(): ErrorData {
    return { message: this.message, facts: this.#facts };
  }
}

/** Returns the facts that are always safe to log, in the order of the members of an error. */
function logged({ kind, call, status, safeToRetry, mayHaveHappened, keyForgotten, attempts, elapsedMs, retryAfterMs, hint }: ErrorDetails): object {
  return { kind, call, status: status ?? null, safeToRetry, mayHaveHappened, keyForgotten, attempts, elapsedMs, retryAfterMs: retryAfterMs ?? null, hint };
}

/** Returns true if core's message shows the code. */
function isShown(message: string, code: string): boolean {
  return message.includes(`, ${code}`);
}

/**
 * The call, a setting or an argument is invalid. Nothing was sent, unless the error names the field `exchange`: a program that
 * calls the functions of an exchange in the wrong order may have sent a request. `fieldErrors` names each invalid field.
 */
export class InvalidRequestError extends HudhudError {}

/**
 * The call was not sent. Its turn at the client's rate limiter comes after its deadline, or a quota is used up and the call has
 * no deadline, so that it does not wait for the reset. `retryAfterMs` is the time after which the call can leave.
 */
export class WaitTooLongError extends HudhudError {}

/**
 * The store of the rate limiter fails, so the call cannot leave. An earlier attempt may have been sent. `mayHaveHappened`
 * is true if that attempt may have had its effect. `cause` is the store's error. An error at the deadline of the call has
 * no `cause`: the log has the type of the store's error then.
 */
export class StoreError extends HudhudError {}

/** No response arrived. */
export class TransportError extends HudhudError {
  /** The failure. */
  readonly fault: TransportFault;

  constructor(message: string, facts: ErrorDetails, fault: TransportFault, cause: unknown) {
    super(message, facts, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }

  /** Returns plain data that is safe to log. */
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), fault: this.fault };
  }

  /** Returns all but the transport's error as plain data, for another thread. */
  override toData(): ErrorData {
    return { ...super.toData(), fault: this.fault };
  }
}

/** The vendor responded with an error, or with a success that cannot be decoded. */
export class ApiError extends HudhudError {
  readonly #response: RawResponse | undefined;

  constructor(message: string, facts: ErrorDetails, response?: RawResponse) {
    super(message, facts);
    this.#response = response;
  }

  /** The raw response. It may hold personal text. */
  get response(): RawResponse | undefined {
    return this.#response;
  }
}

/** 401: the keys are missing, wrong, inactive or expired. */
export class AuthenticationError extends ApiError {}
/** 403: the key lacks an ability, or the account may not make this call. */
export class PermissionError extends ApiError {}
/** 404: the record does not exist in this workspace. */
export class NotFoundError extends ApiError {}
/** 405: the route exists, but under another HTTP method. */
export class MethodNotAllowedError extends ApiError {}
/** 422: a field is invalid, or the call violates a business rule of the vendor. */
export class ValidationError extends ApiError {}
/** 429: the limit per minute is exceeded. It resets within a minute. */
export class RateLimitError extends ApiError {}
/** 429: the daily or monthly quota is exceeded. It does not reset soon. */
export class QuotaExceededError extends ApiError {}
/** 502, 503, 504: the vendor or a proxy in front of it is temporarily down. */
export class UnavailableError extends ApiError {}
/** Any 5xx other than 502, 503 and 504. */
export class ServerError extends ApiError {}
/** Any 3xx. Redirects are not followed, because the request carries keys. */
export class RedirectError extends ApiError {}
/** A success status with a body that cannot be decoded. The call may have taken effect. */
export class UnexpectedResponseError extends ApiError {}

/** A template has variables without a value. `names` lists them. */
export class MissingVariablesError extends Error {
  /** The names of all variables without a value. */
  readonly names: readonly string[];

  constructor(message: string, names: readonly string[]) {
    super(message);
    this.names = names;
  }
}

/**
 * The signal aborted the call. `name` is the name of the signal's reason (`AbortError`, or `TimeoutError` for
 * `AbortSignal.timeout`). `cause` is the reason. `idempotencyKey` is the key with which the call can be repeated.
 */
export class AbortError extends HudhudError {
  constructor(message: string, facts: ErrorDetails, reason?: unknown) {
    super(message, facts);
    const define = (name: string, value: unknown) => Object.defineProperty(this, name, { value, configurable: true, writable: true });
    define("cause", reason);
    const { name } = (typeof reason === "object" && reason !== null ? reason : {}) as { name?: unknown };
    if (typeof name === "string" && name !== "" && name !== "Error" && name !== "AbortError") define("name", name);
  }
}

/** @internal All failures of a transport. */
export const FAULTS: readonly TransportFault[] = ["connect", "timeout", "closed"];

/**
 * The class of each kind that a response can have. If a new kind of core has no class here, the compiler reports an error.
 */
const OF_KIND = {
  authentication: AuthenticationError,
  permission: PermissionError,
  not_found: NotFoundError,
  method_not_allowed: MethodNotAllowedError,
  validation: ValidationError,
  rate_limited: RateLimitError,
  quota_exceeded: QuotaExceededError,
  unavailable: UnavailableError,
  server: ServerError,
  redirect: RedirectError,
  client: ApiError,
  unexpected_response: UnexpectedResponseError,
} satisfies Record<Exclude<KnownKind, "invalid_request" | "transport" | "wait_too_long" | "store">, typeof ApiError>;
// A Map, because a kind may be any text, also the name of a member that every object has.
const BY_KIND = new Map<string, typeof ApiError>(Object.entries(OF_KIND));
named({
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
  AbortError,
  HudhudError,
  ApiError,
  InvalidRequestError,
  TransportError,
  WaitTooLongError,
  StoreError,
  MissingVariablesError,
});

/** @internal A response that cannot be used, and would arrive again. */
export class UnusableResponse {
  constructor(
    readonly why: string,
    readonly cause: unknown,
  ) {}
}

/** @internal Makes the error for core's facts. The kind decides the class. */
export function errorOf(
  message: string,
  facts: ErrorDetails,
  { fault, response, cause }: { fault?: TransportFault | null | undefined; response?: RawResponse | undefined; cause?: unknown },
): HudhudError {
  if (fault || facts.kind === "transport") return new TransportError(message, facts, fault ?? "closed", cause);
  if (facts.kind === "invalid_request") return new InvalidRequestError(message, facts);
  if (facts.kind === "wait_too_long") return new WaitTooLongError(message, facts);
  if (facts.kind === "store") return new StoreError(message, facts, { cause });
  if (facts.kind === "aborted") return new AbortError(message, facts, cause);
  return new (BY_KIND.get(facts.kind) ?? ApiError)(message, facts, response);
}

/** The facts of a call that cannot have had an effect, and that would fail again. */
const NO_EFFECT = { safeToRetry: false, mayHaveHappened: false, keyForgotten: false, attempts: 0, elapsedMs: 0 };

/** Makes the facts of an error that does not come from core. */
function factsOf(kind: ErrorKind, call: string | null, hint: string, more?: Partial<ErrorDetails>): ErrorDetails {
  return { kind, call, code: null, message: "", fieldErrors: {}, requiredAbility: null, ...NO_EFFECT, details: {}, hint, ...more };
}

/** The recommended action after a call that ended between two steps, and its facts. */
interface Interruption {
  readonly hint: string;
  readonly facts: Partial<ErrorDetails>;
}

/** The state of a call that ends between two steps. */
export interface Unfinished {
  /** True if a request was sent. */
  readonly isSent: boolean;
  /** True if the call may have had its effect. */
  readonly mayHaveHappened: boolean;
  /** The idempotency key of the call, if it has one. */
  readonly idempotencyKey: string | undefined;
  /** The number of requests that were sent. */
  readonly attempts: number;
  /** The time since the start of the call, in milliseconds. */
  readonly elapsedMs: number;
}

/** Returns the hint and the facts for a call that ended between two steps. */
function interrupted({ isSent, mayHaveHappened, idempotencyKey, attempts, elapsedMs }: Unfinished): Interruption {
  const hint = !isSent
    ? "Nothing was sent."
    : !mayHaveHappened
      ? "Call again if you still need the result."
      : idempotencyKey !== undefined
        ? "The call may have taken effect. To repeat it safely, pass the idempotencyKey of this error."
        : "The call may have taken effect. Check before calling again.";
  const safeToRetry = !mayHaveHappened || idempotencyKey !== undefined;
  return { hint, facts: { mayHaveHappened, safeToRetry, attempts, elapsedMs, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) } };
}

/** @internal Makes the error of a call that its signal aborted. */
export function abortError(call: string, reason: unknown, state: Unfinished): AbortError {
  const { hint, facts } = interrupted(state);
  return new AbortError(`${call}: aborted by the signal. ${hint}`, factsOf("aborted", call, hint, facts), reason);
}

/** @internal Makes the error of a call whose response cannot be used. The same call would fail again. */
export function unusableError(call: string, { why, cause }: UnusableResponse, state: Unfinished): TransportError {
  const { hint, facts } = interrupted(state);
  const wholeHint = facts.mayHaveHappened ? `${why}. ${hint}` : `${why}.`;
  return new TransportError(`${call}: transport: ${wholeHint}`, factsOf("transport", call, wholeHint, { ...facts, safeToRetry: false }), "closed", cause);
}

/** @internal Makes the error of a call that is not sent, or of a client that is not made. `field` names the invalid value. */
export function invalid(call: string, field: string, why: string): InvalidRequestError {
  const where = call && `${call}: invalid_request: ${field}: `;
  return new InvalidRequestError(where + why, factsOf("invalid_request", call || null, why, { fieldErrors: { [field]: [why] } }));
}

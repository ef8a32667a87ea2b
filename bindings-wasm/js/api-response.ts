// The types of responses: the metadata, the raw response and pages.

/** Bytes that own their memory: `Uint8Array<ArrayBuffer>` since TypeScript 5.7, `Uint8Array` before. */
export type Bytes = ReturnType<Uint8ArrayConstructor["from"]>;

/** The errors of each field. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The rate limits of the key, from the response headers. A number above 2 ** 53 - 1 is a `bigint` at run time. */
export interface RateLimit {
  /** The requests allowed per minute. */
  readonly limit: number | null;
  /** The requests left in this minute. */
  readonly remaining: number | null;
  /** The end of the minute, in Unix seconds. */
  readonly reset: number | null;
  /** The requests allowed per day. */
  readonly dailyLimit: number | null;
  /** The requests left today. */
  readonly dailyRemaining: number | null;
}

/** The metadata of a response or an error. */
export interface Meta {
  /** The HTTP status. */
  readonly status: number;
  /** The limits of the key. */
  readonly rateLimit: RateLimit;
  /** The wait that the vendor asks for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** True if this is the stored response to an earlier request with the same idempotency key. */
  readonly idempotentReplay: boolean;
  /** The idempotency key that was sent. Pass it again to repeat the same operation. */
  readonly idempotencyKey?: string;
}

/** The raw response. */
export interface RawResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: Headers;
  /** The body. */
  readonly body: Uint8Array;
}

/** A successful call: the output, its metadata and the raw response. */
export interface ApiResponse<T> {
  /** The decoded body. */
  readonly output: T;
  /** The status, the rate limits and the mark of an idempotent replay. */
  readonly meta: Meta;
  /** The raw response. */
  readonly response: RawResponse;
}

/** One page of a list. */
export interface Page<T> {
  /** The items. */
  data: T[];
  /** The number of this page, from 1. */
  current_page?: number | null;
  /** The number of the last page. Inferred. */
  last_page?: number | null;
  /** The number of items of a full page. */
  per_page?: number | null;
  /** The number of items on all pages. */
  total?: number | null;
  /** The URL of the next page. Inferred. It is never followed: it only shows that a next page exists. */
  next_page_url?: string | null;
}

/** Converts core's snake_case names to camelCase, and a `bigint` that a number can hold to a number. */
function camel(facts: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(facts)) {
    const value = facts[name];
    out[camelName(name)] = typeof value === "bigint" && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
  return out;
}

// A cache: each response converts the same few names.
const CAMELS = new Map<string, string>();

/** Converts `daily_limit` to `dailyLimit`. */
export function camelName(name: string): string {
  let camel = CAMELS.get(name);
  if (camel === undefined) {
    camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    CAMELS.set(name, camel);
  }
  return camel;
}

/** Converts core's metadata or facts to camelCase. */
export function readMeta<T>(value: Record<string, unknown>): T {
  const meta = camel(value);
  if (meta.rateLimit) {
    const none = { limit: null, remaining: null, reset: null, dailyLimit: null, dailyRemaining: null };
    meta.rateLimit = { ...none, ...camel(meta.rateLimit as Record<string, unknown>) };
  }
  return meta as T;
}

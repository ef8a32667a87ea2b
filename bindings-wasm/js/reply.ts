// What comes back from a call beside the answer itself.

/** Field by field, what is wrong. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The limits of the key, as the answer states them. */
export interface RateLimit {
  /** Requests a minute. */
  readonly limit: number | null;
  /** Requests left in this minute. */
  readonly remaining: number | null;
  /** When the minute ends, in Unix seconds. */
  readonly reset: number | null;
  /** Requests a day. */
  readonly dailyLimit: number | null;
  /** Requests left today. */
  readonly dailyRemaining: number | null;
}

/** What a reply or an error says beside its body. */
export interface Meta {
  /** The HTTP status. */
  readonly status: number;
  /** The limits of the key. */
  readonly rateLimit: RateLimit;
  /** How long the vendor asks to wait. */
  readonly retryAfterMs?: number;
  /** Whether this is the stored answer to an earlier request with the same idempotency key. */
  readonly idempotentReplay: boolean;
  /** The idempotency key that was sent, to be used again for the same wish. */
  readonly idempotencyKey?: string;
}

/** The response as it came. */
export interface RawResponse {
  /** The HTTP status. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Headers;
  /** Its body. */
  readonly body: Uint8Array;
}

/** A success: the answer, what was said beside it, and the response it came in. */
export interface Reply<T> {
  /** The answer. */
  readonly answer: T;
  /** Status, limits and replay mark. */
  readonly meta: Meta;
  /** The response as it came. */
  readonly response: RawResponse;
}

/** One page of a list. */
export interface Page<T> {
  /** The items. */
  data: T[];
  /** The number of this page, from 1. */
  current_page?: number | null;
  /** The number of the last page (inferred). */
  last_page?: number | null;
  /** How many items a full page has. */
  per_page?: number | null;
  /** How many items there are on all pages. */
  total?: number | null;
  /** The address of the next page (inferred). It is only a sign that there is one: it is never followed. */
  next_page_url?: string | null;
}

/** Names in snake case, as core has them, in camel case; values as they are. */
export function camel(value: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(value)) out[camelName(name)] = value[name];
  return out;
}

// There are few, and each reply has them.
const CAMELS = new Map<string, string>();

/** `daily_limit` as `dailyLimit`. */
export function camelName(name: string): string {
  let camel = CAMELS.get(name);
  if (camel === undefined) {
    camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    CAMELS.set(name, camel);
  }
  return camel;
}

/** What core says of a reply or an error, in camel case. */
export function readMeta<T>(value: Record<string, unknown>): T {
  const meta = camel(value);
  if (meta.rateLimit) {
    const none = { limit: null, remaining: null, reset: null, dailyLimit: null, dailyRemaining: null };
    meta.rateLimit = { ...none, ...camel(meta.rateLimit as Record<string, unknown>) };
  }
  return meta as T;
}

// The types of the options of one call.

import type { HttpMethod, RetrySettings } from "./generated/settings.js";

/** Options of one call that has an idempotency key. They override those of the client. */
export interface CallOptions extends KeylessCallOptions {
  /**
   * The key that lets the vendor recognize a repeated request: 1 to 255 characters of `A-Z a-z 0-9 - _`. Default: a
   * random key.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Options of one call that only reads, or whose vendor takes no idempotency key. They override those of the client. */
export interface KeylessCallOptions extends RetrySettings {
  /**
   * Aborts the call at once, also between attempts. The call then fails with an `AbortError`, which contains the
   * idempotency key that was sent. The error has the name of the signal's reason, such as `TimeoutError`.
   */
  readonly signal?: AbortSignal | undefined;
  /** The timeout of one attempt, up to the last byte of the response, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /**
   * The longest time for the whole call, with its attempts and waits, in milliseconds. If a wait would end after it, the call
   * ends at once instead of waiting. Default: no limit.
   */
  readonly deadlineMs?: number | undefined;
  /** The lane in which the call waits for the client's rate limiter. `urgent` passes `bulk`. Default `bulk`. */
  readonly lane?: "urgent" | "bulk" | undefined;
  /** Additional headers, such as `traceparent`. Those that the library or HTTP itself sets are refused. */
  readonly headers?: Headers | Readonly<Record<string, string>> | undefined;
  /** Additional members of the body or parameters of the query, sent unchanged. One with the name of a field replaces the field. */
  readonly extra?: Record<string, unknown> | undefined;
  /** The HTTP method, used instead of the catalog's when an inferred one is wrong. */
  readonly method?: HttpMethod | undefined;
  /** True to check the fields before sending, by the limits that the vendor documents. */
  readonly validate?: boolean | undefined;
}

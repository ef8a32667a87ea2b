// The types of calls, of what they return, and of their options.

import type { ClientExchange, HttpResponse, PreparedCall } from "./exchange.js";
import type { HttpMethod, RetrySettings } from "./generated/settings.js";
import type { Page, ApiResponse } from "./api-response.js";

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
  /** Additional members of the body or parameters of the query, sent unchanged. */
  readonly extra?: Record<string, unknown> | undefined;
  /** The HTTP method, used instead of the catalog's when an inferred one is wrong. */
  readonly method?: HttpMethod | undefined;
  /** True to check the limits that the vendor documents before sending. */
  readonly validate?: boolean | undefined;
}

/** A call in flight. `await` gives the output. */
export interface Call<T> extends Promise<T> {
  /** Returns the output with its status, limits and headers. */
  withResponse(): Promise<ApiResponse<T>>;
}

/**
 * A list. `await` gives its first page. Iterating gives every item of all pages and fetches each page when it is needed.
 * Nothing is sent before the list is awaited or iterated.
 */
export interface List<T> extends Promise<Page<T>>, AsyncIterable<T> {
  /** Returns the first page with its status, limits and headers. */
  withResponse(): Promise<ApiResponse<Page<T>>>;
  /** Yields each page. Throws after the last page that can be fetched, if the vendor reports more pages. */
  pages(): AsyncGenerator<Page<T>, void, undefined>;
  /** Yields each item of all pages. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined>;
  /** Collects every item of all pages, or the first `limit` items. */
  toArray(limit?: number): Promise<T[]>;
}

/** The functions without I/O, for programs with their own transport. */
export interface SansIo<Input extends unknown[], T> {
  /**
   * Builds the request and returns it with the function that decodes its response. Nothing is sent. The request has an
   * `Idempotency-Key` only if you pass the option `idempotencyKey`. `idempotencyKey()` makes one.
   */
  prepare(...input: Input): PreparedCall<T>;
  /** Starts the call with its retries, as a state machine: your program passes it the time and the responses. */
  exchange(...input: Input): ClientExchange<T>;
  /** Decodes a response that was received elsewhere or recorded. Throws if the response is an error. */
  decode(response: HttpResponse): ApiResponse<T>;
}

// The types of calls and of what they return.

import type { ClientExchange, PreparedCall } from "./exchange.js";
import type { HttpResponse } from "./http.js";
import type { Page, ApiResponse } from "./api-response.js";

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

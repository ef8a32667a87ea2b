// The types of a request and of a response, as transports get and return them.

import type { Bytes } from "./api-response.js";

/**
 * A request. A transport must send it unchanged and must not follow redirects. It holds keys and personal data. Consoles
 * and JSON show only its call, its method, the names of its headers and the size of its body.
 */
export interface HttpRequest {
  /** The call, such as `contacts.list`. */
  readonly call: string;
  /** The method. */
  readonly method: string;
  /** The full URL. */
  readonly url: string;
  /** The headers. Leave `User-Agent` out in runtimes that forbid setting it. */
  readonly headers: Array<[name: string, value: string]>;
  /** The body, if the request has one. */
  readonly body: Bytes | undefined;
  /** The longest time for this attempt, in milliseconds, if the call has a deadline. */
  readonly timeoutMs?: number | undefined;
}

/** A response from a transport. */
export interface HttpResponse {
  /** The status. */
  readonly status: number;
  /** The headers, in any of these forms. */
  readonly headers: Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
  /** The body, after undoing any `Content-Encoding`. */
  readonly body: Uint8Array | string;
}

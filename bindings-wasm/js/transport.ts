// Sends one request through fetch, at most once, with a timeout and a size limit. Its errors hold no part of the request.

import { sending } from "#fetch";

import { onAbort } from "./abort.js";
import type { Bytes } from "./api-response.js";
import { chunks, gathered, held, type Parts } from "./body.js";
import { type TransportFault, UnusableResponse } from "./errors.js";
import { statusOf } from "./exchange.js";
import { CERTIFICATE } from "./host/certificates.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import { decode } from "./json.js";
import { isError, redacted } from "./redacted.js";

/** The options that a client passes to `fetch`. */
export interface FetchInit {
  /** The method. */
  readonly method: string;
  /** The headers. */
  readonly headers: Array<[name: string, value: string]>;
  /** The body, if the request has one. */
  readonly body?: Bytes;
  /** The handling of redirects. They are not followed, because the request carries keys. */
  readonly redirect: "manual";
  /** The signal that aborts the request. */
  readonly signal: AbortSignal;
}

/** The parts of a response that a client reads. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: HttpResponse["headers"];
  /** `opaqueredirect` if a browser hides a redirect. */
  readonly type?: string;
  /** The body as a stream. Without one `arrayBuffer` is called, and the size is checked after it returns. */
  readonly body?: unknown;
  /** Reads the whole body. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Sends a request: the runtime's `fetch` or a function compatible with this type. It must send the request at most
 * once. An error that it throws counts as `closed`: the request may have taken effect. Two errors count as `connect`
 * instead, because nothing was sent: an error with `fault: "connect"`, and a Node system error whose `syscall` is
 * `connect` or `getaddrinfo`.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** The failure of an attempt without a response. */
export interface SendFailure {
  /** The fault. */
  readonly fault: TransportFault;
  /** The error that was thrown, without data of the request. */
  readonly cause: unknown;
}

/** The settings of one attempt. */
export interface Attempt {
  /** The function that sends. Default: the runtime's `fetch`. */
  readonly fetch: Fetch | undefined;
  /** The timeout, up to the last byte of the response. */
  readonly timeoutMs: number;
  /** The largest response body, in bytes. */
  readonly maxResponseBytes: number;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
}

/** The longest delay of a timer, in milliseconds. Runtimes fire a longer one at once. */
export const LONGEST_MS = 2 ** 31 - 1;

/** The member of an error with which a fake transport ends the call: it is no failure of the network. */
export const FATAL = Symbol.for("hudhud.fatal");

/** Sends a request once. If the caller's signal aborts, throws the signal's reason. */
export async function send(request: HttpRequest, { fetch: given, timeoutMs, maxResponseBytes, signal }: Attempt): Promise<HttpResponse | SendFailure> {
  const attempt = new AbortController();
  let [isLate, tooLarge] = [false, undefined as Error | undefined];
  const timer = setTimeout(() => {
    isLate = true;
    attempt.abort();
  }, Math.min(timeoutMs, LONGEST_MS));
  const endAbort = onAbort(signal, () => attempt.abort(signal?.reason));
  // A `fetch` from the caller may ignore its signal.
  const ended = new Promise<never>((_, reject) => {
    attempt.signal.addEventListener("abort", () => reject(attempt.signal.reason));
  });
  const refused = () => (tooLarge = new Error(`the response is larger than ${maxResponseBytes} bytes; raise maxResponseBytes`));
  let host: ReturnType<typeof sending>;
  const sent = async (): Promise<HttpResponse> => {
    // Options of the runtime's `fetch` are not passed to a function from the caller.
    if (given === undefined || given === globalThis.fetch) host = sending();
    const { method, url, headers, body } = request;
    const init: FetchInit = { method, headers, redirect: "manual", signal: attempt.signal, ...(body && { body }), ...host?.init };
    // Call it without a receiver: a runtime's `fetch` rejects any other `this`.
    const fetch: Fetch = given ?? globalThis.fetch;
    const response = await fetch(url, init);
    const status = statusWithin(response, host?.status?.());
    const bytes = await read(response, maxResponseBytes, refused);
    return { status, headers: response.headers, body: await unpacked(bytes, response.headers, maxResponseBytes, refused) };
  };
  try {
    return await Promise.race([sent(), ended]);
  } catch (cause) {
    signal?.throwIfAborted();
    // A response that is too large may still be arriving: stop it.
    if (!isLate) attempt.abort();
    if (cause instanceof UnusableResponse || Object.hasOwn(Object(cause) as object, FATAL)) throw cause;
    if (tooLarge && !isLate) throw new UnusableResponse(`The response from ${new URL(request.url).host} is larger than ${maxResponseBytes} bytes; raise maxResponseBytes`, tooLarge);
    const defaultFault = isLate ? "timeout" : "closed";
    try {
      const fault = host ? host.isUnsent(cause) && "connect" : faultOf(cause);
      return { fault: fault || defaultFault, cause: redacted(cause, request) };
    } catch {
      // Reading the error threw: it proves nothing, and none of it is shown.
      return { fault: defaultFault, cause: undefined };
    }
  } finally {
    clearTimeout(timer);
    endAbort();
    host?.end?.();
  }
}

/** Returns the status of a response. Throws if it has none. A browser hides the status of a redirect. */
function statusWithin(response: Partial<FetchResponse> | null | undefined, status: number | undefined): number {
  try {
    const { type, body, arrayBuffer } = response ?? {};
    if (!body && typeof arrayBuffer !== "function") statusOf(undefined);
    return statusOf(type === "opaqueredirect" ? 302 : (status ?? response?.status));
  } catch (cause) {
    throw new UnusableResponse("fetch returned no response; it must have status, headers and arrayBuffer()", cause);
  }
}

/** Reads the body of a response, up to `most` bytes. */
async function read(response: FetchResponse, most: number, tooLarge: () => Error): Promise<Uint8Array> {
  const body = response.body as Partial<ReadableStream<Uint8Array> & Parts> | null | undefined;
  if (typeof body?.getReader === "function") return gathered(chunks(body as ReadableStream<Uint8Array>), most, tooLarge);
  if (typeof body?.[Symbol.asyncIterator] === "function") return gathered(body as Parts, most, tooLarge);
  const bytes = held(await response.arrayBuffer());
  if (!bytes) throw new TypeError("response: expected arrayBuffer() to return bytes");
  if (bytes.length > most) throw tooLarge();
  return bytes;
}

/** Undoes gzip and deflate if `fetch` did not. The first bytes decide, because `fetch` keeps the header either way. */
async function unpacked(bytes: Uint8Array, headers: FetchResponse["headers"], most: number, tooLarge: () => Error): Promise<Uint8Array> {
  const encoding = (headers instanceof Headers ? headers : new Headers(headers as Record<string, string>)).get("content-encoding");
  if (!encoding) return bytes;
  const [first = 0, second = 0] = bytes;
  const isGzip = first === 0x1f && second === 0x8b;
  const isZlib = (first & 15) === 8 && ((first << 8) | second) % 31 === 0;
  const format = /^\s*(x-)?gzip\s*$/i.test(encoding)
    ? isGzip && "gzip"
    : /^\s*deflate\s*$/i.test(encoding) && (isZlib ? "deflate" : decode(bytes) === undefined && "deflate-raw");
  if (!format || typeof DecompressionStream !== "function") return bytes;
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(format));
    return await gathered(chunks(stream), most, tooLarge);
  } catch (error) {
    // Only the size limit fails the attempt. Core reports the encoding of a body that cannot be unpacked.
    if (error instanceof TypeError) return bytes;
    throw error;
  }
}

/** Returns the fault that an error of a `fetch` proves. Its message proves nothing: a server may have chosen its text. */
function faultOf(error: unknown): TransportFault | undefined {
  for (let at = error, depth = 0; isError(at) && depth < 5; at = at.cause, depth++) {
    const { fault, code, syscall, errors } = at;
    if (fault === "connect" || fault === "timeout") return fault;
    if (Array.isArray(errors) && errors.length > 0) return errors.every((one) => faultOf(one) === "connect") ? "connect" : undefined;
    if (syscall === "connect" || syscall === "getaddrinfo") return "connect";
    if (typeof code === "string" && (CERTIFICATE.test(code) || code === "UND_ERR_CONNECT_TIMEOUT")) return "connect";
  }
  return undefined;
}

// Sends one request through fetch: within its time, up to a size, at most once, and with errors that hold nothing of it.

import { sending } from "#fetch";

import { chunks, gathered, held, type Parts } from "./body.js";
import type { TransportFault } from "./errors.js";
import type { HttpRequest, HttpResponse } from "./exchange.js";
import { CERTIFICATE } from "./host/certificates.js";
import { decode } from "./json.js";
import { isError, redacted } from "./redacted.js";

/** The options that a client passes to fetch. */
export interface FetchInit {
  /** The method. */
  readonly method: string;
  /** Names and values. */
  readonly headers: Array<[name: string, value: string]>;
  /** The body, if there is one. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Redirects are not followed: keys would travel with them. */
  readonly redirect: "manual";
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/** The parts of an answer that a client reads. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: HttpResponse["headers"];
  /** `opaqueredirect` where a browser hides a redirect. */
  readonly type?: string;
  /** The body as a stream. Without one `arrayBuffer` is called, and the size is checked once all is there. */
  readonly body?: unknown;
  /** Reads the whole body. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Sends a request: a runtime's own `fetch`, or a function that does as much of it as is asked for here. It must send the
 * request at most once. An error that it throws counts as `closed`, "the request may have had its effect", unless it proves
 * the contrary: with `fault: "connect"`, or as a system error of Node's whose `syscall` is `connect` or `getaddrinfo`.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** Why no answer came. */
export interface SendFailure {
  /** The fault. */
  readonly fault: TransportFault;
  /** The error that was thrown, without anything of the request. */
  readonly cause: unknown;
}

/** How one attempt is made. */
export interface Attempt {
  /** Sends; without one the runtime's own fetch does. */
  readonly fetch: Fetch | undefined;
  /** The longest time, up to the last byte of the answer. */
  readonly timeoutMs: number;
  /** The largest answer. */
  readonly maxResponseBytes: number;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
}

/** The longest time that runtimes wait; for a longer one they do not wait at all. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Sends a request once. An abort by the caller's signal is thrown as the signal's reason. */
export async function send(request: HttpRequest, { fetch: given, timeoutMs, maxResponseBytes, signal }: Attempt): Promise<HttpResponse | SendFailure> {
  const attempt = new AbortController();
  let [isLate, tooLarge] = [false, undefined as Error | undefined];
  const timer = setTimeout(() => {
    isLate = true;
    attempt.abort();
  }, Math.min(timeoutMs, LONGEST_MS));
  const abort = () => attempt.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  // A `fetch` that was passed in may ignore its signal.
  const ended = new Promise<never>((_, reject) => {
    attempt.signal.addEventListener("abort", () => reject(attempt.signal.reason));
  });
  const refused = () => (tooLarge = new Error(`the response is larger than ${maxResponseBytes} bytes; raise maxResponseBytes`));
  let host: ReturnType<typeof sending>;
  const sent = async (): Promise<HttpResponse> => {
    // A function that was passed in may send in any way.
    if (given === undefined || given === globalThis.fetch) host = sending();
    const { method, url, headers, body } = request;
    const init: FetchInit = { method, headers, redirect: "manual", signal: attempt.signal, ...(body && { body }), ...host?.init };
    // The function is called without a receiver: a runtime's own fetch accepts no other `this`.
    const fetch: Fetch = given ?? globalThis.fetch;
    const response = await fetch(url, init);
    const bytes = await read(response, maxResponseBytes, refused);
    // A browser hides the status of a redirect.
    const status = response.type === "opaqueredirect" ? 302 : (host?.status?.() ?? response.status);
    return { status, headers: response.headers, body: await unpacked(bytes, response.headers, maxResponseBytes, refused) };
  };
  try {
    return await Promise.race([sent(), ended]);
  } catch (cause) {
    signal?.throwIfAborted();
    // An answer that was too large may still be on its way.
    if (!isLate) attempt.abort();
    const usual = isLate ? "timeout" : "closed";
    try {
      const fault = host ? host.isUnsent(cause) && "connect" : faultOf(cause);
      return { fault: fault || usual, cause: tooLarge ?? redacted(cause, request) };
    } catch {
      // An error whose members throw proves nothing, and shows nothing.
      return { fault: usual, cause: undefined };
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    host?.end?.();
  }
}

/** Reads the body of an answer, and counts what arrives. */
async function read(response: FetchResponse, most: number, tooLarge: () => Error): Promise<Uint8Array> {
  const body = response.body as Partial<ReadableStream<Uint8Array> & Parts> | null | undefined;
  if (typeof body?.getReader === "function") return gathered(chunks(body as ReadableStream<Uint8Array>), most, tooLarge);
  if (typeof body?.[Symbol.asyncIterator] === "function") return gathered(body as Parts, most, tooLarge);
  const bytes = held(await response.arrayBuffer());
  if (!bytes) throw new TypeError("expected arrayBuffer() of a response to give bytes");
  if (bytes.length > most) throw tooLarge();
  return bytes;
}

/** Undoes gzip and deflate where fetch did not. Its answer keeps the header even where it did: so the bytes decide. */
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
    // Only the limit ends the call; of what cannot be unpacked core says the encoding.
    if (error instanceof TypeError) return bytes;
    throw error;
  }
}

/** The fault that an error of a `fetch` proves. Its message proves nothing: others may have written it. */
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

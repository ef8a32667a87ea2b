/**
 * Signed deliveries, and a `fetch` with prepared responses, for tests of programs that use this library.
 *
 * @module
 */

import { signed } from "#client";

import type { Bytes } from "./api-response.js";
import { FAULTS, type TransportFault } from "./errors.js";
import { core } from "./exchange.js";
import { FATAL } from "./transport.js";
import type { EventName } from "./generated/models.js";
import { SAMPLES, TENANT_ID } from "./generated/samples.js";
import { json, parse, toBytes } from "./json.js";
import { onlyKnown } from "./near.js";
import { checkTime } from "./time.js";
import { isWellFormed } from "./event-schema.js";

export { apiError, type BuiltResponse, type ErrorCode, type ErrorParts, page, type PageNumbers } from "./built-responses.js";
export { type Implementation, type Implementations, stub } from "./stub.js";

/** A delivery, signed like the vendor's. */
export interface SignedDelivery {
  /** All headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, exactly the bytes that were signed. */
  readonly body: Bytes;
}

/** Options for signing. */
export interface SignOptions {
  /** The time of signing, in milliseconds. Default: the current time. */
  readonly now?: number | undefined;
}

/** Signs a body like the vendor does. Bytes and text stay unchanged. Other values are written as JSON. */
export function sign(secret: string, body: unknown, options: SignOptions = {}): SignedDelivery {
  if (typeof secret !== "string") throw new TypeError("secret: expected a string");
  if (!isWellFormed(secret)) throw new TypeError("secret: expected text without lone surrogates");
  const bytes = toBytes(body) ?? new TextEncoder().encode(typeof body === "string" ? body : json(body));
  const headers = core(() => signed(secret, bytes, checkTime(options.now ?? Date.now())));
  return { headers: Object.fromEntries(headers as [string, string][]), body: new Uint8Array(bytes) };
}

/** Members of the body of a delivery. */
export interface DeliveryMembers {
  /** The data. */
  readonly data?: unknown;
  /** The delivery's id. Default: a random one. */
  readonly delivery_id?: string | null | undefined;
  /** The workspace. */
  readonly tenant_id?: string | null | undefined;
  /** The time of the event, in RFC 3339. Default: now. */
  readonly occurred_at?: string | null | undefined;
}

/**
 * Makes a signed delivery of an event, with a new id. `members` override members of its body, such as `data`.
 *
 * The vendor's page shows the data of `message.received`. The data of the other events is inferred, and may differ from the
 * vendor's. For an event that this version does not know, use `sign`.
 */
export function delivery(
  secret: string,
  type: EventName,
  members: DeliveryMembers = {},
  options: SignOptions = {},
): SignedDelivery {
  if (!Object.hasOwn(SAMPLES, type)) throw new TypeError(`type: expected ${Object.keys(SAMPLES).join(" or ")}; sign any other body with sign()`);
  const now = checkTime(options.now ?? Date.now());
  const body = {
    event: type,
    tenant_id: TENANT_ID,
    delivery_id: randomId(),
    occurred_at: new Date(now).toISOString(),
    data: SAMPLES[type],
    ...members,
  };
  return sign(secret, body, { now });
}

/** Returns a random id, also in a runtime without WebCrypto. */
function randomId(): string {
  const digits = Array.from({ length: 4 }, () => Math.random().toString(16).slice(2, 10).padEnd(8, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Makes a standard `Request` from a delivery. */
export function toRequest(delivery: SignedDelivery, url = "https://example.com/webhook"): Request {
  return new Request(url, { method: "POST", headers: { ...delivery.headers }, body: delivery.body });
}

/** A request that a fake `fetch` received. */
export interface SentRequest {
  /** The method. */
  readonly method: string;
  /** The full URL. */
  readonly url: string;
  /** The headers. Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body: parsed if it is JSON, otherwise text. Undefined if the request has no body. */
  readonly body: unknown;
}

/** A prepared response of a fake `fetch`, or a failure without a response. */
export interface FakeResponse {
  /** The HTTP status. Default 200. */
  readonly status?: number | undefined;
  /** Headers in addition to `content-type: application/json`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body, written as JSON. */
  readonly json?: unknown;
  /** The raw body, used instead of `json`. */
  readonly body?: string | undefined;
  /** The failure, if no response arrives. It comes at once: `timeout` does not wait for `timeoutMs`. */
  readonly fault?: TransportFault | undefined;
}

/** A `fetch` for tests that records its requests. */
export type FakeFetch = typeof globalThis.fetch & {
  /** The recorded requests, in order. */
  readonly requests: SentRequest[];
};

/**
 * Makes a `fetch` that returns the prepared responses in order, or calls a function for each request.
 *
 * ```ts
 * const fetch = fakeFetch([{ status: 503 }, { json: { message_id: "m-1" } }]);
 * const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch, retry: { baseMs: 0 } });
 * await zagely.messages.send({ to: "+15551234567", message: "hi" });
 * fetch.requests.length; // 2
 * ```
 *
 * Without a response for a request, the call fails at once with an error that says so.
 */
export function fakeFetch(responses: readonly FakeResponse[] | ((request: SentRequest) => FakeResponse | Promise<FakeResponse>)): FakeFetch {
  if (typeof responses !== "function" && !Array.isArray(responses)) throw new TypeError("responses: expected an array of responses, or a function");
  if (Array.isArray(responses)) responses.forEach(checkResponse);
  const requests: SentRequest[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { text, ...head } = await read(input, init);
    let body: unknown = text === "" ? undefined : text;
    try {
      body = parse(text);
    } catch {
      // Not JSON: the body stays text.
    }
    const request = { ...head, body };
    const response = typeof responses === "function" ? await responses(request) : responses[requests.length];
    requests.push(request);
    if (response && typeof responses === "function") checkResponse(response);
    if (!response) throw fatal(new Error(`fakeFetch: no response left for ${request.method} ${request.url}; pass one more`));
    // The client reads the fault from its error, without a wait for the real timeout.
    if (response.fault === "timeout") throw Object.assign(new DOMException("This operation was aborted", "AbortError"), { fault: "timeout" });
    if (response.fault) {
      const [code, syscall] = response.fault === "connect" ? ["ECONNREFUSED", "connect"] : ["ECONNRESET", "read"];
      throw new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code, syscall }) });
    }
    const content = response.body ?? (response.json === undefined ? null : json(response.json));
    const status = response.status ?? 200;
    const headers = { "content-type": "application/json", ...response.headers };
    return answered([204, 205, 304].includes(status) ? null : content, status, headers);
  };
  return Object.assign(fetch, { requests }) as FakeFetch;
}

/** Throws a `TypeError` if a response has a misspelt member, with which a test would get a success. */
function checkResponse(response: FakeResponse): void {
  if (typeof response !== "object" || response === null) throw fatal(new TypeError("responses: expected objects such as { status: 503 }"));
  try {
    onlyKnown(response, ["status", "headers", "json", "body", "fault"]);
  } catch (error) {
    throw fatal(error as Error);
  }
  const { fault } = response;
  if (fault !== undefined && !FAULTS.includes(fault)) throw fatal(new TypeError(`fault: expected ${FAULTS.join(" or ")}`));
}

/** Marks an error that ends a call at once: it is no failure of the network. */
function fatal(error: Error): Error {
  return Object.assign(error, { [FATAL]: true });
}

/** Reads a request. jsdom, in which some tests run, has no `Request`. */
async function read(input: RequestInfo | URL, init: RequestInit = {}): Promise<Omit<SentRequest, "body"> & { readonly text: string }> {
  if (typeof Request === "function") {
    const request = new Request(input, init);
    const { method, url, headers } = request;
    return { method, url, headers: Object.fromEntries(headers), text: await request.text() };
  }
  const { method = "GET", headers = {}, body } = init;
  const text = typeof body === "string" ? body : new TextDecoder().decode(toBytes(body) ?? new Uint8Array());
  return { method, url: `${input as string}`, headers: Object.fromEntries(new Headers(headers)), text };
}

/** Makes a response: a standard `Response` if the runtime has one. */
function answered(body: string | null, status: number, headers: Record<string, string>): Response {
  if (typeof Response === "function" && status !== 101) return new Response(body, { status, headers });
  const arrayBuffer = async () => new TextEncoder().encode(body ?? "").buffer;
  return { status, ok: status >= 200 && status < 300, headers: new Headers(headers), arrayBuffer, text: async () => body ?? "", json: async () => parse(body ?? "") as unknown } as unknown as Response;
}

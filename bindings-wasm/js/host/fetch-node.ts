// The `fetch` of Node, Deno and Bun. By default each may send a request twice: Node after a 421, Deno and Bun when a kept
// connection breaks. This file prevents it.

import { isError } from "../redacted.js";
import { CERTIFICATE } from "./certificates.js";
import type { Sending } from "./fetch.js";

interface DenoClient {
  close(): void;
}
interface Runtimes {
  readonly Deno?: { createHttpClient?(options: object): DenoClient };
  readonly Bun?: unknown;
}

/** The reason to reject calls that must not be repeated. Undefined: these runtimes can be kept from repeating. */
export const REFUSED: string | undefined = undefined;

/** Prepares one request of the runtime's `fetch`. */
export function sending(): Sending | undefined {
  const { Deno, Bun } = globalThis as Runtimes;
  if (Deno?.createHttpClient) return ofDeno(Deno.createHttpClient({ poolMaxIdlePerHost: 0, http2: false }));
  if (Bun) return ofBun();
  return ofNode();
}

/**
 * Disables kept connections and HTTP/2. When a kept connection breaks, Deno repeats the request. Over HTTP/2 it repeats a
 * request that the server refused.
 */
function ofDeno(client: DenoClient): Sending {
  // The words come from Deno. Only the URL comes from elsewhere, and it has no space.
  const unconnected = /^(error sending request for url \(\S+\): client error \(Connect\)|Fetch failed: Requests to port \d+ are blocked$)/;
  return {
    init: { client },
    isUnsent: (error) => isError(error) && (unconnected.test(error.message) || (isError(error.cause) && unconnected.test(error.cause.message))),
    end: () => client.close(),
  };
}

/** Bun's codes of failures before a connection is established. */
const NOT_CONNECTED = /^(ConnectionRefused|FailedToOpenSocket|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_\w+|ERR_PROXY_TUNNEL)$/;

function ofBun(): Sending {
  return {
    init: { keepalive: false },
    isUnsent: (error) => {
      if (!isError(error) || typeof error.code !== "string") return false;
      const { code, message } = error;
      return NOT_CONNECTED.test(code) || CERTIFICATE.test(code) || (code === "EPROTO" && message.startsWith("EPROTO: The TLS handshake failed."));
    },
  };
}

type Handler = Record<string, unknown>;
interface Dispatcher {
  readonly isMockActive?: unknown;
  dispatch(options: unknown, handler: Handler): unknown;
}

/** The key of the dispatcher of Node and undici. It exists after the first access to one of fetch's classes. */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/** Wraps the dispatcher between `fetch` and Node's HTTP client, so that a request reaches a connection only once. */
function ofNode(): Sending | undefined {
  void globalThis.Response;
  const dispatcher = (globalThis as { [DISPATCHER]?: Dispatcher })[DISPATCHER];
  if (typeof dispatcher?.dispatch !== "function") return undefined;
  let [isHandedOver, isBegun, status] = [false, false, undefined as number | undefined];
  const dispatch = (options: unknown, handler: Handler): unknown => {
    isHandedOver = true;
    const watched = Object.create(handler) as Handler;
    const before = (name: string, run: (given: unknown[]) => unknown) => {
      const inner = handler[name];
      if (typeof inner === "function") watched[name] = (...given: unknown[]) => run(given) ?? inner.apply(watched, given);
    };
    // `onConnect` is the name up to undici 6, `onRequestStart` since undici 7.
    before("onConnect", ([abort]) => (isBegun ? ((abort as (reason: Error) => void)(repeated()), true) : void (isBegun = true)));
    before("onRequestStart", ([controller]) =>
      isBegun ? ((controller as { abort(reason: Error): void }).abort(repeated()), true) : void (isBegun = true),
    );
    // `fetch` repeats a request after a 421. It is given a 400 instead, and the caller gets the 421.
    const shown = (given: unknown[], at: number) => {
      status = given[at] as number;
      if (status === 421) given[at] = 400;
    };
    before("onHeaders", (given) => void shown(given, 0));
    before("onResponseStart", (given) => void shown(given, 1));
    return dispatcher.dispatch(options, watched);
  };
  return {
    init: { dispatcher: { isMockActive: dispatcher.isMockActive, dispatch } },
    // `fetch` refuses some ports before it hands the request over.
    isUnsent: (error) => !isBegun && (isHandedOver || (isError(error) && isError(error.cause) && error.cause.message === "bad port")),
    status: () => (isHandedOver ? status : undefined),
  };
}

function repeated(): Error {
  return new Error("fetch tried to send the request a second time, which was prevented");
}

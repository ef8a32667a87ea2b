// The fetch of Node, Deno and Bun. Each would send a request a second time on its own: Node after a 421, Deno and Bun when a
// kept connection breaks. Here each is kept from it.

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

/** The reason to refuse calls that must not be repeated; there is none here. */
export const REFUSED: string | undefined = undefined;

/** A request that is about to be sent by the runtime's own fetch. */
export function sending(): Sending | undefined {
  const { Deno, Bun } = globalThis as Runtimes;
  if (Deno?.createHttpClient) return ofDeno(Deno.createHttpClient({ poolMaxIdlePerHost: 0, http2: false }));
  if (Bun) return ofBun();
  return ofNode();
}

/** A client without kept connections has none to repeat a request on; with HTTP/2 fetch repeats what a server refused. */
function ofDeno(client: DenoClient): Sending {
  // The words are Deno's own. Others choose the address alone, and there is no blank in one.
  const unconnected = /^error sending request for url \(\S+\): client error \(Connect\)/;
  return {
    init: { client },
    isUnsent: (error) => isError(error) && (unconnected.test(error.message) || (isError(error.cause) && unconnected.test(error.cause.message))),
    end: () => client.close(),
  };
}

/** Codes that Bun gives before a connection stands. */
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

/** The key under which Node and undici keep their dispatcher. It exists once one of fetch's classes was looked at. */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/** Watches the request between fetch and Node's HTTP client: it may reach a connection once. */
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
    // The first is the name for it up to undici 6, the second the one since.
    before("onConnect", ([abort]) => (isBegun ? ((abort as (reason: Error) => void)(repeated()), true) : void (isBegun = true)));
    before("onRequestStart", ([controller]) =>
      isBegun ? ((controller as { abort(reason: Error): void }).abort(repeated()), true) : void (isBegun = true),
    );
    // After a 421 fetch sends the request again. It is shown another status, and the caller the true one.
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
    isUnsent: () => isHandedOver && !isBegun,
    status: () => (isHandedOver ? status : undefined),
  };
}

function repeated(): Error {
  return new Error("the request was about to be sent a second time");
}

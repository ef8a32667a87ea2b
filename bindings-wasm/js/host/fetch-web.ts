// The fetch of Workers, edge functions and browsers.

import type { Sending } from "./fetch.js";

const agent = (globalThis as { navigator?: { readonly userAgent?: unknown } }).navigator?.userAgent;

/**
 * The reason to refuse calls that must not be repeated. A browser sends any request again when a kept connection breaks, and
 * nothing keeps it from that. A page that is only imitated, as tests do it, has no such fetch.
 */
export const REFUSED: string | undefined =
  typeof agent === "string" && /^Mozilla\//.test(agent) && !/jsdom|happydom/i.test(agent)
    ? "A browser's fetch may send a request twice, and this call must not be: call from a server, or pass the option fetch."
    : undefined;

/** Returns nothing: no proof is known here that a request was not sent. */
export function sending(): Sending | undefined {
  return undefined;
}

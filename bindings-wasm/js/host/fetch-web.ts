// The fetch of Workers, edge functions and browsers.

import type { Sending } from "./fetch.js";

const agent = (globalThis as { navigator?: { readonly userAgent?: unknown } }).navigator?.userAgent;

/**
 * Why calls that may not be repeated are refused here, if they are. A browser sends any request again when a kept connection
 * breaks, and nothing keeps it from that. A page that is only imitated, as tests do it, has no such fetch.
 */
export const REFUSED: string | undefined =
  typeof agent === "string" && /^Mozilla\//.test(agent) && !/jsdom|happydom/i.test(agent)
    ? "A browser's fetch may send a request twice, and this call must not be: call from a server, or pass the option fetch."
    : undefined;

/** Nothing is known of how a request fares here. */
export function sending(): Sending | undefined {
  return undefined;
}

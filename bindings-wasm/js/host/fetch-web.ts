// The `fetch` of Workers, edge functions and browsers.

import type { Sending } from "./fetch.js";

const agent = (globalThis as { navigator?: { readonly userAgent?: unknown } }).navigator?.userAgent;

/**
 * The reason to reject calls that must not be repeated. A browser repeats any request when a kept connection breaks, and
 * no option prevents it. Simulated pages in tests (jsdom, happy-dom) do not have such a `fetch`.
 */
export const REFUSED: string | undefined =
  typeof agent === "string" && /^Mozilla\//.test(agent) && !/jsdom|happydom/i.test(agent)
    ? "A browser's fetch may send a request twice, which is unsafe for this call. Call from a server, or pass the option fetch."
    : undefined;

/** Returns undefined: these runtimes never prove that a request was not sent. */
export function sending(): Sending | undefined {
  return undefined;
}

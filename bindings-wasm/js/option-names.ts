// The names of the options of clients and of calls, for the errors about misspelt and misplaced ones. Those that core declares
// are generated. The lists are functions, so that bundlers can leave them out where they are not used.

import type { CallOptions } from "./call-options.js";
import { RETRIES, SETTINGS, WAITS } from "./generated/settings.js";

/** The options that core declares. */
export type Declared = (typeof RETRIES | typeof SETTINGS)[number];

/** The options of a call that core does not declare. */
const OF_CALL: Readonly<Record<Exclude<keyof CallOptions, Declared>, 1>> = {
  idempotencyKey: 1,
  signal: 1,
  timeoutMs: 1,
  deadlineMs: 1,
  lane: 1,
  headers: 1,
  extra: 1,
  method: 1,
};

/** The options that only clients have and that core does not declare. `option-names-check.ts` compares them with the clients'. */
const OF_CLIENT = {
  publicKey: 1,
  secretKey: 1,
  apiKey: 1,
  baseUrl: 1,
  fetch: 1,
  maxResponseBytes: 1,
  rateLimiter: 1,
  observer: 1,
  logger: 1,
  logLevel: 1,
  appToken: 1,
  appAuth: 1,
  appPrefix: 1,
  apiKeyScheme: 1,
};

/** The names in that list. */
export type OfClient = keyof typeof OF_CLIENT;

/** Returns the options of a call. */
export const ofCall = (): string[] => [...Object.keys(OF_CALL), "validate" satisfies Declared & keyof CallOptions, ...RETRIES];

/** Returns the options of a client, with those of its calls. */
export const ofClient = (): string[] => [...ofCall(), ...Object.keys(OF_CLIENT), ...SETTINGS];

/** Returns the members of the option `retry`, as core's errors name them. */
export const ofRetry = (): string[] => WAITS.map((name) => `retry.${name}`);

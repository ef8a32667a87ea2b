// The names of the options of clients and of calls, for the errors about misspelt and misplaced ones.

import type { CallOptions } from "./call.js";
import type { WazajOptions, ZagelyOptions } from "./client.js";

/** The options of a call. */
export const OF_CALL: Readonly<Record<keyof CallOptions, 1>> = {
  idempotencyKey: 1,
  signal: 1,
  timeoutMs: 1,
  deadlineMs: 1,
  lane: 1,
  headers: 1,
  extra: 1,
  maxAttempts: 1,
  retry: 1,
  method: 1,
  validate: 1,
};

/** The options that only clients have. */
export const OF_CLIENT: Readonly<Record<Exclude<keyof (ZagelyOptions & WazajOptions), keyof CallOptions>, 1>> = {
  publicKey: 1,
  secretKey: 1,
  apiKey: 1,
  baseUrl: 1,
  sessionId: 1,
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
  updateMethod: 1,
  methods: 1,
  userAgent: 1,
  methodOverride: 1,
  textualBooleans: 1,
};

/** The members of the option `retry`, as core's errors name them. */
export const OF_RETRY = ["retry.baseMs", "retry.capMs", "retry.maxRetryAfterMs"];

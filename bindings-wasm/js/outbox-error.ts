// The error of an outbox.

import { named } from "./error-names.js";

/**
 * The journal is used by another program, is damaged, or belongs to another call or key; or the outbox does not take the
 * message. The message of the error holds no recipient and no text.
 */
export class OutboxError extends Error {}

named({ OutboxError });

/** @internal Runs core. Core throws texts. */
export function runCore<T>(run: () => T): T {
  try {
    return run();
  } catch (message) {
    throw typeof message === "string" ? new OutboxError(message) : message;
  }
}

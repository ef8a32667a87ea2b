// Asks core for the decisions of an inbox. Entries are bytes that only core reads.

import { Decision, entryLength, forgetAt, isPoisoned } from "#inbox";

import type { WebhookEvent } from "./generated/events.js";
import type { InboxChange, LeasedInboxOptions, Outcome, Receipt } from "./inbox.js";
import { onlyKnown } from "./near.js";
import { RejectedEventError } from "./rejected-event.js";
import { checkTime } from "./time.js";

/** The settings of an inbox, checked. */
export interface Rules {
  readonly isTransactional: boolean;
  readonly leaseSeconds: number;
  readonly maxAttempts: number;
  readonly now: () => number;
}

/** Returns the rules with these options. Throws a `TypeError` if one is invalid. */
export function rules(isTransactional: boolean, options: LeasedInboxOptions = {}): Rules {
  onlyKnown(options, ["maxAttempts", "now", ...(isTransactional ? [] : ["leaseSeconds"])]);
  const { leaseSeconds = 30, maxAttempts = 5, now = Date.now } = options;
  const must = (is: boolean, message: string) => {
    if (!is) throw new TypeError(message);
  };
  must(typeof leaseSeconds === "number" && leaseSeconds >= 1 && leaseSeconds <= 3600, "leaseSeconds: expected a number of seconds from 1 to 3600");
  must(Number.isInteger(maxAttempts) && maxAttempts >= 1 && maxAttempts < 2 ** 32, "maxAttempts: expected a number of attempts >= 1");
  must(typeof now === "function", "now: expected a function");
  return { isTransactional, leaseSeconds, maxAttempts, now };
}

/** Decides about a delivery of an event, and passes the decision to a function. The decision is freed after it. */
export function decided<T>(rules: Rules, stored: Uint8Array | undefined, event: WebhookEvent, use: (decision: Decision) => T): T {
  const { isTransactional, leaseSeconds, maxAttempts, now } = rules;
  const holder = crypto.getRandomValues(new Uint8Array(16));
  const decision = runCore(() => new Decision(isTransactional, leaseSeconds * 1000, maxAttempts, stored, event.deduplicateUntil?.getTime(), holder, checkTime(now())));
  let isLater = false;
  try {
    const result = use(decision);
    if (result instanceof Promise) {
      isLater = true;
      return result.finally(() => decision.free()) as T;
    }
    return result;
  } finally {
    if (!isLater) decision.free();
  }
}

/** Returns a change that core wrote: the new entry, and the expected one after it. */
export function change(bytes: Uint8Array): InboxChange;
export function change(bytes: Uint8Array | undefined): InboxChange | undefined;
export function change(bytes: Uint8Array | undefined): InboxChange | undefined {
  if (bytes === undefined) return undefined;
  const length = entryLength();
  const entry = bytes.slice(0, length);
  return { expected: bytes.length > length ? bytes.slice(length) : null, entry, isPoisoned: isPoisoned(entry), forgetAt: forgetAt(entry) ?? null };
}

/** Returns the change after the handler threw. */
export function failure(rules: Rules, decision: Decision, error: unknown): InboxChange {
  const now = checkTime(rules.now());
  return change((error instanceof RejectedEventError ? decision.poisoned(now) : decision.failed(now)) as Uint8Array);
}

/** Returns the receipt after the handler threw. */
export function failed(rules: Rules, { entry, isPoisoned }: InboxChange, event: WebhookEvent, error: unknown): Receipt {
  if (isPoisoned) return receipt("poisoned", undefined, { error });
  return decided(rules, entry, event, ({ wait }) => receipt("failed", wait, { error }));
}

/** Returns the receipt of a delivery that is not handled. `isStored` is false if the store refused the change. */
export function refusal({ kind, wait }: Decision, isStored: boolean): Receipt {
  return isStored && kind !== "handle" ? receipt(kind as Outcome, wait) : receipt("busy", 1000);
}

/** Returns a receipt. `wait` is in milliseconds. */
export function receipt(outcome: Outcome, wait?: number, more?: { readonly error: unknown }): Receipt {
  const httpStatus = outcome === "handled" || outcome === "duplicate" ? 200 : outcome === "poisoned" ? 500 : 503;
  return { outcome, httpStatus, ...(wait !== undefined && { retryAfterSeconds: Math.ceil(wait / 1000) }), ...more };
}

/** Returns true if both have the same bytes. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Runs core. Core throws texts. */
function runCore<T>(run: () => T): T {
  try {
    return run();
  } catch (message) {
    throw typeof message === "string" ? new Error(`inbox: ${message}`) : message;
  }
}

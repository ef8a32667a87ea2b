// The types of the inbox: the things that a handler gets, the result of a delivery, and the interface of stores.

import type { WebhookEvent } from "./generated/events.js";

/** The right to handle an event until a time. */
export interface Lease {
  /**
   * The key to pass on to other services, so that they recognize a repetition. It has 1 to 200 characters of
   * `A-Z a-z 0-9 - _`, and is the same for each attempt. Add a prefix to use it for several requests.
   */
  readonly idempotencyKey: string;
  /** The fencing token. It grows with each attempt. A system that stores the largest one can refuse an earlier holder. */
  readonly token: number;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The end of the lease. After it another isolate can handle the event. */
  readonly endsAt: Date;
}

/**
 * The outcome of a delivery.
 *
 * | Outcome | Meaning | Status |
 * |---|---|---|
 * | `handled` | The handler has run. | 200 |
 * | `duplicate` | It had run before. | 200 |
 * | `busy` | Another isolate handles the event. | 503 |
 * | `too_early` | The last attempt failed a moment ago. | 503 |
 * | `failed` | The handler threw. | 503 |
 * | `lease_lost` | The handler took longer than its lease. | 503 |
 * | `poisoned` | The handler rejected the event, or all attempts failed. | 500 |
 */
export type Outcome = "handled" | "duplicate" | "busy" | "too_early" | "failed" | "lease_lost" | "poisoned";

/** The result of a delivery. */
export interface Receipt {
  /** The outcome. */
  readonly outcome: Outcome;
  /** The status of the response to the vendor. It delivers again after each status other than 200. */
  readonly httpStatus: number;
  /** The seconds after which another delivery can succeed, if they are known: the header `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined;
  /** The error of the handler, if the outcome is `failed` or `poisoned`, or the reason of `lease_lost`. */
  readonly error?: unknown;
}

/** An inbox whose handler is the function that is passed to `receive`. */
export interface EventInbox {
  /** Absent or false: the handler is passed to `receive`. In an inbox that handles the events itself, the property is true. */
  readonly isTransactional?: false | undefined;
  /** Handles the event of a verified delivery, unless it was handled before. Rejects if the store fails. */
  receive(event: WebhookEvent, handle: (lease: Lease) => unknown): Promise<Receipt>;
}

/** An inbox that has a handler, whose effects are stored together with the mark of the event. */
export interface TransactionalInbox {
  /** True: the inbox has its own handler, and calls no other. */
  readonly isTransactional: true;
  /** Handles the event of a verified delivery, unless it was handled before. Rejects if the store fails. */
  receive(event: WebhookEvent): Promise<Receipt>;
  /** Returns the keys of all poisoned events. A key is the delivery id, unless that has unusual characters. */
  poisoned(): Promise<string[]>;
  /** Deletes the entry of an event, so that its next delivery is handled. Returns true if there was an entry. */
  forget(key: string): Promise<boolean>;
}

/** Options of an inbox whose handler calls other services. */
export interface LeasedInboxOptions {
  /** The seconds after which another isolate may handle the event, from 1 to 3600. Default 30. */
  readonly leaseSeconds?: number | undefined;
  /** The number of attempts after which an event is poisoned. Default 5. */
  readonly maxAttempts?: number | undefined;
  /** The clock, for tests. It returns milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A change of a store: write `entry` if the stored entry is still `expected`. */
export interface InboxChange {
  /** The entry that the key must have, or `null` if it must have none. */
  readonly expected: Uint8Array | null;
  /** The new entry: a few bytes. A store compares them with other entries, and need not understand them. */
  readonly entry: Uint8Array;
  /** True if the event is not handled any more. */
  readonly isPoisoned: boolean;
  /** The time from which the entry may be deleted, in milliseconds, or `null` for an entry that must be kept. */
  readonly forgetAt: number | null;
}

/** A store of an inbox. It keeps an entry of a few bytes for each key, and decides nothing. */
export interface InboxStore {
  /** Stores `change.entry` if the key has no entry. Returns the stored entry. */
  putOrGet(key: string, change: InboxChange): Promise<Uint8Array>;
  /** Stores `change.entry` if the stored entry is `change.expected`. Returns true if the entry was stored. */
  replace(key: string, change: InboxChange): Promise<boolean>;
  /** Returns the keys of all poisoned events. */
  poisoned(): Promise<string[]>;
  /** Deletes an entry. Returns true if it existed. */
  forget(key: string): Promise<boolean>;
  /**
   * Deletes entries with a `forgetAt` of at most `now`, in milliseconds. Leave this function out if the store deletes them
   * itself.
   */
  cleanUp?(now: number): Promise<void>;
}

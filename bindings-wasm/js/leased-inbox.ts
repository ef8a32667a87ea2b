// The inbox whose handler calls other services.

import { storageKey } from "#inbox";

import type { WebhookEvent } from "./generated/events.js";
import type { EventInbox, InboxStore, Lease, LeasedInboxOptions, Receipt } from "./inbox.js";
import { change, decided, failed, failure, isSame, receipt, refusal, type Rules, rules } from "./inbox-rules.js";
import { checkTime } from "./time.js";

/** The time between two clean-ups of one isolate, in milliseconds. */
const CLEAN_UP_EVERY = 3_600_000;

/** The times of the next clean-ups. A program may make an inbox for each request. */
const nextCleanUps = new WeakMap<object, number>();

/**
 * An inbox whose handler calls other services. Its effects occur at least once: after a crash the handler runs again. It
 * passes `lease.idempotencyKey` on, so that the other service recognizes the repetition.
 *
 * `durableObjectInbox`, `d1Inbox` and `forgetfulInbox` make one. The constructor takes a store that your program implements.
 */
export class LeasedInbox implements EventInbox {
  readonly #store: InboxStore;
  readonly #rules: Rules;
  readonly #cleaned: object;

  /**
   * Creates an inbox. `cleaned` is an object that stands for the stored data, such as the database. The inboxes of an isolate
   * that get the same object clean up only once an hour together. Default: the store.
   */
  constructor(store: InboxStore, options?: LeasedInboxOptions, cleaned: object = store) {
    for (const name of ["putOrGet", "replace", "poisoned", "forget"] as const) {
      if (typeof store?.[name] !== "function") throw new TypeError(`store: expected an object with the function ${name}`);
    }
    this.#store = store;
    this.#rules = rules(false, options);
    this.#cleaned = cleaned;
  }

  /**
   * Handles the event of a verified delivery, unless it was handled before. An error of the handler is in the receipt. It
   * rejects if the store fails.
   */
  async receive(event: WebhookEvent, handle: (lease: Lease) => unknown): Promise<Receipt> {
    if (typeof handle !== "function") throw new TypeError("onEvent: expected a function");
    const [store, rules] = [this.#store, this.#rules];
    const key = storageKey(event.replayKey);
    if (this.#cleanUpIsDue()) await this.cleanUp();
    return decided(rules, undefined, event, async (first) => {
      const claimed = change(first.change as Uint8Array);
      const stored = await store.putOrGet(key, claimed);
      const run = async (decision: typeof first): Promise<Receipt> => {
        const { token, attempt, leaseEnd } = decision;
        try {
          await handle({ idempotencyKey: key, token, attempt, endsAt: new Date(leaseEnd) });
        } catch (error) {
          const after = failure(rules, decision, error);
          return (await store.replace(key, after)) ? failed(rules, after, event, error) : lost(attempt, error);
        }
        const done = change(decision.done(checkTime(rules.now())));
        return !done || (await store.replace(key, done)) ? receipt("handled") : lost(attempt);
      };
      if (isSame(stored, claimed.entry)) return run(first);
      return decided(rules, stored, event, async (decision) => {
        const before = change(decision.change);
        const isStored = !before || (await store.replace(key, before));
        return isStored && decision.kind === "handle" ? run(decision) : refusal(decision, isStored);
      });
    });
  }

  /** Returns the keys of all poisoned events. A key is the delivery id, unless that has unusual characters. */
  async poisoned(): Promise<string[]> {
    return this.#store.poisoned();
  }

  /**
   * Deletes the entry of an event, so that its next delivery is handled. Returns true if there was an entry.
   * Afterwards, let the vendor deliver the event again, from its log of deliveries.
   */
  async forget(key: string): Promise<boolean> {
    return this.#store.forget(key);
  }

  /** Deletes entries whose deliveries cannot be repeated any more. `receive` does this from time to time. */
  async cleanUp(): Promise<void> {
    await this.#store.cleanUp?.(checkTime(this.#rules.now()));
  }

  #cleanUpIsDue(): boolean {
    if (!this.#store.cleanUp) return false;
    const now = Date.now();
    if ((nextCleanUps.get(this.#cleaned) ?? 0) > now) return false;
    nextCleanUps.set(this.#cleaned, now + CLEAN_UP_EVERY);
    return true;
  }
}

/** Returns the receipt of a handler that took too long. `cause` is the error that it threw. */
function lost(attempt: number, cause?: unknown): Receipt {
  const error = new Error(`inbox: the handler took longer than its lease in attempt ${attempt}; raise leaseSeconds`, { cause });
  return receipt("lease_lost", 1000, { error });
}

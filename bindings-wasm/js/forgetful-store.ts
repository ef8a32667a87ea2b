// A store of the inbox for tests, which keeps entries in memory and forgets them when the isolate ends.

import type { InboxChange, InboxStore, LeasedInboxOptions } from "./inbox.js";
import { isSame } from "./inbox-rules.js";
import { LeasedInbox } from "./leased-inbox.js";

/** A store in memory, for tests. After the isolate ends, each event can be handled again. */
export class ForgetfulStore implements InboxStore {
  readonly #entries = new Map<string, InboxChange>();

  /** Stores an entry if the key has none. Returns the stored entry. */
  async putOrGet(key: string, change: InboxChange): Promise<Uint8Array> {
    const stored = this.#entries.get(key);
    if (!stored) this.#entries.set(key, change);
    return (stored ?? change).entry;
  }

  /** Stores an entry if the stored one is as expected. */
  async replace(key: string, change: InboxChange): Promise<boolean> {
    const stored = this.#entries.get(key);
    const { expected } = change;
    if (expected === null ? stored : !stored || !isSame(stored.entry, expected)) return false;
    this.#entries.set(key, change);
    return true;
  }

  /** Returns the keys of all poisoned events. */
  async poisoned(): Promise<string[]> {
    return [...this.#entries].filter(([, { isPoisoned }]) => isPoisoned).map(([key]) => key).sort();
  }

  /** Deletes an entry. Returns true if it existed. */
  async forget(key: string): Promise<boolean> {
    return this.#entries.delete(key);
  }

  /** Deletes entries whose time has passed. */
  async cleanUp(now: number): Promise<void> {
    for (const [key, { forgetAt }] of this.#entries) if (forgetAt !== null && forgetAt <= now) this.#entries.delete(key);
  }
}

/** Returns an inbox in memory, for tests. After the isolate ends, each event can be handled again. */
export function forgetfulInbox(options?: LeasedInboxOptions): LeasedInbox {
  return new LeasedInbox(new ForgetfulStore(), options);
}

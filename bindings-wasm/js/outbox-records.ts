// Reads the journal of an outbox, appends records in order, and makes them durable by steps that requests share.

import { OutboxReader, type OutboxState } from "#outbox";

import { toBytes } from "./json.js";
import { OutboxError, runCore } from "./outbox-error.js";
import type { OutboxJournal } from "./outbox-journal.js";

/** The bytes that are read at a time. */
const PIECE = 1 << 20;

/** Reads a journal to its end. The state is undefined for an empty journal. */
export async function readState(journal: Pick<OutboxJournal, "read">): Promise<{ readonly state: OutboxState | undefined; readonly length: number }> {
  const reader = new OutboxReader();
  try {
    for (let position = 0; ; ) {
      const piece = bytesOf(await journal.read(position, PIECE));
      if (piece.length === 0) break;
      runCore(() => reader.push(piece));
      position += piece.length;
    }
    const state = runCore(() => reader.finish(Date.now()));
    return { state, length: reader.length };
  } finally {
    reader.free();
  }
}

/** Returns the bytes that a journal has read. Anything else without a length would be read without an end. */
function bytesOf(read: unknown): Uint8Array {
  const bytes = toBytes(read);
  if (!bytes) throw new TypeError("journal: expected a function read that returns a Uint8Array");
  return bytes;
}

/** The records of a state, in a journal. */
export class Records {
  readonly #journal: OutboxJournal;
  readonly #state: OutboxState;
  /** The end of the last append. */
  #appending: Promise<void> = Promise.resolve();
  #appended = 0;
  #durable = 0;
  #syncing: Promise<void> | undefined;
  #isClosed = false;
  #failure: { readonly error: unknown } | undefined;

  private constructor(journal: OutboxJournal, state: OutboxState) {
    this.#journal = journal;
    this.#state = state;
  }

  /** Reads a journal, or begins it with the state that `create` returns. Its first records are durable. */
  static async open(journal: OutboxJournal, create: () => OutboxState): Promise<{ readonly records: Records; readonly state: OutboxState }> {
    const { state: found, length } = await readState(journal);
    await journal.truncate(length);
    const state = found ?? create();
    const records = new Records(journal, state);
    await records.flush();
    return { records, state };
  }

  /** Appends the records that the state holds now. */
  append(): Promise<void> {
    const records = this.#state.takeRecords();
    if (records.length === 0) return this.#appending;
    const appending = this.#appending.then(() => this.#append(records));
    // A caller that has ended does not wait for it. The next one gets the failure.
    appending.catch(() => {});
    return (this.#appending = appending);
  }

  async #append(records: Uint8Array): Promise<void> {
    // After a failure the end of the journal is unknown. The next reader cuts it.
    if (this.#failure) throw this.#failure.error;
    try {
      await this.#journal.append(records);
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
    this.#appended += records.length;
  }

  /** Makes durable the records that the state holds now. */
  async flush(): Promise<void> {
    await this.append();
    const wanted = this.#appended;
    while (this.#durable < wanted) {
      if (this.#failure) throw this.#failure.error;
      await (this.#syncing ??= this.#sync());
    }
  }

  async #sync(): Promise<void> {
    const appended = this.#appended;
    try {
      await this.#journal.sync();
      this.#durable = appended;
    } catch (error) {
      // The system may have dropped the records, and another attempt would then succeed without them.
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#syncing = undefined;
    }
  }

  /** Reads the bytes of a message. */
  async read(number: number): Promise<Uint8Array> {
    const [position, length] = this.#state.place(number);
    if (this.#failure) throw this.#failure.error;
    return position === undefined || length === undefined ? new Uint8Array() : bytesOf(await this.#journal.read(position, length));
  }

  /** Makes the journal durable and releases it. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (!this.#failure) await this.flush();
    } finally {
      this.#failure ??= { error: new OutboxError("the outbox was closed with close(): open it again") };
      await this.#journal.close();
    }
  }
}

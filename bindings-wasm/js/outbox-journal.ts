// The place of an outbox's journal.

/**
 * A place for the journal of an outbox: bytes that are only appended, and cut once when the journal is opened. `Outbox.open`
 * makes one from the name of a file. Only one program at a time may use a journal. Your object has to make sure of that.
 *
 * One function is called at a time, except that `read` and `sync` may be called while `append` is running.
 */
export interface OutboxJournal {
  /** Returns the bytes at a position. It returns fewer bytes only at the end of the journal. */
  read(position: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** Appends bytes. */
  append(bytes: Uint8Array): void | Promise<void>;
  /** Makes all appended bytes durable, so that they survive a loss of power. */
  sync(): void | Promise<void>;
  /** Cuts the journal to a length. */
  truncate(length: number): void | Promise<void>;
  /** Releases the journal. */
  close(): void | Promise<void>;
}

// The report of an outbox, and its messages.

/** The states of a message. */
export type OutboxMessageState = "waiting" | "in_flight" | "in_doubt" | "sent" | "refused" | "unknown";

/** A message of an outbox. Consoles show neither the recipient nor the text. */
export interface OutboxMessage<Fields = Readonly<Record<string, unknown>>> {
  /** The number, from 0, in the order in which messages were added. */
  readonly number: number;
  /** The id, usually the recipient. */
  readonly id: string;
  /** The row of the list that the message came from, or 0. */
  readonly row: number;
  /** The fields of the call. */
  readonly fields: Fields;
  /** The reason of a refusal or of an unknown outcome, such as `transport: timeout`, without personal text. */
  readonly reason: string | null;
}

/** The messages of an outbox, counted by their states. */
export interface OutboxReport {
  /** All messages. */
  readonly total: number;
  /** Messages that were not sent yet. */
  readonly waiting: number;
  /** Messages whose requests are on their way. */
  readonly inFlight: number;
  /** Messages that may have been sent. They are repeated with their keys while the vendor knows the keys. */
  readonly inDoubt: number;
  /** Messages that the vendor accepted. */
  readonly sent: number;
  /** Messages that were refused. */
  readonly refused: number;
  /** The refused messages by reason, the most frequent reason first. A reason contains no personal text. */
  readonly refusedByReason: Readonly<Record<string, number>>;
  /** Messages that may have been sent, and are never repeated. */
  readonly unknown: number;
  /** The number of messages without an outcome. */
  readonly left: number;
  /** True if all messages were added, by `addAll`. */
  readonly isClosed: boolean;
  /** True if all messages were added and each has its outcome. */
  readonly isComplete: boolean;
  /** The reason why nothing is sent any more, such as `quota_exceeded`. */
  readonly stopped: string | null;
  /** Returns the counts as one line. */
  toString(): string;
}

// What every event has, whatever its kind.

/** What an event says beside its data: members of its body under their own names, and what was found verifying it. */
export interface EventFacts {
  /** The event's name, as the vendor writes it. */
  readonly name: string;
  /** The workspace it happened in. */
  readonly tenant_id: string | null;
  /** The delivery's id: the same for each try to deliver it. */
  readonly delivery_id: string | null;
  /** When it happened, in RFC 3339. */
  readonly occurred_at: string | null;
  /** What to remember so that the same delivery is not handled twice. */
  readonly replayKey: string;
  /** The end of remembering it: 24 hours from now at the least. `null` without a tolerance: then there is no end. */
  readonly deduplicateUntil: Date | null;
  /** When it was signed, in whole seconds. */
  readonly signedAt: Date;
  /** Which of the secrets matched, counted from 0: when it is no longer the old one, that can go. */
  readonly secretIndex: number;
}

/** An event that this version of the library does not know. */
export interface UnknownEvent extends EventFacts {
  /** So that the types of the known ones stay apart; what it is, its name says. */
  readonly type: "unknown";
  /** Its data. */
  readonly data: unknown;
}

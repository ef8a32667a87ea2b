// The members that every event has.

/**
 * The members of an event other than `type` and `data`. The name and the members with snake_case names come from the
 * body. The others are results of the verification.
 */
export interface EventMetadata {
  /** The vendor's name of the event. */
  readonly name: string;
  /** The workspace of the event. */
  readonly tenant_id: string | null;
  /** The delivery's id. It is the same for each attempt to deliver. */
  readonly delivery_id: string | null;
  /** The time of the event, in RFC 3339. */
  readonly occurred_at: string | null;
  /** The key to store, so that the same delivery is not handled twice. */
  readonly replayKey: string;
  /**
   * The time until which to store `replayKey`, at least 24 hours from now and at most the largest `Date`. `null`
   * without a tolerance: then store the key without a time limit.
   */
  readonly deduplicateUntil: Date | null;
  /** The time of signing, in whole seconds. */
  readonly signedAt: Date;
  /** The index of the secret that matched, from 0. An old secret that no longer matches can be removed. */
  readonly secretIndex: number;
}

/** An event that this version of the library does not know. */
export interface UnknownEvent extends EventMetadata {
  /** The fixed type of unknown events. `name` has the vendor's name. */
  readonly type: "unknown";
  /** The data. */
  readonly data: unknown;
}

/** Data whose form is inferred: any member may be absent, at any depth. */
export type Inferred<T> = T extends readonly (infer Item)[]
  ? readonly Inferred<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]?: Inferred<T[Name]> }
    : T;

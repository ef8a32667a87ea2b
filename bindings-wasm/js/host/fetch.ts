// A runtime's own fetch, as far as it differs from others.

/** One request that a runtime's own fetch sends. */
export interface Sending {
  /** Further members of fetch's options, which keep it from sending twice. */
  readonly init: object;
  /** Returns whether this failure is proof that no byte of the request was sent. */
  isUnsent(error: unknown): boolean;
  /** The status of the answer, where fetch was shown another. */
  status?(): number | undefined;
  /** Gives back what the request held. */
  end?(): void;
}

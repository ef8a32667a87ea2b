// The interface to what differs between the runtimes' `fetch`.

/** One request that the runtime's `fetch` sends. */
export interface Sending {
  /** Additional options of `fetch`, which keep it from sending the request twice. */
  readonly init: object;
  /** Returns true if the error proves that no byte of the request was sent. */
  isUnsent(error: unknown): boolean;
  /** Returns the status that the server sent, if the runtime's `fetch` received another one. */
  status?(): number | undefined;
  /** Releases the resources of the request. */
  end?(): void;
}

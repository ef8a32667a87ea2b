// Objects of core's, kept by what they were made from. A Worker makes a client for each request, with the same keys
// each time: so core reads them once, and what is made there is freed without waiting for a garbage collector.

interface Freed {
  free(): void;
}

/** The last few of a kind that were used. */
export class Kept<T extends Freed> {
  /** In the order in which they were used. */
  readonly #made = new Map<string, T>();
  readonly #most: number;
  #last: string | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** The one for this key. It is to be used at once: the next one may take its place. */
  get(key: string, make: () => T): T {
    const found = this.#made.get(key);
    if (found && key === this.#last) return found;
    const one = found ?? make();
    if (!this.#made.delete(key) && this.#made.size >= this.#most) {
      const [oldest, old] = this.#made.entries().next().value as [string, T];
      this.#made.delete(oldest);
      old.free();
    }
    this.#made.set(key, one);
    this.#last = key;
    return one;
  }
}

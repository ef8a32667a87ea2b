// A cache of core's objects. The key is the text from which an object is made. A Worker makes a client for each request with the
// same keys: with the cache, core reads them once. It also frees core's memory without waiting for a garbage collector.

interface Freed {
  free(): void;
}

/** A cache of the objects used last, at most `most`. */
export class LruCache<T extends Freed> {
  /** The objects, the one used last at the end. */
  readonly #made = new Map<string, T>();
  readonly #most: number;
  #last: string | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Returns the object of a key. Use it at once: the next call may free it. */
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

// The common parts of the stores of a rate limiter: one store for each place and name, and a time limit for the uses of a
// database client.

import { STORE_LONGEST_USE_MS } from "./generated/settings.js";
import type { RateLimiterStore } from "./rate-limiter.js";

/** The stores of each client or namespace, by their names. A program may ask for one in each request. */
const stores = new WeakMap<object, Map<string, RateLimiterStore>>();

/** Returns the store of this name in a place. The first call makes it, with `make`. */
export function namedStore(place: object, name: string, make: () => RateLimiterStore): RateLimiterStore {
  if (typeof name !== "string" || name === "") throw new TypeError("name: expected the name of the limiter, such as zagely:main");
  const named = stores.get(place) ?? new Map<string, RateLimiterStore>();
  stores.set(place, named);
  const store = named.get(name) ?? make();
  named.set(name, store);
  return store;
}

/** Returns the store of this name of a database client. Its uses have a time limit. */
export function clientStore(client: object, name: string, make: () => RateLimiterStore): RateLimiterStore {
  return namedStore(client, name, () => {
    const { load, swap } = make();
    return {
      load: () => limited(load()),
      swap: (old, next) => limited(swap(old, next)),
    };
  });
}

/**
 * Returns the result of `use`, or rejects after the longest time that core gives a use. A client that has lost its server may never end a command, and
 * a call that waits for it would never end either.
 */
export async function limited<T>(use: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const seconds = STORE_LONGEST_USE_MS / 1000;
    timer = setTimeout(() => reject(new Error(`the database client of the store has not answered in ${seconds} s; is its server running?`)), STORE_LONGEST_USE_MS);
  });
  try {
    return await Promise.race([use, late]);
  } finally {
    clearTimeout(timer);
  }
}

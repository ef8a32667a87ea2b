// The common part of the stores over a database client: one store for each client and name, and a time limit for each use.

import type { RateLimiterStore } from "./rate-limiter.js";

/** The longest use of a client, in milliseconds. Core counts a longer use of a store as failed too. */
const LONGEST = 5_000;

/** The stores of each client, by their names. A program may ask for one in each request. */
const stores = new WeakMap<object, Map<string, RateLimiterStore>>();

/** Returns the store of a client with this name. `make` makes it at the first time. */
export function clientStore(client: object, name: string, make: () => RateLimiterStore): RateLimiterStore {
  if (typeof name !== "string" || name === "") throw new TypeError("name: expected the name of the limiter, such as zagely:main");
  const named = stores.get(client) ?? new Map<string, RateLimiterStore>();
  stores.set(client, named);
  const found = named.get(name);
  if (found) return found;
  const { load, swap } = make();
  const store = {
    load: () => limited(load()),
    swap: (old: Uint8Array | undefined, next: Uint8Array) => limited(swap(old, next)),
  };
  named.set(name, store);
  return store;
}

/**
 * Returns the result of `use`, or rejects after five seconds. A client that has lost its server may never end a command, and
 * a call that waits for it would never end either.
 */
export async function limited<T>(use: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the client has not answered in ${LONGEST / 1000} s; is its server running?`)), LONGEST);
  });
  try {
    return await Promise.race([use, late]);
  } finally {
    clearTimeout(timer);
  }
}

// The rate limiter that the calls of one or several clients share.
//
// Core's limiter exists while calls run. Between calls only its state is kept, in JavaScript: a program that makes a client
// for each request frees none of them, and the memory of a wasm module never shrinks. The limiter of a store is the exception:
// it keeps its leased permits, so it stays until the program ends.

import { RateLimiter as Native } from "#client";

import { core } from "./exchange.js";
import { STORE_FAILURE_LIMIT_MS, STORE_MOST_SWAPS, STORE_REFUSES, STORE_TOO_SLOW } from "./generated/settings.js";
import { describe } from "./inspect.js";
import { isOptions } from "./json.js";

/** A place for the bytes of one limiter, through which several processes or Workers share the limits of a key. */
export interface RateLimiterStore {
  /** Returns the bytes, or `undefined` if the store is empty. */
  load(): Promise<Uint8Array | undefined>;
  /** Replaces the bytes if they are still `old`. Returns true if they were replaced. */
  swap(old: Uint8Array | undefined, next: Uint8Array): Promise<boolean>;
}

/** Options of a rate limiter. */
export interface RateLimiterOptions {
  /** The `state` of an earlier limiter. Default: a limiter that knows no limit. */
  readonly state?: Uint8Array | undefined;
  /**
   * The store through which processes share the limits: `redisStore` of `hudhud/redis`, `postgresStore` of `hudhud/postgres`,
   * `durableObjectStore` of `hudhud/cloudflare`, or your own. It keeps the state. Limiters with the same store object share
   * everything within an isolate.
   */
  readonly store?: RateLimiterStore | undefined;
}

/** A use of a store that has begun. It goes on if the call that began it ends earlier: its permits are for all calls. */
export interface StoreUse {
  /** True after the end of the use. */
  hasEnded: boolean;
  /** The error of the store. */
  failure?: { readonly error: unknown };
  /** The milliseconds for which the store has failed, or undefined if it holds bytes that are not a state; and the cause. */
  fault?: [failing: number | undefined, cause: unknown];
  /** Wakes the call at the end of the use. */
  wake(): void;
}

/** The limiters of stores. A program may make a limiter for each request. */
const SHARED = new WeakMap<RateLimiterStore, Native>();

/**
 * Decides when each request may leave, so that the limits of a key are used fully, but not exceeded. Every client has a
 * limiter. It learns the limits from the responses. Pass the same limiter to all clients that use the same key.
 *
 * ```ts
 * const rateLimiter = new RateLimiter();
 * const sales = new Zagely({ publicKey, secretKey, sessionId: "s-1", rateLimiter });
 * const support = new Zagely({ publicKey, secretKey, sessionId: "s-2", rateLimiter });
 * ```
 */
export class RateLimiter {
  readonly #store: RateLimiterStore | undefined;
  #native: Native | undefined;
  #state: Uint8Array | undefined;
  #running = 0;

  /** Creates a limiter from options, or from the `state` of an earlier one. */
  constructor(options: Uint8Array | RateLimiterOptions = {}) {
    const { state, store } = options instanceof Uint8Array ? { state: options, store: undefined } : chosen(options);
    if (state !== undefined) {
      if (!(state instanceof Uint8Array)) throw new TypeError("state: expected a Uint8Array");
      // Throws now if the state is invalid.
      core(() => new Native(state)).free();
      this.#state = state.slice();
    }
    this.#store = store;
    if (store) {
      const native = SHARED.get(store) ?? Native.with_store();
      SHARED.set(store, native);
      this.#native = native;
    }
    describe(this, () => `RateLimiter { waiting: ${this.waiting} }`);
  }

  /** The state, with which a later process can continue. It has about 100 bytes. It is undefined before the first call if the limiter was created without a state and without a store. */
  get state(): Uint8Array | undefined {
    return this.#native?.state() ?? this.#state?.slice();
  }

  /** The number of calls that wait for their turn. */
  get waiting(): number {
    return this.#native?.waiting ?? 0;
  }

  /** @internal Lets the requests of an exchange wait for their turn. Returns the function to call at its end. */
  hold(exchange: { wait_for(limiter: Native): void }): () => void {
    const native = (this.#native ??= new Native(this.#state));
    exchange.wait_for(native);
    // The limiter of a store has permits that later calls use.
    if (this.#store) return () => {};
    this.#running += 1;
    return () => {
      this.#running -= 1;
      if (this.#running > 0) return;
      this.#state = native.state();
      this.#native = undefined;
      native.free();
    };
  }

  /** @internal Begins a use of the store, if it is the turn of this call. After its end the call has to ask again at once. */
  refresh(): StoreUse | undefined {
    const [store, native] = [this.#store, this.#native];
    const useNumber = store && native?.begin_store_use(Date.now());
    if (!store || !native || useNumber === undefined) return undefined;
    const use: StoreUse = { hasEnded: false, wake: () => {} };
    void this.#use(store, native, useNumber, use);
    return use;
  }

  async #use(store: RateLimiterStore, native: Native, useNumber: number, use: StoreUse): Promise<void> {
    let isState = true;
    try {
      for (let swaps = 1; ; swaps++) {
        const stored = await store.load();
        const next = native.update(useNumber, stored, Date.now());
        isState = next !== undefined;
        if (!next) throw new TypeError("the stored bytes are not a state of a rate limiter; delete them");
        const isStored: unknown = await store.swap(stored, next);
        if (typeof isStored !== "boolean") throw new TypeError("store: its function swap returned no boolean; return true if the state was stored");
        if (isStored) {
          if (!native.stored(useNumber, Date.now())) throw new Error(STORE_TOO_SLOW);
          break;
        }
        if (swaps >= STORE_MOST_SWAPS) throw new Error(STORE_REFUSES);
      }
    } catch (error) {
      const failing = native.store_failed(useNumber, Date.now());
      use.failure = { error };
      if (!isState || failing >= STORE_FAILURE_LIMIT_MS) use.fault = [isState ? failing : undefined, error];
    }
    use.hasEnded = true;
    use.wake();
  }
}

/** Checks the options. */
function chosen(options: unknown): RateLimiterOptions {
  if (!isOptions(options)) throw new TypeError("state: expected a Uint8Array, or an object with state or store");
  for (const name of Object.keys(options)) {
    if (name !== "state" && name !== "store") throw new TypeError(`${name}: unknown option of a RateLimiter; expected state or store`);
  }
  const { state, store } = options as RateLimiterOptions;
  if (store !== undefined && (typeof store?.load !== "function" || typeof store.swap !== "function")) {
    throw new TypeError("store: expected an object with load and swap, such as durableObjectStore(…)");
  }
  if (store && state) throw new TypeError("state: leave it out, because the store keeps the state");
  return { state, store };
}

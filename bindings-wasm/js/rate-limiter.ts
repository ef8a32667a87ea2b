// The rate limiter that the calls of one or several clients share.
//
// Core's limiter exists while calls run. Between calls only its state is kept, in JavaScript: a program that makes a client
// for each request frees none of them, and the memory of a wasm module never shrinks.

import { RateLimiter as Native } from "#client";

import { core } from "./exchange.js";
import { describe } from "./inspect.js";

/**
 * Lets requests leave so that the limits of a key are used and not exceeded. Every client has one. It learns the limits
 * from the responses. Pass the same limiter to all clients that use the same key.
 *
 * ```ts
 * const rateLimiter = new RateLimiter();
 * const sales = new Zagely({ publicKey, secretKey, sessionId: "s-1", rateLimiter });
 * const support = new Zagely({ publicKey, secretKey, sessionId: "s-2", rateLimiter });
 * ```
 */
export class RateLimiter {
  #native: Native | undefined;
  #state: Uint8Array | undefined;
  #running = 0;

  /** Creates a limiter. `state` is the `state` of an earlier one. Default: a limiter that knows no limit. */
  constructor(state?: Uint8Array) {
    if (state !== undefined) {
      if (!(state instanceof Uint8Array)) throw new TypeError("state: expected a Uint8Array");
      // Throws now if the state is invalid.
      core(() => new Native(state)).free();
      this.#state = state.slice();
    }
    describe(this, () => `RateLimiter { waiting: ${this.waiting} }`);
  }

  /** The state, to continue with in a later process. It has about 100 bytes, or none before the first call. */
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
    this.#running += 1;
    exchange.wait_for(native);
    return () => {
      this.#running -= 1;
      if (this.#running > 0) return;
      this.#state = native.state();
      this.#native = undefined;
      native.free();
    };
  }
}

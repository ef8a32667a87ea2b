// The store of a rate limiter in a Durable Object with SQLite storage.

import { namedStore } from "./client-store.js";
import { DurableObjectBase, type ObjectContext, type ObjectNamespace, stubs } from "./durable-object.js";
import { isSame } from "./inbox-rules.js";
import type { RateLimiterStore } from "./rate-limiter.js";

/**
 * A Durable Object that keeps the state of a rate limiter, about 100 bytes. Export it from the Worker's main module, and add
 * it to `new_sqlite_classes` in wrangler's configuration.
 */
export class RateLimiterObject<Env = unknown> extends DurableObjectBase<Env> {
  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (id INTEGER PRIMARY KEY CHECK (id = 1), state BLOB NOT NULL)");
  }

  /** Returns the state, or `undefined` before the first use. */
  async load(): Promise<Uint8Array | undefined> {
    return this.#state();
  }

  /** Replaces the state if it is still `old`. Returns true if it was replaced. */
  async swap(old: Uint8Array | undefined, next: Uint8Array): Promise<boolean> {
    const stored = this.#state();
    const isOld = stored === undefined || old === undefined ? stored === old : isSame(stored, old);
    // Nothing is awaited, so no other call comes in between.
    if (isOld) this.ctx.storage.sql.exec("INSERT INTO hudhud_rate_limiter VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET state = ?1", next);
    return isOld;
  }

  #state(): Uint8Array | undefined {
    const [row] = this.ctx.storage.sql.exec<{ state: ArrayBuffer }>("SELECT state FROM hudhud_rate_limiter");
    return row && new Uint8Array(row.state);
  }
}

/**
 * Returns the store of a rate limiter in a Durable Object of the class `RateLimiterObject`. All isolates of all Workers that
 * use the same object share the limits. Take one `name` for each key of the vendor.
 *
 * ```ts
 * export { RateLimiterObject } from "hudhud/cloudflare";
 *
 * const rateLimiter = new RateLimiter({ store: durableObjectStore(env.LIMITER, "zagely:main") });
 * const zagely = Zagely.fromEnv(env, { rateLimiter });
 * ```
 */
export function durableObjectStore(namespace: ObjectNamespace, name: string): RateLimiterStore {
  const object = stubs<RateLimiterStore>(namespace);
  // The limiter outlives the request, so each use makes a stub.
  return namedStore(namespace, name, () => ({
    load: async () => object(name).load(),
    swap: async (old, next) => object(name).swap(old, next),
  }));
}

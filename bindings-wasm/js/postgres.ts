/**
 * The store of a rate limiter in PostgreSQL, through which processes share the limits of a key. It works with the packages `pg`
 * and `postgres`. Neither is a dependency of this package.
 *
 * ```ts
 * import { RateLimiter, Zagely } from "hudhud";
 * import { postgresStore } from "hudhud/postgres";
 * import { Pool } from "pg";
 *
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL, query_timeout: 5_000 });
 * pool.on("error", console.error);
 * const zagely = Zagely.fromEnv(process.env, { rateLimiter: new RateLimiter({ store: postgresStore(pool, "zagely:main") }) });
 * ```
 *
 * The stores of Python, Kotlin and Java use the same table, so processes in these languages share the limits too.
 *
 * @module
 */

import { clientStore, limited } from "./client-store.js";
import type { RateLimiterStore } from "./rate-limiter.js";

export type { RateLimiterStore } from "./rate-limiter.js";

/** The result of a statement of the package `pg`. */
export interface PgRows {
  /** The rows. */
  readonly rows: readonly unknown[];
  /** The number of rows that the statement returned or changed. */
  readonly rowCount: number | null;
}

/** A `Pool` of the package `pg`. */
export interface PgPool {
  /** Runs a statement. */
  query(query: string, values?: unknown[]): Promise<PgRows>;
}

/** The result of a statement of the package `postgres`. */
export interface PostgresRows extends ArrayLike<unknown> {
  /** The number of rows that the statement returned or changed. */
  readonly count: number | null;
}

/** The `sql` of the package `postgres`. */
export interface PostgresSql {
  /** Runs a statement. */
  unsafe(query: string, values?: never[]): PromiseLike<PostgresRows>;
}

/** Runs a statement. Returns its rows, and the number of rows that it returned or changed. */
type Run = (query: string, values?: unknown[]) => Promise<[rows: ArrayLike<unknown>, count: number | null]>;

// Statements that are sent together are one transaction. Two sessions that make the table at the same moment fail without the
// lock. The number is the text `hudhud`. Without the first statement, clients print the notice that the table is there.
const MAKE = `SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(114853405029732);
CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (name TEXT PRIMARY KEY, state BYTEA NOT NULL)`;
// A role that may not create tables can use one that is there.
const IS_MADE = "SELECT to_regclass('hudhud_rate_limiter') IS NOT NULL AS made";
const LOAD = "SELECT state FROM hudhud_rate_limiter WHERE name = $1";
const INSERT = "INSERT INTO hudhud_rate_limiter (name, state) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const UPDATE = "UPDATE hudhud_rate_limiter SET state = $2 WHERE name = $1 AND state = $3";

/** The clients whose table is there, or is being made. */
const made = new WeakMap<object, Promise<void>>();

/**
 * Returns the store of a rate limiter in the table `hudhud_rate_limiter` of PostgreSQL, which is made at the first use. Take
 * one `name` for each key of the vendor.
 *
 * A use that takes longer than five seconds counts as failed. The store stops waiting then, but the client keeps the connection.
 * Give the client time limits: `query_timeout` and `connectionTimeoutMillis` of `pg`, or `connect_timeout` of `postgres`.
 *
 * ```ts
 * const sql = postgres(process.env.DATABASE_URL); // or a Pool of pg
 * const zagely = Zagely.fromEnv(process.env, { rateLimiter: new RateLimiter({ store: postgresStore(sql, "zagely:main") }) });
 * ```
 */
export function postgresStore(pool: PgPool | PostgresSql, name: string): RateLimiterStore {
  const isSql = typeof (pool as Partial<PostgresSql> | undefined)?.unsafe === "function";
  if (!isSql && typeof (pool as Partial<PgPool> | undefined)?.query !== "function") {
    throw new TypeError("pool: expected a Pool of the package pg, or the sql of the package postgres");
  }
  const run = isSql ? ofPostgres(pool as PostgresSql) : ofPg(pool as PgPool);
  return clientStore(pool, name, () => ({
    async load() {
      await table(pool, run);
      const [rows] = await run(LOAD, [name]);
      const state = (rows[0] as { readonly state: unknown } | undefined)?.state;
      if (state === undefined || ArrayBuffer.isView(state)) return state as Uint8Array | undefined;
      throw new TypeError(`state: expected bytes from the client, not a ${typeof state}; configure it to read the type bytea as bytes`);
    },
    async swap(old, next) {
      await table(pool, run);
      const [, count] = await (old ? run(UPDATE, [name, next, old]) : run(INSERT, [name, next]));
      return count === 1;
    },
  }));
}

function ofPg(pool: PgPool): Run {
  return async (query, values) => {
    const { rows, rowCount } = await pool.query(query, values);
    return [rows, rowCount];
  };
}

function ofPostgres(sql: PostgresSql): Run {
  return async (query, values) => {
    const rows = await sql.unsafe(query, values as never[] | undefined);
    return [rows, rows.count];
  };
}

/** Makes the table if it is missing. */
function table(pool: object, run: Run): Promise<void> {
  const found = made.get(pool);
  if (found) return found;
  const makes = async () => {
    const [rows] = await run(IS_MADE);
    if (!(rows[0] as { readonly made: boolean }).made) await run(MAKE);
  };
  const done = limited(makes());
  made.set(pool, done);
  // The next use tries again.
  done.catch(() => made.delete(pool));
  return done;
}

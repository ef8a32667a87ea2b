// The inbox in a D1 database.

import { storageKey } from "#inbox";

import type { WebhookEvent } from "./generated/events.js";
import type { InboxChange, InboxStore, LeasedInboxOptions, TransactionalInbox } from "./inbox.js";
import { change, decided, failed, failure, receipt, refusal, rules } from "./inbox-rules.js";
import * as SQL from "./inbox-sql.js";
import { LeasedInbox } from "./leased-inbox.js";

/** A prepared statement of D1. */
export interface D1Statement {
  /** Sets the values of a statement. */
  bind(...values: unknown[]): D1Statement;
}

/** The result of a statement of D1. */
export interface D1Rows {
  /** The rows. */
  readonly results: readonly unknown[];
  /** The facts of the statement. */
  readonly meta: object;
}

/** A D1 database, such as `env.DB`. */
export interface D1 {
  /** Prepares a statement. */
  prepare(query: string): D1Statement;
  /** Runs statements in one transaction. */
  batch(statements: never[]): Promise<readonly D1Rows[]>;
}

/** Options of a transactional inbox in D1. */
export type TransactionalD1InboxOptions = Omit<LeasedInboxOptions, "leaseSeconds">;

/** The databases whose tables are up to date, or are being made. */
const migrated = new WeakMap<D1, Promise<void>>();

/** A store of an inbox in D1. It makes its tables at its first use. */
class D1Store implements InboxStore {
  readonly #database: D1;

  constructor(database: D1) {
    if (typeof database?.prepare !== "function") throw new TypeError("database: expected the binding of a D1 database; is it in wrangler's configuration?");
    this.#database = database;
  }

  async putOrGet(key: string, change: InboxChange): Promise<Uint8Array> {
    const [row] = (await this.run(SQL.PUT_OR_GET, ...SQL.values(key, change))).results;
    return bytes(row) as Uint8Array;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return bytes((await this.run(SQL.GET, key)).results[0]);
  }

  async replace(key: string, change: InboxChange): Promise<boolean> {
    return changes(await this.run(change.expected ? SQL.UPDATE : SQL.INSERT_IF_NEW, ...SQL.values(key, change))) > 0;
  }

  async poisoned(): Promise<string[]> {
    return (await this.run(SQL.POISONED)).results.map((row) => (row as { key: string }).key);
  }

  async forget(key: string): Promise<boolean> {
    return changes(await this.run(SQL.FORGET, key)) > 0;
  }

  /** Deletes old entries, unless another isolate did so a short time ago. */
  async cleanUp(now: number): Promise<void> {
    const isDue = await this.run(SQL.BEGIN_CLEAN_UP, now, now - SQL.CLEAN_UP_EVERY);
    if (changes(isDue) > 0) await this.run(SQL.CLEAN_UP, now);
  }

  /** Runs a statement. */
  async run(query: string, ...values: unknown[]): Promise<D1Rows> {
    await this.#migrated();
    return this.#run(query, ...values);
  }

  async #run(query: string, ...values: unknown[]): Promise<D1Rows> {
    const [rows] = await this.#database.batch([this.#database.prepare(query).bind(...values) as never]);
    return rows as D1Rows;
  }

  /** Makes the tables, or changes those of an earlier version. */
  #migrated(): Promise<void> {
    const found = migrated.get(this.#database);
    if (found) return found;
    const done = this.#migrate();
    migrated.set(this.#database, done);
    done.catch(() => migrated.delete(this.#database));
    return done;
  }

  async #migrate(): Promise<void> {
    const database = this.#database;
    await this.#run(SQL.VERSION_TABLE);
    const [row] = (await this.#run(SQL.VERSION)).results;
    for (const [number, statements] of SQL.missingSteps((row as { version: number | null }).version)) {
      const step = [...statements.map((one) => database.prepare(one)), database.prepare(SQL.ADD_VERSION).bind(number)];
      try {
        await database.batch(step as never[]);
      } catch (error) {
        // Another isolate may have been faster.
        const [now] = (await this.#run(SQL.VERSION)).results;
        if (((now as { version: number | null }).version ?? 0) < number) throw error;
      }
    }
  }
}

/** Returns an inbox that keeps its entries in a D1 database. A delivery takes at most three statements. */
export function d1Inbox(database: D1, options?: LeasedInboxOptions): LeasedInbox {
  return new LeasedInbox(new D1Store(database), options, database);
}

/**
 * Returns an inbox whose effects are statements in a D1 database. They occur exactly once, because the mark of the event is
 * written in the same batch. `handle` returns the statements, and does nothing else.
 *
 * ```ts
 * const inbox = (env: Env) =>
 *   transactionalD1Inbox(env.DB, (event) => [env.DB.prepare("INSERT INTO received VALUES (?)").bind(event.name)]);
 * export default { fetch: webhookHandler<Env>({ inbox }) };
 * ```
 */
export function transactionalD1Inbox<Database extends D1>(
  database: Database,
  handle: (event: WebhookEvent) => readonly D1Statement[] | Promise<readonly D1Statement[]>,
  options?: TransactionalD1InboxOptions,
): TransactionalInbox {
  if (typeof handle !== "function") throw new TypeError("handle: expected a function");
  const store = new D1Store(database);
  const ruled = rules(true, options);
  return {
    isTransactional: true,
    poisoned: () => store.poisoned(),
    forget: (key) => store.forget(key),
    async receive(event) {
      const key = storageKey(event.replayKey);
      const stored = await store.get(key);
      return decided(ruled, stored, event, async (decision) => {
        const mark = change(decision.change);
        if (decision.kind !== "handle" || !mark) return refusal(decision, !mark || (await store.replace(key, mark)));
        try {
          const statements = await handle(event);
          if (!Array.isArray(statements)) throw new TypeError("handle: expected it to return an array of statements");
          const statement = database.prepare(mark.expected ? SQL.UPDATE_OR_FAIL : SQL.INSERT).bind(...SQL.values(key, mark));
          await database.batch([statement, ...statements] as never[]);
          return receipt("handled");
        } catch (error) {
          // Another isolate was faster: nothing of the batch is stored.
          if (/constraint failed: hudhud_inbox\./.test(`${(error as Error | undefined)?.message}`)) return receipt("busy", 1000);
          // Refused if the batch was stored although its response was lost.
          const after = failure(ruled, decision, error);
          return (await store.replace(key, after)) ? failed(ruled, after, event, error) : receipt("busy", 1000);
        }
      });
    },
  };
}

/** Returns the entry of a row. D1 returns bytes as numbers. */
function bytes(row: unknown): Uint8Array | undefined {
  return row === undefined ? undefined : new Uint8Array((row as { entry: number[] }).entry);
}

function changes({ meta }: D1Rows): number {
  return (meta as { readonly changes?: number }).changes ?? 0;
}

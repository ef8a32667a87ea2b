// The inbox in Durable Objects with SQLite storage. The entries are spread over a fixed number of objects.

import { shard, storageKey } from "#inbox";

import { DurableObjectBase, type ObjectContext, type ObjectNamespace, type SqlStorage, stubs } from "./durable-object.js";
import type { WebhookEvent } from "./generated/events.js";
import type { InboxChange, InboxStore, LeasedInboxOptions, Receipt, TransactionalInbox } from "./inbox.js";
import { change, decided, failed, failure, receipt, refusal, rules } from "./inbox-rules.js";
import * as SQL from "./inbox-sql.js";
import { LeasedInbox } from "./leased-inbox.js";
import { onlyKnown } from "./near.js";

/** The number of objects, unless the program sets another one. */
const SHARDS = 256;
/** The number of objects that are asked at the same time. */
const AT_ONCE = 6;

/**
 * A Durable Object that keeps the entries of an inbox. Export it from the Worker's main module, and add it to
 * `new_sqlite_classes` in wrangler's configuration.
 *
 * It makes its tables at its first use. Its alarm deletes old entries. A delivery takes at most three statements.
 */
export class InboxObject<Env = unknown> extends DurableObjectBase<Env> {
  #hasAlarm = false;

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    storage.transactionSync(() => {
      storage.sql.exec(SQL.VERSION_TABLE);
      const { version } = storage.sql.exec<{ version: number | null }>(SQL.VERSION).one();
      for (const [number, statements] of SQL.missingSteps(version)) {
        for (const statement of statements) storage.sql.exec(statement);
        storage.sql.exec(SQL.ADD_VERSION, number);
      }
    });
    void ctx.blockConcurrencyWhile(async () => {
      this.#hasAlarm = (await storage.getAlarm()) !== null;
    });
  }

  /** Stores an entry if the key has none. Returns the stored entry. */
  async putOrGet(key: string, change: InboxChange): Promise<Uint8Array> {
    const stored = this.#entry(key);
    if (stored) return stored;
    this.#put(key, change);
    await this.#alarmed();
    return change.entry;
  }

  /** Stores an entry if the stored one is as expected. */
  async replace(key: string, change: InboxChange): Promise<boolean> {
    return this.#put(key, change);
  }

  /** Returns the keys of the poisoned events of this object. */
  async poisoned(): Promise<string[]> {
    return this.ctx.storage.sql.exec<{ key: string }>(SQL.POISONED).toArray().map(({ key }) => key);
  }

  /** Deletes an entry. Returns true if it existed. */
  async forget(key: string): Promise<boolean> {
    return this.ctx.storage.sql.exec(SQL.FORGET, key).rowsWritten > 0;
  }

  /** Deletes old entries. A subclass that overrides it must call it. */
  async alarm(): Promise<void> {
    const { sql } = this.ctx.storage;
    sql.exec(SQL.CLEAN_UP, this.now());
    this.#hasAlarm = false;
    if (sql.exec(SQL.HAS_OLD).toArray().length > 0) await this.#alarmed();
  }

  /** Returns the time, in milliseconds. A subclass in a test can replace it. */
  protected now(): number {
    return Date.now();
  }

  /** @internal Handles an event in a transaction with its mark. */
  protected handled(event: WebhookEvent, maxAttempts: number, handle: (sql: SqlStorage) => unknown): Receipt {
    const { storage } = this.ctx;
    const ruled = rules(true, { maxAttempts, now: () => this.now() });
    const key = storageKey(event.replayKey);
    // Nothing is awaited, so no other delivery comes in between.
    return decided(ruled, this.#entry(key), event, (decision) => {
      const mark = change(decision.change);
      if (decision.kind !== "handle") return refusal(decision, !mark || this.#put(key, mark));
      try {
        storage.transactionSync(() => {
          this.#put(key, mark as InboxChange);
          const result = handle(storage.sql);
          if (typeof (result as { then?: unknown } | undefined)?.then === "function") {
            throw new TypeError("handle: found a promise; remove async and await, because the transaction ends when handle returns");
          }
        });
        return receipt("handled");
      } catch (error) {
        const after = failure(ruled, decision, error);
        this.#put(key, after);
        return failed(ruled, after, event, error);
      }
    });
  }

  /** @internal Makes sure that an alarm is set. */
  protected async alarmIsSet(): Promise<void> {
    await this.#alarmed();
  }

  async #alarmed(): Promise<void> {
    if (this.#hasAlarm) return;
    this.#hasAlarm = true;
    await this.ctx.storage.setAlarm(Date.now() + SQL.CLEAN_UP_EVERY);
  }

  #entry(key: string): Uint8Array | undefined {
    const [row] = this.ctx.storage.sql.exec<{ entry: ArrayBuffer }>(SQL.GET, key);
    return row && new Uint8Array(row.entry);
  }

  #put(key: string, change: InboxChange): boolean {
    const statement = change.expected ? SQL.UPDATE : SQL.INSERT_IF_NEW;
    return this.ctx.storage.sql.exec(statement, ...SQL.values(key, change)).rowsWritten > 0;
  }
}

/**
 * A Durable Object that handles events itself. The effects of `handle` are rows in the object's database, and occur exactly
 * once, because the mark of the event is written in the same transaction.
 *
 * ```ts
 * export class Orders extends TransactionalInboxObject<Env> {
 *   handle(event: WebhookEvent, sql: SqlStorage) {
 *     sql.exec("CREATE TABLE IF NOT EXISTS received (name TEXT)");
 *     sql.exec("INSERT INTO received VALUES (?)", event.name);
 *   }
 * }
 * export default { fetch: webhookHandler<Env>({ inbox: (env) => transactionalObjectInbox(env.ORDERS) }) };
 * ```
 */
export abstract class TransactionalInboxObject<Env = unknown> extends InboxObject<Env> {
  /** The number of failed attempts after which an event is poisoned. Default 5. */
  protected readonly maxAttempts: number = 5;

  /**
   * Handles an event. It must not be asynchronous: all of its statements are in one transaction, which is rolled back if it
   * throws. Then the event is handled again at its next delivery.
   */
  protected abstract handle(event: WebhookEvent, sql: SqlStorage): void;

  /** Gets each error that `handle` threw. Default: `console.error`. */
  protected onError(error: unknown): void {
    console.error(error);
  }

  /** Handles the event of a verified delivery, unless it was handled before. */
  async receive(event: WebhookEvent): Promise<Receipt> {
    if (typeof this.handle !== "function") throw new TypeError("handle: expected a method in the class that extends TransactionalInboxObject");
    const { error, ...receipt } = this.handled(event, this.maxAttempts, (sql) => this.handle(event, sql));
    if (error !== undefined) this.onError(error);
    await this.alarmIsSet();
    return receipt;
  }
}

/** Options of the inbox in Durable Objects. */
export interface DurableObjectInboxOptions extends LeasedInboxOptions {
  /**
   * The number of objects among which the entries are distributed, from 1 to 65536. Default 256. After a change, events
   * that were handled before are handled again if they are delivered again.
   */
  readonly shards?: number | undefined;
}

/** An inbox whose events are handled in Durable Objects. If the option `objectOf` is set, the functions `poisoned` and `forget` need the name of an object. */
export interface TransactionalObjectInbox extends TransactionalInbox {
  /** Returns the keys of the poisoned events of an object, or of all objects. With the option `objectOf`, the name is required. */
  poisoned(object?: string): Promise<string[]>;
  /** Deletes the entry of an event, so that its next delivery is handled. Returns true if there was an entry. */
  forget(key: string, object?: string): Promise<boolean>;
}

/** Options of the inbox whose events are handled in Durable Objects. */
export interface TransactionalObjectInboxOptions {
  /**
   * Returns the name of the object that handles an event, such as the id of its contact. The same event must always have
   * the same name. Default: one of 256 objects, chosen by the replay key.
   */
  readonly objectOf?: ((event: WebhookEvent) => string) | undefined;
}

/**
 * Returns an inbox that keeps its entries in Durable Objects of the class `InboxObject`.
 *
 * ```ts
 * export { InboxObject } from "hudhud/cloudflare";
 * export default {
 *   fetch: webhookHandler<Env>({
 *     inbox: (env) => durableObjectInbox(env.INBOX),
 *     onEvent: (event, { lease, env }) => env.EVENTS.send({ key: lease.idempotencyKey, event }),
 *   }),
 * };
 * ```
 */
export function durableObjectInbox(namespace: ObjectNamespace, given: DurableObjectInboxOptions = {}): LeasedInbox {
  onlyKnown(given, ["shards", "leaseSeconds", "maxAttempts", "now"]);
  const { shards = SHARDS, ...options } = given;
  if (!Number.isInteger(shards) || shards < 1 || shards > 65536) throw new TypeError("shards: expected a number of objects from 1 to 65536");
  const object = stubs<InboxStore>(namespace);
  const store: InboxStore = {
    putOrGet: async (key, change) => object(shardName(key, shards)).putOrGet(key, change),
    replace: async (key, change) => object(shardName(key, shards)).replace(key, change),
    forget: async (key) => object(shardName(key, shards)).forget(key),
    poisoned: () => poisonedOf(object, shards),
  };
  return new LeasedInbox(store, options);
}

/**
 * Returns an inbox whose events are handled in Durable Objects of a class that extends `TransactionalInboxObject`. Its
 * effects are rows in the objects' databases, and occur exactly once.
 */
export function transactionalObjectInbox(namespace: ObjectNamespace, options: TransactionalObjectInboxOptions = {}): TransactionalObjectInbox {
  onlyKnown(options, ["objectOf"]);
  const { objectOf } = options;
  if (objectOf !== undefined && typeof objectOf !== "function") throw new TypeError("objectOf: expected a function");
  const object = stubs<TransactionalInbox>(namespace);
  const name = objectOf ?? ((event: WebhookEvent) => shardName(storageKey(event.replayKey), SHARDS));
  const named = (given: string | undefined) => {
    if (objectOf && given === undefined) throw new TypeError("object: expected a name that objectOf returns");
    return given;
  };
  return {
    isTransactional: true,
    // Only plain data comes from another isolate.
    receive: async (event) => ({ ...(await object(name(event)).receive(event)) }),
    async poisoned(given) {
      const one = named(given);
      return one === undefined ? poisonedOf(object, SHARDS) : [...(await object(one).poisoned())];
    },
    forget: async (key, given) => object(named(given) ?? shardName(key, SHARDS)).forget(key),
  };
}

/** Returns the keys of the poisoned events of all objects. */
async function poisonedOf(object: (name: string) => Pick<InboxStore, "poisoned">, shards: number): Promise<string[]> {
  const keys: string[] = [];
  for (let from = 0; from < shards; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, shards - from) }, (_, at) => object(nameOf(from + at)).poisoned());
    keys.push(...(await Promise.all(some)).flat());
  }
  return keys.sort();
}

function shardName(key: string, shards: number): string {
  return nameOf(shard(key, shards));
}

function nameOf(shard: number): string {
  return `hudhud-inbox-${shard}`;
}

// The parts of Cloudflare's types that the inbox and the rate limiter use, so that the package needs none of Cloudflare's
// packages, and the way to an object.

import { DurableObject as Base } from "#durable-object";

/** A value that SQLite stores. */
export type SqlValue = ArrayBuffer | ArrayBufferView | string | number | null;

/** The rows of a statement. */
export interface SqlRows<Row> extends Iterable<Row> {
  /** Returns all rows. */
  toArray(): Row[];
  /** Returns the row, and throws unless there is exactly one. */
  one(): Row;
  /** The number of rows that the statement wrote. */
  readonly rowsWritten: number;
}

/** The SQLite database of an object. */
export interface SqlStorage {
  /** Runs a statement. */
  exec<Row extends Record<string, ArrayBuffer | string | number | null>>(query: string, ...bindings: unknown[]): SqlRows<Row>;
}

/** The storage of an object. */
export interface ObjectStorage {
  /** The SQLite database. */
  readonly sql: SqlStorage;
  /** Runs a function in a transaction, which is rolled back if the function throws. */
  transactionSync<T>(run: () => T): T;
  /** Returns the time of the alarm. */
  getAlarm(): Promise<number | null>;
  /** Sets the alarm. */
  setAlarm(time: number): Promise<void>;
}

/** The context of an object. */
export interface ObjectContext {
  /** The storage. */
  readonly storage: ObjectStorage;
  /** Runs a function before any other event reaches the object. */
  blockConcurrencyWhile<T>(run: () => Promise<T>): Promise<T>;
}

/** A namespace of Durable Objects, such as `env.INBOX`. */
export interface ObjectNamespace {
  /** Returns the id of the object with a name. */
  idFromName(name: string): object;
  /** Returns a stub of an object. */
  get(id: never): object;
}

/** Cloudflare's base class of Durable Objects. */
export declare abstract class DurableObject<Env = unknown> {
  /** Cloudflare's mark of classes that can be called from other isolates. It exists only in the types. */
  readonly __DURABLE_OBJECT_BRAND: never;
  /** The context of the object. */
  protected readonly ctx: ObjectContext;
  /** The bindings of the Worker. */
  protected readonly env: Env;
  constructor(ctx: ObjectContext, env: Env);
}

/** Cloudflare's base class, as a value. */
export const DurableObjectBase: typeof DurableObject = Base as never;

/** Returns the function that makes the stub of the object with a name. A stub belongs to the request that made it. */
export function stubs<Stub>(namespace: ObjectNamespace): (name: string) => Stub {
  if (typeof namespace?.idFromName !== "function") {
    throw new TypeError("namespace: expected the binding of a Durable Object; is it in wrangler's configuration?");
  }
  return (name) => namespace.get(namespace.idFromName(name) as never) as Stub;
}

/**
 * The store of a rate limiter in Redis, through which processes share the limits of a key. It works with the packages `redis`,
 * version 5 or later, and `ioredis`. Neither is a dependency of this package.
 *
 * ```ts
 * import { RateLimiter, Zagely } from "hudhud";
 * import { redisStore } from "hudhud/redis";
 * import { createClient } from "redis";
 *
 * const client = createClient({ url: process.env.REDIS_URL });
 * client.on("error", console.error);
 * await client.connect();
 * const zagely = Zagely.fromEnv(process.env, { rateLimiter: new RateLimiter({ store: redisStore(client, "zagely:main") }) });
 * ```
 *
 * The stores of Python, Kotlin and Java use the same key, so processes in these languages share the limits too.
 *
 * @module
 */

import { clientStore } from "./client-store.js";
import type { RateLimiterStore } from "./rate-limiter.js";

export type { RateLimiterStore } from "./rate-limiter.js";

/** A client of the package `redis`: the result of `createClient`, `createCluster` or `createClientPool`. */
export interface NodeRedisClient {
  /** Returns the client with other types of replies. */
  withTypeMapping(mapping: never): object;
}

/** A client of the package `ioredis`: a `Redis` or a `Cluster`. */
export interface IoredisClient {
  /** Reads a key as bytes. */
  getBuffer(key: string): Promise<unknown>;
  /** Runs a script. */
  eval(...words: never[]): Promise<unknown>;
}

/** The two commands of a store. */
interface Commands {
  get(): Promise<unknown>;
  swap(old: string | Uint8Array, next: Uint8Array): Promise<unknown>;
}

/** Bytes are a `Buffer` of Node in both packages. Deno and Bun have this class too. */
interface Buffers {
  readonly Buffer: { from(memory: ArrayBufferLike, offset: number, length: number): Uint8Array };
}

const SWAP = `if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;
/** The type of bytes in Redis' protocol: the code of `$`. */
const BLOB_STRING = 36;

/**
 * Returns the store of a rate limiter in the key `hudhud:rate_limiter:NAME` of Redis. Take one `name` for each key of the
 * vendor. The state has no expiry: if Redis loses it, the limiter learns the limits again.
 *
 * A use that takes longer than five seconds counts as failed. The store stops waiting then, also if the client has no time
 * limits.
 *
 * ```ts
 * const client = new Redis(process.env.REDIS_URL); // of ioredis
 * const zagely = Zagely.fromEnv(process.env, { rateLimiter: new RateLimiter({ store: redisStore(client, "zagely:main") }) });
 * ```
 */
export function redisStore(client: NodeRedisClient | IoredisClient, name: string): RateLimiterStore {
  const isNodeRedis = typeof (client as Partial<NodeRedisClient> | undefined)?.withTypeMapping === "function";
  if (!isNodeRedis && typeof (client as Partial<IoredisClient> | undefined)?.getBuffer !== "function") {
    throw new TypeError("client: expected a client of the package redis, version 5 or later, or of ioredis");
  }
  return clientStore(client, name, () => {
    const key = `hudhud:rate_limiter:${name}`;
    const { get, swap } = isNodeRedis ? ofNodeRedis(client as NodeRedisClient, key) : ofIoredis(client as IoredisClient, key);
    return {
      load: async () => ((await get()) ?? undefined) as Uint8Array | undefined,
      swap: async (old, next) => Number(await swap(old ? buffer(old) : "", buffer(next))) === 1,
    };
  });
}

function ofNodeRedis(client: NodeRedisClient, key: string): Commands {
  const { Buffer } = globalThis as unknown as Buffers;
  const binary = client.withTypeMapping({ [BLOB_STRING]: Buffer } as never) as {
    get(key: string): Promise<unknown>;
    eval(script: string, options: object): Promise<unknown>;
  };
  return { get: () => binary.get(key), swap: (...words) => binary.eval(SWAP, { keys: [key], arguments: words }) };
}

function ofIoredis(client: IoredisClient, key: string): Commands {
  return { get: () => client.getBuffer(key), swap: (...words) => client.eval(...([SWAP, 1, key, ...words] as never[])) };
}

function buffer({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return (globalThis as unknown as Buffers).Buffer.from(buffer, byteOffset, byteLength);
}

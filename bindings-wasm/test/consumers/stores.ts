// The stores of rate limiters take the clients of their packages, with these packages' own types.
import { Cluster, Redis } from "ioredis";
import { RateLimiter, type RateLimiterStore } from "hudhud";
import { postgresStore } from "hudhud/postgres";
import { redisStore } from "hudhud/redis";
import pg from "pg";
import postgres from "postgres";
import { createClient, createClientPool, createCluster } from "redis";

export const stores: RateLimiterStore[] = [
  redisStore(createClient({ url: "redis://localhost" }), "zagely:main"),
  redisStore(await createClient().connect(), "zagely:main"),
  redisStore(createClient({ RESP: 3, commandOptions: { timeout: 5_000 } }), "zagely:main"),
  redisStore(createClientPool(), "zagely:main"),
  redisStore(createCluster({ rootNodes: [] }), "zagely:main"),
  redisStore(new Redis({ commandTimeout: 5_000 }), "zagely:main"),
  redisStore(new Cluster([]), "zagely:main"),
  postgresStore(new pg.Pool({ query_timeout: 5_000, connectionTimeoutMillis: 5_000 }), "zagely:main"),
  postgresStore(new pg.Client(), "zagely:main"),
  postgresStore(postgres("postgres://localhost", { connect_timeout: 5 }), "zagely:main"),
];
export const limiters = stores.map((store) => new RateLimiter({ store }));

// @ts-expect-error The client is not connected yet.
redisStore(createClient().connect(), "zagely:main");
// @ts-expect-error A client of the other server.
redisStore(new pg.Pool(), "zagely:main");
// @ts-expect-error A client of the other server.
postgresStore(new Redis(), "zagely:main");
// @ts-expect-error The name is missing.
redisStore(new Redis());

// Clients of Redis and PostgreSQL, and the stores of the package over them. `cargo xtask test` starts the servers and sets
// HUDHUD_REDIS_PORT and HUDHUD_POSTGRES_PORT.

import assert from "node:assert/strict";
import process from "node:process";

import { Redis } from "ioredis"; // One of the two clients of Redis that most programs have.
import pg from "pg"; // The client of PostgreSQL that most programs have. @types/pg has its types.
import postgres from "postgres"; // The other one.
import { createClient } from "redis"; // The other client of Redis, from Redis itself.

import { load } from "../about.mjs";

const { redisStore } = await load("redis");
const { postgresStore } = await load("postgres");
const host = "127.0.0.1";
const user = "hudhud";
// A server that is stopped is an event of the client too, which would end the program.
const quiet = (client) => client.on("error", () => {});

// The package prints notices by default.
const notice = ({ message }) => assert.fail(`a notice of PostgreSQL: ${message}`);

/** The ports of the servers. */
export const PORTS = { redis: Number(process.env.HUDHUD_REDIS_PORT), postgres: Number(process.env.HUDHUD_POSTGRES_PORT) };
/** The reason to skip the tests that need servers. */
export const skip = !PORTS.redis && !process.env.CI && "HUDHUD_REDIS_PORT is not set: run `cargo xtask test npm`";

/** Functions that make a client of each package, its stores, and the function that closes it. `port` leads to the server. */
export const CLIENTS = {
  redis: (port = PORTS.redis) => {
    const client = quiet(createClient({ socket: { host, port } }));
    client.connect().catch(() => {});
    return { client, store: (name) => redisStore(client, name), close: () => client.destroy() };
  },
  ioredis: (port = PORTS.redis) => {
    const client = quiet(new Redis({ host, port }));
    return { client, store: (name) => redisStore(client, name), close: () => client.disconnect() };
  },
  pg: (port = PORTS.postgres, database = "postgres", options = {}) => {
    const client = quiet(new pg.Pool({ host, port, user, database, max: 2, ...options }));
    return { client, store: (name) => postgresStore(client, name), close: () => client.end() };
  },
  postgres: (port = PORTS.postgres, database = "postgres") => {
    const client = postgres({ host, port, user, database, max: 2, onnotice: notice });
    return { client, store: (name) => postgresStore(client, name), close: () => client.end({ timeout: 1 }) };
  },
};

// The stores of rate limiters in Redis and PostgreSQL, over each client that they work with, on real servers.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { promisify } from "node:util";

import { bin, deno, load } from "./about.mjs";
import { limitedSandbox } from "./limited-sandbox.mjs";
import { CLIENTS, PORTS, skip } from "./rate-limiter/databases.mjs";

const { RateLimiter, StoreError, Zagely } = await load("index");
const { redisStore } = await load("redis");
const { postgresStore } = await load("postgres");
const KINDS = Object.keys(CLIENTS);
const OTHER = { redis: "ioredis", ioredis: "redis", pg: "postgres", postgres: "pg" };
/** As many bytes as a state has, and more: each value, also those that are not text. */
const BYTES = Uint8Array.from({ length: 256 }, (_, at) => 255 - at);

const opened = [];
/** Makes a client of a kind, which is closed after the tests. */
function open(kind, ...words) {
  const made = CLIENTS[kind](...words);
  opened.push(made);
  return made;
}
after(() => Promise.allSettled(opened.map(({ close }) => close())));

/** Makes a client that sends over a fake `fetch`. */
function sending(store) {
  const fetch = async () => new Response('{"message_id":"m-1"}', { status: 201, headers: { "X-RateLimit-Limit": "3000" } });
  return new Zagely({ publicKey: "pk_a", secretKey: "sk_b", sessionId: "s-1", fetch, rateLimiter: new RateLimiter({ store }) });
}
const text = { to: "+15550000001", message: "hi" };

for (const kind of KINDS) {
  test(`${kind}: bytes are replaced only if they are unchanged`, { skip }, async () => {
    const name = randomUUID();
    const [first, second, other] = [open(kind).store(name), open(OTHER[kind]).store(name), open(kind).store(`${name}:other`)];
    const [one, two, three] = [BYTES, BYTES.subarray(1, 108), BYTES.toReversed()];
    assert.equal(await first.load(), undefined);
    assert.equal(await first.swap(one, two), false);
    assert.equal(await first.swap(undefined, one), true);
    assert.deepEqual(Uint8Array.from(await second.load()), one);
    assert.equal(await second.swap(undefined, two), false);
    assert.equal(await second.swap(two, three), false);
    assert.equal(await second.swap(one, two), true);
    assert.deepEqual(Uint8Array.from(await first.load()), two);
    assert.equal(await first.swap(await first.load(), three), true);
    assert.deepEqual(Uint8Array.from(await second.load()), three);
    assert.equal(await other.load(), undefined);
  });

  test(`${kind}: of eight processes that begin at the same moment, one stores its bytes`, { skip }, async () => {
    const database = `first_${randomUUID().replaceAll("-", "")}`;
    const isSql = kind === "pg" || kind === "postgres";
    // A database without the table.
    if (isSql) await open("pg").client.query(`CREATE DATABASE ${database}`);
    const stores = Array.from({ length: 8 }, () => open(kind, undefined, isSql ? database : undefined).store(database));
    await Promise.all(stores.map((_, at) => (isSql ? opened.at(-1 - at).client : undefined)).map((client) => client && (client.unsafe?.("SELECT 1") ?? client.query("SELECT 1"))));
    const won = await Promise.all(stores.map((store, at) => store.swap(undefined, Uint8Array.of(at))));
    assert.equal(won.filter(Boolean).length, 1);
    assert.deepEqual([...(await stores[0].load())], [won.indexOf(true)]);
  });

  test(`${kind}: a client has one store for each name, so that limiters of it are one limiter`, { skip }, () => {
    const { store } = open(kind);
    assert.equal(store("a"), store("a"));
    assert.notEqual(store("a"), store("b"));
    assert.notEqual(store("a"), open(kind).store("a"));
  });
}

test("a server that is stopped is a StoreError after half a minute", { skip }, async () => {
  const sockets = [];
  const { now } = Date;
  const ways = await Promise.all(
    KINDS.map(async (kind) => {
      const way = createServer((socket) => {
        const server = connect(kind.includes("redis") ? PORTS.redis : PORTS.postgres, "127.0.0.1");
        for (const end of [socket, server]) end.on("error", () => {});
        socket.pipe(server).pipe(socket);
        sockets.push(socket, server);
      });
      await once(way.listen(0, "127.0.0.1"), "listening");
      const zagely = sending(open(kind, way.address().port).store(randomUUID()));
      assert.equal((await zagely.messages.send(text)).message_id, "m-1", kind);
      return { kind, way, zagely };
    }),
  );
  try {
    for (const { way } of ways) way.close();
    for (const socket of sockets) socket.destroy();
    // The leases of the first calls end. Half a minute passes after the first failures, which take up to five seconds.
    Date.now = () => now() + 5_000;
    const later = setTimeout(() => (Date.now = () => now() + 36_000), 6_500);
    const errors = await Promise.all(ways.map(({ zagely }) => zagely.messages.send(text).then(assert.fail, (error) => error)));
    clearTimeout(later);
    for (const [at, error] of errors.entries()) {
      const { kind } = ways[at];
      assert.ok(error instanceof StoreError, `${kind}: ${error}`);
      const { safeToRetry, mayHaveHappened, attempts } = error;
      assert.deepEqual({ safeToRetry, mayHaveHappened, attempts }, { safeToRetry: true, mayHaveHappened: false, attempts: 0 }, kind);
      assert.match(error.message, /^messages\.send: store: The store of the client's rate limiter has failed for \d\d s: correct it, or use no rate limiter/, kind);
      assert.ok(error.cause instanceof Error, `${kind}: ${error.cause}`);
    }
  } finally {
    Date.now = now;
  }
});

test("a server that never answers fails after five seconds, and hangs no call", { skip }, async () => {
  const sockets = [];
  const silent = createServer((socket) => void sockets.push(socket.on("error", () => {})));
  await once(silent.listen(0, "127.0.0.1"), "listening");
  const begun = performance.now();
  const uses = KINDS.flatMap((kind) => {
    const store = open(kind, silent.address().port).store("silent");
    return [store.load(), store.swap(undefined, BYTES)];
  });
  const ends = await Promise.allSettled(uses);
  const seconds = (performance.now() - begun) / 1000;
  silent.close();
  // A pool of pg does not end while it connects.
  for (const socket of sockets) socket.destroy();
  for (const [at, { reason }] of ends.entries()) assert.match(String(reason), /the database client of the store has not answered in 5 s|timeout|closed/i, KINDS[at >> 1]);
  assert.ok(seconds < 6, `${seconds} s`);
});

test("the key and the bytes in Redis are those of the Python package", { skip }, async () => {
  const { client } = open("ioredis");
  for (const kind of ["redis", "ioredis"]) {
    const name = `zagely:${randomUUID()}`;
    const { store } = open(kind);
    await store(name).swap(undefined, BYTES);
    assert.deepEqual(Uint8Array.from(await client.getBuffer(`hudhud:rate_limiter:${name}`)), BYTES);
    assert.equal(await client.ttl(`hudhud:rate_limiter:${name}`), -1);
    await client.set(`hudhud:rate_limiter:${name}`, Buffer.from(BYTES.toReversed()));
    assert.deepEqual(Uint8Array.from(await store(name).load()), BYTES.toReversed());
  }
});

test("the table and the bytes in PostgreSQL are those of the Python package", { skip }, async () => {
  const { client } = open("pg");
  for (const kind of ["pg", "postgres"]) {
    const database = `table_${randomUUID().replaceAll("-", "")}`;
    await client.query(`CREATE DATABASE ${database}`);
    const { store } = open(kind, undefined, database);
    await store("zagely:main").swap(undefined, BYTES);
    const { client: direct } = open("pg", undefined, database);
    const { rows } = await direct.query("SELECT name, encode(state, 'hex') AS hex FROM hudhud_rate_limiter");
    assert.deepEqual(rows, [{ name: "zagely:main", hex: Buffer.from(BYTES).toString("hex") }]);
    const columns = "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'hudhud_rate_limiter' ORDER BY 1";
    assert.deepEqual((await direct.query(columns)).rows.map((row) => Object.values(row).join()), ["name,text,NO", "state,bytea,NO"]);
    await direct.query("INSERT INTO hudhud_rate_limiter (name, state) VALUES ('python', '\\x00ff07'::bytea) ON CONFLICT DO NOTHING");
    assert.deepEqual([...(await store("python").load())], [0, 255, 7]);
  }
});

test("a role that may make no tables uses the table that is there", { skip }, async () => {
  const { client, store } = open("pg");
  const name = randomUUID();
  const role = `limited_${name.replaceAll("-", "")}`;
  await store(name).swap(undefined, BYTES);
  await client.query(`CREATE ROLE ${role} LOGIN; GRANT SELECT, INSERT, UPDATE ON hudhud_rate_limiter TO ${role}`);
  await client.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  const limited = open("pg", undefined, "postgres", { user: role }).store(name);
  assert.equal(await limited.swap(BYTES, BYTES.subarray(1)), true);
});

test("a client that reads bytes as text is named", { skip }, async () => {
  const { store } = open("pg");
  const name = randomUUID();
  await store(name).swap(undefined, BYTES);
  const asText = open("pg", undefined, "postgres", { types: { getTypeParser: () => (value) => value } }).store(name);
  await assert.rejects(asText.load(), { name: "TypeError", message: /^state: expected bytes from the client, not a string/ });
});

test("wrong arguments are named", () => {
  const redis = { getBuffer: async () => null, eval: async () => 1 };
  const pool = { query: async () => ({ rows: [], rowCount: 0 }) };
  for (const client of [undefined, null, 5, "redis://localhost", {}, Promise.resolve(redis), pool]) {
    assert.throws(() => redisStore(client, "n"), { name: "TypeError", message: /^client: expected a client of the package redis, version 5 or later, or of ioredis/ }, String(client));
  }
  for (const given of [undefined, null, 5, "postgres://localhost", {}, Promise.resolve(pool), redis]) {
    assert.throws(() => postgresStore(given, "n"), { name: "TypeError", message: /^pool: expected a Pool of the package pg, or the sql of the package postgres/ }, String(given));
  }
  for (const name of [undefined, null, "", 5]) {
    assert.throws(() => redisStore(redis, name), { name: "TypeError", message: /^name: expected the name of the limiter/ });
    assert.throws(() => postgresStore(pool, name), { name: "TypeError", message: /^name: expected the name of the limiter/ });
  }
});

const [LIMIT, PER_PROCESS] = [600, 40];
const bun = join(bin, "bun");
const denoRun = [deno.path, "run", "--quiet", "--no-lock", "--allow-all"];
for (const [where, processes] of [
  ["Redis", [["redis", process.execPath], ["ioredis", bun], deno.skip ? ["redis", bun] : ["redis", ...denoRun]]],
  ["PostgreSQL", [["pg", process.execPath], ["postgres", bun], deno.skip ? ["pg", bun] : ["postgres", ...denoRun]]],
]) {
  test(`${where}: processes of Node, Bun and Deno share the limit of a key`, { skip, timeout: 60_000 }, async () => {
    const sandbox = await limitedSandbox(LIMIT);
    try {
      const options = JSON.stringify(sandbox.options);
      const script = join(import.meta.dirname, "rate-limiter/process.mjs");
      const name = randomUUID();
      const outputs = await Promise.all(
        processes.map(([kind, command, ...more], at) =>
          promisify(execFile)(command, [...more, script, kind, name, String(PER_PROCESS), String(at * PER_PROCESS), options]),
        ),
      );
      const sent = outputs.flatMap(({ stdout }) => JSON.parse(stdout));
      assert.equal(new Set(sent.map(([id]) => id)).size, processes.length * PER_PROCESS);
      const times = sent.map(([, at]) => at);
      const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
      // Each limiter alone would send its burst of 48, and so all of its messages, at once.
      assert.ok(seconds > (sent.length - 48) / (LIMIT / 60), `${sent.length} sends in ${seconds.toFixed(1)} s`);
    } finally {
      sandbox.stop();
    }
  });
}

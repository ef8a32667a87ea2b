// One of the processes of `cargo xtask fleet`, which share the limits of a key by a store in Redis, PostgreSQL or a Durable
// Object. It prints a line for each event.
//
// It reads the variables `FLEET_…`, and sends `FLEET_SENDS` messages at once and an urgent one every `FLEET_URGENT` seconds.
// With the argument `worker`, the Worker of the object sends them.

import { pipeline } from "node:stream/promises";
import process from "node:process";

import { load } from "./about.mjs";
import { CLIENTS } from "./rate-limiter/databases.mjs";
import { objectStore } from "./rate-limiter/object-store.mjs";
import { sendMany } from "./rate-limiter/sends.mjs";

const { RateLimiter, Zagely } = await load("index");
const given = (name) => process.env[`FLEET_${name}`];

const options = { publicKey: given("PUBLIC"), secretKey: given("SECRET"), baseUrl: given("BASE_URL"), sessionId: given("SESSION") };
const settings = { first: Number(given("FIRST")), sends: Number(given("SENDS")), every: Number(given("URGENT")) };
const [kind, port] = given("STORE").split(":");

if (process.argv[2] === "worker") {
  const body = JSON.stringify({ ...settings, options });
  const response = await fetch(`http://127.0.0.1:${port}/send`, { method: "POST", body });
  if (!response.ok) throw new Error(`the Worker answered ${response.status}: ${await response.text()}`);
  await pipeline(response.body, process.stdout);
} else {
  const opened = {
    postgres: CLIENTS.pg,
    redis: CLIENTS.redis,
    "durable-object": (port) => ({ store: () => objectStore(port), close() {} }),
  };
  const { store, close } = opened[kind](Number(port));
  const rateLimiter = new RateLimiter({ store: store("fleet") });
  const client = (fetch) => new Zagely({ ...options, fetch, rateLimiter });
  await sendMany({ ...settings, client }, (line) => console.log(line));
  await close();
}

// One of the processes of `cargo xtask fleet`, which share the limits of a key by a store in Redis or PostgreSQL. It
// prints a line for each event.
//
// It reads the variables `FLEET_…`, and sends `FLEET_SENDS` messages at once and an urgent one every `FLEET_URGENT` seconds.

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

import { load } from "./about.mjs";
import { CLIENTS } from "./rate-limiter/databases.mjs";

const { RateLimiter, Zagely } = await load("index");
const given = (name) => process.env[`FLEET_${name}`];
const now = () => Date.now() / 1000;

const [kind, port] = given("STORE").split(":");
const { store, close } = CLIENTS[kind === "postgres" ? "pg" : "redis"](Number(port));
const fetching = async (...request) => {
  const response = await fetch(...request);
  console.log(`attempt ${now()} ${response.status}`);
  return response;
};
const zagely = new Zagely({
  publicKey: given("PUBLIC"),
  secretKey: given("SECRET"),
  baseUrl: given("BASE_URL"),
  sessionId: given("SESSION"),
  fetch: fetching,
  rateLimiter: new RateLimiter({ store: store("fleet") }),
});
const first = Number(given("FIRST"));
let isOver = false;
const urgent = async () => {
  for (;;) {
    await sleep(Number(given("URGENT")) * 1000);
    if (isOver) return;
    const begun = now();
    await zagely.messages.send({ to: "+15559999999", message: "hi" }, { lane: "urgent" });
    console.log(`urgent ${now()} ${now() - begun}`);
  }
};
const others = urgent();
const bulk = Array.from({ length: Number(given("SENDS")) }, async (_, number) => {
  await zagely.messages.send({ to: `+1555${String(first + number).padStart(7, "0")}`, message: "hi" });
  console.log(`arrived ${now()}`);
});
await Promise.all(bulk);
isOver = true;
await others;
await close();

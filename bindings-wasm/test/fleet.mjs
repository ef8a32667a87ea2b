// One of the processes of `cargo xtask fleet`, which share the limits of a key by a store in Redis. It prints a line for each event.
//
// It reads the variables `FLEET_…`, and sends `FLEET_SENDS` messages at once and an urgent one every `FLEET_URGENT` seconds.

import { connect } from "node:net";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

import { load } from "./about.mjs";

const { RateLimiter, Zagely } = await load("index");
const given = (name) => process.env[`FLEET_${name}`];
const now = () => Date.now() / 1000;

/** A client of Redis with one connection, for commands whose answer is a number or bytes. */
class Redis {
  #socket;
  #received = Buffer.alloc(0);
  #waiting = [];

  constructor(port) {
    this.#socket = connect(port, "127.0.0.1").setNoDelay();
    this.#socket.on("data", (data) => {
      this.#received = Buffer.concat([this.#received, data]);
      while (this.#answer());
    });
  }

  #answer() {
    const end = this.#received.indexOf("\r\n");
    if (end < 0) return false;
    const [kind, text] = [String.fromCharCode(this.#received[0]), this.#received.toString("latin1", 1, end)];
    const size = kind === "$" && text !== "-1" ? Number(text) + 2 : 0;
    if (this.#received.length < end + 2 + size) return false;
    const bytes = this.#received.subarray(end + 2, end + 2 + size - 2);
    this.#received = this.#received.subarray(end + 2 + size);
    const { resolve, reject } = this.#waiting.shift();
    if (kind === "-") reject(new Error(text));
    else resolve(kind === ":" ? Number(text) : size > 0 ? new Uint8Array(bytes) : undefined);
    return true;
  }

  ask(...words) {
    const parts = words.map((word) => Buffer.from(word));
    const head = Buffer.from(`*${parts.length}\r\n`);
    this.#socket.write(Buffer.concat([head, ...parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from("\r\n")])]));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  end() {
    this.#socket.end();
  }
}

const SWAP = `if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;
const KEY = "hudhud:rate_limiter:fleet";

const redis = new Redis(Number(given("STORE").replace("redis:", "")));
const store = {
  load: () => redis.ask("GET", KEY),
  swap: async (old, next) => (await redis.ask("EVAL", SWAP, "1", KEY, old ?? "", next)) === 1,
};
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
  rateLimiter: new RateLimiter({ store }),
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
redis.end();

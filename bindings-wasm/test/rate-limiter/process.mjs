// A process that sends messages with a limiter in Redis or PostgreSQL, and prints the id of each
// message and the time at which it was sent.

import process from "node:process";

import { load } from "../about.mjs";
import { CLIENTS } from "./databases.mjs";

const { RateLimiter, Zagely } = await load("index");
const [kind, name, count, first, options] = process.argv.slice(2);
const { store, close } = CLIENTS[kind]();
const zagely = new Zagely({ ...JSON.parse(options), rateLimiter: new RateLimiter({ store: store(name) }) });
const sent = Array.from({ length: Number(count) }, async (_, number) => {
  const { message_id } = await zagely.messages.send({ to: `+1555${String(Number(first) + number).padStart(7, "0")}`, message: "hi" });
  return [message_id, Date.now()];
});
console.log(JSON.stringify(await Promise.all(sent)));
await close();

// Measures the cost of an observer as a share of a call over a socket on loopback. The server runs in another process.

import { performance } from "node:perf_hooks";
import process from "node:process";

const ROUNDS = 600;
/** The number of calls in a turn, for each side. */
const BATCH = 10;
const WARM = 3000;
const median = (numbers) => numbers.sort((one, other) => one - other)[numbers.length >> 1];

/** Prints the ratio of a call with each observer to the same call without one. The sides take turns. */
export async function observers({ Zagely }) {
  const baseUrl = process.env.HUDHUD_LOOPBACK;
  console.log("\ncost of an observer, contacts.get over loopback in Node");
  if (!baseUrl) return console.log("  not measured: `cargo xtask bench npm` starts the loopback server");
  const client = (options) => new Zagely({ publicKey: "pk_bench", secretKey: "sk_bench", baseUrl, ...options });
  let length = 0;
  const count = (message) => {
    length += message.length;
  };
  const logger = { debug: count, info: count, warn: count, error: count };
  const plain = client({});
  const sides = {
    "no observer: the error of this measurement": client({}),
    "an observer that does nothing": client({ observer: { begin() {}, event() {}, end() {} } }),
    "logger, logLevel debug": client({ logger, logLevel: "debug" }),
  };
  const timed = async (of) => {
    const begun = performance.now();
    for (let at = 0; at < BATCH; at++) await of.contacts.get("c-1");
    return ((performance.now() - begun) * 1000) / BATCH;
  };
  for (let at = 0; at < WARM / BATCH; at++) for (const of of [plain, ...Object.values(sides)]) await timed(of);
  for (const [name, observed] of Object.entries(sides)) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const first = await timed(round % 2 ? observed : plain);
      const second = await timed(round % 2 ? plain : observed);
      rounds.push(round % 2 ? [first, second] : [second, first]);
    }
    const ratio = median(rounds.map(([with_, without]) => with_ / without)).toFixed(3);
    const micros = (at) => median(rounds.map((round) => round[at])).toFixed(1);
    console.log(`  ${name.padEnd(46)}${micros(0).padStart(8)} µs, without it ${micros(1).padStart(8)} µs, ratio ${ratio}`);
  }
  if (!length) throw new Error("the logger got no message");
}

// Measures the inbox in Durable Objects in Cloudflare's runtime: the bytes of storage per event, compared with an object for each
// event, and the deliveries per second, compared with a receiver that is written by hand on the same store.
//
//     PACKAGE=FOLDER node bench/inbox.mjs
//
// A million events in 256 objects are 3,906 events in each object: two objects with as many each are measured.

import { join } from "node:path";

import { Miniflare } from "miniflare";

import { modulesOf } from "../test/inbox/runtime.mjs";

const SHARDS = 2;
const OF_A_MILLION = Math.floor(1e6 / 256);
const ROUNDS = 5;
const objects = (className) => ({ className, useSQLite: true });
const miniflare = new Miniflare({
  compatibilityDate: "2026-07-01",
  modulesRoot: "/",
  modules: await modulesOf(join(import.meta.dirname, "inbox-worker.js")),
  durableObjects: { INBOX: objects("Inbox"), PLAIN: objects("Plain"), SEEN: objects("Seen") },
});

/** Handles events. Returns what the Worker counted, and the events per second. */
async function run(how, events) {
  const begun = performance.now();
  const response = await miniflare.dispatchFetch(`http://worker/${how}?events=${events}&shards=${SHARDS}`);
  const bytes = await response.json();
  return { bytes, perSecond: (events / (performance.now() - begun)) * 1000 };
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
await run("inbox", 200);
await run("hand", 200);
const [rounds, events] = [[], Math.floor((SHARDS * OF_A_MILLION - 200) / ROUNDS)];
for (let round = 0; round < ROUNDS; round++) rounds.push([await run("inbox", events), await run("hand", events)]);
const [inbox, hand] = [0, 1].map((at) => median(rounds.map((round) => round[at].perSecond)));
const each = await run("each", 200);
console.log(
  JSON.stringify({
    "inbox, bytes per event": Math.round(rounds.at(-1)[0].bytes / (200 + ROUNDS * events)),
    "an object for each event, bytes per event": Math.round(each.bytes / 200),
    "inbox, deliveries per second": Math.round(inbox),
    "by hand, deliveries per second": Math.round(hand),
    ratio: Number(median(rounds.map(([one, other]) => one.perSecond / other.perSecond)).toFixed(2)),
  }),
);
await miniflare.dispose();

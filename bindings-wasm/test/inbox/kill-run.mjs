// Kills Cloudflare's runtime with SIGKILL at random while deliveries arrive, and compares the effects with the events.
//
//     node test/inbox/kill-run.mjs --inbox durable-object --deliveries 100000 --kills 1000
//
// One in a hundred deliveries is made twice at the same moment, one is made again later, one has an old signature, one is
// forged, one is answered, but the answer is lost, so that it is made again, and the handler of one fails at first. As the
// vendor does, the driver delivers each event until it gets the status 200. The waits are shorter than the vendor's.

import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";

import { load } from "../about.mjs";
import { Runtime } from "./runtime.mjs";

const { sign } = await load("testing");

/** The inboxes whose entries are on disk. */
export const INBOXES = ["durable-object", "transactional-durable-object", "d1", "transactional-d1"];
const CLIENTS = 6;

/** Returns a generator of numbers from 0 to 1 (mulberry32). */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The vendor: makes deliveries until each genuine event was answered with a success. */
class Vendor {
  counts = {};
  made = 0;
  #due = [];
  #later = [];
  #next = 0;

  constructor(runtime, inbox, deliveries, share, random) {
    Object.assign(this, { runtime, inbox, share, random });
    this.genuine = Array.from({ length: deliveries }, (_, number) => `e-${number}`);
    this.open = new Set(this.genuine);
  }

  async run() {
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
  }

  /** Returns the next delivery: its event and its kind. */
  #following() {
    const now = Date.now();
    const at = this.#later.findIndex(([time]) => time <= now);
    if (at >= 0) return this.#later.splice(at, 1)[0].slice(1);
    if (this.#due.length > 0) return this.#due.shift();
    const key = this.genuine[this.#next++];
    if (key === undefined) return undefined;
    const chance = this.random() / this.share;
    if (chance < 1) {
      this.#due.push([key, "twice"]);
      return [key, "twice"];
    }
    if (chance < 2) this.#later.push([now + 500 + this.random() * 2500, key, "later"]);
    else if (chance < 3) return [key, "old"];
    else if (chance < 4) {
      this.#due.push([key, "genuine"]);
      return [`forged-${key}`, "forged"];
    } else if (chance < 5) return [key, "lost"];
    else if (chance < 6) return [key, "failing"];
    return [key, "genuine"];
  }

  async #client() {
    for (;;) {
      const following = this.#following();
      if (!following) {
        if (this.open.size === 0 && this.#later.length === 0) return;
        await sleep(10);
        continue;
      }
      const [key, kind] = following;
      const event = { event: "webhook.test", delivery_id: key, data: kind === "failing" ? { fails: 1 } : { message: "x" } };
      const now = kind === "old" ? Date.now() - 400_000 : Date.now();
      const response = await this.runtime.post(this.inbox, sign(kind === "forged" ? "whsec_wrong" : "whsec_test", event, { now }));
      this.#answered(key, kind, response?.status);
    }
  }

  #answered(key, kind, status) {
    if (status !== undefined) this.made++;
    for (const name of [`made ${kind}`, `status ${status}`]) this.counts[name] = (this.counts[name] ?? 0) + 1;
    const refused = status === undefined || status === 401;
    if (kind === "forged") return assert.ok(refused, `a forged delivery was answered with ${status}`);
    if (kind === "old") {
      assert.ok(refused, `an old delivery was answered with ${status}`);
      this.#due.push([key, "genuine"]);
    } else if (status === 200 && kind !== "lost") this.open.delete(key);
    else if (this.open.has(key)) this.#later.push([Date.now() + (status === undefined || status === 200 ? 50 : 200), key, "genuine"]);
  }
}

/** Runs a receiver that is killed. `share` is the share of each kind of unusual deliveries. Returns its facts. Throws unless the effects equal the events. */
export async function runWithKills({ inbox, deliveries, kills, share = 0.01, seed = 1, recognizes = true }) {
  const random = dice(seed);
  // A lease of 5 seconds ends after one, and the wait after a failure too.
  const runtime = await Runtime.start({ SPEED: 5, BEGIN: Date.now(), LEASE: 5, ATTEMPTS: 1_000_000, RECOGNIZES: recognizes, AFTER: recognizes ? 0 : 10 });
  try {
    const begun = Date.now();
    const vendor = new Vendor(runtime, inbox, deliveries, share, random);
    let [isOver, killed] = [false, 0];
    const killing = (async () => {
      // The kills are spread over the run, each at a random moment.
      const due = Array.from({ length: kills }, () => random() * deliveries).sort((one, other) => one - other);
      while (!isOver && due.length > 0) {
        if (vendor.made >= due[0]) {
          due.shift();
          await sleep(random() * 20);
          await runtime.kill();
          killed++;
        }
        await sleep(1);
      }
    })();
    const running = vendor.run().finally(() => (isOver = true));
    const watch = (async () => {
      for (let [open, since] = [0, Date.now()]; !isOver; await sleep(100)) {
        if (vendor.open.size !== open) [open, since] = [vendor.open.size, Date.now()];
        assert.ok(Date.now() - since < 30_000, `nothing happens: ${vendor.open.size} events are open, ${JSON.stringify(vendor.counts)}`);
      }
    })();
    await Promise.all([killing, running, watch]).finally(() => (isOver = true));
    const seconds = (Date.now() - begun) / 1000;
    const found = new Map();
    for (const key of await runtime.get(`${inbox}/effects`)) found.set(key, (found.get(key) ?? 0) + 1);
    const genuine = new Set(vendor.genuine);
    const facts = {
      inbox,
      events: genuine.size,
      effects: [...found.values()].reduce((sum, count) => sum + count, 0),
      "events without effect": [...genuine].filter((key) => !found.has(key)).length,
      "events with two effects": [...found.values()].filter((count) => count > 1).length,
      "effects without event": [...found.keys()].filter((key) => !genuine.has(key)).length,
      kills: killed,
      "deliveries with an answer": vendor.made,
      seconds: Number(seconds.toFixed(1)),
      ...vendor.counts,
    };
    const isRight = facts.effects === facts.events && !facts["events without effect"] && !facts["effects without event"] && killed === kills;
    assert.ok(isRight, JSON.stringify(facts));
    return facts;
  } finally {
    await runtime.stop();
  }
}

if (import.meta.filename === process.argv[1]) {
  const { values } = parseArgs({
    options: {
      inbox: { type: "string", default: "all" },
      deliveries: { type: "string", default: "100000" },
      kills: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      "without-keys": { type: "boolean", default: false },
    },
  });
  for (const inbox of values.inbox === "all" ? INBOXES : [values.inbox]) {
    const [deliveries, kills, seed] = [values.deliveries, values.kills, values.seed].map(Number);
    console.log(JSON.stringify(await runWithKills({ inbox, deliveries, kills, seed, recognizes: !values["without-keys"] })));
  }
}

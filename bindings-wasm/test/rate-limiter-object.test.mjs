// The rate limiter in Cloudflare's runtime: many sends at once, and two Workers that share the limit of one key by an object.
// `HUDHUD_SENDS` sends at once meet a limit of `HUDHUD_LIMIT` per minute. `cargo xtask soak` sets 10,000 and 3,000.

import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";

import { Miniflare } from "miniflare";

import { modulesOf } from "./inbox/runtime.mjs";
import { limitedSandbox } from "./limited-sandbox.mjs";

const SENDS = Number(process.env.HUDHUD_SENDS ?? 120);
const LIMIT = Number(process.env.HUDHUD_LIMIT ?? 600);
const SHARED_LIMIT = 1200;
const [REQUESTS, CALLS] = [6, 20];

/** Runs Workers by the names of `objects`, each with its object, and passes `run` the function that sends messages in one. */
async function inWorkers(objects, limit, run) {
  const sandbox = await limitedSandbox(limit);
  let miniflare;
  try {
    const modules = await modulesOf(join(import.meta.dirname, "rate-limiter/worker.js"));
    const worker = { compatibilityDate: "2026-07-01", modulesRoot: "/", modules };
    const workers = Object.entries(objects).map(([name, object]) => ({
      ...worker,
      name,
      durableObjects: { LIMITER: { className: "RateLimiterObject", useSQLite: true, ...object } },
    }));
    miniflare = new Miniflare({ workers });
    await run(async (name, settings) => {
      const found = await miniflare.getWorker(name);
      const body = JSON.stringify({ ...settings, options: sandbox.options });
      const response = await found.fetch("http://worker/send", { method: "POST", body });
      assert.equal(response.status, 200, await response.clone().text());
      return (await response.text()).trim().split("\n").map((line) => line.split(" "));
    });
  } finally {
    await miniflare?.dispose();
    sandbox.stop();
  }
}

/** Returns the ids of the messages that arrived, the times of their responses, and the number of refused attempts. */
function counted(events) {
  const arrived = events.filter(([kind]) => kind === "arrived");
  const refused = events.filter(([kind, , status]) => kind === "attempt" && status === "429").length;
  return { ids: new Set(arrived.map(([, , id]) => id)), times: arrived.map(([, at]) => Number(at)), refused };
}

test("all sends at once arrive in a Worker", { timeout: 400_000 }, async () => {
  await inWorkers({ one: {} }, LIMIT, async (send) => {
    const begun = Date.now() / 1000;
    const { ids, times, refused } = counted(await send("one", { first: 0, sends: SENDS, isAlone: true }));
    assert.equal(ids.size, SENDS);
    assert.ok(refused * 1000 <= SENDS, `${refused} refused`);
    const ends = times.map((at) => at - begun);
    const last = Math.max(...ends);
    const whole = Math.floor(last / 60);
    const used = ends.filter((at) => at > 60 && at < 60 * whole).length / (LIMIT * Math.max(whole - 1, 1));
    console.log(`${SENDS} sends in ${Math.round(last)} s, ${(used * 100).toFixed(1)} % of the limit used`);
    if (SENDS >= 3 * LIMIT) assert.ok(used >= 0.97, String(used));
  });
});

test("two Workers share the limit of a key", { timeout: 60_000 }, async () => {
  await inWorkers({ one: {}, other: { scriptName: "one" } }, SHARED_LIMIT, async (send) => {
    const begun = performance.now();
    const requests = Array.from({ length: 2 * REQUESTS }, (_, number) => send(number % 2 ? "one" : "other", { first: number * CALLS, sends: CALLS }));
    const { ids, refused } = counted((await Promise.all(requests)).flat());
    const seconds = (performance.now() - begun) / 1000;
    assert.equal(ids.size, 2 * REQUESTS * CALLS);
    assert.equal(refused, 0);
    // Two separate limiters would have two bursts of 8 %, and twice the pace.
    assert.ok(seconds > (ids.size - 20) / (SHARED_LIMIT / 60), `${ids.size} sends in ${seconds.toFixed(1)} s`);
  });
});

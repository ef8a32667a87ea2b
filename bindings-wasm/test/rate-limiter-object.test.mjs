// The rate limiter of a Durable Object in Cloudflare's runtime: two Workers and many requests share the limit of one key.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { Miniflare } from "miniflare";

import { modulesOf } from "./inbox/runtime.mjs";
import { limitedSandbox } from "./limited-sandbox.mjs";

const LIMIT = 1200;
const [REQUESTS, CALLS] = [6, 20];

test("two Workers share the limit of a key", { timeout: 60_000 }, async () => {
  const sandbox = await limitedSandbox(LIMIT);
  let miniflare;
  try {
    const worker = {
      compatibilityDate: "2026-07-01",
      modulesRoot: "/",
      modules: await modulesOf(join(import.meta.dirname, "rate-limiter/worker.js")),
      bindings: { CLIENT: sandbox.options },
    };
    const limiter = { className: "RateLimiterObject", useSQLite: true };
    miniflare = new Miniflare({
      workers: [
        { ...worker, name: "one", durableObjects: { LIMITER: limiter } },
        { ...worker, name: "other", durableObjects: { LIMITER: { ...limiter, scriptName: "one" } } },
      ],
    });
    const ask = async (name, number) => {
      const found = await miniflare.getWorker(name);
      const response = await found.fetch(`http://worker/?count=${CALLS}&first=${number * CALLS}`);
      assert.equal(response.status, 200, await response.clone().text());
      return response.json();
    };
    const begun = performance.now();
    const results = await Promise.all(Array.from({ length: 2 * REQUESTS }, (_, number) => ask(number % 2 ? "one" : "other", number)));
    const seconds = (performance.now() - begun) / 1000;
    const ids = results.flatMap(({ ids }) => ids);
    assert.equal(new Set(ids).size, 2 * REQUESTS * CALLS);
    assert.equal(results.reduce((sum, { refused }) => sum + refused, 0), 0);
    // Two separate limiters would have two bursts of 8 %, and twice the pace.
    assert.ok(seconds > (ids.length - 20) / (LIMIT / 60), `${ids.length} sends in ${seconds.toFixed(1)} s`);
  } finally {
    await miniflare?.dispose();
    sandbox.stop();
  }
});

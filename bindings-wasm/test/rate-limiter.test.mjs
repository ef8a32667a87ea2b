// The rate limiter of a client: against the sandbox with a limit per minute, and with a fake `fetch`.
// `HUDHUD_SENDS` sends at once meet a limit of `HUDHUD_LIMIT` per minute. `cargo xtask soak` sets 10,000 and 3,000.

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";

import { load } from "./about.mjs";
import { limitedSandbox } from "./limited-sandbox.mjs";

const { RateLimiter, StoreError, WaitTooLongError, Wazaj, Zagely } = await load("index");
const SENDS = Number(process.env.HUDHUD_SENDS ?? 120);
const LIMIT = Number(process.env.HUDHUD_LIMIT ?? 600);
const send = { to: "+15550000001", message: "hi" };

function client(limit, options = {}) {
  const fetch = async () => new Response('{"message_id":"m-1"}', { status: 201, headers: { "X-RateLimit-Limit": String(limit) } });
  return new Zagely({ publicKey: "pk_a", secretKey: "sk_b", sessionId: "s-1", fetch, ...options });
}

/** Makes calls until one has to wait for its turn. Returns that error. */
async function useUp(zagely, options = { deadlineMs: 10 }) {
  for (let number = 0; number < 1000; number += 1) {
    try {
      await zagely.messages.send(send, options);
    } catch (error) {
      if (error instanceof WaitTooLongError) return error;
      throw error;
    }
  }
  throw new Error("no call had to wait");
}

test("all sends at once arrive", async () => {
  const sandbox = await limitedSandbox(LIMIT);
  try {
    const zagely = new Zagely(sandbox.options);
    const begun = performance.now();
    const ends = [];
    const sends = Array.from({ length: SENDS }, async (_, number) => {
      const { message_id } = await zagely.messages.send({ to: `+1555${String(number).padStart(7, "0")}`, message: "hi" });
      ends.push((performance.now() - begun) / 1000);
      return message_id;
    });
    assert.equal(new Set(await Promise.all(sends)).size, SENDS);
    const whole = Math.floor(Math.max(...ends) / 60);
    const used = ends.filter((at) => at > 60 && at < 60 * whole).length / (LIMIT * Math.max(whole - 1, 1));
    console.log(`${SENDS} sends in ${Math.round(Math.max(...ends))} s, ${(used * 100).toFixed(1)} % of the limit used`);
    if (SENDS >= 3 * LIMIT) assert.ok(used >= 0.97, String(used));
  } finally {
    sandbox.stop();
  }
});

test("a turn after the deadline is an error that says how long", async () => {
  const rateLimiter = new RateLimiter();
  const error = await useUp(client(60, { rateLimiter }));
  const { kind, attempts, safeToRetry, mayHaveHappened, retryAfterMs, message } = error;
  assert.deepEqual({ kind, attempts, safeToRetry, mayHaveHappened }, { kind: "wait_too_long", attempts: 0, safeToRetry: true, mayHaveHappened: false });
  assert.ok(retryAfterMs > 0 && retryAfterMs < 2000, String(retryAfterMs));
  assert.match(message, /The client's rate limiter did not send the call.*or with a later deadline\.$/);
  assert.equal(rateLimiter.waiting, 0);
});

test("an urgent call passes those that wait", async () => {
  const zagely = client(600);
  await useUp(zagely);
  await zagely.messages.send(send, { lane: "urgent", deadlineMs: 500 });
  await assert.rejects(Promise.resolve(zagely.messages.send(send, { lane: "fast" })), /lane: expected urgent or bulk/);
});

test("aborted calls give their places up", async () => {
  const rateLimiter = new RateLimiter();
  const zagely = client(60, { rateLimiter });
  await useUp(zagely);
  const warnings = [];
  process.on("warning", (warning) => warnings.push(warning.name));
  const controller = new AbortController();
  const calls = Array.from({ length: 50 }, () => zagely.messages.send(send, { signal: controller.signal }).then(null, (error) => error));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(rateLimiter.waiting > 40, String(rateLimiter.waiting));
  controller.abort();
  const errors = await Promise.all(calls);
  assert.ok(errors.every((error) => error?.name === "AbortError"), String(errors.find((error) => error?.name !== "AbortError")));
  assert.equal(rateLimiter.waiting, 0);
  // Node warns of many listeners on one signal.
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(warnings, []);
});

test("a call ends by its signal and by its deadline while its store hangs", async () => {
  let uses = 0;
  const store = {
    load: () => {
      uses += 1;
      return new Promise(() => {});
    },
    swap: async () => false,
  };
  const zagely = client(60, { rateLimiter: new RateLimiter({ store }) });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const begun = Date.now();
  await assert.rejects(Promise.resolve(zagely.messages.send(send, { signal: controller.signal })), { name: "AbortError", mayHaveHappened: false });
  assert.ok(Date.now() - begun < 2_000, "the abort");
  const begunLate = Date.now();
  await assert.rejects(Promise.resolve(zagely.messages.send(send, { deadlineMs: 7_000 })), { kind: "store", mayHaveHappened: false });
  const elapsed = Date.now() - begunLate;
  assert.ok(elapsed < 8_000, `the deadline: ${elapsed} ms`);
  assert.ok(uses > 1, "another use replaces the one that hangs");
});

test("the call that begins a use of a store that hangs ends by its deadline, and the next one gets the permits", async () => {
  const memory = new MemoryStore();
  const { load, swap } = memory.store();
  let [uses, release] = [0, () => {}];
  const hangs = new Promise((resolve) => (release = resolve));
  const store = {
    load: async () => {
      uses += 1;
      await hangs;
      return load();
    },
    swap,
  };
  const zagely = client(60, { rateLimiter: new RateLimiter({ store }) });
  const begun = Date.now();
  await assert.rejects(Promise.resolve(zagely.messages.send(send, { deadlineMs: 300 })), { kind: "wait_too_long", mayHaveHappened: false });
  const elapsed = Date.now() - begun;
  assert.ok(elapsed < 2_000, `${elapsed} ms`);
  release();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await zagely.messages.send(send, { deadlineMs: 2_000 });
  assert.equal(uses, 1);
});

test("clients share a limiter, or have none", async () => {
  const rateLimiter = new RateLimiter();
  await useUp(client(60, { rateLimiter }));
  await assert.rejects(Promise.resolve(client(60, { rateLimiter }).messages.send(send, { deadlineMs: 10 })), WaitTooLongError);
  const free = client(60, { rateLimiter: null });
  for (let number = 0; number < 100; number += 1) await free.messages.send(send, { deadlineMs: 1000 });
  assert.throws(() => client(60, { rateLimiter: {} }), { name: "TypeError", message: /^rateLimiter: expected a RateLimiter, or null$/ });
  assert.throws(() => new Wazaj({ apiKey: "wzj_a", baseUrl: "https://x.test/api/wazaj/business", rateLimiter: true }), TypeError);
});

test("a used up quota ends calls at once", async () => {
  const error = '{"error":{"code":"daily_quota_exceeded","message":"Daily request quota exceeded."}}';
  let sent = 0;
  const fetch = async () => {
    sent += 1;
    return new Response(error, { status: 429, headers: { "Retry-After": "7200" } });
  };
  const zagely = client(60, { fetch });
  await assert.rejects(Promise.resolve(zagely.messages.send(send)), { kind: "quota_exceeded" });
  await assert.rejects(Promise.resolve(zagely.messages.send(send)), { kind: "wait_too_long", message: /The quota resets in (2 h|120 min)/ });
  assert.equal(sent, 1);
});

test("a state continues in another limiter", async () => {
  const rateLimiter = new RateLimiter();
  assert.equal(rateLimiter.state, undefined);
  await useUp(client(60, { rateLimiter }));
  const again = new RateLimiter(rateLimiter.state);
  await assert.rejects(Promise.resolve(client(60, { rateLimiter: again }).messages.send(send, { deadlineMs: 10 })), WaitTooLongError);
  assert.throws(() => new RateLimiter(new Uint8Array([7])), { name: "TypeError", message: /^state: expected the state of a RateLimiter/ });
  assert.throws(() => new RateLimiter("state"), { name: "TypeError", message: /^state: expected a Uint8Array/ });
  assert.throws(() => new RateLimiter({ limit: 3 }), { name: "TypeError", message: /^limit: unknown option/ });
});

/** Bytes that several stores keep together, as those of several processes would. Counts the uses. */
class MemoryStore {
  bytes;
  swaps = 0;
  fails = false;

  store() {
    return {
      load: async () => {
        if (this.fails) throw new Error("the store is away");
        return this.bytes;
      },
      swap: async (old, next) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (Buffer.compare(old ?? Buffer.of(), this.bytes ?? Buffer.of()) !== 0) return false;
        this.bytes = next;
        this.swaps += 1;
        return true;
      },
    };
  }
}

test("a failure of the store is logged, without the text of its error", async () => {
  const lines = [];
  const nothing = () => {};
  const logger = { debug: nothing, info: nothing, error: nothing, warn: (text) => lines.push(text) };
  const memory = new MemoryStore();
  memory.fails = true;
  const zagely = client(3000, { rateLimiter: new RateLimiter({ store: memory.store() }), logger });
  const sent = Promise.resolve(zagely.messages.send(send));
  await new Promise((resolve) => setTimeout(resolve, 100));
  memory.fails = false;
  await sent;
  assert.match(lines[0], /^hudhud: messages\.send #\d+: the store of the rate limiter failed \(Error\); the calls wait$/);
});

test("a store that refuses each swap counts as failing", async () => {
  let loads = 0;
  const store = { load: async () => void loads++, swap: async () => false };
  const zagely = client(3000, { rateLimiter: new RateLimiter({ store }) });
  const error = await Promise.resolve(zagely.messages.send(send, { deadlineMs: 500 })).then(assert.fail, (error) => error);
  assert.ok(error instanceof StoreError, String(error));
  // After the first failure the next use begins a second later.
  assert.equal(loads, 100);
});

test("limiters on one store share the limit", async () => {
  const memory = new MemoryStore();
  const times = [];
  const fetch = async () => {
    times.push(performance.now());
    return new Response('{"message_id":"m-1"}', { status: 201, headers: { "X-RateLimit-Limit": "3000" } });
  };
  const clients = [1, 2, 3].map(() => client(0, { fetch, rateLimiter: new RateLimiter({ store: memory.store() }) }));
  await Promise.all(clients.flatMap((zagely) => Array.from({ length: 50 }, () => zagely.messages.send(send))));
  assert.equal(times.length, 150);
  // 3,000 a minute are 50 a second. Each limiter alone would have a burst of 240.
  const seconds = (times.at(-1) - times[10]) / 1000;
  assert.ok(140 / seconds < 60, `150 sends in ${seconds.toFixed(2)} s`);
  assert.ok(memory.swaps < 75, `${memory.swaps} uses of the store for 150 calls`);
});

test("limiters of one store object are one limiter", async () => {
  const store = new MemoryStore().store();
  const send = () => client(60, { rateLimiter: new RateLimiter({ store }) }).messages.send({ to: "+15550000001", message: "hi" });
  await send();
  const later = [send(), send(), send(), send(), send(), send()];
  later.forEach((call) => Promise.resolve(call).catch(() => {}));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(new RateLimiter({ store }).waiting > 0);
  await Promise.allSettled(later);
});

test("a store that fails lets calls wait, and bytes that are not a state are an error", async () => {
  const memory = new MemoryStore();
  memory.fails = true;
  const zagely = client(3000, { rateLimiter: new RateLimiter({ store: memory.store() }) });
  const sent = Promise.resolve(zagely.messages.send(send));
  await new Promise((resolve) => setTimeout(resolve, 100));
  memory.fails = false;
  assert.equal((await sent).message_id, "m-1");

  memory.bytes = Uint8Array.of(7);
  const fresh = client(3000, { rateLimiter: new RateLimiter({ store: memory.store() }) });
  const error = await Promise.resolve(fresh.messages.send(send)).then(assert.fail, (error) => error);
  assert.ok(error instanceof StoreError, String(error));
  assert.match(error.message, /^messages\.send: store: The store of the client's rate limiter holds bytes that are not a state: delete them/);
  const { kind, safeToRetry, mayHaveHappened, attempts } = error;
  assert.deepEqual({ kind, safeToRetry, mayHaveHappened, attempts }, { kind: "store", safeToRetry: true, mayHaveHappened: false, attempts: 0 });
  assert.match(error.message, /the call had no effect\.$/);

  // The call was sent, and its response was lost, before the store got other bytes.
  const broken = new MemoryStore();
  const lost = async () => {
    broken.bytes = Uint8Array.of(7);
    throw new Error("the connection was lost");
  };
  const again = client(60, { fetch: lost, rateLimiter: new RateLimiter({ store: broken.store() }) });
  const after = await Promise.resolve(again.messages.send(send)).then(assert.fail, (error) => error);
  assert.ok(after instanceof StoreError, String(after));
  assert.match(after.message, /repeat it with the idempotency key of this error\.$/);
  assert.ok(after.mayHaveHappened && after.safeToRetry && after.idempotencyKey?.length > 0, JSON.stringify(after));

  // The vendor refused the call before the store got other bytes, so nothing happened.
  const late = new MemoryStore();
  const refused = async () => {
    late.bytes = Uint8Array.of(7);
    return new Response('{"error":{"code":"rate_limit_exceeded","message":"Too many requests."}}', { status: 429, headers: { "Retry-After": "0" } });
  };
  const third = client(60, { fetch: refused, rateLimiter: new RateLimiter({ store: late.store() }) });
  const unsent = await Promise.resolve(third.messages.send(send)).then(assert.fail, (error) => error);
  assert.ok(unsent instanceof StoreError, String(unsent));
  assert.equal(unsent.attempts, 1);
  assert.ok(!unsent.mayHaveHappened && unsent.safeToRetry, JSON.stringify(unsent));
  assert.throws(() => new RateLimiter({ store: {} }), { name: "TypeError", message: /^store: expected an object with load and swap/ });
});

// `hudhud/cloudflare` in Cloudflare's runtime: each inbox over a socket, with its storage on disk.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import fastify from "fastify";

import { load } from "./about.mjs";
import { runWithKills, INBOXES } from "./inbox/kill-run.mjs";
import { Runtime } from "./inbox/runtime.mjs";

const { sign, toRequest } = await load("testing");
const inNode = await load("cloudflare");

/** The inboxes that keep entries in one database with the handler's effects. */
const isTransactional = (inbox) => inbox.startsWith("transactional");

let numbers = 0;
/** Returns a key that no other test uses. */
const fresh = () => `t-${numbers++}`;
const delivery = (delivery_id, data = {}, secret = "whsec_test") => sign(secret, { event: "webhook.test", delivery_id, data });

describe("in one runtime", { timeout: 60_000 }, () => {
  let runtime;
  before(async () => {
    runtime = await Runtime.start();
  });
  after(() => runtime.stop());

  const post = async (inbox, key, data, secret) => {
    const response = await runtime.post(inbox, delivery(key, data, secret));
    return [response.status, response.headers["retry-after"] ?? null];
  };
  const passed = (seconds) => runtime.get(`clock?add=${seconds * 1000}`);
  const effects = async (inbox, key) => (await runtime.get(`${inbox}/effects`)).filter((one) => one === key).length;

  for (const inbox of [...INBOXES, "forgetful"]) {
    describe(inbox, () => {
      test("deliveries at the same moment have one effect, and later ones are duplicates", async () => {
        const key = fresh();
        const statuses = (await Promise.all(Array.from({ length: 12 }, () => post(inbox, key)))).map(([status]) => status);
        assert.ok(statuses.includes(200) && statuses.every((status) => status === 200 || status === 503), `${statuses}`);
        assert.deepEqual(await post(inbox, key), [200, null]);
        assert.equal(await effects(inbox, key), 1);
      });

      test("a handler that fails is called again after a wait", async () => {
        const key = fresh();
        await runtime.get("log");
        assert.deepEqual(await post(inbox, key, { fails: 2 }), [503, "5"]);
        assert.deepEqual(await post(inbox, key, { fails: 2 }), [503, "5"]);
        assert.equal(await effects(inbox, key), 0);
        await passed(6);
        assert.deepEqual(await post(inbox, key, { fails: 2 }), [503, "30"]);
        await passed(31);
        assert.deepEqual(await post(inbox, key, { fails: 2 }), [200, null]);
        assert.equal(await effects(inbox, key), 1);
        const log = await runtime.get("log");
        assert.equal(log.filter((line) => line === "Error: the handler fails").length, 2);
        const leases = log.filter((line) => line.key === key).map(({ attempt, token, seconds }) => [attempt, token, seconds]);
        assert.deepEqual(leases, isTransactional(inbox) ? [] : [[1, 1, 30], [2, 2, 30], [3, 3, 30]]);
      });

      test("an event is poisoned after five attempts", async () => {
        const key = fresh();
        for (const [status, retryAfter, wait] of [[503, "5", 6], [503, "30", 31], [503, "150", 151], [503, "900", 901], [500, null, 7200]]) {
          assert.deepEqual(await post(inbox, key, { fails: 9 }), [status, retryAfter]);
          await passed(wait);
        }
        assert.deepEqual(await post(inbox, key), [500, null]);
        assert.equal(await effects(inbox, key), 0);
        assert.ok((await runtime.get(`${inbox}/poisoned`)).includes(key));
        assert.deepEqual([await runtime.get(`${inbox}/forget?key=${key}`), await runtime.get(`${inbox}/forget?key=${key}`)], [true, false]);
        assert.deepEqual(await post(inbox, key), [200, null]);
        assert.equal(await effects(inbox, key), 1);
      });

      test("a rejected event is poisoned at once", async () => {
        const key = fresh();
        assert.deepEqual(await post(inbox, key, { rejects: true }), [500, null]);
        assert.deepEqual(await post(inbox, key), [500, null]);
        assert.equal(await effects(inbox, key), 0);
      });

      test("a forged delivery stores nothing, and the genuine one is handled", async () => {
        const key = fresh();
        await runtime.get("statements");
        assert.deepEqual(await post(inbox, key, {}, "whsec_wrong"), [401, null]);
        assert.equal(await runtime.get("statements"), 0);
        assert.deepEqual(await post(inbox, key), [200, null]);
      });

      test("a delivery takes at most three statements", async () => {
        const key = fresh();
        await post(inbox, fresh());
        await runtime.get("statements");
        for (const [data, wait] of [[{ fails: 1 }, 6], [{}, 0], [{}, 0]]) {
          await post(inbox, key, data);
          const count = await runtime.get("statements");
          assert.ok(count <= 3 && (count > 0 || inbox === "forgetful"), `${count}`);
          await passed(wait);
        }
        assert.equal(await effects(inbox, key), 1);
      });

      test("a key with other characters is handled once too", async () => {
        const key = `a b/${fresh()} ${"x".repeat(300)}`;
        assert.deepEqual([await post(inbox, key), await post(inbox, key)], [[200, null], [200, null]]);
      });

      test("a handler that takes longer than its lease does not store its result", { skip: isTransactional(inbox) }, async () => {
        const key = fresh();
        await runtime.get("log");
        const slow = post(inbox, key, { waits: 400 });
        while ((await runtime.get("log")).length === 0);
        assert.deepEqual(await post(inbox, key), [503, "30"]);
        await passed(31);
        assert.deepEqual(await post(inbox, key), [200, null]);
        assert.deepEqual(await slow, [503, "1"]);
        assert.match(`${await runtime.get("log")}`, /took longer than its lease in attempt 1; raise leaseSeconds/);
        assert.equal(await effects(inbox, key), 1);
      });
    });
  }

  test("an asynchronous transactional handler in an object is an error, and has no effect", async () => {
    const key = fresh();
    await runtime.get("log");
    assert.deepEqual(await post("transactional-durable-object", key, { isAsync: true }), [503, "5"]);
    assert.match(`${await runtime.get("log")}`, /handle: found a promise/);
    assert.equal(await effects("transactional-durable-object", key), 0);
  });

  test("without objectOf an event is handled in one of 256 objects, which is always the same", async () => {
    const keys = [fresh(), fresh(), fresh()];
    for (const [status, statements] of [[200, 2], [200, 1]]) {
      for (const key of keys) {
        await runtime.get("statements");
        assert.deepEqual(await post("transactional-shards", key), [status, null]);
        assert.equal(await runtime.get("statements"), statements, "the second delivery only reads");
      }
    }
  });

  test("a transactional handler in D1 that returns no statements is an error that says so", async () => {
    const key = fresh();
    await runtime.get("log");
    assert.deepEqual(await post("transactional-d1", key, { returnsNothing: true }), [503, "5"]);
    assert.match(`${await runtime.get("log")}`, /TypeError: handle: expected it to return an array of statements/);
  });

  test("a batch that fails has no effect, and is run again", async () => {
    const key = fresh();
    assert.deepEqual(await post("transactional-d1", key, { breaks: true }), [503, "5"]);
    await passed(6);
    assert.deepEqual(await post("transactional-d1", key), [200, null]);
    assert.equal(await effects("transactional-d1", key), 1);
  });

  test("an object's alarm deletes old entries, and is set again as long as there are some", async () => {
    assert.equal(await post("durable-object", "clean-1").then(([status]) => status), 200);
    const name = `hudhud-inbox-${await shardOf("clean-1")}`;
    const state = await runtime.get(`object/cleaned?name=${name}`);
    assert.ok(state.left > 0 && state.alarm > Date.now() + 5 * 3_600_000, JSON.stringify(state));
    await passed(3 * 86_400);
    assert.equal((await runtime.get(`object/cleaned?name=${name}`)).left, 0);
  });

  test("a clean-up in D1 deletes old entries, at most once in six hours", async () => {
    await post("d1", fresh());
    await passed(3 * 86_400);
    await runtime.get("d1/clean");
    assert.equal(await runtime.get("rows"), 0);
    await post("d1", fresh());
    await passed(3 * 3600);
    await runtime.get("d1/clean");
    assert.equal(await runtime.get("rows"), 1);
  });

  test("tables of a later version are refused", async () => {
    await runtime.get("object/later?name=another");
    assert.match(await runtime.get("object/poisoned?name=another"), /version 99, and this package knows 1: update hudhud/);
  });
});

/** Returns the number of the shard of a key (FNV-1a). Entries of a release must be found by all later ones. */
function shardOf(key) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % 16;
}

for (const inbox of INBOXES) {
  test(`${inbox}: the effects equal the events although the runtime is killed`, { timeout: 60_000 }, async () => {
    const facts = await runWithKills({ inbox, deliveries: 200, kills: 4, share: 0.03 });
    assert.equal(facts.effects, 200);
    assert.ok(["twice", "later", "old", "forged", "lost", "failing"].every((kind) => facts[`made ${kind}`] > 0), JSON.stringify(facts));
  });
}

test("the count finds effects that occur twice", { timeout: 60_000 }, async () => {
  await assert.rejects(runWithKills({ inbox: "durable-object", deliveries: 150, kills: 6, recognizes: false }), /"events with two effects":[1-9]/);
});

test("a program's tests can use the inbox without Cloudflare's runtime", async () => {
  const inbox = inNode.forgetfulInbox();
  const event = await (await load("webhook")).Webhook.prototype.verify.call(new (await load("webhook")).Webhook("whsec_test"), delivery("d-1"));
  const leases = [];
  const handle = (lease) => leases.push(lease);
  assert.equal((await inbox.receive(event, handle)).outcome, "handled");
  assert.deepEqual(await inbox.receive(event, handle), { outcome: "duplicate", httpStatus: 200 });
  assert.deepEqual(leases.map(({ idempotencyKey, token, attempt }) => [idempotencyKey, token, attempt]), [["d-1", 1, 1]]);
  assert.equal(typeof inNode.InboxObject, "function");
});

for (const entry of ["next", "hono", "sveltekit", "express", "fastify"]) {
  test(`the option inbox in hudhud/${entry}`, async () => {
    const attempts = [];
    const options = {
      secret: "whsec_test",
      inbox: inNode.forgetfulInbox(),
      onError() {},
      onEvent(_, { lease }) {
        attempts.push(lease.attempt);
        if (attempts.length === 1) throw new Error("the handler fails");
      },
    };
    const statuses = [];
    for (const key of ["d-1", "d-1", "d-2", "d-2"]) statuses.push(await answered(entry, options, delivery(key)));
    assert.deepEqual([statuses, attempts], [[[503, "5"], [503, "5"], [200, null], [200, null]], [1, 1]]);
  });
}

/** Passes a delivery to the handler of a framework. Returns the status and the header Retry-After. */
async function answered(entry, options, one) {
  const module = await load(entry);
  const handlers = (made[entry] ??= new WeakMap());
  if (!handlers.has(options)) handlers.set(options, (module.webhookPlugin ?? module.webhookHandler)(options));
  const handler = handlers.get(options);
  const request = () => toRequest(one);
  if (entry === "express") {
    let answer;
    const response = { writeHead: (status, headers) => (answer = [status, headers["retry-after"] ?? null]), end() {} };
    await handler({ method: "POST", ...one }, response);
    return answer;
  }
  if (entry === "fastify") {
    const server = fastify();
    await server.register(handler, { prefix: "/" });
    const { statusCode, headers } = await server.inject({ method: "POST", url: "/", headers: one.headers, payload: Buffer.from(one.body) });
    await server.close();
    return [statusCode, headers["retry-after"] ?? null];
  }
  const input = { next: request, hono: () => ({ req: { raw: request() }, env: {} }), sveltekit: () => ({ request: request() }) }[entry]();
  const { status, headers } = await handler(input);
  return [status, headers.get("retry-after")];
}
const made = {};

test("an inbox without a handler claims nothing", async () => {
  const errors = [];
  const inbox = inNode.forgetfulInbox();
  const handler = (await load("workers")).webhookHandler({ secret: "whsec_test", inbox: () => inbox, onError: (error) => errors.push(`${error}`) });
  const send = () => handler(toRequest(delivery("d-1")), {}, { waitUntil() {} });
  assert.deepEqual([(await send()).status, (await send()).status], [500, 500]);
  assert.deepEqual(new Set(errors), new Set(["TypeError: onEvent: expected a function"]));
});

test("a handler that a transactional inbox would not call is refused", async () => {
  const inbox = inNode.transactionalObjectInbox({ idFromName: () => ({}), get: () => assert.fail("nothing is stored") });
  const { webhookHandler } = await load("workers");
  const message = "onEvent: a transactional inbox has its own handler; leave it out";
  const errors = [];
  const handler = webhookHandler({ secret: "whsec_test", inbox: () => inbox, onEvent() {}, onError: (error) => errors.push(error.message) });
  assert.equal((await handler(toRequest(delivery("d-1")), {}, { waitUntil() {} })).status, 500);
  assert.deepEqual(errors, [message]);
});

test("with objectOf, a poisoned event is looked for in an object", async () => {
  const inbox = inNode.transactionalObjectInbox({ idFromName: (name) => name, get: (name) => ({ poisoned: async () => [name], forget: async (key) => key === name }) }, { objectOf: () => "o-1" });
  assert.deepEqual([await inbox.poisoned("o-1"), await inbox.forget("o-1", "o-1"), await inbox.forget("x", "o-1")], [["o-1"], true, false]);
  for (const run of [() => inbox.poisoned(), () => inbox.forget("o-1")]) await assert.rejects(run, { name: "TypeError", message: "object: expected a name that objectOf returns" });
});

test("an object whose class has no handle is an error that says so", async () => {
  const { receive } = inNode.TransactionalInboxObject.prototype;
  await assert.rejects(receive.call({}, {}), { name: "TypeError", message: "handle: expected a method in the class that extends TransactionalInboxObject" });
});

test("wrong arguments are errors that name them", () => {
  for (const [run, message] of [
    [() => inNode.forgetfulInbox({ leaseSeconds: 0 }), /^leaseSeconds: expected a number of seconds from 1 to 3600$/],
    [() => inNode.forgetfulInbox({ maxAttempts: 1.5 }), /^maxAttempts: expected a number of attempts >= 1$/],
    [() => inNode.durableObjectInbox(undefined), /^namespace: expected the binding of a Durable Object/],
    [() => inNode.durableObjectInbox({ idFromName() {} }, { shards: 0 }), /^shards: expected a number of objects from 1 to 65536$/],
    [() => inNode.d1Inbox({}), /^database: expected the binding of a D1 database/],
    [() => inNode.durableObjectInbox({ idFromName() {} }, { shard: 5 }), /^unknown option: shard; did you mean shards\?$/],
    [() => inNode.durableObjectInbox({ idFromName() {} }, { leaseSecond: 5 }), /^unknown option: leaseSecond; did you mean leaseSeconds\?$/],
    [() => inNode.forgetfulInbox({ leaseSecond: 5 }), /^unknown option: leaseSecond; did you mean leaseSeconds\?$/],
    [() => inNode.transactionalObjectInbox({ idFromName() {} }, { object: () => "a" }), /^unknown option: object; did you mean objectOf\?$/],
    [() => inNode.transactionalD1Inbox({ prepare() {} }, () => [], { leaseSeconds: 5 }), /^unknown option: leaseSeconds; expected maxAttempts or now$/],
    [() => inNode.transactionalD1Inbox({ prepare() {} }), /^handle: expected a function$/],
    [() => inNode.forgetfulInbox({ leaseSeconds: 30n }), /^leaseSeconds: expected a number of seconds from 1 to 3600$/],
    [() => inNode.forgetfulInbox({ leaseSeconds: "30" }), /^leaseSeconds: expected a number of seconds from 1 to 3600$/],
    [() => inNode.forgetfulInbox({ leaseSeconds: NaN }), /^leaseSeconds: expected a number of seconds from 1 to 3600$/],
    [() => inNode.forgetfulInbox(null), /^options: expected an object with maxAttempts or now or leaseSeconds$/],
    [() => inNode.forgetfulInbox(30), /^options: expected an object with/],
    [() => inNode.durableObjectInbox({ idFromName() {} }, []), /^options: expected an object with shards or/],
    [() => new inNode.LeasedInbox(undefined), /^store: expected an object with the function putOrGet$/],
    [() => new inNode.LeasedInbox({ putOrGet() {}, replace() {}, poisoned() {} }), /^store: expected an object with the function forget$/],
  ]) {
    assert.throws(run, (error) => error instanceof TypeError && message.test(error.message));
  }
});

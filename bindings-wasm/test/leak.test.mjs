// The memory of a wasm module only grows. An operation that ran a thousand times must not need more memory when it runs
// again. `HUDHUD_SOAK` is the number of verifications. `cargo xtask soak` sets it to a million. Memory grows by pages of
// 64 kB, so the default of 200,000 reveals a leak of a single byte too. The table of the JavaScript values that a module holds
// must not grow either.

import assert from "node:assert/strict";
import { test } from "node:test";

import { folder, load } from "./about.mjs";
import { built } from "./built.mjs";

// Records every wasm memory, and the tables of the modules that hold JavaScript values.
const memories = [];
const tables = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    if (this.exports.memory) memories.push(this.exports.memory);
    if (this.exports.__wbindgen_externrefs) tables.push(this.exports.__wbindgen_externrefs);
  }
};

const { Zagely, Template } = await load("index");
const { Webhook } = await load("webhook");
const { sign, delivery, fakeFetch } = await load("testing");
// The build in which the module hashes small bodies: runtimes without `node:crypto` use it.
const { Webhook: Hashing } = await import(`file://${await built(folder, "web")}/webhook.js`);

const verifications = Number(process.env.HUDHUD_SOAK ?? 200_000);

const used = () => [memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0), ...tables.map(({ length }) => length)];

async function holds(times, run, atOnce = 1) {
  const repeat = async (times) => {
    for (let at = 0; at < times; at += atOnce) await Promise.all(Array.from({ length: atOnce }, (_, more) => run(at + more)));
  };
  assert.deepEqual([memories.length, tables.length], [3, 3]);
  await repeat(1000);
  const before = used();
  await repeat(times);
  assert.deepEqual(used(), before);
}

const good = delivery("secret", "message.received");
// In runtimes without `node:crypto` WebCrypto hashes bodies of 1,024 bytes or more.
const large = delivery("secret", "message.received", { data: { content: "x".repeat(1200) } });

for (const [who, Verifying, delivered, atOnce] of [
  ["", Webhook, good],
  [", hashed in the module", Hashing, good],
  [", hashed by WebCrypto, many at once", Hashing, large, 100],
]) {
  test(`${verifications.toLocaleString("en")} verifications${who}`, () => {
    const webhook = new Verifying("secret");
    return holds(verifications, () => webhook.verify(delivered), atOnce);
  });

  test(`${(verifications / 2).toLocaleString("en")} failed ones${who}`, () => {
    const webhook = new Verifying("secret");
    const forged = { ...delivered, body: delivered.body.slice(1) };
    return holds(verifications / 2, (at) => webhook.verify(at % 2 ? forged : { headers: {}, body: delivered.body }).catch(() => {}), atOnce);
  });
}

test("a verifier for each delivery, of few secrets and of many", () =>
  holds(20_000, (at) => new Webhook(at % 2 ? "secret" : `secret-${at}`).verify(good).catch(() => {})));

test("a client for each call, and calls that fail", async () => {
  const fetch = fakeFetch(() => ({ status: 422, json: { error: { code: "validation_failed", message: "no" } } }));
  await holds(5000, async (at) => {
    fetch.requests.length = 0;
    const zagely = new Zagely({ publicKey: "pk_test", secretKey: `sk_${at % 100}`, fetch });
    await zagely.messages.send({ to: "+15551234567", message: "hi" }).catch(() => {});
    try {
      zagely.messages.send.prepare({ nonsense: at });
    } catch {
      // The failure is expected.
    }
    new Template("{{ a }}").render({}, { missing: "keep" });
    sign("secret", "x");
  });
});

test("calls that succeed, pages of lists and what an observer sees", async () => {
  const headers = { "x-ratelimit-remaining": "18446744073709551615", "x-request-id": "r-1" };
  const fetch = fakeFetch(({ url }) => (/contacts/.test(url) ? { headers, json: { data: [{ id: "c-1" }], current_page: 1, last_page: 1 } } : { status: 202, headers, json: { message_id: "m-1" } }));
  const observer = { begin: () => {}, event: () => {}, end: () => {} };
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch, observer });
  await holds(2000, async () => {
    fetch.requests.length = 0;
    await zagely.messages.send({ to: "+15551234567", message: "hi" });
    assert.equal((await zagely.contacts.list().toArray()).length, 1);
    zagely.contacts.list.decode({ status: 200, headers, body: '{"data":[]}' });
    assert.equal(new Template("{{ a }}").variables.length, 1);
  });
});

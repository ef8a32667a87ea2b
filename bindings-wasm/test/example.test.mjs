// Tests examples/cloudflare-worker, bundled by wrangler, in Cloudflare's runtime, with the sandbox as the vendor.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Miniflare } from "miniflare";

import { load, sandbox } from "./about.mjs";
import { Example } from "./bundled.mjs";

const { Zagely } = await load("index");
const { delivery } = await load("testing");
const { public_key: publicKey, secret_key: secretKey, zagely_base_url: baseUrl } = sandbox;
const zagely = new Zagely({ publicKey, secretKey, baseUrl });

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const address = `http://127.0.0.1:${port}/`;
const webhook = await zagely.webhooks.create({ url: address, events: ["message.received"] });

const admin = (path, body, method = body ? "POST" : "GET") =>
  fetch(`${sandbox.address}/_sandbox${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.admin_token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  }).then((response) => response.json());

// The example, and a copy whose consumer can be made to crash after the answer was sent and before the queue knows it. The copy
// counts how often it came that far, and how often it queued each event.
const example = new Example("cloudflare-worker");
writeFileSync(join(example.home, "src/crashing.js"), `
  import worker from "./worker.js";
  export { InboxObject } from "./worker.js";

  const add = async (store, name) => store.put(name, String(Number(await store.get(name)) + 1));

  export default {
    fetch(request, env, context) {
      const send = async (message) => {
        await add(env.CRASHES, "queued " + message.key);
        return env.EVENTS.send(message);
      };
      return worker.fetch(request, { ...env, EVENTS: { send } }, context);
    },
    async queue(batch, env) {
      const done = [];
      const messages = batch.messages.map((message) => ({
        body: message.body,
        attempts: message.attempts,
        ack: () => done.push(() => message.ack()),
        retry: (options) => message.retry(options),
      }));
      await worker.queue({ messages }, env);
      if (done.length > 0) await add(env.CRASHES, "answered");
      if (done.length > 0 && (await env.CRASHES.get("left"))) {
        await env.CRASHES.delete("left");
        throw new Error("the consumer crashes");
      }
      for (const one of done) one();
    },
  };`);

const workerOptions = example.options;
const { modules } = await example.deployed("src/crashing.js");
const key = await admin("/keys", { name: "bound", session_id: sandbox.session_id });

/** The example under a name, with variables in addition to those of wrangler.jsonc. */
const worker = (name, variables, more) => ({
  ...workerOptions,
  ...{ name, modules, modulesRoot: "/", queueConsumers: {}, kvNamespaces: ["CRASHES"] },
  bindings: { ...workerOptions.bindings, ZAGELY_WEBHOOK_SECRET: webhook.secret, ZAGELY_PUBLIC_KEY: publicKey, ZAGELY_SECRET_KEY: secretKey, ZAGELY_BASE_URL: baseUrl, ...variables },
  ...more,
});
const logged = [];
const miniflare = new Miniflare({
  port,
  handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.on("data", (data) => logged.push(`${data}`))),
  workers: [
    worker("example", { ZAGELY_SESSION_ID: sandbox.session_id }, { queueConsumers: workerOptions.queueConsumers }),
    worker("without-session"),
    worker("bound", { ZAGELY_PUBLIC_KEY: key.public_key, ZAGELY_SECRET_KEY: key.secret_key }),
    {
      name: "looks-at-unanswered",
      modules: true,
      script: `export default {
        async queue({ messages }, { CRASHES }) {
          for (const { body } of messages) await CRASHES.put("unanswered " + body.key, body.event.type);
        },
      };`,
      kvNamespaces: ["CRASHES"],
      queueConsumers: { "events-unanswered": { maxBatchTimeout: 0.1 } },
    },
  ],
});
await miniflare.ready;
after(async () => {
  await miniflare.dispose();
  await zagely.webhooks.delete({ webhook_id: webhook.id });
  example.remove(); // workerd has let go of it
});

/** Returns the phone number of a new contact. */
async function somebody() {
  const phone_number = `+1555${Math.floor(1e6 + Math.random() * 9e6)}`;
  await zagely.contacts.create({ phone_number, name: "Jane" });
  return phone_number;
}

/** Returns the messages that the vendor sent to this number. */
async function answers(to) {
  const texts = [];
  for await (const message of zagely.messages.list({ direction: "outbound" })) {
    if (message.contact?.phone_number === to) texts.push(message.content);
  }
  return texts;
}

async function until(what, run) {
  for (let tries = 0; tries < 200; tries++) {
    if (await run()) return;
    await sleep(100);
  }
  assert.fail(`it took too long: ${what}`);
}

async function writes(from) {
  await admin("/inbound", { from, content: "Where is my order?", name: "Jane", session_id: sandbox.session_id });
}

async function delivered() {
  const { data } = await zagely.webhooks.deliveries({ webhook_id: webhook.id });
  return data;
}

test("the last wrangler for Node 20 knows the compatibility date", () => {
  // wrangler 4.86.0.
  assert.ok(workerOptions.compatibilityDate <= "2026-05-03", workerOptions.compatibilityDate);
});

test("wrangler bundles the example without warnings, and every binding exists", async () => {
  const { modules, output } = await example.deployed();
  assert.doesNotMatch(output, /WARNING|ERROR/, output);
  for (const binding of ["INBOX (InboxObject)", "EVENTS (events)", "UNANSWERED (events-unanswered)", "ZAGELY_BASE_URL", "ZAGELY_SESSION_ID"]) {
    assert.ok(output.includes(`env.${binding} `), `${binding}: ${output}`);
  }
  assert.equal(modules.length, 4, "the script and three modules");
});

test("a message is answered once, also if it is delivered again", async () => {
  const from = await somebody();
  await writes(from);
  await until("an answer", async () => (await answers(from)).length > 0);
  const before = await delivered();
  const { id } = before[0];
  await admin(`/deliveries/${id}/replay`, {});
  await until("a second delivery", async () => (await delivered()).some((one) => one.id === id && (one.attempts ?? one.attempt_count) > 1));
  await sleep(1000);
  assert.deepEqual(await answers(from), ["Thank you, Jane! We will be with you soon."]);
});

test("a forged delivery is rejected with a status and an empty body", async () => {
  const from = await somebody();
  const data = { contact: { id: "c", name: "Eve", phone_number: from, email: null }, channel: "whatsapp", content: "x" };
  const forged = delivery("not the secret", "message.received", { data });
  const response = await fetch(address, { method: "POST", headers: forged.headers, body: forged.body });
  assert.deepEqual([response.status, await response.text()], [401, ""]);
  assert.equal((await fetch(address, { method: "POST", body: "{}" })).status, 400);
  assert.equal((await fetch(address)).status, 405);
  await sleep(500);
  assert.deepEqual(await answers(from), []);
});

test("a consumer that crashes after sending starts again, and the answer is sent once", async () => {
  const crashes = await miniflare.getKVNamespace("CRASHES");
  await crashes.put("answered", "0");
  await crashes.put("left", "1");
  const from = await somebody();
  await writes(from);
  await until("a crash", async () => (await crashes.get("left")) === null);
  // The answer is sent again after the crash, with the same idempotency key, which the vendor recognises.
  await until("another start", async () => (await crashes.get("answered")) === "2");
  await sleep(500);
  assert.equal((await answers(from)).length, 1);
  assert.equal(await crashes.get("answered"), "2");
});

test("the queue retries if the vendor is down for longer than a call retries", async () => {
  // A call has four attempts. The fifth failure hits the second delivery from the queue.
  const { id } = await admin("/faults", { fault: "status=503", match: { call: "messages.send" }, times: 5 });
  const from = await somebody();
  await writes(from);
  await until("an answer", async () => (await answers(from)).length > 0);
  const { data } = await admin("/faults");
  assert.equal(data.find((fault) => fault.id === id)?.applied ?? 5, 5);
  await sleep(500);
  assert.equal((await answers(from)).length, 1);
});

test("the same delivery in many isolates at once is one event", async () => {
  const from = await somebody();
  const data = { contact: { id: "c", name: "Jane", phone_number: from, email: null }, channel: "whatsapp", content: "x" };
  const one = delivery(webhook.secret, "message.received", { data, delivery_id: `once-${from.slice(1)}` });
  const send = () => fetch(address, { method: "POST", headers: one.headers, body: one.body }).then(({ status }) => status);
  const statuses = await Promise.all(Array.from({ length: 12 }, send));
  assert.ok(statuses.includes(200) && statuses.every((status) => status === 200 || status === 503), `${statuses}`);
  assert.equal(await send(), 200);
  await until("an answer", async () => (await answers(from)).length > 0);
  await sleep(500);
  assert.equal((await answers(from)).length, 1);
  const crashes = await miniflare.getKVNamespace("CRASHES");
  assert.equal(await crashes.get(`queued once-${from.slice(1)}`), "1");
});

/** Passes an event to a worker's queue handler. Returns the handler's outcome, and if the event was put aside. */
async function consumed(event, name, attempts = 1) {
  const worker = await miniflare.getWorker(name);
  const { outcome, explicitAcks, retryMessages } = await worker.queue("events", [{ id: "m-1", timestamp: new Date(), attempts, body: event }]);
  assert.deepEqual([outcome, explicitAcks.length + retryMessages.length], ["ok", 1]);
  return retryMessages[0]?.delaySeconds ?? "acknowledged";
}

let events = 0;
/** A queue message of an event message.received from a new contact. */
async function received() {
  const data = { contact: { id: "c", name: "Jane", phone_number: await somebody(), email: null }, channel: "whatsapp", content: "Where is my order?" };
  return { key: `event-${events++}`, event: { type: "message.received", data } };
}

/** Returns true if an event was put aside. */
async function isAside({ key }) {
  const namespace = await miniflare.getKVNamespace("CRASHES", "example");
  return (await namespace.get(`unanswered ${key}`)) !== null;
}

test("a permanent failure is put aside without retry, and the log has the reason without personal data", async () => {
  for (const [status, kind] of [[401, "authentication"], [403, "permission"], [404, "not_found"], [422, "validation"], [302, "redirect"]]) {
    const { id } = await admin("/faults", { fault: `status=${status}`, match: { call: "messages.send" }, times: 10 });
    const event = await received();
    logged.length = 0;
    assert.equal(await consumed(event, "example"), "acknowledged", kind);
    await admin(`/faults/${id}`, undefined, "DELETE");
    await until(`${kind} put aside`, () => isAside(event));
    assert.match(logged.join(""), new RegExp(`messages\\.send: ${kind}`));
    assert.ok(!logged.join("").includes(event.event.data.contact.phone_number.slice(1)) && !logged.join("").includes("order"), logged.join(""));
  }
});

test("a temporary failure is retried with growing delays, or after Retry-After, up to the queue's limit", async () => {
  for (const [fault, attempts, delay] of [
    ["status=503", 1, 2],
    ["status=503", 5, 32],
    ["status=503", 60, 43_200],
    ["status=429;retry-after=7200", 1, 7200],
    ["status=429;retry-after=1000000", 1, 43_200],
  ]) {
    const { id } = await admin("/faults", { fault, match: { call: "messages.send" }, times: 10 });
    const event = await received();
    assert.equal(await consumed(event, "example", attempts), delay, fault);
    await admin(`/faults/${id}`, undefined, "DELETE");
    assert.equal(await isAside(event), false);
    // The next attempt succeeds.
    assert.equal(await consumed(event, "example", attempts + 1), "acknowledged");
    assert.equal((await answers(event.event.data.contact.phone_number)).length, 1);
  }
});

test("the log names session_id if it is missing, and a key bound to a session needs none", async () => {
  const [lost, answered] = [await received(), await received()];
  logged.length = 0;
  assert.equal(await consumed(lost, "without-session"), "acknowledged");
  await until("it is put aside", () => isAside(lost));
  assert.match(logged.join(""), /session_id/);
  assert.equal(await consumed(answered, "bound"), "acknowledged");
  assert.equal((await answers(answered.event.data.contact.phone_number)).length, 1);
});

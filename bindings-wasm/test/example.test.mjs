// examples/cloudflare-worker in Cloudflare's own runtime, with the sandbox as the vendor.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

import { folder, load, sandbox } from "./about.mjs";

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

// The example as it is, but that a consumer can be made to crash between its answer and its note of it, and that it is
// counted how often it came so far.
const entry = `
  import worker, { Seen as Original } from "./worker.js";
  export class Seen extends Original {
    async handled() {
      await this.env.CRASHES.put("answered", String(Number(await this.env.CRASHES.get("answered")) + 1));
      if (await this.env.CRASHES.get("left")) {
        await this.env.CRASHES.delete("left");
        throw new Error("the consumer crashes");
      }
      return super.handled();
    }
  }
  export default worker;`;
const { outputFiles } = await build({
  stdin: { contents: entry, resolveDir: join(import.meta.dirname, "../../examples/cloudflare-worker/src") },
  bundle: true,
  format: "esm",
  conditions: ["workerd", "worker", "browser"],
  external: ["cloudflare:workers"],
  plugins: [
    {
      name: "package",
      setup(at) {
        at.onResolve({ filter: /^hudhud/ }, ({ path }) => ({ path: join(folder, `dist/workerd/${path.split("/")[1] ?? "index"}.js`) }));
        at.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${path.split("/").pop()}`, external: true }));
      },
    },
  ],
  write: false,
});
const miniflare = new Miniflare({
  port,
  compatibilityDate: "2026-07-01",
  modulesRoot: "/",
  modules: [
    { type: "ESModule", path: "/worker.mjs", contents: outputFiles[0].text },
    ...["client", "webhook"].map((name) => ({ type: "CompiledWasm", path: `/${name}.wasm`, contents: readFileSync(join(folder, `dist/${name}.wasm`)) })),
  ],
  bindings: { WEBHOOK_SECRET: webhook.secret, ZAGELY_PUBLIC_KEY: publicKey, ZAGELY_SECRET_KEY: secretKey, ZAGELY_BASE_URL: baseUrl, SESSION_ID: sandbox.session_id },
  durableObjects: { SEEN: { className: "Seen", useSQLite: true } },
  kvNamespaces: ["CRASHES"],
  queueProducers: { EVENTS: "events" },
  queueConsumers: { events: { maxBatchSize: 10, maxBatchTimeout: 0.1, maxRetries: 10 } },
});
await miniflare.ready;
after(async () => {
  await miniflare.dispose();
  await zagely.webhooks.delete({ webhook_id: webhook.id });
});

const admin = (path, body) =>
  fetch(`${sandbox.address}/_sandbox${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${sandbox.admin_token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  }).then((response) => response.json());

/** The number of somebody new. */
async function somebody() {
  const phone_number = `+1555${Math.floor(1e6 + Math.random() * 9e6)}`;
  await zagely.contacts.create({ phone_number, name: "Jane" });
  return phone_number;
}

/** What the vendor sent to this number. */
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

test("somebody writes, and is answered; delivered again, nobody is answered twice", async () => {
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

test("a forged delivery is refused with a status and no word", async () => {
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

test("a consumer that crashes between the answer and its note of it starts again, and answers once", async () => {
  const crashes = await miniflare.getKVNamespace("CRASHES");
  await crashes.put("answered", "0");
  await crashes.put("left", "1");
  const from = await somebody();
  await writes(from);
  await until("a crash", async () => (await crashes.get("left")) === null);
  // Answered, crashed, begun again and answered again: with the same key, which the vendor knows.
  await until("another start", async () => (await crashes.get("answered")) === "2");
  await sleep(500);
  assert.equal((await answers(from)).length, 1);
  assert.equal(await crashes.get("answered"), "2");
});

test("a vendor that is away for longer than a call tries is asked again by the queue", async () => {
  // A call sends four times: the fifth refusal befalls the second message from the queue.
  const { id } = await admin("/faults", { fault: "status=503", match: { call: "messages.send" }, times: 5 });
  const from = await somebody();
  await writes(from);
  await until("an answer", async () => (await answers(from)).length > 0);
  const { data } = await admin("/faults");
  assert.equal(data.find((fault) => fault.id === id)?.befell ?? 5, 5);
  await sleep(500);
  assert.equal((await answers(from)).length, 1);
});

test("many isolates at once: the same delivery a dozen times is one event", async () => {
  const from = await somebody();
  const data = { contact: { id: "c", name: "Jane", phone_number: from, email: null }, channel: "whatsapp", content: "x" };
  const one = delivery(webhook.secret, "message.received", { data, delivery_id: `once-${from.slice(1)}` });
  const send = () => fetch(address, { method: "POST", headers: one.headers, body: one.body }).then((response) => response.text());
  const said = await Promise.all(Array.from({ length: 12 }, send));
  assert.equal(said.filter((text) => text === "queued").length, 1, said.join());
  await until("an answer", async () => (await answers(from)).length > 0);
  await sleep(500);
  assert.equal((await answers(from)).length, 1);
});

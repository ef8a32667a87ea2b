// Tests examples/cloudflare-queues, bundled by wrangler, in Cloudflare's runtime, with a sandbox as the vendor. The runtime is killed
// while requests are in flight.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Example } from "./bundled.mjs";
import { KillableRuntime } from "./inbox/runtime.mjs";
import { limitedSandbox } from "./limited-sandbox.mjs";

const example = new Example("cloudflare-queues");
const { facts: sandbox, stop } = await limitedSandbox(6000);
after(async () => {
  await runtime.miniflare?.dispose();
  stop();
  example.remove();
});

const admin = (path, body, method = body ? "POST" : "GET") =>
  fetch(`${sandbox.address}/_sandbox${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.admin_token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  }).then(async (response) => (assert.ok(response.ok, `${path}: ${response.status}`), response.json()));
const fault = (call, fault) => admin("/faults", { match: { call }, fault, times: 1 });

const { modules, output } = await example.deployed();
const { options } = example;
const bindings = {
  ...options.bindings,
  ZAGELY_PUBLIC_KEY: sandbox.public_key,
  ZAGELY_SECRET_KEY: sandbox.secret_key,
  ZAGELY_BASE_URL: sandbox.zagely_base_url,
  ZAGELY_SESSION_ID: sandbox.session_id,
  WAZAJ_API_KEY: sandbox.wazaj_key,
  WAZAJ_BASE_URL: sandbox.wazaj_base_url,
  LONGEST_CALL_SECONDS: 4,
};
const shop = `export default {
  async fetch(request, { MESSAGES }) {
    const [name, ...given] = await request.json();
    return Response.json((await MESSAGES[name](...given)) ?? null);
  },
};`;

/** The runtime. When it starts again, it has the notes of before. Its queues are in memory, and begin empty. */
const runtime = new KillableRuntime({
  durableObjectsPersist: join(example.home, "objects"),
  workers: [
    { name: "shop", compatibilityDate: options.compatibilityDate, modules: true, script: shop, serviceBindings: { MESSAGES: { name: "queues", entrypoint: "Messages" } } },
    { ...options, name: "queues", modules, modulesRoot: "/", bindings },
  ],
});
await runtime.start();

/** Calls a method of the example's entrypoint from another Worker. */
async function call(...call) {
  const response = await runtime.miniflare.dispatchFetch("http://shop/", { method: "POST", body: JSON.stringify(call) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

async function until(what, run) {
  for (let tries = 0; tries < 300; tries++) {
    const found = await run();
    if (found) return found;
    await sleep(100);
  }
  assert.fail(`it took too long: ${what}`);
}

const fatesOf = (messages) => Promise.all(messages.map(({ id }) => call("fate", id)));
const ended = (messages) =>
  until("the fates of all messages", async () => {
    const fates = await fatesOf(messages);
    return !fates.includes("open") && fates;
  });

/** Returns messages of a vendor to this many recipients. */
const messages = (vendor, name, count) =>
  Array.from({ length: count }, (_, number) => ({ vendor, id: `${vendor}-${name}-${number}`, to: `+1555${name.length}0${vendor === "zagely" ? 1 : 2}10${String(number).padStart(2, "0")}`, text: "hi" }));

test("wrangler bundles the example without warnings, and every binding exists", () => {
  assert.doesNotMatch(output, /WARNING|ERROR/, output);
  for (const binding of ["NOTES (MessageNotes)", "LIMITER (RateLimiterObject)", "QUEUE (messages)", "ZAGELY_BASE_URL", "WAZAJ_BASE_URL"]) {
    assert.ok(output.includes(`env.${binding} `), `${binding}: ${output}`);
  }
});

test("each message is sent once, though the runtime is killed and all messages are queued again", async () => {
  const [zagely, wazaj] = [messages("zagely", "killed", 20), messages("wazaj", "killed", 20)];
  // The next message of each vendor takes effect, and its response arrives in minutes.
  for (const name of ["messages.send", "messages.send_text"]) await fault(name, "drip=1000");
  await call("send", ...zagely, ...wazaj);
  await until("requests in flight", async () => (await admin("/faults")).data.length === 0);
  await runtime.kill();
  await runtime.start();
  await call("send", ...zagely, ...wazaj);

  assert.deepEqual(new Set(await ended(zagely)), new Set(["sent"]));
  const fates = await ended(wazaj);
  const received = await admin("/recipients");
  for (const { to } of zagely) assert.equal(received.zagely[to], 1, to);
  wazaj.forEach(({ id, to }, at) => {
    assert.ok(fates[at] === "unknown" || (fates[at] === "sent" && received.wazaj[to] === 1), `${id}: ${fates[at]}, ${received.wazaj[to]}`);
    assert.ok((received.wazaj[to] ?? 0) <= 1, `${id} was sent twice`);
  });
  const unknown = wazaj.filter((_, at) => fates[at] === "unknown").map(({ id }) => ({ id, reason: "a consumer stopped" }));
  assert.ok(unknown.length > 0, "the kill met no request");
  const listed = await call("unknown");
  assert.deepEqual(listed.sort((one, other) => (one.id < other.id ? -1 : 1)), unknown.sort((one, other) => (one.id < other.id ? -1 : 1)));
});

test("a message that is queued twice at once is sent once", async () => {
  const twice = messages("zagely", "twice", 10);
  await call("send", ...twice, ...twice);
  assert.deepEqual(new Set(await ended(twice)), new Set(["sent"]));
  const received = await admin("/recipients");
  for (const { to } of twice) assert.equal(received.zagely[to], 1, to);
});

test("a refusal is final, and an effect in doubt is repeated with a key and reported without one", async () => {
  const [refused, repeated] = messages("zagely", "refusals", 2);
  const [doubtful, wrong] = messages("wazaj", "refusals", 2);
  await fault("messages.send", "status=422");
  await call("send", refused);
  assert.deepEqual(await ended([refused]), ["refused"]);
  await fault("messages.send", "lost");
  await fault("messages.send_text", "lost");
  await call("send", repeated, doubtful, { ...wrong, to: "nobody" });
  assert.deepEqual(await ended([repeated, doubtful, wrong]), ["sent", "unknown", "refused"]);
  const received = await admin("/recipients");
  assert.deepEqual([received.zagely[repeated.to], received.wazaj[doubtful.to], received.zagely[refused.to]], [1, 1, undefined]);
  assert.ok((await call("unknown")).some(({ id, reason }) => id === doubtful.id && reason.includes("may have taken effect")));
});

test("wrong ids and vendors are refused before they are queued", async () => {
  const [message] = messages("zagely", "wrong", 1);
  for (const wrong of [{ ...message, id: "a b" }, { ...message, id: "" }, { ...message, vendor: "other" }]) {
    const response = await runtime.miniflare.dispatchFetch("http://shop/", { method: "POST", body: JSON.stringify(["send", wrong]) });
    assert.equal(response.status, 500);
    assert.match(await response.text(), /expected/);
  }
});

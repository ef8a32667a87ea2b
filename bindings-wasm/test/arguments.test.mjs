// The arguments of calls: an id by position, options of calls without fields, and the errors for other forms.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folder, load } from "./about.mjs";

const { Wazaj, Zagely } = await load("index");
const { fakeFetch } = await load("testing");
const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test" });
const wazaj = new Wazaj({ apiKey: "wzj_test", baseUrl: "https://wazaj.example/api" });

const path = ({ request }) => new URL(request.url).pathname;
const body = ({ request }) => JSON.parse(new TextDecoder().decode(request.body));

test("an id is passed by position", () => {
  assert.equal(path(zagely.contacts.get.prepare("c-1")), "/api/v1/contacts/c-1");
  const update = zagely.contacts.update.prepare("c-1", { name: "Ann" }, { method: "PATCH" });
  assert.deepEqual([path(update), body(update), update.request.method], ["/api/v1/contacts/c-1", { name: "Ann" }, "PATCH"]);
  assert.equal(path(zagely.webhooks.deliveries.prepare("w-1")), "/api/v1/webhooks/w-1/deliveries");
  assert.equal(new URL(zagely.webhooks.deliveries.prepare("w-1", { page: 2 }).request.url).search, "?page=2");
  const exchange = zagely.contacts.delete.exchange("c-1", { idempotencyKey: "k-1" });
  assert.equal(exchange.idempotencyKey, "k-1");
  exchange.free();
});

test("one object with all fields is accepted, for calls by name", () => {
  const update = zagely.contacts.update.prepare({ contact_id: "c-1", name: "Ann" }, { method: "PATCH" });
  assert.deepEqual([path(update), body(update), update.request.method], ["/api/v1/contacts/c-1", { name: "Ann" }, "PATCH"]);
  assert.equal(path(zagely.account.me.prepare({}, {})), "/api/v1/me");
});

test("a call without fields takes its options first", async () => {
  const fetch = fakeFetch([{ json: { data: { id: "k-1" } } }]);
  const one = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch });
  await assert.rejects(one.account.me({ signal: AbortSignal.abort() }), { kind: "aborted" });
  assert.equal(fetch.requests.length, 0);
  assert.equal((await one.account.me({ timeoutMs: 1000 })).id, "k-1");
});

test("a key for a list is refused before anything is sent", async () => {
  const fetch = fakeFetch([]);
  await assert.rejects(new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch }).contacts.list({}, { idempotencyKey: "a" }), { kind: "invalid_request" });
  assert.equal(fetch.requests.length, 0);
});

test("no field of a call is taken for an option", () => {
  const fields = readFileSync(join(folder, "types/generated/models.d.cts"), "utf8").matchAll(/^    (\w+)\??: /gm);
  const names = [...new Set([...fields].map(([, name]) => name))];
  assert.ok(names.length > 50);
  for (const name of names) {
    const error = attempt(() => zagely.messages.send.prepare({ [name]: 1 }));
    assert.doesNotMatch(String(error), /is an option/, name);
  }
});

/** Returns the error of a function. */
function attempt(run) {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

test("an iteration over a list passes the id and the fields to each page", async () => {
  const page = (number) => ({ json: { data: [{ id: `d-${number}` }], current_page: number, last_page: 2 } });
  const fetch = fakeFetch([page(1), page(2)]);
  const one = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch });
  const found = await one.webhooks.deliveries("w-1").toArray();
  assert.deepEqual(found.map(({ id }) => id), ["d-1", "d-2"]);
  assert.deepEqual(fetch.requests.map(({ url }) => url.slice(18)), ["/api/v1/webhooks/w-1/deliveries", "/api/v1/webhooks/w-1/deliveries?page=2"]);
});

for (const [what, run, message] of [
  ["no id", () => zagely.contacts.get.prepare(), 'contacts.get: invalid_request: contact_id: expected an id, as in contacts.get("…")'],
  ["an object without the id", () => zagely.contacts.get.prepare({}), 'contacts.get: invalid_request: contact_id: expected an id, as in contacts.get("…")'],
  ["null as the id", () => zagely.contacts.update.prepare(null, { name: "x" }), 'contacts.update: invalid_request: contact_id: expected an id, as in contacts.update("…", { … })'],
  ["a text in the place of fields", () => zagely.contacts.update.prepare("c-1", "Ann"), 'contacts.update: expected an object after the id, as in contacts.update("…", { … })'],
  ["an id for a list", () => zagely.contacts.list.prepare("c-1"), "contacts.list: expected an object, as in contacts.list({ … })"],
  ["a text for a send", () => wazaj.messages.sendText.prepare("hi"), "messages.sendText: expected an object, as in messages.sendText({ … })"],
  ...["idempotencyKey", "idempotency_key", "idempotencykey"].map((name) => [
    `the option ${name} among the fields`,
    () => zagely.messages.send.prepare({ to: "+15551234567", message: "hi", [name]: "a" }),
    "messages.send: idempotencyKey is an option; pass the options after the fields",
  ]),
  ["a key for a list", () => zagely.contacts.list.exchange({}, { idempotencyKey: "a" }), "contacts.list: invalid_request: idempotencyKey: a list takes no idempotency key: leave it out"],
  ["a number as options", () => zagely.account.me.prepare(5), "account.me: options: expected an object"],
]) {
  test(`rejected with the right form: ${what}`, () => assert.throws(run, { name: message.includes("invalid_request") ? "InvalidRequestError" : "TypeError", message }));
}

test("a route that the library does not know is called with the same keys, retries and errors", async () => {
  const fetch = fakeFetch([{ status: 503 }, { json: { id: "l-1", color: "red" } }, { json: [1] }, { status: 404 }]);
  const one = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch, retry: { baseMs: 0 } });
  const label = await one.request("PATCH", "/api/v1/labels/{label_id}", { label_id: "l/1", color: "red" }, { headers: { traceparent: "00-1" } });
  assert.deepEqual(label, { id: "l-1", color: "red" });
  const [, { method, url, headers, body }] = fetch.requests;
  assert.deepEqual([method, url, body, headers.traceparent, headers["x-public-key"]], ["PATCH", "https://zagely.com/api/v1/labels/l%2F1", { color: "red" }, "00-1", "pk_test"]);
  assert.equal(headers["idempotency-key"], fetch.requests[0].headers["idempotency-key"]);
  assert.deepEqual((await one.request("GET", "/api/v1/labels", { page: 2 }).withResponse()).output, [1]);
  assert.equal(fetch.requests[2].url, "https://zagely.com/api/v1/labels?page=2");
  await assert.rejects(one.request("GET", "/api/v1/labels"), { kind: "not_found" });
  await assert.rejects(one.request("FETCH", "/api/v1/labels"), { kind: "invalid_request" });
});

test("a deadline ends a call before a wait that would last longer, and shortens an attempt", async () => {
  const fetch = fakeFetch([{ status: 429, headers: { "retry-after": "30" } }]);
  const one = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch });
  await assert.rejects(one.account.me({ deadlineMs: 5000 }), { kind: "rate_limited", attempts: 1 });
  const silent = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: () => new Promise(() => {}) });
  const begun = Date.now();
  await assert.rejects(silent.account.me({ deadlineMs: 50 }), { fault: "timeout" });
  await assert.rejects(silent.account.me({ deadlineMs: 0.5 }), ({ kind }) => kind !== "invalid_request");
  assert.ok(Date.now() - begun < 5000);
});

// The kit for tests of programs: builders of answers, and clients whose calls are functions.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./about.mjs";

const { HudhudError, Zagely } = await load("index");
const { apiError, delivery, fakeFetch, page, stub } = await load("testing");
const client = (answers) => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", maxAttempts: 1, fetch: fakeFetch(answers) });
const failure = (answer) => client([answer]).contacts.create({ phone_number: "+15551234567" }).then(assert.fail, (error) => error);

test("pages are read in turn", async () => {
  const { contacts } = client([page([{ id: "c-1" }], { lastPage: 2, total: 2 }), page([{ id: "c-2" }], { page: 2, total: 2 })]);
  assert.deepEqual((await contacts.list().toArray()).map(({ id }) => id), ["c-1", "c-2"]);
  assert.equal(String(await client([page([])]).contacts.list()), "Page 1 of 1, 0 items");
});

test("an error of the vendor has the status and the kind of its code", async () => {
  const limited = await failure(apiError("rate_limit_exceeded", { retryAfterMs: 1500 }));
  assert.deepEqual([limited.name, limited.status, limited.code, limited.retryAfterMs], ["RateLimitError", 429, "rate_limit_exceeded", 2000]);
  const invalid = await failure(apiError("validation_failed", { fieldErrors: { phone_number: ["Taken."] } }));
  assert.deepEqual([invalid.name, invalid.fieldErrors], ["ValidationError", { phone_number: ["Taken."] }]);
  const forbidden = await failure(apiError("insufficient_ability", { requiredAbility: "contacts.write" }));
  assert.deepEqual([forbidden.name, forbidden.requiredAbility], ["PermissionError", "contacts.write"]);
  const quota = await failure(apiError("daily_quota_exceeded", { details: { limit: 10000 }, message: "Enough." }));
  assert.deepEqual([quota.name, quota.details, quota.vendorMessage], ["QuotaExceededError", { limit: 10000 }, "Enough."]);
  assert.throws(() => apiError("rate_limited"), { name: "TypeError", message: /^code: expected .*rate_limit_exceeded/ });
});

test("a stubbed client calls the functions, with checked input", async () => {
  const calls = [];
  const zagely = stub("zagely", {
    messages: { send: (input, options) => (calls.push([input, options]), { message_id: "m-1" }) },
    contacts: {
      list: async () => [{ id: "c-1" }, { id: "c-2" }],
      get: (id) => Promise.reject(new HudhudError(id, { kind: "not_found", call: null, code: null, hint: "", fieldErrors: {} })),
    },
  });
  const input = { to: "+15551234567", message: "hi" };
  assert.equal((await zagely.messages.send(input, { idempotencyKey: "k" })).message_id, "m-1");
  assert.deepEqual(calls, [[input, { idempotencyKey: "k" }]]);
  const ids = [];
  for await (const { id } of zagely.contacts.list()) ids.push(id);
  assert.deepEqual([ids, (await zagely.contacts.list()).data.length, (await zagely.contacts.list().toArray(1)).length], [["c-1", "c-2"], 2, 1]);
  await assert.rejects(zagely.contacts.get("c-9"), { kind: "not_found", message: "c-9" });
  assert.equal((await zagely.messages.send(input).withResponse()).meta.status, 200);
  await assert.rejects(zagely.messages.send({ to: "no number", message: "hi" }), { kind: "invalid_request" });
  await assert.rejects(zagely.contacts.delete("c-1"), { name: "TypeError", message: "stub: contacts.delete has no function; pass one to stub()" });
  assert.equal(calls.length, 2);
  assert.ok(zagely instanceof Zagely);
  assert.equal(zagely.contacts.get.prepare("c-1").request.call, "contacts.get");
});

test("a stub fills in what its function leaves out, as a real answer", async () => {
  const zagely = stub("zagely", { contacts: { get: () => ({ id: "c-1" }), list: () => [{ id: "c-2" }], delete: () => ({}), create: () => {}, update: () => ({ id: "c-3", odd: 12345678901234567890n }) } });
  const [contact] = (await zagely.contacts.list()).data;
  const found = await zagely.contacts.get("c-1");
  assert.deepEqual([found.tags, found.name, contact.tags, contact.name], [[], null, [], null]);
  const real = await client([{ json: { data: { id: "c-1" } } }]).contacts.get("c-1");
  assert.deepEqual(found, real);
  await zagely.contacts.delete("c-1");
  assert.equal((await zagely.contacts.update("c-3", { name: "Ann" })).odd, 12345678901234567890n);
  await assert.rejects(zagely.contacts.create({ phone_number: "+15551234567" }), { name: "TypeError", message: "stub: the function of contacts.create returned nothing; return its output" });
});

test("the kit refuses misspelt responses and vendors", async () => {
  const [answers, never] = ["responses: expected an array of responses, or a function", "responses: expected objects such as { status: 503 }"];
  for (const [given, message] of [
    ["x", answers],
    [undefined, answers],
    [[5], never],
    [[{ statuss: 5 }], "unknown option: statuss; did you mean status?"],
    [[{ fault: "lost" }], "fault: expected connect or timeout or closed"],
  ]) {
    assert.throws(() => fakeFetch(given), { name: "TypeError", message });
    if (!Array.isArray(given)) continue;
    const fetch = fakeFetch(() => given[0]);
    await assert.rejects(new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch }).account.me(), { name: "TypeError", message });
    assert.equal(fetch.requests.length, 1);
  }
  assert.throws(() => apiError("rate_limit_exceeded", { retryAfter: 5 }), { name: "TypeError", message: "unknown option: retryAfter; did you mean retryAfterMs?" });
  assert.throws(() => page([], { lastpage: 2 }), { name: "TypeError", message: "unknown option: lastpage; did you mean lastPage?" });
  assert.throws(() => stub("zagly", {}), { name: "TypeError", message: "vendor: expected zagely or wazaj" });
});

test("the kit refuses names of calls and events that do not exist", () => {
  assert.throws(() => stub("zagely", { messages: { sned: () => ({}) } }), { name: "TypeError", message: "stub: there is no call messages.sned; did you mean messages.send?" });
  assert.throws(() => stub("wazaj", { contacts: { get: () => ({}) } }), { name: "TypeError", message: /^stub: there is no call contacts\.get/ });
  assert.throws(() => delivery("secret", "mesage.received"), { name: "TypeError", message: /^type: expected .*message\.received/ });
});

test("a fake timeout comes at once, with the kind and the message of a real one", async () => {
  const begun = performance.now();
  await assert.rejects(client([{ fault: "timeout" }]).account.me(), (error) => {
    assert.deepEqual([error.kind, error.fault], ["transport", "timeout"]);
    assert.match(error.message, /No response from zagely\.com arrived in time\./);
    assert.doesNotMatch(error.message, /Reason:/);
    return true;
  });
  assert.ok(performance.now() - begun < 5_000);
});

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
  const seen = [];
  const zagely = stub("zagely", {
    messages: { send: (input, options) => (seen.push([input, options]), { message_id: "m-1" }) },
    contacts: {
      list: async () => [{ id: "c-1" }, { id: "c-2" }],
      get: (id) => Promise.reject(new HudhudError(id, { kind: "not_found", call: null, code: null, hint: "", fieldErrors: {} })),
    },
  });
  const input = { to: "+15551234567", message: "hi" };
  assert.deepEqual(await zagely.messages.send(input, { idempotencyKey: "k" }), { message_id: "m-1" });
  assert.deepEqual(seen, [[input, { idempotencyKey: "k" }]]);
  const ids = [];
  for await (const { id } of zagely.contacts.list()) ids.push(id);
  assert.deepEqual([ids, (await zagely.contacts.list()).data.length, (await zagely.contacts.list().toArray(1)).length], [["c-1", "c-2"], 2, 1]);
  await assert.rejects(zagely.contacts.get("c-9"), { kind: "not_found", message: "c-9" });
  assert.equal((await zagely.messages.send(input).withResponse()).meta.status, 200);
  await assert.rejects(zagely.messages.send({ to: "no number", message: "hi" }), { kind: "invalid_request" });
  await assert.rejects(zagely.contacts.delete("c-1"), { name: "TypeError", message: "stub: contacts.delete has no function; pass one to stub()" });
  assert.equal(seen.length, 2);
  assert.ok(zagely instanceof Zagely);
  assert.equal(zagely.contacts.get.prepare("c-1").request.call, "contacts.get");
});

test("the kit refuses names of calls and events that do not exist", () => {
  assert.throws(() => stub("zagely", { messages: { sned: () => ({}) } }), { name: "TypeError", message: "stub: there is no call messages.sned; did you mean messages.send?" });
  assert.throws(() => stub("wazaj", { contacts: { get: () => ({}) } }), { name: "TypeError", message: /^stub: there is no call contacts\.get/ });
  assert.throws(() => delivery("secret", "mesage.received"), { name: "TypeError", message: /^type: expected .*message\.received/ });
});

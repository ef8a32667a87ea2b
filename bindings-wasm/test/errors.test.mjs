// What errors are called, what they say, and what of them comes to another thread.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import { load } from "./about.mjs";

const index = await load("index");
const { Webhook, WebhookError } = await load("webhook");
const { delivery, fakeFetch } = await load("testing");
const { HudhudError, Template, Zagely } = index;

const facts = { kind: "server", call: null, code: null, message: "", fieldErrors: {}, requiredAbility: null, retryable: false, details: {}, advice: "" };

/** The error of a call that is answered so. */
function failure(answer, input = { phone_number: "+15551234567" }) {
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch([answer]), maxAttempts: 1 });
  return zagely.contacts.create(input).then(assert.fail, (error) => error);
}

test("every class is called what it is exported as", async () => {
  const classes = Object.entries(index).filter(([, value]) => value?.prototype instanceof Error);
  assert.ok(classes.length > 14, "all of them");
  for (const [name, value] of [...classes, ["WebhookError", WebhookError]]) assert.equal(value.name, name);
  const refused = await new Webhook("a").verify(delivery("b", "webhook.test")).catch((error) => error);
  const thrown = [refused, new HudhudError("m", facts), await failure({ status: 404 }), await failure({ fault: "connect" })];
  const names = ["WebhookError", "HudhudError", "NotFoundError", "TransportError"];
  for (const [at, error] of thrown.entries()) {
    assert.deepEqual([error.name, error.constructor.name, inspect(error).match(/^\w+/)[0]], Array(3).fill(names[at]));
  }
  assert.throws(() => new Template("{{ a }}").render(), { name: "MissingVariablesError" });
});

test("a secret that is empty or missing is said to be", () => {
  assert.throws(() => new Webhook(""), { name: "TypeError", message: "A webhook secret is empty: is the variable set?" });
  assert.throws(() => new Webhook(["a", ""]), { name: "TypeError", message: "A webhook secret is empty: is the variable set?" });
  assert.throws(() => new Webhook(undefined), { name: "TypeError", message: "A webhook secret is text: is the variable set?" });
});

test("a clone tells the code and which fields are wrong, and no sentence of the vendor's", async () => {
  const error = { code: "validation_failed", message: "Jane is taken" };
  const refused = await failure({ status: 422, json: { error, errors: { phone_number: ["+15551234567 is Jane's"], "+15551234567": ["x"] } } });
  assert.equal(refused.code, "validation_failed");
  for (const way of [structuredClone, (one) => JSON.parse(JSON.stringify(one))]) {
    const again = HudhudError.from(way(refused));
    assert.deepEqual([again.constructor, again.code, again.fieldErrors], [index.ValidationError, "validation_failed", { phone_number: [] }]);
  }
  assert.doesNotMatch(JSON.stringify([refused, refused.cause]), /Jane|555/);
  // What is no code may be anything.
  const odd = await failure({ status: 422, json: { error: { code: "call +15551234567", message: "no" } } });
  assert.equal(HudhudError.from(structuredClone(odd)).code, null);
  const local = HudhudError.from(structuredClone(await failure({}, { phone_number: "+15551234567", nonsense: 1 })));
  assert.deepEqual([local.kind, local.fieldErrors], ["invalid_request", { nonsense: [] }]);
});

test("a clone of a transport's failure is one again, and has what the transport threw", async () => {
  const unsent = await failure({ fault: "connect" });
  assert.equal(unsent.cause.cause.message, "fetch failed");
  for (const again of [structuredClone(unsent), unsent.toJSON(), structuredClone(unsent.toData())].map(HudhudError.from)) {
    assert.ok(again instanceof index.TransportError);
    assert.deepEqual([again.fault, again.call, again.message], ["connect", "contacts.create", unsent.message]);
  }
  assert.equal(HudhudError.from(structuredClone(unsent)).cause.cause.cause.code, undefined);
  assert.equal(HudhudError.from(structuredClone(unsent)).cause.cause.cause.message, "ECONNREFUSED");
});

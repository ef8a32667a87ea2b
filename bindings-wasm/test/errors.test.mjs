// The names and messages of errors, and the facts that reach another thread.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { inspect } from "node:util";

import { folder, load } from "./about.mjs";

const index = await load("index");
const { Webhook, WebhookError } = await load("webhook");
const { delivery, fakeFetch, sign } = await load("testing");
const { HudhudError, Template, Zagely } = index;

const facts = { kind: "server", call: null, code: null, message: "", fieldErrors: {}, requiredAbility: null, safeToRetry: false, mayHaveHappened: false, keyForgotten: false, details: {}, hint: "" };

/** Returns the error of a call that gets this response. */
function failure(answer, input = { phone_number: "+15551234567" }) {
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch([answer]), maxAttempts: 1 });
  return zagely.contacts.create(input).then(assert.fail, (error) => error);
}

test("the name of each error class is the name of its export", async () => {
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

test("an empty or missing secret is rejected with the reason", () => {
  for (const secret of ["", " ", "\t\n", "\u200b", ["a", ""]]) {
    assert.throws(() => new Webhook(secret), { name: "TypeError", message: "A webhook secret is empty or blank: is the variable set?" });
  }
  assert.throws(() => new Webhook(undefined), { name: "TypeError", message: "secret: expected a string; is the variable set?" });
});

test("a secret with half a surrogate pair is rejected, and one with a pair is accepted", () => {
  const expected = { name: "TypeError", message: "secret: expected text without lone surrogates" };
  for (const half of ["\ud83d", "\ude00", "a\ud83d", "\ude00\ud83d"]) {
    for (const secret of [half, [half], ["a", half]]) assert.throws(() => new Webhook(secret), expected);
    assert.throws(() => sign(half, "x"), expected);
    const options = { publicKey: "pk_test", secretKey: "sk_test" };
    for (const name of Object.keys(options)) assert.throws(() => new Zagely({ ...options, [name]: half }), { name: "InvalidRequestError", message: /surrogate/ });
  }
  new Webhook(["\u{1f600}", "a\u{1f600}\u{1f600}b"]);
});

test("no value makes from throw, and a restored error has members of the declared types only", () => {
  const thrower = () => {
    throw new Error("no");
  };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, thrower]));
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const getter = (name, more) => Object.defineProperty({ ...more }, name, { get: thrower, enumerable: true });
  const given = { message: "m", kind: "server", reason: "r", httpStatus: 400, hint: "h" };
  const odd = [new Proxy({}, traps), new Proxy(new Error("m"), traps), revoked, ...["message", "kind", "cause", "stack", "facts", "reason", "fault"].map((name) => getter(name, given))];
  for (const value of [...odd, ...odd.map((cause) => new Error("m", { cause })), ...odd.map((facts) => ({ message: "m", facts }))]) {
    for (const { from } of [HudhudError, WebhookError]) assert.doesNotThrow(() => from(value));
  }
  for (const value of odd.slice(0, 3)) assert.deepEqual([HudhudError.from(value), WebhookError.from(value)], [undefined, undefined]);
  const fieldErrors = { a: ["x", 1, null], b: "x", c: null, d: [], e: { 0: "x" }, ["__proto__"]: ["y"] };
  const wrong = { status: "404", retryAfterMs: {}, idempotencyKey: 5, idempotentReplay: "no", rateLimit: [] };
  const error = HudhudError.from({ message: "m", facts: { kind: "validation", fieldErrors, ...wrong } });
  assert.deepEqual(Object.entries(error.fieldErrors), [["a", ["x"]], ["b", []], ["c", []], ["d", []], ["e", []], ["__proto__", ["y"]]]);
  for (const name of Object.keys(wrong)) assert.equal(error[name], null, name);
  const right = { status: 404, retryAfterMs: 5, idempotencyKey: "k", idempotentReplay: false, rateLimit: { limit: 1 } };
  const restored = HudhudError.from({ message: "m", facts: { kind: "validation", ...right } });
  for (const name of Object.keys(right)) assert.deepEqual(restored[name], right[name], name);
});

test("the JSON of an error has the code and the invalid fields, and no text of the vendor", async () => {
  const error = { code: "validation_failed", message: "Jane is taken" };
  const errors = { phone_number: ["+15551234567 is Jane's"], "+15551234567": ["x"] };
  const refused = await failure({ status: 422, json: { error, errors } }, { phone_number: "+15551234567", name: "Jane" });
  assert.equal(refused.code, "validation_failed");
  const again = HudhudError.from(JSON.parse(JSON.stringify(refused)));
  assert.deepEqual([again.constructor, again.code, again.fieldErrors], [index.ValidationError, "validation_failed", { phone_number: [] }]);
  assert.doesNotMatch(JSON.stringify([refused, { ...refused }]) + inspect(refused), /Jane|555/);
  // A text that is not a code may be personal.
  const odd = await failure({ status: 422, json: { error: { code: "tel:+15551234567", message: "no" } } });
  assert.deepEqual([odd.code, "code" in { ...odd }, HudhudError.from(odd.toJSON()).code], ["tel:+15551234567", false, null]);
  const local = HudhudError.from((await failure({}, { phone_number: "+15551234567", nonsense: 1 })).toJSON());
  assert.deepEqual([local.kind, local.fieldErrors], ["invalid_request", { nonsense: [] }]);
});

test("the facts of an error are enumerable, and its cause is the error that the transport threw", async () => {
  const refused = await failure({ status: 429, json: { message: "Too many." }, headers: { "Retry-After": "7" } });
  const facts = ["kind", "call", "code", "status", "safeToRetry", "mayHaveHappened", "keyForgotten", "attempts", "elapsedMs", "retryAfterMs", "hint"];
  assert.deepEqual(Object.keys(refused).sort(), facts.sort());
  assert.deepEqual([refused.status, refused.attempts, refused.retryAfterMs, refused.hint], [429, 1, 7000, "Call again in 7 s."]);
  assert.deepEqual([refused.cause, inspect(refused).includes("status: 429")], [undefined, true]);
  const unsent = await failure({ fault: "connect" });
  assert.deepEqual([unsent.fault, unsent.cause instanceof Error, unsent.cause.message, unsent.cause.cause.message], ["connect", true, "fetch failed", "ECONNREFUSED"]);
  for (const again of [unsent.toJSON(), structuredClone(unsent.toData())].map(HudhudError.from)) {
    assert.ok(again instanceof index.TransportError);
    assert.deepEqual([again.fault, again.call, again.message], ["connect", "contacts.create", unsent.message]);
  }
  assert.equal(structuredClone(unsent).cause.cause.message, "ECONNREFUSED");
});

test("instanceof accepts errors of the copy that require loads in addition to import", async () => {
  const required = createRequire(import.meta.url);
  const other = { ...required(`${folder}/dist/index.cjs`), ...required(`${folder}/dist/webhook.cjs`) };
  const ours = { ...index, WebhookError };
  assert.notEqual(other.HudhudError, HudhudError, "two copies");
  const errors = [
    await failure({ status: 422, json: { error: { code: "validation_failed", message: "no" } } }),
    await failure({ fault: "connect" }),
    await new Webhook("a").verify(delivery("b", "webhook.test")).catch((error) => error),
    new Error("x"),
    { name: "HudhudError" },
  ];
  const classes = Object.keys(ours).filter((name) => ours[name]?.prototype instanceof Error);
  const of = (copy, error) => classes.filter((name) => error instanceof copy[name]);
  for (const error of errors) assert.deepEqual(of(other, error), of(ours, error));
  assert.deepEqual(errors.map((error) => of(other, error)), [["ApiError", "HudhudError", "ValidationError"], ["HudhudError", "TransportError"], ["WebhookError"], [], []]);
  assert.equal(other.HudhudError.from(errors[0]), errors[0], "with all its facts");
  for (const value of [null, undefined, 7, "x"]) assert.ok(!(value instanceof HudhudError));
  // A user's subclass of an error class accepts only its own instances.
  class Mine extends index.ValidationError {}
  assert.ok(!(errors[0] instanceof Mine));
  assert.ok(new Mine("m", facts) instanceof Mine && new Mine("m", facts) instanceof other.ValidationError);
});

test("errors and recorded test requests keep all digits of large integers", async () => {
  const big = 12345678901234567890n;
  const error = await failure({ status: 422, json: { error: { code: "quota", message: "no", details: { limit: big, id: [9007199254740993n] } } } }, { phone_number: "+15551234567", custom_fields: { id: big } });
  assert.deepEqual(error.details, { limit: big, id: [9007199254740993n] });
  const fetch = fakeFetch([{ json: { id: "c-1", custom_fields: { id: big } } }]);
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch });
  const contact = await zagely.contacts.create({ phone_number: "+15551234567", custom_fields: { id: big } });
  assert.deepEqual([contact.custom_fields.id, fetch.requests[0].body.custom_fields.id], [big, big]);
});

test("a minimal fetch function is accepted", async () => {
  const fetch = async () => ({ status: 200, headers: [["x-ratelimit-remaining", "7"]], arrayBuffer: async () => new TextEncoder().encode('{"id":"c-1"}').buffer });
  const { output, meta } = await new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch }).contacts.get({ contact_id: "c-1" }).withResponse();
  assert.deepEqual([output.id, meta.rateLimit.remaining], ["c-1", 7]);
});

// The kinds of values that cross between JavaScript and core: numbers at the edges, absent values, bytes, names that the
// vendor chooses, errors, and inputs that run the caller's code.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { load } from "./about.mjs";

const { idempotencyKey, MissingVariablesError, Template, ValidationError, Zagely } = await load("index");
const { fakeFetch, sign } = await load("testing");
const zagely = (options) => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", ...options });
const CREATE = { phone_number: "+15551234567" };

/** Returns what the given function throws. */
function thrownBy(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  assert.fail("nothing was thrown");
}

/** Runs a call in core with one response. Returns the last step. */
function answered(status, headers, body) {
  const exchange = zagely().contacts.create.exchange(CREATE, { maxAttempts: 1 });
  assert.ok(exchange.step(0).send);
  exchange.receive({ status, headers, body }, 0);
  return exchange.step(0);
}

for (const [given, expected] of [
  ["0", 0],
  ["9007199254740991", 9007199254740991],
  ["9007199254740992", 9007199254740992n],
  ["9007199254740993", 9007199254740993n],
  ["18446744073709551615", 18446744073709551615n],
  ["18446744073709551616", null],
  ["-1", null],
  ["1.5", null],
]) {
  test(`a limit of ${given} keeps its digits in metadata, errors and facts of attempts`, async () => {
    const headers = { "x-ratelimit-remaining": given, "x-ratelimit-limit": "120" };
    const read = ({ rateLimit }) => [rateLimit.remaining, rateLimit.limit, rateLimit.reset];
    assert.deepEqual(read(answered(201, headers, '{"id":"c-1"}').done.meta), [expected, 120, null]);
    assert.deepEqual(read(zagely().contacts.get.decode({ status: 200, headers, body: '{"id":"c-1"}' }).meta), [expected, 120, null]);
    assert.deepEqual(read(thrownBy(() => answered(404, headers, "{}"))), [expected, 120, null]);
    const ends = [];
    const observer = { begin: () => {}, event: () => {}, end: (_, facts) => ends.push(facts) };
    await zagely({ observer, fetch: fakeFetch([{ headers, json: { id: "c-1" } }]) }).contacts.get("c-1");
    assert.deepEqual(ends.map(({ kind, ...facts }) => [kind, ...read(facts)]), [["attempt", expected, 120, null], ["call", expected, 120, null]]);
  });
}

test("the longest waits keep their digits, and a usual one is a number", () => {
  const wait = (seconds) => thrownBy(() => answered(429, { "retry-after": seconds }, "{}")).retryAfterMs;
  assert.deepEqual(["0", "7", "9007199254740", "9007199254741", "9".repeat(30)].map(wait), [0, 7000, 9007199254740000, 9007199254741000n, 18446744073709551000n]);
});

test("an absent value, null and undefined are kept apart", () => {
  const { meta } = answered(201, {}, '{"id":"c-1"}').done;
  assert.deepEqual(Object.keys(meta), ["status", "rateLimit", "idempotentReplay", "idempotencyKey"], "retryAfterMs is absent");
  const got = zagely().contacts.get.decode({ status: 200, headers: {}, body: '{"id":"c-1","name":null}' });
  assert.deepEqual([got.output.name, "idempotencyKey" in got.meta, got.meta.rateLimit.limit], [null, false, null]);
  const error = thrownBy(() => answered(404, {}, "{}"));
  assert.deepEqual([error.code, error.requiredAbility, error.retryAfterMs], [null, null, null]);
  const { request } = zagely().contacts.get.prepare("c-1");
  assert.deepEqual([request.body, "body" in { ...request }, "timeoutMs" in { ...request }], [undefined, true, false]);
  const body = (name) => JSON.parse(new TextDecoder().decode(zagely().contacts.create.prepare({ ...CREATE, name }, { extra: { x: name } }).request.body));
  assert.deepEqual([body(undefined), body("a")], [CREATE, { ...CREATE, name: "a", x: "a" }]);
  assert.equal(body(null).x, null);
});

test("bytes of another realm, of a part of a buffer and of shared memory are read", () => {
  const text = '{"id":"c-1"}';
  const bytes = new TextEncoder().encode(text);
  const larger = new Uint8Array(bytes.length + 20).fill(7);
  larger.set(bytes, 9);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const foreign = (kind) => runInNewContext(`${kind}(Uint8Array.from(${JSON.stringify([...bytes])}))`);
  for (const body of [
    text,
    bytes,
    Buffer.from(text),
    bytes.buffer,
    new DataView(bytes.buffer),
    larger.subarray(9, 9 + bytes.length),
    shared,
    shared.buffer,
    foreign(""),
    foreign("((bytes) => bytes.buffer)"),
    foreign("((bytes) => new DataView(bytes.buffer))"),
  ]) {
    assert.equal(answered(201, {}, body).done.output.id, "c-1");
    assert.equal(zagely().contacts.get.decode({ status: 200, headers: {}, body }).output.id, "c-1");
  }
  assert.equal(idempotencyKey(runInNewContext("new Uint8Array(16)")), idempotencyKey(new Uint8Array(16)));
  for (const body of [null, undefined, 7, {}, [1, 2]]) assert.throws(() => answered(201, {}, body), { name: "TypeError", message: "response.body: expected bytes or a string" });
});

test("the body of a request owns its memory", () => {
  const [first, second] = [0, 0].map(() => zagely().contacts.create.prepare(CREATE).request.body);
  assert.deepEqual([first.constructor, first.byteOffset, first.buffer.byteLength], [Uint8Array, 0, first.length]);
  const before = [...second];
  first.fill(0);
  // Calls that need more memory move the module's memory. The bodies stay.
  const large = zagely().contacts.import.prepare({ file: new Uint8Array(3 << 20).fill(65), file_name: "a.csv" }).request.body;
  assert.ok(large.length > 3 << 20 && large.includes(65));
  assert.deepEqual([...second], before);
  const exchange = zagely().contacts.create.exchange(CREATE);
  assert.deepEqual([...exchange.step(0).send.body], before);
});

test("names that the vendor chooses are members, whatever they are", () => {
  const names = ["__proto__", "constructor", "toString", "text", "a\u0000b"];
  const json = `{${names.map((name) => `${JSON.stringify(name)}:["x"]`).join()}}`;
  const error = thrownBy(() => answered(422, {}, `{"error":{"code":"validation_failed","message":"no","details":{"errors":${json},"__proto__":{"polluted":1},"deep":{"__proto__":1}}}}`));
  assert.ok(error instanceof ValidationError);
  assert.deepEqual(Object.entries(error.fieldErrors), names.map((name) => [name, ["x"]]));
  assert.deepEqual(Object.getOwnPropertyNames(error.details).sort(), ["__proto__", "deep", "errors"]);
  assert.deepEqual([{}.polluted, error.details.polluted, Object.getPrototypeOf(error.details)], [undefined, undefined, Object.prototype]);
});

test("halves of surrogate pairs in answers are replaced, whole pairs are kept, and halves in inputs are refused", () => {
  const half = "\\ud83d";
  const { output } = zagely().contacts.get.decode({ status: 200, headers: {}, body: `{"id":"c-1","custom_fields":{"a":"${half}","b":"${half}\\ude00"}}` });
  assert.deepEqual(output.custom_fields, { a: "\ufffd", b: "\u{1f600}" });
  const error = thrownBy(() => answered(422, {}, `{"error":{"code":"c","message":"no ${half}","details":{"a":"${half}","b":"${half}\\ude00"}}}`));
  assert.deepEqual([error.details, error.vendorMessage], [{ a: "\ufffd", b: "\u{1f600}" }, "no \ufffd"]);
  const refused = thrownBy(() => zagely().contacts.create.prepare({ ...CREATE, name: "\ud83d" }));
  assert.deepEqual([refused.kind, Object.keys(refused.fieldErrors)], ["invalid_request", ["name"]]);
});

test("errors are real instances, and one failure is one error", async () => {
  for (const run of [() => zagely({ validate: 1 }), () => zagely().contacts.get.prepare("c-1", { nonsense: 1 }), () => new Template("x").render({}, { missing: "no" })]) {
    const error = thrownBy(run);
    assert.deepEqual([error.constructor, Object.prototype.toString.call(error)], [TypeError, "[object Error]"]);
    assert.match(error.stack, /values\.test\.mjs/);
  }
  const missing = thrownBy(() => new Template("{{ a }} {{ b }}").render({}));
  assert.deepEqual([missing.constructor, missing.names], [MissingVariablesError, ["a", "b"]]);
  const call = zagely({ fetch: fakeFetch([{ status: 422, json: {} }]) }).contacts.create(CREATE);
  const [one, other] = await Promise.all([call.catch((error) => error), call.withResponse().catch((error) => error)]);
  assert.equal(one, other);
  assert.equal(one.constructor, ValidationError);
});

test("pairs and lists are arrays", () => {
  const { headers } = zagely().contacts.create.prepare(CREATE).request;
  assert.ok(Array.isArray(headers) && headers.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === "string")));
  assert.deepEqual(new Template("{{ a }} {{ ü }}{{a}}").variables, ["a", "ü"]);
  assert.deepEqual(Object.keys(sign("secret", "x").headers).length > 1, true);
});

test("what a getter or a proxy throws reaches the caller", () => {
  const mine = new Error("mine");
  const thrower = () => {
    throw mine;
  };
  const getter = (name, more) => Object.defineProperty({ ...more }, name, { get: thrower, enumerable: true });
  const proxy = new Proxy({}, { get: thrower, ownKeys: thrower, has: thrower, getPrototypeOf: thrower });
  const { contacts } = zagely();
  for (const run of [
    () => contacts.create.prepare(getter("phone_number", CREATE)),
    () => contacts.create.prepare(CREATE, getter("idempotencyKey")),
    () => contacts.create.prepare(CREATE, proxy),
    () => zagely(getter("baseUrl")),
    () => new Zagely(proxy),
    () => new Template("{{ a }}").render(getter("a")),
    () => new Template("{{ a }}").render({}, getter("missing")),
    () => contacts.get.decode(proxy),
    () => contacts.get.decode(getter("body", { status: 200, headers: {} })),
  ]) {
    const error = thrownBy(run);
    assert.ok(error === mine || error.cause === mine, String(error));
  }
  const spied = new Proxy({ ...CREATE }, {});
  assert.equal(new TextDecoder().decode(contacts.create.prepare(spied).request.body), JSON.stringify(CREATE));
  assert.equal(contacts.create.prepare(CREATE, new Proxy({ idempotencyKey: "k-1" }, {})).request.headers.find(([name]) => name === "Idempotency-Key")[1], "k-1");
});

test("a function or a symbol, which JSON would lose, is refused by its name", () => {
  for (const value of [() => 1, Symbol("s"), class {}]) {
    const message = (name) => ({ name: "TypeError", message: `${name}: expected a JSON value, not a ${typeof value}` });
    assert.throws(() => zagely({ validate: value }), message("validate"));
    assert.throws(() => zagely({ onError: value }), message("onError"));
    for (const name of ["pk_0123456789", "+15551234567"]) assert.throws(() => zagely({ [name]: value }), message("input"));
    assert.throws(() => zagely().contacts.create.prepare({ ...CREATE, name: value }), message("contacts.create: name"));
    assert.throws(() => zagely().contacts.create.prepare(CREATE, { idempotencyKey: value }), message("contacts.create: idempotencyKey"));
  }
});

test("a date is a text, a bigint keeps its digits, and a key without text is refused", () => {
  const body = (custom_fields) => new TextDecoder().decode(zagely().contacts.create.prepare({ ...CREATE, custom_fields }).request.body);
  assert.match(body({ at: new Date(0), id: -(2n ** 80n) }), /"at":"1970-01-01T00:00:00\.000Z","id":-1208925819614629174706176\}/);
  assert.throws(() => zagely().contacts.create.prepare(CREATE, { idempotencyKey: 7 }), { name: "TypeError", message: "contacts.create: idempotencyKey: expected text" });
});

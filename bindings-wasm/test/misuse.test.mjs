// Errors for wrong arguments and for missing features of a runtime say what to do.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import { folder, load } from "./about.mjs";
import { built } from "./built.mjs";

const { idempotencyKey, RateLimiter, Template, Wazaj, Zagely } = await load("index");
const { Webhook } = await load("webhook");
const { openTelemetry } = await load("opentelemetry");
const { delivery, fakeFetch, sign } = await load("testing");
const zagely = (options) => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", ...options });
const template = new Template("{{ a }}");
/** A call whose request was sent. */
function sent() {
  const exchange = zagely().account.me.exchange();
  exchange.step();
  return exchange;
}
const file = new Blob(["phone_number\n"]);

for (const [what, run, message] of [
  ["null as options", () => template.render({}, null), "options: expected an object"],
  ["null as values", () => template.render(null), "values: expected an object"],
  ["a misspelt option", () => template.render({}, { mising: "keep" }), "unknown option: mising; did you mean missing?"],
  ["an unknown value of an option", () => template.render({}, { missing: "drop" }), "missing: expected error or keep or empty"],
  ["an unread Blob", () => zagely().contacts.import.prepare({ file }), "contacts.import: file: expected bytes, not a Blob or File; pass new Uint8Array(await file.arrayBuffer())"],
  ["the name of a file", () => zagely().contacts.import.prepare({ file: "contacts.csv" }), "contacts.import: file: expected the bytes of the file, and found what looks like its name; read the file first"],
  ...[new Map([["a", 1]]), new Set(["a"])].flatMap((many) => [
    [`a ${many.constructor.name} for an object`, () => zagely().contacts.create.prepare({ phone_number: "+15551234567", custom_fields: many }), "contacts.create: custom_fields: expected an object or an array, not a Map or Set"],
    [`a ${many.constructor.name} for extra members`, () => zagely().account.me.prepare({}, { extra: many }), "account.me: extra: expected an object or an array, not a Map or Set"],
    [`a ${many.constructor.name} for values`, () => template.render(many), "input: expected an object or an array, not a Map or Set"],
  ]),
  ...[
    [new Date("garbage"), "expected a JSON value, such as a valid date"],
    [new Number(NaN), "expected a finite number, because JSON has no NaN and no infinity"],
    [Promise.resolve({ a: 1 }), "expected a JSON value, not a promise: await it"],
    [/x/, "expected a JSON value, not RegExp"],
    [new Error("x"), "expected a JSON value, not Error"],
    [new WeakMap(), "expected a JSON value, not WeakMap"],
    [() => 1, "expected a JSON value, not a function"],
    [Symbol("x"), "expected a JSON value, not a symbol"],
  ].flatMap(([value, expected]) => {
    const type = typeof value === "object" ? value.constructor.name : typeof value;
    const prepare = (fields, options) => zagely().contacts.create.prepare({ phone_number: "+15551234567", ...fields }, options);
    return [
      [`a ${type} as a field`, () => prepare({ name: value }), `contacts.create: name: ${expected}`],
      [`a ${type} in an object`, () => prepare({ custom_fields: { a: value } }), `contacts.create: custom_fields.a: ${expected}`],
      [`a ${type} in a list`, () => prepare({ custom_fields: { a: [1, value] } }), `contacts.create: custom_fields.a.1: ${expected}`],
      [`a ${type} in extra members`, () => prepare({}, { extra: { a: value } }), `contacts.create: extra.a: ${expected}`],
    ];
  }),
  ["bytes in an object", () => zagely().contacts.create.prepare({ phone_number: "+15551234567", custom_fields: { a: new Uint8Array(2) } }), "contacts.create: custom_fields.a: expected a JSON value, not bytes"],
  ...[[1, undefined], [1, , 2]].map((list) => [`a list with a hole or undefined: ${list.length}`, () => zagely().contacts.create.prepare({ phone_number: "+15551234567", custom_fields: { a: list } }), "contacts.create: custom_fields.a.1: expected a JSON value, not undefined"]),
  ...[AbortSignal.abort(), new Map([["timeoutMs", 1]]), new Headers(), new Date(), [], Object.create({ idempotencyKey: "k" })].map((options, at) => [`options that are no object with options: ${at}`, () => zagely().account.me.prepare({}, options), /options: expected an object$/]),
  ["a third argument after an id and options", () => zagely().contacts.get.prepare("c-1", {}, { timeoutMs: 5 }), /^contacts.get: too many arguments; the options are the last one/],
  ["a third argument after the fields and options", () => zagely().messages.send.prepare({ to: "+15551234567", message: "Hi" }, {}, { idempotencyKey: "x" }), /^messages.send: too many arguments; the options are the last one/],
  ...[new Map(), new Date()].map((options) => [`a ${options.constructor.name} for the options of a limiter`, () => new RateLimiter(options), "state: expected a Uint8Array, or an object with state or store"]),
  ...[null, "5", NaN, -1].map((maxBytes) => [`a limit of ${maxBytes}`, () => new Webhook("secret", { maxBytes }), "maxBytes: expected a number >= 0"]),
  ...["5", NaN, -1].map((toleranceSeconds) => [`a tolerance of ${toleranceSeconds}`, () => new Webhook("secret", { toleranceSeconds }), "toleranceSeconds: expected a number >= 0, or null"]),
  ...[null, undefined, {}, { status: "200", headers: {}, body: "" }, { status: 99999, headers: {}, body: "" }].flatMap((response) => [
    [`a response that is ${JSON.stringify(response)}`, () => zagely().account.me.prepare().decode(response), "response: expected an object with status (0 to 999), headers and body"],
    [`an answer that is ${JSON.stringify(response)}`, () => sent().receive(response), "response: expected an object with status (0 to 999), headers and body"],
  ]),
  ["an unknown fault", () => sent().fail("lost"), "fault: expected connect or timeout or closed"],
  ...[null, undefined, 5].map((source) => [`a template of ${source}`, () => new Template(source), "source: expected a string"]),
  ...[() => {}, {}, null, { begin() {}, event() {} }].map((observer) => [`an observer that is ${typeof observer}`, () => zagely({ observer }), "observer: expected an object with begin, event and end"]),
  ...[{}, () => {}, null].map((logger) => [`a logger that is ${typeof logger}`, () => zagely({ logger }), "logger: expected an object with debug, info, warn and error, such as console"]),
  ["a tracer that is missing", () => openTelemetry(), /^tracer: expected a tracer, such as /],
  ["the API of OpenTelemetry is missing", () => openTelemetry({ startSpan() {} }), "api: expected the module @opentelemetry/api"],
  ["text as entropy", () => idempotencyKey("0123456789abcdef"), "entropy: expected 16 bytes"],
  ...[NaN, Infinity, "now", new Date(0), undefined, 1n].flatMap((now) => [
    [`a clock that says ${String(now)}`, () => new Webhook("secret", { now: () => now }).verify(delivery("secret", "webhook.test")), /^time: expected a finite number of milliseconds/],
    ...(now === undefined
      ? []
      : [
          [`a step at ${String(now)}`, () => zagely().account.me.exchange().step(now), /^time: expected a finite number of milliseconds/],
          [`a delivery signed at ${String(now)}`, () => sign("secret", "x", { now }), /^time: expected a finite number of milliseconds/],
          [`a delivery made at ${String(now)}`, () => delivery("secret", "webhook.test", {}, { now }), /^time: expected a finite number of milliseconds/],
        ]),
  ]),
]) {
  test(`rejected with a TypeError: ${what}`, () => assert.rejects(async () => run(), { name: "TypeError", message }));
}

test("an exchange goes on after an invalid time was rejected", () => {
  const exchange = zagely().account.me.exchange();
  assert.throws(() => exchange.step(NaN), TypeError);
  assert.ok(exchange.step().send);
  assert.throws(() => exchange.fail("connect", NaN), TypeError);
  assert.throws(() => exchange.receive({ status: 503, headers: {}, body: "" }, NaN), TypeError);
  exchange.receive({ status: 503, headers: {}, body: "" });
  assert.ok(exchange.step().waitMs !== undefined);
});

test("a list behaves as a promise of its first page", async () => {
  const answers = () => fakeFetch([{ json: { data: [{ id: "c-1" }], current_page: 1, last_page: 1 } }, { status: 404 }]);
  const { contacts } = zagely({ fetch: answers() });
  let done = 0;
  const page = await contacts.list().catch(assert.fail).finally(() => done++);
  assert.equal(page.data[0].id, "c-1");
  assert.equal(await contacts.list().catch((error) => error.name), "NotFoundError");
  await assert.rejects(zagely({ fetch: fakeFetch([{ status: 404 }]) }).contacts.list().finally(() => done++), { name: "NotFoundError" });
  assert.equal(done, 2);
  // Nothing is sent before the list is used.
  const fetch = answers();
  const list = zagely({ fetch }).contacts.list();
  assert.equal(fetch.requests.length, 0);
  // Awaiting and iterating share one request of the first page.
  await Promise.all([list, list.toArray(), list.withResponse()]);
  assert.equal(fetch.requests.length, 1);
});

/** Returns the output of a program in Node without `crypto`, with one build of the package. */
async function withoutCrypto(build, program) {
  const script = `
    delete globalThis.crypto;
    const [{ Zagely, idempotencyKey }, { Webhook }, { delivery, fakeFetch }] = await Promise.all(
      ["index", "webhook", "testing"].map((name) => import(\`file://${await built(folder, build)}/\${name}.js\`)));
    ${program}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  return stdout.trim();
}

test("a runtime without WebCrypto verifies: the wasm module hashes", async () => {
  const program = `
    const large = (secret) => delivery(secret, "message.received", { data: { content: "x".repeat(50_000) } });
    const webhook = new Webhook("secret");
    console.log((await webhook.verify(large("secret"))).type, (await webhook.verify(large("other")).catch((error) => error.reason)));`;
  assert.equal(await withoutCrypto("web", program), "message.received signature_mismatch");
});

test("a runtime without crypto gets an error that names it", async () => {
  const program = `
    const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch([{ json: {} }]) });
    const messages = [await zagely.account.me().catch(String)];
    try { idempotencyKey(); } catch (error) { messages.push(String(error)); }
    console.log(new Set(messages).size === 1 && messages[0]);`;
  assert.match(await withoutCrypto("node", program), /^TypeError: globalThis\.crypto is missing, .* set globalThis\.crypto first$/);
});

test("values that JSON would lose are refused, wherever they are nested", async () => {
  const { contacts } = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch([]) });
  const fields = (value) => ({ phone_number: "+15551234567", custom_fields: { a: [{ b: value }] } });
  for (const [value, message] of [
    [new Map([["a", 1]]), "contacts.create: custom_fields.a.0.b: expected an object or an array, not a Map or Set"],
    [new Headers({ a: "1" }), "contacts.create: custom_fields.a.0.b: expected an object or an array, not a Map or Set"],
    [new Set(["a"]), "contacts.create: custom_fields.a.0.b: expected an object or an array, not a Map or Set"],
    [NaN, "contacts.create: custom_fields.a.0.b: expected a finite number, because JSON has no NaN and no infinity"],
    [-Infinity, "contacts.create: custom_fields.a.0.b: expected a finite number, because JSON has no NaN and no infinity"],
  ]) {
    await assert.rejects(contacts.create(fields(value)), { name: "TypeError", message });
    assert.throws(() => contacts.create.prepare(fields(value)), { name: "TypeError", message });
  }
  const loop = { toJSON: () => ({ ok: 1 }) };
  loop.self = loop;
  for (const value of [1, "x", null, undefined, 2n ** 64n, new Date(0), loop]) contacts.create.prepare(fields(value));
  await assert.rejects(contacts.list({ per_page: NaN }).withResponse(), { name: "TypeError", message: "contacts.list: per_page: expected a finite number, because JSON has no NaN and no infinity" });
  await assert.rejects(contacts.list({ "": NaN }).withResponse(), { name: "TypeError", message: "contacts.list: input: expected a finite number, because JSON has no NaN and no infinity" });
  const client = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch([]) });
  await assert.rejects(client.request("POST", "/api/v1/x", { a: { "+15551234567": NaN } }), { name: "TypeError", message: /^request: a\.…: expected a finite number/ });
  await assert.rejects(contacts.create(fields(1), { extra: { a: NaN } }), { name: "TypeError", message: /^contacts\.create: extra\.a: expected a finite number/ });
  await assert.rejects(contacts.list({ page: 0 }).withResponse(), (error) => error.fieldErrors.page[0] === "The page field must be at least 1.");
});

test("options that do nothing are refused", async () => {
  const fetch = fakeFetch([]);
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch });
  const wazaj = new Wazaj({ apiKey: "wzj_test", baseUrl: "https://wazaj.example/api", fetch });
  const options = [{ signal: AbortSignal.timeout(9) }, { timeoutMs: 5 }, { idempotencyKey: "a" }, { maxAttempts: 2 }, { deadlineMs: 5 }];
  options.push({ headers: { traceparent: "00-1" } }, { retry: { baseMs: 0 } }, { method: "POST" }, { validate: false });
  for (const option of options) {
    const message = `${Object.keys(option)[0]} is an option; pass the options after the fields`;
    assert.throws(() => zagely.contacts.list.prepare(option), { name: "TypeError", message: `contacts.list: ${message}` });
    await assert.rejects(zagely.contacts.update("c-1", option), { name: "TypeError", message: `contacts.update: ${message}` });
  }
  const refused = await wazaj.messages.sendText({ to: "+50912345678", body: "x" }, { idempotencyKey: "abc" }).catch((error) => error);
  assert.deepEqual([refused.kind, Object.keys(refused.fieldErrors)], ["invalid_request", ["idempotencyKey"]]);
  assert.equal(fetch.requests.length, 0);
});

test("the stack of an error has the frame of the caller", async () => {
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch(() => ({ status: 404 })) });
  async function theCaller(run) {
    await run();
  }
  for (const run of [
    async () => await zagely.contacts.get({ contact_id: "c-1" }),
    async () => await zagely.contacts.get({ contact_id: "c-1" }).withResponse(),
    async () => await zagely.contacts.list(),
    async () => await zagely.contacts.list().toArray(),
  ]) {
    const error = await theCaller(run).catch((error) => error);
    assert.match(error.stack, /at async .*misuse\.test\.mjs:\d+/);
  }
});

test("a call that fails without a handler is reported once", async () => {
  const { spawnSync } = await import("node:child_process");
  const code = `import { Zagely } from ${JSON.stringify(`file://${folder}/dist/index.js`)};
    import { fakeFetch } from ${JSON.stringify(`file://${folder}/dist/testing.js`)};
    let count = 0;
    process.on("unhandledRejection", () => count++);
    const { contacts } = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch(() => ({ status: 404 })) });
    contacts.get({ contact_id: "c-1" });
    await contacts.get({ contact_id: "c-2" }).catch(() => {});
    contacts.get({ contact_id: "c-3" }).withResponse().catch(() => {});
    setTimeout(() => console.log(count), 50);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  assert.equal(stdout.trim(), "1", stderr);
});

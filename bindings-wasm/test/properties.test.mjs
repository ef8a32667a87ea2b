// Random inputs: each call returns a value or throws an error of this package.

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";

import fc from "fast-check";

import { load } from "./about.mjs";

const { idempotencyKey, Template, MissingVariablesError, parsePhone, Zagely, HudhudError } = await load("index");
const { Webhook, WebhookError } = await load("webhook");
const { sign, toRequest } = await load("testing");

const bytes = fc.uint8Array({ maxLength: 5000 });
const header = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("1776767400", `sha256=${"0".repeat(64)}`), fc.array(fc.string()));
const headers = fc.oneof(
  fc.record({ "x-zagely-timestamp": header, "X-Zagely-Signature": header }, { requiredKeys: [] }),
  fc.dictionary(fc.string(), header),
  fc.array(fc.tuple(fc.string(), fc.string())),
);

async function ours(run, ...classes) {
  try {
    return await run();
  } catch (error) {
    assert.ok(classes.some((one) => error instanceof one), `${error?.stack}`);
    // A TypeError must come from this package, not from the runtime. The pattern matches the package's messages.
    if (error instanceof TypeError) assert.match(error.message, /^(\w+(\.[\w…]+)*: ){0,2}(expected|found|it is|it was|missing|cannot|unknown option)\b|^(A|The) [^]*[.?]$|^(it|the number|a country code|character \d+|\d+ digits)\b/, `${error.stack}`);
    return error;
  }
}

test("the verifier accepts or rejects any input without crashing", async () => {
  const webhook = new Webhook("secret");
  await fc.assert(
    fc.asyncProperty(headers, fc.oneof(bytes, fc.string(), fc.anything()), async (given, body) => {
      await ours(() => webhook.verify({ headers: given, body }), WebhookError, TypeError);
    }),
    { numRuns: 1000, interruptAfterTimeLimit: 20_000 },
  );
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.anything(), async (delivery, secret) => {
      await ours(() => webhook.verify(delivery), WebhookError, TypeError);
      await ours(() => new Webhook(secret), TypeError);
      await ours(() => new Webhook("secret", secret), TypeError);
      const cause = { reason: delivery, httpStatus: secret };
      for (const value of [delivery, cause, new Error("x", { cause })]) assert.ok([undefined, WebhookError].includes(WebhookError.from(value)?.constructor));
      await ours(() => webhook.verify({ headers: delivery ?? {}, body: "" }), WebhookError, TypeError);
      await ours(() => webhook.verify({ headers: { "x-zagely-timestamp": delivery }, body: "" }), WebhookError, TypeError);
      await ours(() => webhook.verify({ headers: {}, [Symbol.asyncIterator]: async function* () { yield delivery; } }), WebhookError, TypeError);
    }),
    { numRuns: 1000, interruptAfterTimeLimit: 20_000 },
  );
  for (const headers of [[1], [[1]], { "x-zagely-timestamp": Object.create(null) }]) {
    await ours(() => webhook.verify({ headers, body: "" }), WebhookError, TypeError);
  }
  const locked = toRequest(sign("secret", { event: "webhook.test" }));
  locked.body.getReader();
  assert.match(String(await ours(() => webhook.verify(locked), TypeError)), /was it read before\?/);
  for (const [options, message] of [[null, "options: expected an object"], [{ toleranceSecs: 1 }, "unknown option: toleranceSecs; expected toleranceSeconds, maxBytes or now"], [{ now: 7 }, "now: expected a function"]]) {
    assert.throws(() => new Webhook("secret", options), { name: "TypeError", message });
  }
});

test("any signed body is verified, and its event has the values of the body", async () => {
  const webhook = new Webhook("secret", { maxBytes: Infinity });
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, fc.json(), fc.record({ event: fc.string(), data: fc.jsonValue() }, { requiredKeys: [] })), async (body) => {
      const delivery = sign("secret", body);
      const event = await ours(() => webhook.verify(delivery), WebhookError);
      if (event instanceof WebhookError) assert.equal(event.reason, "malformed_payload");
      else assert.equal(event.name, JSON.parse(new TextDecoder().decode(delivery.body)).event);
    }),
    { numRuns: 1000, interruptAfterTimeLimit: 20_000 },
  );
});

test("templates and phone numbers accept or reject any text", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("{", "}", " ", "a", "{{", "}}") })), fc.dictionary(fc.string(), fc.anything()), fc.anything(), async (source, values, anything) => {
      await ours(() => new Template(source).render(values, { missing: "error" }), MissingVariablesError, HudhudError, TypeError);
      await ours(() => new Template(source).render(values, anything), MissingVariablesError, HudhudError, TypeError);
      await ours(() => new Template(source).render(anything, { missing: anything }), MissingVariablesError, HudhudError, TypeError);
      await ours(() => idempotencyKey(anything), TypeError);
      await ours(() => parsePhone(source), HudhudError);
    }),
    { numRuns: 2000, interruptAfterTimeLimit: 20_000 },
  );
});

test("calls and responses accept or reject any value", async () => {
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test" });
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.integer({ min: 0, max: 999 }), fc.oneof(bytes, fc.json()), async (input, status, body) => {
      await ours(() => zagely.contacts.create.prepare(input), HudhudError, TypeError);
      await ours(() => zagely.contacts.list.prepare({}, input), HudhudError, TypeError);
      await ours(() => new Zagely(input), HudhudError, TypeError);
      await ours(() => sign("secret", input), TypeError);
      await ours(() => sign("secret", "x", { now: input }), TypeError);
      const [data, cause] = [{ message: "x", facts: { kind: "validation", ...Object(input) } }, { kind: "validation", fieldErrors: input, code: input }];
      for (const value of [input, data, { message: "x", facts: cause }, new Error("x", { cause })]) {
        const error = HudhudError.from(value);
        assert.ok(error === undefined || (error instanceof HudhudError && typeof error.fieldErrors === "object" && error.toJSON()));
      }
      await ours(() => zagely.contacts.list.exchange().step(input), HudhudError, TypeError);
      const { decode } = zagely.contacts.list.prepare();
      await ours(() => decode({ status, headers: {}, body }), HudhudError, TypeError);
      await ours(() => decode({ status, headers: {}, body: input }), HudhudError, TypeError);
      await ours(() => decode({ status, headers: input, body }), HudhudError, TypeError);
    }),
    { numRuns: 1000, interruptAfterTimeLimit: 20_000 },
  );
});

test("JavaScript and core decode a page to the same value", async () => {
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test" });
  const id = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.maxSafeInteger());
  // The quotes around it are removed below.
  const large = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((number) => `#${number}`);
  const contact = fc.record({ id, large, name: fc.jsonValue(), tags: fc.oneof(fc.array(fc.string()), fc.jsonValue()), is_blocked: fc.oneof(fc.boolean(), fc.nat(2)), custom_fields: fc.oneof(fc.jsonValue(), fc.record({ large, deep: fc.array(fc.record({ large })) })), groups: fc.array(fc.record({ id, name: fc.string() })), odd: fc.jsonValue() }, { requiredKeys: [] });
  const page = fc.record({ current_page: fc.oneof(fc.nat(), fc.jsonValue()), total: fc.jsonValue(), data: fc.oneof({ arbitrary: fc.array(contact), weight: 9 }, fc.jsonValue()), meta: fc.jsonValue(), large }, { requiredKeys: [] });
  // Core leaves out which page it is where that is not said, and what was only there to say it.
  const plain = (value) => JSON.parse(JSON.stringify(value, (key, inner) => {
    if (typeof inner === "bigint") return `${inner}n`;
    return inner === null && /_page$|^total$|_url$/.test(key) ? undefined : key === "meta" ? undefined : inner;
  }));
  fc.assert(
    fc.property(page, (given) => {
      const response = { status: 200, headers: {}, body: JSON.stringify(given).replaceAll(/"#(-?\d+)"/g, "$1") };
      const exchange = zagely.contacts.list.exchange();
      exchange.step(0);
      exchange.receive(response, 0);
      const outcome = (read) => {
        try {
          return plain(read().output);
        } catch (error) {
          return String(error);
        }
      };
      assert.deepEqual(outcome(() => exchange.step(0).done), outcome(() => zagely.contacts.list.prepare().decode(response)));
    }),
    { numRuns: 500, seed: 20, interruptAfterTimeLimit: 20_000 },
  );
});

test("Node requests are verified, unread or with the raw body that a framework kept", async () => {
  const webhook = new Webhook("secret");
  const { headers, body } = sign("secret", { event: "webhook.test", delivery_id: "d-1" });
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const incoming = () => Object.assign(Readable.from([body.subarray(0, 5), body.subarray(5)]), { headers: lower });
  for (const request of [incoming(), Object.assign(incoming(), { body: Buffer.from(body) }), Object.assign(incoming(), { body: {}, rawBody: Buffer.from(body) })]) {
    assert.equal((await webhook.verify(request)).replayKey, "d-1");
  }
  const parsed = { headers: lower, body: JSON.parse(Buffer.from(body)) };
  assert.match((await webhook.verify(parsed).catch(String)), /keep the raw bytes/);
  const unknown = await webhook.verify(sign("secret", { event: "moon.landed", data: { id: 12345678901234567890n.toString() } }));
  assert.deepEqual([unknown.type, unknown.name], ["unknown", "moon.landed"]);
  const large = await webhook.verify(sign("secret", '{"event":"message.read","delivery_id":12345678901234567890,"data":{"id":12345678901234567891}}'));
  assert.deepEqual([large.delivery_id, large.data.id], [null, 12345678901234567891n]);
});

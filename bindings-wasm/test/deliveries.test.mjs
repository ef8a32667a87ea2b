// Deliveries as they arrive: bytes that change, wrong lengths, streams, and mistakes of the program. Each build is tested,
// because one hashes synchronously and the other awaits.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { Readable } from "node:stream";
import { test } from "node:test";

import { folder, load } from "./about.mjs";
import { built } from "./built.mjs";

const { delivery, sign } = await load("testing");
/** The samples that core declares. A test of core keeps the file up to date. */
const samples = JSON.parse(readFileSync(new URL("../../tests/webhook-samples.json", import.meta.url), "utf8"));
const failure = (promise) => promise.then(() => assert.fail("it should have failed"), (error) => error);

for (const name of ["node", "web"]) {
  const { EVENT_NAMES, Webhook, WebhookError } = await import(`file://${await built(folder, name)}/webhook.js`);
  const webhook = new Webhook("secret");
  const large = delivery("secret", "message.received", { data: { content: "x".repeat(5000) } });

  test(`${name}: each sample is the one that core declares`, async () => {
    assert.deepEqual(Object.keys(samples), EVENT_NAMES);
    const now = Date.parse("2026-04-21T10:30:00Z");
    for (const [type, sample] of Object.entries(samples)) {
      const event = await webhook.verify(delivery("secret", type));
      assert.deepEqual([event.type, event.name], [type, type]);
      assert.deepEqual(event.data, sample.data);
      const { delivery_id, occurred_at } = sample;
      const { body } = delivery("secret", type, { delivery_id, occurred_at }, { now });
      assert.equal(new TextDecoder().decode(body), JSON.stringify(sample));
    }
    assert.deepEqual((await webhook.verify(delivery("secret", "message.received", { data: { content: "x" } }))).data.content, "x");
    const ids = await Promise.all(EVENT_NAMES.map(async (type) => (await webhook.verify(delivery("secret", type))).delivery_id));
    assert.equal(new Set(ids).size, EVENT_NAMES.length);
    for (const odd of ["moon.landed", "constructor", "__proto__"]) {
      assert.equal((await webhook.verify(sign("secret", { event: odd }))).type, "unknown");
      assert.throws(() => delivery("secret", odd), { name: "TypeError", message: /^type: expected message\.received or / });
    }
  });

  test(`${name}: bytes that change after the call do not affect the result`, async () => {
    const { headers, body } = large;
    const forms = {
      "a Uint8Array": () => new Uint8Array(body),
      "an ArrayBuffer": () => new Uint8Array(body).buffer,
      "a SharedArrayBuffer": () => {
        const shared = new SharedArrayBuffer(body.length);
        new Uint8Array(shared).set(body);
        return shared;
      },
      "a view of a SharedArrayBuffer": () => new Uint8Array(forms["a SharedArrayBuffer"]()),
      "a DataView": () => new DataView(new Uint8Array(body).buffer),
      "a part of a pool": () => Buffer.concat([Buffer.from("pool"), body]).subarray(4),
      "another view": () => new Int8Array(new Uint8Array(body).buffer),
    };
    const forged = new TextEncoder().encode(new TextDecoder().decode(body).replace("xxxx", "evil"));
    for (const [what, make] of Object.entries(forms)) {
      for (const secrets of [["secret"], ["another", "secret"]]) {
        for (const given of [(one) => ({ headers, body: one }), (one) => Object.assign(Readable.from([]), { headers, rawBody: one })]) {
          const one = make();
          const bytes = ArrayBuffer.isView(one) ? new Uint8Array(one.buffer, one.byteOffset, one.byteLength) : new Uint8Array(one);
          const event = new Webhook(secrets).verify(given(one));
          bytes.set(forged);
          assert.equal((await event).data.content, "x".repeat(5000), what);
        }
      }
    }
  });

  test(`${name}: headers that change after the call do not affect the result`, async () => {
    for (const make of [(one) => ({ ...one }), (one) => new Headers(one), (one) => new Map(Object.entries(one)), (one) => Object.entries(one)]) {
      const headers = make(large.headers);
      const event = webhook.verify({ headers, body: large.body });
      for (const key of Object.keys(large.headers)) {
        if (headers instanceof Headers || headers instanceof Map) headers.set(key, "0");
        else if (Array.isArray(headers)) headers.length = 0;
        else headers[key] = "0";
      }
      assert.equal((await event).type, "message.received");
    }
  });

  /** A standard request whose body is this stream. */
  const standard = (headers, body) => new Request("https://example.com/", { method: "POST", headers, body, duplex: "half" });
  function stream(bytes, times = Infinity) {
    const source = { pulls: 0, cancelled: false };
    source.stream = new ReadableStream(
      { pull: (to) => (source.pulls++ < times ? to.enqueue(bytes) : to.close()), cancel: () => void (source.cancelled = true) },
      { highWaterMark: 0 },
    );
    return source;
  }

  test(`${name}: the limit counts the bytes that arrive, not Content-Length`, async () => {
    const limited = new Webhook("secret", { maxBytes: 10_000 });
    const piece = new Uint8Array(1000).fill(0x20);
    for (const stated of [{}, { "content-length": "5" }, { "content-length": "10000" }, { "content-length": "x" }]) {
      for (const given of [
        (body) => standard({ ...large.headers, ...stated }, body),
        (body) => ({ headers: { ...large.headers, ...stated }, body }),
        (body) => Object.assign(Readable.fromWeb(body), { headers: { ...large.headers, ...stated } }),
        (body) => ({ headers: { ...large.headers, ...stated }, [Symbol.asyncIterator]: () => body.values() }),
      ]) {
        const source = stream(piece);
        const error = await failure(limited.verify(given(source.stream)));
        assert.deepEqual([error.reason, error.httpStatus], ["payload_too_large", 413], String(error));
        assert.ok(source.pulls < 100, `${source.pulls} pieces`);
      }
    }
    const unread = stream(piece);
    assert.equal((await failure(limited.verify(standard({ ...large.headers, "content-length": "10001" }, unread.stream)))).httpStatus, 413);
    assert.equal(unread.pulls, 0);
    for (const whole of [new Uint8Array(10_001), "x".repeat(10_001), new ArrayBuffer(10_001)]) {
      assert.equal((await failure(limited.verify({ headers: large.headers, body: whole }))).httpStatus, 413);
    }
  });

  test(`${name}: a body in parts is read whole`, async () => {
    for (const given of [
      (body) => standard(large.headers, body),
      (body) => ({ headers: large.headers, body }),
      (body) => Object.assign(Readable.fromWeb(body), { headers: large.headers }),
    ]) {
      const parts = [large.body.slice(0, 10), large.body.slice(10)];
      const body = new ReadableStream({ pull: (to) => (parts.length ? to.enqueue(parts.shift()) : to.close()) });
      assert.equal((await webhook.verify(given(body))).type, "message.received");
    }
  });

  test(`${name}: a body without valid signature headers is not read`, async () => {
    const { "X-Zagely-Signature": signature, "X-Zagely-Timestamp": timestamp } = large.headers;
    for (const [headers, reason] of [
      [{}, "missing_header"],
      [{ "x-zagely-timestamp": timestamp }, "missing_header"],
      [{ "x-zagely-signature": signature, "x-zagely-timestamp": "soon" }, "malformed_timestamp"],
      [{ "x-zagely-signature": "sha256=x", "x-zagely-timestamp": timestamp }, "malformed_signature"],
    ]) {
      for (const given of [(body) => standard(headers, body), (body) => ({ headers, body }), (body) => ({ headers, [Symbol.asyncIterator]: () => body.values() })]) {
        const source = stream(new Uint8Array(10));
        assert.equal((await failure(webhook.verify(given(source.stream)))).reason, reason);
        assert.equal(source.pulls, 0);
      }
    }
  });

  test(`${name}: a Node request over the limit is rejected, and a response is sent`, async (context) => {
    const server = createServer(async (request, response) => {
      const error = await failure(new Webhook("secret", { maxBytes: 100_000 }).verify(request));
      response.writeHead(error.httpStatus ?? 500, { connection: "close" }).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    context.after(() => (server.closeAllConnections(), server.close()));
    const { port } = server.address();
    const sent = ask({ port, method: "POST", headers: { ...large.headers, "transfer-encoding": "chunked" } });
    sent.on("error", () => {});
    let more = true;
    const write = () => more && sent.write(Buffer.alloc(10_000), () => setImmediate(write));
    write();
    const [response] = await once(sent, "response");
    more = false;
    assert.equal(response.statusCode, 413);
    sent.destroy();
  });

  for (const [what, given, message] of [
    ["headers that are a promise", { headers: Promise.resolve(large.headers), body: large.body }, "headers: found a promise: await it first"],
    ["headers that only look like a promise", { headers: { then: () => {} }, body: large.body }, "headers: found a promise: await it first"],
    ["a body that is a promise", { headers: large.headers, body: Promise.resolve("x") }, "body: found a promise: await it first"],
    ["a delivery that is a promise", Promise.resolve(large), "delivery: found a promise: await it first"],
    ["no delivery", undefined, /^delivery: expected/],
    ["no headers", { body: large.body }, /^headers: expected/],
    ["headers as text", { headers: "x-zagely-signature: x", body: large.body }, /^headers: expected/],
    ["headers as a function", { headers: () => large.headers, body: large.body }, /^headers: expected/],
    ["a request for headers", { headers: new Request("https://example.com/", { headers: large.headers }), body: large.body }, /^headers: found a request/],
    ["a request of Node's for headers", { headers: { headers: large.headers, method: "POST" }, body: large.body }, /^headers: found a request/],
    ["no body", { headers: large.headers }, /^body: missing or parsed/],
    ["a body that was parsed", { headers: large.headers, body: { event: "x" } }, /^body: missing or parsed/],
    ["a body as a function", { headers: large.headers, body: () => "x" }, /^body: (missing or parsed|expected)/],
    ["a body in base64", { headers: large.headers, body: Buffer.from(large.body).toString("base64"), isBase64Encoded: true }, /^body: .*base64.*Buffer\.from\(event\.body, "base64"\)/],
  ]) {
    test(`${name}, rejected with a TypeError: ${what}`, async () => {
      const error = await failure(webhook.verify(given));
      assert.equal(error.constructor.name, "TypeError", String(error));
      if (message instanceof RegExp) assert.match(error.message, message);
      else assert.equal(error.message, message);
    });
  }

  test(`${name}: values that the sender chooses never cause a TypeError`, async () => {
    for (const header of ["then", "headers", "get", "body", "constructor", "__proto__", "arrayBuffer"]) {
      const headers = JSON.parse(JSON.stringify({ ...large.headers }).replace("{", `{"${header}":"x",`));
      assert.equal((await webhook.verify({ headers, body: large.body })).type, "message.received", header);
    }
    // An API gateway passes null for an empty body.
    assert.equal((await failure(webhook.verify({ headers: large.headers, body: null }))).reason, "signature_mismatch");
    assert.equal((await failure(webhook.verify({ headers: {}, body: null, isBase64Encoded: false }))).reason, "missing_header");
  });

  test(`${name}: a gateway's base64 body is verified after decoding`, async () => {
    const event = { headers: large.headers, body: Buffer.from(large.body).toString("base64"), isBase64Encoded: true };
    assert.equal((await webhook.verify({ headers: event.headers, body: Buffer.from(event.body, "base64") })).type, "message.received");
    assert.equal((await webhook.verify({ headers: large.headers, body: new TextDecoder().decode(large.body), isBase64Encoded: false })).type, "message.received");
  });

  test(`${name}: deduplicateUntil is null without a tolerance`, async () => {
    const event = await new Webhook("secret", { toleranceSeconds: null }).verify(large);
    assert.equal(event.deduplicateUntil, null);
    assert.ok((await webhook.verify(large)).deduplicateUntil > new Date(Date.now() + 23 * 3_600_000));
  });

  test(`${name}: times beyond the largest date become the largest date`, async () => {
    for (const toleranceSeconds of [8.64e12, 2 ** 53, 1e20, Infinity]) {
      const event = await new Webhook("secret", { toleranceSeconds }).verify(large);
      assert.equal(event.deduplicateUntil.getTime(), 8.64e15);
    }
    const late = sign("secret", { event: "webhook.test" }, { now: 1e16 });
    assert.equal((await new Webhook("secret", { toleranceSeconds: null }).verify(late)).signedAt.getTime(), 8.64e15);
  });

  test(`${name}: the last of two members with the same name counts, also for the type`, async () => {
    const body = '{"event":"message.received","event":"message.failed","delivery_id":"d-1","delivery_id":"d-2","data":{"a":1},"data":{"b":2}}';
    const event = await webhook.verify(sign("secret", body));
    assert.deepEqual([event.type, event.name, event.delivery_id, event.replayKey, event.data], ["message.failed", "message.failed", "d-2", "d-2", { b: 2 }]);
    const odd = await webhook.verify(sign("secret", '{"event":"message.failed","event":"moon.landed"}'));
    assert.deepEqual([odd.type, odd.name], ["unknown", "moon.landed"]);
    assert.equal((await failure(webhook.verify(sign("secret", '{"event":"message.failed","event":7}')))).reason, "malformed_payload");
  });

  test(`${name}: an id that is not a string is null, and a byte order mark is skipped`, async () => {
    for (const id of ["7", "null", "{}", "[]", "true", '""']) {
      const event = await webhook.verify(sign("secret", `{"event":"message.failed","delivery_id":${id}}`));
      assert.deepEqual([event.delivery_id, /^[0-9a-f]{32}$/.test(event.replayKey)], [null, true], id);
    }
    assert.equal((await webhook.verify(sign("secret", '\ufeff{"event":"message.failed"}'))).type, "message.failed");
    assert.equal((await webhook.verify(sign("secret", '{"event":"message.received","data":{"content":"half \\ud83d"}}'))).data.content.isWellFormed(), false);
  });

  test(`${name}: a body that is still base64 is hinted at`, async () => {
    for (const signed of [large, delivery("secret", "message.failed")]) {
      for (const body of [btoa(String.fromCharCode(...signed.body)), Buffer.from(btoa(String.fromCharCode(...signed.body)))]) {
        const error = await failure(webhook.verify({ headers: signed.headers, body }));
        assert.equal(error.reason, "signature_mismatch");
        assert.match(error.hint, /^The body is base64/);
      }
    }
  });

  test(`${name}: an error holds no data of the delivery`, async () => {
    const forged = delivery("another", "message.received", { data: { content: "Bilqis +15551234567" } });
    const error = await failure(webhook.verify(forged));
    assert.ok(error instanceof WebhookError);
    assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /Bilqis|5551234|sha256=[0-9a-f]/);
  });
}

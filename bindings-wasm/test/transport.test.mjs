// One attempt over `fetch`: sent once, with timeout and size limit, with a proven fault and a redacted cause.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";

import { load } from "./about.mjs";
import { built } from "./built.mjs";

const { AbortError, HudhudError, InvalidRequestError, TransportError, Wazaj, Zagely } = await load("index");
const { fakeFetch } = await load("testing");
const keys = { publicKey: "pk_test", secretKey: "sk_test" };
const patient = { retry: { baseMs: 0 } };
const zagely = (options) => new Zagely({ ...keys, ...patient, maxAttempts: 1, ...options });
const text = { to: "+15551234567", body: "Salaam Bilqis" };
const failure = (promise) => promise.then(() => assert.fail("it should have failed"), (error) => error);

/** Starts a vendor on a socket. `answer` gets each complete request and its number. */
async function vendor(answer) {
  const requests = [];
  const server = createServer((socket) => {
    let read = "";
    socket.on("error", () => {});
    socket.on("data", (data) => {
      read += data;
      const end = read.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(read)?.[1] ?? 0);
      if (end < 0 || read.length < end + 4 + length) return;
      requests.push(read.slice(0, end + 4 + length));
      read = "";
      answer(socket, requests.length);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  after(() => server.close());
  return { requests, server, baseUrl: `http://127.0.0.1:${server.address().port}` };
}
const rawResponse = (status, body = "{}", headers = "") => `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;

test("a 421 is returned, and fetch does not send the request again", async () => {
  const { requests, baseUrl } = await vendor((socket) => socket.write(rawResponse("421 Misdirected Request")));
  for (const call of [
    (options) => new Wazaj({ apiKey: "wzj_test", ...options }).messages.sendText(text),
    (options) => zagely(options).automations.toggle({ automation_id: "a-1" }),
    (options) => zagely(options).automations.delete({ automation_id: "a-1" }),
  ]) {
    requests.length = 0;
    const error = await failure(call({ baseUrl, maxAttempts: 1 }));
    assert.deepEqual([error.status, requests.length], [421, 1], inspect(error));
  }
});

test("a kept connection that breaks causes no second request, and the fault is closed", async () => {
  const { requests, baseUrl, server } = await vendor((socket, count) => {
    if (count === 1) return socket.write(rawResponse("200 OK", '{"data":{"status":"ok"}}'));
    server.close();
    return socket.destroy();
  });
  await zagely({ baseUrl }).account.health();
  const error = await failure(zagely({ baseUrl, maxAttempts: 4 }).automations.toggle({ automation_id: "a-1" }));
  assert.deepEqual([error.fault, requests.length], ["closed", 2], inspect(error));
});

test("the fault is connect if Node proves that nothing was sent", async () => {
  const closed = await vendor(() => {});
  closed.server.close();
  const plain = await vendor((socket) => socket.write(rawResponse("400 Bad Request")));
  const mute = createServer((socket) => socket.once("data", () => socket.destroy()));
  await once(mute.listen(0, "127.0.0.1"), "listening");
  after(() => mute.close());
  for (const [what, baseUrl] of [
    ["refused", closed.baseUrl],
    ["refused at every address of a name", closed.baseUrl.replace("127.0.0.1", "localhost")],
    ["an unknown host", "https://nowhere.invalid"],
    ["a port that fetch blocks", "https://127.0.0.1:1"],
    ["another port that fetch blocks", "http://127.0.0.1:6000"],
    ["no TLS", plain.baseUrl.replace("http:", "https:")],
    ["the end of a handshake", `https://127.0.0.1:${mute.address().port}`],
  ]) {
    const error = await failure(new Wazaj({ apiKey: "wzj_test", baseUrl, ...patient, maxAttempts: 2 }).messages.sendText(text));
    assert.equal(error.fault, "connect", `${what}: ${inspect(error)}`);
  }
  assert.equal(plain.requests.length, 0);
});

const system = (code, syscall) => Object.assign(new Error(code), { code, syscall });
const failed = (cause) => new TypeError("fetch failed", { cause });
for (const [what, thrown, fault] of [
  ["refused", failed(system("ECONNREFUSED", "connect")), "connect"],
  ["no route", failed(system("EHOSTUNREACH", "connect")), "connect"],
  ["an unknown name", failed(system("ENOTFOUND", "getaddrinfo")), "connect"],
  ["every address failed", failed(new AggregateError([system("ETIMEDOUT", "connect"), system("ECONNREFUSED", "connect")])), "connect"],
  ["an error of another realm", { message: "fetch failed", cause: { message: "x", code: "ECONNREFUSED", syscall: "connect" } }, "connect"],
  ...["SELF_SIGNED_CERT_IN_CHAIN", "DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"].map((code) => [code, failed(system(code)), "connect"]),
  ["a fetch that says so", Object.assign(new Error("my tunnel is down"), { fault: "connect" }), "connect"],
  ["one of the addresses was reached", failed(new AggregateError([system("ECONNREFUSED", "connect"), system("ECONNRESET", "read")])), "closed"],
  ["no address at all", failed(new AggregateError([])), "closed"],
  ["a reset", failed(system("ECONNRESET", "read")), "closed"],
  ["TLS that may have broken later", failed(system("EPROTO", "write")), "closed"],
  ["an alert of TLS", failed(system("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED")), "closed"],
  ...["ECONNREFUSED", "tcp connect error: dns error", "client error (Connect)", "CERT_HAS_EXPIRED", "ConnectionRefused"].flatMap((words) => [
    [`the words ${words}`, new TypeError(words), "closed"],
    [`the words ${words} in a cause`, failed(new Error(`https://example.com/?search=${words}`)), "closed"],
  ]),
  ["nothing", undefined, "closed"],
  ["a text", "ECONNREFUSED", "closed"],
  ["a circle", (() => { const one = new Error("x"); one.cause = one; return one; })(), "closed"],
  ["an error that throws", { get message() { throw new Error("x"); } }, "closed"],
]) {
  test(`the option fetch throws: ${what}`, async () => {
    const error = await failure(zagely({ fetch: async () => { throw thrown; } }).account.me());
    assert.ok(error instanceof TransportError, inspect(error));
    assert.equal(error.fault, fault);
  });
}

/** Returns the result of a call whose `fetch` option returns this response. */
const answering = (body, headers = {}) => async () => new Response(body, { headers: { "content-type": "application/json", ...headers } });
function endless(piece = new Uint8Array(10_000).fill(0x20)) {
  const source = { cancelled: false };
  source.stream = new ReadableStream({ pull: (to) => to.enqueue(piece), cancel: () => void (source.cancelled = true) });
  return source;
}
const tooLarge = (error, most) => {
  assert.ok(error instanceof TransportError && error.fault === "closed", inspect(error));
  assert.equal(error.cause.message, `the response is larger than ${most} bytes; raise maxResponseBytes`);
  assert.match(error.message, new RegExp(`^account\\.me: transport: The response from \\S+ is larger than ${most} bytes; raise maxResponseBytes\\.$`));
};

test("a response that cannot be used is not asked for again", async () => {
  for (const response of [() => new Response("x".repeat(101)), () => undefined, () => ({ ok: true, status: 200, json: async () => ({}) })]) {
    let count = 0;
    const fetch = async () => (count++, response());
    const read = await failure(zagely({ fetch, maxResponseBytes: 100, maxAttempts: 4 }).account.me());
    assert.deepEqual([count, read.kind, read.attempts, read.mayHaveHappened, read.safeToRetry], [1, "transport", 1, false, false], read.message);
    const sent = await failure(zagely({ fetch, maxResponseBytes: 100, maxAttempts: 4 }).messages.send({ to: "+15551234567", message: "hi" }));
    assert.deepEqual([count, sent.mayHaveHappened, typeof sent.idempotencyKey], [2, true, "string"], sent.message);
  }
});

test("a cause keeps the frames of this package, and no other path of a URL", async () => {
  const frame = (host) => `at send (https://${host}/hudhud-dev/hudhud/v0.1.0/bindings-wasm/js/transport.ts:99:5)`;
  const thrown = new Error("x");
  thrown.stack = `Error: x\n${frame("raw.githubusercontent.com")}\n${frame("example.com")}`;
  const { cause } = await failure(zagely({ fetch: async () => { throw thrown; } }).account.me());
  assert.equal(cause.stack, `Error: x\n${frame("raw.githubusercontent.com")}\nat send (https://example.com/[redacted])`);
});

test("a mistake in the option fetch is named", async () => {
  const fetch = async () => { throw new TypeError("my bug, +15551234567"); };
  const error = await failure(zagely({ fetch }).account.me());
  assert.match(error.message, / Reason: fetch threw a TypeError, which is the cause of this error\. /);
  assert.equal(error.cause.message, "my bug, [redacted]");
});

test("an endless response is read up to the limit only", async () => {
  const { stream, ...source } = endless();
  const watched = endless();
  tooLarge(await failure(zagely({ fetch: async () => new Response(watched.stream), maxResponseBytes: 100_000 }).account.me()), 100_000);
  assert.equal(watched.cancelled, true);
  // The default limit also applies, without Content-Length.
  tooLarge(await failure(zagely({ fetch: async () => new Response(stream) }).account.me()), 33_554_432);
  assert.equal(source.cancelled, false);
  let closed;
  const { baseUrl } = await vendor((socket) => {
    closed = once(socket, "close");
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    const more = () => socket.writable && socket.write(" ".repeat(10_000), () => setImmediate(more));
    more();
  });
  tooLarge(await failure(zagely({ baseUrl, maxResponseBytes: 100_000 }).account.me()), 100_000);
  await closed;
});

test("the size of a response without a stream is checked after arrayBuffer()", async () => {
  const whole = (length) => async () => ({ status: 200, headers: {}, arrayBuffer: async () => new TextEncoder().encode(`{"data":{}}${" ".repeat(length)}`).buffer });
  tooLarge(await failure(zagely({ fetch: whole(100), maxResponseBytes: 100 }).account.me()), 100);
  await zagely({ fetch: whole(10), maxResponseBytes: 100 }).account.me();
  const parts = async () => ({ status: 200, headers: {}, body: (async function* () { yield "{"; yield new TextEncoder().encode("}"); })(), arrayBuffer: assert.fail });
  await zagely({ fetch: parts }).account.me();
});

test("an invalid maxResponseBytes is rejected", () => {
  for (const maxResponseBytes of [0, -1, NaN, "1", null]) {
    assert.throws(() => zagely({ maxResponseBytes }), { name: "TypeError", message: /^maxResponseBytes: expected a number > 0$/ });
  }
});

const body = Buffer.from('{"data":{"name":"Production Key"}}');
for (const [what, bytes, encoding] of [
  ["gzip", gzipSync(body), "gzip"],
  ["x-gzip", gzipSync(body), "X-GZIP"],
  ["deflate", deflateSync(body), "deflate"],
  ["deflate without its header", deflateRawSync(body), "deflate"],
  ["gzip that fetch undid", body, "gzip"],
  ["deflate that fetch undid", body, "deflate"],
]) {
  test(`a compressed response is decoded: ${what}`, async () => {
    const me = await zagely({ fetch: answering(bytes, { "content-encoding": encoding }) }).account.me();
    assert.equal(me.name, "Production Key");
  });
}

test("a compressed response that decodes to more than the limit is rejected", async () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000, " "));
  tooLarge(await failure(zagely({ fetch: answering(bomb, { "content-encoding": "gzip" }), maxResponseBytes: 100_000 }).account.me()), 100_000);
});

test("timeoutMs ends a response that arrives slowly", async () => {
  const { baseUrl } = await vendor((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    const timer = setInterval(() => socket.write(" "), 20);
    socket.on("close", () => clearInterval(timer));
  });
  const error = await failure(zagely({ baseUrl, timeoutMs: 200 }).account.me());
  assert.equal(error.fault, "timeout", inspect(error));
});

test("a fake fetch without a response left ends the call at once and says so", async () => {
  for (const answers of [[], [{ status: 503 }]]) {
    const fetch = fakeFetch(answers);
    const error = await failure(zagely({ fetch, maxAttempts: 2, retry: { baseMs: 0 } }).account.me());
    assert.match(error.message, /^fakeFetch: no response left for GET https:.*; pass one more$/);
    assert.equal(fetch.requests.length, answers.length + 1);
  }
});

/** Returns everything that a log could show of an error. */
function shown(error, depth = 0) {
  if (typeof error !== "object" || error === null || depth > 9) return String(error);
  const options = { depth: 20, showHidden: true };
  const inner = [error.cause, ...(error.errors ?? [])].map((one) => shown(one, depth + 1));
  return [String(error), error.stack, inspect(error, options), inspect(error, { ...options, customInspect: false }), JSON.stringify(error), ...inner].join("\n");
}

test("a cause has the reason and the host, and no data of the request", async () => {
  const input = { phone_number: "+1 (555) 123-4567", name: "Jane Doe", notes: 'quoted "word" ü' };
  const errorOf = (words, more) => Object.assign(new Error(words), { code: "ECONNRESET", hostname: "zagely.com", data: "+15551234567", ...more });
  for (const thrown of [
    (url, init) => errorOf(`no answer from ${url}: ${new TextDecoder().decode(init.body)}`),
    (url, init) => errorOf(`refused: ${JSON.stringify(init.headers)}`),
    (url, init) => new AggregateError([errorOf("Jane Doe"), errorOf(`+1 555 and 5551234567`)], `body ${Buffer.from(init.body)}`),
    (url, init) => errorOf("outer", { cause: errorOf(encodeURIComponent(Buffer.from(init.body)), { cause: errorOf("sk_test") }) }),
    () => 'Jane Doe, quoted \\"word\\" ü, jane@example.com',
  ]) {
    const fetch = async (url, init) => { throw thrown(url, init); };
    const error = await failure(zagely({ fetch }).contacts.create(input));
    const all = shown(error);
    assert.doesNotMatch(all, /5551234|555\) 123|Jane|word|sk_test|pk_test|jane@/, all);
  }
  const fetch = async (url) => { throw failed(errorOf(`connect to zagely.com broke at ${url}`)); };
  for (const call of [(one) => one.contacts.list({ search: "+15551234567", tags: ["Bilqis"] }), (one) => one.contacts.get({ contact_id: "c-15551234567" })]) {
    const error = await failure(call(zagely({ fetch })));
    assert.doesNotMatch(shown(error), /5551234|Bilqis/);
    const { cause } = error.cause;
    assert.deepEqual([cause.code, cause.hostname, cause.message.startsWith("connect to zagely.com broke at https://zagely.com"), "data" in cause], ["ECONNRESET", "zagely.com", true, false]);
  }
});

test("Node errors keep the reason and the host, and no data of the request", async () => {
  const garbled = await vendor((socket, count) => socket.end(`HTTP/1.1 garbled +15551234567 sk_test ${count}\r\n\r\n`));
  for (const [baseUrl, why] of [["https://nowhere.invalid", /ENOTFOUND|EAI_AGAIN/], [garbled.baseUrl, /HPE_\w+|UND_ERR/]]) {
    const error = await failure(zagely({ baseUrl }).contacts.list({ search: "+15551234567" }));
    assert.match(shown(error), why);
    assert.doesNotMatch(shown(error), /5551234|sk_test/);
  }
});

test("a response without a valid status fails with the idempotency key and the reason", async () => {
  const rest = { headers: {}, arrayBuffer: async () => new ArrayBuffer(0) };
  for (const response of [undefined, null, "200", {}, ...["200", 70_000, -1, 200.5, NaN, null, 200n].map((status) => ({ status, ...rest }))]) {
    const error = await failure(zagely({ fetch: async () => response }).messages.send({ to: "+15551234567", message: "hi" }, { idempotencyKey: "order-1" }));
    assert.ok(error instanceof TransportError, inspect(error));
    assert.deepEqual([error.fault, error.idempotencyKey], ["closed", "order-1"]);
    assert.equal(error.cause.message, "response: expected an object with status (0 to 999), headers and body");
    assert.match(error.message, /^messages\.send: transport: fetch returned no response; it must have status, headers and arrayBuffer\(\)\. The call may have taken effect\./);
  }
});

test("an aborted call fails with its idempotency key and the signal's reason", async () => {
  const reason = new Error("enough");
  const hanging = (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("another"))));
  const busy = fakeFetch(() => ({ status: 429, headers: { "retry-after": "30" } }));
  const message = { to: "+15551234567", message: "hi" };
  const broken = fakeFetch(() => ({ status: 503, headers: { "retry-after": "30" } }));
  for (const [what, fetch, mayHaveHappened] of [["in flight", hanging, true], ["while it waits after a refusal", busy, false], ["while it waits in doubt", broken, true]]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    const error = await failure(zagely({ fetch, maxAttempts: 4 }).messages.send(message, { signal: controller.signal }));
    assert.ok(error instanceof AbortError && error instanceof HudhudError, what);
    assert.deepEqual([error.name, error.kind, error.call, error.cause], ["AbortError", "aborted", "messages.send", reason]);
    assert.equal(error.attempts, 1, what);
    assert.ok(error.elapsedMs >= 30 && error.elapsedMs < 10_000, `${error.elapsedMs}`);
    assert.match(error.idempotencyKey, /^[\w-]{8,}$/);
    assert.deepEqual([error.mayHaveHappened, error.safeToRetry], [mayHaveHappened, true], what);
    assert.match(error.message, mayHaveHappened ? /idempotencyKey/ : /Call again if you still need/);
    const again = HudhudError.from(structuredClone(error.toData()));
    assert.ok(again instanceof AbortError && again.idempotencyKey === error.idempotencyKey);
  }
  const before = await failure(zagely({ fetch: hanging }).messages.send(message, { signal: AbortSignal.abort(), idempotencyKey: "order-1" }));
  assert.deepEqual([before.name, before.idempotencyKey, before.cause.name], ["AbortError", "order-1", "AbortError"]);
  assert.deepEqual([before.attempts, before.elapsedMs, before.mayHaveHappened], [0, 0, false]);
  assert.match(before.message, /Nothing was sent/);
  const late = await failure(zagely({ fetch: hanging }).messages.send(message, { signal: AbortSignal.timeout(20) }));
  assert.deepEqual([late.name, late.cause.name, late instanceof AbortError], ["TimeoutError", "TimeoutError", true]);
  assert.equal((await failure(zagely({ fetch: hanging }).messages.send(message, { signal: AbortSignal.abort("a text") }))).cause, "a text");
  // An aborted iteration fetches no further page.
  const controller = new AbortController();
  const fetch = fakeFetch([{ json: { current_page: 1, last_page: 2, data: [{ id: "c-1" }] } }, { json: { current_page: 2, last_page: 2, data: [{ id: "c-2" }] } }]);
  const iterated = failure((async () => {
    for await (const _ of zagely({ fetch }).contacts.list({}, { signal: controller.signal })) controller.abort(reason);
  })());
  assert.deepEqual([(await iterated).name, (await iterated).cause, fetch.requests.length], ["AbortError", reason, 1]);
});

test("a request hides keys and text in consoles, and can be sent", async () => {
  const one = zagely();
  const exchange = one.messages.send.exchange({ to: "+15551234567", message: "Salaam Bilqis" });
  const { send } = exchange.step();
  const prepared = one.contacts.list.prepare({ search: "+15551234567" });
  const ways = [
    String,
    JSON.stringify,
    (value) => inspect(value, { depth: 9 }),
    (value) => inspect(value, { depth: 9, showHidden: true }),
    (value) => inspect(value, { depth: 9, customInspect: false }),
    (value) => inspect({ value: [value] }, { depth: 9 }),
  ];
  for (const value of [send, { send }, prepared, prepared.request, exchange]) {
    for (const way of ways) assert.doesNotMatch(way(value), /sk_test|pk_test|5551234|Bilqis/, way(value));
  }
  assert.doesNotMatch(inspect(send.headers), /sk_test/);
  assert.deepEqual(JSON.parse(JSON.stringify(send)).method, "POST");
  for (const whole of [send, { ...send }, structuredClone(send)]) {
    const { requests, baseUrl } = await vendor((socket) => socket.end(rawResponse("200 OK")));
    const { method, url, headers, body } = whole;
    await fetch(url.replace("https://zagely.com", baseUrl), { method, headers, body });
    assert.match(requests[0], /^POST \/api\/v1\/messages\/send[^]*x-secret-key: sk_test[^]*Salaam Bilqis/i);
  }
  const response = await fakeFetch([{ json: {} }])(send.url, send);
  assert.equal(response.status, 200);
});

test("a response is decoded without the input of its call", () => {
  const one = zagely();
  const json = (body, status = 200) => ({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  assert.equal(one.contacts.get.decode(json({ data: { id: "c-1" } })).output.id, "c-1");
  const list = one.contacts.list.decode(json({ current_page: 1, data: [{ id: "c-1" }], total: 1 }));
  assert.deepEqual([list.output.data.length, list.meta.status], [1, 200]);
  assert.throws(() => one.messages.send.decode(json({ error: { code: "validation_failed", message: "no" } }, 422)), { name: "ValidationError", call: "messages.send" });
  assert.throws(() => one.messages.send.decode(undefined), TypeError);
});

test("the time to read a page with unknown members grows linearly", () => {
  const decode = (count) => {
    const unknown = Object.fromEntries(Array.from({ length: count }, (_, at) => [`unknown_${at}`, at]));
    const body = JSON.stringify({ current_page: 1, data: [{ id: "c-1", ...unknown }], total: 1 });
    return zagely().contacts.list.decode({ status: 200, headers: {}, body }).output.data[0];
  };
  assert.equal(decode(16_000).unknown_15999, 15_999);
});

test("a kind with the name of an object member gives an ApiError", () => {
  for (const kind of ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "then"]) {
    const error = HudhudError.from({ message: "m", facts: { kind } });
    assert.deepEqual([error.constructor.name, error.kind, error.message, error.call, error.safeToRetry], ["ApiError", kind, "m", null, false]);
    assert.deepEqual(HudhudError.from(JSON.parse(JSON.stringify(error))).kind, kind);
  }
  const odd = HudhudError.from({ message: "m", facts: { kind: "server", call: 7, code: {}, fieldErrors: "x", safeToRetry: "no", details: [], fault: "constructor" } });
  assert.deepEqual([odd.call, odd.code, odd.fieldErrors, odd.safeToRetry, odd.details, odd.constructor.name], [null, null, {}, false, {}, "ServerError"]);
});

test("a browser rejects a call that must not be repeated, unless fetch is passed", async () => {
  const agent = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const { fetch } = globalThis;
  const urls = [];
  Object.defineProperty(globalThis, "navigator", { value: { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0.0.0" }, configurable: true });
  globalThis.fetch = async (url) => (urls.push(url), Response.json({ data: { id: "a-1" } }));
  try {
    const { Zagely } = await import(`file://${await built(process.env.PACKAGE, "web")}/index.js`);
    const one = new Zagely({ ...keys, maxAttempts: 1 });
    const error = await failure(one.automations.toggle({ automation_id: "a-1" }));
    assert.deepEqual([error.name, Object.keys(error.fieldErrors), urls], ["InvalidRequestError", ["fetch"], []]);
    await one.account.me();
    await one.messages.send({ to: "+15551234567", message: "hi" });
    await new Zagely({ ...keys, fetch: globalThis.fetch }).automations.toggle({ automation_id: "a-1" });
    assert.equal(urls.length, 3);
  } finally {
    globalThis.fetch = fetch;
    if (agent) Object.defineProperty(globalThis, "navigator", agent);
    else delete globalThis.navigator;
  }
  assert.ok(InvalidRequestError);
});

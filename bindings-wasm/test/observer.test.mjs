// Observers, loggers and spans: the facts of a call that they get, and that they get nothing private.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect, promisify } from "node:util";

import * as api from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

import { folder, load } from "./about.mjs";

const { RateLimiter, Zagely } = await load("index");
const { openTelemetry } = await load("opentelemetry");
const { apiError, fakeFetch, page } = await load("testing");
const keys = { publicKey: "pk_private0123456789", secretKey: "sk_private0123456789" };
const SEND = { to: "+15551234567", message: "Meet Jane at noon", session_id: "session-secret-7" };
const PRIVATE = /5551234|Jane|noon|session-secret|pk_private|sk_private|c-77|k-private/;
const limits = { "x-ratelimit-remaining": "41", "x-request-id": "req-1" };

/** Returns a client and the list of what its observer gets. */
function watched(answers, more) {
  const recorded = [];
  const observer = {
    begin: (facts, parent) => {
      recorded.push(["begin", facts, parent]);
      return `${facts.kind}-${facts.attempt ?? 0}`;
    },
    event: (span, facts) => recorded.push(["event", facts, span]),
    end: (span, facts) => recorded.push(["end", facts, span]),
  };
  return { recorded, zagely: new Zagely({ ...keys, fetch: fakeFetch(answers), retry: { baseMs: 0, capMs: 0 }, observer, ...more }) };
}

test("a call begins, its attempts begin and end within it, and its waits are events", async () => {
  const { recorded, zagely } = watched([{ status: 503 }, { fault: "connect" }, { status: 202, json: { message_id: "m-1" }, headers: limits }]);
  await zagely.messages.send(SEND, { idempotencyKey: "k-private" });
  const facts = { call: "messages.send", method: "POST", urlTemplate: "/api/v1/messages/send", serverAddress: "zagely.com", serverPort: 443, vendor: "zagely" };
  assert.deepEqual(
    recorded.map(([what, facts, span]) => [what, what === "end" ? facts.error : (facts.kind ?? facts.reason), span]),
    [
      ["begin", "call", undefined],
      ["begin", "attempt", "call-0"],
      ["end", "unavailable", "attempt-1"],
      ["event", "unavailable", "call-0"],
      ["begin", "attempt", "call-0"],
      ["end", "transport", "attempt-2"],
      ["event", "transport", "call-0"],
      ["begin", "attempt", "call-0"],
      ["end", undefined, "attempt-3"],
      ["end", undefined, "call-0"],
    ],
  );
  assert.deepEqual(recorded[0][1], { ...facts, kind: "call" });
  assert.deepEqual(recorded[4][1], { ...facts, kind: "attempt", attempt: 2 });
  const ends = recorded.filter(([what]) => what === "end").map(([, facts]) => facts);
  for (const { durationMs } of ends) assert.ok(durationMs >= 0);
  const shown = ends.map(({ attempt, status, error, fault, requestId, rateLimit, idempotentReplay }) => [attempt, status, error, fault, requestId, rateLimit?.remaining ?? undefined, idempotentReplay]);
  assert.deepEqual(shown, [
    [1, 503, "unavailable", undefined, undefined, undefined, false],
    [2, undefined, "transport", "connect", undefined, undefined, false],
    [3, 202, undefined, undefined, "req-1", 41, false],
    [3, 202, undefined, undefined, "req-1", 41, false],
  ]);
  assert.doesNotMatch(inspect(recorded, { depth: 9 }), PRIVATE);
});

test("a call that fails ends with the kind of its error, and an id in a path stays hidden", async () => {
  const { recorded, zagely } = watched([apiError("not_found", { message: "Jane has no contact c-77" })]);
  await assert.rejects(zagely.contacts.get("c-77-5551234567"));
  assert.equal(recorded[0][1].urlTemplate, "/api/v1/contacts/{contact_id}");
  assert.deepEqual(recorded.filter(([what]) => what === "end").map(([, { status, error }]) => [status, error]), [[404, "not_found"], [404, "not_found"]]);
  assert.doesNotMatch(inspect(recorded, { depth: 9 }), PRIVATE);
});

test("an aborted call ends its attempt and itself, and a call that is not sent begins nothing", async () => {
  const { recorded, zagely } = watched(() => new Promise(() => {}));
  await assert.rejects(zagely.account.me({ signal: AbortSignal.timeout(20) }), { kind: "aborted" });
  assert.deepEqual(recorded.filter(([what]) => what === "end").map(([, { error }, span]) => [span, error]), [["attempt-1", "aborted"], ["call-0", "aborted"]]);
  const unsent = watched([]);
  await assert.rejects(unsent.zagely.messages.send({ to: "no" }), { kind: "invalid_request" });
  assert.deepEqual(unsent.recorded, []);
});

test("a response that is too large ends its attempt and its call, with the fault", async () => {
  const { recorded, zagely } = watched([{ json: { data: { id: "k-1" } } }], { maxResponseBytes: 5 });
  await assert.rejects(zagely.account.me(), { kind: "transport" });
  assert.deepEqual(recorded.filter(([what]) => what === "end").map(([, { error, fault, attempt }]) => [error, fault, attempt]), [["transport", "closed", 1], ["transport", "closed", 1]]);
});

test("each page of a list is a call", async () => {
  const { recorded, zagely } = watched([page([{ id: "c-1" }], { lastPage: 2 }), page([{ id: "c-2" }], { page: 2 })]);
  assert.equal((await zagely.contacts.list({ search: "Jane" }).toArray()).length, 2);
  assert.equal(recorded.filter(([what, { kind }]) => what === "begin" && kind === "call").length, 2);
  assert.doesNotMatch(inspect(recorded, { depth: 9 }), PRIVATE);
});

test("exceptions of an observer and of a logger never break a call", async () => {
  const fail = () => {
    throw new Error("no");
  };
  const rejected = [];
  const note = (error) => rejected.push(error);
  process.on("unhandledRejection", note);
  for (const bad of [fail, async () => fail()]) {
    const logger = { debug: bad, info: bad, warn: bad, error: bad };
    for (const more of [{ observer: { begin: bad, event: bad, end: bad } }, { logger, logLevel: "debug" }]) {
      const { zagely } = watched([{ status: 503 }, { json: { data: { id: "k-1" } } }], more);
      assert.equal((await zagely.account.me()).id, "k-1");
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off("unhandledRejection", note);
  assert.deepEqual(rejected, []);
});

/** Returns the lines that a logger gets. */
async function logged(logLevel) {
  const [lines, numbers] = [[], new Set()];
  const logger = Object.fromEntries(["debug", "info", "warn", "error"].map((level) => [level, (text) => lines.push(`${level} ${text.replace(/\d+ ms/g, "N ms").replace(/ #\d+:/, () => ((numbers.add(text.match(/ #(\d+):/)[1])), ":"))}`)]));
  const answers = [{ status: 503 }, { status: 202, json: { message_id: "m-1" } }, apiError("validation_failed", { message: "Jane +15551234567", fieldErrors: { message: ["noon"] } })];
  const zagely = new Zagely({ ...keys, fetch: fakeFetch(answers), retry: { baseMs: 0 }, logger, ...(logLevel && { logLevel }) });
  await zagely.messages.send(SEND, { idempotencyKey: "k-private" });
  await zagely.messages.send(SEND).catch(() => {});
  assert.doesNotMatch(lines.join(), PRIVATE);
  // Each call has its own number.
  if (lines.length > 2) assert.equal(numbers.size, 2);
  return lines;
}

test("a logger gets the messages of its level", async () => {
  const warn = ["warn hudhud: messages.send: waits N ms (unavailable)"];
  const ends = ["info hudhud: messages.send: succeeded: 202, 2 attempts, N ms", "warn hudhud: messages.send: failed: 422 validation, 1 attempt, N ms"];
  const info = [...warn, ...ends];
  assert.deepEqual(await logged("off"), []);
  assert.deepEqual(await logged("error"), []);
  assert.deepEqual(await logged("warn"), [...warn, ends[1]]);
  assert.deepEqual(await logged("info"), info);
  assert.deepEqual(await logged(undefined), info);
  assert.deepEqual(await logged("debug"), [
    "debug hudhud: messages.send: attempt 1: POST zagely.com/api/v1/messages/send",
    "debug hudhud: messages.send: attempt 1 ended: 503 unavailable, N ms",
    warn[0],
    "debug hudhud: messages.send: attempt 2: POST zagely.com/api/v1/messages/send",
    "debug hudhud: messages.send: attempt 2 ended: 202, N ms",
    ends[0],
    "debug hudhud: messages.send: attempt 1: POST zagely.com/api/v1/messages/send",
    "debug hudhud: messages.send: attempt 1 ended: 422 validation, N ms",
    ends[1],
  ]);
  assert.throws(() => new Zagely({ ...keys, logLevel: "verbose" }), { name: "TypeError", message: "logLevel: expected off or error or warn or info or debug" });
});

test("a call that the program aborts is no failure in the log", async () => {
  const lines = [];
  const log = (level) => (text) => lines.push(`${level} ${text}`);
  const logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const { zagely } = watched(() => new Promise(() => {}), { logger });
  await assert.rejects(zagely.account.me({ signal: AbortSignal.timeout(20) }), { kind: "aborted" });
  assert.equal(lines.length, 1);
  assert.match(lines[0], /^info hudhud: account\.me #\d+: failed: aborted, 1 attempt, \d+ ms$/);
});

test("a long wait for the rate limiter is logged, and one of all in a minute", async () => {
  const lines = [];
  const nothing = () => {};
  const logger = { debug: nothing, info: nothing, error: nothing, warn: (text) => lines.push(text) };
  const one = { json: { data: { id: "k-1" } }, headers: { "x-ratelimit-limit": "1", "x-ratelimit-remaining": "0" } };
  const { zagely, recorded } = watched([one], { logger });
  await zagely.account.me();
  const calls = [1, 2, 3].map(() => zagely.account.me({ signal: AbortSignal.timeout(200) }));
  for (const call of calls) await assert.rejects(call, { kind: "aborted" });
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0], /^hudhud: account\.me #\d+: waits \d{4,} ms or longer for the rate limiter: the limit of the key is used up, or a response asked to wait$/);
  assert.deepEqual(recorded.filter(([what]) => what === "event"), []);
});

test("calls whose clients log no waits leave the report of the minute to others on the same limiter", async () => {
  const lines = [];
  const nothing = () => {};
  const logger = { debug: nothing, info: nothing, error: nothing, warn: (text) => lines.push(text) };
  const rateLimiter = new RateLimiter();
  const one = { json: { data: { id: "k-1" } }, headers: { "x-ratelimit-limit": "1", "x-ratelimit-remaining": "0" } };
  const observed = watched([one], { rateLimiter, logLevel: "off" }).zagely;
  const quiet = watched([one], { rateLimiter, logger, logLevel: "error" }).zagely;
  const logged = watched([one], { rateLimiter, logger }).zagely;
  await observed.account.me();
  const calls = [observed, quiet, logged].map((client) => client.account.me({ signal: AbortSignal.timeout(200) }));
  for (const call of calls) await assert.rejects(call, { kind: "aborted" });
  assert.equal(lines.length, 1, lines.join("\n"));
});

test("a line of the log has the port, unless it is that of HTTPS", async () => {
  const lines = [];
  const log = (text) => lines.push(text);
  const logger = { debug: log, info: log, warn: log, error: log };
  await watched([{ json: { data: {} } }], { logger, logLevel: "debug", baseUrl: "http://127.0.0.1:4010" }).zagely.account.me();
  assert.match(lines[0], /^hudhud: account\.me #\d+: attempt 1: GET 127\.0\.0\.1:4010\/api\/v1\/me$/);
});

test("HUDHUD_LOG switches the console on, and another value is named once", async () => {
  const code = `
    import { Zagely } from "file://${folder}/dist/index.js";
    import { fakeFetch } from "file://${folder}/dist/testing.js";
    const make = () => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch([{ json: { data: {} } }]) });
    make();
    await make().account.me();`;
  for (const [level, lines] of [["debug", 3], ["info", 1], ["warn", 0], ["verbose", 0], ["", 0]]) {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], { env: { ...process.env, HUDHUD_LOG: level } });
    assert.equal(stdout.split("\n").filter((line) => line.startsWith("hudhud: account.me #")).length, lines, level);
    assert.equal(stderr, level === "verbose" ? "HUDHUD_LOG: expected off or error or warn or info or debug\n" : "", level);
  }
});

test("OpenTelemetry: the spans of a call are those of every language", async () => {
  const shared = JSON.parse(readFileSync(new URL("../../tests/spans.json", import.meta.url), "utf8"));
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const observer = openTelemetry(provider.getTracer("test"), api);
  const { zagely } = watched(shared.answers, { observer, retry: { baseMs: 0 } });
  assert.equal((await zagely.contacts.get(shared.id)).id, "c-1");
  const spans = exporter.getFinishedSpans();
  const shown = (span) => {
    const { name, kind, attributes, events, status } = span;
    assert.equal(status.code === api.SpanStatusCode.ERROR, "error.type" in attributes);
    const children = spans.filter((one) => one.parentSpanContext?.spanId === span.spanContext().spanId);
    const described = { name, kind: api.SpanKind[kind].toLowerCase(), attributes };
    if (kind === api.SpanKind.CLIENT) return described;
    return { ...described, events: events.map(({ name, attributes }) => ({ name, attributes })), children: children.map(shown) };
  };
  assert.deepEqual(spans.filter((one) => !one.parentSpanContext).map(shown), [shared.span]);
  // Without the times: their digits are any.
  const texts = spans.map(({ name, attributes, events, status }) => [name, attributes, events.map((event) => [event.name, event.attributes]), status]);
  assert.doesNotMatch(inspect(texts, { depth: 9 }), /1555|Ann|private/);
});

test("OpenTelemetry: a call that fails has the kind of its error, and the active span as its parent", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const parent = provider.getTracer("test").startSpan("mine");
  const within = api.trace.setSpan(api.ROOT_CONTEXT, parent);
  const observer = openTelemetry(provider.getTracer("test"), { trace: api.trace, context: { active: () => within } });
  await watched([apiError("not_found")], { observer }).zagely.contacts.get("c-77").catch(() => {});
  const [attempt, call] = exporter.getFinishedSpans();
  assert.deepEqual(call.attributes, { "hudhud.vendor": "zagely", "error.type": "not_found" });
  assert.equal(call.parentSpanContext.spanId, parent.spanContext().spanId);
  assert.equal(attempt.parentSpanContext.spanId, call.spanContext().spanId);
});

test("a request that is sent again with another method is another attempt", async () => {
  const { recorded, zagely } = watched([{ status: 405 }, { json: { id: "c-1" } }]);
  await zagely.contacts.update("c-77", { name: "Jane" });
  const attempts = recorded.map(([what, { kind, attempt, method, status }]) => [what, kind, attempt, method ?? status]);
  assert.deepEqual(attempts.filter(([, kind]) => kind === "attempt"), [["begin", "attempt", 1, "PUT"], ["end", "attempt", 1, 405], ["begin", "attempt", 2, "PATCH"], ["end", "attempt", 2, 200]]);
  assert.doesNotMatch(inspect(recorded, { depth: 9 }), PRIVATE);
});

test("without an observer, a logger and the variable, nothing is asked of core", async () => {
  const { ClientExchange } = await load("index");
  assert.equal(ClientExchange, undefined);
  const zagely = new Zagely({ ...keys, fetch: fakeFetch([{ json: { data: {} } }]) });
  const running = zagely.account.me.exchange();
  const prototype = Object.getPrototypeOf(running);
  running.free();
  let reads = 0;
  const { description, lastAttempt } = prototype;
  assert.equal(typeof description, "function");
  prototype.description = prototype.lastAttempt = () => reads++;
  try {
    await zagely.account.me();
  } finally {
    Object.assign(prototype, { description, lastAttempt });
  }
  assert.equal(reads, 0);
});

// A call behaves like any promise, also in runtimes that inspect the promise itself.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, test } from "node:test";
import { inspect, promisify } from "node:util";

import { Miniflare } from "miniflare";

import { folder, load, modulesOf } from "./about.mjs";

const run = promisify(execFile);

/** Returns the output of a program with a client whose vendor responds with 404. */
async function prints(program) {
  const script = `
    import { Zagely } from "file://${folder}/dist/index.js";
    import { fakeFetch } from "file://${folder}/dist/testing.js";
    process.on("unhandledRejection", (error) => console.log("unhandled", error.name));
    const { contacts } = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch(() => ({ status: 404 })) });
    const caught = (error) => console.log("caught", error.name);
    const call = () => contacts.get({ contact_id: "c-1" });
    ${program}`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script]);
  return stdout.trim().split("\n");
}

for (const [what, program, expected] of [
  ["a call that is not awaited", "call();", ["unhandled NotFoundError"]],
  ["a reply that is not awaited", "call().withResponse();", ["unhandled NotFoundError"]],
  ["a call that is awaited", "await call().catch(caught);", ["caught NotFoundError"]],
  ["a reply that is awaited", "await call().withResponse().catch(caught);", ["caught NotFoundError"]],
  ["a call and its reply", "const one = call(); await one.catch(caught); await one.withResponse().catch(caught);", ["caught NotFoundError", "caught NotFoundError"]],
]) {
  test(`${what}: a failure is reported once`, async () => assert.deepEqual(await prints(program), expected));
}

test("catch of a call returns a plain promise", async () => {
  const printed = await prints("const one = call().catch(caught); console.log(one.constructor === Promise); await one;");
  assert.deepEqual(printed, ["true", "caught NotFoundError"]);
});

test("workerd waits for a call in waitUntil, and returns its answer over RPC", async () => {
  // The vendor responds with 503 twice, then with 200.
  const requests = {};
  const vendor = createServer((request, response) => {
    const name = request.url.split("/").pop();
    requests[name] = (requests[name] ?? 0) + 1;
    const json = { "content-type": "application/json" };
    setTimeout(() => response.writeHead(requests[name] < 3 ? 503 : 200, json).end(JSON.stringify({ id: name })), 50);
  });
  await once(vendor.listen(0, "127.0.0.1"), "listening");
  after(() => vendor.close());
  const worker = `
    import { WorkerEntrypoint } from "cloudflare:workers";
    import { Zagely } from "./dist/workerd/index.js";
    const baseUrl = "http://127.0.0.1:${vendor.address().port}";
    const call = (contact_id) =>
      new Zagely({ publicKey: "pk_test", secretKey: "sk_test", baseUrl, retry: { baseMs: 50 } }).contacts.get({ contact_id });
    export class Contacts extends WorkerEntrypoint {
      get(contact_id) {
        return call(contact_id);
      }
    }
    export default {
      async fetch(request, env, context) {
        if (request.url.endsWith("/rpc")) return Response.json(await env.CONTACTS.get("rpc"));
        context.waitUntil(call("waited"));
        return new Response();
      },
    };`;
  const miniflare = new Miniflare({
    name: "worker",
    compatibilityDate: "2026-07-01",
    serviceBindings: { CONTACTS: { name: "worker", entrypoint: "Contacts" } },
    modulesRoot: "/",
    modules: [{ type: "ESModule", path: "/worker.mjs", contents: worker }, ...(await modulesOf("/"))],
  });
  after(() => miniflare.dispose());
  assert.equal((await (await miniflare.dispatchFetch("http://worker/rpc")).json()).id, "rpc");
  await (await miniflare.dispatchFetch("http://worker/")).text();
  for (let tries = 0; tries < 50 && requests.waited !== 3; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(requests, { rpc: 3, waited: 3 });
});

const { Zagely, TransportError } = await load("index");
const { fakeFetch } = await load("testing");
const keys = { publicKey: "pk_test", secretKey: "sk_test" };

test("timers are never longer than 2 ** 31 - 1 milliseconds", async (context) => {
  const delays = [];
  const { setTimeout } = globalThis;
  context.mock.method(globalThis, "setTimeout", (run, ms) => {
    delays.push(ms);
    return setTimeout(run, ms);
  });
  for (const timeoutMs of [2 ** 31, Infinity]) {
    const fetch = fakeFetch(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { json: { id: "c-1" } };
    });
    await new Zagely({ ...keys, fetch, timeoutMs }).contacts.get({ contact_id: "c-1" });
    await new Zagely({ ...keys, fetch }).contacts.get({ contact_id: "c-1" }, { timeoutMs });
  }
  const fetch = fakeFetch([{ status: 429, headers: { "retry-after": "3000000" } }]);
  const patient = new Zagely({ ...keys, fetch, retry: { maxRetryAfterMs: 4e9 } });
  await assert.rejects(patient.contacts.get({ contact_id: "c-1" }, { signal: AbortSignal.timeout(50) }), { name: "TimeoutError", kind: "aborted" });
  assert.deepEqual(new Set(delays), new Set([2 ** 31 - 1, 30_000]));
});

test("invalid numbers in options are rejected, for a client and for a call", async () => {
  const one = new Zagely({ ...keys, fetch: fakeFetch([]) });
  const wrong = [
    ...[0, -1, 1.5, NaN, Infinity, "3"].map((maxAttempts) => ({ maxAttempts })),
    ...[0, -1, NaN, "5"].map((timeoutMs) => ({ timeoutMs })),
    ...[-1, NaN, Infinity, "5", 5n].flatMap((ms) => [{ retry: { baseMs: ms } }, { retry: { maxRetryAfterMs: ms } }]),
  ];
  for (const options of wrong) {
    const name = "retry" in options ? `retry.${Object.keys(options.retry)}` : Object.keys(options);
    const expected = (call) => ({ name: "TypeError", message: new RegExp(`^${call}${name}: expected (a number|an integer|a finite number) >=? 0$`) });
    assert.throws(() => new Zagely({ ...keys, ...options }), expected(""), inspect(options));
    await assert.rejects(one.contacts.get({ contact_id: "c-1" }, options), expected("contacts.get: "));
  }
});

test("a fetch that ignores its signal is abandoned at the timeout", async () => {
  const deaf = new Zagely({ ...keys, fetch: () => new Promise(() => {}), maxAttempts: 1 });
  const late = await deaf.contacts.get({ contact_id: "c-1" }, { timeoutMs: 20 }).catch((error) => error);
  assert.ok(late instanceof TransportError && late.fault === "timeout", String(late));
  await assert.rejects(deaf.contacts.get({ contact_id: "c-1" }, { signal: AbortSignal.timeout(20) }), { name: "TimeoutError" });
  // The timeout also ends a response whose body stops arriving.
  const body = () => new ReadableStream({ pull: () => new Promise(() => {}) });
  const silent = new Zagely({ ...keys, fetch: async () => new Response(body()), maxAttempts: 1 });
  await assert.rejects(silent.contacts.get({ contact_id: "c-1" }, { timeoutMs: 20 }), { fault: "timeout" });
});

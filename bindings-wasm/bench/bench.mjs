// Compares the package's speed with alternatives. All run in alternating turns, and the result is the median of the turns'
// ratios: a slow machine slows both. Run with `cargo xtask bench npm`. Words after it select the titles that have all words.

import * as node from "node:crypto";
import { performance } from "node:perf_hooks";
import process from "node:process";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

import { load, modulesOf } from "../test/about.mjs";
import { competitors, SIZES } from "./competitors.mjs";
import { observers } from "./observers.mjs";
import { startup } from "./startup.mjs";

const ROUNDS = 50;
/** The warm-up time of each contestant, in milliseconds. `BATCH` is its time in each turn. */
const WARM = 300;
const BATCH = 10;
const median = (numbers) => numbers.sort((one, other) => one - other)[numbers.length >> 1];

const wanted = (title) => process.argv.slice(2).every((word) => title.includes(word));

/** Prints the time of one run in microseconds. `run(name, count)` runs a contestant `count` times. Skips unselected titles. */
async function compare(title, names, run, batch = BATCH) {
  if (!wanted(title)) return;
  const timed = async (name, count) => {
    const begun = performance.now();
    await run(name, count);
    return performance.now() - begun;
  };
  // The warm-up lets the runtime optimise the code and finds the number of runs in one batch. All batches last equally
  // long, so that the overhead of a batch is the same share of each.
  const count = Object.fromEntries(names.map((name) => [name, 1]));
  for (const name of names) {
    for (const until = performance.now() + WARM; performance.now() < until; ) {
      const more = batch / (await timed(name, count[name]));
      count[name] = Math.ceil(count[name] * Math.min(more, 10));
    }
  }
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    // Every second turn in reverse order, because garbage of one contestant may slow the next.
    for (const name of round % 2 ? [...names].reverse() : names) {
      times[name].push(((await timed(name, count[name])) * 1000) / count[name]);
    }
  }
  console.log(`\n${title}`);
  for (const name of names) {
    const micros = median([...times[name]]).toFixed(2).padStart(10);
    const ratio = median(times.ours.map((ours, at) => ours / times[name][at]));
    console.log(`  ${name.padEnd(24)}${micros} µs${name === "ours" ? "" : `   ours is ${ratio.toFixed(2)} of it`}`);
  }
}

const [webhook, testing, index] = await Promise.all(["webhook", "testing", "index"].map(load));
for (const size of Object.keys(SIZES)) {
  const all = await competitors({ webhook, testing, node }, size);
  await compare(`verify and parse ${size} in Node`, Object.keys(all), async (name, count) => {
    for (let at = 0; at < count; at++) await all[name]();
  });
}

// Building a request and reading a page of 50 contacts, compared with JSON by hand without types and checks.
const contact = (at) => ({
  id: `aaaaaaaa-bbbb-cccc-dddd-${String(at).padStart(12, "0")}`,
  ...{ name: `Jane Doe ${at}`, phone_number: `+1555123${String(at).padStart(4, "0")}`, email: `jane${at}@example.com`, tags: ["vip", "active"] },
  ...{ is_blocked: false, opted_out_at: null, custom_fields: { city: "New York", plan: "gold" }, groups: [{ id: "bbbbbbbb-cccc", name: "VIP Customers" }] },
  created_at: "2026-01-15T09:00:00Z",
});
const page = new TextEncoder().encode(JSON.stringify({ current_page: 1, data: Array.from({ length: 50 }, (_, at) => contact(at)), total: 842, per_page: 50 }));
const zagely = new index.Zagely({ publicKey: "pk_bench", secretKey: "sk_bench" });
const headers = new Headers({ "content-type": "application/json", "x-ratelimit-limit": "120" });
const query = { tags: ["vip", "active"], search: "jane", per_page: 50, page: 2 };
const calls = {
  ours() {
    const exchange = zagely.contacts.list.exchange(query);
    exchange.step(0);
    exchange.receive({ status: 200, headers, body: page }, 0);
    return exchange.step(0).done.output.data.length;
  },
  "JSON by hand"() {
    const url = new URL("https://zagely.com/api/v1/contacts");
    for (const tag of query.tags) url.searchParams.append("tags[]", tag);
    for (const name of ["search", "per_page", "page"]) url.searchParams.set(name, query[name]);
    const request = { method: "GET", url: url.href, headers: { "x-public-key": "pk_bench", "x-secret-key": "sk_bench", accept: "application/json" } };
    return request && JSON.parse(new TextDecoder().decode(page)).data.length;
  },
};
await compare("build a list request and read a page of 50 contacts in Node", Object.keys(calls), async (name, count) => {
  for (let at = 0; at < count; at++) calls[name]();
});

// A small call, of which crossing between JavaScript and core is a large part.
const sent = new TextEncoder().encode('{"message_id":"m-1","status":"queued"}');
const message = { to: "+15551234567", message: "Meet at noon" };
const sends = {
  ours() {
    const exchange = zagely.messages.send.exchange(message);
    exchange.step(0);
    exchange.receive({ status: 202, headers, body: sent }, 0);
    return exchange.step(0).done.output.message_id;
  },
  "JSON by hand"() {
    const request = { method: "POST", url: "https://zagely.com/api/v1/messages/send", headers: { "x-public-key": "pk_bench", "x-secret-key": "sk_bench", "idempotency-key": crypto.randomUUID(), "content-type": "application/json" }, body: new TextEncoder().encode(JSON.stringify(message)) };
    return request && JSON.parse(new TextDecoder().decode(sent)).message_id;
  },
};
await compare("build a send and read its answer in Node", Object.keys(sends), async (name, count) => {
  for (let at = 0; at < count; at++) sends[name]();
});

if (wanted("observers")) await observers(index);

// The same verifiers in a Worker. Its clock does not advance while it computes, so it is timed from here. Batches are long,
// so that the request that starts a batch (about 2 ms) is a small share.
const { outputFiles } = await build({
  stdin: {
    contents: `
      import * as webhook from "./dist/workerd/webhook.js";
      import * as testing from "./dist/workerd/testing.js";
      import { competitors } from "./competitors.mjs";
      const made = {};
      export default {
        async fetch(request) {
          const { size, name, count } = await request.json();
          made[size] ??= await competitors({ webhook, testing }, size);
          if (!name) return Response.json(Object.keys(made[size]));
          const verify = made[size][name];
          for (let at = 0; at < count; at++) await verify();
          return new Response();
        },
      };`,
    resolveDir: import.meta.dirname,
  },
  bundle: true,
  format: "esm",
  conditions: ["workerd", "worker", "browser"],
  external: ["./dist/*"],
  write: false,
});
const worker = new Miniflare({
  compatibilityDate: "2026-07-01",
  compatibilityFlags: ["nodejs_compat"],
  modulesRoot: "/",
  modules: [{ type: "ESModule", path: "/worker.mjs", contents: outputFiles[0].text }, ...(await modulesOf("/"))],
});
const ask = async (body) => (await worker.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify(body) })).text();
for (const size of Object.keys(SIZES)) {
  const names = JSON.parse(await ask({ size }));
  await compare(`verify and parse ${size} in workerd`, names, (name, count) => ask({ size, name, count }), 5 * BATCH);
}
await worker.dispose();

const title = "start-up in workerd, with nothing else to do";
if (wanted(title)) {
  console.log(`\n${title}`);
  for (const { name, compiling, starting } of await startup()) {
    console.log(`  ${name.padEnd(24)}${starting.toFixed(2).padStart(10)} ms, its module compiled before in ${compiling.toFixed(2)} ms`);
  }
}

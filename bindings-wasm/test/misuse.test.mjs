// What somebody gets wrong, or a runtime lacks, is told in words of ours that say what to do.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import { folder, load } from "./about.mjs";

const { idempotencyKey, Template, Zagely } = await load("index");
const { Webhook } = await load("webhook");
const { delivery, fakeFetch, sign } = await load("testing");
const zagely = (options) => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", ...options });
const template = new Template("{{ a }}");
/** A call that waits for an answer. */
function sent() {
  const exchange = zagely().account.me.exchange();
  exchange.step();
  return exchange;
}
const file = new Blob(["phone_number\n"]);

for (const [what, run, message] of [
  ["options that are none", () => template.render({}, null), "The options are no object."],
  ["values that are none", () => template.render(null), "The values are no object."],
  ["an option that is misspelt", () => template.render({}, { mising: "keep" }), "There is no option mising."],
  ["an option that is nothing known", () => template.render({}, { missing: "drop" }), "The option missing must be error or keep or empty."],
  ["a file that was not read", () => zagely().contacts.import.prepare({ file }), "A Blob or File is read first: pass new Uint8Array(await file.arrayBuffer())."],
  ...[new Map([["a", 1]]), new Set(["a"])].flatMap((many) => [
    [`a ${many.constructor.name} for an object`, () => zagely().contacts.create.prepare({ phone_number: "+15551234567", custom_fields: many }), "A Map or Set has no JSON form: pass an object or a list."],
    [`a ${many.constructor.name} for extra members`, () => zagely().account.me.prepare({}, { extra: many }), "A Map or Set has no JSON form: pass an object or a list."],
    [`a ${many.constructor.name} for values`, () => template.render(many), "A Map or Set has no JSON form: pass an object or a list."],
  ]),
  ...[null, "5", NaN, -1].map((maxBytes) => [`a limit of ${maxBytes}`, () => new Webhook("secret", { maxBytes }), "The option maxBytes must be a number of bytes."]),
  ...["5", NaN, -1].map((toleranceSeconds) => [`a tolerance of ${toleranceSeconds}`, () => new Webhook("secret", { toleranceSeconds }), "The option toleranceSeconds must be a number of seconds, or null."]),
  ...[null, undefined, {}, { status: "200", headers: {}, body: "" }, { status: 99999, headers: {}, body: "" }].flatMap((response) => [
    [`a response that is ${JSON.stringify(response)}`, () => zagely().account.me.prepare().decode(response), "A response has a status, headers and a body."],
    [`an answer that is ${JSON.stringify(response)}`, () => sent().receive(response), "A response has a status, headers and a body."],
  ]),
  ["a fault of no kind", () => sent().fail("lost"), "The fault must be connect or timeout or closed."],
  ["randomness that is no bytes", () => idempotencyKey("0123456789abcdef"), "The entropy is not 16 bytes."],
  ...[NaN, Infinity, "now", new Date(0), undefined, 1n].flatMap((now) => [
    [`a clock that says ${String(now)}`, () => new Webhook("secret", { now: () => now }).verify(delivery("secret", "webhook.test")), /^A time is a number of milliseconds/],
    ...(now === undefined
      ? []
      : [
          [`a step at ${String(now)}`, () => zagely().account.me.exchange().step(now), /^A time is a number of milliseconds/],
          [`a delivery signed at ${String(now)}`, () => sign("secret", "x", { now }), /^A time is a number of milliseconds/],
          [`a delivery made at ${String(now)}`, () => delivery("secret", "webhook.test", {}, { now }), /^A time is a number of milliseconds/],
        ]),
  ]),
]) {
  test(`told: ${what}`, () => assert.rejects(async () => run(), { name: "TypeError", message }));
}

test("an exchange that was told no time goes on", () => {
  const exchange = zagely().account.me.exchange();
  assert.throws(() => exchange.step(NaN), TypeError);
  assert.ok(exchange.step().send);
  assert.throws(() => exchange.fail("connect", NaN), TypeError);
  assert.throws(() => exchange.receive({ status: 503, headers: {}, body: "" }, NaN), TypeError);
  exchange.receive({ status: 503, headers: {}, body: "" });
  assert.ok(exchange.step().waitMs !== undefined);
});

test("a list is a promise of its first page, to whoever takes it for one", async () => {
  const answers = () => fakeFetch([{ json: { data: [{ id: "c-1" }], current_page: 1, last_page: 1 } }, { status: 404 }]);
  const { contacts } = zagely({ fetch: answers() });
  let done = 0;
  const page = await contacts.list().catch(assert.fail).finally(() => done++);
  assert.equal(page.data[0].id, "c-1");
  assert.equal(await contacts.list().catch((error) => error.name), "NotFoundError");
  await assert.rejects(zagely({ fetch: fakeFetch([{ status: 404 }]) }).contacts.list().finally(() => done++), { name: "NotFoundError" });
  assert.equal(done, 2);
  // Nothing is sent that nobody wants.
  const fetch = answers();
  const list = zagely({ fetch }).contacts.list();
  assert.equal(fetch.requests.length, 0);
  // Whoever awaits it and iterates it too asks for the first page once.
  await Promise.all([list, list.toArray(), list.reply()]);
  assert.equal(fetch.requests.length, 1);
});

/** What a program prints in a Node that has no `crypto`, with a build of the package's. */
async function withoutCrypto(build, program) {
  const script = `
    delete globalThis.crypto;
    const [{ Zagely, idempotencyKey }, { Webhook }, { delivery, fakeFetch }] = await Promise.all(
      ["index", "webhook", "testing"].map((name) => import(\`file://${folder}/dist/${build}/\${name}.js\`)));
    ${program}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  return stdout.trim();
}

test("a runtime without WebCrypto verifies all the same: the module hashes", async () => {
  const program = `
    const large = (secret) => delivery(secret, "message.received", { data: { content: "x".repeat(50_000) } });
    const webhook = new Webhook("secret");
    console.log((await webhook.verify(large("secret"))).type, (await webhook.verify(large("other")).catch((error) => error.reason)));`;
  assert.equal(await withoutCrypto("web", program), "message.received signature_mismatch");
});

test("a runtime without randomness is told what it lacks", async () => {
  const program = `
    const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: fakeFetch([{ json: {} }]) });
    const said = [await zagely.account.me().catch(String)];
    try { idempotencyKey(); } catch (error) { said.push(String(error)); }
    console.log(new Set(said).size === 1 && said[0]);`;
  assert.match(await withoutCrypto("node", program), /^TypeError: There is no crypto here, .* set globalThis\.crypto first\.$/);
});

// Consoles and String show what identifies an object, and hide keys, names, numbers and texts.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { inspect, promisify } from "node:util";

import { deno, folder, load } from "./about.mjs";

const { Wazaj, Zagely } = await load("index");
const { fakeFetch } = await load("testing");
const { Webhook } = await load("webhook");
const publicKey = "pk_0123456789abcdef0123456789abxgZF";

test("a client shows its base URL and the end of its public key", () => {
  const zagely = new Zagely({ publicKey, secretKey: "sk_secret" });
  for (const shown of [inspect(zagely), String(zagely)]) assert.equal(shown, "Zagely { baseUrl: 'https://zagely.com', publicKey: 'pk_…xgZF' }");
  assert.equal(inspect(new Zagely({ publicKey: "pk_test", secretKey: "sk_test", baseUrl: "http://127.0.0.1:9" })), "Zagely { baseUrl: 'http://127.0.0.1:9', publicKey: 'pk_…' }");
  assert.equal(inspect(new Wazaj({ apiKey: "wzj_secret", baseUrl: "https://wazaj.example/api" })), "Wazaj { baseUrl: 'https://wazaj.example/api' }");
  assert.deepEqual([JSON.stringify(zagely), Object.keys(zagely)], ["{}", []]);
});

test("a verifier shows its tolerance, and no secret", () => {
  for (const toleranceSeconds of [300, null]) {
    const webhook = new Webhook("whsec_secret", { toleranceSeconds });
    for (const shown of [inspect(webhook), String(webhook)]) assert.equal(shown, `Webhook { toleranceSeconds: ${toleranceSeconds} }`);
  }
});

test("Deno shows the same", { skip: deno.skip }, async () => {
  const code = `import { Zagely } from "file://${folder}/dist/index.js"; console.log(new Zagely({ publicKey: "${publicKey}", secretKey: "sk_a" }));`;
  const { stdout } = await promisify(execFile)(deno.path, ["eval", code], { env: { ...process.env, NO_COLOR: "1" } });
  assert.equal(stdout.trim(), "Zagely { baseUrl: 'https://zagely.com', publicKey: 'pk_…xgZF' }");
});

const person = { id: "c-1", name: "Jane", phone_number: "+15551234567", nonsense: 1 };
const answer = { data: Array(50).fill(person), current_page: 1, last_page: 100, per_page: 50, total: 4994 };

for (const [what, json] of [["a page that core does not read", answer], ["a page that core reads", { ...answer, data: [{ ...person, id: 7 }, ...answer.data.slice(1)] }]]) {
  test(`${what} shows its numbers, and is a plain object otherwise`, async () => {
    const page = await new Zagely({ publicKey, secretKey: "sk_a", fetch: fakeFetch([{ json }]) }).contacts.list();
    for (const shown of [inspect(page), String(page)]) assert.equal(shown, "Page 1 of 100, 50 of 4994 items");
    assert.deepEqual(JSON.parse(JSON.stringify(page)), structuredClone({ ...page }));
    assert.deepEqual([Object.getPrototypeOf(page), page.data.length], [Object.prototype, 50]);
    // The items are the user's, and consoles show them.
    assert.match(inspect(page.data[0]), /Jane/);
  });
}

test("a page without counts shows what is known", async () => {
  const page = await new Zagely({ publicKey, secretKey: "sk_a", fetch: fakeFetch([{ json: { data: [person] } }]) }).contacts.list();
  assert.equal(String(page), "Page, 1 item");
});

test("a response shows its status and output, and no header and no body", async () => {
  const response = await new Zagely({ publicKey, secretKey: "sk_a", fetch: fakeFetch([{ json: answer }]) }).contacts.list().withResponse();
  assert.doesNotMatch(inspect(response, { depth: 9 }), /Jane|555/);
  assert.match(inspect(response), /Page 1 of 100, 50 of 4994 items/);
});

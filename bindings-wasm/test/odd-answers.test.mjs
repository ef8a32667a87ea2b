// Lone surrogates in JSON, lists with wrong page numbers, and recorded responses.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./about.mjs";

const { InvalidRequestError, Template, UnexpectedResponseError, Wazaj, Zagely } = await load("index");
const { Webhook } = await load("webhook");
const { fakeFetch, sign } = await load("testing");
const zagely = (options) => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", ...options });
const half = "\ud83d";
const words = "The text has a lone surrogate, which is not a character: cut texts between whole characters.";

for (const [what, run, fields] of [
  ["a text", () => zagely().messages.send.prepare({ to: "+15551234567", message: `hi ${half}` }), ["message"]],
  ["a text that is not validated", () => zagely({ validate: false }).messages.send.prepare({ to: half, message: "hi" }), ["to"]],
  ["options of a call", () => zagely().contacts.create.prepare({ phone_number: half }, { extra: { a: [half] }, method: half }), ["phone_number", "extra.a.0", "method"]],
  ["items of a list", () => zagely().contacts.create.prepare({ phone_number: "+1555", tags: ["a", half, "\ude00"] }), ["tags.1", "tags.2"]],
  ["an object", () => zagely().contacts.create.prepare({ phone_number: "+1555", custom_fields: { a: { b: ["c", half] } } }), ["custom_fields.a.b.1"]],
  ["the name of a member", () => zagely().contacts.create.prepare({ phone_number: "+1555", custom_fields: { [half]: 1 } }), ["custom_fields.\ufffd"]],
  ["extra members", () => zagely().account.me.prepare({}, { extra: { a: half } }), ["extra.a"]],
  ["a path", () => zagely().contacts.get.prepare({ contact_id: half }), ["contact_id"]],
  ["a query", () => zagely().contacts.list.prepare({ search: half }), ["search"]],
  ["a key of a call", () => zagely().messages.send.prepare({ to: "+15551234567", message: "hi" }, { idempotencyKey: half }), ["idempotencyKey"]],
  ["a key of a client", () => zagely({ secretKey: `sk_${half}` }), ["secretKey"]],
  ["a text of Wazaj", () => new Wazaj({ apiKey: "wzj_test", baseUrl: "https://a.example/api" }).messages.sendText.prepare({ to: "+50912345678", body: half }), ["body"]],
  ["a value of a template", () => new Template("Hi {{ name }}").render({ name: half }), ["name"]],
  ["a template", () => new Template(half), ["source"]],
]) {
  test(`a lone surrogate in ${what} is an error of its field`, () => {
    assert.throws(run, (error) => {
      assert.ok(error instanceof InvalidRequestError, String(error));
      assert.deepEqual(error.fieldErrors, Object.fromEntries(fields.map((field) => [field, [words]])));
      // An error of a call names the call and the fields.
      const [, call] = /\.(\w+\.\w+)\.prepare/.exec(run) ?? [];
      assert.equal(error.call, call ?? null);
      for (const field of fields) assert.ok(error.message.includes(`${field}: `), error.message);
      return true;
    });
  });
}

test("a surrogate pair is accepted", () => {
  zagely().messages.send.prepare({ to: "+15551234567", message: "hi \ud83d\ude00" });
  assert.equal(new Template("{{ a }} \ud83d\ude00").render({ a: "\ud83d\ude00" }), "\ud83d\ude00 \ud83d\ude00");
});

const page = (...ids) => ids.map((id) => ({ id }));

for (const [what, pages, expectedIds, expectedRequests] of [
  ["the page's number is ignored", [{ current_page: 1, last_page: 3, data: page("1", "2") }], ["1", "2"], 2],
  ["the same items come under another number", [{ current_page: 1, last_page: 3, data: page("1") }, { current_page: 2, last_page: 3, data: page("1") }], ["1"], 2],
  ["the same items come in another order", [{ total: 9, data: page("1", "2") }, { total: 9, data: page("2", "1") }], ["1", "2"], 2],
  ["an address in an object", [{ data: page("1"), links: { next: { href: "https://a.example/?page=2" } } }], ["1"], 2],
  ["an address in meta", [{ data: page("1"), meta: { next_page_url: "https://a.example/?page=2" } }], ["1"], 2],
  ["a page count in meta.pagination", [{ data: page("1"), meta: { pagination: { current_page: 1, total_pages: 3 } } }], ["1"], 2],
  ["a page count next to the page's number", [{ current_page: 1, data: page("1"), total_pages: 3 }], ["1"], 2],
  ["there is more, and nothing says where", [{ current_page: 1, data: page("1"), has_more: true }], ["1"], 2],
  ["there is a cursor", [{ data: page("1"), next_cursor: "abc" }], ["1"], 1],
  ["there is a cursor in meta", [{ data: page("1"), meta: { next_cursor: "abc" } }], ["1"], 1],
  ["there is a cursor in links", [{ data: page("1"), links: { next: "https://a.example/?cursor=abc" } }], ["1"], 1],
  ["the next page is empty", [{ data: page("1"), last_page: 3 }, { data: [], last_page: 3 }], ["1"], 2],
  ["it goes round and round", [{ data: page("1"), last_page: 9 }, { data: page("2"), last_page: 9 }, { data: page("1"), last_page: 9 }], ["1", "2"], 3],
]) {
  test(`a list with more items than can be requested ends with an error: ${what}`, async () => {
    let at = 0;
    const fetch = fakeFetch(() => ({ json: pages[Math.min(at++, pages.length - 1)] }));
    const [ids, client] = [[], zagely({ fetch })];
    await assert.rejects(async () => {
      for await (const { id } of client.contacts.list()) ids.push(id);
    }, (error) => {
      assert.ok(error instanceof UnexpectedResponseError, String(error));
      assert.equal(error.call, "contacts.list");
      assert.equal(error.status, 200);
      assert.match(error.message, /there are more items, but page \d /);
      return true;
    });
    assert.deepEqual([ids, at], [expectedIds, expectedRequests]);
    // No error if the caller stops before the end.
    at = 0;
    assert.equal((await client.contacts.list().toArray(1)).length, 1);
  });
}

test("a list ends without an error at its last page", async () => {
  const pages = [{ current_page: 1, per_page: 2, total: 3, data: page("1", "2") }, { current_page: 2, per_page: 2, total: 3, data: page("3") }];
  let at = 0;
  const fetch = fakeFetch(() => ({ json: pages[at++] }));
  assert.deepEqual((await zagely({ fetch }).contacts.list().toArray()).map(({ id }) => id), ["1", "2", "3"]);
});

test("a recorded response is decoded without its call's input", () => {
  const headers = { "content-type": "application/json" };
  const { output, meta } = zagely().contacts.get.decode({ status: 200, headers, body: '{"id":7.0,"phone_number":1.5551234567E+10}' });
  assert.deepEqual([output.id, output.phone_number, meta.status], ["7", "15551234567", 200]);
  assert.equal(zagely().contacts.list.decode({ status: 200, headers, body: '{"1":{"id":"c-1"}}' }).output.data.length, 1);
  assert.throws(() => zagely().contacts.get.decode({ status: 404, headers, body: "{}" }), { name: "NotFoundError" });
});

test("numbers and texts of a delivery are decoded like those of a response", async () => {
  const body = '\ufeff{"event":"message.received","delivery_id":1E2,"data":{"content":1.2345678901234567890E+19,"contact":{"phone_number":15551234567.0,"name":1e999}},"more":[1e999,9007199254740993]}';
  const event = await new Webhook("secret").verify(sign("secret", body));
  assert.equal(event.data.content, "12345678901234567890");
  assert.equal(event.data.contact.phone_number, "15551234567");
  assert.equal(event.data.contact.name, null);
  assert.deepEqual(event.more, [null, 9007199254740993n]);
});

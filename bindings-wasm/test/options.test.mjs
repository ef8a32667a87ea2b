// The effect of each option of a client and of a call on a request. Nothing is sent.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folder, load } from "./about.mjs";

const { HudhudError, Wazaj, Zagely } = await load("index");

const big = 12345678901234567890n;
const update = (client, options) => client.contacts.update.prepare({ contact_id: "c-1", name: "Ann" }, options).request;
const list = (client, options) => client.contacts.list.prepare({ search: "a" }, options).request;
const app = (client, options) => client.automations.list.prepare({}, options).request;
const blocked = (client, options) => client.contacts.list.prepare({ is_blocked: true }, options).request;
const many = (client, options) => client.contacts.list.prepare({ per_page: 5000 }, options).request;
const text = (client, options) => client.messages.sendText.prepare({ to: "+50912345678", body: "x" }, options).request;

const header = (name) => ({ headers }) => headers.find(([one]) => one.toLowerCase() === name)?.[1];
const method = (request) => request.method;
const path = ({ url }) => url.slice(new URL(url).origin.length);
const body = (request) => new TextDecoder().decode(request.body);

/** Title, call, the inspected part of the request; its value without the options, the options, its value with them. */
const TABLE = [
  ["updateMethod", update, method, "PUT", { updateMethod: "PATCH" }, {}, "PATCH"],
  ["methods", update, method, "PUT", { methods: { "contacts.update": "POST" } }, {}, "POST"],
  ["method of a call", update, method, "PUT", {}, { method: "PATCH" }, "PATCH"],
  ["methodOverride", update, method, "PUT", { methodOverride: true }, {}, "POST"],
  ["methodOverride, the header", update, header("x-http-method-override"), undefined, { methodOverride: true }, {}, "PUT"],
  ["userAgent", update, header("user-agent"), /^hudhud/, { userAgent: "me/1" }, {}, "me/1"],
  ["userAgent, none", update, header("user-agent"), /^hudhud/, { userAgent: "" }, {}, undefined],
  ["idempotencyKey", update, header("idempotency-key"), undefined, {}, { idempotencyKey: "order-1" }, "order-1"],
  ["baseUrl", update, ({ url }) => new URL(url).origin, "https://zagely.com", { baseUrl: "http://127.0.0.1:4010" }, {}, "http://127.0.0.1:4010"],
  ["extra in a body", update, body, '{"name":"Ann"}', {}, { extra: { moon: [1, { deep: big }], none: null } }, `{"name":"Ann","moon":[1,{"deep":${big}}],"none":null}`],
  ["extra in a query", list, path, "/api/v1/contacts?search=a", {}, { extra: { moon: "b c", id: big } }, `/api/v1/contacts?search=a&moon=b%20c&id=${big}`],
  ["textualBooleans", blocked, path, "/api/v1/contacts?is_blocked=1", { textualBooleans: true }, {}, "/api/v1/contacts?is_blocked=true"],
  ["appPrefix", app, path, "/api/automations", { appPrefix: "/app" }, {}, "/app/automations"],
  ["appToken", app, header("authorization"), undefined, { appToken: "token-1" }, {}, "Bearer token-1"],
  ["appAuth", app, header("x-public-key"), "pk_test", { appToken: "token-1" }, {}, undefined],
  ["appAuth, both", app, header("x-public-key"), "pk_test", { appToken: "token-1", appAuth: "token_and_keys" }, {}, "pk_test"],
  ["headers", list, header("traceparent"), undefined, {}, { headers: { traceparent: "00-1" } }, "00-1"],
  ["headers, as Headers", list, header("traceparent"), undefined, {}, { headers: new Headers({ traceparent: "00-1" }) }, "00-1"],
  ["headers, as a Map", list, header("traceparent"), undefined, {}, { headers: new Map([["traceparent", "00-1"]]) }, "00-1"],
  ["validation by a client", many, (request) => request instanceof HudhudError, true, { validate: false }, {}, false],
  ["validation of a call", many, (request) => request instanceof HudhudError, true, {}, { validate: false }, false],
];

/** Returns the request, or the error if it is not built. */
function attempt(run) {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

const zagely = (options) => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", ...options });
const is = (found, expected) => (expected instanceof RegExp ? assert.match(found, expected) : assert.deepEqual(found, expected));

for (const [what, call, select, without, ofClient, ofCall, expected] of TABLE) {
  test(what, () => {
    is(select(attempt(() => call(zagely({}), {}))), without);
    is(select(attempt(() => call(zagely(ofClient), ofCall))), expected);
  });
}

test("apiKeyScheme", () => {
  const wazaj = (apiKeyScheme) => text(new Wazaj({ apiKey: "wzj_test", baseUrl: "https://example.com/api/wazaj/business", apiKeyScheme }));
  const found = [undefined, "header", "bearer", "api_key"].map((form) => wazaj(form).headers.filter(([, value]) => value.includes("wzj_test")).join());
  assert.equal(found[0], found[1]);
  assert.equal(new Set(found).size, 3, found.join(" "));
});

test("unknown options and invalid values are rejected with the option's name", () => {
  for (const [ofClient, ofCall, expected] of [
    [{ timeout: 1 }, {}, "unknown option: timeout; did you mean timeoutMs?"],
    [{}, { timeout: 1 }, "unknown option: timeout; did you mean timeoutMs?"],
    [{}, { idempotencykey: "a" }, "unknown option: idempotencykey; did you mean idempotencyKey?"],
    [{ nonsense: 1 }, {}, "unknown option: nonsense; leave it out"],
    [{ sk_0123456789: 1 }, {}, "unknown option, whose name is not shown because it may be a key: leave it out"],
    [{ retry: { base: 1 } }, {}, "unknown option: retry.base; did you mean retry.baseMs?"],
    [{}, { retry: { capMS: 1 } }, "unknown option: retry.capMS; did you mean retry.capMs?"],
    [{}, { headers: [["traceparent", "00-1"]] }, "headers: expected an object"],
    [{}, { deadlineMs: 0 }, "deadlineMs: expected a number > 0"],
    [{}, { deadlineMs: "5" }, "deadlineMs: expected a number > 0"],
    [{ updateMethod: "FETCH" }, {}, "updateMethod: expected PUT or PATCH"],
    [{ updateMethod: "POST" }, {}, "updateMethod: expected PUT or PATCH"],
    [{ validate: "no" }, {}, "validate: expected true or false"],
    [{}, { validate: 1 }, "validate: expected true or false"],
    [{}, { method: "FETCH" }, "method: expected GET or POST or PUT or PATCH or DELETE"],
    [{}, { extra: "x" }, "extra: expected an object"],
    [{ appAuth: "none" }, {}, "appAuth: expected token or keys or token_and_keys"],
    [{ methods: { "contacts.update": "FETCH" } }, {}, "contacts.update: expected GET or POST or PUT or PATCH or DELETE"],
  ]) {
    const error = attempt(() => update(zagely(ofClient), ofCall));
    assert.ok(error instanceof TypeError, `${JSON.stringify([ofClient, ofCall])}: ${error}`);
    // An error about an option of a call begins with the call, also in the stack.
    is(error.message, Object.keys(ofCall).length > 0 ? `contacts.update: ${expected}` : expected);
    assert.ok(error.stack.includes(error.message), error.stack);
  }
});

test("both clients accept each setting that core declares, in its type only", () => {
  const declared = readFileSync(join(folder, "types/generated/settings.d.cts"), "utf8");
  const settings = [...declared.match(/interface Settings[^{]*\{([^}]*)\}/)[1].matchAll(/readonly (\w+)\?: (.*) \| undefined;/g)];
  assert.ok(settings.some(([, name]) => name === "updateMethod"), declared);
  const values = { boolean: [true, false], string: ["me/1", ""], "Readonly<Partial<Record<CallName, HttpMethod>>>": [{}] };
  const clients = [zagely, (options) => new Wazaj({ apiKey: "wzj_test", baseUrl: "https://example.com/api", ...options })];
  for (const client of clients) {
    for (const [, name, type] of settings) {
      // Wazaj has no sessions.
      const texts = client === zagely || name !== "sessionId" ? values : { string: [""] };
      for (const value of [...(texts[type] ?? type.split(" | ").map((choice) => JSON.parse(choice))), null]) client({ [name]: value });
      const error = attempt(() => client({ [name]: 7 }));
      assert.ok(error instanceof TypeError && error.message.startsWith(`${name}: expected `), `${name}: ${error}`);
    }
    const limits = declared.match(/interface RetryOptions \{([^}]*)\}/)[1];
    for (const [, name] of limits.matchAll(/readonly (\w+)\?: number \| undefined;/g)) {
      client({ retry: { [name]: 1 } });
      const error = attempt(() => client({ retry: { [name]: "1" } }));
      assert.ok(error instanceof TypeError && error.message === `retry.${name}: expected a finite number >= 0`, `${name}: ${error}`);
    }
    const error = attempt(() => client({ update_method: "PUT" }));
    assert.ok(error instanceof TypeError && error.message === "unknown option: update_method; did you mean updateMethod?", String(error));
  }
});

test("a method of an unknown call is an error of the setting", () => {
  for (const [name, expected] of [
    ["contact.block", "methods: there is no call contact.block; did you mean contacts.block?"],
    ["contactGroups.ad_contacts", "methods: there is no call contactGroups.ad_contacts; did you mean contactGroups.addContacts?"],
    ["contacts.nope", "methods: there is no call contacts.nope"],
    ["sk_0123456789", "methods: there is no call of this name"],
  ]) {
    const error = attempt(() => zagely({ methods: { [name]: "PUT" } }));
    assert.deepEqual([error.kind, error.message, Object.keys(error.fieldErrors)], ["invalid_request", expected, ["methods"]]);
  }
  const spelled = (name) => zagely({ methods: { [name]: "PUT" } }).contactGroups.addContacts.prepare("g-1", { contact_ids: ["c-1"] }).request;
  for (const name of ["contactGroups.addContacts", "contact_groups.add_contacts"]) assert.equal(spelled(name).method, "PUT", name);
});

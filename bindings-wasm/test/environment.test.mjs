// Clients and verifiers from environment variables.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { Miniflare } from "miniflare";

import { bin, deno, folder, load, modulesOf } from "./about.mjs";

const run = promisify(execFile);
const { Wazaj, Zagely } = await load("index");
const { Webhook } = await load("webhook");
const { delivery } = await load("testing");

const KEYS = { ZAGELY_PUBLIC_KEY: "pk_env", ZAGELY_SECRET_KEY: "sk_env" };
const WAZAJ = { WAZAJ_API_KEY: "wzj_env", WAZAJ_BASE_URL: "https://wazaj.example/api" };
const header = ({ headers }, name) => headers.find(([one]) => one.toLowerCase() === name)?.[1];

test("variables become options, and options win", () => {
  const env = { ...KEYS, ZAGELY_BASE_URL: "https://zagely.example", ZAGELY_APP_TOKEN: "token-1", ZAGELY_SESSION_ID: "s-1" };
  const { request } = Zagely.fromEnv(env).automations.list.prepare();
  assert.deepEqual([header(request, "authorization"), new URL(request.url).origin], ["Bearer token-1", "https://zagely.example"]);
  const sent = Zagely.fromEnv(env).messages.send.prepare({ to: "+15551234567", message: "hi" }).request;
  assert.equal(JSON.parse(new TextDecoder().decode(sent.body)).session_id, "s-1");
  assert.deepEqual([header(sent, "x-public-key"), header(sent, "x-secret-key")], ["pk_env", "sk_env"]);
  const other = Zagely.fromEnv(env, { publicKey: "pk_other", baseUrl: "https://other.example" }).account.me.prepare().request;
  assert.deepEqual([header(other, "x-public-key"), new URL(other.url).origin], ["pk_other", "https://other.example"]);
  assert.equal(new URL(Wazaj.fromEnv(WAZAJ).messages.sendText.prepare({ to: "+50912345678", body: "x" }).request.url).host, "wazaj.example");
});

test("a missing or empty variable is named", async () => {
  const expected = (name) => ({ name: "TypeError", message: `${name} is not set; set this environment variable, or pass an object that holds it, such as a Worker's env` });
  for (const value of [undefined, "", 7]) {
    assert.throws(() => Zagely.fromEnv({ ...KEYS, ZAGELY_SECRET_KEY: value }), expected("ZAGELY_SECRET_KEY"));
    assert.throws(() => Wazaj.fromEnv({ ...WAZAJ, WAZAJ_BASE_URL: value }), expected("WAZAJ_BASE_URL"));
    assert.throws(() => Webhook.fromEnv({ ZAGELY_WEBHOOK_SECRET: value }), expected("ZAGELY_WEBHOOK_SECRET"));
  }
  assert.throws(() => Zagely.fromEnv({}), expected("ZAGELY_PUBLIC_KEY"));
  assert.throws(() => Webhook.fromEnv({ ZAGELY_WEBHOOK_SECRET: " " }), TypeError);
});

test("options in the place of the environment are found", () => {
  const expected = (name) => ({ name: "TypeError", message: `env: found the option ${name}; pass the options second, as in fromEnv(undefined, { … })` });
  assert.throws(() => Zagely.fromEnv({ sessionId: "x" }), expected("sessionId"));
  assert.throws(() => Zagely.fromEnv({ timeoutMs: 5 }), expected("timeoutMs"));
  assert.throws(() => Wazaj.fromEnv({ baseUrl: "https://wazaj.example/api" }), expected("baseUrl"));
});

test("several secrets are separated by spaces", async () => {
  const webhook = Webhook.fromEnv({ ZAGELY_WEBHOOK_SECRET: " old next " }, { toleranceSeconds: 60 });
  assert.equal((await webhook.verify(delivery("next", "webhook.test"))).secretIndex, 1);
});

for (const [runtime, command, skip] of [
  ["Node", [process.execPath, "--input-type=module", "--eval"]],
  ["Bun", [join(bin, "bun"), "--eval"]],
  ["Deno", [deno.path, "eval"], deno.skip],
]) {
  test(`${runtime}: the environment is the process's`, { skip }, async () => {
    const code = `
      import { Zagely } from "file://${folder}/dist/index.js";
      import { Webhook } from "file://${folder}/dist/webhook.js";
      Webhook.fromEnv();
      console.log(Zagely.fromEnv().account.me.prepare().request.headers.find(([name]) => /public/i.test(name))[1]);`;
    const env = { ...process.env, ...KEYS, ZAGELY_WEBHOOK_SECRET: "secret" };
    const { stdout } = await run(command[0], [...command.slice(1), code], { env });
    assert.equal(stdout.trim(), "pk_env");
  });
}

test("workerd: the environment is the Worker's env", async () => {
  const worker = `
    import { Zagely } from "./dist/workerd/index.js";
    export default {
      async fetch(request, env) {
        return Response.json(Zagely.fromEnv(env).account.me.prepare().request.headers);
      },
    };`;
  const miniflare = new Miniflare({
    compatibilityDate: "2026-07-01",
    bindings: KEYS,
    modulesRoot: "/",
    modules: [{ type: "ESModule", path: "/worker.mjs", contents: worker }, ...(await modulesOf("/"))],
  });
  try {
    const headers = await (await miniflare.dispatchFetch("http://worker/")).json();
    assert.equal(header({ headers }, "x-public-key"), "pk_env");
  } finally {
    await miniflare.dispose();
  }
});

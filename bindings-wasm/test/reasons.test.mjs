// The error of a transport states the host and the reason, in each runtime, and keeps its cause.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createTcp } from "node:net";
import { createServer as createTls } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

import { bin, deno, folder, load } from "./about.mjs";

const { parsePhone, Wazaj, Zagely } = await load("index");
const { fakeFetch } = await load("testing");
const keys = { publicKey: "pk_test", secretKey: "sk_test" };

async function listening(server) {
  await once(server.listen(0, "127.0.0.1"), "listening");
  after(() => server.close());
  return server.address().port;
}
// A port that nobody listens on.
const closing = createTcp();
await once(closing.listen(0, "127.0.0.1"), "listening");
const closed = closing.address().port;
closing.close();
const reset = await listening(createTcp((socket) => socket.resetAndDestroy()));
// A certificate that no authority signed.
const home = mkdtempSync(join(tmpdir(), "hudhud-reasons-"));
after(() => rmSync(home, { recursive: true, force: true }));
const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(home, name));
const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost";
await promisify(execFile)("openssl", [...request.split(" "), "-keyout", key, "-out", cert]);
const tls = await listening(createTls({ key: readFileSync(key), cert: readFileSync(cert) }, () => {}).on("tlsClientError", () => {}));

const plain = await listening(createTcp((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n")));

const CASES = [
  ["refused", `http://127.0.0.1:${closed}`, "the connection was refused"],
  ["an unknown host", "https://nope.invalid", "the host is unknown"],
  ["a certificate that nobody signed", `https://localhost:${tls}`, "the certificate was refused"],
  ["a server without TLS", `https://127.0.0.1:${plain}`, "the server does not speak TLS"],
  ["reset", `http://127.0.0.1:${reset}`, "the connection was reset"],
];

for (const [runtime, command, skip] of [
  ["Node", [process.execPath, "--input-type=module", "--eval"]],
  ["Bun", [join(bin, "bun"), "--eval"]],
  ["Deno", [deno.path, "eval"], deno.skip],
]) {
  test(`${runtime}: the message of a transport's error states the host and the reason`, { skip }, async () => {
    const code = `
      import { Zagely } from "file://${folder}/dist/index.js";
      for (const baseUrl of ${JSON.stringify(CASES.map(([, baseUrl]) => baseUrl))}) {
        const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", maxAttempts: 1, baseUrl });
        const error = await zagely.contacts.get("c-5551234").catch((error) => error);
        console.log(JSON.stringify([error.message, error.cause instanceof Error]));
      }
      if (globalThis.Deno) Deno.exit(); else process.exit();`;
    const { stdout } = await promisify(execFile)(command[0], [...command.slice(1), code]);
    const printed = stdout.trim().split("\n").map((line) => JSON.parse(line));
    for (const [at, [what, baseUrl, expected]] of CASES.entries()) {
      // Bun does not say why a handshake failed.
      const reason = runtime === "Bun" && what === "a server without TLS" ? "no TLS connection could be made" : expected;
      const [message, hasCause] = printed[at];
      assert.ok(message.includes(` Reason: ${reason}. `), `${what}: ${message}`);
      assert.ok(message.includes(new URL(baseUrl).hostname), message);
      assert.doesNotMatch(message, /5551234/);
      assert.ok(hasCause, what);
    }
  });
}

test("a timeout states the host", async () => {
  const zagely = new Zagely({ ...keys, fetch: () => new Promise(() => {}), maxAttempts: 1, timeoutMs: 20 });
  await assert.rejects(zagely.account.me(), { fault: "timeout", message: /^account\.me: transport: No response from zagely\.com arrived in time\./ });
});

test("words of a transport's error never reach the message", async () => {
  const cause = Object.assign(new Error("ECONNREFUSED Jane +15551234567 sk_live_1"), { syscall: "connect" });
  const zagely = new Zagely({ ...keys, maxAttempts: 1, fetch: async () => Promise.reject(new TypeError("fetch failed", { cause })) });
  const error = await zagely.account.me().catch((error) => error);
  assert.match(error.message, /Reason: the connection was refused\. /);
  assert.doesNotMatch(error.message, /Jane|555|sk_/);
});

test("errors name options as in JavaScript", () => {
  for (const [run, message] of [
    [() => new Wazaj({ apiKey: "wzj_test" }), "baseUrl is required"],
    [() => new Zagely({ secretKey: "sk_test" }), "publicKey is required"],
    [() => new Zagely({ publickey: "pk_test", secretKey: "sk_test" }), "publicKey is required; you passed publickey"],
    [() => new Zagely({ public_key: "pk_test", secretKey: "sk_test" }), "publicKey is required; you passed public_key"],
    [() => new Zagely({ publicKey: "sk_test", secretKey: "sk_test" }), /^publicKey: .*pk_/],
    [() => new Zagely({ ...keys, baseUrl: "ftp://a" }), "baseUrl: The base URL must begin with https://, or with http:// for a server on this machine, such as http://127.0.0.1:8080."],
    [() => new Zagely({ ...keys, appPrefix: "x y" }), /^appPrefix: /],
  ]) {
    assert.throws(run, { name: "InvalidRequestError", kind: "invalid_request", message });
  }
});

test("errors name calls and options of calls as in JavaScript", async () => {
  const wazaj = new Wazaj({ apiKey: "wzj_test", baseUrl: "https://wazaj.example/api", fetch: fakeFetch([{ status: 404 }]) });
  const refused = await wazaj.messages.sendText({ to: "+50912345678", body: "x" }, { idempotencyKey: "a" }).catch((error) => error);
  assert.equal(refused.call, "messages.sendText");
  assert.match(refused.message, /^messages\.sendText: invalid_request: .* idempotencyKey: /);
  const missing = await wazaj.messages.sendText({ to: "+50912345678", body: "x" }).catch((error) => error);
  assert.match(missing.message, /^messages\.sendText: not_found /);
});

test("parsePhone throws an InvalidRequestError that shows the right form", () => {
  assert.equal(parsePhone("+1 (555) 123-4567"), "+15551234567");
  for (const [given, why] of [
    ["tel:+15551234567", /^number: expected a phone number such as \+15551234567; the character at position 1 is not allowed/],
    ["15551234567", /must begin with \+ and the country code$/],
    [5, /^number: expected a phone number such as \+15551234567; expected a string$/],
  ]) {
    assert.throws(() => parsePhone(given), { name: "InvalidRequestError", message: why });
  }
});

// A base URL that core accepts has the same parts when the runtime's `URL` parses it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import fc from "fast-check";

import { load } from "./about.mjs";

const { HudhudError, Zagely } = await load("index");

/** Returns the URL of a request with this base URL, or undefined if core rejects it. */
function sentTo(baseUrl) {
  try {
    return new Zagely({ publicKey: "pk_test", secretKey: "sk_test", baseUrl }).account.me.prepare().request.url;
  } catch (error) {
    assert.ok(error instanceof HudhudError, `${error?.stack}`);
    assert.ok("baseUrl" in error.fieldErrors, `${error}`);
    return undefined;
  }
}

/** Fails if `URL` changes a part of an accepted URL. Returns true if core accepted it. */
function readAlike(baseUrl) {
  const sent = sentTo(baseUrl);
  if (sent === undefined) return false;
  const [, scheme, host, port, path] = /^(https?):\/\/(\[[^\]]*\]|[^:/]*)(?::(\d+))?(\/.*)$/.exec(sent);
  const url = new URL(sent);
  const defaultPort = scheme === "https" ? "443" : "80";
  assert.equal(url.protocol, `${scheme}:`, sent);
  assert.equal(url.port || defaultPort, port ?? defaultPort, sent);
  assert.deepEqual([url.pathname, url.search, url.hash, url.username, url.password], [path, "", "", "", ""], sent);
  // An IPv6 address has several forms: compare the one that `URL` writes.
  assert.equal(url.hostname, host.startsWith("[") ? new URL(`https://${host}`).hostname : host, sent);
  return true;
}

const { cases } = JSON.parse(readFileSync(new URL("../../tests/vectors/request-base-url.json", import.meta.url), "utf8"));

test("URL keeps every part of the vectors' base URLs", () => {
  const accepted = cases.filter(({ client }) => readAlike(client.base_url));
  assert.equal(accepted.length, cases.filter(({ expect }) => expect.url).length);
});

test("URL keeps every part of any accepted base URL", () => {
  const host = fc.oneof(
    fc.stringMatching(/^[a-z0-9-]{1,6}(\.[a-z0-9-]{1,6}){0,2}$/),
    fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){0,3}$/),
    fc.stringMatching(/^0x[0-9a-f]{0,4}$/),
    fc.stringMatching(/^[a-z]{1,3}[%|_~!$&'()*+,;=@\\/?#. ][a-z0-9.]{0,3}\.localhost$/),
    fc.constantFrom("localhost", "127.0.0.1", "[::1]", "a"),
  );
  const port = fc.oneof(fc.constant(""), fc.stringMatching(/^:[+0-9]{0,5}$/));
  const path = fc.oneof(fc.constant(""), fc.stringMatching(/^(\/[a-zA-Z0-9%._~!$&'()*+,;=:@|^\\-]{0,5}){1,3}$/), fc.string().map((text) => `/${text}`));
  const base = fc.tuple(fc.constantFrom("https://", "http://"), host, port, path).map((parts) => parts.join(""));
  fc.assert(fc.property(base, (baseUrl) => void readAlike(baseUrl)), { numRuns: 3000 });
});

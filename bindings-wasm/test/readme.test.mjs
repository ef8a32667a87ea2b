// The code in the READMEs, run unchanged and in order in Node against the sandbox. Each piece is a module of its own. These names
// are given, because the text introduces them: `env`, `request` and `SECRET`.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import process from "node:process";

import { transformSync } from "esbuild";

import { folder, sandbox } from "./about.mjs";
import { PORTS, skip as without } from "./rate-limiter/databases.mjs";

const root = join(import.meta.dirname, "../..");
const modules = join(import.meta.dirname, "../node_modules");

const CONTEXT = `
import { delivery, toRequest } from "hudhud/testing";
Object.assign(globalThis, { SECRET: "whsec_test", env: { SECRET: "whsec_test" } });
globalThis.request = toRequest(delivery("whsec_test", "message.received"));
`;

/** Runs the code of a README in the order of the text. Returns what it prints. */
function run(path, language, environment = {}) {
  const text = readFileSync(join(root, path), "utf8");
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, code]) => code);
  const runs = found.filter((code) => !without || !code.includes("REDIS_URL"));
  const place = mkdtempSync(join(tmpdir(), "hudhud-readme-"));
  try {
    mkdirSync(join(place, "node_modules/@opentelemetry"), { recursive: true });
    symlinkSync(folder, join(place, "node_modules/hudhud"));
    symlinkSync(join(modules, "@opentelemetry/api"), join(place, "node_modules/@opentelemetry/api"));
    symlinkSync(join(modules, "redis"), join(place, "node_modules/redis"));
    const files = [CONTEXT, ...runs].map((code, at) => {
      writeFileSync(join(place, `${at}.mjs`), transformSync(code, { loader: "ts", target: "es2022", tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } } }).code);
      return `await import("./${at}.mjs");`;
    });
    writeFileSync(join(place, "all.mjs"), files.join("\n"));
    const env = {
      ...process.env,
      ZAGELY_PUBLIC_KEY: sandbox.public_key,
      ZAGELY_SECRET_KEY: sandbox.secret_key,
      ZAGELY_BASE_URL: sandbox.zagely_base_url,
      ZAGELY_SESSION_ID: sandbox.session_id,
      ZAGELY_WEBHOOK_SECRET: "whsec_test",
      WAZAJ_API_KEY: sandbox.wazaj_key,
      WAZAJ_BASE_URL: sandbox.wazaj_base_url,
      REDIS_URL: `redis://127.0.0.1:${PORTS.redis}`,
      ...environment,
    };
    return { count: found.length, output: execFileSync(process.execPath, [join(place, "all.mjs")], { cwd: place, env, encoding: "utf8", stdio: "pipe" }) };
  } finally {
    rmSync(place, { recursive: true });
  }
}

for (const [path, language, count] of [
  ["bindings-wasm/README.md", "ts", 11],
  ["README.md", "js", 1],
]) {
  test(`${path}: all ${count} pieces of code run`, () => {
    const ran = run(path, language);
    assert.equal(ran.count, count);
    // The handler of the webhook prints the content of the sample.
    assert.ok(ran.output.trim() !== "");
  });
}

test("without a session, the first code fails with what to do", () => {
  assert.throws(() => run("bindings-wasm/README.md", "ts", { ZAGELY_SESSION_ID: "" }), /session_id|sessionId/);
});

// Runs the same suite in each runtime, over the runtime's `fetch`.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { promisify } from "node:util";

import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { chromium } from "playwright-core";

import { bin, byGlobalName, deno, edge, folder, modulesOf, node22, node24, sandbox } from "./about.mjs";
import { CONDITIONS } from "./built.mjs";

// A server that redirects every request to itself: a client that follows sends two requests.
const moved = createServer((request, response) => {
  const open = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-allow-methods": "*" };
  if (request.method === "OPTIONS") return response.writeHead(204, open).end();
  if (request.url === "/came") return response.writeHead(200, open).end(String(moved.requests));
  moved.requests = (moved.requests ?? 0) + 1;
  return response.writeHead(302, { ...open, location: "/elsewhere" }).end();
});
await once(moved.listen(0, "127.0.0.1"), "listening");
after(() => moved.close());
const given = { ...sandbox, moved: `http://127.0.0.1:${moved.address().port}` };

const env = { ...process.env, SANDBOX: JSON.stringify(given) };
const run = (command, words) => promisify(execFile)(command, words, { env });
const main = join(import.meta.dirname, "runtimes/main.mjs");

for (const [version, path, skip] of [["this one", process.execPath], ["22", node22.path, node22.skip], ["24", node24.path, node24.skip]]) {
  test(`node, ${version}`, { skip }, async () => {
    const { stdout } = await run(path, [main]);
    assert.equal(stdout.trim(), "whole");
  });
}

test("bun", async () => {
  const { stdout } = await run(join(bin, "bun"), [main]);
  assert.equal(stdout.trim(), "whole");
});

test("deno", { skip: deno.skip }, async () => {
  const { stdout } = await run(deno.path, ["run", "--quiet", "--no-lock", "--allow-all", main]);
  assert.equal(stdout.trim(), "whole");
});

test("workerd", async () => {
  const worker = `
    import * as index from "./dist/workerd/index.js";
    import * as webhook from "./dist/workerd/webhook.js";
    import * as testing from "./dist/workerd/testing.js";
    import { suite } from "./suite.mjs";
    export default {
      async fetch(request, env) {
        try {
          return new Response(await suite({ index, webhook, testing }, env.SANDBOX));
        } catch (error) {
          return new Response(error.stack);
        }
      },
    };`;
  const miniflare = new Miniflare({
    compatibilityDate: "2026-07-01",
    bindings: { SANDBOX: given },
    modulesRoot: "/",
    modules: [
      { type: "ESModule", path: "/worker.mjs", contents: worker },
      { type: "ESModule", path: "/suite.mjs", contents: readFileSync(join(import.meta.dirname, "runtimes/suite.mjs"), "utf8") },
      ...(await modulesOf("/")),
    ],
  });
  try {
    const response = await miniflare.dispatchFetch("http://worker/");
    assert.equal(await response.text(), "whole");
  } finally {
    await miniflare.dispose();
  }
});

/** Bundles the suite with one build of the package, as a script that defines a global function `run`. */
async function bundled(name) {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import * as index from "${folder}/dist/index.js";
        import * as webhook from "${folder}/dist/webhook.js";
        import * as testing from "${folder}/dist/testing.js";
        import { suite } from "./runtimes/suite.mjs";
        globalThis.run = (sandbox) => suite({ index, webhook, testing }, sandbox).catch((error) => error.stack);`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: "iife",
    conditions: CONDITIONS[name],
    plugins: [byGlobalName],
    write: false,
  });
  return outputFiles[0].text;
}

test("Vercel's edge runtime", async () => {
  const { context } = edge(await bundled("edge-light"));
  assert.equal(await context.run(given), "whole");
});

test("Chromium", async () => {
  const script = await bundled("web");
  const profile = mkdtempSync(join(tmpdir(), "hudhud-chromium-"));
  // A page without an origin may not request local servers, unless a flag allows it.
  const args = ["--no-sandbox", "--disable-gpu", "--disable-features=LocalNetworkAccessChecks", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  const browser = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args });
  try {
    const page = await browser.newPage();
    // A page with the sandbox's origin, so that the calls need no CORS headers.
    const address = `${sandbox.address}/blank`;
    const html = `<!doctype html><title>test</title><script>${script.replaceAll("</script", "<\\/script")}</script>`;
    await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: html }));
    await page.goto(address);
    assert.equal(await page.evaluate((given) => globalThis.run(given), given), "whole");
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
});

/** The settings of a profile whose browser opens no page and sends no other request. */
const QUIET = {
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.server": "data:,",
};

test("Firefox", { timeout: 120_000 }, async () => {
  const script = await bundled("web");
  let resolveResult;
  const result = new Promise((resolve) => (resolveResult = resolve));
  // A page of the sandbox's origin, so that the calls need no CORS headers. The page posts the result.
  const server = createServer((incoming, answer) => {
    if (incoming.url === "/blank") {
      const suiteInput = JSON.parse(JSON.stringify(given).replaceAll(sandbox.address, `http://${incoming.headers.host}`));
      const run = `globalThis.run(${JSON.stringify(suiteInput)}).then((body) => fetch("/result", { method: "POST", body }));`;
      const html = `<!doctype html><title>test</title><script>${script.replaceAll("</script", "<\\/script")}\n${run}</script>`;
      return answer.writeHead(200, { "content-type": "text/html" }).end(html);
    }
    if (incoming.url === "/result") return incoming.on("data", (data) => resolveResult(`${data}`)).on("end", () => answer.end());
    const passed = request(`${sandbox.address}${incoming.url}`, { method: incoming.method, headers: incoming.headers }, (response) => {
      answer.writeHead(response.statusCode, response.headers);
      response.pipe(answer);
    });
    return incoming.pipe(passed);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const profile = mkdtempSync(join(tmpdir(), "hudhud-firefox-"));
  const settings = Object.entries(QUIET).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(join(profile, "user.js"), settings.join("\n"));
  const words = ["--headless", "--no-remote", "--profile", profile, `http://127.0.0.1:${server.address().port}/blank`];
  const browser = spawn(process.env.FIREFOX ?? "/usr/bin/firefox-esr", words, { env: { ...process.env, HOME: profile }, stdio: "ignore" });
  const ended = once(browser, "exit");
  try {
    const early = ended.then(([code]) => `Firefox ended with ${code}`);
    assert.equal(await Promise.race([result, early]), "whole");
  } finally {
    browser.kill("SIGKILL");
    await ended;
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});

// The driver for Chromium's fetch: `node driver.mjs PACKAGE TOOLS`. $CHROMIUM names the browser and $CERTUTIL the
// certutil of NSS.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { drive, limit } from "../javascript/drive.mjs";

const [folder, tools] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { chromium } = require("playwright-core");
const { build } = require("esbuild");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const certutil = process.env.CERTUTIL ?? "/usr/bin/certutil";

const { outputFiles } = await build({
  stdin: {
    contents: `
      import * as index from "${folder}/dist/index.js";
      import { run } from "./case.mjs";
      globalThis.run = (given) => run(index, given);`,
    resolveDir: join(import.meta.dirname, "../javascript"),
  },
  bundle: true,
  format: "iife",
  conditions: ["browser"],
  write: false,
});
const script = outputFiles[0].text.replaceAll("</script", "<\\/script");
const page = `<!doctype html><title>transports</title><script>${script}</script>`;

// The vendor's origin differs from the page's, and it answers no preflight, so the same-origin policy is disabled.
const ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-web-security", "--disable-features=LocalNetworkAccessChecks"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
];

async function open({ ca, proxy }) {
  const home = mkdtempSync(join(tmpdir(), "hudhud-chromium-"));
  if (ca) {
    const database = join(home, ".pki/nssdb");
    mkdirSync(database, { recursive: true });
    execFileSync(certutil, ["-d", `sql:${database}`, "-N", "--empty-password"]);
    execFileSync(certutil, ["-d", `sql:${database}`, "-A", "-n", "ca", "-t", "C,,", "-i", ca]);
  }
  const browser = await chromium.launchPersistentContext(join(home, "profile"), {
    executablePath,
    headless: true,
    env: { ...process.env, HOME: home },
    args: [...ARGS, ...(proxy ? [`--proxy-server=${proxy}`, "--proxy-bypass-list=<-loopback>"] : ["--no-proxy-server"])],
  });
  const tab = await browser.newPage();
  const address = "http://page.invalid/";
  await tab.route(address, (route) => route.fulfill({ contentType: "text/html", body: page }));
  await tab.goto(address);
  return {
    run: (given) => tab.evaluate((given) => globalThis.run(given), given),
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const limits = {
  ...limit(
    "A page gets the same error for every failure.",
    ...["refused", "unknown host", "self-signed", "expired", "wrong name", "TLS version", "TLS closes", "no TLS"],
    ...["proxy refused", "proxy 403", "proxy 407", "proxy 502", "proxy closes"],
  ),
  ...limit("A page cannot see the status of a redirect; the client reports 302.", "301", "303", "307", "308", "307, elsewhere"),
  ...limit(
    "A browser may repeat a request on its own, so the client refuses calls that must not be repeated.",
    ...["no answer, kept", "reset, kept", "no answer, TLS, kept", "408, kept", "421"],
    ...["HTTP/2: no answer, kept", "HTTP/2: GOAWAY", "HTTP/2: GOAWAY, kept", "HTTP/2: REFUSED_STREAM", "HTTP/2: HTTP_1_1_REQUIRED"],
  ),
  ...limit("Chromium treats an incomplete response as complete.", "half a header", "HTTP/2: wrong length"),
};
const version = execFileSync(executablePath, ["--version", "--no-sandbox"], { encoding: "utf8" }).match(/\d[\d.]+/)[0];
await drive({ name: "fetch", version: `Chromium ${version}`, limits }, open);

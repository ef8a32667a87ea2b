// Tests the sandbox's page in a browser: calls, deliveries with their attempts, messages as a phone shows them, and
// the form that simulates an inbound message.
//
// Needs Chromium: /usr/bin/chromium (Debian's package `chromium`), or the one that CHROMIUM names. Cargo builds and
// starts the sandbox, unless HUDHUD_SANDBOX names its binary. SCREENSHOT names a file for a screenshot.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const ARGUMENTS = ["--seed", "1", "--quiet", "--per-minute", "0"];

let sandbox, ready, browser, page, receiver;
const problems = [];

/** Starts the binary and reads its first line. */
async function startSandbox(more = []) {
  const [command, ...first] = process.env.HUDHUD_SANDBOX
    ? [process.env.HUDHUD_SANDBOX]
    : ["cargo", "run", "--quiet", "-p", "hudhud-sandbox", "--"];
  const child = spawn(command, [...first, ...ARGUMENTS, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    return [child, JSON.parse(line)];
  }
  throw new Error("the sandbox ended before its first line");
}

/** Starts a webhook receiver that refuses the first delivery. */
async function startReceiver() {
  let refused = false;
  const server = createServer((request, response) => {
    request.resume();
    response.statusCode = refused ? 200 : 500;
    refused = true;
    response.end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return [server, `http://127.0.0.1:${server.address().port}/hook`];
}

async function call(method, path, body, headers = {}) {
  const response = await fetch(ready.zagely_base_url + path, {
    method,
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      "x-public-key": ready.public_key,
      "x-secret-key": ready.secret_key,
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  return response.json();
}

const send = (to, message) =>
  call("POST", "/api/v1/messages/send", { channel: "whatsapp", session_id: ready.session_id, to, message });

before(async () => {
  [sandbox, ready] = await startSandbox(["--time-scale", "20"]);
  let url;
  [receiver, url] = await startReceiver();
  await call("POST", "/api/v1/webhooks", { url, events: ["contact.created", "message.received"] });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(ready.address)) problems.push(`a request to ${request.url()}`);
  });
  await page.goto(ready.address);
});

after(async () => {
  await browser?.close();
  receiver?.close();
  sandbox?.kill("SIGTERM");
});

test("calls appear at once, and a click shows their bodies", async () => {
  await page.getByText("No calls yet.").waitFor({ state: "hidden" });
  await call("POST", "/api/v1/contacts", { phone_number: "+15551234567", name: "Jane Doe" });
  await call("GET", "/api/v1/me", undefined, { "x-sandbox-fault": "status=503" });
  const made = page.locator("tr.call", { hasText: "POST contacts.create" });
  await made.waitFor();
  assert.match(await made.innerText(), /201/);
  const failed = page.locator("tr.call", { hasText: "fault: status=503" });
  await failed.waitFor();
  assert.match(await failed.innerText(), /503/);
  await made.click();
  await page.locator("tr.details pre", { hasText: '"phone_number":"+15551234567"' }).first().waitFor();
  await made.click();
  assert.equal(await page.locator("tr.details").count(), 0);
});

test("deliveries appear with their attempts, and can be replayed", async () => {
  const delivery = page.locator(".delivery", { hasText: "contact.created" });
  await delivery.getByText("delivered").waitFor();
  const attempts = await delivery.locator("li").allInnerTexts();
  assert.equal(attempts.length, 2);
  assert.match(attempts[0], /→ 500/);
  assert.match(attempts[1], /→ 200/);
  await delivery.getByRole("button", { name: "Replay" }).click();
  await delivery.locator("li").nth(2).waitFor();
  assert.match(await delivery.locator("li").nth(2).innerText(), /→ 200/);
});

test("messages are shown as on a phone", async () => {
  await send("+15551234567", "Hello from Zagely! 👋");
  const bubble = page.locator(".bubble.outbound", { hasText: "Hello from Zagely! 👋" });
  await bubble.waitFor();
  await bubble.getByText("✓✓ read").waitFor();
  await page.getByRole("tab", { name: "Jane Doe" }).waitFor();
  await fetch(`${ready.wazaj_base_url}/messages/text`, {
    method: "POST",
    headers: { "x-api-key": ready.wazaj_key, "content-type": "application/json" },
    body: JSON.stringify({ to: "+50912345678", body: "Hello from Wazaj API" }),
  });
  await page.getByRole("tab", { name: "+50912345678" }).click();
  await page.locator(".bubble", { hasText: "Hello from Wazaj API" }).waitFor();
});

test("an inbound message gets an automation's reply", async () => {
  await call("POST", "/api/automations", {
    session_id: ready.session_id,
    name: "Price Enquiry Reply",
    trigger_type: "keyword",
    trigger_value: "price",
    response_content: "Hi {{ name }}! Our plans start at $29/month.",
  });
  await page.getByLabel("From").fill("+1 555 000 7777");
  await page.getByLabel("Name").fill("سارة");
  await page.getByRole("textbox", { name: "Message" }).fill("What is the price?");
  await page.getByRole("button", { name: "Send to the sandbox" }).click();
  await page.locator(".bubble.inbound", { hasText: "What is the price?" }).waitFor();
  await page.locator(".bubble.outbound", { hasText: "Hi سارة! Our plans start at $29/month." }).waitFor();
  const talk = await page.locator(".bubble").allInnerTexts();
  assert.match(talk[0], /^What is the price\?/);
  assert.match(talk[1], /^Hi سارة!/);
  await page.locator(".delivery", { hasText: "message.received" }).getByText("delivered").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "");
});

test("HTML in messages is shown as text", async () => {
  const nasty = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await page.getByLabel("From").fill("+15550008888");
  await page.getByLabel("Name").fill(nasty);
  await page.getByRole("textbox", { name: "Message" }).fill(nasty);
  await page.getByRole("button", { name: "Send to the sandbox" }).click();
  await page.locator(".bubble.inbound", { hasText: nasty }).waitFor();
  assert.equal(await page.title(), "Hudhud sandbox");
  assert.equal(await page.locator("#main img").count(), 0);
});

test("an invalid phone number shows an error message", async () => {
  await page.getByLabel("From").fill("nobody");
  await page.getByRole("textbox", { name: "Message" }).fill("x");
  const expected = problems.length;
  await page.getByRole("button", { name: "Send to the sandbox" }).click();
  await page.getByRole("alert").getByText("`from`: expected a phone number with 1 to 15 digits").waitFor();
  // The browser logs the refused request. No other problem is allowed.
  problems.splice(expected, 1);
});

test("the page logs no errors and requests no other server", async () => {
  await page.getByRole("tab", { name: "سارة" }).click();
  await page.waitForTimeout(1000);
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  assert.deepEqual(problems, []);
});

test("the page asks for the admin token if other machines can reach it", async () => {
  const [other, introduction] = await startSandbox(["--bind", "0.0.0.0", "--expose"]);
  const stranger = await browser.newPage();
  try {
    await stranger.goto(introduction.address);
    await stranger.getByLabel("Admin token").fill(introduction.admin_token);
    await stranger.getByRole("button", { name: "Open" }).click();
    await stranger.getByRole("heading", { name: "Calls" }).waitFor();
  } finally {
    await stranger.close();
    other.kill("SIGTERM");
  }
});

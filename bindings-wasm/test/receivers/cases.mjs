// The cases that every receiver of deliveries must pass, over a socket: `hudhud/workers` and the adapters of frameworks.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { after, before, describe, test } from "node:test";

import { load } from "../about.mjs";

const { delivery, sign } = await load("testing");

/** The secret that each receiver of the tests has. */
export const SECRET = "whsec_receivers";

/** A program that receives events. Each test sets the functions that it needs. */
class Program {
  events = [];
  errors = [];
  /** Waits or throws in the middle of handling an event. */
  during = async () => {};

  async onEvent(event, replayKey) {
    await this.during(event);
    this.events.push([event, replayKey]);
  }

  onError(error) {
    this.errors.push(error.reason ?? `${error.name}: ${error.message}`);
  }
}

/**
 * Starts a server through which a receiver in another process reaches the program: `POST /event` and `POST /error`. A
 * status other than 200 says that the handler throws.
 */
async function recorder(program) {
  const server = createServer(async (incoming, answer) => {
    let text = "";
    for await (const part of incoming) text += part;
    const { event, replayKey, error } = JSON.parse(text);
    try {
      if (error) program.onError(error);
      else await program.onEvent(event, replayKey);
      answer.end();
    } catch {
      answer.writeHead(503).end();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** The code of the two functions of a receiver in another process. `recorder` is the expression of the recorder's URL. */
export const REMOTE = (recorder) => `
  async function post(body) {
    const { status } = await fetch(${recorder}, { method: "POST", body: JSON.stringify(body) });
    if (status !== 200) throw new Error("the handler fails");
  }
  const onEvent = (event, { replayKey }) => post({ event, replayKey });
  const onError = ({ name, message, reason }) => post({ error: { name, message, reason } });`;

/** Sends a request and returns its status. `headers` may have lists, which are sent as repeated headers. */
function send(url, { method = "POST", headers = {}, body = "", isChunked = false }) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: isChunked ? { ...headers, "transfer-encoding": "chunked" } : headers, agent: false });
    let answered = false;
    sent.on("response", (response) => {
      answered = true;
      response.resume();
      resolve(response.statusCode);
    });
    // A server may close the connection before it has read a body that it refuses.
    sent.on("error", (error) => answered || reject(error));
    sent.end(body);
  });
}

/** Sends only the headers of a request, and returns the status of the response. The connection is closed then. */
function sendHeaders(url, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers: { ...headers, "content-length": 100 }, agent: false });
    sent.on("response", (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    sent.on("error", reject);
    sent.flushHeaders();
  });
}

/** Returns a promise and the function that resolves it. */
function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { open, opened };
}

/**
 * Tests a receiver. `start` gets the program and the URL of its recorder, and returns `{ url, close }`. `getStatus` is the status of a GET. `buffers` is true for a server that passes a request
 * on only after it has read its body, and `resets` for one that resets the connection of a body that is not read to its end.
 */
export function receives(name, start, { getStatus = 405, buffers = false, resets = false } = {}) {
  describe(name, { timeout: 60_000 }, () => {
    let program, recording, server;
    before(async () => {
      program = new Program();
      recording = await recorder(program);
      server = await start(program, recording.url);
    });
    after(async () => {
      await server?.close();
      recording.close();
    });
    const clean = () => Object.assign(program, { events: [], errors: [], during: async () => {} });

    test("the bytes of the body are verified, and the handler gets the event and its replay key", async () => {
      clean();
      // Any other form of this JSON has another signature.
      const text = ' {"event" : "message.received","delivery_id":"d-1",\n"data":{"content":"\\u0068i \u{1f426}","id":1.50}} ';
      assert.equal(await send(server.url, sign(SECRET, text)), 200);
      assert.equal(await send(server.url, { ...delivery(SECRET, "message.received", { delivery_id: "d-2" }), isChunked: true }), 200);
      assert.deepEqual(program.events.map(([event, key]) => [event.type, event.replayKey, key]), [
        ["message.received", "d-1", "d-1"],
        ["message.received", "d-2", "d-2"],
      ]);
      assert.equal(program.events[0][0].data.content, "hi \u{1f426}");
      assert.deepEqual(program.errors, []);
    });

    test("the response is sent after the handler has resolved", async () => {
      clean();
      const [entered, released, order] = [gate(), gate(), []];
      program.during = async () => {
        entered.open();
        await released.opened;
        order.push("handled");
      };
      const answer = send(server.url, delivery(SECRET, "webhook.test")).then((status) => order.push(status));
      await entered.opened;
      // Another whole request passes in the meantime.
      order.push(await send(server.url, { method: "GET" }));
      released.open();
      await answer;
      assert.deepEqual(order, [getStatus, "handled", 200]);
    });

    test("a handler that throws gives 500, and the same delivery is handled later", async () => {
      clean();
      program.during = async () => {
        throw Object.assign(new Error("the handler fails"), { status: 404, statusCode: 404 });
      };
      const same = delivery(SECRET, "webhook.test");
      assert.equal(await send(server.url, same), 500);
      assert.deepEqual([program.events, program.errors], [[], ["Error: the handler fails"]]);
      clean();
      assert.equal(await send(server.url, same), 200);
      assert.equal(program.events.length, 1);
    });

    test("refused: forged, late, changed, too large", async () => {
      clean();
      const good = delivery(SECRET, "webhook.test");
      const large = sign(SECRET, { event: "webhook.test", data: "x".repeat(1 << 20) });
      assert.equal(await send(server.url, delivery("another", "webhook.test")), 401);
      assert.equal(await send(server.url, delivery(SECRET, "webhook.test", {}, { now: Date.now() - 600_000 })), 401);
      assert.equal(await send(server.url, { ...good, body: `${Buffer.from(good.body)} ` }), 401);
      assert.equal(await send(server.url, large), 413);
      const unread = await send(server.url, { ...large, isChunked: true }).catch(({ code }) => code);
      assert.match(`${unread}`, resets ? /^(ECONNRESET|EPIPE)$/ : /^413$/);
      // After a reset, the report may still be under way.
      while (program.errors.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(program.events, []);
      const reasons = ["signature_mismatch", "timestamp_too_old", "signature_mismatch", "payload_too_large", "payload_too_large"];
      assert.deepEqual(program.errors, reasons);
    });

    test("refused: a header that is sent twice", async () => {
      clean();
      const { headers, body } = delivery(SECRET, "webhook.test");
      for (const [name, value] of Object.entries(headers).filter(([name]) => /signature|timestamp/i.test(name))) {
        const status = await send(server.url, { headers: { ...headers, [name]: [value, `${value}0`] }, body });
        assert.equal(status, 400, name);
      }
      assert.deepEqual(program.events, []);
      assert.deepEqual(program.errors.toSorted(), ["malformed_signature", "malformed_timestamp"]);
    });

    test("without the signature headers, the body is not awaited", { skip: buffers && "the server reads the body" }, async () => {
      clean();
      assert.equal(await sendHeaders(server.url, { "content-type": "application/json" }), 400);
      assert.deepEqual([program.events, program.errors], [[], ["missing_header"]]);
    });

    test("another method is refused", async () => {
      clean();
      assert.equal(await send(server.url, { method: "GET" }), getStatus);
      assert.deepEqual([program.events, program.errors], [[], []]);
    });
  });
}

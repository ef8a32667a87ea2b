// `hudhud/outbox`: what it adds, sends, refuses, stops at and reports, and how it protects its journal.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { inspect } from "node:util";

import { load } from "./about.mjs";

const { Wazaj, Zagely, InvalidRequestError } = await load("index");
const { fakeFetch, apiError } = await load("testing");
const { Outbox, OutboxError, readReport } = await load("outbox");

const home = mkdtempSync(join(tmpdir(), "hudhud-outbox-"));
after(() => rmSync(home, { recursive: true, force: true }));
let path;
let numbers = 0;
beforeEach(() => {
  path = join(home, `${numbers++}`, "test.outbox");
  mkdirSync(join(path, ".."), { recursive: true });
});

const GUESTS = Array.from({ length: 12 }, (_, at) => ({ to: `+1555123${String(at).padStart(4, "0")}`, message: `Hi ${at} é` }));
const SENT = { json: { data: { message_id: "m-1", status: "queued" } } };
const zagely = (fetch, more) => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch, retry: { baseMs: 1 }, ...more });
const wazaj = (fetch) => new Wazaj({ apiKey: "wzj_test", baseUrl: "https://example.com/api/wazaj/business", fetch });
const always = (answer) => fakeFetch(() => answer);
const refused = (...fields) => {
  const errors = Object.fromEntries(fields.map((field) => [field, ["no"]]));
  return { status: 422, json: { error: { code: "validation_failed", message: "no", details: { errors } } } };
};

/** Opens an outbox, uses it and closes it. */
async function using(client, use, options, journal = path) {
  const outbox = await Outbox.open(journal, client, options);
  try {
    return await use(outbox);
  } finally {
    await outbox.close();
  }
}

async function all(messages) {
  const found = [];
  for await (const message of messages) found.push(message);
  return found;
}

for (const [wrong, kind, expected] of [
  [{ to: "bob", message: "Hi" }, InvalidRequestError, "messages.send: invalid_request: The call is invalid and was not sent. to: "],
  [{ message: "Hi" }, InvalidRequestError, "messages.send: invalid_request: The call is invalid and was not sent. to: "],
  ["+15551230000", TypeError, "messages.send: expected an object"],
  [{ ...GUESTS[3], message: "other" }, OutboxError, "the outbox has another message under this id (message 3)"],
]) {
  test(`an invalid row of a list is named, and the rows before it stay: ${kind.name}, ${expected}`, async () => {
    const client = zagely(always(SENT));
    const addAll = using(client, (outbox) => outbox.addAll([...GUESTS.slice(0, 6), wrong, ...GUESTS.slice(6)]));
    await assert.rejects(addAll, (error) => {
      assert.ok(error instanceof kind);
      assert.ok(error.message.startsWith(`row 7 of the list: ${expected}`), error.message);
      assert.ok(inspect(error).includes("row 7 of the list: "), inspect(error));
      return true;
    });
    const { total, isClosed } = await readReport(path);
    assert.deepEqual([total, isClosed], [6, false]);
    assert.equal(await using(client, (outbox) => outbox.addAll(GUESTS)), 6);
  });
}

test("each message is sent once over two runs", async () => {
  const fetch = always(SENT);
  for (const added of [12, 0]) {
    const report = await using(zagely(fetch), async (outbox) => {
      assert.equal(await outbox.addAll(GUESTS), added);
      return outbox.send();
    });
    assert.deepEqual([report.sent, report.isComplete, `${report}`], [12, true, "12 sent, 0 refused, 0 unknown, 0 left of 12"]);
  }
  assert.equal(fetch.requests.length, 12);
  const keys = new Set(fetch.requests.map(({ headers }) => headers["idempotency-key"]));
  assert.deepEqual([...keys].map((key) => Number(key.split("-").at(-1))).sort((a, b) => a - b), GUESTS.map((_, at) => at));
  assert.deepEqual(fetch.requests.map(({ body }) => body.message).sort(), GUESTS.map(({ message }) => message).sort());
  assert.equal(`${await readReport(path)}`, "12 sent, 0 refused, 0 unknown, 0 left of 12");
});

test("messages come from any iterable, and a few are in flight at a time", async () => {
  let [most, now] = [0, 0];
  const fetch = fakeFetch(async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
    return SENT;
  });
  const report = await using(zagely(fetch), async (outbox) => {
    await outbox.addAll((async function* () { yield* GUESTS; })());
    return outbox.send({ concurrency: 3 });
  });
  assert.deepEqual([report.sent, most], [12, 3]);
});

test("refusals are final and have reasons without personal text", async () => {
  let calls = 0;
  const fetch = fakeFetch(() => (calls++ === 0 ? refused("to") : SENT));
  await using(zagely(fetch), async (outbox) => {
    await outbox.addAll(GUESTS);
    const report = await outbox.send({ concurrency: 1 });
    assert.deepEqual([report.sent, report.refused, report.refusedByReason], [11, 1, { "validation: validation_failed (to)": 1 }]);
    const [message] = await all(outbox.messages("refused"));
    assert.deepEqual([message.row, message.id, message.fields, message.reason], [1, GUESTS[0].to, GUESTS[0], "validation: validation_failed (to)"]);
    assert.doesNotMatch(`${inspect(message)}${inspect(outbox)}${JSON.stringify(outbox)}${inspect(report)}`, /1555|Hi/);
    await outbox.send();
  });
  assert.equal(calls, 12);
});

for (const [answer, reason] of [
  [apiError("daily_quota_exceeded"), "quota_exceeded: daily_quota_exceeded"],
  [apiError("invalid_credentials"), "authentication: invalid_credentials"],
  [refused("session_id"), "validation: validation_failed (session_id)"],
]) {
  test(`what concerns all messages stops the outbox and loses none: ${reason}`, async () => {
    let now = answer;
    const fetch = fakeFetch(() => now);
    await using(zagely(fetch, { rateLimiter: null }), async (outbox) => {
      await outbox.addAll(GUESTS);
      const report = await outbox.send({ concurrency: 2 });
      assert.deepEqual([report.stopped, report.left, report.waiting], [reason, 12, 12]);
      now = SENT;
      assert.equal((await outbox.send()).sent, 12);
    });
  });
}

test("many refusals in a row stop the outbox", async () => {
  const report = await using(
    zagely(always(refused("to"))),
    async (outbox) => {
      await outbox.addAll(GUESTS);
      return outbox.send({ concurrency: 1 });
    },
    { stopAfterRefusals: 5 },
  );
  assert.deepEqual([report.refused, report.left], [5, 7]);
  assert.match(report.stopped, /^5 messages in a row were refused/);
});

test("without keys a lost response is unknown and not repeated", async () => {
  const fetch = always({ fault: "closed" });
  for (let run = 0; run < 2; run++) {
    await using(wazaj(fetch), async (outbox) => {
      await outbox.addAll([{ to: "+15551230000", body: "Hi" }]);
      const report = await outbox.send();
      assert.deepEqual([report.unknown, report.left], [1, 0]);
      assert.deepEqual((await all(outbox.messages("unknown"))).map(({ row, reason }) => [row, reason]), [[1, "transport: closed"]]);
    });
  }
  assert.equal(fetch.requests.length, 1);
});

test("a template of Wazaj is sent with its call", async () => {
  const fetch = always({ json: { success: true, message_id: 7 } });
  const fields = { to: "+15551230000", template_name: "hi", template_language: "en", template_components: [{ type: "body" }] };
  const options = { call: "messages.sendTemplate" };
  const report = await using(wazaj(fetch), async (outbox) => (await outbox.addAll([fields]), outbox.send()), options);
  assert.deepEqual([report.sent, fetch.requests[0].body.template_name], [1, "hi"]);
  await assert.rejects(Outbox.open(path, wazaj(fetch)), { name: "OutboxError", message: /belongs to another call/ });
  await assert.rejects(Outbox.open(path, zagely(fetch), options), /call: expected a call of zagely that sends messages: messages.send/);
});

test("an invalid message is not added", async () => {
  await using(zagely(always(SENT)), async (outbox) => {
    await assert.rejects(outbox.add({ to: "0155", message: "Hi" }), InvalidRequestError);
    await assert.rejects(outbox.add({ to: "+15551230000", mesage: "Hi" }), InvalidRequestError);
    await assert.rejects(outbox.add(GUESTS[0], { id: "\ud800" }), TypeError);
    await assert.rejects(outbox.add(GUESTS[0], { row: -1 }), TypeError);
    assert.equal(await outbox.add(GUESTS[0]), true);
    assert.equal(await outbox.add({ message: GUESTS[0].message, to: GUESTS[0].to }), false);
    await assert.rejects(outbox.add({ ...GUESTS[0], message: "Other" }), { name: "OutboxError", message: /another message under this id \(message 0\)/ });
    assert.equal(await outbox.add({ ...GUESTS[0], message: "Other" }, { id: "second" }), true);
    assert.equal(outbox.report().total, 2);
    await assert.rejects(outbox.send({ concurrency: 0 }), /concurrency: expected/);
  });
});

test("a journal belongs to its key and base URL", async () => {
  const fetch = always(SENT);
  await using(zagely(fetch), () => {});
  const others = [new Zagely({ publicKey: "pk_other", secretKey: "sk_test", fetch }), zagely(fetch, { baseUrl: "https://other.example" })];
  for (const other of others) await assert.rejects(Outbox.open(path, other), /belongs to another key or another base URL/);
  // A failure to open releases the lock.
  await using(zagely(fetch, { baseUrl: "https://zagely.com/", validate: true, methodOverride: true }), () => {});
});

test("one program at a time uses a journal, in any host", async () => {
  await using(zagely(always(SENT)), async () => {
    await assert.rejects(Outbox.open(path, zagely()), { name: "OutboxError", message: /another program uses the journal/ });
    const python = "import fcntl, sys; fcntl.flock(open(sys.argv[1], 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)";
    assert.match(spawnSync("python3", ["-c", python, path]).stderr.toString(), /BlockingIOError/);
    assert.equal((await readReport(path)).total, 0);
  });
  await using(zagely(), () => {});
  const { PATH } = process.env;
  try {
    process.env.PATH = home;
    await assert.rejects(Outbox.open(path, zagely()), /cannot be locked: install the command flock, or pass lock: false/);
    await using(zagely(), () => {}, { lock: false });
  } finally {
    process.env.PATH = PATH;
  }
});

test("only the owner can read a journal", { skip: process.platform === "win32" }, async () => {
  await using(zagely(), () => {});
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(path, "..")), ["test.outbox"]);
});

test("a torn end is cut at any byte, and damage is refused", async () => {
  await using(zagely(), (outbox) => outbox.addAll(GUESTS.slice(0, 2)));
  const whole = readFileSync(path);
  const header = 86;
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    if (length > 0 && length < header) {
      await assert.rejects(Outbox.open(path, zagely(), { lock: false }), /cut off within its first record: restore it from a backup/);
      assert.equal(readFileSync(path).length, length);
    } else {
      await using(zagely(), (outbox) => outbox.addAll(GUESTS.slice(0, 2)), { lock: false });
      // The id of a journal that is begun again is another one.
      assert.equal(readFileSync(path).length, whole.length);
    }
  }
  const damaged = Buffer.from(readFileSync(path));
  damaged[130] ^= 1;
  writeFileSync(path, damaged);
  await assert.rejects(Outbox.open(path, zagely()), /damaged at byte/);
  writeFileSync(path, "to,name\n");
  await assert.rejects(Outbox.open(path, zagely()), /not the journal of an outbox/);
});

test("a journal that was begun in Python is continued", async () => {
  copyFileSync(join(import.meta.dirname, "../../core/stores/outbox-file/tests/begun_in_python.outbox"), path);
  const fetch = always(SENT);
  await using(zagely(fetch), async (outbox) => {
    // The third message was being sent when the program stopped, more than 24 hours ago.
    const { total, sent, refused, unknown, waiting } = outbox.report();
    assert.deepEqual([total, sent, refused, unknown, waiting], [5, 1, 1, 1, 2]);
    const report = await outbox.send();
    assert.deepEqual([report.sent, report.unknown, report.isComplete], [3, 1, true]);
  });
  assert.deepEqual(fetch.requests.map(({ headers }) => headers["idempotency-key"].split("-").at(-1)).sort(), ["3", "4"]);
});

/** A journal in memory that notes what it does. */
class Memory {
  bytes = Buffer.alloc(0);
  log = [];
  read = (position, length) => this.bytes.subarray(position, position + length);
  append = async (bytes) => {
    if (this.fault) throw this.fault;
    this.bytes = Buffer.concat([this.bytes, bytes]);
    this.log.push("append");
  };
  sync = async () => void this.log.push("sync");
  truncate = (length) => void (this.bytes = this.bytes.subarray(0, length));
  close = () => void this.log.push("close");
}

test("a record is durable before its request leaves, in a journal of any kind", async () => {
  const memory = new Memory();
  const fetch = fakeFetch(() => (memory.log.push("request"), SENT));
  await using(zagely(fetch), async (outbox) => (await outbox.addAll(GUESTS.slice(0, 2)), outbox.send({ concurrency: 1 })), {}, memory);
  const message = ["append", "sync", "request", "append"];
  assert.deepEqual(memory.log.slice(2), ["append", "sync", ...message, ...message, "sync", "close"]);
});

test("a journal that cannot be written ends the sending before a request leaves", async () => {
  const memory = new Memory();
  const fetch = always(SENT);
  const outbox = await Outbox.open(memory, zagely(fetch));
  await outbox.addAll(GUESTS);
  memory.fault = new Error("the disk is full");
  await assert.rejects(outbox.send(), memory.fault);
  await outbox.close();
  assert.equal(fetch.requests.length, 0);
  delete memory.fault;
  await using(zagely(fetch), async (outbox) => assert.equal((await outbox.send()).sent, 12), {}, memory);
});

test("a store that fails ends the sending and refuses no message", async () => {
  const fetch = always(SENT);
  const client = zagely(fetch);
  const { send } = client.messages;
  const storeError = Object.assign(new Error("store"), { kind: "store", mayHaveHappened: false });
  const broken = { messages: { send: Object.assign(() => ({ withResponse: () => Promise.reject(storeError) }), send) } };
  await using(broken, async (outbox) => {
    await outbox.addAll(GUESTS);
    await assert.rejects(outbox.send(), storeError);
    assert.deepEqual([outbox.report().waiting, outbox.report().refused], [12, 0]);
  });
});

test("a signal ends the sending when the messages in flight have their outcomes", async () => {
  const controller = new AbortController();
  const fetch = fakeFetch(async ({ body }) => {
    if (body.message === GUESTS[3].message) controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return SENT;
  });
  await using(zagely(fetch), async (outbox) => {
    await outbox.addAll(GUESTS);
    await assert.rejects(outbox.send({ concurrency: 2, signal: controller.signal }), { name: "AbortError" });
    const { sent, waiting, inFlight } = outbox.report();
    assert.ok(sent >= 4 && sent <= 5, `${sent}`);
    assert.deepEqual([sent + waiting, inFlight], [12, 0]);
    assert.equal((await outbox.send()).sent, 12);
  });
  assert.equal(fetch.requests.length, 12);
});

test("after a signal, messages that wait for the rate limiter are not sent", async () => {
  const controller = new AbortController();
  // Six requests a minute: two leave at once, and each further one waits about ten seconds.
  const fetch = always({ ...SENT, headers: { "X-RateLimit-Limit": "6" } });
  await using(zagely(fetch), async (outbox) => {
    await outbox.addAll(GUESTS);
    setTimeout(() => controller.abort(), 1_500);
    const begun = performance.now();
    await assert.rejects(outbox.send({ concurrency: 4, signal: controller.signal }), { name: "AbortError" });
    assert.ok(performance.now() - begun < 4_000);
    const { sent, waiting, unknown, inDoubt } = outbox.report();
    assert.deepEqual([sent, waiting, unknown, inDoubt], [fetch.requests.length, 12 - sent, 0, 0]);
  });
  assert.ok(fetch.requests.length >= 1 && fetch.requests.length <= 3, `${fetch.requests.length}`);
});

test("progress has the limits of the last response", async () => {
  const reports = [];
  const fetch = always({ ...SENT, headers: { "X-RateLimit-Limit": "120" } });
  await using(zagely(fetch), async (outbox) => {
    await outbox.addAll(GUESTS);
    const sending = outbox.send({ concurrency: 2, onProgress: ({ sent }, limits) => reports.push([sent, limits.limit]) });
    await assert.rejects(outbox.send(), OutboxError);
    await sending;
  });
  assert.deepEqual(reports, GUESTS.map((_, at) => [at + 1, 120]));
});

test("a closed outbox writes nothing more", async () => {
  const outbox = await Outbox.open(path, zagely());
  await outbox.close();
  await outbox.close();
  await assert.rejects(outbox.add(GUESTS[0]), /closed with close/);
  assert.equal(readFileSync(path).length, 16 + 70);
});

test("spellings of a number are one message", async () => {
  await using(zagely(always(SENT)), async (outbox) => {
    assert.equal(await outbox.add({ to: "+15551234567", message: "Hi" }), true);
    for (const to of ["+1-555-123-4567", " +1 (555) 123-4567 ", "+١٥٥٥١٢٣٤٥٦٧"]) {
      await assert.rejects(outbox.add({ to, message: "Hi" }), /another message under this id/);
    }
    assert.equal(outbox.report().total, 1);
  });
});

test("options that would do nothing are refused", async () => {
  const client = zagely(always(SENT));
  for (const options of [{ stopAfterRefusal: 3 }, { Lock: false }, { lock: null }, null, 5, { call: 5 }]) {
    await assert.rejects(Outbox.open(path, client, options), TypeError, JSON.stringify(options));
  }
  await using(client, async (outbox) => {
    for (const entry of [{ Id: "second" }, null, "x"]) await assert.rejects(outbox.add(GUESTS[0], entry), TypeError);
    for (const options of [null, [], "x", 5, { concurency: 1 }, { onprogress() {} }, { Signal: AbortSignal.abort() }, { onProgress: "x" }, { signal: { aborted: false, throwIfAborted() {} } }]) {
      await assert.rejects(outbox.send(options), TypeError, JSON.stringify(options));
    }
    await assert.rejects(all(outbox.messages("unkown")), /state: expected waiting or in_flight/);
    await outbox.addAll(GUESTS.slice(0, 2));
    assert.equal((await outbox.send()).sent, 2);
  });
});

/** Returns a journal in memory, with some other functions. */
function inMemory(more) {
  let bytes = new Uint8Array();
  return {
    read: async (position, length) => bytes.slice(position, position + length),
    append: async (added) => void (bytes = Uint8Array.from([...bytes, ...added])),
    truncate: async (length) => void (bytes = bytes.slice(0, length)),
    sync: async () => {},
    close: async () => {},
    ...more,
  };
}

test("after an error of the disk no request leaves", async () => {
  let fails = false;
  const sync = async () => {
    if (!fails) return;
    fails = false;
    throw new Error("EIO");
  };
  const fetch = always(SENT);
  const outbox = await Outbox.open(inMemory({ sync }), zagely(fetch));
  await outbox.addAll(GUESTS);
  fails = true;
  for (let run = 0; run < 2; run++) await assert.rejects(outbox.send(), /EIO/);
  await outbox.close().catch(() => {});
  assert.equal(fetch.requests.length, 0);
});

test("a journal may return the bytes as an ArrayBuffer, and nothing else", async () => {
  const journal = inMemory();
  const buffers = { ...journal, read: async (position, length) => (await journal.read(position, length)).buffer };
  await using(zagely(always(SENT)), (outbox) => outbox.addAll(GUESTS), undefined, buffers);
  await using(zagely(always(SENT)), async (outbox) => assert.equal((await outbox.send()).sent, 12), undefined, buffers);
  await assert.rejects(Outbox.open(inMemory({ read: async () => "text" }), zagely(always(SENT))), /read that returns a Uint8Array/);
});

test("a signal and a new message end a wait, also while a record is appended", { timeout: 15_000 }, async () => {
  const journal = inMemory();
  const append = async (added) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await journal.append(added);
  };
  const fetch = always({ status: 503, headers: { "retry-after": "20" } });
  const outbox = await Outbox.open({ ...journal, append }, zagely(fetch, { maxAttempts: 1 }));
  await outbox.add(GUESTS[0]);
  const controller = new AbortController();
  const onProgress = () => void outbox.add(GUESTS[1]).then(() => {}, () => {});
  setTimeout(() => controller.abort(new Error("enough")), 1_000);
  const begun = Date.now();
  await assert.rejects(outbox.send({ signal: controller.signal, onProgress }), /enough/);
  assert.ok(Date.now() - begun < 8_000);
  await outbox.close();
});

test("an asynchronous onProgress that rejects ends the sending", async () => {
  await using(zagely(always(SENT)), async (outbox) => {
    await outbox.addAll(GUESTS);
    const onProgress = async () => {
      throw new RangeError("a defect of the program");
    };
    await assert.rejects(outbox.send({ concurrency: 2, onProgress }), RangeError);
    assert.ok(outbox.report().sent < 12);
  });
});

test("an outbox that sends cannot be closed", async () => {
  let answer;
  const fetch = fakeFetch(() => new Promise((resolve) => (answer = () => resolve(SENT))));
  const outbox = await Outbox.open(path, wazaj(fetch));
  await outbox.addAll([{ to: "+15551230000", body: "Hi" }]);
  const sending = outbox.send();
  while (!answer) await new Promise((ready) => setTimeout(ready, 5));
  await assert.rejects(outbox.close(), { name: "OutboxError", message: "the outbox is sending: wait until send() ends, or abort its signal, and then close the outbox" });
  answer();
  const { sent, unknown } = await sending;
  assert.deepEqual([sent, unknown], [1, 0]);
  await outbox.close();
});

test("a wrong list of messages and a wrong journal are named", async () => {
  const message = "messages: expected an array or another iterable of the fields of messages";
  await using(zagely(always(SENT)), async (outbox) => {
    for (const wrong of [undefined, null, 5, "+15551230000", GUESTS[0], () => GUESTS]) await assert.rejects(outbox.addAll(wrong), { name: "TypeError", message });
    assert.equal(await outbox.addAll(new Set(GUESTS)), 12);
  });
  const { sync, ...torn } = inMemory();
  await assert.rejects(Outbox.open(torn, zagely(always(SENT))), { name: "TypeError", message: "journal: expected an object with the function sync" });
  await assert.rejects(Outbox.open(5, zagely(always(SENT))), { name: "TypeError", message: "journal: expected the name of a file, or an OutboxJournal" });
});

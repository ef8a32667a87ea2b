// The tests that every runtime must pass, over its own `fetch`, against the sandbox. The suite runs in Node, Deno, Bun,
// workerd and Chromium and uses no API of one runtime. It takes the package as an argument and throws at a failure.

function check(condition, what) {
  if (!condition) throw new Error(what);
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it should have failed");
}

export async function suite({ index, webhook, testing }, sandbox) {
  const { AbortError, Zagely, Wazaj, NotFoundError, HudhudError, TransportError, InvalidRequestError, RedirectError } = index;
  const { public_key: publicKey, secret_key: secretKey, zagely_base_url: baseUrl } = sandbox;
  // Calls that must not be repeated are rejected in browsers, unless the program passes `fetch`.
  const ownFetch = globalThis.document && globalThis.fetch;
  const options = { publicKey, secretKey, baseUrl, retry: { baseMs: 1 }, fetch: ownFetch };
  const zagely = new Zagely(options);
  const admin = (path, body) =>
    fetch(`${sandbox.address}/_sandbox${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.admin_token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const mark = `t${Math.random().toString(36).slice(2, 8)}`;
  const number = () => `+1555${Math.floor(1e6 + Math.random() * 9e6)}`;

  // A message, its reply, and a repetition that the vendor recognises by its idempotency key.
  check((await zagely.account.health()).status === "ok", "health");
  const idempotencyKey = index.idempotencyKey();
  const message = { to: "+1 (555) 123-4567", message: mark, session_id: sandbox.session_id };
  const first = zagely.messages.send(message, { idempotencyKey });
  const sent = await first;
  const again = await zagely.messages.send(message, { idempotencyKey }).withResponse();
  check(sent.message_id && sent.message_id === again.output.message_id, "the same message");
  const answered = await Promise.prototype.then.call(zagely.account.health(), (answer) => answer);
  check(answered?.status === "ok", "a runtime that looks at the promise itself sees the answer");
  check((await first.withResponse()).meta.idempotencyKey === idempotencyKey && again.meta.idempotentReplay, "a replay");
  check(again.response.headers.get("content-type").includes("json") && again.response.body.length > 10, "the raw reply");

  // Updates with an absent field, null and a value. A list over several pages.
  const made = [];
  for (const name of ["a", "b", "c", "d", "e"]) {
    made.push(await zagely.contacts.create({ phone_number: number(), name, email: `${name}@example.com`, tags: [mark] }));
  }
  const [one] = made;
  const changed = await zagely.contacts.update({ contact_id: one.id, email: null, notes: undefined });
  check(changed.email === null && changed.name === "a", "an update");
  const names = [];
  const list = zagely.contacts.list({ tags: [mark], per_page: 2, sort_by: "name", sort_order: "asc" });
  for await (const contact of list) names.push(contact.name);
  check(names.join() === "a,b,c,d,e", `all pages: ${names}`);
  check((await list).data.length === 2 && (await list.toArray(3)).length === 3, "the first page");
  check((await zagely.contacts.import({ file: new TextEncoder().encode(`phone_number,name\n${number()},x\n`), file_name: "x.csv" })) !== undefined, "a file");

  // Errors have the class and the name of their kind.
  const missing = await failure(zagely.contacts.get({ contact_id: "00000000-0000-4000-8000-000000000000" }));
  check(missing instanceof NotFoundError && missing instanceof HudhudError && missing instanceof Error, String(missing));
  check(missing.status === 404 && missing.kind === "not_found" && missing.code === "not_found", "its facts");
  const clone = structuredClone(missing);
  check(clone instanceof Error && clone.message === missing.message, "a clone");
  for (const again of [missing.toJSON(), structuredClone(missing.toData()), missing].map(HudhudError.from)) {
    check(again instanceof NotFoundError && again.status === 404 && again.kind === "not_found", "an error again");
    check(again.message === missing.message && again.call === "contacts.get", "what it says");
  }
  check([new Error("x", { cause: {} }), {}, null, "x", 7].every((one) => HudhudError.from(one) === undefined), "no error of ours");
  const local = await failure(zagely.messages.send({ to: "+1555", nonsense: 1 }));
  check(local instanceof InvalidRequestError && local.fieldErrors.nonsense && local.fieldErrors.message, "every fault");
  const localAgain = HudhudError.from(structuredClone(local.toData()));
  check(localAgain instanceof InvalidRequestError && localAgain.fieldErrors.nonsense[0] === local.fieldErrors.nonsense[0], "all of it");

  // A vendor that is down briefly, one that never responds, and one that refuses connections.
  await admin("/faults", { fault: "status=503", match: { call: "account.me" }, times: 2 });
  check((await zagely.account.me()).name !== undefined, "after two failures");
  await admin("/faults", { fault: "delay=3000", match: { call: "sessions.list" }, times: 2 });
  const late = await failure(zagely.sessions.list({}, { timeoutMs: 50, maxAttempts: 1 }));
  check(late instanceof TransportError && late.fault === "timeout", String(late));
  const begun = Date.now();
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 50);
  const aborted = await failure(zagely.sessions.list({}, { signal: controller.signal }));
  check(aborted instanceof AbortError && aborted.cause.message === "enough" && Date.now() - begun < 2000, String(aborted));
  const unreachable = new Zagely({ ...options, baseUrl: "http://127.0.0.1:9", maxAttempts: 1 });
  const unreached = await failure(unreachable.account.health());
  check(unreached instanceof TransportError && unreached.kind === "transport", String(unreached));
  const unreachedAgain = HudhudError.from(structuredClone(unreached.toData()));
  check(unreachedAgain instanceof TransportError && unreachedAgain.fault === unreached.fault, "no answer, again");
  await admin("/faults", { fault: "status=429;retry-after=30", match: { call: "templates.create" }, times: 1 });
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(new Error("no patience")), 100);
  const waited = await failure(zagely.templates.create({ name: mark, content: "x", channel: "all" }, { signal: waiting.signal }));
  check(waited.name === "AbortError" && waited.cause.message === "no patience" && waited.idempotencyKey === null, `a wait ends: ${waited}`);
  check(Date.now() - begun < 4000, "at once");

  // A redirect is not followed, because the request carries keys.
  const requestsTo = async () => Number(await (await fetch(`${sandbox.moved}/came`)).text()) || 0;
  const before = await requestsTo();
  const moved = await failure(new Zagely({ ...options, baseUrl: sandbox.moved }).account.me());
  check(moved instanceof RedirectError && moved.status === 302, String(moved));
  check((await requestsTo()) === before + 1, "asked once");

  // Wazaj, and the functions without I/O.
  const wazaj = new Wazaj({ apiKey: sandbox.wazaj_key, baseUrl: sandbox.wazaj_base_url, fetch: ownFetch });
  check(await wazaj.messages.sendText({ to: "+50912345678", body: "Hello" }), "Wazaj");
  const { request, decode } = zagely.contacts.get.prepare({ contact_id: one.id });
  const answer = await fetch(request.url, { method: request.method, headers: request.headers });
  const body = new Uint8Array(await answer.arrayBuffer());
  check(decode({ status: answer.status, headers: answer.headers, body }).output.id === one.id, "two pure functions");

  // Webhooks, small and large, as a Request and as headers and body.
  const { Webhook, WebhookError } = webhook;
  const verifier = new Webhook(["old", "new"]);
  for (const length of [10, 5000, 100_000]) {
    const delivery = testing.delivery("new", "message.received", { data: { content: "x".repeat(length), contact: { id: 7 } } });
    const event = await verifier.verify(testing.toRequest(delivery));
    check(event.type === "message.received" && event.data.content.length === length, "a delivery");
    check(event.data.contact.id === "7" && event.data.channel === null && event.secretIndex === 1, "its data");
    check((await verifier.verify(delivery)).replayKey === event.delivery_id, "what to remember");
    const forged = await failure(verifier.verify({ ...delivery, body: delivery.body.slice(1) }));
    // The standard does not require that a clone keeps its cause. JavaScriptCore drops it.
    const clone = structuredClone(forged);
    for (const again of [forged, clone.cause ? clone : forged, forged.toJSON()].map(WebhookError.from)) {
      check(again instanceof WebhookError && again.reason === "signature_mismatch" && again.httpStatus === 401, "a forgery");
      check(again.message === forged.message && again.hint === forged.hint, "its hint");
    }
    const old = await failure(verifier.verify(testing.delivery("new", "webhook.test", { data: "x".repeat(length) }, { now: 0 })));
    check(old.reason === "timestamp_too_old", "an old one");
  }
  // Many verifications at once, whose hashing may interleave.
  const many = Array.from({ length: 40 }, (_, at) => testing.delivery(at % 2 ? "old" : "new", "message.received", { data: { content: String(at).repeat(100 * at + 1) } }));
  const read = await Promise.all(many.map((one) => verifier.verify(one)));
  check(read.every(({ data, secretIndex }, at) => data.content === String(at).repeat(100 * at + 1) && secretIndex === 1 - (at % 2)), "many at once");
  for (const type of webhook.EVENT_NAMES) {
    check((await verifier.verify(testing.delivery("old", type))).type === type, type);
  }
  const large = await failure(new Webhook("new", { maxBytes: 99 }).verify(testing.toRequest(testing.delivery("new", "webhook.test"))));
  check(large.httpStatus === 413, "too large");
  return "whole";
}

// Computes the result of one case in JavaScript, in the format that tests/conformance/src/hosts describes. The
// package is passed in as `modules`, so that the same code runs in every runtime.

/**
 * Answers a line of input with a line of output. `modules` are the package's modules. `nanos` returns the CPU time, where
 * the runtime has such a clock. Integers of any size keep their digits, as bigints.
 */
export async function answer(modules, line, nanos) {
  let inside = false;
  const quoted = line.replace(/\\.|"|-?\d[\d.eE+-]*/g, (token) => {
    if (token === '"') inside = !inside;
    return !inside && /^-?\d{16,}$/.test(token) ? `"big:${token}"` : token;
  });
  const { suite, case: given, budget_ms: budget } = JSON.parse(quoted, (_, value) => (/^big:/.test(value) ? BigInt(value.slice(4)) : value));
  if (budget !== undefined) return json({ nanos: await shortest(nanos, budget, () => outcome(modules, suite, given)) });
  return json(await outcome(modules, suite, given));
}

function json(value) {
  const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `big:${inner}` : inner));
  return text.replace(/"big:(-?\d+)"/g, "$1");
}

/** Runs a function repeatedly within a budget and returns the shortest time. */
async function shortest(nanos, budget, run) {
  let best = Infinity;
  for (const until = performance.now() + budget; best === Infinity || performance.now() < until; ) {
    const begun = nanos();
    await run();
    best = Math.min(best, nanos() - begun);
  }
  return best;
}

async function outcome({ index, webhook }, suite, given) {
  switch (suite) {
    case "webhook":
      return received(webhook, given);
    case "template":
      return rendered(index, given);
    case "phone":
      return attempt(() => ({ ok: index.parsePhone(given.input) }), () => ({ error: {} }));
    default:
      return attempt(
        () => called(index, suite, given),
        (error) => (suite === "exchange" ? { steps: [{ error }] } : { error }),
      );
  }
}

function attempt(run, otherwise) {
  try {
    return run();
  } catch (error) {
    return otherwise(failure(error));
  }
}

function client({ Zagely, Wazaj }, given, more) {
  const auth = (given.auth ?? "").replaceAll(/[^a-z]/gi, "").toLowerCase();
  const common = { baseUrl: given.base_url, updateMethod: given.update_method, ...more };
  if (given.vendor === "wazaj") {
    const apiKeyScheme = { bearer: "bearer", authorizationbearer: "bearer", apikey: "api_key", authorizationapikey: "api_key" }[auth];
    return new Wazaj({ baseUrl: "https://transuptech.online/api/wazaj/business", ...defined(common), apiKey: given.api_key, apiKeyScheme: apiKeyScheme ?? "header" });
  }
  const appAuth = { keys: "keys", both: "token_and_keys", tokenandkeys: "token_and_keys" }[auth] ?? "token";
  const { public_key: publicKey, secret_key: secretKey, app_token: appToken, app_prefix: appPrefix } = given;
  return new Zagely(defined({ ...common, publicKey, secretKey, appToken, appPrefix, appAuth }));
}

const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

function called(index, suite, given) {
  const [group, verb] = given.call.split(".");
  const { max_attempts: maxAttempts, base_ms: baseMs, cap_ms: capMs, max_wait_ms: maxRetryAfterMs } = given.retry ?? {};
  const vendor = client(index, given.client, { maxAttempts, retry: defined({ baseMs, capMs, maxRetryAfterMs }) });
  const call = vendor[camel(group)]?.[camel(verb)];
  if (!call) throw new index.InvalidRequestError("the call does not exist", { kind: "invalid_request", fieldErrors: { call: [""] } });
  const { idempotency_key: key, entropy, method } = given.options ?? {};
  const bytes = /^[0-9a-f]{32}$/i.test(entropy) && Uint8Array.from(entropy.match(/../g), (pair) => Number.parseInt(pair, 16));
  // Wazaj refuses a key.
  const options = defined({ idempotencyKey: key ?? (bytes && given.client.vendor !== "wazaj" ? index.idempotencyKey(bytes) : undefined), method });
  // A recorded response is decoded without the input of its call.
  if (suite === "response") return outcomeOf(() => call.decode(response(given.response)));
  if (suite === "exchange") return played(call.exchange(given.input, options), given.script);
  return sent(call.prepare(given.input, options).request);
}

/** Plays the script: each send gets the next event as its response, and each wait moves the clock by its exact length. */
function played(exchange, script) {
  const events = script[Symbol.iterator]();
  const steps = [];
  for (let now = 1_776_767_400_000; ; ) {
    let step;
    const done = outcomeOf(() => {
      step = exchange.step(now);
      return step.done;
    });
    if (done.error || step.done) return { steps: [...steps, done] };
    if (step.send) {
      steps.push({ send: sent(step.send) });
      const event = events.next().value;
      if (!event) return { steps };
      if (event.fail) exchange.fail(event.fail, now);
      else exchange.receive(response(event.respond), now);
    } else {
      steps.push({ wait_ms: step.waitMs });
      now += step.waitMs;
    }
  }
}

function outcomeOf(run) {
  return attempt(
    () => {
      const reply = run();
      return reply ? { ok: reply.output, meta: snake(reply.meta) } : {};
    },
    (error) => ({ error }),
  );
}

function failure(error) {
  if (!("fieldErrors" in error)) return { kind: "misuse", message: String(error), fields: {} };
  const { kind, call, code, vendorMessage: message, fieldErrors, requiredAbility, safeToRetry, mayHaveHappened, keyForgotten, details, hint } = error;
  const tried = { attempts: error.attempts, elapsed_ms: error.elapsedMs };
  const meta = { status: error.status, rateLimit: error.rateLimit, retryAfterMs: error.retryAfterMs };
  const key = { idempotentReplay: error.idempotentReplay, idempotencyKey: error.idempotencyKey };
  // Every host has the names of calls and options in its own case.
  const fields = Object.fromEntries(Object.entries(fieldErrors).map(([name, messages]) => [call === null || name === "idempotencyKey" ? snakeName(name) : name, messages]));
  return {
    ...{ kind, call: call && snakeName(call), code, message, field_errors: fields, fields, required_ability: requiredAbility },
    // Only the names of the details: their values may be nested deeper than JSON.stringify supports.
    ...{ safe_to_retry: safeToRetry, may_have_happened: mayHaveHappened, key_forgotten: keyForgotten, details: Object.keys(details), hint, text: String(error) },
    ...tried,
    ...snake(Object.fromEntries(Object.entries({ ...meta, ...key }).filter(([, value]) => value !== null))),
  };
}

const snakeName = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Returns the metadata with the names that every host uses. */
function snake(meta) {
  const out = {};
  for (const [name, value] of Object.entries(meta)) {
    const inner = name === "rateLimit" && value ? snake(value) : value;
    out[snakeName(name)] = inner;
  }
  return out;
}

function sent({ method, url, headers, body }) {
  const lower = headers.map(([name, value]) => [name.toLowerCase(), value]);
  return { method, url, headers: Object.fromEntries(lower), body_base64: body === undefined ? null : base64(body) };
}

function response(given) {
  const headers = Object.entries(given.headers ?? {}).map(([name, value]) => [name, String(value)]);
  return { status: given.status, headers, body: bytesOf(given) };
}

function bytesOf(given) {
  if (given.body !== undefined) return new TextEncoder().encode(given.body);
  if (given.body_base64 !== undefined) return Uint8Array.from(atob(given.body_base64), (letter) => letter.charCodeAt(0));
  return new TextEncoder().encode(given.body_json === undefined ? "" : json(given.body_json));
}

function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

async function received({ Webhook, WebhookError }, given) {
  try {
    const options = { toleranceSeconds: given.tolerance_s ?? null, maxBytes: Infinity, now: () => given.now_s * 1000 };
    const event = await new Webhook(given.secrets, options).verify({ headers: given.headers, body: bytesOf(given) });
    const { type, name, delivery_id, occurred_at, secretIndex } = event;
    return { ok: { event: name, delivery_id, occurred_at, secret_index: secretIndex, known: type !== "unknown" } };
  } catch (error) {
    if (error instanceof WebhookError) return { error: { reason: error.reason, http_status: error.httpStatus } };
    return { error: { kind: "invalid_request", fields: { secrets: [String(error)] } } };
  }
}

function rendered({ Template, MissingVariablesError }, { template: source, values, missing }) {
  const template = new Template(source);
  try {
    return { ok: template.render(values, defined({ missing })), variables: template.variables };
  } catch (error) {
    if (error instanceof MissingVariablesError) return { error: { missing: error.names } };
    throw error;
  }
}

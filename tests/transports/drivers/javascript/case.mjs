// Runs one case with the real client in any runtime. The package is passed in as an argument.

const KEYS = { publicKey: "pk_transports", secretKey: "sk_transports" };

/** Makes the call of a case and returns its outcome. `inspect` is the runtime's function that formats a value. */
export async function run({ Zagely, Wazaj, HudhudError }, given, inspect = String) {
  const { id, vendor, call, input, base_url: baseUrl, timeout_ms: timeoutMs, max_attempts: maxAttempts } = given;
  const common = { timeoutMs, maxAttempts, retry: { baseMs: 20, capMs: 50, maxRetryAfterMs: 1000 } };
  if (given.max_response_bytes !== undefined) common.maxResponseBytes = given.max_response_bytes;
  const zagely = new Zagely({ ...KEYS, ...common, baseUrl: vendor === "zagely" ? baseUrl : new URL(baseUrl).origin });
  const client = vendor === "zagely" ? zagely : new Wazaj({ ...common, apiKey: "wzj_transports", baseUrl });
  for (let left = given.warm_up; left > 0; left--) {
    try {
      await zagely.account.health();
    } catch (error) {
      return { id, outcome: "error", warm_up_failed: shown(error, inspect) };
    }
  }
  const [group, verb] = call.split(".").map((name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()));
  const begun = performance.now();
  const taken = () => Math.round(performance.now() - begun);
  try {
    const output = await client[group][verb](input);
    return { id, outcome: "ok", elapsed_ms: taken(), output: output ?? null };
  } catch (error) {
    const elapsed_ms = taken();
    if (!(error instanceof HudhudError)) return { id, outcome: "foreign", elapsed_ms, shown: shown(error, inspect) };
    const { kind, fault = null, status, fieldErrors } = error;
    // The client refuses this call in a runtime whose fetch may repeat requests on its own.
    const outcome = kind === "invalid_request" && fieldErrors.fetch ? "unsupported" : "error";
    return { id, outcome, kind, fault, status, elapsed_ms, shown: shown(error, inspect) };
  }
}

/** Returns everything that a user can see of an error: text, JSON, the runtime's format, and all causes. */
function shown(error, inspect, depth = 0) {
  if (typeof error !== "object" || error === null || depth > 8) return String(error);
  const parts = [String(error), error.stack, inspect(error), JSON.stringify(error)];
  for (const name of Object.getOwnPropertyNames(error)) {
    const value = error[name];
    if (name === "cause" || name === "errors") for (const one of [value].flat()) parts.push(shown(one, inspect, depth + 1));
    else if (typeof value !== "function") parts.push(`${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`);
  }
  return parts.join("\n");
}

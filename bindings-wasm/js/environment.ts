// Reads options from environment variables, in Node, Deno and Bun, or from the bindings of a Worker.

type Environment = Readonly<Record<string, unknown>>;

/** Returns a variable that is set to a text. An empty one counts as unset. */
export function variable(name: string, env: object | undefined): string | undefined {
  const { process } = globalThis as { process?: { readonly env?: Environment } };
  const value = ((env ?? process?.env ?? {}) as Environment)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Returns the error for a required variable that is not set. */
export function unset(name: string): TypeError {
  return new TypeError(`${name} is not set; set this environment variable, or pass an object that holds it, such as a Worker's env`);
}

/** The options without which a client cannot be made. */
export const REQUIRED: Readonly<Record<string, readonly string[]>> = { zagely: ["publicKey", "secretKey"], wazaj: ["apiKey", "baseUrl"] };

/** Adds the variables of a vendor to the options that are given. The variable of `publicKey` is `ZAGELY_PUBLIC_KEY`. */
export function withVariables<T>(vendor: string, optional: readonly string[], env: object | undefined, given: Partial<T> = {}): T {
  const options: Record<string, unknown> = { ...given };
  const required = REQUIRED[vendor] ?? [];
  for (const name of [...required, ...optional]) {
    const key = `${vendor}_${name.replace(/[A-Z]/g, "_$&")}`.toUpperCase();
    const value = (options[name] ??= variable(key, env));
    if (value === undefined && required.includes(name)) throw unset(key);
  }
  return options as T;
}

// Reads options from environment variables, in Node, Deno and Bun, or from the bindings of a Worker.

import { VARIABLES } from "./generated/settings.js";
import { ofClient } from "./option-names.js";

type Environment = Readonly<Record<string, unknown>>;

/** Returns a variable that is set to a text. An empty one counts as unset. */
export function variable(name: string, env: object | undefined): string | undefined {
  const { process } = globalThis as { process?: { readonly env?: Environment } };
  const value = ((env ?? process?.env ?? {}) as Environment)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The variable with the secrets of webhooks. */
export const WEBHOOK_SECRET = "ZAGELY_WEBHOOK_SECRET";

/** Returns the error for a required variable that is not set. */
export function unset(name: string): TypeError {
  return new TypeError(`${name} is not set; set this environment variable, or pass an object that holds it, such as a Worker's env`);
}

/** Adds the variables of a vendor to the options that are given. */
export function withVariables<T>(vendor: keyof typeof VARIABLES, env: object | undefined, given: Partial<T> = {}): T {
  const options: Record<string, unknown> = { ...given };
  for (const [key, name, isRequired] of VARIABLES[vendor]) {
    const value = (options[name] ??= variable(key, env));
    if (value !== undefined || !isRequired) continue;
    const option = Object.keys(env ?? {}).find((name) => ofClient().includes(name));
    throw option ? new TypeError(`env: found the option ${option}; pass the options second, as in fromEnv(undefined, { … })`) : unset(key);
  }
  return options as T;
}

// Templates, phone numbers and idempotency keys. Nothing is sent.

import { idempotency_key, phone, render, variables, whole } from "#client";

import { invalid } from "./errors.js";
import { core } from "./exchange.js";
import { json, toBytes, write } from "./json.js";
import { isWellFormed } from "./event-schema.js";

/** The handling of a variable without a value: throw an error, keep the placeholder, or write an empty string. */
export type MissingPolicy = "error" | "keep" | "empty";

/** Options for rendering a template. */
export interface RenderOptions {
  /** The handling of a variable without a value. Default `error`. */
  readonly missing?: MissingPolicy | undefined;
}

/**
 * A message template, rendered locally: `{{ name }}` becomes a value. The result may differ from the vendor's, because
 * the vendor documents only the form of a variable.
 */
export class Template {
  /** The text of the template. */
  readonly source: string;

  constructor(source: string) {
    if (typeof source !== "string") throw new TypeError("source: expected a string");
    this.source = source;
    // Strings are passed to core in UTF-8, which cannot encode a lone surrogate.
    if (!isWellFormed(source)) core(() => whole(json(source), "source"));
  }

  /** The names of the variables, without duplicates, in order of first appearance. */
  get variables(): string[] {
    return variables(this.source) as string[];
  }

  /** Fills in the values. By default throws a `MissingVariablesError` if a variable has no value. */
  render(values: Readonly<Record<string, unknown>> = {}, options: RenderOptions = {}): string {
    const [valuesJson, optionsJson] = [write(values, "values: expected an object"), write(options, "options: expected an object")];
    return core(() => render(this.source, valuesJson, optionsJson));
  }
}

/**
 * Converts a phone number to `+` and digits. Throws an `InvalidRequestError` if the text is not a phone number. The country
 * code is never guessed.
 *
 * ```ts
 * parsePhone("+1 (555) 123-4567"); // "+15551234567"
 * ```
 */
export function parsePhone(number: string): string {
  try {
    return core(() => phone(text(number)));
  } catch (error) {
    throw invalid("", "number", `number: expected a phone number such as +15551234567; ${(error as Error).message}`);
  }
}

/** Makes a random idempotency key. Store it if your program may have to repeat the call. */
export function idempotencyKey(entropy: Uint8Array = random(new Uint8Array(16))): string {
  return core(() => idempotency_key(toBytes(entropy) ?? new Uint8Array()));
}

/** @internal Fills an array with random bytes. */
export function random(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { crypto } = globalThis as { crypto?: Crypto };
  if (crypto) return crypto.getRandomValues(bytes);
  throw new TypeError("globalThis.crypto is missing, and idempotency keys need its random bytes; set globalThis.crypto first");
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError("expected a string");
}

// Texts made ready here: templates and phone numbers, and keys for one wish each.

import { idempotency_key, phone, render, variables, whole } from "#client";

import { core } from "./exchange.js";
import { json, toBytes, write } from "./json.js";

/** What becomes of a variable without a value: an error, the placeholder as it stands, or nothing. */
export type Missing = "error" | "keep" | "empty";

/** How a template is rendered. */
export interface RenderOptions {
  /** What becomes of a variable without a value. Default: an error. */
  readonly missing?: Missing | undefined;
}

/**
 * A message template, rendered here: `{{ name }}` becomes a value. This comes close to what the vendor renders, and no
 * closer than its page goes.
 */
export class Template {
  /** Its text. */
  readonly source: string;

  constructor(source: string) {
    this.source = text(source);
    // A text crosses in UTF-8, which has no form for half a character.
    if (!isWellFormed(source)) core(() => whole(json(source), "source"));
  }

  /** The names of the variables, each once, in order of first appearance. */
  get variables(): string[] {
    return JSON.parse(variables(this.source)) as string[];
  }

  /** Fills in the values. Without one for every variable it throws a `MissingVariablesError`, unless told otherwise. */
  render(values: Readonly<Record<string, unknown>> = {}, options: RenderOptions = {}): string {
    const [given, told] = [write(values, "The values are no object."), write(options, "The options are no object.")];
    return core(() => render(this.source, given, told));
  }
}

/**
 * A phone number as people write it, as `+` and digits; what is none throws a `TypeError`. A country is never guessed.
 */
export function parsePhone(number: string): string {
  return core(() => phone(text(number)));
}

/** A random idempotency key, to be kept where a program may have to repeat itself. */
export function idempotencyKey(entropy: Uint8Array = random(new Uint8Array(16))): string {
  return core(() => idempotency_key(toBytes(entropy) ?? new Uint8Array()));
}

/** @internal Fills bytes with randomness. */
export function random(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { crypto } = globalThis as { crypto?: Crypto };
  if (crypto) return crypto.getRandomValues(bytes);
  throw new TypeError("There is no crypto here, and idempotency keys are made of its randomness: set globalThis.crypto first.");
}

/** Reports a text without a lone surrogate; not every runtime has the method of that name. */
function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError("A text is needed here.");
}

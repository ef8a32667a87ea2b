// Sorts the arguments of a call. A call with one path parameter takes it by position; a call without fields takes only
// options. An object with all fields and then the options are accepted too, for programs that call by name.

import type { CallOptions } from "./call-options.js";
import { invalid } from "./errors.js";
import { isObject } from "./event-schema.js";
import { ofCall } from "./option-names.js";

/** The arguments of one call, sorted. */
export interface Sorted {
  /** The fields. */
  readonly input: unknown;
  /** The options. */
  readonly options: CallOptions | undefined;
}

/** Sorts the arguments. `id` is the path parameter, if the call takes one. Throws if they have another form. */
export function sorted(name: string, id: string, hasFields: boolean, [first, second, third, fourth]: readonly unknown[]): Sorted {
  const form = [id && '"…"', hasFields && "{ … }"].filter(Boolean).join(", ");
  const wrong = (argument: string) => new TypeError(`${name}: expected ${argument}, as in ${name}(${form})`);
  const missing = () => invalid(name, id, `expected an id, as in ${name}(${form})`);
  if ((id && hasFields && !isObject(first) ? fourth : third) !== undefined) {
    throw new TypeError(`${name}: too many arguments; the options are the last one, after ${name}(${form})`);
  }
  let [input, options] = [first, second];
  if (id && !isObject(first)) {
    if (first === undefined || first === null || Array.isArray(first)) throw missing();
    if (hasFields && !isObject(second ?? {})) throw wrong("an object after the id");
    [input, options] = hasFields ? [{ ...(second as object), [id]: first }, third] : [{ [id]: first }, second];
  } else if (id && input && (input as Record<string, unknown>)[id] === undefined) {
    throw missing();
  } else if (!hasFields && !id && second === undefined) {
    [input, options] = [undefined, first];
  } else if (typeof (input ?? {}) !== "object") {
    throw wrong("an object");
  }
  // In any spelling, such as idempotency_key. A field may be named `extra`.
  const plain = (name: string) => name.replaceAll("_", "").toLowerCase();
  const given = isObject(input) ? Object.keys(input).map(plain) : [];
  const option = ofCall().find((name) => name !== "extra" && given.includes(plain(name)));
  if (option) throw new TypeError(`${name}: ${option} is an option; pass the options after the fields`);
  return { input, options: options as CallOptions | undefined };
}

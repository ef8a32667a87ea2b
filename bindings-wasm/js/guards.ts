// Checks if a value from `JSON.parse`, after filling in the fields that the vendor left out, equals what core would decode.
// If not, core decodes the response: for example if an id is a number, or if a number may have lost digits.

import { hasLarge } from "./json.js";
import { isObject } from "./event-schema.js";

export { isObject };

/** A check of one value. */
export type Guard = (value: unknown) => boolean;

export const isText: Guard = (value) => typeof value === "string";
export const isInteger: Guard = (value) => Number.isSafeInteger(value);
export const isFlag: Guard = (value) => typeof value === "boolean";
export const isWhole: Guard = (value) => !hasLarge(value);
export const isRecord: Guard = (value) => isObject(value) && !hasLarge(value);

/** Returns the check of a list of such items. */
export function listOf(item: Guard): Guard {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (const one of value) if (!item(one)) return false;
    return true;
  };
}

/** Returns the check of an enum with these names. */
export function oneOf(...names: readonly unknown[]): Guard {
  const known = new Set(names);
  return (value) => known.has(value);
}

/**
 * Returns true if an object has exactly `count` members. An object with other members may pass too: if no number in it may
 * have lost digits.
 */
export function hasOnly(value: Record<string, unknown>, count: number): boolean {
  let left = count;
  for (const _ in value) left--;
  return left === 0 || !hasLarge(value);
}

// Whether a value that JavaScript read is just what core would make of it, once what the vendor left out is put in. If it
// is anything else, an id that is a number for one, or a number that may have lost digits, core is asked.

import { hasLarge } from "./json.js";
import { isObject } from "./shape.js";

export { isObject };

/** Tells it. */
export type Fits = (value: unknown) => boolean;

export const isText: Fits = (value) => typeof value === "string";
export const isInteger: Fits = (value) => Number.isSafeInteger(value);
export const isFlag: Fits = (value) => typeof value === "boolean";
export const isWhole: Fits = (value) => !hasLarge(value);
export const isRecord: Fits = (value) => isObject(value) && !hasLarge(value);

/** A list of such items. */
export function listOf(item: Fits): Fits {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (const one of value) if (!item(one)) return false;
    return true;
  };
}

/** One of the names that are known. */
export function oneOf(...names: readonly unknown[]): Fits {
  const known = new Set(names);
  return (value) => known.has(value);
}

/** Whether an object has just so many members; what else it has stays as it is, if it still is what it was. */
export function hasOnly(value: Record<string, unknown>, count: number): boolean {
  let left = count;
  for (const _ in value) left--;
  return left === 0 || !hasLarge(value);
}

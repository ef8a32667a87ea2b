// The declared form of a value, from core's schema. A letter is a leaf, an array is a list, an object is a struct.
// `[…, 0]` is an optional list, `o?` an optional object.

/** The declared form of a value, as described above. */
export type Shape = string | readonly (Shape | 0)[] | { readonly [name: string]: Shape };

/** Returns the value of a field that the vendor left out, as in every language: `null`, or an empty list or object. */
function nothing(shape: Shape): unknown {
  return shape === "o" ? {} : Array.isArray(shape) && shape.length === 1 ? [] : null;
}

/** Returns true if a value is an object, and not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns true if a text has no lone surrogate. Not every runtime has `String.prototype.isWellFormed`. */
export function isWellFormed(text: string): boolean {
  // With the flag `u`, the halves of a pair do not match.
  return !/[\ud800-\udfff]/u.test(text);
}

/** Returns a string, or a number as a string. Returns null for other values. */
export function text(value: unknown): string | null {
  return typeof value === "string" ? value : typeof value === "number" || typeof value === "bigint" ? `${value}` : null;
}

/** Reads a webhook's value in its declared form. A value of the wrong type becomes `null`. All declared leaves are texts. */
export function read(value: unknown, shape: Shape): unknown {
  if (shape === "t") return text(value);
  if (!isObject(shape)) return value ?? nothing(shape);
  if (!isObject(value)) return Array.isArray(value) && value.length === 0 ? read({}, shape) : null;
  for (const name in shape) {
    const found = value[name];
    const made = read(found, shape[name] as Shape);
    if (made !== found) value[name] = made;
  }
  return value;
}

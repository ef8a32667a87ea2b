// The declared form of a value, as core's schema draws it: a letter is a leaf, an array a list, an object a struct. A list
// or object that may be nothing at all is `[…, 0]` or `o?`.

/** See above. */
export type Shape = string | readonly (Shape | 0)[] | { readonly [name: string]: Shape };

/** What stands for a field that the vendor left out, as in every language: `null`, or an empty list or object. */
function nothing(shape: Shape): unknown {
  return shape === "o" ? {} : Array.isArray(shape) && shape.length === 1 ? [] : null;
}

/** Whether a value is an object with members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text, or a number in its place; nothing for anything else. */
export function text(value: unknown): string | null {
  return typeof value === "string" ? value : typeof value === "number" || typeof value === "bigint" ? `${value}` : null;
}

/** A value of a webhook in its declared form: what has another type counts as nothing. Only texts are stated there. */
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

// The declared form of a value, as core's schema draws it: a letter is a leaf, an array a list, an object a struct,
// `{"": […]}` an enum with the names it knows. A list or object that may be nothing at all is `[…, 0]` or `o?`.

/** See above. */
export type Shape = string | readonly (Shape | 0)[] | { readonly [name: string]: Shape | readonly string[] };

/** What stands for a field that the vendor left out, as in every language: `null`, or an empty list or object. */
function nothing(shape: Shape): unknown {
  return shape === "o" ? {} : Array.isArray(shape) && shape.length === 1 ? [] : null;
}

/** Whether a value is an object with members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Whether a value is just what core would make of it, once what is left out is put in. If it is anything else, an id
 * that is a number for one, core is asked.
 */
export function fits(value: unknown, shape: Shape): boolean {
  switch (shape) {
    case "t":
      return typeof value === "string";
    case "i":
      return Number.isSafeInteger(value);
    case "n":
      return typeof value === "number";
    case "b":
      return typeof value === "boolean";
    case "o":
    case "o?":
      return isObject(value);
    case "j":
      return true;
  }
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((item) => fits(item, shape[0] as Shape));
  const fields = shape as Record<string, Shape>;
  if ("" in fields) return (fields[""] as readonly string[]).includes(value as string);
  if (!isObject(value)) return false;
  for (const name in fields) {
    const inner = fields[name] as Shape;
    const found = value[name];
    if (found === undefined || found === null) {
      const none = nothing(inner);
      if (found !== none) value[name] = none;
    } else if (!fits(found, inner)) {
      return false;
    }
  }
  return true;
}

/** A text, or a number in its place; nothing for anything else. */
export function text(value: unknown): string | null {
  return typeof value === "string" ? value : typeof value === "number" || typeof value === "bigint" ? `${value}` : null;
}

/** A value of a webhook in its declared form: what has another type counts as nothing. Only texts are stated there. */
export function read(value: unknown, shape: Shape): unknown {
  if (shape === "t") return text(value);
  if (!isObject(shape)) return value ?? nothing(shape);
  if ("" in shape) return text(value);
  if (!isObject(value)) return Array.isArray(value) && value.length === 0 ? read({}, shape) : null;
  for (const name in shape) {
    const found = value[name];
    const made = read(found, shape[name] as Shape);
    if (made !== found) value[name] = made;
  }
  return value;
}

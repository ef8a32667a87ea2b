// Decides what consoles show of an object.

/** The methods that consoles call to show an object: the first in Node, Bun and workerd, the second in Deno. */
const INSPECT = [Symbol.for("nodejs.util.inspect.custom"), Symbol.for("Deno.customInspect")];

/** Makes consoles show what `show` returns. The members that this adds are not enumerable. */
export function showAs<T extends object>(value: T, show: (this: T) => unknown): void {
  for (const name of INSPECT) Object.defineProperty(value, name, { value: show });
}

/** Makes consoles and `String` show a text. */
export function describe<T extends object>(value: T, text: (this: T) => string): void {
  showAs(value, text);
  Object.defineProperty(value, "toString", { value: text });
}

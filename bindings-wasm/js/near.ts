// Finds the name that a misspelt one stands for.

/** Returns true if two names differ only in one place, by at most two letters. */
export function isNear(one: string, other: string): boolean {
  const most = Math.min(one.length, other.length);
  let [start, end] = [0, 0];
  while (start < most && one[start] === other[start]) start++;
  while (end < most - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return Math.max(one.length, other.length) - start - end <= 2;
}

/** Returns a question with a known name that is similar, or an empty text. */
export function suggestion(given: string, names: readonly string[]): string {
  const near = names.find((one) => isNear(one, given));
  return near ? `; did you mean ${near}?` : "";
}

/** Throws a `TypeError` if an object with options has another member than these. A misspelt option would have no effect. */
export function onlyKnown(given: object, names: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new TypeError(`options: expected an object with ${names.join(" or ")}`);
  const other = Object.keys(given).find((name) => !names.includes(name));
  if (other === undefined) return;
  // The name may be a value in the wrong place, such as a key.
  const shown = /^[a-z_]{1,32}$/i.test(other) ? `: ${other}` : "";
  throw new TypeError(`unknown option${shown}${suggestion(other, names) || `; expected ${names.join(" or ")}`}`);
}

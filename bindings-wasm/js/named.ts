// The names of errors. Bundlers and minifiers rename classes; a log should still say which error it was.

/** Gives each class its name, where it is neither listed nor copied. */
export function named(classes: Readonly<Record<string, { readonly prototype: object }>>): void {
  for (const [value, one] of Object.entries(classes)) {
    for (const holder of [one, one.prototype]) Object.defineProperty(holder, "name", { value, configurable: true, writable: true });
  }
}

// Sets the names of error classes, because bundlers and minifiers rename classes. It also makes `instanceof` accept errors
// of another copy of this package: `import` and `require` each load one.

/** Sets the name of each class as a non-enumerable member, and makes `instanceof` accept the same class of another copy. */
export function named(classes: Readonly<Record<string, { readonly prototype: object }>>): void {
  for (const [value, one] of Object.entries(classes)) {
    const mark = Symbol.for(`hudhud.${value}`);
    const define = (on: object, name: PropertyKey, value: unknown) => Object.defineProperty(on, name, { value, configurable: true, writable: true });
    define(one, "name", value);
    define(one.prototype, "name", value);
    define(one.prototype, mark, true);
    define(one, Symbol.hasInstance, function (this: unknown, error: unknown) {
      // A subclass in a user's program keeps the usual check.
      return this === one ? typeof error === "object" && error !== null && mark in error : Function.prototype[Symbol.hasInstance].call(this, error);
    });
  }
}

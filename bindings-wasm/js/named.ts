// The names of errors. Bundlers and minifiers rename classes; a log should still say which error it was. And a program may
// have loaded two copies of this package, as `import` and `require` each load one: by its name either knows the other's.

/** Gives each class its name, where it is neither listed nor copied, and what has the name in another copy. */
export function named(classes: Readonly<Record<string, { readonly prototype: object }>>): void {
  for (const [value, one] of Object.entries(classes)) {
    const mark = Symbol.for(`hudhud.${value}`);
    const define = (on: object, name: PropertyKey, value: unknown) => Object.defineProperty(on, name, { value, configurable: true, writable: true });
    define(one, "name", value);
    define(one.prototype, "name", value);
    define(one.prototype, mark, true);
    define(one, Symbol.hasInstance, function (this: unknown, error: unknown) {
      // A class that somebody makes of it is theirs alone.
      return this === one ? typeof error === "object" && error !== null && mark in error : Function.prototype[Symbol.hasInstance].call(this, error);
    });
  }
}

// Reads and writes JSON without losing digits, and writes bytes as base64.

// It keeps a byte order mark: core decides about text that is not plain UTF-8.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Decodes UTF-8. Returns undefined if the bytes are not UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Parses JSON. An integer that a `number` cannot hold exactly becomes a `bigint`, also if it is written as a float. A
 * number too large for a float becomes `null`. Other numbers stay numbers.
 */
export function parse(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!hasLarge(value)) return value;
  const mark = marked();
  // Token by token: a pattern that matches a whole string needs stack for each escape in it.
  let quoted = false;
  const large = text.replace(/\\[^]|"|-?\d[\d.eE+-]*/g, (token) => {
    if (token === '"') quoted = !quoted;
    if (quoted || !(Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER)) return token;
    const digits = whole(token);
    return digits === undefined ? (Number.isFinite(Number(token)) ? token : "null") : `"${mark}${digits}"`;
  });
  return JSON.parse(large, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Returns the digits of an integer. Returns undefined for a fraction and for a number too large for a float. */
function whole(number: string): string | undefined {
  if (/^-?\d+$/.test(number)) return number;
  if (!Number.isFinite(Number(number))) return undefined;
  const [, sign, before, after = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (before === undefined) return undefined;
  const digits = `${before}${after}`.replace(/0+$/, "");
  const zeros = before.length + Number(exponent) - digits.length;
  return zeros < 0 ? undefined : `${sign}${digits.replace(/^0+/, "")}${"0".repeat(zeros)}`;
}

/** Returns true if a parsed number may have lost digits. Not recursive, because values may be nested deeply. */
export function hasLarge(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isLarge(value);
  const open: object[] = [];
  for (let next: object | undefined = value; next; next = open.pop()) {
    if (Array.isArray(next)) {
      for (const item of next) {
        if (typeof item === "object" && item !== null) open.push(item);
        else if (isLarge(item)) return true;
      }
    } else {
      for (const name in next) {
        const member = (next as Record<string, unknown>)[name];
        if (typeof member === "object" && member !== null) open.push(member);
        else if (isLarge(member)) return true;
      }
    }
  }
  return false;
}

function isLarge(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER;
}

/** Returns a random prefix that no text of the vendor or the user begins with. */
function marked(): string {
  return `bigint:${Math.random()}:`;
}

function stringify(value: unknown): string {
  const mark = marked();
  let some = false;
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "bigint") return inner;
    some = true;
    return `${mark}${inner}`;
  });
  return some ? text.replaceAll(new RegExp(`"${mark.replace(".", "\\.")}(-?\\d+)"`, "g"), "$1") : text;
}

/** Writes the input of a call, or another object, as JSON. `what` is the message if it is not an object. */
export function write(input: unknown, what = "input: expected an object"): string {
  if (input === undefined) return "{}";
  if (typeof input !== "object" || input === null) throw new TypeError(what);
  unmapped(input, "input");
  const given = input as Record<string, unknown>;
  let plain = given;
  for (const name of Object.keys(given)) {
    const value = given[name];
    // A Blob is read asynchronously, but building a request is synchronous.
    if (typeof (value as Blob | null | undefined)?.arrayBuffer === "function") {
      throw new TypeError(`${shown(name)}: expected bytes, not a Blob or File; pass new Uint8Array(await file.arrayBuffer())`);
    }
    unmapped(value, name);
    if (name === "file" && typeof value === "string" && /^.*\.\w{2,5}$/.test(value)) {
      throw new TypeError("file: expected the bytes of the file, and found what looks like its name; read the file first");
    }
    const bytes = toBytes(value);
    if (!bytes) continue;
    if (plain === given) plain = { ...given };
    plain[name] = { base64: base64(bytes) };
  }
  return json(plain);
}

/** Does the same as `write`, and refuses values at any depth that JSON would lose. */
export function writeWhole(input: unknown): string {
  const text = write(input);
  // After `write`, which refuses cycles.
  for (const [name, value] of Object.entries(input ?? {}) as [string, unknown][]) {
    if (!toBytes(value)) checkNested(value, shown(name));
  }
  return text;
}

/**
 * Returns the name of a field for an error. A value in the place of a name, such as a key, is not shown: it contains other
 * characters than letters.
 */
function shown(name: string): string {
  return /^[a-z_]{1,32}$/i.test(name) ? name : "input";
}

/** Rejects a value that JSON would lose, and such values in it. Not recursive, because values may be nested deeply. */
function checkNested(value: unknown, name: string): void {
  const open: [value: object, at: string][] = [];
  const check = (item: unknown, at: string) => {
    if (typeof item === "object" && item !== null) open.push([item, at]);
    else if (typeof item === "number" && !Number.isFinite(item)) throw new TypeError(`${at}: ${NOT_FINITE}`);
    else if (typeof item === "function" || typeof item === "symbol") throw new TypeError(`${at}: expected a JSON value, not a ${typeof item}`);
  };
  check(value, name);
  for (let next = open.pop(); next; next = open.pop()) {
    const [object, at] = next;
    unmapped(object, at);
    const { toJSON } = object as { toJSON?: unknown };
    if (typeof toJSON === "function") {
      const written: unknown = toJSON.call(object, "");
      // An invalid date writes null, which would clear a field.
      if (written === null || written === undefined) throw new TypeError(`${at}: expected a JSON value, such as a valid date`);
      if (written !== object) check(written, at);
      continue;
    }
    if (object instanceof Number) check(Number(object), at);
    else if (isHollow(object)) throw new TypeError(`${at}: expected a JSON value, not ${nameOf(object)}`);
    if (Array.isArray(object)) {
      // With holes, which `entries` has too.
      for (const [index, item] of object.entries()) {
        if (item === undefined) throw new TypeError(`${inside(at, `${index}`)}: expected a JSON value, not undefined`);
      }
    }
    for (const [inner, item] of Object.entries(object) as [string, unknown][]) check(item, inside(at, inner));
  }
}

const NOT_FINITE = "expected a finite number, because JSON has no NaN and no infinity";

/**
 * Returns true for an object whose content is not in its own members: a promise, an error, bytes, a regular expression, and
 * others that JSON would write as an empty object.
 */
function isHollow(object: object): boolean {
  if (toBytes(object)) return true;
  const prototype: unknown = Object.getPrototypeOf(object);
  // The prototype of a plain object, also of another realm, has no prototype.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return !isPlain && !Array.isArray(object) && Object.keys(object).length === 0 && !isBoxed(object);
}

/** Returns true for an object that can hold options. The options in a Map, in a `Headers` or in an array would have no effect. */
export function isOptions(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isHollow(value);
}

function isBoxed(object: object): boolean {
  return object instanceof Number || object instanceof Boolean || object instanceof String || object instanceof BigInt;
}

/** Returns the type of an object for an error. */
function nameOf(object: object): string {
  if (object instanceof Promise) return "a promise: await it";
  return toBytes(object) ? "bytes" : Object.prototype.toString.call(object).slice(8, -1);
}

/** Returns the path of a member for an error. A name that may be private is `…`. */
function inside(at: string, name: string): string {
  return `${at}.${/^([a-z_]{1,32}|\d{1,4})$/i.test(name) ? name : "…"}`;
}

/** Rejects a Map, a Set, `Headers` and their like: JSON would write them as empty objects. */
function unmapped(value: unknown, name: string): void {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) return;
  if (!Array.isArray(value) && !("toJSON" in value) && !toBytes(value)) throw new TypeError(`${name.includes(".") ? name : shown(name)}: expected an object or an array, not a Map or Set`);
}

/** Writes a value as JSON. */
export function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    // The value has a bigint, which `stringify` writes, or a cycle.
  }
  try {
    return stringify(value);
  } catch (cause) {
    throw new TypeError("input: cannot be written as JSON (does it have a cycle?)", { cause });
  }
}

/** Returns the bytes of any buffer or view, also from another realm such as Jest's. Returns undefined for other values. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value)) ? new Uint8Array(value as ArrayBuffer) : undefined;
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // In parts, because the number of arguments is limited. The size is a multiple of 3, so that the parts can be joined.
  for (let at = 0; at < bytes.length; at += 0x6000) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000))));
  }
  return parts.join("");
}

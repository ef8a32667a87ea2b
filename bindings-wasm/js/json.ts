// JSON that loses no digit, and bytes in it.

// It keeps a byte order mark: what is not plain UTF-8 is core's to judge.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Bytes as text, or nothing if they are not UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads JSON. An integer too large for a `number`, also one that is written as a float, becomes a `bigint`; all others stay
 * numbers, and one larger than all of them becomes `null`.
 */
export function parse(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!hasLarge(value)) return value;
  const mark = marked();
  // Token by token: an expression that matches a whole string needs stack for each escape in it.
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

/** Returns the digits of a whole number; undefined for a fraction, and for an exponent that no float reaches. */
function whole(number: string): string | undefined {
  if (/^-?\d+$/.test(number)) return number;
  if (!Number.isFinite(Number(number))) return undefined;
  const [, sign, before, after = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (before === undefined) return undefined;
  const digits = `${before}${after}`.replace(/0+$/, "");
  const zeros = before.length + Number(exponent) - digits.length;
  return zeros < 0 ? undefined : `${sign}${digits.replace(/^0+/, "")}${"0".repeat(zeros)}`;
}

/** Whether a number that was read may have lost digits. There are fewer values than characters, and they may lie deep. */
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

/** What no text of the vendor's or the user's begins with. */
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

/** Writes the input of a call, or what else has to be an object. */
export function write(input: unknown, what = "The input of a call is an object."): string {
  if (input === undefined) return "{}";
  if (typeof input !== "object" || input === null) throw new TypeError(what);
  unmapped(input);
  const given = input as Record<string, unknown>;
  let plain = given;
  for (const name of Object.keys(given)) {
    const value = given[name];
    // To read one takes time, and a request is made at once.
    if (typeof (value as Blob | null | undefined)?.arrayBuffer === "function") {
      throw new TypeError("A Blob or File is read first: pass new Uint8Array(await file.arrayBuffer()).");
    }
    unmapped(value);
    const bytes = toBytes(value);
    if (!bytes) continue;
    if (plain === given) plain = { ...given };
    plain[name] = { base64: base64(bytes) };
  }
  return json(plain);
}

/** JSON makes nothing of what is in a map. */
function unmapped(value: unknown): void {
  if (value instanceof Map || value instanceof Set) throw new TypeError("A Map or Set has no JSON form: pass an object or a list.");
}

/** Writes a value. */
export function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    // A bigint, which is slower to write, or a cycle.
  }
  try {
    return stringify(value);
  } catch (cause) {
    throw new TypeError("The input has no JSON form: is there a cycle in it?", { cause });
  }
}

/** Bytes in whatever JavaScript has them in, also those of another realm, such as Jest's. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value)) ? new Uint8Array(value as ArrayBuffer) : undefined;
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // A call takes only so many arguments; the size is a multiple of three, so that parts can be joined.
  for (let at = 0; at < bytes.length; at += 0x6000) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000))));
  }
  return parts.join("");
}

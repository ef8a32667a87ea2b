// JSON that loses no digit, and bytes in it.

// A fatal reader, which keeps a byte order mark: what is not plain UTF-8 is core's to judge.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text, or nothing if they are not UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads JSON. An integer too large for a `number` becomes a `bigint`; all others stay numbers. */
export function parse(text: string): unknown {
  if (!hasLarge(text)) return JSON.parse(text);
  const mark = marked();
  const large = text.replace(/"[^"\\]*(?:\\[^][^"\\]*)*"|-?\d[\d.eE+-]*/g, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(large, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Whether there are 16 digits in a row. Of each sixteen characters one is looked at: such a row has it. */
function hasLarge(text: string): boolean {
  const isDigit = (at: number) => {
    const code = text.charCodeAt(at);
    return code >= 48 && code <= 57;
  };
  for (let at = 15; at < text.length; at += 16) {
    if (!isDigit(at)) continue;
    let [first, last] = [at, at];
    while (isDigit(first - 1)) first--;
    while (isDigit(last + 1)) last++;
    if (last - first >= 15) return true;
  }
  return false;
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

/** Writes the input of a call. */
export function write(input: unknown): string {
  if (input === undefined) return "{}";
  if (typeof input !== "object" || input === null) throw new TypeError("The input of a call is an object.");
  let plain = input as Record<string, unknown>;
  for (const [name, value] of Object.entries(plain)) {
    const bytes = toBytes(value);
    if (bytes) plain = { ...plain, [name]: { base64: base64(bytes) } };
  }
  try {
    return JSON.stringify(plain) ?? "null";
  } catch {
    // A bigint, which is slower to write, or a cycle.
  }
  try {
    return stringify(plain);
  } catch (cause) {
    throw new TypeError("The input has no JSON form: is there a cycle in it?", { cause });
  }
}

/** Bytes in whatever JavaScript has them in. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return undefined;
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // A call takes only so many arguments; the size is a multiple of three, so that parts can be joined.
  for (let at = 0; at < bytes.length; at += 0x6000) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000))));
  }
  return parts.join("");
}

// Copies a transport's errors without the data of the request. The reason and the host stay readable.

import type { HttpRequest } from "./http.js";

/** The members of system errors with the reason and the host. */
const SAFE_MEMBERS = ["code", "errno", "syscall", "hostname", "host", "address", "port"];
/** The number of characters of a text that are kept. Longer texts add nothing about a connection. */
const LONGEST = 1000;
const HIDDEN = "[redacted]";
// The frames of a stack may lead to the source of this package.
const URLS = /\b(\w+:\/\/(?!raw\.githubusercontent\.com\/hudhud-dev\/)[^\s/?#"'<>()]+)[/?#][^\s"'<>()]*/g;
/** E-mail addresses, keys and tokens, and runs of seven or more digits, plain or percent-encoded. */
const PRIVATE = /[^\s@"'<>()=:]+@[^\s@"'<>()]+\.\w+|\b(?:pk|sk|wzj)_\w+|\bbearer\s+\S+|(?:\+|%2B)?\d{7,}/gi;

type Thrown = Readonly<Record<string, unknown>> & { readonly message: string };

/** Returns true for errors of any realm: `fetch` may throw an `Error` of another realm. */
export function isError(value: unknown): value is Thrown {
  return typeof value === "object" && value !== null && typeof (value as Thrown).message === "string";
}

/** Copies an error and its causes without the data of the request. */
export function redacted(thrown: unknown, request: HttpRequest): unknown {
  let privateTexts: Set<string> | undefined;
  const hide = (text: unknown, most = LONGEST): string => {
    privateTexts ??= values(request);
    let shown = `${text}`.slice(0, most).replaceAll(request.url, new URL(request.url).origin);
    for (const value of privateTexts) if (shown.includes(value)) shown = shown.replaceAll(value, HIDDEN);
    return shown.replace(URLS, `$1/${HIDDEN}`).replace(PRIVATE, HIDDEN);
  };
  const copy = (error: unknown, depth: number): unknown => {
    if (!isError(error)) return typeof error === "string" ? hide(error) : undefined;
    if (depth > 4) return undefined;
    const { name, message, stack, cause, errors } = error;
    const made = new Error(hide(message));
    const add = (member: string, value: unknown) => Object.defineProperty(made, member, { value, configurable: true, writable: true });
    if (typeof name === "string") add("name", hide(name));
    if (typeof stack === "string") add("stack", hide(stack, 4 * LONGEST));
    for (const member of SAFE_MEMBERS) {
      const value = error[member];
      if (typeof value === "number") Object.assign(made, { [member]: value });
      else if (typeof value === "string") Object.assign(made, { [member]: hide(value) });
    }
    if (cause !== undefined) add("cause", copy(cause, depth + 1));
    if (Array.isArray(errors)) add("errors", errors.slice(0, 8).map((one) => copy(one, depth + 1)));
    return made;
  };
  return copy(thrown, 0);
}

/** Returns the caller's texts in a request, in each form in which an error may repeat them. */
function values({ url, headers, body }: HttpRequest): Set<string> {
  const found = new Set<string>();
  const add = (value: unknown) => {
    const text = `${value}`;
    // Shorter texts identify no person, and they occur inside other words.
    if (text.length < 4) return;
    const escaped = JSON.stringify(text).slice(1, -1);
    for (const form of [text, escaped, encoded(text), encoded(escaped)]) if (form.length <= LONGEST) found.add(form);
  };
  const { pathname, search } = new URL(url);
  // Path segments without digits are the vendor's words. Ids contain digits.
  for (const part of pathname.split("/")) if (/\d/.test(part)) [part, decoded(part)].forEach(add);
  for (const part of search.slice(1).split("&")) part.split("=").slice(1).flatMap((value) => [value, decoded(value)]).forEach(add);
  for (const [name, value] of headers) if (!/^(accept|content-type|user-agent)$/i.test(name)) [value, ...value.split(" ")].forEach(add);
  if (body) leaves(new TextDecoder().decode(body), add);
  return found;
}

/** Percent-encodes a text. Returns it unchanged if it has a lone surrogate. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Passes each value of a JSON text to `add`, or each field of any other text. */
function leaves(text: string, add: (value: unknown) => void): void {
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === "string" || typeof value === "number") add(value);
      return value;
    });
  } catch {
    text.split(/[\r\n,;\t"]+/).forEach(add);
  }
}

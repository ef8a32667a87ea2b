// Errors of a transport, without anything that stood in the request: the reason and the host stay readable.

import type { HttpRequest } from "./exchange.js";

/** The members of system errors that say why and where. */
const KEPT = ["code", "errno", "syscall", "hostname", "host", "address", "port"];
/** Longer texts say nothing more about a connection. */
const LONGEST = 1000;
const HIDDEN = "[redacted]";
const URLS = /\b(\w+:\/\/[^\s/?#"'<>()]+)[/?#][^\s"'<>()]*/g;
/** E-mail addresses, keys and tokens, and runs of seven or more digits, plain or percent-encoded. */
const PRIVATE = /[^\s@"'<>()=:]+@[^\s@"'<>()]+\.\w+|\b(?:pk|sk|wzj)_\w+|\bbearer\s+\S+|(?:\+|%2B)?\d{7,}/gi;

type Thrown = Readonly<Record<string, unknown>> & { readonly message: string };

/** Errors of any realm: what fetch throws need not be an `Error` of this one. */
export function isError(value: unknown): value is Thrown {
  return typeof value === "object" && value !== null && typeof (value as Thrown).message === "string";
}

/** Copies an error and its causes, without what the request held. */
export function redacted(thrown: unknown, request: HttpRequest): unknown {
  let said: Set<string> | undefined;
  const hide = (text: unknown, most = LONGEST): string => {
    said ??= values(request);
    let shown = `${text}`.slice(0, most).replaceAll(request.url, new URL(request.url).origin);
    for (const value of said) if (shown.includes(value)) shown = shown.replaceAll(value, HIDDEN);
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
    for (const member of KEPT) {
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

/** The texts of a request that belong to its caller, in each form in which an error may repeat them. */
function values({ url, headers, body }: HttpRequest): Set<string> {
  const found = new Set<string>();
  const add = (value: unknown) => {
    const text = `${value}`;
    // Shorter texts say nothing of anyone, and stand in many words.
    if (text.length < 4) return;
    const escaped = JSON.stringify(text).slice(1, -1);
    for (const form of [text, escaped, encoded(text), encoded(escaped)]) if (form.length <= LONGEST) found.add(form);
  };
  const { pathname, search } = new URL(url);
  // Words of the path are the vendor's; ids hold digits.
  for (const part of pathname.split("/")) if (/\d/.test(part)) [part, decoded(part)].forEach(add);
  for (const part of search.slice(1).split("&")) part.split("=").slice(1).flatMap((value) => [value, decoded(value)]).forEach(add);
  for (const [name, value] of headers) if (!/^(accept|content-type|user-agent)$/i.test(name)) [value, ...value.split(" ")].forEach(add);
  if (body) leaves(new TextDecoder().decode(body), add);
  return found;
}

/** Half a pair of surrogates has no such form. */
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

/** Each value of a JSON text, or each field of any other text. */
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

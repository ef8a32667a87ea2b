// Names the reason for which a transport failed. The texts of its error only select one of these reasons.

import { isError } from "./redacted.js";

/** The codes of Node and Bun, and words of Deno, for each reason. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED|connection ?refused/i, "the connection was refused"],
  [/ENOTFOUND|EAI_|dns error|getaddrinfo/i, "the host is unknown"],
  [/WRONG_VERSION|wrong version number|InvalidContentType/i, "the server does not speak TLS"],
  [/CERT|SELF_SIGNED|UNABLE_TO_/i, "the certificate was refused"],
  [/EPROTO|_SSL_|\bTLS\b|\bSSL\b/i, "no TLS connection could be made"],
  [/TIMED?_?OUT|timed out/i, "the connection timed out"],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET|connection reset|other side closed/i, "the connection was reset"],
];

/** Returns the reason for an error of a transport, if it is known. */
export function reasonOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; isError(at) && depth < 5; at = at.cause, depth++) {
    const text = `${at.code as string} ${at.message}`;
    const found = REASONS.find(([pattern]) => pattern.test(text));
    if (found) return found[1];
  }
  // The error of a program's mistake. The `fetch` of a browser throws one too.
  const { name } = Object(error) as { name?: unknown };
  return /^(Type|Reference|Range|Syntax)Error$/.test(`${name as string}`) ? `fetch threw a ${name as string}, which is the cause of this error` : undefined;
}

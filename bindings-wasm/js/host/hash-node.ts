// SHA-256 by Node's own library, which is faster than ours at every size where it hashes in one step.

import * as crypto from "node:crypto";

import { message } from "./message.js";

// Some versions and runtimes know parts alone. What is larger costs more to put together than to hash in parts.
const IN_PARTS = typeof crypto.hash === "function" ? 1 << 15 : 0;
/** From how many bytes on the host hashes. */
export const HASH_FROM = IN_PARTS ? 0 : 1024;

/** Writes the hash of a message. It comes as a text: a new `Buffer` takes longer to make than some bodies to hash. */
export function hash(block: Uint8Array, prefix: string, body: Uint8Array, to: Uint8Array, from: number): undefined {
  const bytes =
    body.length < IN_PARTS
      ? crypto.hash("sha256", message(block, prefix, body), "binary")
      : crypto.createHash("sha256").update(block).update(prefix).update(body).digest("binary");
  for (let at = 0; at < bytes.length; at++) to[from + at] = bytes.charCodeAt(at);
}

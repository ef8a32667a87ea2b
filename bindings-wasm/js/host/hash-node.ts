// SHA-256 with node:crypto. `crypto.hash` is faster than core's at every size.

import * as crypto from "node:crypto";

import { message } from "./message.js";

// Bodies of this size or more are hashed in parts: joining them costs more. 0 in runtimes without `crypto.hash`.
const IN_PARTS = typeof crypto.hash === "function" ? 1 << 15 : 0;
/** The smallest body that the host hashes, in bytes. */
export const HASH_FROM = IN_PARTS ? 0 : 1024;

/** Writes the hash of a message to `to`. Uses a binary string: making a `Buffer` takes longer than hashing a small body. */
export function hash(block: Uint8Array, prefix: string, body: Uint8Array, to: Uint8Array, from: number): undefined {
  const bytes =
    body.length < IN_PARTS
      ? crypto.hash("sha256", message(block, prefix, body), "binary")
      : crypto.createHash("sha256").update(block).update(prefix).update(body).digest("binary");
  for (let at = 0; at < bytes.length; at++) to[from + at] = bytes.charCodeAt(at);
}

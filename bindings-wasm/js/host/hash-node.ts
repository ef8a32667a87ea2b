// SHA-256 by Node's own library, for bodies from the size on at which it is faster than ours.

import * as crypto from "node:crypto";

import { message } from "./message.js";

/** From how many bytes on the host hashes. */
export const HASH_FROM = 1024;
// What is larger costs more to put together than to hash in parts. Some versions and runtimes know parts alone.
const IN_PARTS = typeof crypto.hash === "function" ? 1 << 15 : 0;

/** The hash of a message. */
export function hash(block: Uint8Array, prefix: string, body: Uint8Array): Uint8Array {
  if (body.length < IN_PARTS) return crypto.hash("sha256", message(block, prefix, body), "buffer");
  return crypto.createHash("sha256").update(block).update(prefix).update(body).digest();
}

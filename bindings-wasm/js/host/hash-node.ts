// SHA-256 by Node's own library, for bodies from the size on at which it is faster than ours.

import * as crypto from "node:crypto";

import { message } from "./message.js";

/** From how many bytes on the host hashes. */
export const HASH_FROM = 1024;
// What is larger costs more to put together than to hash in parts. Some versions and runtimes know parts alone.
const IN_PARTS = typeof crypto.hash === "function" ? 1 << 15 : 0;

/** The hashes of a message behind each block of 64 bytes, one behind the other. */
export function hash(blocks: Uint8Array, prefix: string, body: Uint8Array): Uint8Array {
  const hashes: Buffer[] = [];
  for (let at = 0; at < blocks.length; at += 64) {
    const block = blocks.subarray(at, at + 64);
    hashes.push(
      body.length < IN_PARTS
        ? crypto.hash("sha256", message(block, prefix, body), "buffer")
        : crypto.createHash("sha256").update(block).update(prefix).update(body).digest(),
    );
  }
  return hashes.length === 1 ? (hashes[0] as Buffer) : Buffer.concat(hashes);
}

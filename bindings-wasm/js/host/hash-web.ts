// SHA-256 by WebCrypto, for bodies from the size on at which it is faster than ours.

import { message } from "./message.js";

/** From how many bytes on the host hashes. */
export const HASH_FROM = 1024;

/** The hashes of a message behind each block of 64 bytes, one behind the other. */
export async function hash(blocks: Uint8Array, prefix: string, body: Uint8Array): Promise<Uint8Array> {
  const hashes = new Uint8Array(blocks.length / 2);
  for (let at = 0; at < blocks.length; at += 64) {
    // It is copied at once, and made anew after each wait: meanwhile others use the same piece.
    const whole = message(blocks.subarray(at, at + 64), prefix, body);
    hashes.set(new Uint8Array(await crypto.subtle.digest("SHA-256", whole)), at / 2);
  }
  return hashes;
}

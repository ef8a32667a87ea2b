// SHA-256 by WebCrypto, for bodies from the size on at which it is faster than ours.

import { message } from "./message.js";

/** From how many bytes on the host hashes. A page that came without TLS has no WebCrypto. */
export const HASH_FROM = globalThis.crypto?.subtle ? 1024 : Infinity;

/** Writes the hash of a message, which is copied at once: another may have its place while one waits. */
export async function hash(block: Uint8Array, prefix: string, body: Uint8Array, to: Uint8Array, from: number): Promise<void> {
  to.set(new Uint8Array(await crypto.subtle.digest("SHA-256", message(block, prefix, body))), from);
}

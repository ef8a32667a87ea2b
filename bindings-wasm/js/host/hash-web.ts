// SHA-256 with WebCrypto, for bodies large enough that it is faster than core's.

import { message } from "./message.js";

/** The smallest body that the host hashes, in bytes. A page loaded without TLS has no WebCrypto. */
export const HASH_FROM = globalThis.crypto?.subtle ? 1024 : Infinity;

/** Writes the hash of a message to `to`. WebCrypto copies the message at once: the next message reuses its memory. */
export async function hash(block: Uint8Array, prefix: string, body: Uint8Array, to: Uint8Array, from: number): Promise<void> {
  to.set(new Uint8Array(await crypto.subtle.digest("SHA-256", message(block, prefix, body))), from);
}

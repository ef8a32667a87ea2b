// HMAC by Node's own library, for bodies from the size on at which it is faster than ours.

import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** From how many bytes on the host hashes. */
export const HASH_FROM = 2048;

const KEYS = new Map<string, KeyObject>();

function key(secret: string): KeyObject {
  let key = KEYS.get(secret);
  if (!key) {
    if (KEYS.size >= 64) KEYS.clear();
    key = createSecretKey(secret, "utf8");
    KEYS.set(secret, key);
  }
  return key;
}

/** The tags of a body with each secret, one behind the other. */
export function hash(secrets: readonly string[], prefix: Uint8Array, body: Uint8Array): Uint8Array {
  const tags = new Uint8Array(32 * secrets.length);
  secrets.forEach((secret, at) => {
    tags.set(createHmac("sha256", key(secret)).update(prefix).update(body).digest(), 32 * at);
  });
  return tags;
}

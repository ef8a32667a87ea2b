// HMAC by WebCrypto, for bodies from the size on at which it is faster than ours.

/** From how many bytes on the host hashes. */
export const HASH_FROM = 2048;

const KEYS = new Map<string, Promise<CryptoKey>>();

function key(secret: string): Promise<CryptoKey> {
  let key = KEYS.get(secret);
  if (!key) {
    if (KEYS.size >= 64) KEYS.clear();
    const bytes = new TextEncoder().encode(secret);
    key = crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    KEYS.set(secret, key);
  }
  return key;
}

/** The tags of a body with each secret, one behind the other. */
export async function hash(secrets: readonly string[], prefix: Uint8Array, body: Uint8Array): Promise<Uint8Array> {
  const message = new Uint8Array(prefix.length + body.length);
  message.set(prefix);
  message.set(body, prefix.length);
  const tags = new Uint8Array(32 * secrets.length);
  for (const [at, secret] of secrets.entries()) {
    tags.set(new Uint8Array(await crypto.subtle.sign("HMAC", await key(secret), message)), 32 * at);
  }
  return tags;
}

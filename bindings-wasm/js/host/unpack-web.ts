// Unpacks an embedded module in browsers, which have no synchronous function for it.

import { inflateSync } from "fflate";

/** Returns the bytes of a text in Base64 that was compressed with deflate. */
export function unpack(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text);
  const packed = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) packed[at] = letters.charCodeAt(at);
  return inflateSync(packed) as Uint8Array<ArrayBuffer>;
}

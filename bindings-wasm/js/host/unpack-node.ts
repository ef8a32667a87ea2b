// Unpacks an embedded module with the runtime's functions.

import { inflateRawSync } from "node:zlib";

/** Returns the bytes of a text in Base64 that was compressed with deflate. */
export const unpack = (text: string): Uint8Array<ArrayBuffer> => inflateRawSync(Buffer.from(text, "base64"));

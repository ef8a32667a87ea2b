// Bodies that arrive in parts, read whole up to a limit. A stated length is not believed: what arrives is counted.

import { toBytes } from "./json.js";

/** The parts of a body. */
export type Parts = AsyncIterable<Uint8Array | string>;

/** Text and bytes of any kind as bytes; anything else as nothing. */
export function held(body: unknown): Uint8Array | undefined {
  return typeof body === "string" ? new TextEncoder().encode(body) : toBytes(body);
}

/** Reads a stream part by part, and cancels it if its reader stops early. */
export async function* chunks(stream: ReadableStream<Uint8Array>): Parts {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // A stream that failed, or never ends its cancelling, must not hold its reader.
    reader.cancel().catch(() => {});
  }
}

/** Joins all parts, or throws the given error once there are more than `most` bytes. */
export async function gathered(parts: Parts, most: number, tooLarge: () => Error): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    const bytes = held(part);
    if (!bytes) throw new TypeError("expected a body of bytes or text");
    length += bytes.length;
    if (length > most) throw tooLarge();
    pieces.push(bytes);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

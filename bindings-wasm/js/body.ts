// Reads bodies that arrive in parts, up to a limit. `Content-Length` is not trusted: the bytes that arrive are counted.

import { toBytes } from "./json.js";

/** The parts of a body. */
export type Parts = AsyncIterable<Uint8Array | string>;

/** Converts a string or any kind of bytes to a `Uint8Array`. Returns undefined for other values. */
export function held(body: unknown): Uint8Array | undefined {
  return typeof body === "string" ? new TextEncoder().encode(body) : toBytes(body);
}

/** Yields the parts of a stream, and cancels the stream if the caller stops early. */
export async function* chunks(stream: ReadableStream<Uint8Array>): Parts {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // Not awaited: cancelling may fail or never end.
    reader.cancel().catch(() => {});
  }
}

/** Joins all parts. Throws the error of `tooLarge` after more than `most` bytes. */
export async function gathered(parts: Parts, most: number, tooLarge: () => Error): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    const bytes = held(part);
    if (!bytes) throw new TypeError("body: expected bytes or a string");
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

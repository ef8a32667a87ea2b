// A message as it is hashed: what comes first, the timestamp, the body.

// A host that hashes in one step wants it in one piece. New memory costs more than to copy into it: so there is one piece
// for all that are not too large.
const MOST = 2 << 20;
let piece = new Uint8Array(0);

/** The message, until the next one is asked for. A timestamp that is not plain ASCII is refused, whatever it hashes to. */
export function message(block: Uint8Array, prefix: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const before = block.length + prefix.length;
  const length = before + body.length;
  let room = piece;
  if (room.length < length) {
    room = new Uint8Array(Math.max(length, Math.min(length * 2, MOST)));
    if (room.length <= MOST) piece = room;
  }
  room.set(block);
  for (let at = 0; at < prefix.length; at++) room[block.length + at] = prefix.charCodeAt(at);
  room.set(body, before);
  return room.subarray(0, length);
}

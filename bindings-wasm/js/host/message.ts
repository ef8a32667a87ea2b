// Joins the parts of a message to hash: the secret's block, the timestamp with its separator, the body.

// Hashing in one step needs one piece of memory. Allocating costs more than copying: all messages up to this size share
// one piece.
const MOST = 2 << 20;
let piece = new Uint8Array(0);

/** Returns the message. It is valid until the next call. A timestamp that is not ASCII is rejected whatever its hash is. */
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

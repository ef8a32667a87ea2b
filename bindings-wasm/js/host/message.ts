// A message as it is hashed: what comes first, the timestamp, the body.

const encoder = new TextEncoder();
// A host that hashes in one step wants it in one piece. New memory costs more than to copy into it: so there is one piece
// for all that are not too large.
const MOST = 2 << 20;
let piece = new Uint8Array(0);

/** The message, until the next one is asked for. */
export function message(block: Uint8Array, prefix: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const most = block.length + prefix.length * 3 + body.length;
  let room = piece;
  if (room.length < most) {
    room = new Uint8Array(Math.max(most, Math.min(most * 2, MOST)));
    if (room.length <= MOST) piece = room;
  }
  room.set(block);
  const at = block.length + encoder.encodeInto(prefix, room.subarray(block.length)).written;
  room.set(body, at);
  return room.subarray(0, at + body.length);
}

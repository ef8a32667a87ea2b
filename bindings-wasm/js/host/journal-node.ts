// The journal of an outbox in a file of Node, Deno or Bun. It is locked in the way that the other hosts lock it, so that one
// program at a time uses it. The lock ends with the program.

import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { OutboxError } from "../outbox-error.js";
import type { OutboxJournal } from "../outbox-journal.js";

interface DenoFile {
  tryLockSync?(exclusive: boolean): boolean;
  close(): void;
}
const { Deno } = globalThis as { readonly Deno?: { openSync(path: string, options: object): DenoFile } };

/** Flags of `open` that lock the file. macOS: `O_EXLOCK | O_NONBLOCK`, which is `flock`. Windows: no other program can open the file. */
const LOCKING: Record<string, number> = { darwin: 0x24, win32: 0x10000000 };
/** The errors of `open` for a file that another program has locked. */
const LOCKED = ["EAGAIN", "EWOULDBLOCK", "EBUSY"];

/** Opens a journal, or creates an empty one that only its owner can read. `mode` decides if it is only read, and if it is locked. */
export function openFile(given: string | URL, mode: "read" | "unlocked" | "locked"): OutboxJournal {
  const path = given instanceof URL ? fileURLToPath(given) : given;
  const { O_RDONLY, O_RDWR, O_CREAT } = fs.constants;
  const isLocked = mode === "locked";
  const isNew = mode !== "read" && !fs.existsSync(path);
  let file: number;
  try {
    const locking = isLocked && !Deno ? (LOCKING[process.platform] ?? 0) : 0;
    file = fs.openSync(path, mode === "read" ? O_RDONLY : O_RDWR | O_CREAT | locking, 0o600);
  } catch (error) {
    if (LOCKED.includes((error as { code: string }).code)) throw inUse();
    throw error;
  }
  let held: DenoFile | undefined;
  try {
    if (isLocked) held = lock(file, path);
    // Windows makes names durable itself.
    if (isNew && process.platform !== "win32") syncFolder(dirname(path));
  } catch (error) {
    fs.closeSync(file);
    throw error;
  }
  let end = fs.fstatSync(file).size;
  return {
    read(position, length) {
      const bytes = new Uint8Array(length);
      let read = 0;
      for (let some = 1; some > 0 && read < length; read += some) some = fs.readSync(file, bytes, read, length - read, position + read);
      return bytes.subarray(0, read);
    },
    append(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const written = fs.writeSync(file, bytes, at, bytes.length - at, end);
        at += written;
        end += written;
      }
    },
    sync: () => new Promise((resolve, reject) => fs.fdatasync(file, (error) => (error ? reject(error) : resolve()))),
    truncate(length) {
      fs.ftruncateSync(file, length);
      end = length;
    },
    close() {
      held?.close();
      fs.closeSync(file);
    },
  };
}

/** Locks an open file with `flock`. Node has no such function: it starts the command `flock`, which inherits and locks the file. */
function lock(file: number, path: string): DenoFile | undefined {
  if (Deno) {
    const held = Deno.openSync(path, { read: true, write: true });
    if (held.tryLockSync?.(true)) return held;
    held.close();
    if (held.tryLockSync) throw inUse();
  } else if (process.platform in LOCKING) return undefined;
  const { status, error } = spawnSync("flock", ["-n", "-x", "3"], { stdio: ["ignore", "ignore", "ignore", file] });
  if (status === 0) return undefined;
  if (status === 1) throw inUse();
  throw new OutboxError("the journal cannot be locked: install the command flock, or pass lock: false if no other program uses the journal", { cause: error });
}

function inUse(): OutboxError {
  return new OutboxError("another program uses the journal of the outbox: wait until it ends, or stop it");
}

/** Makes the name of a new file durable. */
function syncFolder(path: string): void {
  const folder = fs.openSync(path, "r");
  try {
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}

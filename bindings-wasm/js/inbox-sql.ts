// The statements of the inbox's stores in SQLite: Durable Objects and D1.
//
// The table has no index but its key: an index is a second written row for each delivery, which costs a thousand times as much
// as the rows that a clean-up reads.

import type { InboxChange } from "./inbox.js";

/** The steps of the schema. Each changes the tables from one version to the next. Released steps never change. */
export const STEPS: readonly (readonly string[])[] = [
  ["CREATE TABLE hudhud_inbox (key TEXT PRIMARY KEY, entry BLOB NOT NULL, forget_at INTEGER, is_poisoned INTEGER NOT NULL) WITHOUT ROWID"],
];

/** The table of the version. `cleaned_at` is the time of the last clean-up, in milliseconds. */
export const VERSION_TABLE = "CREATE TABLE IF NOT EXISTS hudhud_inbox_version (version INTEGER NOT NULL, cleaned_at INTEGER NOT NULL)";
/** Returns the version, or null. */
export const VERSION = "SELECT max(version) AS version FROM hudhud_inbox_version";
/** Adds a version. */
export const ADD_VERSION = "INSERT INTO hudhud_inbox_version (version, cleaned_at) VALUES (?, 0)";

/** Stores an entry. Fails if the key has one. */
export const INSERT = "INSERT INTO hudhud_inbox (key, entry, forget_at, is_poisoned) VALUES (?1, ?2, ?3, ?4)";
/** Returns the entry of a key. */
export const GET = "SELECT entry FROM hudhud_inbox WHERE key = ?";
/** Stores an entry if the key has none. */
export const INSERT_IF_NEW = `${INSERT} ON CONFLICT (key) DO NOTHING`;
/** Stores an entry if the key has none. Returns the stored entry. */
export const PUT_OR_GET = `${INSERT} ON CONFLICT (key) DO UPDATE SET entry = hudhud_inbox.entry RETURNING entry`;
/** Replaces the expected entry. */
export const UPDATE = "UPDATE hudhud_inbox SET entry = ?2, forget_at = ?3, is_poisoned = ?4 WHERE key = ?1 AND entry = ?5";
/** Replaces the expected entry. Fails if another one is stored, because the new entry is then null. */
export const UPDATE_OR_FAIL =
  "INSERT INTO hudhud_inbox (key, entry, forget_at, is_poisoned)" +
  " VALUES (?1, (SELECT ?2 FROM hudhud_inbox WHERE key = ?1 AND entry = ?5), ?3, ?4)" +
  " ON CONFLICT (key) DO UPDATE SET entry = excluded.entry, forget_at = excluded.forget_at, is_poisoned = excluded.is_poisoned";
/** Deletes the entries whose time has passed. */
export const CLEAN_UP = "DELETE FROM hudhud_inbox WHERE forget_at <= ?";
/** Returns a row if an entry can be deleted later. */
export const HAS_OLD = "SELECT key FROM hudhud_inbox WHERE forget_at IS NOT NULL LIMIT 1";
/** Sets the time of the last clean-up to the first value, unless that time is later than the second value. */
export const BEGIN_CLEAN_UP = "UPDATE hudhud_inbox_version SET cleaned_at = ? WHERE cleaned_at <= ?";
/** Returns the keys of poisoned events. */
export const POISONED = "SELECT key FROM hudhud_inbox WHERE is_poisoned ORDER BY key";
/** Deletes the entry of a key. */
export const FORGET = "DELETE FROM hudhud_inbox WHERE key = ?";

/** The time between two clean-ups, in milliseconds. Each reads all rows. */
export const CLEAN_UP_EVERY = 6 * 3_600_000;

/** Returns the values of the statements that store an entry. The expected entry comes last, if there is one. */
export function values(key: string, { entry, forgetAt, isPoisoned, expected }: InboxChange): (string | number | null | Uint8Array)[] {
  return [key, entry, forgetAt, isPoisoned ? 1 : 0, ...(expected ? [expected] : [])];
}

/** Returns the steps after a version, each with its number. */
export function missingSteps(version: number | null): [number, readonly string[]][] {
  const done = version ?? 0;
  if (done > STEPS.length) throw new Error(`inbox: the tables have version ${done}, and this package knows ${STEPS.length}: update hudhud`);
  return STEPS.map((step, at): [number, readonly string[]] => [at + 1, step]).slice(done);
}

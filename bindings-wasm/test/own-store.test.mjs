// An inbox over a program's own database in Node, with the statements that the README names.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { folder, node24 } from "./about.mjs";

const PROGRAM = `
  import { DatabaseSync } from "node:sqlite";
  import { LeasedInbox, RejectedEventError } from "file://${folder}/dist/cloudflare.js";

  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE inbox (key TEXT PRIMARY KEY, entry BLOB NOT NULL, is_poisoned INTEGER NOT NULL, forget_at INTEGER)");
  const run = (query, ...values) => Number(database.prepare(query).run(...values).changes);
  const insert = (key, { entry, isPoisoned, forgetAt }) =>
    run("INSERT INTO inbox VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING", key, entry, Number(isPoisoned), forgetAt) > 0;
  const store = {
    async putOrGet(key, change) {
      insert(key, change);
      return database.prepare("SELECT entry FROM inbox WHERE key = ?").get(key).entry;
    },
    async replace(key, change) {
      const { expected, entry, isPoisoned, forgetAt } = change;
      if (expected === null) return insert(key, change);
      return run("UPDATE inbox SET entry = ?, is_poisoned = ?, forget_at = ? WHERE key = ? AND entry = ?", entry, Number(isPoisoned), forgetAt, key, expected) > 0;
    },
    poisoned: async () => database.prepare("SELECT key FROM inbox WHERE is_poisoned").all().map(({ key }) => key),
    forget: async (key) => run("DELETE FROM inbox WHERE key = ?", key) > 0,
    cleanUp: async (now) => void run("DELETE FROM inbox WHERE forget_at <= ?", now),
  };
  let now = Date.now();
  const inbox = new LeasedInbox(store, { now: () => now });
  const until = new Date(now + 86_400_000);
  const receive = async (key, handle) => (await inbox.receive({ replayKey: key, deduplicateUntil: until }, handle)).outcome;
  const good = () => {};
  const bad = () => { throw new Error("it fails"); };
  const rejects = () => { throw new RejectedEventError("of no use"); };
  const outcomes = [await receive("a", good), await receive("a", good), await receive("b", bad), await receive("b", good)];
  now += 6000;
  outcomes.push(await receive("b", good), await receive("c", rejects), await receive("c", good), (await inbox.poisoned()).join());
  outcomes.push(await inbox.forget("c"), await inbox.forget("c"), await receive("c", good));
  now += 2 * 86_400_000;
  await inbox.cleanUp();
  outcomes.push(database.prepare("SELECT count(*) AS count FROM inbox").get().count);
  console.log(JSON.stringify(outcomes));
`;

test("an inbox over a database of the program", { skip: node24.skip }, async () => {
  const { stdout } = await promisify(execFile)(node24.path, ["--no-warnings", "--input-type=module", "--eval", PROGRAM]);
  const expected = ["handled", "duplicate", "failed", "too_early", "handled", "poisoned", "poisoned", "c", true, false, "handled", 0];
  assert.deepEqual(JSON.parse(stdout), expected);
});

test("the README names these functions and statements", () => {
  const text = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  for (const name of ["putOrGet(key, change)", "replace(key, change)", "poisoned()", "forget(key)", "cleanUp(now)"]) assert.ok(text.includes(`| \`${name}\` |`), name);
});

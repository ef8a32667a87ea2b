// The journal of an outbox in a file, for runtimes that have no files.

import type { OutboxJournal } from "../outbox-journal.js";

/** Refuses: this runtime has no files. */
export function openFile(_path: string | URL, _mode: "read" | "unlocked" | "locked"): OutboxJournal {
  throw new TypeError("journal: expected an OutboxJournal, because this runtime has no files");
}

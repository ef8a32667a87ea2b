// Reads the report and the messages from the state of an outbox.

import type { OutboxState } from "#outbox";

import { describe, showAs } from "./inspect.js";
import { parse } from "./json.js";
import { runCore } from "./outbox-error.js";
import type { OutboxMessage, OutboxReport } from "./outbox-report.js";

/** Returns the report of a state. */
export function reportOf(state: OutboxState, stopped: string | null): OutboxReport {
  const [total = 0, waiting = 0, inFlight = 0, inDoubt = 0, sent = 0, refused = 0, unknown = 0] = state.counts();
  const reasons = state.refusedByReason();
  const refusedByReason: Record<string, number> = {};
  for (let at = 0; at < reasons.length; at += 2) refusedByReason[reasons[at + 1] as string] = Number(reasons[at]);
  const left = waiting + inFlight + inDoubt;
  const { isClosed } = state;
  const counts = { total, waiting, inFlight, inDoubt, sent, refused, refusedByReason, unknown, left, isClosed, isComplete: isClosed && left === 0, stopped };
  describe(counts, () => `${sent} sent, ${refused} refused, ${unknown} unknown, ${left} left of ${total}${stopped === null ? "" : `; stopped: ${stopped}`}`);
  return counts;
}

/** Reads a message from the bytes at its place in the journal. */
export function messageOf<Fields>(state: OutboxState, number: number, bytes: Uint8Array): OutboxMessage<Fields> {
  const [id, row, fields] = runCore(() => state.message(number, bytes)) as [string, string, string];
  const message = { number, id, row: Number(row), fields: parse(fields) as Fields, reason: state.reason(number) ?? null };
  showAs(message, () => ({ number, row: message.row, reason: message.reason }));
  return message;
}

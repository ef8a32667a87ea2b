/**
 * The outbox: sends each of many messages once, even if the program is stopped or killed in between.
 *
 * ```ts
 * import { Zagely } from "hudhud";
 * import { Outbox } from "hudhud/outbox";
 *
 * const outbox = await Outbox.open("invitations.outbox", Zagely.fromEnv());
 * try {
 *   await outbox.addAll(guests.map(({ number, name }) => ({ to: number, message: `Hi ${name}` })));
 *   console.log(`${await outbox.send()}`);
 * } finally {
 *   await outbox.close();
 * }
 * ```
 *
 * Run the same program again to continue: messages that the outbox already has are not added again, and what was sent is not
 * sent again. The journal is a file that contains the recipients and the texts. Any host of this library can continue it.
 * `docs/outbox.md` explains the rules and what they cannot promise.
 *
 * @module
 */

import { OutboxState, pathOf } from "#outbox";
import { openFile } from "#journal";

import { ENDS_WAITS, onAbort } from "./abort.js";
import type { ApiResponse, RateLimit } from "./api-response.js";
import type { CallOptions } from "./call-options.js";
import type { Wazaj, Zagely } from "./client.js";
import type { HudhudError, TransportError } from "./errors.js";
import { isObject, isWellFormed } from "./event-schema.js";
import type { SendMessage, SendTemplate, SendText } from "./generated/models.js";
import { describe } from "./inspect.js";
import { writeWhole } from "./json.js";
import { onlyKnown } from "./near.js";
import { OutboxError, runCore } from "./outbox-error.js";
import type { OutboxJournal } from "./outbox-journal.js";
import { messageOf, reportOf } from "./outbox-reading.js";
import { readState, Records } from "./outbox-records.js";
import type { OutboxMessage, OutboxMessageState, OutboxReport } from "./outbox-report.js";
import { withMessage } from "./error-message.js";

export { OutboxError } from "./outbox-error.js";
export type { OutboxJournal } from "./outbox-journal.js";
export type { OutboxMessage, OutboxMessageState, OutboxReport } from "./outbox-report.js";

/** Options of `Outbox.open`. */
export interface OutboxOptions {
  /** The call. Default: `messages.send`, or `messages.sendText` of Wazaj. */
  readonly call?: "messages.send" | "messages.sendText" | "messages.sendTemplate" | undefined;
  /** The number of refusals in a row after which the outbox stops. Default 20. 0: refusals do not stop it. */
  readonly stopAfterRefusals?: number | undefined;
  /** True to lock the file. Pass false only if no other program can use the journal. Default true. */
  readonly lock?: boolean | undefined;
}

/** Options of `add`. */
export interface OutboxEntry {
  /** The id under which the message is sent once. Default: the recipient `to`, in the form in which it is sent. */
  readonly id?: string | undefined;
  /** The row of your list. `messages` returns it. */
  readonly row?: number | undefined;
}

/** Options of `send`. */
export interface OutboxSendOptions {
  /** The number of messages in flight at a time. Default 8. */
  readonly concurrency?: number | undefined;
  /** A function that is called after each outcome, with the report and the rate limits that the response states. */
  readonly onProgress?: ((report: OutboxReport, rateLimit: RateLimit | null) => unknown) | undefined;
  /**
   * Stops the sending: no further message is sent. Messages that wait for the rate limiter stay in the outbox. `send` waits for
   * the outcomes of the messages in flight, for at most 40 seconds, and then rejects with the signal's reason.
   */
  readonly signal?: AbortSignal | undefined;
}

/** The fields of the messages that a client sends. */
export type OutboxFields<Client> = Client extends Zagely ? SendMessage : SendText | SendTemplate;

/** A call that sends a message. */
interface Method {
  (fields: object, options: CallOptions): { withResponse(): Promise<ApiResponse<{ readonly message_id?: unknown }>> };
  prepare(fields: object, options?: CallOptions): { readonly request: { readonly url: string; readonly headers: ReadonlyArray<readonly [string, string]>; readonly body: Uint8Array | undefined } };
}

/** One run of `send`. */
interface Run {
  readonly onProgress: OutboxSendOptions["onProgress"];
  readonly signal: AbortSignal | undefined;
  /** Aborts the calls. */
  readonly calls: AbortController;
  failure?: { readonly error: unknown };
}

/** The calls of each vendor that send messages. The first one is the usual one. */
const CALLS = { zagely: ["send"], wazaj: ["sendText", "sendTemplate"] } as const;
const STATES: readonly OutboxMessageState[] = ["waiting", "in_flight", "in_doubt", "sent", "refused", "unknown"];
/** The milliseconds for which messages in flight are awaited after the signal. */
const GRACE = 40_000;
/** The longest time of a timer. */
const LONGEST = 2 ** 31 - 1;

/** Sends each of many messages once. */
export class Outbox<Fields extends object = Readonly<Record<string, unknown>>> {
  readonly #method: Method;
  readonly #state: OutboxState;
  readonly #records: Records;
  readonly #waiting = new Set<() => void>();
  #stopped: string | null = null;
  #isSending = false;

  private constructor(method: Method, state: OutboxState, records: Records) {
    this.#method = method;
    this.#state = state;
    this.#records = records;
    describe(this, () => `Outbox { ${this.report()} }`);
  }

  /**
   * Opens a journal, or begins it. `journal` is the name of a file, which is created with permissions for its owner only, or
   * an object that keeps the bytes elsewhere. A journal belongs to the client's public key and base URL.
   *
   * Throws an `OutboxError` if another program uses the journal, if it is damaged, or if it belongs to another call or key.
   */
  static async open<Client extends Zagely | Wazaj>(
    journal: string | URL | OutboxJournal,
    client: Client,
    options: OutboxOptions = {},
  ): Promise<Outbox<OutboxFields<Client>>> {
    must(isObject(options), "options: expected an object");
    onlyKnown(options, ["call", "stopAfterRefusals", "lock"]);
    const { call, stopAfterRefusals = 20, lock = true } = options;
    must(typeof lock === "boolean", "lock: expected true or false");
    must(call === undefined || typeof call === "string", "call: expected the name of a call");
    must(Number.isInteger(stopAfterRefusals) && stopAfterRefusals >= 0 && stopAfterRefusals < 2 ** 32, "stopAfterRefusals: expected a number of refusals >= 0");
    const { method, sender } = found(client, call);
    const opened = open(journal, lock ? "locked" : "unlocked");
    try {
      const create = () => OutboxState.create(...sender, crypto.getRandomValues(new Uint8Array(16)), Date.now()) as OutboxState;
      const { records, state } = await Records.open(opened, create);
      const fault = state.check(...sender);
      if (fault !== undefined) throw new OutboxError(fault);
      state.stopAfterRefusals(stopAfterRefusals);
      return new Outbox(method, state, records);
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** Adds a message. Returns false if the outbox already has it. Throws an `OutboxError` if it has another message under this id. */
  async add(fields: Fields, entry: OutboxEntry = {}): Promise<boolean> {
    must(isObject(entry), "entry: expected an object with id or row");
    onlyKnown(entry, ["id", "row"]);
    const isNew = this.#add(fields, entry);
    await this.#records.append();
    this.#wake();
    return isNew;
  }

  #add(fields: Fields, { id: given, row = 0 }: OutboxEntry): boolean {
    let id: unknown = given;
    try {
      const { request } = this.#method.prepare(fields);
      id ??= recipientOf(request.body);
    } catch (error) {
      throw row > 0 && error instanceof Error ? withMessage(error, place(row) + error.message) : error;
    }
    if (typeof id !== "string" || !isWellFormed(id)) throw new TypeError(`${row > 0 ? place(row) : ""}id: expected a string without lone surrogates`);
    must(Number.isInteger(row) && row >= 0 && row < 2 ** 32, "row: expected an integer >= 0");
    const text = writeWhole(fields);
    return runCore(() => this.#state.add(id, row, text));
  }

  /**
   * Adds all messages of the outbox, each as its fields, and closes the outbox for further ones. Returns the number of new
   * messages. The rows are numbered from 1.
   *
   * If a message is invalid, the error states its row. The messages of the earlier rows are then in the outbox. The other
   * messages are not, and the outbox stays open. Correct the row and call this method again with the whole list: no message is
   * added twice.
   */
  async addAll(messages: Iterable<Fields> | AsyncIterable<Fields>): Promise<number> {
    const items = Object(messages) as Partial<Iterable<Fields> & AsyncIterable<Fields>>;
    must(typeof messages === "object" && (Symbol.iterator in items || Symbol.asyncIterator in items), "messages: expected an array or another iterable of the fields of messages");
    let [row, count] = [0, 0];
    try {
      for await (const fields of messages) {
        row += 1;
        if (this.#add(fields, { row })) count += 1;
        if (row % 1000 === 0) await this.#records.append();
      }
    } catch (error) {
      await this.#records.append();
      throw error;
    }
    this.#state.close();
    await this.#records.flush();
    return count;
  }

  /** Returns the counts of messages. */
  report(): OutboxReport {
    return reportOf(this.#state, this.#stopped);
  }

  /** Yields the messages in a state, such as the unknown ones. */
  async *messages(state: OutboxMessageState): AsyncGenerator<OutboxMessage<Fields>, void, undefined> {
    must(STATES.includes(state), `state: expected ${STATES.join(" or ")}`);
    await this.#records.append();
    for (const number of this.#state.numbers(state)) yield messageOf<Fields>(this.#state, number, await this.#records.read(number));
  }

  /**
   * Sends all messages that have no outcome, and returns the report. It waits while the vendor is unavailable. It stops if a
   * person must act: the report's `stopped` is then the reason.
   */
  async send(options: OutboxSendOptions = {}): Promise<OutboxReport> {
    must(isObject(options), "options: expected an object");
    onlyKnown(options, ["concurrency", "onProgress", "signal"]);
    const { concurrency = 8, onProgress, signal } = options;
    must(onProgress === undefined || typeof onProgress === "function", "onProgress: expected a function");
    must(signal === undefined || typeof signal?.addEventListener === "function", "signal: expected an AbortSignal");
    must(Number.isInteger(concurrency) && concurrency >= 1, "concurrency: expected a number of messages >= 1");
    if (this.#isSending) throw new OutboxError("the outbox is sending already: wait until send() ends");
    signal?.throwIfAborted();
    this.#isSending = true;
    this.#stopped = null;
    this.#state.restart();
    const run: Run = { onProgress, signal, calls: new AbortController() };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onAbort(signal, () => {
      timer = setTimeout(() => run.calls.abort(signal?.reason), GRACE);
      this.#wake();
    });
    try {
      await Promise.all(Array.from({ length: concurrency }, () => this.#work(run)));
      if (!run.failure) await this.#records.flush();
    } finally {
      end();
      clearTimeout(timer);
      this.#isSending = false;
    }
    if (run.failure) throw run.failure.error;
    signal?.throwIfAborted();
    return this.report();
  }

  async #work(run: Run): Promise<void> {
    try {
      while (!run.failure && !run.signal?.aborted) {
        const step = this.#state.next(Date.now());
        const { kind, number, text, time } = step;
        step.free();
        if (kind === "send") {
          await this.#deliver(run, number, text, time);
          continue;
        }
        const ended = kind === "done" || kind === "stopped";
        if (kind === "stopped") this.#stopped = text ?? null;
        // Before the append, so that an outcome or a signal during the append ends the wait.
        const waited = ended ? undefined : this.#wait(time);
        await this.#records.append();
        if (ended) break;
        if (!run.signal?.aborted) await waited;
      }
    } catch (error) {
      run.failure ??= { error };
    }
    this.#wake();
  }

  /** Sends a message and records its outcome. */
  async #deliver(run: Run, number: number, key: string | undefined, deadlineMs: number | undefined): Promise<void> {
    let isCalled = false;
    let response: ApiResponse<{ readonly message_id?: unknown }> | undefined;
    let failure: { readonly error: unknown } | undefined;
    try {
      await this.#records.flush();
      const { fields } = messageOf<object>(this.#state, number, await this.#records.read(number));
      isCalled = true;
      const options = { idempotencyKey: key, deadlineMs, signal: run.calls.signal, [ENDS_WAITS]: run.signal };
      response = await this.#method(fields, options).withResponse();
    } catch (error) {
      failure = { error };
    }
    const now = Date.now();
    runCore(() => {
      const id = response?.output?.message_id;
      if (!failure) this.#state.sent(number, id === undefined || id === null ? undefined : `${id as string}`);
      else if (!isCalled) {
        this.#state.notSent(number, now);
        run.failure ??= failure;
      } else if (this.#failed(number, failure.error, now)) run.failure ??= failure;
    });
    await this.#records.append();
    this.#wake();
    const { rateLimit = null } = response?.meta ?? ((failure?.error ?? {}) as { rateLimit?: RateLimit | null });
    // A function may be asynchronous. Its rejection ends the sending, as an exception does.
    await run.onProgress?.(this.report(), rateLimit);
  }

  /** Records the failure of a call. Returns true if the sending ends with it. */
  #failed(number: number, thrown: unknown, now: number): boolean {
    const error = Object(thrown) as Partial<HudhudError & Pick<TransportError, "fault">>;
    const { kind, code, fault, fieldErrors = {}, mayHaveHappened, keyForgotten = false, retryAfterMs } = error;
    const isOfCall = typeof kind === "string" && typeof mayHaveHappened === "boolean";
    if (isOfCall && kind !== "aborted" && kind !== "store") {
      this.#state.failed(number, kind, code ?? undefined, fault, Object.keys(fieldErrors), mayHaveHappened, keyForgotten, retryAfterMs ?? undefined, now);
      return false;
    }
    if (isOfCall && !mayHaveHappened) this.#state.notSent(number, now);
    else this.#state.lost(number, now);
    return kind !== "aborted";
  }

  /** Waits for the next outcome, for at most this time. */
  #wait(milliseconds = LONGEST): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(milliseconds, LONGEST));
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of this.#waiting) done();
  }

  /** Makes the journal durable and releases it. Rejects with an `OutboxError` while `send` runs. */
  async close(): Promise<void> {
    // Without the journal, the outcomes of the messages in flight would be lost.
    if (this.#isSending) throw new OutboxError("the outbox is sending: wait until send() ends, or abort its signal, and then close the outbox");
    await this.#records.close();
  }

  /** Returns an empty object, because the outbox holds personal text. */
  toJSON(): Record<string, never> {
    return {};
  }
}

/** Reads the report from a journal. Another program may be using it. */
export async function readReport(journal: string | URL | OutboxJournal): Promise<OutboxReport> {
  const opened = open(journal, "read");
  try {
    const { state } = await readState(opened);
    if (!state) throw new OutboxError("the journal is empty: nothing was added to it");
    const report = reportOf(state, null);
    state.free();
    return report;
  } finally {
    await opened.close();
  }
}

function open(journal: string | URL | OutboxJournal, mode: "read" | "unlocked" | "locked"): OutboxJournal {
  if (typeof journal === "string" || journal instanceof URL) return openFile(journal, mode);
  must(isObject(journal), "journal: expected the name of a file, or an OutboxJournal");
  for (const name of ["read", "close", ...(mode === "read" ? [] : (["append", "sync", "truncate"] as const))] as const) {
    must(typeof journal[name] === "function", `journal: expected an object with the function ${name}`);
  }
  return journal;
}

/** Returns the recipient in the form in which it is sent: the default id. Several spellings of a number are one id. */
function recipientOf(body: Uint8Array | undefined): unknown {
  return body && (JSON.parse(new TextDecoder().decode(body)) as { readonly to?: unknown }).to;
}

/** Returns the call of a client that sends messages, and what a journal records about the sender. */
function found(client: Zagely | Wazaj, call: string | undefined): { readonly method: Method; readonly sender: readonly [string, string, string, string] } {
  const methods = Object(client.messages) as Record<string, Method | undefined>;
  const vendor = methods.sendText ? "wazaj" : "zagely";
  const verb = CALLS[vendor].find((verb) => verb === (call === undefined ? CALLS[vendor][0] : call.replace(/^messages\./, "")));
  const [method, defaultMethod] = [methods[verb ?? ""], methods[CALLS[vendor][0]]];
  const calls = CALLS[vendor].map((verb) => `messages.${verb}`).join(" or ");
  if (!method || !defaultMethod) throw new TypeError(`call: expected a call of ${vendor} that sends messages: ${calls}`);
  const name = (verb: string) => `messages.${verb.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  // A request that is not sent has the base URL and the public key.
  const { request } = defaultMethod.prepare({ to: "+15551234567", [vendor === "wazaj" ? "body" : "message"]: "-" }, { validate: false });
  const baseUrl = request.url.slice(0, -(pathOf(vendor, name(CALLS[vendor][0])) ?? "").length);
  const [, key = ""] = request.headers.find(([name]) => name.toLowerCase() === "x-public-key") ?? [];
  return { method, sender: [vendor, name(verb as string), baseUrl, key] };
}

/** Returns the beginning of an error about a row. Core writes the same. */
function place(row: number): string {
  return `row ${row} of the list: `;
}

function must(is: boolean, message: string): void {
  if (!is) throw new TypeError(message);
}

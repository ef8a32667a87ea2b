// Reports calls to observers: one span for the call, one for each attempt, an event for each wait. No fact holds a
// key, a number or a text of the user or the vendor.

import type { RateLimit } from "./api-response.js";
import { variable } from "./environment.js";
import type { TransportFault } from "./errors.js";

/** The facts of a call or of an attempt, when it begins. */
export interface SpanFacts {
  /** A whole call, or one attempt of it. */
  readonly kind: "call" | "attempt";
  /** The vendor: `zagely` or `wazaj`. */
  readonly vendor: string;
  /** The catalog's name of the call, such as `contacts.get` or `messages.send_text`. It is the same in every language. */
  readonly call: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path with its parameters in braces, such as `/api/v1/contacts/{contact_id}`. */
  readonly urlTemplate: string;
  /** The host. */
  readonly serverAddress: string;
  /** The port. */
  readonly serverPort: number;
  /** The number of the attempt, from 1. Undefined for a call. */
  readonly attempt?: number | undefined;
}

/** The facts of a wait between two attempts. */
export interface WaitFacts {
  /** The length of the wait, in milliseconds. */
  readonly waitMs: number;
  /** The reason: the kind of the error of the last attempt. */
  readonly reason: string;
}

/** The facts of a call or of an attempt, when it ends. */
export interface EndFacts {
  /** A whole call, or one attempt of it. */
  readonly kind: "call" | "attempt";
  /** The number of the attempt, from 1. For a call: the number of its attempts. */
  readonly attempt: number;
  /** The HTTP status, if a response arrived. */
  readonly status?: number | undefined;
  /** The kind of the error, such as `rate_limited`. Undefined after a success. */
  readonly error?: string | undefined;
  /** The failure of the transport, if no response arrived. */
  readonly fault?: TransportFault | undefined;
  /** The wait that the vendor asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The limits of the key, as far as the response states them. */
  readonly rateLimit?: Partial<RateLimit> | undefined;
  /** The server's id of the request, if it states one. */
  readonly requestId?: string | undefined;
  /** True if this is the stored response to an earlier request with the same idempotency key. */
  readonly idempotentReplay?: boolean | undefined;
  /** The duration, in milliseconds. */
  readonly durationMs: number;
}

/**
 * Receives the facts about each call of a client. An exception in it is ignored.
 *
 * ```ts
 * const observer: Observer<number> = {
 *   begin: () => performance.now(),
 *   event: (_, { waitMs, reason }) => metrics.count("wait", waitMs, { reason }),
 *   end: (begun, { error = "none" }) => metrics.record(performance.now() - begun, { error }),
 * };
 * const zagely = new Zagely({ publicKey, secretKey, observer });
 * ```
 */
export interface Observer<Span = unknown> {
  /** Begins a call, or an attempt of the call `parent`. Returns a value that the other functions get. */
  begin(facts: SpanFacts, parent: Span | undefined): Span;
  /** Reports a wait of the call `span`. */
  event(span: Span, facts: WaitFacts): void;
  /** Ends a call or an attempt. */
  end(span: Span, facts: EndFacts): void;
}

/** The levels of messages, from none to all. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug";

/** A logger: `console`, pino, winston or any other object with these functions. */
export interface Logger {
  /** Logs each attempt. */
  debug(message: string): void;
  /** Logs the end of each call that succeeded or was aborted. */
  info(message: string): void;
  /** Logs the end of each call that failed, each wait before a repetition, each long wait for the rate limiter, and each failure of its store. */
  warn(message: string): void;
  /** This library does not call it. */
  error(message: string): void;
}

/**
 * Throws a `TypeError` if an observer or a logger lacks a function. Without this check the mistake would go unnoticed,
 * because exceptions of observers and loggers are ignored.
 */
export function checkObservers(observer: unknown, logger: unknown): void {
  const has = (value: unknown, names: string) =>
    value === undefined || names.split(" ").every((name) => typeof (value as Record<string, unknown> | null)?.[name] === "function");
  if (!has(observer, "begin event end")) throw new TypeError("observer: expected an object with begin, event and end");
  if (!has(logger, "debug info warn error")) throw new TypeError("logger: expected an object with debug, info, warn and error, such as console");
}

const LEVELS: readonly LogLevel[] = ["off", "error", "warn", "info", "debug"];

/** The part of a span that each line of the log has. The number distinguishes calls that run at the same time. */
interface Logged {
  readonly call: string;
  readonly number: number;
}
let calls = 0;
let hasWarned = false;

/** The names of the functions for the log alone. Observers of programs have no such functions. */
const LONG_WAIT = Symbol();
const STORE_FAILS = Symbol();

/** The observer of a logger. */
interface Logging<Span> extends Observer<Span> {
  /** Logs a long wait for the rate limiter. */
  [LONG_WAIT]?(span: Span, waitMs: number): void;
  /** Logs a failure of the store of the rate limiter. */
  [STORE_FAILS]?(span: Span, error: unknown): void;
}

/** Returns the observer that writes to a logger, or undefined if logging is off. */
export function logging(logger: Logger | undefined, given: LogLevel | undefined): Observer | undefined {
  const level = given ?? variable("HUDHUD_LOG", undefined) ?? (logger ? "info" : "off");
  const most = LEVELS.indexOf(level as LogLevel);
  const expected = `: expected ${LEVELS.join(" or ")}`;
  if (most < 0 && given) throw new TypeError(`logLevel${expected}`);
  if (most < 0 && !hasWarned) console.warn(`HUDHUD_LOG${expected}`);
  hasWarned ||= most < 0;
  if (most <= 0) return undefined;
  const to = logger ?? console;
  let next = 0;
  const log = (level: "debug" | "info" | "warn", { call, number }: Logged, text: string) => {
    if (LEVELS.indexOf(level) <= most) ignoring(() => to[level](`hudhud: ${call} #${number}: ${text}`));
  };
  const observer: Logging<Logged> = {
    begin({ call, attempt, method, serverAddress, serverPort, urlTemplate }, parent) {
      const logged = { call, number: parent?.number ?? ++calls };
      const port = serverPort === 443 ? "" : `:${serverPort}`;
      if (attempt) log("debug", logged, `attempt ${attempt}: ${method} ${serverAddress}${port}${urlTemplate}`);
      return logged;
    },
    event: (span, { waitMs, reason }) => log("warn", span, `waits ${waitMs} ms (${reason})`),
    // The text of an error of a database client may have the address and the password of its server.
    [STORE_FAILS]: (span, error) => log("warn", span, `the store of the rate limiter failed (${(error as object | undefined)?.constructor?.name ?? typeof error}); the calls wait`),
    end(span, { kind, status, error, fault, attempt, durationMs }) {
      const outcome = [status, fault ?? error].filter(Boolean).join(" ");
      if (kind === "attempt") log("debug", span, `attempt ${attempt} ended: ${outcome}, ${durationMs} ms`);
      else log(error && error !== "aborted" ? "warn" : "info", span, `${error ? "failed" : "succeeded"}: ${outcome}, ${attempt} attempt${attempt === 1 ? "" : "s"}, ${durationMs} ms`);
    },
  };
  if (most >= LEVELS.indexOf("warn")) {
    observer[LONG_WAIT] = (span, waitMs) => {
      // Core states one wait a minute too, until no call of the limiter runs.
      if (Date.now() < next) return;
      next = Date.now() + 60_000;
      log("warn", span, `waits ${waitMs} ms or longer for the rate limiter: the limit of the key is used up, or a response asked to wait`);
    };
  }
  return observer as Observer;
}

/** The facts that core states about an attempt that has ended. */
export interface AttemptFacts extends Omit<EndFacts, "durationMs" | "kind"> {
  /** The wait that follows, in milliseconds, if the request is sent again. */
  readonly waitMs?: number;
}

/** The facts that core states about a call. */
export type Description = Omit<SpanFacts, "kind" | "attempt">;

/** The facts that core states about a call, and about the attempt that has just ended. */
export interface CoreFacts {
  /** Returns the facts of the call. */
  description(): Description;
  /** Returns the facts of the attempt. */
  lastAttempt(): AttemptFacts;
  /** Returns the minimum time of a long wait for the rate limiter, in milliseconds, if it should be logged now. */
  longWait(): number | undefined;
}

/** The spans of a call or an attempt, one for each observer, and the time of their beginning. */
interface Spans {
  readonly kind: "call" | "attempt";
  readonly of: readonly unknown[];
  readonly begun: number;
}

/** Reports one call to the observers. */
export class Watch {
  readonly #observers: readonly Observer[];
  readonly #core: CoreFacts;
  #described: Description;
  readonly #call: Spans;
  #attempt: Spans | undefined;
  #attempts = 0;
  #last: Omit<EndFacts, "durationMs" | "attempt" | "kind"> = {};

  /** Begins the spans of a call. */
  constructor(observers: readonly Observer[], core: CoreFacts, described: Description) {
    this.#observers = observers;
    this.#core = core;
    this.#described = described;
    this.#call = this.#begin("call");
  }

  #begin(kind: "call" | "attempt", attempt?: number): Spans {
    const facts = attempt ? { ...this.#described, kind, attempt } : { ...this.#described, kind };
    const of = this.#observers.map((observer, at) => ignoring(() => observer.begin(facts, attempt ? this.#call.of[at] : undefined)));
    return { kind, of, begun: Date.now() };
  }

  #end({ kind, of, begun }: Spans): void {
    // Core counts a request with a refused method and the next one as the same attempt.
    const facts = { ...this.#last, kind, attempt: this.#attempts, durationMs: Date.now() - begun };
    this.#observers.forEach((observer, at) => ignoring(() => observer.end(of[at], facts)));
  }

  /** Begins an attempt. */
  attempt(): void {
    this.#last = {};
    // A repetition may have another method.
    if (++this.#attempts > 1) this.#described = this.#core.description();
    this.#attempt = this.#begin("attempt", this.#attempts);
  }

  /** Ends an attempt, and reports the wait that follows it. */
  answered(): void {
    const stated = this.#core.lastAttempt();
    const { waitMs } = stated;
    this.#last = stated;
    if (waitMs !== undefined) {
      const { waitMs: _, ...others } = stated;
      this.#last = others;
    }
    if (this.#attempt) this.#end(this.#attempt);
    this.#attempt = undefined;
    if (waitMs === undefined) return;
    const facts = { waitMs, reason: stated.error ?? "" };
    this.#observers.forEach((observer, at) => ignoring(() => observer.event(this.#call.of[at], facts)));
  }

  /** Reports a long wait for the rate limiter to the logger. Other observers see the durations of attempts and calls. */
  waits(): void {
    // A question to core uses up the report of the minute, which another client on the same limiter may log.
    if (!this.#observers.some((observer) => LONG_WAIT in observer)) return;
    const waitMs = this.#core.longWait();
    if (waitMs === undefined) return;
    this.#observers.forEach((observer: Logging<unknown>, at) => ignoring(() => observer[LONG_WAIT]?.(this.#call.of[at], waitMs)));
  }

  /** Reports a failure of the limiter's store to the logger. */
  storeFails(error: unknown): void {
    this.#observers.forEach((observer: Logging<unknown>, at) => ignoring(() => observer[STORE_FAILS]?.(this.#call.of[at], error)));
  }

  /** Ends the call, and an attempt that an exception interrupted. */
  end(error?: unknown): void {
    if (error) {
      const { kind = "exception", fault } = error as { kind?: string; fault?: TransportFault };
      this.#last = { ...this.#last, error: kind, ...(fault && { fault }) };
    }
    if (this.#attempt) this.#end(this.#attempt);
    this.#end(this.#call);
  }
}

/** Runs a function of an observer. Its exceptions, and those of a promise that it returns, are ignored. */
function ignoring(run: () => unknown): unknown {
  try {
    const result = run();
    if (result instanceof Promise) result.catch(() => {});
    return result;
  } catch {
    return undefined;
  }
}

// What a call is to whoever writes one: awaited it is the answer, and there is more to it.

import type { ClientExchange, HttpResponse, PreparedCall } from "./exchange.js";
import type { Page, Reply } from "./reply.js";

/** What one call may do otherwise than its client does. */
export interface CallOptions {
  /** The key by which the vendor knows a repetition. Default: a random one on calls that take one. */
  readonly idempotencyKey?: string | undefined;
  /** Ends the call at once, also while it waits. The error is an `AbortError`, with the idempotency key that was sent. */
  readonly signal?: AbortSignal | undefined;
  /** The longest time of one attempt, up to the last byte of its answer, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** How often the request may be sent in all. */
  readonly maxAttempts?: number | undefined;
  /** How long the waits between attempts are. */
  readonly retry?: RetryOptions | undefined;
  /** Further members of the body, or parameters of the query, sent as they are. */
  readonly extra?: Record<string, unknown> | undefined;
  /** Another method than the catalog's, for where an inferred one is wrong. */
  readonly method?: string | undefined;
  /** Whether the vendor's stated limits are checked before sending. */
  readonly checks?: boolean | undefined;
}

/** How long the waits between attempts are. */
export interface RetryOptions {
  /** The bound of the first random wait; each further bound doubles. Default 500. */
  readonly baseMs?: number | undefined;
  /** The most a random wait may become. Default 10,000. */
  readonly capMs?: number | undefined;
  /** The longest `Retry-After` that is obeyed; a longer one ends the call at once. Default 60,000. */
  readonly maxWaitMs?: number | undefined;
}

/** A call in flight. Awaited it is the answer; `reply()` has what was said beside it. */
export class Call<T> extends Promise<T> {
  readonly #reply: Promise<Reply<T>>;

  /** @internal */
  constructor(reply: Promise<Reply<T>>) {
    // Settled as any other is: a runtime that waits for a promise looks at it, and never asks its `then`.
    super((resolve, reject) => {
      reply.then(({ answer }) => resolve(answer), reject);
    });
    this.#reply = reply;
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** The answer with its status, limits and headers. */
  reply(): Promise<Reply<T>> {
    return this.then(() => this.#reply);
  }
}

/** A page that was fetched: its reply, and the number under which it was asked for. */
export interface FetchedPage<T> {
  /** The page and what was said beside it. */
  readonly reply: Reply<Page<T>>;
  /** Its number. */
  readonly page: number;
}

/** Fetches a page: the first one, or that of a number. */
export type FetchPage<T> = (page?: number) => Promise<FetchedPage<T>>;

/** The end of a list before its end. */
export interface CutShort {
  /** The error that says why. */
  readonly error: unknown;
  /** That the page holds nothing new, and so is not handed on. */
  readonly isRepetition: boolean;
}

/** The pages of one iteration so far, which say how to go on. */
export interface PageTrail {
  /** Returns the number of the page that follows, 0 at the end; or the error, if more exist and cannot be fetched. */
  next(fetched: FetchedPage<unknown>): number | CutShort;
  /** Ends it. */
  free(): void;
}

/**
 * A list. Awaited it is its first page; iterated it is every item of all pages, each asked for when it is needed. Before
 * one or the other nothing is sent.
 */
export class List<T> implements Promise<Page<T>>, AsyncIterable<T> {
  readonly #fetch: FetchPage<T>;
  readonly #trail: () => PageTrail;
  #first: Promise<FetchedPage<T>> | undefined;

  /** @internal */
  constructor(fetch: FetchPage<T>, trail: () => PageTrail) {
    this.#fetch = fetch;
    this.#trail = trail;
  }

  #firstPage(): Promise<FetchedPage<T>> {
    return (this.#first ??= this.#fetch());
  }

  /** The first page with its status, limits and headers. */
  async reply(): Promise<Reply<Page<T>>> {
    return (await this.#firstPage()).reply;
  }

  /** Page after page. Where the vendor says that more exist and they cannot be fetched, the error comes last. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    const trail = this.#trail();
    try {
      for (let fetched = await this.#firstPage(); ; ) {
        const next = trail.next(fetched);
        const isNumber = typeof next === "number";
        // A page that holds nothing new is not handed on.
        if (isNumber || !next.isRepetition) yield fetched.reply.answer;
        if (!isNumber) throw next.error;
        if (next === 0) return;
        fetched = await this.#fetch(next);
      }
    } finally {
      trail.free();
    }
  }

  /** Item after item. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** Every item of all pages at once, or the first so many. */
  async toArray(most = Infinity): Promise<T[]> {
    const items: T[] = [];
    if (most <= 0) return items;
    for await (const item of this) if (items.push(item) >= most) break;
    return items;
  }

  /** As a promise of the first page has it. */
  then<A = Page<T>, B = never>(
    done?: ((value: Page<T>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.reply().then((reply) => reply.answer).then(done, failed);
  }

  /** As a promise of the first page has it. */
  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B> {
    return this.then(null, failed);
  }

  /** As a promise of the first page has it. */
  finally(done?: (() => void) | null): Promise<Page<T>> {
    return this.then().finally(done);
  }

  /** What it is called where it is shown. */
  get [Symbol.toStringTag](): string {
    return "List";
  }
}

/** The level below the client, for a transport of one's own. */
export interface WithoutIo<Input extends unknown[], T> {
  /** The request, and what reads its response: two pure functions. */
  prepare(...input: Input): PreparedCall<T>;
  /** The call in flight, with its retries: a state machine that is told the time. */
  exchange(...input: Input): ClientExchange<T>;
  /** Reads the reply in a response that was received elsewhere, or recorded. A failure is thrown. */
  decode(response: HttpResponse): Reply<T>;
}

/** A call whose input may be left out. */
export interface CallOf<I, T> extends WithoutIo<[input?: I, options?: CallOptions], T> {
  (input?: I, options?: CallOptions): Call<T>;
}

/** A call that has required fields. */
export interface CallIn<I, T> extends WithoutIo<[input: I, options?: CallOptions], T> {
  (input: I, options?: CallOptions): Call<T>;
}

/** A list whose input may be left out. */
export interface ListOf<I, T> extends WithoutIo<[input?: I, options?: CallOptions], Page<T>> {
  (input?: I, options?: CallOptions): List<T>;
}

/** A list that has required fields. */
export interface ListIn<I, T> extends WithoutIo<[input: I, options?: CallOptions], Page<T>> {
  (input: I, options?: CallOptions): List<T>;
}

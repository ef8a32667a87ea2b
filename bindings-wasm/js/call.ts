// The objects that calls return, and the types of their options.

import type { ClientExchange, HttpResponse, PreparedCall } from "./exchange.js";
import type { Page, Reply } from "./reply.js";

/** Options of one call. They override those of the client. */
export interface CallOptions {
  /** The key by which the vendor recognises a repeated request. Default: a random key on calls that accept one. */
  readonly idempotencyKey?: string | undefined;
  /** Aborts the call at once, also between attempts. It fails with an `AbortError` that has the idempotency key sent. */
  readonly signal?: AbortSignal | undefined;
  /** The timeout of one attempt, up to the last byte of the response, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** The maximum number of attempts, the first included. */
  readonly maxAttempts?: number | undefined;
  /** The waits between attempts. */
  readonly retry?: RetryOptions | undefined;
  /** Additional members of the body or parameters of the query, sent unchanged. */
  readonly extra?: Record<string, unknown> | undefined;
  /** The HTTP method, used instead of the catalog's when an inferred one is wrong. */
  readonly method?: string | undefined;
  /** True to check the limits that the vendor documents before sending. */
  readonly checks?: boolean | undefined;
}

/** The waits between attempts, in milliseconds. */
export interface RetryOptions {
  /** The upper bound of the first random wait. The bound doubles with each attempt. Default 500. */
  readonly baseMs?: number | undefined;
  /** The longest random wait. Default 10,000. */
  readonly capMs?: number | undefined;
  /** The longest `Retry-After` to wait for. The call fails at once if it is longer. Default 60,000. */
  readonly maxWaitMs?: number | undefined;
}

/** A call in flight. `await` gives the answer. `reply()` also gives status, limits and headers. */
export class Call<T> extends Promise<T> {
  readonly #reply: Promise<Reply<T>>;

  /** @internal */
  constructor(reply: Promise<Reply<T>>) {
    // The promise itself must settle: runtimes that wait for it inspect it and do not call an overridden `then`.
    super((resolve, reject) => {
      reply.then(({ answer }) => resolve(answer), reject);
    });
    this.#reply = reply;
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Returns the answer with its status, limits and headers. */
  reply(): Promise<Reply<T>> {
    return this.then(() => this.#reply);
  }
}

/** A fetched page, with the page number that was requested. */
export interface FetchedPage<T> {
  /** The page with its status, limits and headers. */
  readonly reply: Reply<Page<T>>;
  /** The requested page number. */
  readonly page: number;
}

/** Fetches a page. Without a number it fetches the first. */
export type FetchPage<T> = (page?: number) => Promise<FetchedPage<T>>;

/** The end of an iteration before the end of the list. */
export interface CutShort {
  /** The error with the reason. */
  readonly error: unknown;
  /** True if the page holds nothing new. Such a page is not yielded. */
  readonly isRepetition: boolean;
}

/** The pages of one iteration so far. They decide which page follows. */
export interface PageTrail {
  /** Returns the number of the next page, or 0 at the end. Returns the error if more pages exist but cannot be fetched. */
  next(fetched: FetchedPage<unknown>): number | CutShort;
  /** Releases its memory. */
  free(): void;
}

/**
 * A list. `await` gives its first page. Iterating gives every item of all pages and fetches each page when it is needed.
 * Nothing is sent before the list is awaited or iterated.
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

  /** Returns the first page with its status, limits and headers. */
  async reply(): Promise<Reply<Page<T>>> {
    return (await this.#firstPage()).reply;
  }

  /** Yields each page. If the vendor reports more pages that cannot be fetched, it throws after the last one fetched. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    const trail = this.#trail();
    try {
      for (let fetched = await this.#firstPage(); ; ) {
        const next = trail.next(fetched);
        const isNumber = typeof next === "number";
        // A page that holds nothing new is not yielded.
        if (isNumber || !next.isRepetition) yield fetched.reply.answer;
        if (!isNumber) throw next.error;
        if (next === 0) return;
        fetched = await this.#fetch(next);
      }
    } finally {
      trail.free();
    }
  }

  /** Yields each item of all pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** Collects every item of all pages, or the first `most` items. */
  async toArray(most = Infinity): Promise<T[]> {
    const items: T[] = [];
    if (most <= 0) return items;
    for await (const item of this) if (items.push(item) >= most) break;
    return items;
  }

  /** Awaits the first page, like `Promise.prototype.then`. */
  then<A = Page<T>, B = never>(
    done?: ((value: Page<T>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.reply().then((reply) => reply.answer).then(done, failed);
  }

  /** Awaits the first page, like `Promise.prototype.catch`. */
  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B> {
    return this.then(null, failed);
  }

  /** Awaits the first page, like `Promise.prototype.finally`. */
  finally(done?: (() => void) | null): Promise<Page<T>> {
    return this.then().finally(done);
  }

  /** The name in consoles. */
  get [Symbol.toStringTag](): string {
    return "List";
  }
}

/** The functions below the client, for programs with their own transport. */
export interface WithoutIo<Input extends unknown[], T> {
  /** Builds the request and returns it with the function that decodes its response. Pure: nothing is sent. */
  prepare(...input: Input): PreparedCall<T>;
  /** Starts the call with its retries, as a state machine: your program passes it the time and the responses. */
  exchange(...input: Input): ClientExchange<T>;
  /** Decodes a response that was received elsewhere or recorded. Throws if the response is an error. */
  decode(response: HttpResponse): Reply<T>;
}

/** A call whose input is optional. */
export interface CallOf<I, T> extends WithoutIo<[input?: I, options?: CallOptions], T> {
  (input?: I, options?: CallOptions): Call<T>;
}

/** A call that has required fields. */
export interface CallIn<I, T> extends WithoutIo<[input: I, options?: CallOptions], T> {
  (input: I, options?: CallOptions): Call<T>;
}

/** A list whose input is optional. */
export interface ListOf<I, T> extends WithoutIo<[input?: I, options?: CallOptions], Page<T>> {
  (input?: I, options?: CallOptions): List<T>;
}

/** A list that has required fields. */
export interface ListIn<I, T> extends WithoutIo<[input: I, options?: CallOptions], Page<T>> {
  (input: I, options?: CallOptions): List<T>;
}

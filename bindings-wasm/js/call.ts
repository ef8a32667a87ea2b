// The objects that calls return, and the types of their options.

import type { ClientExchange, HttpResponse, PreparedCall } from "./exchange.js";
import type { RetrySettings } from "./generated/settings.js";
import type { Page, ApiResponse } from "./api-response.js";

/** Options of one call. They override those of the client. */
export interface CallOptions extends RetrySettings {
  /**
   * The key by which the vendor recognizes a repeated request: 1 to 255 characters of `A-Z a-z 0-9 - _`. Default: a
   * random key on calls that accept one.
   */
  readonly idempotencyKey?: string | undefined;
  /**
   * Aborts the call at once, also between attempts. The call then fails with an `AbortError`, which contains the
   * idempotency key that was sent.
   */
  readonly signal?: AbortSignal | undefined;
  /** The timeout of one attempt, up to the last byte of the response, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Additional members of the body or parameters of the query, sent unchanged. */
  readonly extra?: Record<string, unknown> | undefined;
  /** The HTTP method, used instead of the catalog's when an inferred one is wrong. */
  readonly method?: string | undefined;
  /** True to check the limits that the vendor documents before sending. */
  readonly validate?: boolean | undefined;
}

/** A call in flight. `await` gives the output. `withResponse()` also gives status, limits and headers. */
export class Call<T> extends Promise<T> {
  readonly #response: Promise<ApiResponse<T>>;
  readonly #output: Promise<T>;

  /** @internal */
  constructor(response: Promise<ApiResponse<T>>) {
    let [resolve, reject] = [(_: T) => {}, (_: unknown) => {}];
    super((one, other) => {
      [resolve, reject] = [one, other];
    });
    this.#response = response;
    // Each promise is awaited by one function, so that the stack of an error has the frame of the caller.
    this.#output = (async () => {
      try {
        const { output } = await response;
        // The promise itself must settle: runtimes that wait for it inspect it and do not call an overridden `then`.
        resolve(output);
        return output;
      } catch (error) {
        reject(error);
        throw error;
      }
    })();
    // A failure that nobody handles is reported once, for the promise above.
    super.then(undefined, () => {});
  }

  override then<A = T, B = never>(
    done?: ((value: T) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#output.then(done, failed);
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Returns the output with its status, limits and headers. */
  async withResponse(): Promise<ApiResponse<T>> {
    await this.#output;
    return this.#response;
  }
}

/** A fetched page, with the page number that was requested. */
export interface FetchedPage<T> {
  /** The page with its status, limits and headers. */
  readonly response: ApiResponse<Page<T>>;
  /** The requested page number. */
  readonly page: number;
}

/** Fetches a page. Without a number it fetches the first. */
export type FetchPage<T> = (page?: number) => Promise<FetchedPage<T>>;

/** The end of an iteration before the end of the list. */
export interface CutShort {
  /** The error with the reason. */
  readonly error: unknown;
  /** True if all items of the page were seen before. The page is then not yielded. */
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
  async withResponse(): Promise<ApiResponse<Page<T>>> {
    return (await this.#firstPage()).response;
  }

  /** Yields each page. Throws after the last page that can be fetched, if the vendor reports more pages. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    const trail = this.#trail();
    try {
      for (let fetched = await this.#firstPage(); ; ) {
        const next = trail.next(fetched);
        const isNumber = typeof next === "number";
        // A page that holds nothing new is not yielded.
        if (isNumber || !next.isRepetition) yield fetched.response.output;
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

  /** Collects every item of all pages, or the first `limit` items. */
  async toArray(limit = Infinity): Promise<T[]> {
    const items: T[] = [];
    if (limit <= 0) return items;
    for await (const item of this) if (items.push(item) >= limit) break;
    return items;
  }

  /** Awaits the first page, like `Promise.prototype.then`. */
  then<A = Page<T>, B = never>(
    done?: ((value: Page<T>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const first = async () => (await this.withResponse()).output;
    return first().then(done, failed);
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

/** The functions without I/O, for programs with their own transport. */
export interface SansIo<Input extends unknown[], T> {
  /** Builds the request and returns it with the function that decodes its response. Nothing is sent. */
  prepare(...input: Input): PreparedCall<T>;
  /** Starts the call with its retries, as a state machine: your program passes it the time and the responses. */
  exchange(...input: Input): ClientExchange<T>;
  /** Decodes a response that was received elsewhere or recorded. Throws if the response is an error. */
  decode(response: HttpResponse): ApiResponse<T>;
}

/** A call whose input is optional. */
export interface OptionalInputCall<I, T> extends SansIo<[input?: I, options?: CallOptions], T> {
  (input?: I, options?: CallOptions): Call<T>;
}

/** A call that has required fields. */
export interface RequiredInputCall<I, T> extends SansIo<[input: I, options?: CallOptions], T> {
  (input: I, options?: CallOptions): Call<T>;
}

/** A list whose input is optional. */
export interface OptionalInputList<I, T> extends SansIo<[input?: I, options?: CallOptions], Page<T>> {
  (input?: I, options?: CallOptions): List<T>;
}

/** A list that has required fields. */
export interface RequiredInputList<I, T> extends SansIo<[input: I, options?: CallOptions], Page<T>> {
  (input: I, options?: CallOptions): List<T>;
}

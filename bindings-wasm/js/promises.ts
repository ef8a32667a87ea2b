// The promises that calls return: of one response, and of the pages of a list.

import type { ApiResponse, Page } from "./api-response.js";
import type { Call, List } from "./call.js";
import type { FetchedPage, PageHistory } from "./page-history.js";

/** A call that a client makes. */
export class RunningCall<T> extends Promise<T> implements Call<T> {
  readonly #response: Promise<ApiResponse<T>>;
  readonly #output: Promise<T>;

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

  async withResponse(): Promise<ApiResponse<T>> {
    await this.#output;
    return this.#response;
  }
}

/** Fetches a page. Without a number it fetches the first. */
export type FetchPage<T> = (page?: number) => Promise<FetchedPage<T>>;

/** A list that a client fetches. */
export class FetchedList<T> implements List<T> {
  readonly #fetch: FetchPage<T>;
  readonly #history: () => PageHistory;
  #first: Promise<FetchedPage<T>> | undefined;

  constructor(fetch: FetchPage<T>, history: () => PageHistory) {
    this.#fetch = fetch;
    this.#history = history;
  }

  #firstPage(): Promise<FetchedPage<T>> {
    return (this.#first ??= this.#fetch());
  }

  async withResponse(): Promise<ApiResponse<Page<T>>> {
    return (await this.#firstPage()).response;
  }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    const history = this.#history();
    try {
      for (let fetched = await this.#firstPage(); ; ) {
        const next = history.next(fetched);
        const isNumber = typeof next === "number";
        // A page that holds nothing new is not yielded.
        if (isNumber || !next.isRepetition) yield fetched.response.output;
        if (!isNumber) throw next.error;
        if (next === 0) return;
        fetched = await this.#fetch(next);
      }
    } finally {
      history.free();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  async toArray(limit = Infinity): Promise<T[]> {
    const items: T[] = [];
    if (limit <= 0) return items;
    for await (const item of this) if (items.push(item) >= limit) break;
    return items;
  }

  then<A = Page<T>, B = never>(
    done?: ((value: Page<T>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const first = async () => (await this.withResponse()).output;
    return first().then(done, failed);
  }

  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B> {
    return this.then(null, failed);
  }

  finally(done?: (() => void) | null): Promise<Page<T>> {
    return this.then().finally(done);
  }

  get [Symbol.toStringTag](): string {
    return "List";
  }
}

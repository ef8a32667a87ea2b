// The pages of one iteration over a list. Core decides which page follows.

import { History } from "#client";

import type { ApiResponse, Page } from "./api-response.js";
import { core, lines } from "./exchange.js";

/** A fetched page, with the page number that was requested. */
export interface FetchedPage<T> {
  /** The page with its status, limits and headers. */
  readonly response: ApiResponse<Page<T>>;
  /** The requested page number. */
  readonly page: number;
}

/** The end of an iteration before the end of the list. */
export interface CutShort {
  /** The error with the reason. */
  readonly error: unknown;
  /** True if all items of the page were seen before. The page is then not yielded. */
  readonly isRepetition: boolean;
}

/** The pages of one iteration so far. They decide which page follows. */
export interface PageHistory {
  /** Returns the number of the next page, or 0 at the end. Returns the error if more pages exist but cannot be fetched. */
  next(fetched: FetchedPage<unknown>): number | CutShort;
  /** Releases its memory. */
  free(): void;
}

/** Makes the history of one iteration of a list. */
export function pageHistory(call: string): PageHistory {
  const history = new History(call);
  return {
    next({ response: { response }, page }) {
      try {
        return core(() => history.arrived(page, response.status, lines(response.headers), response.body), { response });
      } catch (error) {
        return { error, isRepetition: history.isRepetition() };
      }
    },
    free: () => history.free(),
  };
}

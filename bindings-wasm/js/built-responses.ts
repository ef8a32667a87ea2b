// Builders of responses for a fake `fetch`: pages of lists and the vendor's errors.

import type { FieldErrors } from "./api-response.js";
import { onlyKnown } from "./near.js";

/** An error code of Zagely. */
export type ErrorCode =
  | "invalid_idempotency_key"
  | "credentials_missing"
  | "invalid_credentials"
  | "key_inactive"
  | "unauthenticated"
  | "insufficient_ability"
  | "forbidden"
  | "not_found"
  | "validation_failed"
  | "rate_limit_exceeded"
  | "daily_quota_exceeded"
  | "monthly_quota_exceeded";

/** The statuses of the codes. */
const STATUSES: Readonly<Record<ErrorCode, number>> = {
  invalid_idempotency_key: 400,
  credentials_missing: 401,
  invalid_credentials: 401,
  key_inactive: 401,
  unauthenticated: 401,
  insufficient_ability: 403,
  forbidden: 403,
  not_found: 404,
  validation_failed: 422,
  rate_limit_exceeded: 429,
  daily_quota_exceeded: 429,
  monthly_quota_exceeded: 429,
};

/** A response that was built. */
export interface BuiltResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly json: unknown;
}

/** The numbers of a page. */
export interface PageNumbers {
  /** The number of this page. Default 1. */
  readonly page?: number | undefined;
  /** The number of the last page. Default: this page. */
  readonly lastPage?: number | undefined;
  /** The number of items on all pages. Default: the number on this page. */
  readonly total?: number | undefined;
}

/** Makes the response to a list: one page with these items. */
export function page(items: readonly unknown[], numbers: PageNumbers = {}): BuiltResponse {
  onlyKnown(numbers, ["page", "lastPage", "total"]);
  const { page = 1, lastPage = page, total = items.length } = numbers;
  return { status: 200, headers: {}, json: { data: items, current_page: page, last_page: lastPage, per_page: 50, total } };
}

/** The parts of an error of the vendor. */
export interface ErrorParts {
  /** The vendor's words. */
  readonly message?: string | undefined;
  /** The wait that the vendor asks for, in milliseconds. It is sent in whole seconds. */
  readonly retryAfterMs?: number | undefined;
  /** The errors of each field. */
  readonly fieldErrors?: FieldErrors | undefined;
  /** The ability that the key lacks. */
  readonly requiredAbility?: string | undefined;
  /** Other members of the error's details, such as the `limit` of a quota. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Makes the response to a call that Zagely refuses. The code decides the status. */
export function apiError(code: ErrorCode, parts: ErrorParts = {}): BuiltResponse {
  onlyKnown(parts, ["message", "retryAfterMs", "fieldErrors", "requiredAbility", "details"]);
  const { message = "Refused.", retryAfterMs, fieldErrors, requiredAbility, details } = parts;
  if (!Object.hasOwn(STATUSES, code)) throw new TypeError(`code: expected ${Object.keys(STATUSES).join(" or ")}`);
  const headers = retryAfterMs === undefined ? {} : { "retry-after": `${Math.ceil(retryAfterMs / 1000)}` };
  const all = { ...details, ...(fieldErrors && { errors: fieldErrors }), ...(requiredAbility && { required_ability: requiredAbility }) };
  return { status: STATUSES[code], headers, json: { error: { code, message, details: all } } };
}

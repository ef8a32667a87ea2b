/**
 * Clients of the messaging services Zagely and Wazaj. `hudhud/webhook` verifies webhooks. `hudhud/testing` has a fake
 * `fetch` and signed deliveries for tests.
 *
 * @module
 */

export type { Call, List, SansIo } from "./call.js";
export type { CallOptions, KeylessCallOptions } from "./call-options.js";
export { type ClientOptions, Wazaj, type WazajOptions, Zagely, type ZagelyOptions } from "./client.js";
export {
  AbortError,
  ApiError,
  AuthenticationError,
  type ErrorData,
  type ErrorKind,
  type ErrorDetails,
  HudhudError,
  InvalidRequestError,
  MethodNotAllowedError,
  MissingVariablesError,
  NotFoundError,
  PermissionError,
  QuotaExceededError,
  RateLimitError,
  RedirectError,
  ServerError,
  TransportError,
  type TransportFault,
  UnavailableError,
  UnexpectedResponseError,
  ValidationError,
  StoreError,
  WaitTooLongError,
} from "./errors.js";
export type { ClientExchange, PreparedCall, Step } from "./exchange.js";
export type * from "./generated/calls.js";
export type * from "./generated/models.js";
export type { HttpMethod, RetryOptions } from "./generated/settings.js";
export type { HttpRequest, HttpResponse } from "./http.js";
export type { EndFacts, Logger, LogLevel, Observer, SpanFacts, WaitFacts } from "./observer.js";
export type { Bytes, FieldErrors, Meta, Page, RateLimit, RawResponse, ApiResponse } from "./api-response.js";
export type { RateLimiterOptions, RateLimiterStore } from "./rate-limiter.js";
export { RateLimiter } from "./rate-limiter.js";
export { idempotencyKey, type MissingPolicy, parsePhone, type RenderOptions, Template } from "./text.js";
export type { Fetch, FetchInit, FetchResponse } from "./transport.js";

/**
 * The inbox in Durable Objects or in D1, which handles each webhook event once, even if it is delivered several times
 * or the Worker stops at any moment. With `durableObjectStore`, all isolates share the rate limits of a key.
 *
 * ```ts
 * import { durableObjectInbox } from "hudhud/cloudflare";
 * import { webhookHandler } from "hudhud/workers";
 *
 * export { InboxObject } from "hudhud/cloudflare"; // in `new_sqlite_classes` of wrangler's configuration
 *
 * export default {
 *   fetch: webhookHandler<Env>({
 *     inbox: (env) => durableObjectInbox(env.INBOX),
 *     onEvent: (event, { lease, env }) => env.EVENTS.send({ key: lease.idempotencyKey, event }),
 *   }),
 * };
 * ```
 *
 * | Inbox | Effects |
 * |---|---|
 * | `durableObjectInbox(env.INBOX)`, `d1Inbox(env.DB)` | anywhere, at least once: pass `lease.idempotencyKey` on |
 * | `transactionalObjectInbox(env.ORDERS)`, `transactionalD1Inbox(env.DB, handle)` | rows in the same database, exactly once |
 * | `forgetfulInbox()` | for tests: it forgets everything when the isolate ends |
 *
 * @module
 */

export type { D1, D1Rows, D1Statement, TransactionalD1InboxOptions } from "./d1-inbox.js";
export { d1Inbox, transactionalD1Inbox } from "./d1-inbox.js";
export type { ObjectContext, ObjectNamespace, ObjectStorage, SqlRows, SqlStorage, SqlValue } from "./durable-object.js";
export { forgetfulInbox, ForgetfulStore } from "./forgetful-store.js";
export type { EventInbox, InboxChange, InboxStore, Lease, LeasedInboxOptions, Outcome, Receipt, TransactionalInbox } from "./inbox.js";
export type { DurableObjectInboxOptions, TransactionalObjectInbox, TransactionalObjectInboxOptions } from "./inbox-object.js";
export { durableObjectInbox, InboxObject, transactionalObjectInbox, TransactionalInboxObject } from "./inbox-object.js";
export { LeasedInbox } from "./leased-inbox.js";
export { RejectedEventError } from "./rejected-event.js";
export type { RateLimiterStore } from "./rate-limiter.js";
export { durableObjectStore, RateLimiterObject } from "./rate-limiter-object.js";

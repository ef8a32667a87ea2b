// A Worker with Cloudflare's types: their `Request` and `fetch` differ from the web's.
import { type Fetch, Zagely } from "hudhud";
import { d1Inbox, durableObjectInbox, InboxObject, RejectedEventError, type SqlStorage, transactionalD1Inbox, TransactionalInboxObject, transactionalObjectInbox } from "hudhud/cloudflare";
import { delivery, toRequest } from "hudhud/testing";
import { type WebhookEvent, Webhook, WebhookError } from "hudhud/webhook";
import { webhookHandler } from "hudhud/workers";

interface Env {
  readonly SECRET: string;
  readonly PUBLIC_KEY: string;
  readonly SECRET_KEY: string;
  readonly EVENTS: Queue<WebhookEvent>;
  readonly VENDOR: Fetcher;
}

export default {
  async fetch(request, env, context) {
    try {
      const event: WebhookEvent = await new Webhook(env.SECRET).verify(request);
      await env.EVENTS.send(event);
      const zagely = new Zagely({ publicKey: env.PUBLIC_KEY, secretKey: env.SECRET_KEY });
      context.waitUntil(zagely.messages.send({ to: "+15551234567", message: "hi" }, { signal: request.signal }));
      context.waitUntil(zagely.contacts.list());
      const reply = await zagely.account.me().withResponse();
      return new Response(reply.response.body, { status: reply.meta.status, headers: reply.response.headers });
    } catch (error) {
      return new Response(null, { status: error instanceof WebhookError ? error.httpStatus : 500 });
    }
  },
  async queue(batch, env) {
    const fetch: Fetch = (url, init) => env.VENDOR.fetch(url, init);
    const zagely = new Zagely({ publicKey: env.PUBLIC_KEY, secretKey: env.SECRET_KEY, fetch });
    for (const { body } of batch.messages) {
      if (body.type === "message.received") await zagely.messages.send({ to: body.data.contact?.phone_number ?? "", message: "hi" });
    }
  },
} satisfies ExportedHandler<Env, WebhookEvent>;

interface ReceiverEnv {
  readonly SECRET: string;
  readonly EVENTS: Queue<WebhookEvent>;
  readonly SEEN: KVNamespace;
}

export const receiver = {
  fetch: webhookHandler<ReceiverEnv>({
    secret: (env) => [env.SECRET, "old"],
    async onEvent(event, { env, replayKey, context }) {
      if (await env.SEEN.get(replayKey)) return;
      if (event.type === "message.received") console.log(event.data.content);
      await env.EVENTS.send(event);
      context.waitUntil(env.SEEN.put(replayKey, "1"));
    },
    onError: (error, { request }) => console.error(error, request.url),
    afterResponse: (event, { env }) => env.SEEN.delete(event.replayKey),
  }),
} satisfies ExportedHandler<ReceiverEnv>;

// @ts-expect-error The name is misspelt.
webhookHandler<ReceiverEnv>({ secret: (env) => env.SECRT, onEvent() {} });
// @ts-expect-error The function is missing.
webhookHandler<ReceiverEnv>({ secret: (env) => env.SECRET });

export { InboxObject };

export class Orders extends TransactionalInboxObject<InboxEnv> {
  protected override handle(event: WebhookEvent, sql: SqlStorage): void {
    if (event.type !== "message.received") throw new RejectedEventError("it is of no use");
    sql.exec("INSERT INTO received VALUES (?)", event.data.content);
    const [row] = sql.exec<{ count: number }>("SELECT count(*) AS count FROM received");
    console.log(row?.count, this.env.ORDERS);
  }
}

interface InboxEnv {
  readonly INBOX: DurableObjectNamespace<InboxObject>;
  readonly ORDERS: DurableObjectNamespace<Orders>;
  readonly DB: D1Database;
}

export const inboxes = [
  webhookHandler<InboxEnv>({
    inbox: (env) => durableObjectInbox(env.INBOX, { leaseSeconds: 60 }),
    onEvent: (event, { lease, env }) => console.log(event.type, lease.idempotencyKey.length, lease.token + lease.attempt, lease.endsAt.getTime(), env.DB),
  }),
  webhookHandler<InboxEnv>({ inbox: (env) => d1Inbox(env.DB), onEvent: (_, { lease }) => console.log(lease.attempt) }),
  webhookHandler<InboxEnv>({ inbox: (env) => transactionalObjectInbox(env.ORDERS, { objectOf: (event) => event.name }) }),
  webhookHandler<InboxEnv>({ inbox: ({ DB }) => transactionalD1Inbox(DB, (event) => [DB.prepare("INSERT INTO received VALUES (?)").bind(event.name)]) }),
] satisfies ExportedHandlerFetchHandler<InboxEnv>[];

// @ts-expect-error The handler is missing.
webhookHandler<InboxEnv>({ inbox: (env) => durableObjectInbox(env.INBOX) });
// @ts-expect-error The handler of the inbox is the one that runs.
webhookHandler<InboxEnv>({ inbox: (env) => transactionalObjectInbox(env.ORDERS), onEvent() {} });
// @ts-expect-error A database is not a namespace.
webhookHandler<InboxEnv>({ inbox: (env) => durableObjectInbox(env.DB), onEvent() {} });

export const made: Request = toRequest(delivery("secret", "message.read"));

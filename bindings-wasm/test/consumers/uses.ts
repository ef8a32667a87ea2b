// Code of a user, and code that the compiler must reject.
import { ApiError, type Contact, type Page, type ApiResponse, ValidationError, Wazaj, Zagely } from "hudhud";
import { type FakeFetch, delivery, fakeFetch, sign, toRequest } from "hudhud/testing";
import { type WebhookEvent, type ReceivedMessage, Webhook, WebhookError } from "hudhud/webhook";

const fetch: FakeFetch = fakeFetch([{ json: { message_id: "m-1" } }]);
const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch, timeoutMs: 1000, retry: { baseMs: 1 } });

export async function calls(contact_id: string): Promise<string[]> {
  const sent = await zagely.messages.send({ to: "+15551234567", message: "hi" }, { idempotencyKey: "order-1", signal: AbortSignal.timeout(5) });
  const id: string | null = sent.message_id;
  const names: string[] = [];
  for await (const contact of zagely.contacts.list({ tags: ["vip"] })) names.push(contact.name ?? "");
  const page: Page<Contact> = await zagely.contacts.list();
  const reply: ApiResponse<Contact> = await zagely.contacts.get(contact_id).withResponse();
  const limit: number | null = reply.meta.rateLimit.remaining;
  // A field that is cleared, set, or left unchanged.
  await zagely.contacts.update(contact_id, { email: null, name: "Ann", notes: undefined });
  await zagely.contacts.list({ search: undefined });
  const { request, decode } = zagely.contacts.get.prepare(contact_id);
  const step = zagely.contactGroups.addContacts.exchange("g", { contact_ids: ["c"] }).step();
  if (step.send) await globalThis.fetch(step.send.url, { method: step.send.method, headers: step.send.headers, body: step.send.body ?? null });
  const groups: string[] = decode({ status: 200, headers: {}, body: "{}" }).output.groups.map((group) => group.name ?? "");
  await new Wazaj({ apiKey: "wzj_test", baseUrl: "https://example.com" }).messages.sendText({ to: "+509", body: "x" });
  return [id ?? "", ...names, ...page.data.map((one) => one.id ?? ""), String(limit), request.url, ...groups];
}

/** A minimal `fetch`. */
export const through = (send: (url: string, method: string, body?: Uint8Array) => Promise<string>) =>
  new Zagely({
    publicKey: "pk_test",
    secretKey: "sk_test",
    async fetch(url, { method, body }) {
      const text = await send(url, method, body);
      return { status: 200, headers: { "content-type": "application/json" }, arrayBuffer: async () => new TextEncoder().encode(text).buffer };
    },
  });
export const own = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: globalThis.fetch });

export async function webhooks(request: Request): Promise<string> {
  const event: WebhookEvent = await new Webhook(["old", "new"], { toleranceSeconds: null }).verify(request);
  if (event.type === "message.received") {
    const data: ReceivedMessage = event.data;
    return data.contact?.phone_number ?? data.content ?? "";
  }
  switch (event.type) {
    case "webhook.test":
      return event.replayKey;
    case "unknown":
      return event.name;
    default:
      return `${event.type} ${typeof event.data}`;
  }
}

/** A Fastify request, with its body kept as bytes. */
interface KeptRequest {
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: unknown;
  readonly raw: AsyncIterable<Uint8Array>;
}

export function kept(webhook: Webhook, request: KeptRequest): Promise<WebhookEvent> {
  return webhook.verify(request);
}

export function errors(error: unknown): number {
  if (error instanceof ValidationError) return Object.keys(error.fieldErrors).length;
  if (error instanceof ApiError) return error.retryAfterMs ?? error.status ?? 0;
  if (error instanceof WebhookError && error.reason === "signature_mismatch") return error.httpStatus;
  return 0;
}

export const made: Request = toRequest(delivery("secret", "message.read"));
export const headers: Readonly<Record<string, string>> = sign("secret", { event: "webhook.test" }).headers;

// @ts-expect-error The table of calls is not exported.
export type Inside = typeof import("hudhud").CALLS;
// @ts-expect-error The table of events is not exported.
export type Read = typeof import("hudhud/webhook").EVENTS;
// @ts-expect-error A required field is missing.
zagely.contacts.get({});
// @ts-expect-error The field does not exist.
zagely.messages.send({ text: "hi" });
// @ts-expect-error The call does not exist.
zagely.contacts.remove({ contact_id: "c" });
// @ts-expect-error A client needs both keys.
export const half = new Zagely({ publicKey: "pk_test" });
// @ts-expect-error JSON must be validated before use.
export const unlooked = (event: WebhookEvent): string => (event.type === "message.read" ? event.data.id : "");
// @ts-expect-error A name may be null.
export const length = (contact: Contact): number => contact.name.length;
// @ts-expect-error The vendor's response has no such field.
export const typo = (contact: Contact): unknown => contact.nmae;

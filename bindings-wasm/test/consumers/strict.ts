// Input types are strict: each line below an `@ts-expect-error` is a mistake that the compiler must find.
import { type Contact, HudhudError, Wazaj, Zagely, type ZagelyCalls, type ZagelyMessages } from "hudhud";
import { apiError, delivery, stub } from "hudhud/testing";
import { EVENT_NAMES, type EventName } from "hudhud/webhook";
import { webhookHandler } from "hudhud/next";
import { Outbox } from "hudhud/outbox";

const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test" });
const wazaj = new Wazaj({ apiKey: "wzj_test", baseUrl: "https://example.com" });
const { signal } = new AbortController();
const to = "+15551234567";

// @ts-expect-error A send needs fields.
zagely.messages.send();
// @ts-expect-error As above.
zagely.messages.send({});
// @ts-expect-error A text needs a message.
zagely.messages.send({ to });
// @ts-expect-error An image needs a media_url.
zagely.messages.send({ to, type: "image" });
// @ts-expect-error A send by WhatsApp needs a recipient.
zagely.messages.send({ message: "hi" });
// @ts-expect-error The type is misspelt.
zagely.messages.send({ to, message: "hi", type: "imgae" });
// @ts-expect-error The name is misspelt.
zagely.messages.send({ to, message: "hi", sessionId: "s-1" });
// @ts-expect-error The field to sort by is misspelt.
zagely.contacts.list({ sort_by: "nmae" });
// @ts-expect-error An option in the place of the fields.
zagely.contacts.list({ signal });
// @ts-expect-error A text in the place of the fields.
zagely.contacts.list("c-1");
// @ts-expect-error The event is misspelt.
delivery("secret", "mesage.received");
// @ts-expect-error A number in the place of the options.
zagely.account.me(5);
// @ts-expect-error The call has no fields.
zagely.account.me({ contact_id: "c-1" });
// @ts-expect-error The id is missing.
zagely.contacts.get();
// @ts-expect-error The id is not a text.
zagely.contacts.get({});
// @ts-expect-error An update changes something.
zagely.contacts.update("c-1");
// @ts-expect-error The field is misspelt.
zagely.contacts.update("c-1", { nmae: "Ann" });
// @ts-expect-error The id is passed by position.
zagely.contacts.update("c-1", { contact_id: "c-1", name: "Ann" });
// @ts-expect-error Contacts are needed: their ids or their numbers.
zagely.contactGroups.addContacts("g-1", {});
// @ts-expect-error A keyword is needed.
zagely.automations.create({ session_id: "s-1", name: "n", trigger_type: "keyword", response_content: "hi" });
// @ts-expect-error The template's language is missing.
wazaj.messages.sendTemplate({ to, template_name: "order_update" });
// @ts-expect-error The call is misspelt.
new Zagely({ publicKey: "pk_test", secretKey: "sk_test", methods: { "contact.block": "POST" } });
// @ts-expect-error No method of HTTP.
zagely.contacts.get("c-1", { method: "FETCH" });
// @ts-expect-error Wazaj takes no key.
wazaj.messages.sendText({ to, body: "hi" }, { idempotencyKey: "k-1" });
// @ts-expect-error A list takes no key.
zagely.contacts.list({}, { idempotencyKey: "k-1" });
// @ts-expect-error Wazaj has no updates.
new Wazaj({ apiKey: "wzj_test", baseUrl: "https://example.com", updateMethod: "PUT" });
// @ts-expect-error No kind of an error.
export const isLimited = (error: HudhudError) => error.kind === "rate_limit";
// @ts-expect-error The member is misspelt.
delivery("secret", "message.received", { dta: {} });
// @ts-expect-error The level is misspelt.
new Zagely({ publicKey: "pk_test", secretKey: "sk_test", logLevel: "verbose" });

// @ts-expect-error The function is missing.
webhookHandler({ secret: "secret" });
// @ts-expect-error The secret is not a text.
webhookHandler({ secret: 5, onEvent() {} });
// @ts-expect-error The option is misspelt.
webhookHandler({ secret: "secret", onEvent() {}, toleranceSecond: 5 });
// @ts-expect-error The event is misspelt.
webhookHandler({ onEvent: (event) => event.type === "mesage.received" });
// @ts-expect-error The event has no such data.
webhookHandler({ onEvent: (event) => (event.type === "message.received" ? event.data.text : "") });

// Correct calls compile.
webhookHandler({ onEvent: async (event, { replayKey }) => (event.type === "message.received" ? event.data.content : replayKey) });
webhookHandler({ secret: async () => ["old", "new"] as const, onEvent() {}, onError: (error: unknown) => error, toleranceSeconds: null });
zagely.messages.send({ to, message: "hi" });
zagely.messages.send({ to, message: "hi", type: "text", channel: "whatsapp" });
zagely.messages.send({ to, type: "image", media_url: "https://example.com/a.png" });
zagely.messages.send({ to, type: "image", media_url: "https://example.com/a.png", message: "caption" }, { signal });
zagely.messages.send({ channel: "telegram", contact_id: "c-1", message: "hi" });
zagely.account.me();
zagely.account.me({ signal });
zagely.account.me({ headers: new Headers({ traceparent: "00-1" }) });
export const limited = (error: HudhudError) => error.kind === "rate_limited" || error.kind === "store";
delivery("secret", "message.received", { data: { content: "hi" }, delivery_id: "d-1" });
zagely.contacts.get("c-1", { signal });
zagely.contacts.update("c-1", { name: null, tags: ["vip"] as const }, { signal });
zagely.contacts.list({ sort_by: "name" }, { signal });
zagely.webhooks.deliveries("w-1", { page: 2 });
zagely.contactGroups.addContacts("g-1", { phone_numbers: [to] });
new Zagely({ publicKey: "pk_test", secretKey: "sk_test", methods: { "contacts.block": "PUT" }, logger: console, logLevel: "debug" });

// Answers are open: a status that this version does not know compiles.
export const isOdd = (contact: Contact) => contact.custom_fields !== null;
export const future = async () => (await zagely.messages.list()).data.some((message) => message.status === "recalled");
export const names: readonly EventName[] = EVENT_NAMES;

// The interfaces of the calls have no private members, so a program can accept its own implementation.
export const usesCalls = (calls: Pick<ZagelyCalls, "messages">): ZagelyMessages => calls.messages;
usesCalls(zagely);

// The kit for tests: functions of the right types, under names that exist.
stub("zagely", { messages: { send: ({ to }) => ({ message_id: to ?? null }) }, contacts: { list: async () => [{ id: "c-1" }], get: (id) => ({ id }) } });
// @ts-expect-error The call is misspelt.
stub("zagely", { messages: { sned: () => ({}) } });
// @ts-expect-error The output has no such member.
stub("zagely", { messages: { send: () => ({ nonsense: 1 }) } });
// @ts-expect-error The code is misspelt.
apiError("rate_limited");

/** An outbox takes the fields of the client's calls. */
export async function outboxes(): Promise<string> {
  const outbox = await Outbox.open("test.outbox", zagely, { stopAfterRefusals: 5 });
  await outbox.addAll([{ to, message: "hi" }, { to, type: "image", media_url: "https://example.com/a.png" }]);
  // @ts-expect-error A text needs a message.
  await outbox.add({ to });
  // @ts-expect-error A field of Wazaj.
  await outbox.add({ to, body: "hi" });
  // @ts-expect-error The state is misspelt.
  outbox.messages("sended");
  const others = await Outbox.open("test.outbox", wazaj, { call: "messages.sendText" });
  await others.add({ to, body: "hi" }, { id: "order-1", row: 1 });
  for await (const { fields, reason } of outbox.messages("refused")) console.log(fields.message?.length, reason?.length);
  const { sent, left, refusedByReason } = await outbox.send({ concurrency: 4, signal, onProgress: ({ total }, limits) => console.log(total, limits?.remaining) });
  return `${sent + left}${Object.keys(refusedByReason).join()}`;
}

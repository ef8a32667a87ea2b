// Typical uses of the types, and uses that the compiler must reject. The test writes `hudhud.d.ts`.
import type { Channel, Contact, ImportContacts, ListContacts, Open, SendMessage, UpdateContact } from "./hudhud";

export const all: ListContacts = {};
export const message: SendMessage = { to: "+15551234567", message: "hi", type: "image", media_url: "https://example.com/a.jpg" };
export const text: SendMessage = { to: "+15551234567", message: "hi" };
export const file: ImportContacts = { file: new Uint8Array([1]), file_name: "contacts.csv" };

// An update can leave out, clear or set a field.
export const update: UpdateContact = { email: null, tags: ["vip"], custom_fields: { age: 3 } };

// Editors offer the known values. A response may have unknown ones, which an input must not have.
export const known: Channel = "whatsapp";
export const unknown: Open<Channel> = "carrier-pigeon";
// @ts-expect-error The channel is misspelt.
export const wrong: SendMessage = { channel: "whatsap", to: "+15551234567", message: "hi" };

export function read(contact: Contact): string {
  const text: string = contact.name ?? contact.phone_number ?? "nobody";
  const groups: string[] = contact.groups.map((group) => group.name ?? "");
  const age: unknown = contact.custom_fields["age"];
  return [text, ...groups, typeof age].join();
}

// @ts-expect-error A required field is missing.
export const missing: SendMessage = { to: "+15551234567", type: "image" };
// @ts-expect-error Only an update can clear with null.
export const cleared: SendMessage = { to: "+15551234567", message: "hi", session_id: null };
// An optional field may be undefined, because a caller may pass a variable that is.
export const absent: SendMessage = { to: "+15551234567", message: "hi", session_id: undefined };
// @ts-expect-error The field does not exist.
export const misspelt: SendMessage = { to: "+15551234567", message: "hi", text: "hi" };
// @ts-expect-error A channel is text.
export const number: SendMessage = { channel: 3, to: "+15551234567", message: "hi" };
// @ts-expect-error A name may be null.
export const length = (contact: Contact): number => contact.name.length;
// @ts-expect-error A field that the type does not name is not readable.
export const typo = (contact: Contact): unknown => contact.nmae;
// @ts-expect-error A JSON value needs a type check before its use.
export const json = (contact: Contact): number => contact.custom_fields["age"] + 1;

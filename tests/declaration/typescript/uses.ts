// What a user writes, and what the compiler must refuse. `hudhud.d.ts` is written by the test.
import type { Channel, CheckHealth, Contact, ImportContacts, ListContacts, SendMessage, UpdateContact } from "./hudhud";

export const nothing: CheckHealth = {};
export const all: ListContacts = {};
export const message: SendMessage = { to: "+15551234567", message: "hi", type: "image" };
export const file: ImportContacts = { file: new Uint8Array([1]), file_name: "contacts.csv" };

// Left out, cleared, set.
export const update: UpdateContact = { contact_id: "c-1", email: null, tags: ["vip"], custom_fields: { age: 3 } };

// Known values are offered, and unknown ones taken.
export const known: Channel = "whatsapp";
export const unknown: Channel = "carrier-pigeon";

export function read(contact: Contact): string {
  const text: string = contact.name ?? contact.phone_number ?? "nobody";
  const groups: string[] = contact.groups.map((group) => group.name ?? "");
  const age: unknown = contact.custom_fields["age"];
  return [text, ...groups, typeof age].join();
}

// @ts-expect-error A required field is missing.
export const missing: UpdateContact = { name: "Ann" };
// @ts-expect-error Only an update clears with null.
export const cleared: SendMessage = { to: null };
// What may be left out may be undefined, as a variable may be that it is taken from.
export const absent: SendMessage = { to: undefined };
// @ts-expect-error There is no such field.
export const misspelt: SendMessage = { text: "hi" };
// @ts-expect-error A channel is text.
export const number: SendMessage = { channel: 3 };
// @ts-expect-error A name may be null.
export const length = (contact: Contact): number => contact.name.length;
// @ts-expect-error What the type does not name is not read by accident.
export const typo = (contact: Contact): unknown => contact.nmae;
// @ts-expect-error JSON must be looked at before it is used.
export const json = (contact: Contact): number => contact.custom_fields["age"] + 1;

// The competitors that verify webhooks: this package, the fastest handwritten code for a runtime, and other libraries.

import { Webhook as Standard } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix } from "svix";

const SECRET = "whsec_5b2f9e3c7b8d4a1e9f1b12ab34cd56ef";
export const SIZES = { "0.3 kB": 0, "4 kB": 4 << 10, "64 kB": 64 << 10, "1024 kB": 1 << 20 };

/** Returns the documented event with a message that makes the body about `length` bytes long. */
function bodyOf(length) {
  const words = "Hello, I need help with my order. ";
  const content = words.repeat(Math.max(1, Math.floor((length - 270) / words.length)));
  const contact = { id: "...", name: "Jane Doe", phone_number: "+15551234567", email: null };
  const ids = { tenant_id: "uuid-of-tenant", delivery_id: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", occurred_at: "2026-04-21T10:30:00Z" };
  return JSON.stringify({ event: "message.received", ...ids, data: { contact, channel: "whatsapp", content } });
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const fresh = (timestamp) => Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300;

const digit = (code) => (code < 58 ? code - 48 : code - 87);
function fromHex(text) {
  if (Uint8Array.fromHex) return Uint8Array.fromHex(text);
  const bytes = new Uint8Array(text.length >> 1);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (digit(text.charCodeAt(2 * at)) << 4) | digit(text.charCodeAt(2 * at + 1));
  return bytes;
}

/**
 * Returns the competitors by name: functions that verify and parse one body of this size. All start from the same input:
 * the body's bytes, and headers as an object in Node or as `Headers` in a Worker. Each does what a careful user does: it
 * parses the header, checks the age and compares in constant time. `node` is node:crypto, if the runtime has it.
 */
export async function competitors({ webhook, testing, node }, size) {
  const { headers: signed, body } = testing.sign(SECRET, bodyOf(SIZES[size]));
  const text = decoder.decode(body);
  const lower = (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const among = (headers) => {
    const all = { host: "example.com", "content-type": "application/json", "user-agent": "Vendor/1.0", ...lower(headers) };
    return node ? all : new Headers(all);
  };
  const get = node ? (headers, name) => headers[name] : (headers, name) => headers.get(name);

  const headers = among(signed);
  const ours = new webhook.Webhook(SECRET);
  const all = { ours: () => ours.verify({ headers, body }) };

  const key = await crypto.subtle.importKey("raw", encoder.encode(SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const claimed = () => {
    const [timestamp, signature] = [get(headers, "x-zagely-timestamp"), get(headers, "x-zagely-signature")];
    if (!timestamp || !signature?.startsWith("sha256=") || signature.length !== 71 || !fresh(timestamp)) throw new Error("refused");
    return [timestamp, signature.slice(7)];
  };
  all["WebCrypto by hand, bytes"] = async () => {
    const [timestamp, tag] = claimed();
    const prefix = encoder.encode(`${timestamp}.`);
    const message = new Uint8Array(prefix.length + body.length);
    message.set(prefix);
    message.set(body, prefix.length);
    if (!(await crypto.subtle.verify("HMAC", key, fromHex(tag), message))) throw new Error("refused");
    return JSON.parse(decoder.decode(body));
  };
  all["WebCrypto by hand, text"] = async () => {
    const [timestamp, tag] = claimed();
    const text = decoder.decode(body);
    if (!(await crypto.subtle.verify("HMAC", key, fromHex(tag), encoder.encode(`${timestamp}.${text}`)))) throw new Error("refused");
    return JSON.parse(text);
  };
  if (node) {
    const { createHmac, timingSafeEqual } = node;
    all["node:crypto by hand"] = async () => {
      const [timestamp, claim] = claimed();
      const tag = createHmac("sha256", SECRET).update(`${timestamp}.`).update(body).digest();
      const given = Buffer.from(claim, "hex");
      if (given.length !== tag.length || !timingSafeEqual(given, tag)) throw new Error("refused");
      return JSON.parse(decoder.decode(body));
    };
  }

  // These two accept only text, or a Node Buffer that they convert to text.
  const base64 = `whsec_${btoa(SECRET)}`;
  const standard = new Standard(base64);
  const now = new Date();
  const signature = standard.sign("msg_1", now, text);
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const theirs = { "webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature };
  all.standardwebhooks = async () => standard.verify(decoder.decode(body), theirs);
  const svix = new Svix(base64);
  all.svix = async () => svix.verify(decoder.decode(body), { "svix-id": "msg_1", "svix-timestamp": timestamp, "svix-signature": signature });
  const stripe = new Stripe("sk_test_x");
  const stripeHeader = await stripe.webhooks.generateTestHeaderStringAsync({ payload: text, secret: SECRET });
  all.stripe = node
    ? async () => stripe.webhooks.constructEvent(body, stripeHeader, SECRET)
    : () => stripe.webhooks.constructEventAsync(body, stripeHeader, SECRET);
  return all;
}

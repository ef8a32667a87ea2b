// Who verifies: ours, the best that can be written by hand for a runtime, and what a user would install.

import { Webhook as Standard } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix } from "svix";

const SECRET = "whsec_5b2f9e3c7b8d4a1e9f1b12ab34cd56ef";
export const SIZES = { "0.3 kB": 0, "4 kB": 4 << 10, "64 kB": 64 << 10, "1024 kB": 1 << 20 };

/** The documented event, with a message as long as it takes. */
function bodyOf(length) {
  const words = "Hello, I need help with my order. ";
  const content = words.repeat(Math.max(1, Math.floor((length - 270) / words.length)));
  const contact = { id: "...", name: "Jane Doe", phone_number: "+15551234567", email: null };
  const ids = { tenant_id: "uuid-of-tenant", delivery_id: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", occurred_at: "2026-04-21T10:30:00Z" };
  return JSON.stringify({ event: "message.received", ...ids, data: { contact, channel: "whatsapp", content } });
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));

/** A name and a function for each, ready to verify one body of this size. Only `node` has node:crypto. */
export async function contestants({ webhook, testing, node }, size) {
  const text = bodyOf(SIZES[size]);
  const { headers, body } = testing.sign(SECRET, text);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const ours = new webhook.Webhook(SECRET);
  const key = await crypto.subtle.importKey("raw", encoder.encode(SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const fresh = (timestamp) => Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300;
  const all = {
    ours: () => ours.verify({ headers: lower, body }),
    "WebCrypto by hand": async () => {
      const timestamp = lower["x-zagely-timestamp"];
      const prefix = encoder.encode(`${timestamp}.`);
      const message = new Uint8Array(prefix.length + body.length);
      message.set(prefix);
      message.set(body, prefix.length);
      const tag = fromHex(lower["x-zagely-signature"].slice(7));
      if (!(await crypto.subtle.verify("HMAC", key, tag, message)) || !fresh(timestamp)) throw new Error("refused");
      return JSON.parse(decoder.decode(body));
    },
  };
  if (node) {
    const { createHmac, timingSafeEqual } = node;
    all["node:crypto by hand"] = async () => {
      const timestamp = lower["x-zagely-timestamp"];
      const tag = createHmac("sha256", SECRET).update(`${timestamp}.`).update(body).digest();
      const given = Buffer.from(lower["x-zagely-signature"].slice(7), "hex");
      if (given.length !== tag.length || !timingSafeEqual(given, tag) || !fresh(timestamp)) throw new Error("refused");
      return JSON.parse(decoder.decode(body));
    };
  }
  const base64 = `whsec_${btoa(SECRET)}`;
  const standard = new Standard(base64);
  const now = new Date();
  const signature = standard.sign("msg_1", now, text);
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const theirs = { "webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature };
  all.standardwebhooks = async () => standard.verify(text, theirs);
  const svix = new Svix(base64);
  all.svix = async () => svix.verify(text, { "svix-id": "msg_1", "svix-timestamp": timestamp, "svix-signature": signature });
  const stripe = new Stripe("sk_test_x");
  const stripeHeader = await stripe.webhooks.generateTestHeaderStringAsync({ payload: text, secret: SECRET });
  all.stripe = () => stripe.webhooks.constructEventAsync(text, stripeHeader, SECRET);
  return all;
}

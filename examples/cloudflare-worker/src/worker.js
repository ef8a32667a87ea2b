// Answers WhatsApp messages: takes Zagely's deliveries, and writes back from a queue.
//
// Each event is handled once, however often it is delivered and however many isolates run: a Durable Object for each
// replay key lets it onto the queue once, and the answer carries an idempotency key, so that a consumer that crashes
// half-way may simply start again. What cannot be answered is kept in a queue of its own, where nobody tries again.

import { DurableObject } from "cloudflare:workers";

import { HudhudError, Zagely } from "hudhud";
import { Webhook, WebhookError } from "hudhud/webhook";

export default {
  /** A delivery: verified, then queued. Zagely waits for the answer, so nothing else is done here. */
  async fetch(request, env) {
    if (request.method !== "POST") return new Response(null, { status: 405, headers: { allow: "POST" } });
    try {
      const event = await new Webhook(env.WEBHOOK_SECRET).verify(request);
      const isNew = await env.SEEN.getByName(event.replayKey).accept(event);
      return new Response(isNew ? "queued" : "seen before");
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error; // Zagely tries again.
      console.warn(error.message); // For us; whoever sent it sees the status alone.
      return new Response(null, { status: error.httpStatus });
    }
  },

  /** The work itself. What failed and may pass comes again, each time after a longer while. */
  async queue(batch, env) {
    const { ZAGELY_PUBLIC_KEY: publicKey, ZAGELY_SECRET_KEY: secretKey, ZAGELY_BASE_URL: baseUrl } = env;
    const zagely = new Zagely({ publicKey, secretKey, baseUrl });
    for (const message of batch.messages) {
      try {
        await handle(message.body, zagely, env);
        message.ack();
      } catch (error) {
        console.warn(`${error}`); // It says what to do, and holds no number and no text.
        if (mayPass(error)) {
          const seconds = Math.max(2 ** message.attempts, Math.ceil((error.retryAfterMs ?? 0) / 1000));
          message.retry({ delaySeconds: Math.min(seconds, LONGEST_DELAY) });
        } else {
          await env.UNANSWERED.send(message.body);
          message.ack();
        }
      }
    }
  },
};

/** The most seconds that a queue keeps a message back. */
const LONGEST_DELAY = 43_200;

/** Whether it may go better later. Not so if the call itself is at fault, or the keys: that takes somebody to mend it. */
function mayPass(error) {
  if (!(error instanceof HudhudError)) return true;
  const { kind, status } = error;
  return kind !== "invalid_request" && (status === null || status === 429 || status >= 500);
}

async function handle(event, zagely, env) {
  const seen = env.SEEN.getByName(event.replayKey);
  if (await seen.isHandled()) return;
  if (event.type === "message.received" && event.data.contact?.phone_number) {
    const answer = {
      to: event.data.contact.phone_number,
      message: `Thank you, ${event.data.contact.name ?? "friend"}! We will be with you soon.`,
      session_id: env.SESSION_ID || undefined, // Without one Zagely takes the session that the key is bound to.
    };
    // The same key for the same event: sent again after a crash, it is sent once.
    const idempotencyKey = `answer-${event.replayKey.replaceAll(/[^\w-]/g, "_")}`;
    await zagely.messages.send(answer, { idempotencyKey });
  }
  await seen.handled();
}

/** What is known of one event. There is one such object in the world for each replay key, and it does one thing at a time. */
export class Seen extends DurableObject {
  /** Puts the event on the queue, if that was not done before. */
  accept(event) {
    return this.ctx.blockConcurrencyWhile(async () => {
      if (await this.ctx.storage.get("queued")) return false;
      await this.env.EVENTS.send(event);
      await this.ctx.storage.put("queued", true);
      // A verifier without a tolerance names no end: then nothing is forgotten.
      if (event.deduplicateUntil) await this.ctx.storage.setAlarm(event.deduplicateUntil);
      return true;
    });
  }

  async isHandled() {
    return (await this.ctx.storage.get("handled")) === true;
  }

  async handled() {
    await this.ctx.storage.put("handled", true);
  }

  /** It was remembered for long enough. */
  async alarm() {
    await this.ctx.storage.deleteAll();
  }
}

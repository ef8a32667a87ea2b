// Replies to WhatsApp messages: receives Zagely's deliveries and sends the replies from a queue.
//
// Each event is handled once, even if it is delivered several times or several isolates run. A Durable Object for each
// replay key puts it on the queue once. The answer has an idempotency key, so that a consumer that crashed can start
// again. Events that cannot be answered are kept in another queue, which has no consumer.

import { DurableObject } from "cloudflare:workers";

import { HudhudError, Zagely } from "hudhud";
import { webhookHandler } from "hudhud/workers";

export default {
  /** Verifies a delivery and queues its event. It does nothing else, because Zagely waits for the response. */
  fetch: webhookHandler({
    secret: (env) => env.WEBHOOK_SECRET,
    // If this fails, the response is a 500, and Zagely delivers again. Refused deliveries are logged.
    onEvent: (event, { env, replayKey }) => env.SEEN.getByName(replayKey).accept(event),
  }),

  /** Handles queued events. An event whose failure may be temporary is retried, each time after a longer delay. */
  async queue(batch, env) {
    const { ZAGELY_PUBLIC_KEY: publicKey, ZAGELY_SECRET_KEY: secretKey, ZAGELY_BASE_URL: baseUrl } = env;
    const zagely = new Zagely({ publicKey, secretKey, baseUrl });
    for (const message of batch.messages) {
      try {
        await handle(message.body, zagely, env);
        message.ack();
      } catch (error) {
        console.warn(`${error}`); // It says what to do. It holds no phone number and no message text.
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

/** The longest delay of a queue, in seconds. */
const LONGEST_DELAY = 43_200;

/** Returns true if a retry may succeed. An invalid call or invalid keys need a person to fix them. */
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
      session_id: env.SESSION_ID || undefined, // Without it Zagely uses the session that the key is bound to.
    };
    // The same event always has the same key: if it is sent again after a crash, Zagely sends it once.
    const idempotencyKey = `answer-${event.replayKey.replaceAll(/[^\w-]/g, "_")}`;
    await zagely.messages.send(answer, { idempotencyKey });
  }
  await seen.handled();
}

/** The state of one event. Each replay key has exactly one such object, which handles one request at a time. */
export class Seen extends DurableObject {
  /** Puts the event on the queue, unless that was done before. */
  accept(event) {
    return this.ctx.blockConcurrencyWhile(async () => {
      if (await this.ctx.storage.get("queued")) return;
      await this.env.EVENTS.send(event);
      await this.ctx.storage.put("queued", true);
      // A verifier without a tolerance gives no end: then the state is kept.
      if (event.deduplicateUntil) await this.ctx.storage.setAlarm(event.deduplicateUntil);
    });
  }

  async isHandled() {
    return (await this.ctx.storage.get("handled")) === true;
  }

  async handled() {
    await this.ctx.storage.put("handled", true);
  }

  /** Deletes the state at `deduplicateUntil`. */
  async alarm() {
    await this.ctx.storage.deleteAll();
  }
}

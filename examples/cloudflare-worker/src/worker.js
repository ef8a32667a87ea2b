// Replies to WhatsApp messages: receives Zagely's deliveries and sends the replies from a queue.
//
// Each event is handled once, even if it is delivered several times or several isolates run. The inbox puts the event on the
// queue. After a crash the queue may contain it twice. The idempotency key of the reply is the key of the event, so that Zagely
// sends the reply once. Events that cannot be answered are kept in another queue, which has no consumer.

import { HudhudError, Zagely } from "hudhud";
import { durableObjectInbox } from "hudhud/cloudflare";
import { webhookHandler } from "hudhud/workers";

export { InboxObject } from "hudhud/cloudflare";

export default {
  /** Verifies a delivery and queues its event. It does nothing else, because Zagely waits for the response. */
  fetch: webhookHandler({
    // The secret is the variable ZAGELY_WEBHOOK_SECRET.
    inbox: (env) => durableObjectInbox(env.INBOX),
    // If this fails, the response is a 503, and Zagely delivers again. Refused deliveries are logged.
    onEvent: (event, { env, lease }) => env.EVENTS.send({ key: lease.idempotencyKey, event }),
  }),

  /** Handles queued events. An event whose failure may be temporary is retried, each time after a longer delay. */
  async queue(batch, env) {
    const zagely = Zagely.fromEnv(env); // Without ZAGELY_SESSION_ID, Zagely uses the session that the key is bound to.
    for (const message of batch.messages) {
      try {
        await handle(message.body, zagely);
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

async function handle({ key, event }, zagely) {
  if (event.type !== "message.received" || !event.data.contact?.phone_number) return;
  const answer = {
    to: event.data.contact.phone_number,
    message: `Thank you, ${event.data.contact.name ?? "friend"}! We will be with you soon.`,
  };
  // The same event always has the same key: if it is sent again after a crash, Zagely sends it once.
  await zagely.messages.send(answer, { idempotencyKey: `answer-${key}` });
}

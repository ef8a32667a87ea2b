// Sends messages from a queue, each once, although a consumer can stop at any moment and the queue can deliver twice.
//
// Other Workers call `env.MESSAGES.send(…)` by a service binding. A Durable Object with SQLite notes the fate of each message. A
// consumer claims a message there before its request leaves. If the consumer stops, the claim ends, and the queue delivers the
// message again. Zagely then recognizes its id, which is the idempotency key. A message of Wazaj is *unknown*, and not repeated.

import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { HudhudError, RateLimiter, Wazaj, Zagely } from "hudhud";
import { durableObjectStore } from "hudhud/cloudflare";

export { RateLimiterObject } from "hudhud/cloudflare";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The time in which the fate of a message is kept. */
const RETENTION = 30 * DAY;
/** The number of Durable Objects that share the messages. */
const SHARDS = 16;

/** The longest time for a call, with its repetitions and its wait for the rate limiter. A consumer may run for 15 minutes. */
const longestCall = (env) => env.LONGEST_CALL_SECONDS * 1000;
/** The time of a claim. It is longer than a call, so that a request has ended when its message is claimed again. */
const claimTime = (env) => longestCall(env) * 1.1;
/** The time in which a call with the same key may begin. The vendor knows a key for 24 hours. Clocks differ by up to 5 minutes. */
const keyLifetime = (env) => DAY - longestCall(env) - 5 * MINUTE;

/** The functions that other Workers call. */
export class Messages extends WorkerEntrypoint {
  /**
   * Queues up to 100 messages: `{ vendor, id, to, text }`. `vendor` is `zagely` or `wazaj`. If this fails, call it again with the
   * same ids: a message is sent once, however often it is queued.
   */
  async send(...messages) {
    for (const { vendor, id } of messages) {
      if (!["zagely", "wazaj"].includes(vendor)) throw new TypeError("vendor: expected zagely or wazaj");
      if (!/^[\w-]{1,255}$/.test(id)) throw new TypeError("id: expected 1 to 255 characters of A-Z a-z 0-9 - _");
    }
    await this.env.QUEUE.sendBatch(messages.map((body) => ({ body })));
  }

  /** Returns the fate of a message: `open`, `sent`, `refused` or `unknown`. */
  async fate(id) {
    return notesOf(this.env, id).fate(id);
  }

  /** Returns the messages whose fate is unknown, each with the reason. A person decides if they are sent again, with another id. */
  async unknown() {
    const shards = Array.from({ length: SHARDS }, (_, shard) => shardOf(this.env, shard).unknown());
    return (await Promise.all(shards)).flat();
  }
}

/** The notes about a part of the messages. A result leaves this object only after its writes are stored. */
export class MessageNotes extends DurableObject {
  constructor(context, env) {
    super(context, env);
    this.sql = context.storage.sql;
    // `tried` is the beginning of the first call whose effect is unknown, and `until` the end of the claim.
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS messages (
        id TEXT PRIMARY KEY, fate TEXT NOT NULL DEFAULT 'open', reason TEXT, tried INTEGER, until INTEGER NOT NULL, ended INTEGER
      )`);
    context.blockConcurrencyWhile(async () => {
      if (!(await context.storage.getAlarm())) await context.storage.setAlarm(Date.now() + DAY);
    });
  }

  /** Claims a message. Returns the claim, or the milliseconds for which another consumer has it, or neither if it has a fate. */
  claim(id, hasKey) {
    const now = Date.now();
    const [note] = this.sql.exec("SELECT fate, tried, until FROM messages WHERE id = ?", id).toArray();
    if (note && note.fate !== "open") return {};
    if (note && now < note.until) return { wait: note.until - now };
    const inDoubt = note !== undefined && note.tried !== null;
    const until = now + claimTime(this.env);
    if (inDoubt && !(hasKey && now - note.tried < keyLifetime(this.env))) {
      this.end(id, note.until, "unknown", "a consumer stopped");
      return {};
    }
    this.sql.exec(
      `INSERT INTO messages (id, tried, until) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET tried = coalesce(tried, excluded.tried), until = excluded.until`,
      id, now, until,
    );
    return { until, inDoubt };
  }

  /** Notes the fate. A late consumer, whose claim has ended, changes nothing. It may only add that it has sent the message. */
  end(id, until, fate, reason = null) {
    this.sql.exec(
      "UPDATE messages SET fate = ?, reason = ?, ended = ? WHERE id = ? AND (fate = 'open' AND until = ? OR fate = 'unknown')",
      fate, reason, Date.now(), id, until,
    );
  }

  /** Gives a claim up. `mayHaveHappened` is true if the vendor may have the message. */
  later(id, until, mayHaveHappened, reason) {
    const tried = mayHaveHappened ? "tried" : "NULL";
    this.sql.exec(`UPDATE messages SET until = 0, reason = ?, tried = ${tried} WHERE id = ? AND fate = 'open' AND until = ?`, reason, id, until);
  }

  fate(id) {
    const [note] = this.sql.exec("SELECT fate FROM messages WHERE id = ?", id).toArray();
    return note?.fate ?? "open";
  }

  unknown() {
    return this.sql.exec("SELECT id, reason FROM messages WHERE fate = 'unknown' ORDER BY id").toArray();
  }

  /** Deletes old fates, once a day. */
  async alarm() {
    this.sql.exec("DELETE FROM messages WHERE ended < ?", Date.now() - RETENTION);
    await this.ctx.storage.setAlarm(Date.now() + DAY);
  }
}

export default {
  /** Sends the messages of a batch at the same time. The rate limiter lets them leave at the pace of the key. */
  async queue(batch, env) {
    const send = senders(env);
    await Promise.all(batch.messages.map((message) => handle(message, send, env)));
  },
};

async function handle(message, send, env) {
  const { vendor, id, to, text } = message.body;
  const notes = notesOf(env, id);
  const { until, inDoubt, wait } = await notes.claim(id, vendor === "zagely");
  if (wait !== undefined) return message.retry({ delaySeconds: Math.ceil(wait / 1000) });
  if (until === undefined) return message.ack();
  try {
    await send[vendor](id, to, text);
  } catch (error) {
    if (!(error instanceof HudhudError)) throw error; // The queue delivers again when the claim has ended.
    const then = fateAfter(error, inDoubt);
    // The text of an error holds no phone number and no message text, so it may be stored.
    if (then === "later") {
      await notes.later(id, until, inDoubt || error.mayHaveHappened, `${error}`);
      return message.retry({ delaySeconds: pause(error, message.attempts) });
    }
    await notes.end(id, until, then, `${error}`);
    return message.ack();
  }
  await notes.end(id, until, "sent");
  return message.ack();
}

/** Returns a function for each vendor that sends a message. A client is made when it is needed first. */
function senders(env) {
  const deadlineMs = longestCall(env);
  const made = new Map();
  const client = (of, name) => {
    if (!made.has(name)) {
      // All consumers share the limits of the key.
      const rateLimiter = new RateLimiter({ store: durableObjectStore(env.LIMITER, `${name}:main`) });
      made.set(name, of.fromEnv(env, { rateLimiter }));
    }
    return made.get(name);
  };
  return {
    zagely: (id, to, text) => client(Zagely, "zagely").messages.send({ to, message: text }, { idempotencyKey: id, deadlineMs }),
    wazaj: (_, to, text) => client(Wazaj, "wazaj").messages.sendText({ to, body: text }, { deadlineMs }),
  };
}

/**
 * Returns what follows from a failed call. `later`: call again. `refused`: the vendor will never accept this message. `unknown`:
 * the recipient may have it. `inDoubt` is true if an earlier call may have sent it.
 */
function fateAfter(error, inDoubt) {
  if (error.safeToRetry) return "later";
  if (error.mayHaveHappened) return "unknown";
  if (["invalid_request", "validation", "client"].includes(error.kind)) return inDoubt ? "unknown" : "refused";
  return "later"; // A quota is used up, or the keys are wrong: nothing is lost while a person corrects it.
}

/** Returns the seconds until the next delivery: what the vendor asks for, or else a growing pause of up to an hour. */
function pause(error, attempts) {
  const requested = Math.ceil((error.retryAfterMs ?? 0) / 1000);
  return Math.min(Math.max(requested, Math.min(2 ** attempts, 3600)), LONGEST_DELAY);
}

/** The longest delay of a queue, in seconds. */
const LONGEST_DELAY = 43_200;

const shardOf = (env, shard) => env.NOTES.get(env.NOTES.idFromName(`${shard}`));

function notesOf(env, id) {
  let hash = 0;
  for (const letter of id) hash = (hash * 33 + letter.charCodeAt(0)) % 65_521;
  return shardOf(env, hash % SHARDS);
}

// The Worker of inbox.mjs: the inbox, a receiver that is written by hand on the same store, and one that keeps an object for
// each event.

import { DurableObject } from "cloudflare:workers";

import { durableObjectInbox, InboxObject } from "hudhud/cloudflare";

export class Inbox extends InboxObject {
  bytes() {
    return this.ctx.storage.sql.databaseSize;
  }
}

/** Does what a program without the inbox would do: a row for each event, with a lease. */
export class Plain extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, status TEXT NOT NULL, lease_end INTEGER, forget_at INTEGER) WITHOUT ROWID");
  }

  claim(key, now, forgetAt) {
    const { sql } = this.ctx.storage;
    const [row] = sql.exec("SELECT status, lease_end FROM seen WHERE key = ?", key);
    if (row?.status === "done") return "duplicate";
    if (row?.status === "leased" && row.lease_end > now) return "busy";
    sql.exec("INSERT INTO seen VALUES (?1, 'leased', ?2, ?3) ON CONFLICT (key) DO UPDATE SET status = 'leased', lease_end = ?2", key, now + 30_000, forgetAt);
    return "handle";
  }

  done(key) {
    this.ctx.storage.sql.exec("UPDATE seen SET status = 'done' WHERE key = ?", key);
  }
}

/** An object for each event. */
export class Seen extends DurableObject {
  async handle() {
    if (await this.ctx.storage.get("queued")) return this.ctx.storage.sql.databaseSize;
    await this.ctx.storage.put("queued", true);
    await this.ctx.storage.setAlarm(Date.now() + 86_400_000);
    await this.ctx.storage.put("handled", true);
    return this.ctx.storage.sql.databaseSize;
  }

  async alarm() {
    await this.ctx.storage.deleteAll();
  }
}

/** Returns a function that handles an event, and the objects that it uses. */
function receiver(how, { INBOX, PLAIN, SEEN }, shards) {
  const until = () => Date.now() + 86_400_000;
  if (how === "inbox") {
    const inbox = durableObjectInbox(INBOX, { shards });
    return (replayKey) => inbox.receive({ replayKey, deduplicateUntil: new Date(until()) }, () => {});
  }
  if (how === "each") return (key) => SEEN.get(SEEN.idFromName(key)).handle();
  return async (key) => {
    const object = PLAIN.get(PLAIN.idFromName(`${Number.parseInt(key.slice(0, 4), 16) % shards}`));
    if ((await object.claim(key, Date.now(), until())) === "handle") await object.done(key);
  };
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const [events, shards] = ["events", "shards"].map((name) => Number(searchParams.get(name)));
    const handle = receiver(pathname.slice(1), env, shards);
    let bytes = 0;
    const one = async () => {
      const result = await handle(crypto.randomUUID());
      if (typeof result === "number") bytes += result;
    };
    for (let at = 0; at < events; at += 32) await Promise.all(Array.from({ length: Math.min(32, events - at) }, one));
    if (pathname === "/inbox") for (let shard = 0; shard < shards; shard++) bytes += await env.INBOX.get(env.INBOX.idFromName(`hudhud-inbox-${shard}`)).bytes();
    return Response.json(bytes);
  },
};

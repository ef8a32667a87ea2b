// The Worker of storage.mjs: the inbox, and the receiver without it that keeps an object for each event.

import { DurableObject } from "cloudflare:workers";

import { durableObjectInbox, InboxObject } from "hudhud/cloudflare";

export class Inbox extends InboxObject {
  bytes() {
    return this.ctx.storage.sql.databaseSize;
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

export default {
  async fetch(request, { INBOX, SEEN }) {
    const { searchParams } = new URL(request.url);
    const [events, shards] = ["events", "shards"].map((name) => Number(searchParams.get(name)));
    let bytes = 0;
    if (!shards) {
      for (let at = 0; at < events; at++) bytes += await SEEN.get(SEEN.idFromName(crypto.randomUUID())).handle();
      return Response.json(bytes);
    }
    const inbox = durableObjectInbox(INBOX, { shards });
    const one = async () => inbox.receive({ replayKey: crypto.randomUUID(), deduplicateUntil: new Date(Date.now() + 86_400_000) }, () => {});
    for (let at = 0; at < events; at += 32) await Promise.all(Array.from({ length: Math.min(32, events - at) }, one));
    for (let shard = 0; shard < shards; shard++) bytes += await INBOX.get(INBOX.idFromName(`hudhud-inbox-${shard}`)).bytes();
    return Response.json(bytes);
  },
};

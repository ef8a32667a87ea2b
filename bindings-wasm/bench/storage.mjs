// Measures the bytes of SQLite storage per event in Cloudflare's runtime: the inbox, and an object for each event.
//
//     PACKAGE=FOLDER node bench/storage.mjs
//
// A million events in 256 objects are 3,906 events in each object: 2 objects with as many each are measured.

import { join } from "node:path";

import { Miniflare } from "miniflare";

import { modulesOf } from "../test/inbox/runtime.mjs";

const SHARDS = 2;
const OF_A_MILLION = Math.floor(1e6 / 256);
const objects = (className) => ({ className, useSQLite: true });
const miniflare = new Miniflare({
  compatibilityDate: "2026-07-01",
  modulesRoot: "/",
  modules: await modulesOf(join(import.meta.dirname, "storage-worker.js")),
  durableObjects: { INBOX: objects("Inbox"), SEEN: objects("Seen") },
});
/** Handles events in steps, because a request has a limit. Returns the bytes after the last one. */
async function bytes(events, shards) {
  let last = 0;
  for (let left = events; left > 0; left -= 2000) {
    const response = await miniflare.dispatchFetch(`http://worker/?events=${Math.min(left, 2000)}&shards=${shards}`);
    last = shards ? await response.json() : last + (await response.json());
  }
  return last;
}
const inbox = (await bytes(SHARDS * OF_A_MILLION, SHARDS)) / (SHARDS * OF_A_MILLION);
const each = (await bytes(200, 0)) / 200;
console.log(JSON.stringify({ "inbox, bytes per event": Math.round(inbox), "an object for each event, bytes per event": Math.round(each) }));
await miniflare.dispose();

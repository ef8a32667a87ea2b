// Cloudflare's runtime with the Worker of `cargo xtask fleet`, whose Durable Object keeps the state of a limiter. Prints the
// port, and runs until it is killed or its input ends.

import { join } from "node:path";
import process from "node:process";

import { Miniflare } from "miniflare";

import { modulesOf } from "../inbox/runtime.mjs";

const miniflare = new Miniflare({
  compatibilityDate: "2026-07-01",
  host: "127.0.0.1",
  port: 0,
  modulesRoot: "/",
  modules: await modulesOf(join(import.meta.dirname, "worker.js")),
  durableObjects: { LIMITER: { className: "RateLimiterObject", useSQLite: true } },
});
console.log((await miniflare.ready).port);
process.stdin.on("end", () => miniflare.dispose()).resume();

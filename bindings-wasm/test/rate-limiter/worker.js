// A Worker that sends messages with the rate limiter of a Durable Object, and lets other programs use that object.
//
// `POST /send` takes the settings of `sendMany` as JSON, and returns a line for each event. With `isAlone` it shares no
// limiter. `GET /state` returns the object's state. `PUT /state` replaces it under the condition `If-Match` or
// `If-None-Match: *`. The ETag is the state in hexadecimal digits.

import { RateLimiter, Zagely } from "hudhud/index";
import { durableObjectStore, RateLimiterObject } from "hudhud/cloudflare";

import { sendMany } from "./sends.mjs";

export { RateLimiterObject };

const tag = (bytes) => `"${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
const bytesOf = (tag) => Uint8Array.from(tag.match(/[0-9a-f]{2}/g), (pair) => parseInt(pair, 16));

async function state(request, store) {
  if (request.method === "GET") {
    const bytes = await store.load();
    return bytes ? new Response(bytes, { headers: { ETag: tag(bytes) } }) : new Response(null, { status: 204 });
  }
  const match = request.headers.get("If-Match");
  const isReplaced = await store.swap(match ? bytesOf(match) : undefined, new Uint8Array(await request.arrayBuffer()));
  return new Response(null, { status: isReplaced ? 204 : 412 });
}

export default {
  async fetch(request, env) {
    const store = durableObjectStore(env.LIMITER, "zagely:main");
    if (new URL(request.url).pathname === "/state") return state(request, store);
    const { options, isAlone, ...settings } = await request.json();
    // As in a program: a limiter and a client for each request.
    const rateLimiter = new RateLimiter(isAlone ? {} : { store });
    const client = (fetch) => new Zagely({ ...options, rateLimiter, fetch });
    const encoder = new TextEncoder();
    const lines = new ReadableStream({
      start(to) {
        sendMany({ ...settings, client }, (line) => to.enqueue(encoder.encode(`${line}\n`))).then(
          () => to.close(),
          (error) => to.error(error),
        );
      },
    });
    return new Response(lines);
  },
};

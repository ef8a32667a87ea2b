// A Worker that sends messages, with the rate limiter of a Durable Object. `GET /?count=60&first=0` returns the results.

import { RateLimiter, Zagely } from "hudhud/index";
import { durableObjectStore, RateLimiterObject } from "hudhud/cloudflare";

export { RateLimiterObject };

export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const [count, first] = [Number(searchParams.get("count")), Number(searchParams.get("first"))];
    let refused = 0;
    const counting = async (...given) => {
      const response = await fetch(...given);
      if (response.status === 429) refused += 1;
      return response;
    };
    // As in a program: a limiter and a client for each request.
    const rateLimiter = new RateLimiter({ store: durableObjectStore(env.LIMITER, "zagely:main") });
    const zagely = new Zagely({ ...env.CLIENT, rateLimiter, fetch: counting });
    const begun = Date.now();
    const sends = Array.from({ length: count }, async (_, number) => {
      const { message_id } = await zagely.messages.send({ to: `+1555${String(first + number).padStart(7, "0")}`, message: "hi" });
      return message_id;
    });
    return Response.json({ ids: await Promise.all(sends), refused, seconds: (Date.now() - begun) / 1000 });
  },
};

"""A process that sends messages under limits that it shares with others by a store. It prints the statuses and the times.

    rate_limiter_process.py KIND ADDRESS BASE_URL PUBLIC_KEY SECRET_KEY SESSION SENDS
"""

import asyncio
import concurrent.futures
import json
import sys
import time

import hudhud
from hudhud.observer import AttemptEnd

kind, address, base_url, public_key, secret_key, session_id, sends = sys.argv[1:]


class Statuses:
    def __init__(self):
        self.seen = []

    def begin(self, call):
        return None

    def event(self, token, event):
        if isinstance(event, AttemptEnd):
            self.seen.append((time.time(), event.status))

    def end(self, token, outcome):
        pass


class Counting:
    """A store that counts its uses. The asynchronous stores return coroutines, which the client awaits."""

    def __init__(self, store):
        self.store = store
        self.uses = 0

    def load(self):
        self.uses += 1
        return self.store.load()

    def swap(self, old, new):
        return self.store.swap(old, new)


def opened():
    if kind == "sqlite":
        from hudhud.rate_limiter.sqlite import SqliteStore

        return SqliteStore(address, "main")
    if kind.startswith("redis"):
        import redis
        import redis.asyncio
        from hudhud.rate_limiter.redis import AsyncRedisStore, RedisStore

        if kind.endswith("async"):
            return AsyncRedisStore(redis.asyncio.Redis(port=int(address)), "main")
        return RedisStore(redis.Redis(port=int(address)), "main")
    from hudhud.rate_limiter.psycopg import AsyncPsycopgStore, PsycopgStore

    return (AsyncPsycopgStore if kind.endswith("async") else PsycopgStore)(address, "main")


store, statuses = Counting(opened()), Statuses()
settings = {
    "base_url": base_url,
    "session_id": session_id,
    "observer": statuses,
    "rate_limiter": hudhud.RateLimiter(store=store),
}
numbers = [f"+1555{number:07}" for number in range(int(sends))]


async def main():
    async with hudhud.AsyncZagely(public_key, secret_key, **settings) as zagely:
        await asyncio.gather(*(zagely.messages.send(to=number, message="hi") for number in numbers))


if kind.endswith("async") or kind == "sqlite":
    asyncio.run(main())
else:
    with hudhud.Zagely(public_key, secret_key, **settings) as zagely, concurrent.futures.ThreadPoolExecutor(32) as pool:
        for sent in [pool.submit(zagely.messages.send, to=number, message="hi") for number in numbers]:
            sent.result()
print(json.dumps({"seen": statuses.seen, "uses": store.uses}))

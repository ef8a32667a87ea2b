"""One of the processes of `cargo xtask fleet`, which share the limits of a key through a store. It prints a line for each event.

It reads the variables `FLEET_…`, and sends `FLEET_SENDS` messages at once and an urgent one every `FLEET_URGENT` seconds.
"""

import asyncio
import os
import time

import httpx

import hudhud
from hudhud.observer import AttemptEnd


def given(name):
    return os.environ[f"FLEET_{name}"]


class Statuses:
    def begin(self, call):
        return None

    def event(self, token, event):
        if isinstance(event, AttemptEnd):
            print("attempt", time.time(), event.status or 0, flush=True)

    def end(self, token, outcome):
        pass


class ObjectStore:
    """The store in the Durable Object of another process, which a Worker makes available over HTTP."""

    def __init__(self, port):
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}")

    async def load(self):
        response = await self._client.get("/state")
        response.raise_for_status()
        return response.content or None

    async def swap(self, old, new):
        condition = {"If-None-Match": "*"} if old is None else {"If-Match": f'"{old.hex()}"'}
        response = await self._client.put("/state", headers=condition, content=new)
        if response.status_code == 412:
            return False
        response.raise_for_status()
        return True


def opened():
    kind, _, address = given("STORE").partition(":")
    if kind == "sqlite":
        from hudhud.rate_limiter.sqlite import SqliteStore

        return SqliteStore(address, "fleet")
    if kind == "redis":
        import redis.asyncio
        from hudhud.rate_limiter.redis import AsyncRedisStore

        return AsyncRedisStore(redis.asyncio.Redis(port=int(address)), "fleet")
    if kind == "durable-object":
        return ObjectStore(address)
    from hudhud.rate_limiter.psycopg import AsyncPsycopgStore

    return AsyncPsycopgStore(f"postgresql://hudhud@127.0.0.1:{address}/postgres", "fleet")


async def main():
    first, sends, every = int(given("FIRST")), int(given("SENDS")), float(given("URGENT"))
    settings = {"base_url": given("BASE_URL"), "session_id": given("SESSION"), "observer": Statuses()}
    limiter = hudhud.RateLimiter(store=opened())
    async with hudhud.AsyncZagely(given("PUBLIC"), given("SECRET"), rate_limiter=limiter, **settings) as zagely:

        async def bulk(number):
            await zagely.messages.send(to=f"+1555{first + number:07}", message="hi")
            print("arrived", time.time(), flush=True)

        async def urgent():
            while True:
                await asyncio.sleep(every)
                begun = time.time()
                await zagely.messages.send(to="+15559999999", message="hi", lane="urgent")
                print("urgent", time.time(), time.time() - begun, flush=True)

        others = asyncio.create_task(urgent())
        await asyncio.gather(*map(bulk, range(sends)))
        others.cancel()


asyncio.run(main())

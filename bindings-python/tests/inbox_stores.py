"""The stores of the inbox under one interface, for tests: an asynchronous inbox is driven from threads too."""

import asyncio
import contextlib
import threading

import psycopg
import redis
import redis.asyncio
from hudhud.inbox import (
    AsyncForgetfulStore,
    AsyncLeasedInbox,
    AsyncTransactionalInbox,
    ForgetfulStore,
    LeasedInbox,
    TransactionalInbox,
)

STORES = ("sqlite", "sqlite async", "psycopg", "psycopg async", "asyncpg", "redis", "redis async")
FORGETFUL = ("forgetful", "forgetful async")


class Opened:
    """An inbox over a store. `handle(key, connection or lease)` runs before the effect, and may raise."""

    def __init__(self, kind, address, *, transactional=True, handle=lambda key, given: None, **settings):
        self.kind, self.address, self.transactional, self.handle = kind, address, transactional, handle
        self.is_async = kind == "asyncpg" or kind.endswith("async")
        self._loop = asyncio.new_event_loop()
        if self.is_async:
            threading.Thread(target=self._loop.run_forever, daemon=True).start()
        classes = (AsyncTransactionalInbox, AsyncLeasedInbox) if self.is_async else (TransactionalInbox, LeasedInbox)
        self.store = self._call(self._store)
        self.inbox = classes[not transactional](self.store, **settings)
        self.inbox.handler(self._handle_async if self.is_async else self._handle)

    def _store(self):
        if self.kind.startswith("sqlite"):
            from hudhud.inbox.sqlite import AsyncSqliteStore, SqliteStore

            return (AsyncSqliteStore if self.is_async else SqliteStore)(self.address, timeout=60)
        if self.kind.startswith("psycopg"):
            from hudhud.inbox.psycopg import AsyncPsycopgStore, PsycopgStore

            return (AsyncPsycopgStore if self.is_async else PsycopgStore)(self.address)
        if self.kind == "asyncpg":
            from hudhud.inbox.asyncpg import AsyncpgStore

            return AsyncpgStore(self.address)
        if self.kind.startswith("redis"):
            from hudhud.inbox.redis import AsyncRedisStore, RedisStore

            if self.is_async:
                return AsyncRedisStore(redis.asyncio.Redis(port=self.address))
            return RedisStore(redis.Redis(port=self.address))
        return AsyncForgetfulStore() if self.is_async else ForgetfulStore()

    def _call(self, function, *arguments):
        """Calls a function in the loop, and waits for its result."""
        if not self.is_async:
            return function(*arguments)

        async def called():
            result = function(*arguments)
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result(120)

    def receive(self, event):
        return self._call(self.inbox.receive, event)

    def ask(self, method, *arguments):
        return self._call(getattr(self.inbox, method), *arguments)

    def close(self):
        self._call(self.store.close)

    def _handle(self, event, given):
        self.handle(event.replay_key, given)
        if self.transactional:
            self._effect(given, event.replay_key)

    async def _handle_async(self, event, given):
        await asyncio.to_thread(self.handle, event.replay_key, given)
        if not self.transactional:
            return
        if self.kind == "asyncpg":
            await given.execute("INSERT INTO effects VALUES ($1)", event.replay_key)
        elif self.kind == "psycopg async":
            await given.execute("INSERT INTO effects VALUES (%s)", (event.replay_key,))
        else:
            self._effect(given, event.replay_key)

    def _effect(self, connection, key):
        if self.kind.startswith("redis"):
            connection.rpush("effects", key)
        else:
            mark = "?" if self.kind.startswith("sqlite") else "%s"
            connection.execute(f"INSERT INTO effects VALUES ({mark})", (key,))


def make_effects(kind, address):
    """Makes the place in which effects are counted, empty."""
    if kind.startswith("redis"):
        with redis.Redis(port=address) as client:
            client.flushall()
    elif kind.startswith("sqlite"):
        with _sqlite(address) as database:
            database.execute("CREATE TABLE IF NOT EXISTS effects (key TEXT)")
    elif kind not in FORGETFUL:
        with psycopg.connect(address) as database:
            database.execute("DROP TABLE IF EXISTS effects, hudhud_inbox, hudhud_inbox_version")
            database.execute("CREATE TABLE effects (key TEXT)")


def effects(kind, address):
    """Returns the keys of all effects."""
    if kind.startswith("redis"):
        with redis.Redis(port=address) as client:
            return [key.decode() for key in client.lrange("effects", 0, -1)]
    if kind.startswith("sqlite"):
        with _sqlite(address) as database:
            return [key for (key,) in database.execute("SELECT key FROM effects")]
    with psycopg.connect(address) as database:
        return [key for (key,) in database.execute("SELECT key FROM effects").fetchall()]


def _sqlite(path):
    import sqlite3

    return contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=60))

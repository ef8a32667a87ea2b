"""Stores in Redis 6.2 or later: `pip install 'hudhud[redis]'`.

    from hudhud.inbox import TransactionalInbox
    from hudhud.inbox.redis import RedisStore

    inbox = TransactionalInbox(RedisStore(redis.Redis()))

    @inbox.handler
    def handle(event: WebhookEvent, commands: redis.client.Pipeline) -> None:
        commands.incr("orders")                     # queued, and executed together with the mark of the event

The commands of a transactional handler are queued, so they return no values. Redis executes all or, if another
process was faster, none. It does not roll back: if one of the commands fails, the others stay, and the event counts as handled. Set `appendonly yes`
and `appendfsync always`, or a crash of Redis loses marks.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import redis
import redis.asyncio
from redis.asyncio.client import Pipeline as AsyncPipeline
from redis.client import Pipeline

from .._store_arguments import check_redis
from ..errors import HudhudError
from ._store import Change, StoreBusyError

__all__ = ["AsyncRedisStore", "AsyncRedisTransaction", "RedisStore", "RedisTransaction"]

_PUT_OR_GET = """
local stored = redis.call('GET', KEYS[1])
if stored then return stored end
if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2]) end
return ARGV[1]
"""
_REPLACE = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[3] then return 0 end
if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2]) end
return 1
"""
_ENDED = "the handler executed or reset the pipeline: it must only queue commands"
# The second byte of an entry is its status.
_POISONED = b"\x03"


def _arguments(change: Change) -> list[Any]:
    return [change.entry, "" if change.forget_at is None else change.forget_at]


def _pattern(prefix: str) -> str:
    """Returns the pattern that matches all names with this beginning. Characters that are special in patterns are escaped."""
    return re.sub(r"[\\*?\[\]^-]", r"\\\g<0>", prefix) + "*"


_CONTENT = "entries are bytes"


def _check_is_queued(pipeline: Any, mark: Any) -> None:
    """Refuses a pipeline without the command that stores the entry: the handler has executed it, or has dropped its commands."""
    if mark is not None and not any(command is mark for command in pipeline.command_stack):
        raise HudhudError(_ENDED)


class RedisTransaction:
    """A transaction of a `RedisStore`: commands that are queued until its end."""

    def __init__(self, pipeline: Pipeline, prefix: str) -> None:
        self._pipeline = pipeline
        self._prefix = prefix
        # The command that stores the entry.
        self._mark: Any = None

    @property
    def connection(self) -> Pipeline:
        """The pipeline, which the handler receives."""
        return self._pipeline

    def put_or_get(self, key: str, change: Change) -> bytes:
        """Queues an entry if the key has none. Returns the stored entry."""
        self._pipeline.watch(self._prefix + key)  # type: ignore[no-untyped-call]
        stored: bytes | None = self._pipeline.get(self._prefix + key)  # type: ignore[assignment]
        if stored is not None:
            return stored
        self._put(key, change)
        return change.entry

    def replace(self, key: str, change: Change) -> bool:
        """Queues an entry. `put_or_get` has read the stored one, and the transaction fails if it was changed since."""
        self._put(key, change)
        return True

    def _put(self, key: str, change: Change) -> None:
        self._pipeline.multi()
        self._pipeline.set(self._prefix + key, change.entry, pxat=change.forget_at)
        self._mark = self._pipeline.command_stack[-1]


class RedisStore:
    """A store in Redis. Redis deletes the entries itself.

    Arguments:
        client: The client. Do not set `decode_responses`, because entries are bytes.
        prefix: The beginning of the store's keys. Default `hudhud:inbox:`.
    """

    def __init__(self, client: redis.Redis, *, prefix: str = "hudhud:inbox:") -> None:
        check_redis(client, is_async=False, content=_CONTENT)
        self._client = client
        self._prefix = prefix
        self._put_or_get = client.register_script(_PUT_OR_GET)
        self._replace = client.register_script(_REPLACE)

    @contextmanager
    def transaction(self) -> Iterator[RedisTransaction]:
        """Begins a transaction. Its commands are executed at the end, and dropped after an exception."""
        with self._client.pipeline(transaction=True) as pipeline:
            transaction = RedisTransaction(pipeline, self._prefix)
            yield transaction
            _check_is_queued(pipeline, transaction._mark)
            try:
                pipeline.execute()
            except redis.WatchError as error:
                raise StoreBusyError("another process changed the entry at the same moment: the vendor delivers again") from error

    def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        stored = self._put_or_get([self._prefix + key], _arguments(change))
        return bytes(stored)

    def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        replaced = self._replace([self._prefix + key], [*_arguments(change), change.expected or b""])
        return bool(replaced)

    def clean_up(self, now_ms: int) -> int:
        """Does nothing: Redis deletes entries whose time has passed. Returns 0."""
        return 0

    def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events. This reads all entries."""
        found = []
        for name in self._client.scan_iter(match=_pattern(self._prefix), count=1000):
            entry: Any = self._client.get(name)
            if entry is not None and entry[1:2] == _POISONED:
                found.append(name.decode().removeprefix(self._prefix))
        return sorted(found)

    def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        deleted = self._client.delete(self._prefix + key)
        return deleted == 1

    def close(self) -> None:
        """Does nothing: the program closes its client."""


class AsyncRedisTransaction:
    """A transaction of an `AsyncRedisStore`: commands that are queued until its end."""

    def __init__(self, pipeline: AsyncPipeline, prefix: str) -> None:
        self._pipeline = pipeline
        self._prefix = prefix
        # The command that stores the entry.
        self._mark: Any = None

    @property
    def connection(self) -> AsyncPipeline:
        """The pipeline, which the handler receives."""
        return self._pipeline

    async def put_or_get(self, key: str, change: Change) -> bytes:
        """Queues an entry if the key has none. Returns the stored entry."""
        await self._pipeline.watch(self._prefix + key)
        stored: bytes | None = await self._pipeline.get(self._prefix + key)  # type: ignore[assignment]
        if stored is not None:
            return stored
        self._put(key, change)
        return change.entry

    async def replace(self, key: str, change: Change) -> bool:
        """Queues an entry. `put_or_get` has read the stored one, and the transaction fails if it was changed since."""
        self._put(key, change)
        return True

    def _put(self, key: str, change: Change) -> None:
        self._pipeline.multi()  # type: ignore[no-untyped-call]
        self._pipeline.set(self._prefix + key, change.entry, pxat=change.forget_at)
        self._mark = self._pipeline.command_stack[-1]


class AsyncRedisStore:
    """A store in Redis, for asyncio. Redis deletes the entries itself.

    Arguments:
        client: The client. Do not set `decode_responses`, because entries are bytes.
        prefix: The beginning of the store's keys. Default `hudhud:inbox:`.
    """

    def __init__(self, client: redis.asyncio.Redis, *, prefix: str = "hudhud:inbox:") -> None:
        check_redis(client, is_async=True, content=_CONTENT)
        self._client = client
        self._prefix = prefix
        self._put_or_get = client.register_script(_PUT_OR_GET)
        self._replace = client.register_script(_REPLACE)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncRedisTransaction]:
        """Begins a transaction. Its commands are executed at the end, and dropped after an exception."""
        async with self._client.pipeline(transaction=True) as pipeline:
            transaction = AsyncRedisTransaction(pipeline, self._prefix)
            yield transaction
            _check_is_queued(pipeline, transaction._mark)
            try:
                await pipeline.execute()
            except redis.WatchError as error:
                raise StoreBusyError("another process changed the entry at the same moment: the vendor delivers again") from error

    async def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        stored = await self._put_or_get([self._prefix + key], _arguments(change))
        return bytes(stored)

    async def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        replaced = await self._replace([self._prefix + key], [*_arguments(change), change.expected or b""])
        return bool(replaced)

    async def clean_up(self, now_ms: int) -> int:
        """Does nothing: Redis deletes entries whose time has passed. Returns 0."""
        return 0

    async def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events. This reads all entries."""
        found = []
        async for name in self._client.scan_iter(match=_pattern(self._prefix), count=1000):
            entry: Any = await self._client.get(name)
            if entry is not None and entry[1:2] == _POISONED:
                found.append(name.decode().removeprefix(self._prefix))
        return sorted(found)

    async def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        deleted = await self._client.delete(self._prefix + key)
        return deleted == 1

    async def close(self) -> None:
        """Does nothing: the program closes its client."""

"""Stores in Redis: `pip install 'hudhud[redis]'`.

    from hudhud import RateLimiter
    from hudhud.rate_limiter.redis import RedisStore

    limiter = RateLimiter(store=RedisStore(redis.Redis(), "zagely:main"))

`AsyncRedisStore` takes a client of `redis.asyncio`, for `AsyncZagely`. The state has no expiry. If Redis loses it, the
limiter learns the limits again.
"""

from __future__ import annotations

import redis
import redis.asyncio

from .._store_arguments import check_redis, text_of

__all__ = ["AsyncRedisStore", "RedisStore"]

_SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


_CONTENT = "the state is bytes"


class RedisStore:
    """A store in Redis.

    Arguments:
        client: The client. Do not set `decode_responses`, because the state is bytes.
        name: The name of the limiter. Use one for each key.
        prefix: The beginning of the store's key. Default `hudhud:rate_limiter:`.
    """

    def __init__(self, client: redis.Redis, name: str, *, prefix: str = "hudhud:rate_limiter:") -> None:
        check_redis(client, is_async=False, content=_CONTENT)
        self._client = client
        self._key = prefix + text_of("name", name)
        self._swap = client.register_script(_SWAP)

    def load(self) -> bytes | None:
        """Returns the bytes, or `None` if the store is empty."""
        stored = self._client.get(self._key)
        return stored if isinstance(stored, bytes) else None

    def swap(self, old: bytes | None, new: bytes) -> bool:
        """Replaces the bytes if they are still `old`. Returns true if they were replaced."""
        return bool(self._swap([self._key], [old or b"", new]))


class AsyncRedisStore:
    """A store in Redis, for asyncio.

    Arguments:
        client: The client of `redis.asyncio`. Do not set `decode_responses`, because the state is bytes.
        name: The name of the limiter. Use one for each key.
        prefix: The beginning of the store's key. Default `hudhud:rate_limiter:`.
    """

    def __init__(self, client: redis.asyncio.Redis, name: str, *, prefix: str = "hudhud:rate_limiter:") -> None:
        check_redis(client, is_async=True, content=_CONTENT)
        self._client = client
        self._key = prefix + text_of("name", name)
        self._swap = client.register_script(_SWAP)

    async def load(self) -> bytes | None:
        """Returns the bytes, or `None` if the store is empty."""
        stored = await self._client.get(self._key)
        return stored if isinstance(stored, bytes) else None

    async def swap(self, old: bytes | None, new: bytes) -> bool:
        """Replaces the bytes if they are still `old`. Returns true if they were replaced."""
        return bool(await self._swap([self._key], [old or b"", new]))

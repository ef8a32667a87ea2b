"""Stores through which processes share the rate limits of a key.

    from hudhud import RateLimiter, Zagely
    from hudhud.rate_limiter.redis import RedisStore

    limiter = RateLimiter(store=RedisStore(redis.Redis(), "zagely:main"))
    zagely = Zagely(public_key, secret_key, rate_limiter=limiter)

Each process takes permits from the store in blocks. At large limits one use of the store is enough for about 50 requests. The
permits of a process that dies expire after a quarter of a second. The clocks of the machines must agree within half a second.

- `hudhud.rate_limiter.sqlite`: processes of one machine. Needs nothing else.
- `hudhud.rate_limiter.redis`: `pip install 'hudhud[redis]'`.
- `hudhud.rate_limiter.psycopg`: PostgreSQL, `pip install 'hudhud[postgres]'`.

Another store needs the two methods of `Store`, or those of `AsyncStore`. It must limit the time of its own requests, such as
with `redis.Redis(socket_timeout=5)`: while it hangs, calls end only when their deadlines pass or they are cancelled.
"""

from __future__ import annotations

from typing import Protocol

from .._hudhud import RateLimiter

__all__ = ["AsyncStore", "RateLimiter", "Store"]


class Store(Protocol):
    """A place for the bytes of one limiter, for a client that blocks. A call with a deadline uses the store on another thread, so
    that it can end when its deadline passes. `AsyncZagely` accepts the store too, and blocks the event loop while it uses it."""

    def load(self) -> bytes | None:
        """Returns the bytes, or `None` if the store is empty."""
        ...

    def swap(self, old: bytes | None, new: bytes) -> bool:
        """Replaces the bytes if they are still `old`. Returns true if they were replaced."""
        ...


class AsyncStore(Protocol):
    """A place for the bytes of one limiter, for an asynchronous client."""

    async def load(self) -> bytes | None:
        """Returns the bytes, or `None` if the store is empty."""
        ...

    async def swap(self, old: bytes | None, new: bytes) -> bool:
        """Replaces the bytes if they are still `old`. Returns true if they were replaced."""
        ...

"""The use of a rate limiter's store, between the steps of a call that waits."""

from __future__ import annotations

import time
from typing import Any

from ._hudhud import Absent, RateLimiter
from ._log import log
from .errors import ArgumentError, HudhudError, StoreError

# The seconds for which calls wait while a store fails.
_PATIENCE = 30.0


def chosen(given: Any) -> RateLimiter | None:
    """Validates the argument `rate_limiter`. Without one, the client gets its own."""
    if isinstance(given, Absent):
        return RateLimiter()
    if given is None or isinstance(given, RateLimiter):
        return given
    raise ArgumentError(f"argument 'rate_limiter': expected a RateLimiter or None, not {type(given).__name__}")


async def refresh(limiter: Any, trip: int, is_blocking: bool) -> None:
    """Takes permits from the store, and stores what the limiter has learned."""
    store = limiter.store
    try:
        while True:
            stored = await _ended(store.load(), is_blocking)
            try:
                new = limiter._update(trip, stored, time.time())
            except HudhudError as error:
                raise StoreError(str(error)) from None
            if await _ended(store.swap(stored, new), is_blocking):
                if not limiter._stored(trip, time.time()):
                    raise TimeoutError("the store took longer than 5 s")
                return
    except Exception as error:
        failing_for = limiter._store_failed(trip, time.time())
        if isinstance(error, (ArgumentError, StoreError)):
            raise
        if failing_for >= _PATIENCE:
            told = f"the store of the rate limiter has failed for {failing_for:.0f} s ({type(error).__name__}): correct it, or set rate_limiter=None"
            raise StoreError(told) from error
        log.warning("the store of the rate limiter failed: %s; the calls wait", type(error).__name__)
    except BaseException:
        limiter._store_failed(trip, time.time())
        raise


async def _ended(result: Any, is_blocking: bool) -> Any:
    if not hasattr(result, "__await__"):
        return result
    if is_blocking:
        result.close()
        raise ArgumentError("argument 'store': expected a store that blocks; an asynchronous store needs an asynchronous client")
    return await result

"""The use of a rate limiter's store, between the steps of a call that waits."""

from __future__ import annotations

import time
from typing import Any

from ._hudhud import STORE_PATIENCE, Absent, RateLimiter
from ._log import log
from .errors import ArgumentError

# The seconds for which calls wait while a store fails.
_PATIENCE = STORE_PATIENCE


def chosen(given: Any) -> RateLimiter | None:
    """Validates the argument `rate_limiter`. Without one, the client gets its own."""
    if isinstance(given, Absent):
        return RateLimiter()
    if given is None or isinstance(given, RateLimiter):
        return given
    raise ArgumentError(f"argument 'rate_limiter': expected a RateLimiter or None, not {type(given).__name__}")


async def refresh(limiter: Any, trip: int, flight: Any, is_blocking: bool) -> None:
    """Takes permits from the store, and stores what the limiter has learned. If the store fails for too long, or holds foreign
    bytes, ends the exchange and raises its error."""
    store = limiter.store
    try:
        while True:
            stored = await _ended(store.load(), is_blocking)
            new = limiter._update(trip, stored, time.time())
            if new is None:
                break
            if await _ended(store.swap(stored, new), is_blocking):
                limiter._stored(trip, time.time())
                return
    except ArgumentError:
        limiter._abandon_trip(trip)
        raise
    except Exception as error:
        failing_for = limiter._store_failed(trip, time.time())
        if failing_for >= _PATIENCE:
            raise flight.lose_store(failing_for, time.time()) from error
        log.warning("the store of the rate limiter failed: %s; the calls wait", type(error).__name__)
        return
    except BaseException:
        limiter._abandon_trip(trip)
        raise
    limiter._store_failed(trip, time.time())
    raise flight.lose_store(None, time.time())


async def _ended(result: Any, is_blocking: bool) -> Any:
    if not hasattr(result, "__await__"):
        return result
    if is_blocking:
        result.close()
        raise ArgumentError("argument 'store': expected a store that blocks; an asynchronous store needs an asynchronous client")
    return await result

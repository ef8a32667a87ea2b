"""One attempt: a request sent once, with a deadline for all of it and a bound for its answer."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

# The attempt that the code below an adapter runs for. HTTP libraries call back without saying for whom.
current: ContextVar[Attempt | None] = ContextVar("hudhud_attempt", default=None)


class Repeated(Exception):
    """The HTTP library was about to send the request a second time. It was kept from it."""

    def __init__(self) -> None:
        super().__init__("the HTTP library was kept from sending the request a second time")


class TooLarge(Exception):
    """An answer that is longer than allowed."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the response is larger than {limit} bytes; raise max_response_bytes")


class Attempt:
    """The state of one attempt.

    `begun` says that bytes of the request may have left; `observed` says that the library reports when that happens.
    Only where it does, the absence of `begun` proves something.
    """

    __slots__ = ("_deadline", "begun", "connection", "expired", "limit", "observed", "over", "sock")

    def __init__(self, seconds: float | None, limit: int) -> None:
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self.limit = limit
        self.begun = False
        self.observed = False
        self.expired = False
        self.over = False
        self.connection: Any = None
        self.sock: Any = None

    @property
    def deadline(self) -> float | None:
        """When it ends, as `time.monotonic()` counts."""
        return self._deadline

    def left(self) -> float | None:
        """How many seconds are left. At the end it raises `TimeoutError`."""
        if self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            self.expired = True
        if self.expired:
            raise TimeoutError("the attempt has taken as long as the timeout allows")
        return left

    def at_most(self, seconds: float | None) -> float | None:
        """The shorter one of a library's own timeout and what is left."""
        left = self.left()
        if left is None:
            return seconds
        return left if seconds is None else min(seconds, left)

    def observe(self) -> None:
        """Notes that the library reports what it does, and ends a second round that would repeat the request."""
        self.observed = True
        if self.begun:
            raise Repeated

    def begin(self) -> None:
        """Notes that bytes of the request are about to leave."""
        self.observe()
        self.begun = True

"""An attempt: a request that is sent once, with a deadline and a maximum size of its response."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

# The attempt that is running. The callbacks of HTTP libraries do not say which request they belong to.
current: ContextVar[Attempt | None] = ContextVar("hudhud_attempt", default=None)


class Repeated(Exception):
    """The HTTP library was about to send the request a second time, and this exception prevented it."""

    def __init__(self) -> None:
        super().__init__("the HTTP library tried to send the request a second time, which was prevented")


class TooLarge(Exception):
    """A response body is larger than the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the response is larger than {limit} bytes; raise max_response_bytes")


class Attempt:
    """The state of one attempt.

    `begun` is true if bytes of the request may have been sent. `observed` is true if the library reports when that
    happens. A false `begun` proves that nothing was sent only if `observed` is true.
    """

    __slots__ = ("_deadline", "begun", "connection", "expired", "limit", "observed", "over", "seconds", "sock")

    def __init__(self, seconds: float | None, limit: int) -> None:
        self.seconds = seconds
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
        """The end of the attempt, on the clock of `time.monotonic()`."""
        return self._deadline

    def left(self) -> float | None:
        """Returns the seconds that are left. Raises `TimeoutError` after the deadline."""
        if self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            self.expired = True
        if self.expired:
            raise TimeoutError("the attempt exceeded its timeout")
        return left

    def at_most(self, seconds: float | None) -> float | None:
        """Returns the smaller one of a library's own timeout and the seconds that are left."""
        left = self.left()
        if left is None:
            return seconds
        return left if seconds is None else min(seconds, left)

    def observe(self) -> None:
        """Records that the library reports its steps. Raises `Repeated` if it is about to repeat the request."""
        self.observed = True
        if self.begun:
            raise Repeated

    def begin(self) -> None:
        """Records that bytes of the request are about to be sent."""
        self.observe()
        self.begun = True

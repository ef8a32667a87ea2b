"""The end of calls that wait when a blocking outbox is interrupted."""

from __future__ import annotations

import threading
from typing import Any


class Interrupted(BaseException):
    """Ends a call that waits. It never leaves the outbox."""


class StoppableClient:
    """A client whose waits an event ends. Calls that wait for the rate limiter then send nothing more."""

    def __init__(self, client: Any, stop: threading.Event) -> None:
        self._client = client
        self._stop = stop

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Interrupted

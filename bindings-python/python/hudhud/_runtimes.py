"""The two ways in which coroutines of this package run: at once in a blocking client, or in asyncio or trio."""

from __future__ import annotations

import sys
from typing import Any


def run_sync(work: Any) -> Any:
    """Runs a coroutine of a blocking client to its end. The code of both kinds of clients is shared, as coroutines. What a
    blocking client awaits finishes before it returns, so the coroutine never suspends."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("internal error: a coroutine of a blocking client was suspended; this is a bug: report it")


def trio() -> Any:
    """Returns the module trio if the coroutine runs under it. asyncio does not work there. trio depends on sniffio, which
    detects it."""
    sniffio = sys.modules.get("sniffio")
    is_trio = sniffio is not None and sniffio.current_async_library() == "trio"
    return sys.modules["trio"] if is_trio else None

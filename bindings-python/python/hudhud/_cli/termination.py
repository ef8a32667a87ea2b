"""Ends a command at the signals TERM and HUP. The command then cleans up, as after Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


class Terminated(BaseException):
    """A signal asked the command to end."""


def _terminate(*_: object) -> None:
    raise Terminated


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Raises `Terminated` if one of the signals arrives within a `with` block. It works only in the main thread of a process."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        # Windows has no SIGHUP.
        known = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
        before = {number: signal.signal(number, _terminate) for number in known}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

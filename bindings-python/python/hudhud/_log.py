"""The logger `hudhud`, and the environment variable `HUDHUD_LOG`, which shows its records on standard error.

Unless the program configures logging, or the variable is `debug`, `info` or `warning`, only records on which a person has to
act are printed: errors, refused deliveries of the web frameworks, and long waits. Retries and failed calls are not.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

log = logging.getLogger("hudhud")

DEBUG, INFO, WARNING = logging.DEBUG, logging.INFO, logging.WARNING
_LEVELS = {"debug": DEBUG, "info": INFO, "warning": WARNING}


class _ToStandardError(logging.StreamHandler):  # type: ignore[type-arg]
    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        # The program may replace the stream.
        return sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        # A program that prints all records on standard error must not see them twice.
        if sys.stderr is not None and all(getattr(handler, "stream", None) is not sys.stderr for handler in logging.getLogger().handlers):
            super().emit(record)


class _LastResort(_ToStandardError):
    """Prints what a program without a configuration must know. As with Python's own last resort, only the message is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setLevel(WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        # Records with facts of a call are for programs that want to see each call.
        if not logging.getLogger().handlers and log.handlers == [self] and not hasattr(record, "hudhud"):
            super().emit(record)


log.addHandler(_LastResort())


def silence() -> None:
    """Prints nothing by default, because the command line itself reports what happens."""
    for handler in [handler for handler in log.handlers if isinstance(handler, _LastResort)]:
        log.removeHandler(handler)
        log.addHandler(logging.NullHandler())


def configure(level: str) -> None:
    """Shows the records of a level and above on standard error."""
    name = level.strip().lower()
    if name not in _LEVELS:
        given = level if level.isascii() and level.isalpha() and len(level) <= 16 else "…"
        log.warning("HUDHUD_LOG: expected debug, info or warning, not %s", given)
        return
    for earlier in [handler for handler in log.handlers if isinstance(handler, _ToStandardError)]:
        log.removeHandler(earlier)
    handler = _ToStandardError()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(_LEVELS[name])


if os.environ.get("HUDHUD_LOG"):
    configure(os.environ["HUDHUD_LOG"])

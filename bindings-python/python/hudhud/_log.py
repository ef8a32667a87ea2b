"""The logger `hudhud`, and the environment variable `HUDHUD_LOG`, which shows its records on standard error.

The logger prints nothing unless the program configures logging, or the variable is `debug`, `info` or `warning`.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

log = logging.getLogger("hudhud")
log.addHandler(logging.NullHandler())

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


def configure(level: str) -> None:
    """Shows the records of a level and above on standard error."""
    name = level.strip().lower()
    if name not in _LEVELS:
        log.warning("HUDHUD_LOG: expected %s", ", ".join(_LEVELS))
        # Without a handler that prints, nobody would see the warning.
        print(f"HUDHUD_LOG: expected {', '.join(_LEVELS)}", file=sys.stderr)
        return
    for earlier in [handler for handler in log.handlers if isinstance(handler, _ToStandardError)]:
        log.removeHandler(earlier)
    handler = _ToStandardError()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(_LEVELS[name])


if os.environ.get("HUDHUD_LOG"):
    configure(os.environ["HUDHUD_LOG"])

"""Bounds for servers that receive deliveries: anybody may send to them, and only a signature tells a vendor's."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any

from ._hudhud import Verifier
from .errors import WebhookError

MAX_BODY_BYTES = 1024 * 1024
"""The most that is read of a body. A delivery has a few kilobytes."""

# Refusals that a body could still change.
_NEEDS_BODY = ("malformed_payload", "signature_mismatch")
_LENGTH = re.compile(r"[0-9]{1,18}")

log = logging.getLogger("hudhud")


class TooLarge(Exception):
    """A body beyond the bound: answered with 413."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"webhook refused: the body is larger than {limit} bytes; max_body_bytes raises the limit")


def check_limit(limit: object) -> int:
    """The bound, if it is one."""
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"argument 'max_body_bytes': expected an int, not {type(limit).__name__}")
    if limit < 1:
        raise ValueError("argument 'max_body_bytes': expected a number of bytes > 0")
    return limit


def admit(webhook: Verifier, headers: Any, lengths: Iterable[str], limit: int) -> None:
    """Refuses a delivery by its headers alone: signature or time that are missing, malformed or too old, and a stated
    length beyond the bound. A smaller one is not believed: what is read is counted."""
    try:
        webhook.verify(headers, b"")
    except WebhookError as error:
        if error.reason not in _NEEDS_BODY:
            raise
    for length in lengths:
        if length.isascii() and length.isdigit() and (not _LENGTH.fullmatch(length) or int(length) > limit):
            raise TooLarge(limit)


class Received:
    """Collects a body up to a bound."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def room(self) -> int:
        """How many bytes to ask for next: one more than fits."""
        return min(64 * 1024, self._limit - self._size + 1)

    def take(self, piece: bytes) -> None:
        """Adds a piece, or raises `TooLarge`."""
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge(self._limit)
        self._pieces.append(piece)

    def body(self) -> bytes:
        """All of it."""
        return b"".join(self._pieces)


def bounded(body: bytes, limit: int) -> bytes:
    """A body that something else has read, or `TooLarge`."""
    if len(body) > limit:
        raise TooLarge(limit)
    return body


class ReadBefore(Exception):
    """A body that is no longer there, because something read the stream without keeping it. Answered with 400."""

    def __init__(self, framework: str, instead: str) -> None:
        super().__init__(
            f"webhook refused: something read the body of the request before hudhud.{framework} did, so its signature"
            f" cannot be checked. {instead}"
        )

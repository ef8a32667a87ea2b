"""Limits for servers that receive deliveries. Anyone can send to them; only the signature proves the vendor."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ._hudhud import Verifier
from ._log import log
from .errors import ArgumentError, WebhookError, _of_value
from .inbox._rules import Rules
from .webhook import Webhook

__all__ = ["MAX_BODY_BYTES", "ReadBefore", "Received", "TooLarge", "admit", "bounded", "check_inbox", "check_limit", "check_webhook", "log"]

MAX_BODY_BYTES = 1024 * 1024
"""The default limit of a body in bytes. A delivery has a few kilobytes."""

# Reasons of refusal that depend on the body.
_NEEDS_BODY = ("malformed_payload", "signature_mismatch")
_LENGTH = re.compile(r"[0-9]{1,18}")


class TooLarge(Exception):
    """A body is larger than the limit. The response is 413."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"webhook refused: the body is larger than {limit} bytes; raise max_body_bytes to accept it")


def check_limit(limit: object) -> int:
    """Validates and returns a limit of the body."""
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise ArgumentError(f"argument 'max_body_bytes': expected an int, not {type(limit).__name__}")
    if limit < 1:
        raise _of_value("argument 'max_body_bytes': expected a number of bytes >= 1")
    return limit


def check_webhook(webhook: object) -> Webhook:
    """Validates and returns a webhook. Without this, each delivery would fail."""
    if isinstance(webhook, type):
        raise ArgumentError(f"argument 'webhook': {webhook.__name__} is a class; pass an instance, {webhook.__name__}(secret)")
    if not isinstance(webhook, Webhook):
        raise ArgumentError(f"argument 'webhook': expected a Webhook, not {type(webhook).__name__}; make one with Webhook(secret)")
    return webhook


def check_inbox(inbox: object, *kinds: type[Rules]) -> None:
    """Refuses an object that is not an inbox of these kinds. Its handler may be registered later."""
    if not isinstance(inbox, Rules):
        raise ArgumentError(f"argument 'inbox': expected an inbox of hudhud.inbox, not {type(inbox).__name__}")
    if not isinstance(inbox, kinds):
        raise ArgumentError(f"argument 'inbox': expected a LeasedInbox or a TransactionalInbox, not {type(inbox).__name__}, which is asynchronous")


def admit(webhook: Webhook, headers: Any, lengths: Iterable[str], limit: int) -> None:
    """Refuses a delivery by its headers, before the body is read: if the signature or the timestamp is missing,
    malformed or too old, or if a stated length is above the limit. A smaller stated length is not trusted: the reader
    counts the bytes."""
    try:
        Verifier.verify(webhook, headers, b"")
    except WebhookError as error:
        if error.reason not in _NEEDS_BODY:
            # Refused once more, for the log and the observer.
            webhook._receive(headers, b"")
    for length in lengths:
        if length.isascii() and length.isdigit() and (not _LENGTH.fullmatch(length) or int(length) > limit):
            raise TooLarge(limit)


class Received:
    """Collects the pieces of a body up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def room(self) -> int:
        """The number of bytes to read next. It can exceed the limit by one byte, which reveals a larger body."""
        return min(64 * 1024, self._limit - self._size + 1)

    def take(self, piece: bytes) -> None:
        """Adds a piece. Raises `TooLarge` above the limit."""
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge(self._limit)
        self._pieces.append(piece)

    def body(self) -> bytes:
        """Returns the whole body."""
        return b"".join(self._pieces)


def bounded(body: bytes, limit: int) -> bytes:
    """Returns a body that other code has read. Raises `TooLarge` above the limit."""
    if len(body) > limit:
        raise TooLarge(limit)
    return body


class ReadBefore(Exception):
    """Other code read the stream of the body without keeping the bytes. The response is 400."""

    def __init__(self, framework: str, instead: str) -> None:
        super().__init__(
            f"webhook refused: other code read the body of the request before hudhud.{framework}, so the signature"
            f" cannot be verified. {instead}"
        )

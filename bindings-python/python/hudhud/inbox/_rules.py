"""The parts of an inbox that are the same with and without asyncio: its settings, decisions and log records."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

from .._hudhud import InboxClaim, InboxDecision, InboxRules, WebhookEvent, storage_key
from .._log import log
from ..errors import ArgumentError
from ._receipt import Lease, Receipt, RejectedEventError, seconds
from ._store import Change

_CLEAN_UP_EVERY = 3600.0
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


class Rules:
    """The settings of an inbox, its handler, and its decisions."""

    _transactional: bool

    def __init__(self, lease: float, max_attempts: int) -> None:
        self._rules = InboxRules(transactional=self._transactional, lease=lease, max_attempts=max_attempts)
        self._function: Callable[..., Any] | None = None
        self._next_clean_up = 0.0

    def _set_handler(self, function: _Handler) -> _Handler:
        if not callable(function):
            raise ArgumentError(f"argument 'function': expected a function, not {type(function).__name__}")
        if self._function is not None:
            raise ArgumentError("inbox.handler: the inbox has a handler already; make one inbox for each handler")
        self._function = function
        return function

    def _handler(self) -> Callable[..., Any]:
        if self._function is None:
            raise ArgumentError("the inbox has no handler: decorate a function with @inbox.handler")
        return self._function

    def _clean_up_is_due(self) -> bool:
        now = time.monotonic()
        if self._next_clean_up > now:
            return False
        self._next_clean_up = now + _CLEAN_UP_EVERY
        return True

    def _decide(self, stored: bytes | None, event: WebhookEvent) -> InboxDecision:
        return self._rules.claim(stored, event.deduplicate_until, os.urandom(16), now=clock())

    def _first(self, event: WebhookEvent) -> InboxClaim:
        claim = self._decide(None, event).claim
        assert claim is not None, "an event without an entry is handled"
        return claim

    def _failure(self, claim: InboxClaim, error: Exception) -> Change:
        """Returns the change after an exception of the handler, and logs it without the text of the exception."""
        rejected = isinstance(error, RejectedEventError)
        change = claim.poisoned(now=clock()) if rejected else claim.failed(now=clock())
        facts = type(error).__qualname__, _place(error), claim.attempt
        if change.status == "poisoned":
            log.error("inbox: the handler raised %s%s in attempt %d: the event is poisoned and not handled again", *facts)
        else:
            log.error("inbox: the handler raised %s%s in attempt %d: the event is handled again at its next delivery", *facts)
        return change

    def _failed(self, change: Change, event: WebhookEvent, error: Exception) -> Receipt:
        if change.status == "poisoned":
            return Receipt("poisoned", error=error)
        return Receipt("failed", seconds(self._decide(change.entry, event).wait), error)


def clock() -> float:
    """Returns the time, in Unix seconds."""
    return time.time()


def now_ms() -> int:
    """Returns the time, in Unix milliseconds."""
    return int(clock() * 1000)


def key_of(event: WebhookEvent) -> str:
    """Returns the key under which the store keeps an event."""
    if not isinstance(event, WebhookEvent):
        raise ArgumentError(f"argument 'event': expected a WebhookEvent, not {type(event).__name__}")
    return storage_key(event.replay_key)


def lease_of(key: str, claim: InboxClaim) -> Lease:
    """Returns the lease that a handler receives."""
    return Lease(idempotency_key=key, token=claim.token, attempt=claim.attempt, ends_at=claim.lease_end)


def refusal(decision: InboxDecision, *, stored: bool) -> Receipt:
    """Returns the receipt of a delivery that is not handled. `stored` is false if the store refused the change."""
    if not stored or decision.kind == "handle":
        return Receipt("busy", 1)
    return Receipt(decision.kind, seconds(decision.wait))


def log_lost_lease(claim: InboxClaim) -> Receipt:
    """Logs that another process has the event."""
    log.warning("inbox: the handler took longer than its lease in attempt %d; raise `lease`", claim.attempt)
    return Receipt("lease_lost", 1)


def _place(error: Exception) -> str:
    """Returns the line in which an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" ({os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno})"

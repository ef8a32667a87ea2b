"""The parts of an inbox that are the same with and without asyncio: its settings, decisions and log records."""

from __future__ import annotations

import inspect
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
    _is_async: bool

    def __init__(self, store: object, lease: float, max_attempts: int) -> None:
        self._check_store(store)
        self._rules = InboxRules(transactional=self._transactional, lease=lease, max_attempts=max_attempts)
        self._function: Callable[..., Any] | None = None
        self._next_clean_up = 0.0

    def _set_handler(self, function: _Handler) -> _Handler:
        if not callable(function):
            raise ArgumentError(f"argument 'function': expected a function, not {type(function).__name__}")
        if self._function is not None:
            raise ArgumentError("inbox.handler: the inbox has a handler already; make one inbox for each handler")
        self._check_handler(function)
        self._function = function
        return function

    def _check_store(self, store: object) -> None:
        """Refuses what would fail at the first delivery."""
        if isinstance(store, type):
            raise ArgumentError(f"argument 'store': {store.__name__} is a class; pass an instance, {store.__name__}(…)")
        missing = [name for name in _STORE if not callable(getattr(store, name, None))]
        kind, own = type(store).__name__, type(self).__name__
        if "put_or_get" in missing:
            raise ArgumentError(f"argument 'store': expected a store such as {self._example('SqliteStore')}, not {kind}")
        if missing:
            raise ArgumentError(f"argument 'store': expected a store; {kind} has no method {missing[0]}")
        is_async = _is_async(getattr(store, "put_or_get"))
        if is_async and not self._is_async:
            raise ArgumentError(f"argument 'store': {kind} is asynchronous; pass it to Async{own}")
        if self._is_async and not is_async:
            raise ArgumentError(f"argument 'store': {kind} blocks; pass it to {own.removeprefix('Async')}")
        if self._transactional and not callable(getattr(store, "transaction", None)):
            leased = self._example("LeasedInbox")
            raise ArgumentError(f"argument 'store': {kind} has no transactions; pass a store that has them, or use {leased}")

    def _check_handler(self, function: Any) -> None:
        """Refuses a function of the wrong kind, which would not run, and one with wrong parameters."""
        own, name = type(self).__name__, getattr(function, "__name__", None) or type(function).__name__
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise ArgumentError(f"inbox.handler: {name} is a generator, which {own} does not call; write it without yield")
        if self._is_async and not _is_async(function):
            raise ArgumentError(f"inbox.handler: {own} calls coroutine functions; write async def {name}")
        if not self._is_async and _is_async(function):
            raise ArgumentError(f"inbox.handler: {own} calls functions that block; write def {name}, or use Async{own}")
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            # Functions of other languages may have no signature.
            return
        try:
            signature.bind(None, None)
        except TypeError:
            second = "connection" if self._transactional else "lease"
            raise ArgumentError(f"inbox.handler: {own} calls {name} with the event and the {second}, but {name} takes {signature}") from None

    def _example(self, name: str) -> str:
        return f"Async{name}" if self._is_async else name

    def _handler(self) -> Callable[..., Any]:
        if self._function is None:
            # A web framework may answer with a bare 500.
            log.error("inbox: a delivery has no handler; decorate a function with @inbox.handler")
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


# The methods of every store.
_STORE = ("put_or_get", "replace", "clean_up", "poisoned", "forget")


def _is_async(function: Any) -> bool:
    """Returns true for a coroutine function, and for an object that is called like one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))


def refuse_unfinished(result: object) -> None:
    """Fails the attempt if a blocking handler returned a coroutine or a generator: its code has not run then."""
    if result is None or not (inspect.isawaitable(result) or inspect.isgenerator(result) or inspect.isasyncgen(result)):
        return
    if inspect.iscoroutine(result):
        result.close()
    raise ArgumentError(f"the handler returned a {type(result).__name__}, so its code has not run; use an asynchronous inbox")


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

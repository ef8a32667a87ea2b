"""Reports a call to the observer of its client and to the logger `hudhud`. Without both, nothing is collected."""

from __future__ import annotations

import time
from typing import Any

from ._log import DEBUG, INFO, WARNING, log
from .errors import ArgumentError, WebhookError
from .observer import Attempt, AttemptEnd, Call, Observer, Outcome, Wait


class Guarded:
    """An observer whose exceptions do not leave its methods. The first one is logged."""

    __slots__ = ("_has_failed", "_observer")

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._has_failed = False

    def begin(self, call: Call) -> Any:
        """Calls `begin`. Returns `None` if it fails."""
        try:
            return self._observer.begin(call)
        except Exception as error:
            self._failed("begin", error)

    def event(self, token: Any, event: Any) -> None:
        """Calls `event`."""
        try:
            self._observer.event(token, event)
        except Exception as error:
            self._failed("event", error)

    def end(self, token: Any, outcome: Outcome) -> None:
        """Calls `end`."""
        try:
            self._observer.end(token, outcome)
        except Exception as error:
            self._failed("end", error)

    def _failed(self, method: str, error: Exception) -> None:
        if not self._has_failed:
            self._has_failed = True
            line = "observer %s: %s() raised %s; correct it. Its later exceptions are not logged."
            log.error(line, type(self._observer).__name__, method, type(error).__name__, exc_info=error)


def guarded(observer: Any) -> Guarded | None:
    """Validates the argument `observer`."""
    if observer is None:
        return None
    missing = [name for name in ("begin", "event", "end") if not callable(getattr(observer, name, None))]
    if isinstance(observer, type) or missing:
        kind = f"the class {observer.__name__}" if isinstance(observer, type) else type(observer).__name__
        raise ArgumentError(f"argument 'observer': expected an object with the methods begin, event and end, not {kind}")
    # Imported here, because it takes longer than this whole package.
    import inspect

    for name in "begin", "event", "end":
        if inspect.iscoroutinefunction(getattr(observer, name)):
            raise ArgumentError(f"argument 'observer': {name} is a coroutine function, which nothing would await; write def {name}")
    return Guarded(observer)


def of(client: Any) -> Watch | None:
    """Returns the watch of a call, or `None` without an observer and without log records of finished calls."""
    return Watch(client) if client._observer is not None or log.isEnabledFor(INFO) else None


def of_failed(client: Any, request: Any, begun: float, attempts: int) -> Watch | None:
    """Returns a watch for a failed call that had none, or `None` if failed calls are not logged."""
    if request is None or not log.isEnabledFor(WARNING):
        return None
    watch = Watch(client)
    watch._request = request
    watch._number = attempts
    watch._begun = begun
    return watch


class Waiting:
    """A wait that was reported. The rest of a wait that ended early is not reported again."""

    __slots__ = ()

    def ended(self) -> None:
        """Ends the wait."""


# Makes a named tuple of all its fields, in half of the time of its class: an observer gets four in each call.
_made: Any = tuple.__new__

_STATED = Waiting()


class _Held(Waiting):
    """A wait for the rate limiter. The client asks the limiter several times, the first time after a part of the wait."""

    __slots__ = ("_begun", "_call")

    def __init__(self, call: str, seconds: float) -> None:
        self._begun = time.monotonic()
        self._call = call
        log.debug("%s: waiting for the rate limiter; it is asked again in %.1f s", call, seconds)

    def goes_on(self, exchange: Any) -> None:
        """States the wait if it is long."""
        if log.isEnabledFor(WARNING) and (total := exchange._long_wait()) is not None:
            line = "%s: waiting %.0f s or longer for the rate limiter: the limit of the key is used up, or a response asked to wait"
            log.warning(line, self._call, total)

    def ended(self) -> None:
        log.debug("%s: waited %.1f s for the rate limiter", self._call, time.monotonic() - self._begun)


def waits(waiting: Waiting | None, watch: Watch | None, exchange: Any, seconds: float) -> Waiting | None:
    """Reports a wait to the observer and the logger. A wait may consist of several parts: `waiting` is the result of this
    function for the part before, or `None`."""
    observer = None if watch is None else watch._observer
    if observer is None and not log.isEnabledFor(WARNING):
        return None
    facts = None if isinstance(waiting, _Held) else exchange._attempt_facts()
    if facts is None:
        held = waiting if isinstance(waiting, _Held) else _Held(exchange._call_facts()[0], seconds)
        held.goes_on(exchange)
        return held
    if waiting is not None:
        return waiting
    number, status, error, fault, _, _, stated = facts
    seconds = seconds if stated is None else stated
    wait = Wait(number, seconds, error, status, fault)
    if observer is not None and watch is not None:
        observer.event(watch._token, wait)
    if log.isEnabledFor(WARNING):
        line = "%s: attempt %d failed: %s; waiting %.1f s"
        name = exchange._call_facts()[0]
        log.warning(line, name, wait.attempt, _reason(wait.error_kind, status, fault), seconds, extra={"hudhud": wait})
    return _STATED


class Watch:
    """The watch of one call."""

    __slots__ = ("_attempt_begun", "_begun", "_client", "_number", "_observer", "_request", "_sent", "_token")

    def __init__(self, client: Any) -> None:
        self._client = client
        self._observer: Guarded | None = client._observer
        self._token: Any = None
        self._begun = time.monotonic()
        self._attempt_begun = self._begun
        self._request: Any = None
        self._sent = 0
        self._number = 0

    def sends(self, request: Any, exchange: Any) -> None:
        """Begins an attempt."""
        self._request = request
        self._sent += 1
        self._number = exchange.attempts
        self._attempt_begun = time.monotonic()
        if self._observer is not None:
            if self._sent == 1:
                self._token = self._observer.begin(self._call(exchange))
            self._observer.event(self._token, _made(Attempt, (self._number, request.method, self._sent - 1)))

    def received(self, exchange: Any) -> None:
        """Ends an attempt, after the exchange has accepted its response or its failure."""
        if self._observer is None and not log.isEnabledFor(DEBUG):
            return
        ended = self._ended(exchange)
        if self._observer is not None:
            self._observer.event(self._token, ended)
        if log.isEnabledFor(DEBUG):
            call = self._call(exchange)
            line = "%s: attempt %d: %s %s to %s:%s: %s"
            arguments = (call.name, ended.number, ended.method, call.url_template, call.server_address, call.server_port, _described(ended))
            log.debug(line, *arguments, extra={"hudhud": ended})

    def succeeded(self, response: Any) -> None:
        """Ends the call with a response."""
        if self._observer is not None or log.isEnabledFor(INFO):
            meta = response.meta
            self._end(INFO, _made(Outcome, (self._number, self._elapsed(), meta.status, None, meta.idempotent_replay)))

    def failed(self, error: Any) -> None:
        """Ends the call with an exception of the package."""
        if self._request is not None:
            status, replay = getattr(error, "status", None), getattr(error, "idempotent_replay", False)
            self._end(WARNING, Outcome(error.attempts, self._elapsed(), status, error.kind, replay), getattr(error, "fault", None))

    def interrupted(self, error: BaseException) -> None:
        """Ends the call with another exception, such as `KeyboardInterrupt`."""
        if self._request is not None:
            # The program itself cancels and interrupts calls. Such exceptions are not subclasses of `Exception`.
            level = WARNING if isinstance(error, Exception) else INFO
            self._end(level, Outcome(self._number, self._elapsed(), None, type(error).__name__))

    def _ended(self, exchange: Any) -> AttemptEnd:
        """Returns the facts of the attempt that ended last, as the exchange states them."""
        number, status, error, fault, request_id, rate_limit, _ = exchange._attempt_facts()
        elapsed = time.monotonic() - self._attempt_begun
        facts = number, self._request.method, elapsed, status, error, fault, request_id, rate_limit
        ended: AttemptEnd = _made(AttemptEnd, facts)
        return ended

    def _call(self, exchange: Any) -> Call:
        """Returns the facts about the call. They are the same for each call of a client, except for calls by route."""
        request = self._request
        if request.call == "request":
            return Call(*exchange._call_facts())
        described: dict[tuple[str, str], Call] = self._client._described
        key = request.call, request.method
        call = described.get(key)
        if call is None:
            call = described[key] = Call(*exchange._call_facts())
        return call

    def _elapsed(self) -> float:
        return time.monotonic() - self._begun

    def _end(self, level: int, outcome: Outcome, fault: str | None = None) -> None:
        if self._observer is not None:
            self._observer.end(self._token, outcome)
        if log.isEnabledFor(level):
            if outcome.error_kind is None:
                result = str(outcome.status) + ", a stored response" * outcome.idempotent_replay
            else:
                result = _reason(outcome.error_kind, outcome.status, fault)
            attempts = f"{outcome.attempts} attempt" + "s" * (outcome.attempts != 1)
            arguments = (self._request.call, result, attempts, round(outcome.elapsed * 1000))
            log.log(level, "%s: %s after %s, %d ms", *arguments, extra={"hudhud": outcome})


def verified(observer: Guarded | None, verify: Any, level: int) -> Any:
    """Verifies a delivery, and states the outcome. A refusal is logged at the level."""
    token = None if observer is None else observer.begin(Call("webhook.verify", "zagely"))
    begun = time.monotonic()
    reason: str | None = None
    try:
        event = verify()
    except WebhookError as error:
        reason = error.reason
        log.log(level, "%s", error)
        raise
    except BaseException as error:
        reason = type(error).__name__
        raise
    finally:
        if observer is not None:
            observer.end(token, Outcome(0, time.monotonic() - begun, None, reason))
    log.debug("webhook accepted: %s", event.name if event.known else "an unknown event")
    return event


def _reason(kind: str, status: int | None, fault: str | None) -> str:
    shown = f"HTTP {status}" if status is not None else fault
    return f"{kind} ({shown})" if shown else kind


def _described(ended: AttemptEnd) -> str:
    parts = [_reason(ended.error_kind, ended.status, ended.fault) if ended.error_kind else str(ended.status)]
    limit = ended.rate_limit
    if limit.remaining is not None:
        parts.append(f"{limit.remaining} of {limit.limit} left this minute")
    if limit.daily_remaining is not None:
        parts.append(f"{limit.daily_remaining} of {limit.daily_limit} left today")
    if ended.request_id is not None:
        parts.append(f"request id {ended.request_id}")
    return ", ".join(parts)

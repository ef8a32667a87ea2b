"""Observers: objects of your program that follow the calls of a client, for metrics and traces.

    class Slow:
        def begin(self, call):
            return call.name

        def event(self, token, event):
            if isinstance(event, Wait):
                print(token, "waits", event.seconds)

        def end(self, token, outcome):
            if outcome.elapsed > 5:
                print(token, outcome)

    zagely = Zagely(public_key, secret_key, observer=Slow())

An observer sees names, numbers and states. It never sees a key, a phone number, a name of a person or a text: neither
in the facts below, nor in the records of the logger `hudhud`, which contain the same facts. `hudhud.opentelemetry`
has an observer that makes spans. Without an observer and without a log level, nothing is collected about successful calls.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, Union

from ._hudhud import RateLimit

__all__ = ["Attempt", "AttemptEnd", "Call", "Event", "Observer", "Outcome", "Wait"]


class Call(NamedTuple):
    """A call that begins, or the verification of a delivery."""

    name: str
    """The name of the call, such as `messages.send`, `request` for a call by route, or `webhook.verify`."""
    vendor: str
    """The vendor: `zagely` or `wazaj`."""
    method: str | None = None
    """The HTTP method of the first request. `None` for a verification, which sends nothing."""
    url_template: str | None = None
    """The path with the names of the ids instead of the ids, such as `/api/v1/contacts/{contact_id}`."""
    server_address: str | None = None
    """The host of the URL."""
    server_port: int | None = None
    """The port of the URL."""


class Attempt(NamedTuple):
    """A request that is about to be sent."""

    number: int
    """The number of the attempt, from 1. If the vendor refuses the method of an update (PUT or PATCH), the
    request is sent again with the other one, and both requests have the same number."""
    method: str
    """The HTTP method."""
    resend_count: int
    """The number of requests of this call that were sent before."""


class AttemptEnd(NamedTuple):
    """The end of an attempt: a response, or the lack of one."""

    number: int
    """The number of the attempt, from 1."""
    method: str
    """The HTTP method."""
    elapsed: float
    """The seconds from the request to the end of the response."""
    status: int | None = None
    """The HTTP status. `None` if no response arrived."""
    error_kind: str | None = None
    """The kind of the error, such as `rate_limited`. `None` for a success."""
    fault: str | None = None
    """`connect`, `timeout` or `closed` if no response arrived."""
    request_id: str | None = None
    """The vendor's id of the request, if the response states one."""
    rate_limit: RateLimit = RateLimit()
    """The limits of the key that the response states."""


class Wait(NamedTuple):
    """A wait before the next attempt."""

    attempt: int
    """The number of the attempt that failed."""
    seconds: float
    """The length of the wait."""
    error_kind: str
    """The kind of the error that the wait follows, such as `rate_limited`."""
    status: int | None = None
    """The HTTP status that the wait follows."""
    fault: str | None = None
    """`connect`, `timeout` or `closed` if no response arrived."""


class Outcome(NamedTuple):
    """The end of a call, or of a verification."""

    attempts: int
    """The number of attempts."""
    elapsed: float
    """The seconds from the beginning, waits included."""
    status: int | None = None
    """The last HTTP status, if a response arrived."""
    error_kind: str | None = None
    """The kind of the error, or the reason for which a delivery was refused, or the class of an exception that ended the
    call, such as `KeyboardInterrupt`. `None` for a success."""
    idempotent_replay: bool = False
    """True if the response is the stored response to an earlier request with the same idempotency key."""


Event = Union[Attempt, AttemptEnd, Wait]
"""An event inside a call."""


class Observer(Protocol):
    """The methods of an observer. One object serves all calls of a client, at the same time if threads or tasks share the
    client. Each page of a list is a separate call.

    A call that is refused before it is sent is not observed. An exception of an observer does not affect the call.
    The first one is logged.
    """

    def begin(self, call: Call, /) -> Any:
        """Begins a call. Returns a token, which the other methods receive."""

    def event(self, token: Any, event: Event, /) -> None:
        """Receives an event: an `Attempt`, an `AttemptEnd` or a `Wait`."""

    def end(self, token: Any, outcome: Outcome, /) -> None:
        """Ends the call. It is called once for each `begin`."""

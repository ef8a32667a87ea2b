"""Maps exceptions of HTTP libraries to faults: `connect`, `timeout` or `closed`."""

from __future__ import annotations

from ._attempt import Attempt

# Exceptions that libraries raise before they look for a connection, and at no other time.
_BEFORE_CONNECTING = frozenset({"EmptyPoolError", "InvalidURL", "LocationParseError", "PoolTimeout", "UnsupportedProtocol"})
_TIMEOUT = frozenset({"ReadTimeoutError", "ServerTimeoutError", "Timeout", "TimeoutError", "TimeoutException"})


class TransportFailure(Exception):
    """No response was received. A custom transport may raise it. Other exceptions count as `timeout` if they are
    timeouts, and otherwise as `closed`. Those of a programming mistake, such as `AttributeError`, end the call at once."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault
        """`connect`: nothing was sent. `timeout` or `closed`: the request may have taken effect."""


def fault_of(error: BaseException, attempt: Attempt | None = None) -> str:
    """Returns the fault of an exception that a library raised.

    `connect` requires proof: the library reports when it sends, and it has not sent. The name of an exception is no
    proof, because the exception may belong to a second connection after the first one has taken the request.
    """
    if isinstance(error, TransportFailure):
        return error.fault
    names = {cls.__name__ for link in chain(error) for cls in type(link).__mro__}
    if attempt is not None and not attempt.begun and (attempt.observed or names & _BEFORE_CONNECTING):
        return "connect"
    return "timeout" if names & _TIMEOUT or (attempt is not None and attempt.expired) else "closed"


def chain(error: BaseException) -> list[BaseException]:
    """Returns an exception and the exceptions that caused it. The outermost exception is first."""
    links: list[BaseException] = []
    waiting = [error]
    while waiting:
        link = waiting.pop()
        if any(link is known for known in links):
            continue
        links.append(link)
        # requests keeps the caught exception in `args`, urllib and urllib3 in `reason`, and groups in `exceptions`.
        kept = [getattr(link, "reason", None), *link.args, *(getattr(link, "exceptions", None) or ())]
        context = None if link.__suppress_context__ else link.__context__
        waiting += [inner for inner in (*reversed(kept), context, link.__cause__) if isinstance(inner, BaseException)]
    return links

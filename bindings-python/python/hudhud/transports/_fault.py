"""Which of the three faults an exception stands for."""

from __future__ import annotations

from ._attempt import Attempt

# Exceptions that libraries raise before they look for a connection. Each of them is raised nowhere else.
_BEFORE_CONNECTING = frozenset({"EmptyPoolError", "InvalidURL", "LocationParseError", "PoolTimeout", "UnsupportedProtocol"})
_TIMEOUT = frozenset({"ReadTimeoutError", "ServerTimeoutError", "Timeout", "TimeoutError", "TimeoutException"})


class Failure(Exception):
    """No answer came. A transport that you write may raise it, or anything else: that counts as `closed`, or as
    `timeout` where the exception is one."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault
        """`connect` (nothing was sent), `timeout` or `closed` (it may have had its effect)."""


def fault_of(error: BaseException, attempt: Attempt | None = None) -> str:
    """Tells the fault of what a library raised.

    `connect` needs a proof: the library reports when it sends, and has not sent. The name of an exception proves
    nothing, for it may belong to a second connection, made after a first one took the request.
    """
    if isinstance(error, Failure):
        return error.fault
    names = {cls.__name__ for link in chain(error) for cls in type(link).__mro__}
    if attempt is not None and not attempt.begun and (attempt.observed or names & _BEFORE_CONNECTING):
        return "connect"
    return "timeout" if names & _TIMEOUT or (attempt is not None and attempt.expired) else "closed"


def chain(error: BaseException) -> list[BaseException]:
    """An exception and those it was raised for, the outermost first."""
    links: list[BaseException] = []
    waiting = [error]
    while waiting:
        link = waiting.pop()
        if any(link is known for known in links):
            continue
        links.append(link)
        # requests keeps what it caught as an argument, urllib and urllib3 as a reason, and groups keep several.
        kept = [getattr(link, "reason", None), *link.args, *(getattr(link, "exceptions", None) or ())]
        context = None if link.__suppress_context__ else link.__context__
        waiting += [inner for inner in (*reversed(kept), context, link.__cause__) if isinstance(inner, BaseException)]
    return links

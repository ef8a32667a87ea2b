"""Maps exceptions of HTTP libraries to faults: `connect`, `timeout` or `closed`."""

from __future__ import annotations

import errno
import time

from ._attempt import Attempt, Repeated, TooLarge
from ._body import CutOff

# Exceptions that libraries raise before they look for a connection, and at no other time.
_BEFORE_CONNECTING = frozenset({"EmptyPoolError", "InvalidURL", "LocationParseError", "PoolTimeout", "UnsupportedProtocol"})
_TIMEOUT = frozenset({"ReadTimeoutError", "ServerTimeoutError", "Timeout", "TimeoutError", "TimeoutException"})


class TransportFailure(Exception):
    """No response was received. A custom transport may raise it. Other exceptions count as `timeout` if they are
    timeouts, and otherwise as `closed`. A programming mistake, such as an `AttributeError`, ends the call at once."""

    def __init__(self, fault: str, reason: str | None = None) -> None:
        super().__init__(fault)
        self.fault = fault
        """`connect`: nothing was sent. `timeout` or `closed`: the request may have taken effect."""
        self.reason = reason
        """The reason in a few words, such as `connection refused`, without private text."""


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
        related = [getattr(link, "reason", None), *link.args, *(getattr(link, "exceptions", None) or ())]
        context = None if link.__suppress_context__ else link.__context__
        waiting += [inner for inner in (*reversed(related), context, link.__cause__) if isinstance(inner, BaseException)]
    return links


# The clock of an event loop can be early by as many seconds.
_EARLY = 0.05


def ended_by(error: BaseException, fault: str, attempt: Attempt | None) -> str | None:
    """Returns the reason of a failure, or `None`. If this library ended the attempt, the reason is its timeout, and not the
    closed connection that the HTTP library then saw."""
    if isinstance(error, TransportFailure):
        return error.reason
    if attempt is not None and attempt.deadline is not None and time.monotonic() >= attempt.deadline - _EARLY:
        names = {cls.__name__ for link in chain(error) for cls in type(link).__mro__}
        if attempt.expired or names & _TIMEOUT:
            return f"timeout of {attempt.seconds:g} s"
    reason = reason_of(error)
    # The HTTP library's own timeout ended the attempt.
    return None if fault == "timeout" and reason != _OF_NUMBER[errno.ETIMEDOUT] else reason


# Reasons by the number of an `OSError`, and by the name of an exception.
_OF_NUMBER = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection closed by the server",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "host unreachable",
    errno.ETIMEDOUT: "connection timed out",
}
_OF_NAME = {
    "gaierror": "unknown host",
    "NameResolutionError": "unknown host",
    "ConnectionRefusedError": "connection refused",
    "ConnectionResetError": "connection reset",
    "RemoteDisconnected": "connection closed by the server",
    "RemoteProtocolError": "connection closed by the server",
    "ServerDisconnectedError": "connection closed by the server",
    "ProtocolError": "connection closed by the server",
    "IncompleteRead": "response cut off",
    "ClientPayloadError": "response cut off",
    "ProxyError": "the proxy refused the connection",
    "ClientHttpProxyError": "the proxy refused the connection",
    "SSLError": "TLS handshake failed",
    "PoolTimeout": "no free connection in the pool",
    "EmptyPoolError": "no free connection in the pool",
}


def reason_of(error: BaseException) -> str | None:
    """Returns the reason of an exception in a few words, or `None`. It contains nothing of the request."""
    links = chain(error)
    for link in links:
        if isinstance(link, (CutOff, Repeated, TooLarge)):
            return str(link)
        if type(link).__name__ == "SSLCertVerificationError":
            # OpenSSL's own words, such as `self-signed certificate`. The part after a comma may name hosts.
            reason = str(getattr(link, "verify_message", "")).partition(",")[0]
            return f"certificate not accepted ({reason})" if reason else "certificate not accepted"
    # The innermost exception is the most exact one.
    for link in reversed(links):
        names = [cls.__name__ for cls in type(link).__mro__]
        number = link.errno if isinstance(link, OSError) else None
        found = next((_OF_NAME[name] for name in names if name in _OF_NAME), None) or _OF_NUMBER.get(number or 0)
        if found:
            return found
    return None

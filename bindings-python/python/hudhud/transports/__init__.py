"""Transports send requests to the vendor. Each HTTP library has a small adapter, chosen by the class of the client.

An adapter sends a request once and unchanged. It follows no redirect, and prevents retries by the library. The adapter
uses the events that the library reports to distinguish a request that was not sent from a request that may have
arrived. `timeout` limits the whole attempt, and `max_response_bytes` limits the response. Proxies, certificates and
connection pools are settings of the client. No HTTP library is imported here: a program that passes a client has
imported its library.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, cast

from .._hudhud import Request
from .._runtimes import trio
from ..errors import ArgumentError, _of_value
from ._attempt import Attempt, TooLarge, current
from ._body import ACCEPT_ENCODING, TransportResponse
from ._cause import without_private
from ._fault import TransportFailure, ended_by, fault_of

__all__ = ["MAX_RESPONSE_BYTES", "TransportResponse", "AsyncTransport", "TransportFailure", "Transport", "asynchronous", "blocking"]

Transport = Callable[[Request[Any]], Any]
AsyncTransport = Callable[[Request[Any]], Awaitable[Any]]

MAX_RESPONSE_BYTES = 32 * 1024 * 1024
"""The default maximum size of a response body, in bytes."""

# The default timeout of an attempt, in seconds, for libraries that have no timeout by default.
_DEFAULT_TIMEOUT = 30.0

# For each supported library: the adapter's module, for asynchronous clients its function, and the default timeout.
_BLOCKING: dict[str, tuple[str, float | None]] = {
    "httpx": ("_httpx", None),
    "httpx2": ("_httpx", None),
    "requests": ("_requests", _DEFAULT_TIMEOUT),
    "niquests": ("_requests", _DEFAULT_TIMEOUT),
    "urllib3": ("_urllib3", _DEFAULT_TIMEOUT),
    "urllib3_future": ("_urllib3", _DEFAULT_TIMEOUT),
}
_ASYNCHRONOUS: dict[str, tuple[str, str, float | None]] = {
    "httpx": ("_httpx", "send_async", None),
    "httpx2": ("_httpx", "send_async", None),
    "niquests": ("_requests", "send_async", _DEFAULT_TIMEOUT),
    "aiohttp": ("_aiohttp", "send", None),
}

_Send = Callable[[Any, Request[Any], Attempt, "dict[str, str]"], Any]


def _library(client: object) -> str:
    """Returns the library that defines the class of a client or one of its base classes, or an empty string."""
    for cls in type(client).__mro__:
        name = cls.__module__.partition(".")[0]
        if name in _BLOCKING or name in _ASYNCHRONOUS:
            return name
    return ""


def _headers(request: Request[Any]) -> dict[str, str]:
    headers = request.headers
    if any(name.lower() == "accept-encoding" for name in headers):
        return headers
    return {**headers, "Accept-Encoding": ACCEPT_ENCODING}


def _failure(error: Exception, request: Request[Any], attempt: Attempt | None) -> TransportFailure:
    fault = fault_of(error, attempt)
    failure = TransportFailure(fault, ended_by(error, fault, attempt))
    failure.__cause__ = without_private(error, request)
    return failure


def _over(send: _Send, client: Any, seconds: float | None, limit: int) -> Transport:
    """Creates a transport from the adapter of a blocking library."""

    def transport(request: Request[Any]) -> Any:
        _refuse_closed(client)
        return _attempted(send, client, request, Attempt(_shorter(seconds, request.timeout), limit))

    return transport


def _shorter(seconds: float | None, limit: float | None) -> float | None:
    """Returns the shorter one of the transport's timeout and the limit of the call."""
    if seconds is None or limit is None:
        return seconds if limit is None else limit
    return min(seconds, limit)


def _refuse_closed(client: Any) -> None:
    """Refuses a client of httpx, httpx2 or aiohttp that is closed. The library's own error would count as a lost connection."""
    if getattr(client, "is_closed", False) is True or getattr(client, "closed", False) is True:
        raise ArgumentError(f"transport: this {type(client).__name__} is closed; make a new client, and close it after its last call")


def _attempted(send: _Send, client: Any, request: Request[Any], attempt: Attempt) -> Any:
    before = current.get()
    current.set(attempt)
    try:
        return send(client, request, attempt, _headers(request))
    except AssertionError:
        # An assertion of a user's test failed, not the network.
        raise
    except Exception as error:
        failure = _failure(error, request, attempt)
    finally:
        current.set(before)
    # Raised outside of the `except` block. Inside, the original exception with its private text would be the context.
    raise failure


def _over_async(send: _Send, client: Any, seconds: float | None, limit: int) -> AsyncTransport:
    """Creates a transport from the adapter of an asynchronous library."""

    async def transport(request: Request[Any]) -> Any:
        _refuse_closed(client)
        left = _shorter(seconds, request.timeout)
        attempt = Attempt(left, limit)
        before = current.get()
        current.set(attempt)
        try:
            return await _in_time(send(client, request, attempt, _headers(request)), left)
        except AssertionError:
            raise
        except Exception as error:
            failure = _failure(error, request, attempt)
        finally:
            current.set(before)
        raise failure

    return transport


async def _in_time(work: Awaitable[Any], seconds: float | None) -> Any:
    if seconds is None:
        return await work
    under = trio()
    if under is not None:
        with under.fail_after(seconds):
            return await work
    import asyncio

    if sys.version_info < (3, 11):
        return await asyncio.wait_for(work, seconds)
    async with asyncio.timeout(seconds):
        return await work


def _urllib_send() -> _Send:
    opener: Any = None

    def send(client: Any, request: Request[Any], attempt: Attempt, headers: dict[str, str]) -> Any:
        nonlocal opener
        # Imported here, because importing urllib takes longer than importing this whole package.
        from . import _urllib

        if opener is None:
            # Two threads may both create an opener. Either one works.
            opener = _urllib.opener()
        return _urllib.send(opener, request, attempt, headers)

    return send


def _urllib_async(seconds: float, limit: int) -> AsyncTransport:
    """Creates a transport over urllib that runs in a thread, because urllib would block the event loop."""
    send = _urllib_send()

    async def transport(request: Request[Any]) -> Any:
        import asyncio

        attempt = Attempt(_shorter(seconds, request.timeout), limit)
        try:
            return await asyncio.to_thread(_attempted, send, None, request, attempt)
        except asyncio.CancelledError:
            from . import _deadline

            _deadline.end(attempt)
            raise

    return transport


# Exceptions of a mistake in a callable, not of the network. They end the call at once.
_MISTAKES = (AssertionError, AttributeError, ImportError, LookupError, NameError, NotImplementedError, TypeError)


def _own(client: Any, limit: int) -> Transport:
    """Creates a transport from a callable."""

    def transport(request: Request[Any]) -> Any:
        try:
            return _bounded(client(request), limit)
        except _MISTAKES:
            raise
        except Exception as error:
            failure = _failure(error, request, None)
        raise failure

    return transport


def _own_async(client: Any, limit: int) -> AsyncTransport:
    """Creates a transport from an asynchronous callable."""

    async def transport(request: Request[Any]) -> Any:
        try:
            answer = client(request)
            if not hasattr(answer, "__await__"):
                wrong = type(answer).__name__
                raise ArgumentError(f"transport: expected an async function, not one that returns {wrong}; tests use AsyncFakeTransport")
            return _bounded(await answer, limit)
        except _MISTAKES:
            raise
        except Exception as error:
            failure = _failure(error, request, None)
        raise failure

    return transport


def _bounded(answer: Any, limit: int) -> Any:
    try:
        _, _, body = answer
        size = len(body)
    except (TypeError, ValueError):
        # `_calls._receive` raises the error for a wrong return value.
        return answer
    if size > limit:
        raise TooLarge(limit)
    return answer


def _is_asynchronous(client: object) -> bool:
    library = _library(client)
    return library in _ASYNCHRONOUS and (library not in _BLOCKING or "Async" in type(client).__name__)


# About 32 years. Sockets and threads refuse waits of more than 292 years, and would fail each call.
_LONGEST = 1_000_000_000


def _check(client: object, timeout: object, limit: object) -> None:
    """Validates the arguments. Without this, each call would fail with a transport error."""
    if isinstance(client, type):
        raise ArgumentError(f"argument 'transport': {client.__name__} is a class; pass an instance, {client.__name__}(…)")
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise ArgumentError(f"argument 'max_response_bytes': expected an int, not {type(limit).__name__}")
    if limit < 1:
        raise _of_value("argument 'max_response_bytes': expected a number of bytes >= 1")
    if timeout is None:
        return
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise ArgumentError(f"argument 'timeout': expected a number of seconds, not {type(timeout).__name__}")
    if not 0 < timeout < float("inf"):
        raise _of_value("argument 'timeout': expected a finite number of seconds > 0")
    if timeout > _LONGEST:
        raise _of_value(f"argument 'timeout': expected a number of seconds <= {_LONGEST}")


def blocking(client: Any, timeout: float | None, max_response_bytes: int = MAX_RESPONSE_BYTES) -> Transport:
    """Returns the transport of a blocking client."""
    _check(client, timeout, max_response_bytes)
    if client is None:
        return _over(_urllib_send(), None, timeout or _DEFAULT_TIMEOUT, max_response_bytes)
    library = _library(client)
    if library in _BLOCKING and not _is_asynchronous(client):
        module, default_timeout = _BLOCKING[library]
        send = import_module(f".{module}", __name__).send
        return _over(send, client, timeout or default_timeout, max_response_bytes)
    if library and _is_asynchronous(client):
        raise ArgumentError(f"argument 'transport': {type(client).__name__} is asynchronous; pass it to AsyncZagely or AsyncWazaj")
    if callable(client):
        return _own(client, max_response_bytes)
    raise ArgumentError(f"argument 'transport': {_known(client, _BLOCKING)}")


def asynchronous(client: Any, timeout: float | None, max_response_bytes: int = MAX_RESPONSE_BYTES) -> AsyncTransport:
    """Returns the transport of an asynchronous client."""
    _check(client, timeout, max_response_bytes)
    if client is None:
        return _urllib_async(timeout or _DEFAULT_TIMEOUT, max_response_bytes)
    library = _library(client)
    if library in _ASYNCHRONOUS and _is_asynchronous(client):
        module, name, default_timeout = _ASYNCHRONOUS[library]
        send = getattr(import_module(f".{module}", __name__), name)
        return _over_async(send, client, timeout or default_timeout, max_response_bytes)
    if library and not _is_asynchronous(client):
        raise ArgumentError(f"argument 'transport': {type(client).__name__} blocks; pass it to Zagely or Wazaj")
    if callable(client):
        return _own_async(client, max_response_bytes)
    raise ArgumentError(f"argument 'transport': {_known(client, _ASYNCHRONOUS)}")


def _known(client: object, libraries: dict[str, Any]) -> str:
    return f"expected a callable or a client of {', '.join(libraries)}, not {type(client).__name__}"

"""How requests get to the vendor: one small adapter for each HTTP library, found by the client that is passed in.

An adapter sends a request as it is, once: it follows no redirect, and keeps the library from repeating anything on its
own. It tells a request of which nothing was sent from one that may have arrived, by what the library reports while it
works. `timeout` bounds the whole attempt, and `max_response_bytes` the answer. Proxies, certificates and pools are the
client's own. No library is imported here: a program that passes a client in has imported its library.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, cast

from .._hudhud import Request
from ._attempt import Attempt, TooLarge, current
from ._body import ACCEPT_ENCODING, Answer
from ._cause import without_private
from ._fault import Failure, fault_of

__all__ = ["MAX_RESPONSE_BYTES", "Answer", "AsyncTransport", "Failure", "Transport", "asynchronous", "blocking"]

Transport = Callable[[Request[Any]], Any]
AsyncTransport = Callable[[Request[Any]], Awaitable[Any]]

MAX_RESPONSE_BYTES = 32 * 1024 * 1024
"""The bound of an answer, unless a client is given another."""

# How many seconds an attempt may take over a library that would wait for ever by itself.
_PATIENCE = 30.0

# For each library whose client is known: the module here, and the seconds if none are given.
_BLOCKING: dict[str, tuple[str, float | None]] = {
    "httpx": ("_httpx", None),
    "httpx2": ("_httpx", None),
    "requests": ("_requests", _PATIENCE),
    "niquests": ("_requests", _PATIENCE),
    "urllib3": ("_urllib3", _PATIENCE),
    "urllib3_future": ("_urllib3", _PATIENCE),
}
_ASYNCHRONOUS: dict[str, tuple[str, str, float | None]] = {
    "httpx": ("_httpx", "send_async", None),
    "httpx2": ("_httpx", "send_async", None),
    "niquests": ("_requests", "send_async", _PATIENCE),
    "aiohttp": ("_aiohttp", "send", None),
}

_Send = Callable[[Any, Request[Any], Attempt, "dict[str, str]"], Any]


def _library(client: object) -> str:
    """The library that a client, or what it inherits from, comes from."""
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


def _failure(error: Exception, request: Request[Any], attempt: Attempt | None) -> Failure:
    failure = Failure(fault_of(error, attempt))
    failure.__cause__ = without_private(error, request)
    return failure


def _over(send: _Send, client: Any, seconds: float | None, limit: int) -> Transport:
    """The transport over a library that blocks."""

    def transport(request: Request[Any]) -> Any:
        return _attempted(send, client, request, Attempt(seconds, limit))

    return transport


def _attempted(send: _Send, client: Any, request: Request[Any], attempt: Attempt) -> Any:
    before = current.get()
    current.set(attempt)
    try:
        return send(client, request, attempt, _headers(request))
    except AssertionError:
        # A test of the user's failed, not the network.
        raise
    except Exception as error:
        failure = _failure(error, request, attempt)
    finally:
        current.set(before)
    # Here, where no exception is handled: it would be the context, with all that it shows.
    raise failure


def _over_async(send: _Send, client: Any, seconds: float | None, limit: int) -> AsyncTransport:
    """The transport over a library that does not block."""

    async def transport(request: Request[Any]) -> Any:
        attempt = Attempt(seconds, limit)
        before = current.get()
        current.set(attempt)
        try:
            return await _in_time(send(client, request, attempt, _headers(request)), seconds)
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
    # Under trio, which brings sniffio, asyncio's own would not do.
    sniffio = sys.modules.get("sniffio")
    if sniffio is not None and sniffio.current_async_library() == "trio":
        with sys.modules["trio"].fail_after(seconds):
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
        # Here, because importing it takes longer than importing all of this package.
        from . import _urllib

        if opener is None:
            # Another thread may make one too, and either will do.
            opener = _urllib.opener()
        return _urllib.send(opener, request, attempt, headers)

    return send


def _urllib_async(seconds: float, limit: int) -> AsyncTransport:
    """The transport over urllib in a thread: in the loop's own it would hold up everything else."""
    send = _urllib_send()

    async def transport(request: Request[Any]) -> Any:
        import asyncio

        attempt = Attempt(seconds, limit)
        try:
            return await asyncio.to_thread(_attempted, send, None, request, attempt)
        except asyncio.CancelledError:
            from . import _deadline

            _deadline.end(attempt)
            raise

    return transport


def _own(client: Any, limit: int) -> Transport:
    """The transport that a callable is."""

    def transport(request: Request[Any]) -> Any:
        try:
            return _bounded(client(request), limit)
        except AssertionError:
            raise
        except Exception as error:
            failure = _failure(error, request, None)
        raise failure

    return transport


def _own_async(client: Any, limit: int) -> AsyncTransport:
    """The transport that an asynchronous callable is."""

    async def transport(request: Request[Any]) -> Any:
        try:
            return _bounded(await client(request), limit)
        except AssertionError:
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
        # The client says what a transport must return.
        return answer
    if size > limit:
        raise TooLarge(limit)
    return answer


def _is_asynchronous(client: object) -> bool:
    library = _library(client)
    return library in _ASYNCHRONOUS and (library not in _BLOCKING or "Async" in type(client).__name__)


def _check(client: object, timeout: object, limit: object) -> None:
    """Refuses here what would otherwise fail in each call, as if the network had."""
    if isinstance(client, type):
        raise TypeError(f"argument 'transport': {client.__name__} is a class: pass a client, {client.__name__}()")
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"argument 'max_response_bytes': expected an int, not {type(limit).__name__}")
    if limit < 1:
        raise ValueError("argument 'max_response_bytes': expected a number of bytes > 0")
    if timeout is None:
        return
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"argument 'timeout': seconds are a float, not {type(timeout).__name__}")
    if not 0 < timeout < float("inf"):
        raise ValueError("argument 'timeout': a request takes more than 0 seconds, and not for ever")


def blocking(client: Any, timeout: float | None, max_response_bytes: int = MAX_RESPONSE_BYTES) -> Transport:
    """The transport of a client that blocks."""
    _check(client, timeout, max_response_bytes)
    if client is None:
        return _over(_urllib_send(), None, timeout or _PATIENCE, max_response_bytes)
    library = _library(client)
    if library in _BLOCKING and not _is_asynchronous(client):
        module, patience = _BLOCKING[library]
        send = import_module(f".{module}", __name__).send
        return _over(send, client, timeout or patience, max_response_bytes)
    if library and _is_asynchronous(client):
        raise TypeError(f"argument 'transport': {type(client).__name__} is asynchronous: pass it to AsyncZagely or AsyncWazaj")
    if callable(client):
        return _own(client, max_response_bytes)
    raise TypeError(f"argument 'transport': {_known(client, _BLOCKING)}")


def asynchronous(client: Any, timeout: float | None, max_response_bytes: int = MAX_RESPONSE_BYTES) -> AsyncTransport:
    """The transport of a client that does not block."""
    _check(client, timeout, max_response_bytes)
    if client is None:
        return _urllib_async(timeout or _PATIENCE, max_response_bytes)
    library = _library(client)
    if library in _ASYNCHRONOUS and _is_asynchronous(client):
        module, name, patience = _ASYNCHRONOUS[library]
        send = getattr(import_module(f".{module}", __name__), name)
        return _over_async(send, client, timeout or patience, max_response_bytes)
    if library and not _is_asynchronous(client):
        raise TypeError(f"argument 'transport': {type(client).__name__} blocks: pass it to Zagely or Wazaj")
    if callable(client):
        return _own_async(client, max_response_bytes)
    raise TypeError(f"argument 'transport': {_known(client, _ASYNCHRONOUS)}")


def _known(client: object, libraries: dict[str, Any]) -> str:
    return f"{type(client).__name__} is neither a callable nor a client of {', '.join(libraries)}"

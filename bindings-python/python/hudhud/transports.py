"""How requests get to the vendor: one small adapter for each HTTP library, found by what is passed in.

An adapter sends a request as it is, follows no redirect, and tells a connection that could not be made from one that
was lost. It imports nothing: whoever passes a client in has its library. Proxies, certificates and pools are that
client's own; so are timeouts, unless one is given. aiohttp sends a GET, PUT or DELETE once more by itself when its
connection is lost.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, cast

from ._hudhud import Request

__all__ = ["Answer", "AsyncTransport", "Failure", "Transport", "asynchronous", "blocking"]


class Answer(NamedTuple):
    """What came back. A transport of one's own may return any tuple of these three."""

    status: int
    headers: Any
    body: bytes


class Failure(Exception):
    """No answer came. A transport of one's own may raise it, or anything else: that counts as `closed`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault
        """`connect` (nothing was sent), `timeout` or `closed` (it may have had its effect)."""


Transport = Callable[[Request[Any]], Any]
AsyncTransport = Callable[[Request[Any]], Awaitable[Any]]

# How long libraries that would wait for ever are made to wait.
_PATIENCE = 30.0

# What the libraries call a connection that was not made, and an answer that took too long. Whatever is not named
# here may have come after the request was sent.
_CONNECT = frozenset(
    {
        "ClientConnectorError",
        "ConnectError",
        "ConnectTimeout",
        "ConnectTimeoutError",
        "ConnectionRefusedError",
        "ConnectionTimeoutError",
        "gaierror",
        "InvalidURL",
        "LocalProtocolError",
        "NameResolutionError",
        "NewConnectionError",
        "PoolTimeout",
        "SSLCertVerificationError",
        "UnsupportedProtocol",
    }
)
_TIMEOUT = frozenset({"ReadTimeoutError", "ServerTimeoutError", "Timeout", "TimeoutError", "TimeoutException"})


def fault_of(error: BaseException) -> str:
    """Which of the three faults an exception of a library stands for."""
    if isinstance(error, Failure):
        return error.fault
    seen: set[int] = set()
    cause: BaseException | None = error
    timeout = False
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        names = {cls.__name__ for cls in type(cause).__mro__}
        if names & _CONNECT:
            return "connect"
        timeout = timeout or bool(names & _TIMEOUT)
        # requests keeps what it caught as an argument, and urllib as a reason.
        inner = getattr(cause, "reason", None) or next(iter(cause.args), None)
        inner = getattr(inner, "reason", inner)
        cause = inner if isinstance(inner, BaseException) else cause.__cause__
    return "timeout" if timeout else "closed"


def _library(client: object) -> str:
    """The library that a client, or what it inherits from, comes from."""
    for cls in type(client).__mro__:
        name = cls.__module__.partition(".")[0]
        if name in _BLOCKING or name in _ASYNCHRONOUS:
            return name
    return ""


def _for_httpx(request: Request[Any], timeout: float | None) -> dict[str, Any]:
    """What httpx is told, blocking or not."""
    told = {"method": request.method, "url": request.url, "headers": request.headers, "content": request.content}
    return {**told, "follow_redirects": False, **({} if timeout is None else {"timeout": timeout})}


def _for_requests(request: Request[Any], timeout: float | None) -> dict[str, Any]:
    """What requests is told, blocking or not."""
    told = {"method": request.method, "url": request.url, "headers": request.headers, "data": request.content}
    # Without an `auth`, ~/.netrc would have its say about who is calling.
    own = {"allow_redirects": False, "auth": _as_it_is, "timeout": _PATIENCE if timeout is None else timeout}
    return {**told, **own}


def _of_httpx(response: Any) -> Answer:
    return Answer(response.status_code, response.headers.raw, response.content)


def _of_requests(response: Any) -> Answer:
    return Answer(response.status_code, response.headers, response.content or b"")


def _httpx(client: Any, timeout: float | None) -> Transport:
    return lambda request: _of_httpx(client.request(**_for_httpx(request, timeout)))


def _requests(session: Any, timeout: float | None) -> Transport:
    return lambda request: _of_requests(session.request(**_for_requests(request, timeout)))


def _as_it_is(prepared: Any) -> Any:
    return prepared


def _urllib3(pool: Any, timeout: float | None) -> Transport:
    def send(request: Request[Any]) -> Answer:
        response = pool.request(
            request.method,
            request.url,
            headers=request.headers,
            body=request.content,
            redirect=False,
            retries=False,
            timeout=_PATIENCE if timeout is None else timeout,
        )
        return Answer(response.status, response.headers, response.data)

    return send


def _urllib(timeout: float | None) -> Transport:
    """Python's own. It makes a connection for each request: a program that makes many passes a client in."""
    opener: Any = None

    def send(request: Request[Any]) -> Answer:
        # Here, because importing them takes longer than importing all of this package.
        nonlocal opener
        import http.client
        import urllib.error
        import urllib.request

        if opener is None:
            # All but the one that follows redirects. Another thread sees it when it is whole, not before.
            made = urllib.request.OpenerDirector()
            for handler in (
                urllib.request.ProxyHandler,
                urllib.request.UnknownHandler,
                urllib.request.HTTPHandler,
                urllib.request.HTTPSHandler,
                urllib.request.HTTPDefaultErrorHandler,
                urllib.request.HTTPErrorProcessor,
            ):
                made.add_handler(handler())
            opener = made
        outgoing = urllib.request.Request(
            request.url, data=request.content, headers=request.headers, method=request.method
        )
        try:
            with opener.open(outgoing, timeout=_PATIENCE if timeout is None else timeout) as response:
                return Answer(response.status, response.headers.items(), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers.items(), error.read())
        except http.client.InvalidURL as error:
            raise Failure("connect") from error

    return send


def _httpx_async(client: Any, timeout: float | None) -> AsyncTransport:
    async def send(request: Request[Any]) -> Answer:
        return _of_httpx(await client.request(**_for_httpx(request, timeout)))

    return send


def _niquests_async(session: Any, timeout: float | None) -> AsyncTransport:
    async def send(request: Request[Any]) -> Answer:
        return _of_requests(await session.request(**_for_requests(request, timeout)))

    return send


def _aiohttp(session: Any, timeout: float | None) -> AsyncTransport:
    # Whoever has a session has both modules.
    aiohttp, yarl = sys.modules["aiohttp"], sys.modules["yarl"]
    more = {} if timeout is None else {"timeout": aiohttp.ClientTimeout(total=timeout)}

    async def send(request: Request[Any]) -> Answer:
        async with session.request(
            request.method,
            # As it is: its escapes are not to be escaped, nor undone.
            yarl.URL(request.url, encoded=True),
            headers=request.headers,
            data=request.content,
            allow_redirects=False,
            **more,
        ) as response:
            return Answer(response.status, response.raw_headers, await response.read())

    return send


_BLOCKING: dict[str, Callable[[Any, float | None], Transport]] = {
    "httpx": _httpx,
    "httpx2": _httpx,
    "requests": _requests,
    "niquests": _requests,
    "urllib3": _urllib3,
    "urllib3_future": _urllib3,
}
_ASYNCHRONOUS: dict[str, Callable[[Any, float | None], AsyncTransport]] = {
    "httpx": _httpx_async,
    "httpx2": _httpx_async,
    "niquests": _niquests_async,
    "aiohttp": _aiohttp,
}


def _is_asynchronous(client: object) -> bool:
    library = _library(client)
    return library in _ASYNCHRONOUS and (library not in _BLOCKING or "Async" in type(client).__name__)


def _check(client: object, timeout: object) -> None:
    """Refuses here what would otherwise fail in each call, as if the network had."""
    if isinstance(client, type):
        raise TypeError(f"argument 'transport': {client.__name__} is a class: pass a client, {client.__name__}()")
    if timeout is None:
        return
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"argument 'timeout': seconds are a float, not {type(timeout).__name__}")
    if not 0 < timeout < float("inf"):
        raise ValueError("argument 'timeout': a request takes more than 0 seconds, and not for ever")


def blocking(client: Any, timeout: float | None) -> Transport:
    """The transport of a client that blocks."""
    _check(client, timeout)
    if client is None:
        return _urllib(timeout)
    adapter = _BLOCKING.get(_library(client))
    if adapter is not None and not _is_asynchronous(client):
        return adapter(client, timeout)
    if _library(client) and _is_asynchronous(client):
        raise TypeError(f"argument 'transport': {type(client).__name__} is asynchronous: pass it to AsyncZagely or AsyncWazaj")
    if callable(client):
        return cast(Transport, client)
    raise TypeError(f"argument 'transport': {_known(client, _BLOCKING)}")


def asynchronous(client: Any, timeout: float | None) -> AsyncTransport:
    """The transport of a client that does not block."""
    _check(client, timeout)
    if client is None:
        import asyncio

        # In a thread: urllib would hold up everything else.
        send = _urllib(timeout)
        return lambda request: asyncio.to_thread(send, request)
    adapter = _ASYNCHRONOUS.get(_library(client))
    if adapter is not None and _is_asynchronous(client):
        return adapter(client, timeout)
    if _library(client) and not _is_asynchronous(client):
        raise TypeError(f"argument 'transport': {type(client).__name__} blocks: pass it to Zagely or Wazaj")
    if callable(client):
        return cast(AsyncTransport, client)
    raise TypeError(f"argument 'transport': {_known(client, _ASYNCHRONOUS)}")


def _known(client: object, libraries: dict[str, Any]) -> str:
    return f"{type(client).__name__} is neither a callable nor a client of {', '.join(libraries)}"


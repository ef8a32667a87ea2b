"""The adapter for requests and niquests, blocking and asynchronous."""

from __future__ import annotations

import inspect
from typing import Any

from . import _deadline, _urllib3
from ._attempt import Attempt, current
from ._body import TransportResponse, Body

# The methods of a requests adapter that choose a pool. The version of the library decides which one is used.
_CHOOSING = ("get_connection_with_tls_context", "get_connection")


def _watch_adapter(adapter: Any) -> None:
    if not hasattr(adapter, "__dict__") or "_hudhud_watched" in adapter.__dict__:
        return
    for name in _CHOOSING:
        choose = getattr(adapter, name, None)
        if choose is not None:
            setattr(adapter, name, _watching(choose))
    adapter._hudhud_watched = True


def _watching(choose: Any) -> Any:
    if inspect.iscoroutinefunction(choose):

        async def chosen_async(*args: Any, **kwargs: Any) -> Any:
            pool = await choose(*args, **kwargs)
            _urllib3.watch_pool(pool)
            return pool

        return chosen_async

    def chosen(*args: Any, **kwargs: Any) -> Any:
        pool = choose(*args, **kwargs)
        _urllib3.watch_pool(pool)
        return pool

    return chosen


def _watch_session(session: Any, url: str) -> None:
    get_adapter = getattr(session, "get_adapter", None)
    if get_adapter is not None:
        _watch_adapter(get_adapter(url))
    target = getattr(session, "get_redirect_target", None)
    if target is None or "_hudhud_watched" in session.__dict__:
        return

    def none_of_ours(response: Any) -> Any:
        # For a redirect, a session would read the whole body without a limit, to prepare a request that is never sent.
        return target(response) if current.get() is None else None

    session.get_redirect_target = none_of_ours
    session._hudhud_watched = True


def _as_it_is(prepared: Any) -> Any:
    return prepared


def _settings(session: Any, request: Any, attempt: Attempt, headers: dict[str, str]) -> dict[str, Any]:
    _watch_session(session, request.url)
    return {
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "data": request.content,
        "allow_redirects": False,
        # Without `auth`, requests would take credentials from ~/.netrc.
        "auth": _as_it_is,
        "timeout": attempt.left(),
        "stream": True,
    }


def send(session: Any, request: Any, attempt: Attempt, headers: dict[str, str]) -> TransportResponse:
    """Sends a request with a session."""
    _deadline.add(attempt)
    try:
        response = session.request(**_settings(session, request, attempt, headers))
        try:
            raw = getattr(response, "raw", None)
            if raw is None or not hasattr(raw, "stream"):
                # A response without a connection, such as one from an adapter in a test.
                return _held(response.status_code, response.headers, response.content, attempt)
            return _urllib3.read(raw, attempt)
        finally:
            response.close()
    finally:
        _deadline.finish(attempt)


async def send_async(session: Any, request: Any, attempt: Attempt, headers: dict[str, str]) -> TransportResponse:
    """Sends a request with an asynchronous session of niquests."""
    response = await session.request(**_settings(session, request, attempt, headers))
    try:
        raw = getattr(response, "raw", None)
        if raw is None or not hasattr(raw, "stream"):
            content = response.content
            content = await content if inspect.isawaitable(content) else content
            return _held(response.status_code, response.headers, content, attempt)
        body = Body(attempt)
        async for piece in raw.stream(_urllib3.PIECE, decode_content=False):
            body.take(piece)
        return body.answer(raw.status, raw.headers.items())
    finally:
        closed = response.close()
        if inspect.isawaitable(closed):
            await closed


def _held(status: int, headers: Any, content: bytes | None, attempt: Attempt) -> TransportResponse:
    body = Body(attempt)
    body.take(content or b"")
    # The library has already decompressed the content.
    return TransportResponse(status, [pair for pair in headers.items() if pair[0].lower() != "content-encoding"], content or b"")

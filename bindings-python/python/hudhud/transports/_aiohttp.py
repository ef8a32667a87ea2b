"""The adapter for aiohttp."""

from __future__ import annotations

import sys
from typing import Any

from ._attempt import Attempt, current
from ._body import TransportResponse, Body


async def _observe(*_: Any) -> None:
    attempt = current.get()
    if attempt is not None:
        attempt.observe()


async def _begin(*_: Any) -> None:
    attempt = current.get()
    if attempt is not None:
        attempt.begin()


def watch(session: Any) -> None:
    """Adds callbacks to a session, through which it reports to the current attempt. Repeated calls have no effect.

    aiohttp repeats a GET, PUT or DELETE when it loses a kept-alive connection. The trace callbacks prevent that by an
    exception: aiohttp calls them before it looks for another connection and before it writes headers.
    """
    configs = session.trace_configs
    if any(getattr(config, "_hudhud", False) for config in configs):
        return
    config = sys.modules["aiohttp"].TraceConfig()
    config._hudhud = True
    for signal in (config.on_request_start, config.on_connection_queued_start, config.on_connection_create_start, config.on_connection_reuseconn):
        signal.append(_observe)
    config.on_request_headers_sent.append(_begin)
    config.freeze()
    configs.append(config)


async def send(session: Any, request: Any, attempt: Attempt, headers: dict[str, str]) -> TransportResponse:
    """Sends a request with a session."""
    # A program that has a session has already imported both modules.
    aiohttp, yarl = sys.modules["aiohttp"], sys.modules["yarl"]
    watch(session)
    left = attempt.left()
    async with session.request(
        request.method,
        # `encoded=True` keeps the URL unchanged: escapes are neither escaped again nor decoded.
        yarl.URL(request.url, encoded=True),
        headers=headers,
        data=request.content,
        allow_redirects=False,
        auto_decompress=False,
        **({} if left is None else {"timeout": aiohttp.ClientTimeout(total=left)}),
    ) as response:
        body = Body(attempt)
        async for piece in response.content.iter_any():
            body.take(piece)
        return body.answer(response.status, response.raw_headers)

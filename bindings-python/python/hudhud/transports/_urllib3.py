"""The adapter for urllib3, and for the urllib3 pools of requests and niquests."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from . import _deadline
from ._attempt import Attempt, current
from ._body import TransportResponse, Body
from ._connection import watch

PIECE = 64 * 1024


def watch_pool(pool: Any) -> None:
    """Changes a pool: its connections report to the current attempt, and it does not retry during an attempt.
    Repeated calls have no effect. Without a current attempt the pool behaves as before."""
    if "_hudhud_watched" in pool.__dict__ or not hasattr(pool, "_get_conn"):
        return
    urlopen, get = pool.urlopen, pool._get_conn
    if inspect.iscoroutinefunction(urlopen):

        async def opened_async(*args: Any, **kwargs: Any) -> Any:
            return await urlopen(*args, **_once(pool, kwargs))

        async def got_async(*args: Any, **kwargs: Any) -> Any:
            connection = await get(*args, **kwargs)
            watch(connection)
            return connection

        pool.urlopen, pool._get_conn = opened_async, got_async
    else:

        def opened(*args: Any, **kwargs: Any) -> Any:
            return urlopen(*args, **_once(pool, kwargs))

        def got(*args: Any, **kwargs: Any) -> Any:
            connection = get(*args, **kwargs)
            watch(connection)
            return connection

        pool.urlopen, pool._get_conn = opened, got
    pool._hudhud_watched = True


def _once(pool: Any, settings: dict[str, Any]) -> dict[str, Any]:
    attempt = current.get()
    if attempt is None:
        return settings
    attempt.observe()
    retry = sys.modules[type(pool).__module__.partition(".")[0]].Retry
    # The default of requests, which chooses its exceptions by it.
    return {**settings, "retries": retry(0, read=False), "redirect": False}


def send(client: Any, request: Any, attempt: Attempt, headers: dict[str, str]) -> TransportResponse:
    """Sends a request with a pool or a pool manager."""
    _deadline.add(attempt)
    try:
        pool = client.connection_from_url(request.url) if hasattr(client, "connection_from_url") else client
        watch_pool(pool)
        response = client.request(
            request.method,
            request.url,
            headers=headers,
            body=request.content,
            redirect=False,
            retries=False,
            timeout=attempt.left(),
            preload_content=False,
        )
        try:
            return read(response, attempt)
        except BaseException:
            response.close()
            raise
    finally:
        _deadline.finish(attempt)


def read(response: Any, attempt: Attempt) -> TransportResponse:
    """Reads the body of a urllib3 response that is not read yet."""
    body = Body(attempt)
    for piece in response.stream(PIECE, decode_content=False):
        body.take(piece)
    response.release_conn()
    return body.answer(response.status, response.headers.items())

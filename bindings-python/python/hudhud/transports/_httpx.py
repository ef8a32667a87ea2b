"""The adapter for httpx and httpx2, over HTTP/1.1 and HTTP/2, blocking and asynchronous."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ._attempt import Attempt, current
from ._body import TransportResponse, Body
from ._connection import share

_PIECE = 64 * 1024
_CONNECTING = ("connect_tcp.started", "connect_unix_socket.started", "start_tls.started")


def _trace(attempt: Attempt, blocking: bool) -> Callable[[str, dict[str, Any]], None]:
    # Returns a callback for the events of httpcore's "trace" extension.
    def on_event(event: str, info: dict[str, Any]) -> None:
        step = event.partition(".")[2]
        if step == "send_request_headers.started":
            # A CONNECT to a proxy is sent before the request itself.
            if info["request"].method != b"CONNECT":
                attempt.begin()
        elif step in _CONNECTING:
            attempt.observe()
            if blocking and step == "connect_tcp.started":
                info["timeout"] = share(attempt, info["host"], info["port"], info.get("timeout"))
            elif blocking:
                info["timeout"] = attempt.at_most(info.get("timeout"))
        elif blocking and step.endswith(".complete"):
            stream = info.get("return_value")
            if hasattr(stream, "start_tls"):
                _bound(stream)

    return on_event


def _bound(stream: Any) -> None:
    # httpcore gives each read and write of a stream its own timeout, which does not limit their sum.
    read, write = stream.read, stream.write
    httpcore = sys.modules[type(stream).__module__.partition(".")[0]]

    def read_in_time(max_bytes: int, timeout: float | None = None) -> Any:
        return read(max_bytes, left(timeout, httpcore.ReadTimeout))

    def write_in_time(buffer: bytes, timeout: float | None = None) -> None:
        for at in range(0, len(buffer), _PIECE):
            write(buffer[at : at + _PIECE], left(timeout, httpcore.WriteTimeout))

    def left(timeout: float | None, error: Any) -> float | None:
        attempt = current.get()
        if attempt is None:
            return timeout
        try:
            return attempt.at_most(timeout)
        except TimeoutError as late:
            raise error(str(late)) from None

    stream.read, stream.write = read_in_time, write_in_time


def _arguments(request: Any, headers: dict[str, str], timeout: float | None) -> dict[str, Any]:
    arguments = {"method": request.method, "url": request.url, "headers": headers, "content": request.content}
    return {**arguments, "follow_redirects": False, **({} if timeout is None else {"timeout": timeout})}


def send(client: Any, request: Any, attempt: Attempt, headers: dict[str, str]) -> TransportResponse:
    """Sends a request with a blocking client."""
    extensions = {"trace": _trace(attempt, blocking=True)}
    with client.stream(**_arguments(request, headers, attempt.left()), extensions=extensions) as response:
        body = Body(attempt)
        if response.is_stream_consumed:
            return _held(response, body)
        for piece in response.iter_raw():
            body.take(piece)
        return body.answer(response.status_code, response.headers.raw)


async def send_async(client: Any, request: Any, attempt: Attempt, headers: dict[str, str]) -> TransportResponse:
    """Sends a request with an asynchronous client."""
    on_event = _trace(attempt, blocking=False)

    async def on_event_async(event: str, info: dict[str, Any]) -> None:
        on_event(event, info)

    extensions = {"trace": on_event_async}
    async with client.stream(**_arguments(request, headers, attempt.left()), extensions=extensions) as response:
        body = Body(attempt)
        if response.is_stream_consumed:
            return _held(response, body)
        async for piece in response.aiter_raw():
            body.take(piece)
        return body.answer(response.status_code, response.headers.raw)


def _held(response: Any, body: Body) -> TransportResponse:
    # The response of a mock transport, which has no connection. httpx has already decompressed it.
    body.take(response.content)
    headers = [pair for pair in response.headers.raw if pair[0].lower() != b"content-encoding"]
    return TransportResponse(response.status_code, headers, response.content)

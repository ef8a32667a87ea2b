"""The adapter for Python's own urllib, with a new connection for each request."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import Any

from . import _deadline
from ._attempt import Attempt
from ._body import TransportResponse, Body
from ._connection import watch

_PIECE = 64 * 1024


class _Connection(http.client.HTTPConnection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        watch(self)


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        watch(self)


class _Handler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Connection, req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        # Since Python 3.12 the handler keeps an SSL context. Before, each connection creates one.
        return self.do_open(_SecureConnection, req, context=getattr(self, "_context", None))


def opener() -> urllib.request.OpenerDirector:
    """Creates an opener without the handler that follows redirects and those that raise exceptions for error
    statuses. It reads the proxies from the environment now."""
    made = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler, urllib.request.UnknownHandler, _Handler, _SecureHandler):
        made.add_handler(handler())
    return made


def send(opener: urllib.request.OpenerDirector, request: Any, attempt: Attempt, headers: dict[str, str]) -> TransportResponse:
    """Sends a request over a new connection."""
    outgoing = urllib.request.Request(request.url, data=request.content, headers=headers, method=request.method)
    _deadline.add(attempt)
    try:
        with opener.open(outgoing, timeout=attempt.left()) as response:
            body = Body(attempt)
            while piece := response.read1(_PIECE):
                body.take(piece)
            return body.answer(response.status, response.headers.items())
    finally:
        _deadline.finish(attempt)

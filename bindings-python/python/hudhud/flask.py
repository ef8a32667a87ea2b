"""Deliveries in Flask.

    webhook = Webhook.from_env()

    @app.post("/webhook")
    @delivered(webhook)
    def receive(event: Event) -> str: ...

A delivery that is not genuine is answered before the function is called, with 400 or 401, and one of more than
`max_body_bytes` with 413. Only the log of `hudhud` says why. Without the headers of a signature no body is read. Views
may be asynchronous, where Flask is installed for them (`flask[async]`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import abort, current_app, request

from ._receiver import MAX_BODY_BYTES, ReadBefore, Received, TooLarge, admit, bounded, check_limit, log
from .errors import WebhookError
from .webhook import Event, Webhook

__all__ = ["delivered", "verify"]


def verify(webhook: Webhook, *, max_body_bytes: int = MAX_BODY_BYTES) -> Event:
    """The event of the current request, or an abort."""
    limit = check_limit(max_body_bytes)
    try:
        admit(webhook, request.headers, request.headers.getlist("Content-Length"), limit)
        return webhook.verify(request.headers, _body(limit))
    except WebhookError as error:
        log.warning("%s", error)
        abort(error.http_status)
    except TooLarge as error:
        log.warning("%s", error)
        abort(413)
    except ReadBefore as error:
        log.error("%s", error)
        abort(400)


def _body(limit: int) -> bytes:
    if getattr(request, "_cached_data", None) is None:
        if "form" in request.__dict__:
            raise ReadBefore("flask", "Call `request.get_data()` before `request.form` there, which keeps it.")
        received = Received(limit)
        while piece := request.stream.read(received.room):
            received.take(piece)
        body = received.body()
        if not body and request.content_length:
            raise ReadBefore("flask", "Read it there with `request.get_data()`, which keeps it.")
        # Kept where `get_data` keeps it, so that the view may read it once more.
        request._cached_data = body
    return bounded(request.get_data(), limit)


def delivered(
    webhook: Webhook, *, max_body_bytes: int = MAX_BODY_BYTES
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Hands the event of the current request to a view as its first argument."""
    check_limit(max_body_bytes)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def verified(*args: Any, **kwargs: Any) -> Any:
            # As Flask itself calls a view, asynchronous or not.
            event = verify(webhook, max_body_bytes=max_body_bytes)
            return current_app.ensure_sync(view)(event, *args, **kwargs)

        return verified

    return decorate

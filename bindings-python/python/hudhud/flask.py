"""Verifies deliveries in Flask.

    webhook = Webhook.from_env()

    @app.post("/webhook")
    @delivered(webhook)
    def receive(event: WebhookEvent) -> str: ...

With an inbox, which handles each event once (`hudhud.inbox`):

    app.add_url_rule("/webhook", view_func=receiver(webhook, inbox), methods=["POST"])

A refused delivery gets a 400 or 401 response. A delivery with a body of more than `max_body_bytes` gets a 413 response.
The view is not called. The reason is only in the log `hudhud`. Without the signature headers the body is not read.
Views may be asynchronous if Flask is installed as `flask[async]`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Response, abort, current_app, request

from ._receiver import MAX_BODY_BYTES, ReadBefore, Received, TooLarge, admit, bounded, check_inbox, check_limit, check_webhook, log
from .errors import WebhookError
from .inbox._blocking import BlockingInbox
from .webhook import WebhookEvent, Webhook

__all__ = ["delivered", "receiver", "verify"]


def verify(webhook: Webhook, *, max_body_bytes: int = MAX_BODY_BYTES) -> WebhookEvent:
    """Returns the event of the current request. Aborts the request if the delivery is refused."""
    limit = check_limit(max_body_bytes)
    check_webhook(webhook)
    try:
        admit(webhook, request.headers, request.headers.getlist("Content-Length"), limit)
        return webhook._receive(request.headers, _body(limit))
    except WebhookError as error:
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
            raise ReadBefore("flask", "Call `request.get_data()` there before `request.form`: it keeps the bytes.")
        received = Received(limit)
        while piece := request.stream.read(received.room):
            received.take(piece)
        body = received.body()
        if not body and request.content_length:
            raise ReadBefore("flask", "Read it there with `request.get_data()`: it keeps the bytes.")
        # Stored where `get_data` stores it, so that the view can read it again.
        request._cached_data = body
    return bounded(request.get_data(), limit)


def delivered(
    webhook: Webhook, *, max_body_bytes: int = MAX_BODY_BYTES
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Returns a decorator that passes the event of the current request to a view as its first argument."""
    check_webhook(webhook)
    check_limit(max_body_bytes)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def verified(*args: Any, **kwargs: Any) -> Any:
            # `ensure_sync` calls asynchronous views too, as Flask does.
            event = verify(webhook, max_body_bytes=max_body_bytes)
            return current_app.ensure_sync(view)(event, *args, **kwargs)

        return verified

    return decorate


def receiver(webhook: Webhook, inbox: BlockingInbox, *, max_body_bytes: int = MAX_BODY_BYTES) -> Callable[[], Response]:
    """Returns a view that verifies each delivery and handles its event in an inbox.

        app.add_url_rule("/webhook", view_func=receiver(webhook, inbox), methods=["POST"])
    """
    check_webhook(webhook)
    check_inbox(inbox, BlockingInbox)
    check_limit(max_body_bytes)

    def receive_in_inbox() -> Response:
        receipt = inbox.receive(verify(webhook, max_body_bytes=max_body_bytes))
        return Response(status=receipt.http_status, headers=receipt.headers)

    return receive_in_inbox

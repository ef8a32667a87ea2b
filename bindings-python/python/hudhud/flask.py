"""Deliveries in Flask.

    webhook = Webhook.from_env()

    @app.post("/webhook")
    @delivered(webhook)
    def receive(event: Event) -> str: ...

Whatever is not genuine is answered before the function is called: with 400 or 401, and without saying why, which only
the log of `hudhud` is told. Views may be asynchronous, where Flask is installed for them (`flask[async]`).
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from flask import abort, current_app, request

from .errors import WebhookError
from .webhook import Event, Webhook

__all__ = ["delivered", "verify"]

_log = logging.getLogger("hudhud")


def verify(webhook: Webhook) -> Event:
    """The event of the current request, or an abort."""
    try:
        # Kept, so that the view may read it once more.
        return webhook.verify(request.headers, request.get_data(cache=True))
    except WebhookError as error:
        _log.warning("%s", error)
        abort(error.http_status)


def delivered(webhook: Webhook) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Hands the event of the current request to a view as its first argument."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def verified(*args: Any, **kwargs: Any) -> Any:
            # As Flask itself calls a view, asynchronous or not.
            return current_app.ensure_sync(view)(verify(webhook), *args, **kwargs)

        return verified

    return decorate

"""Deliveries in Flask.

    webhook = Webhook.from_env()

    @app.post("/webhook")
    @delivered(webhook)
    def receive(event: Event) -> str: ...

Whatever is not genuine is answered before the function is called: with 400 or 401, and without saying why, which only
the log of `hudhud` is told.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, request

from .errors import WebhookError
from .webhook import Event, Webhook

__all__ = ["delivered", "verify"]

_log = logging.getLogger("hudhud")
_T = TypeVar("_T")


def verify(webhook: Webhook) -> Event:
    """The event of the current request, or an abort."""
    try:
        # Not kept: a form's body could be read as one meanwhile.
        return webhook.verify(request.headers, request.get_data(cache=False))
    except WebhookError as error:
        _log.warning("%s", error)
        abort(error.http_status)


def delivered(webhook: Webhook) -> Callable[[Callable[..., _T]], Callable[..., _T]]:
    """Hands the event of the current request to a view as its first argument."""

    def decorate(view: Callable[..., _T]) -> Callable[..., _T]:
        @functools.wraps(view)
        def verified(*args: Any, **kwargs: Any) -> _T:
            return view(verify(webhook), *args, **kwargs)

        return verified

    return decorate

"""Deliveries in Django.

    webhook = Webhook.from_env()

    @delivered(webhook)
    def receive(request: HttpRequest, event: Event) -> HttpResponse: ...

Whatever is not genuine is answered before the view is called: with 400 or 401, and without saying why, which only the
log of `hudhud` is told. Views may be asynchronous; they need no CSRF token, which no vendor could know.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse  # type: ignore[import-untyped]
from django.views.decorators.csrf import csrf_exempt  # type: ignore[import-untyped]

from .errors import WebhookError
from .webhook import Event, Webhook

__all__ = ["delivered"]

_log = logging.getLogger("hudhud")


def delivered(webhook: Webhook) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Hands the event of the request to a view as its second argument."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        exempt: Callable[..., Any]
        if inspect.iscoroutinefunction(view):

            @functools.wraps(view)
            async def asynchronous(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                try:
                    event = _event(webhook, request)
                except WebhookError as error:
                    return _refusal(error)
                return await view(request, event, *args, **kwargs)

            exempt = csrf_exempt(asynchronous)
            return exempt

        @functools.wraps(view)
        def blocking(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                event = _event(webhook, request)
            except WebhookError as error:
                return _refusal(error)
            return view(request, event, *args, **kwargs)

        exempt = csrf_exempt(blocking)
        return exempt

    return decorate


def _event(webhook: Webhook, request: Any) -> Event:
    # Django has no types: of what it caches a checker sees how, and not what.
    return webhook.verify(request.headers, request.body)


def _refusal(error: WebhookError) -> HttpResponse:
    _log.warning("%s", error)
    return HttpResponse(status=error.http_status)

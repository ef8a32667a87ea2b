"""Deliveries in Django.

    webhook = Webhook.from_env()

    @delivered(webhook)
    def receive(request: HttpRequest, event: Event) -> HttpResponse: ...

A delivery that is not genuine is answered before the view is called, with 400 or 401, and one of more than
`max_body_bytes` with 413. Only the log of `hudhud` says why. Without the headers of a signature no body is read. Views
may be asynchronous; they need no CSRF token, which no vendor could know.
"""

from __future__ import annotations

import functools
import inspect
import io
from collections.abc import Callable
from typing import Any

from django import conf  # type: ignore[import-untyped]
from django.http import HttpRequest, HttpResponse, UnreadablePostError  # type: ignore[import-untyped]
from django.http.request import RawPostDataException  # type: ignore[import-untyped]
from django.views.decorators.csrf import csrf_exempt  # type: ignore[import-untyped]

from ._receiver import MAX_BODY_BYTES, ReadBefore, Received, TooLarge, admit, bounded, check_limit, log
from .errors import WebhookError
from .webhook import Event, Webhook

__all__ = ["delivered"]


def delivered(
    webhook: Webhook, *, max_body_bytes: int = MAX_BODY_BYTES
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Hands the event of the request to a view as its second argument."""
    limit = check_limit(max_body_bytes)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        exempt: Callable[..., Any]
        if inspect.iscoroutinefunction(view):

            @functools.wraps(view)
            async def asynchronous(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                event = _event(webhook, request, limit)
                if isinstance(event, HttpResponse):
                    return event
                return await view(request, event, *args, **kwargs)

            exempt = csrf_exempt(asynchronous)
            return exempt

        @functools.wraps(view)
        def blocking(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            event = _event(webhook, request, limit)
            if isinstance(event, HttpResponse):
                return event
            return view(request, event, *args, **kwargs)

        exempt = csrf_exempt(blocking)
        return exempt

    return decorate


def _event(webhook: Webhook, request: Any, limit: int) -> Event | HttpResponse:
    """The event, or the answer to what is none."""
    try:
        # Django has no types.
        lengths = [str(request.META["CONTENT_LENGTH"])] if request.META.get("CONTENT_LENGTH") else []
        # A lower limit of the project's holds too. The settings stay out of this module's namespace: a tool that looks at
        # each name in it, such as stubtest, would otherwise need a configured project.
        limit = min(limit, conf.settings.DATA_UPLOAD_MAX_MEMORY_SIZE or limit)
        admit(webhook, request.headers, lengths, limit)
        return webhook.verify(request.headers, _body(request, limit))
    except WebhookError as error:
        log.warning("%s", error)
        return HttpResponse(status=error.http_status)
    except TooLarge as error:
        log.warning("%s", error)
        return HttpResponse(status=413)
    except ReadBefore as error:
        log.error("%s", error)
        return HttpResponse(status=400)
    except UnreadablePostError:
        # The sender went away.
        return HttpResponse(status=400)


def _body(request: Any, limit: int) -> bytes:
    if not hasattr(request, "_body"):
        if request._read_started:
            raise ReadBefore("django", "Read it there with `request.body`, which keeps it, before `request.POST`.")
        received = Received(limit)
        while piece := request.read(received.room):
            received.take(piece)
        # Kept where `body` keeps it, so that the view may read it once more.
        request._body = received.body()
        request._stream = io.BytesIO(request._body)
    try:
        body: bytes = request.body
    except RawPostDataException as error:
        raise ReadBefore("django", "Read it there with `request.body`, which keeps it.") from error
    return bounded(body, limit)

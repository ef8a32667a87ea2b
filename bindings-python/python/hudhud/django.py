"""Verifies deliveries in Django.

    webhook = Webhook.from_env()

    @delivered(webhook)
    def receive(request: HttpRequest, event: WebhookEvent) -> HttpResponse: ...

With an inbox, which handles each event once (`hudhud.inbox`):

    path("webhook", receiver(webhook, inbox))

A refused delivery gets a 400 or 401 response. A delivery with a body of more than `max_body_bytes` gets a 413 response.
The view is not called. The reason is only in the log `hudhud`. Without the signature headers the body is not read.
Views may be asynchronous. The views are exempt from CSRF checks, because the vendor cannot know a CSRF token.
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

from ._receiver import MAX_BODY_BYTES, ReadBefore, Received, TooLarge, admit, bounded, check_inbox, check_limit, check_webhook, log
from .errors import WebhookError
from .inbox import Receipt
from .inbox._asyncio import AsyncInbox
from .inbox._blocking import BlockingInbox
from .webhook import WebhookEvent, Webhook

__all__ = ["delivered", "receiver"]


def delivered(
    webhook: Webhook, *, max_body_bytes: int = MAX_BODY_BYTES
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Returns a decorator that passes the event of the request to a view as its second argument."""
    check_webhook(webhook)
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


def _event(webhook: Webhook, request: Any, limit: int) -> WebhookEvent | HttpResponse:
    """Returns the event of a request, or the response that refuses it."""
    try:
        # Django has no type hints, so the length is converted to `str` here.
        lengths = [str(request.META["CONTENT_LENGTH"])] if request.META.get("CONTENT_LENGTH") else []
        # A lower limit in the project's settings applies too. This module does not import `settings` itself: a tool
        # that inspects each name of the module, such as stubtest, would then need a configured project.
        limit = min(limit, conf.settings.DATA_UPLOAD_MAX_MEMORY_SIZE or limit)
        admit(webhook, request.headers, lengths, limit)
        return webhook._receive(request.headers, _body(request, limit))
    except WebhookError as error:
        return HttpResponse(status=error.http_status)
    except TooLarge as error:
        log.warning("%s", error)
        return HttpResponse(status=413)
    except ReadBefore as error:
        log.error("%s", error)
        return HttpResponse(status=400)
    except UnreadablePostError:
        # The sender closed the connection.
        return HttpResponse(status=400)


def _body(request: Any, limit: int) -> bytes:
    if not hasattr(request, "_body"):
        if request._read_started:
            raise ReadBefore("django", "Read `request.body` there before `request.POST`: it keeps the bytes.")
        received = Received(limit)
        while piece := request.read(received.room):
            received.take(piece)
        # Stored where Django's `body` stores it, so that the view can read it again.
        request._body = received.body()
        request._stream = io.BytesIO(request._body)
    try:
        body: bytes = request.body
    except RawPostDataException as error:
        raise ReadBefore("django", "Read `request.body` there: it keeps the bytes.") from error
    return bounded(body, limit)


def receiver(
    webhook: Webhook, inbox: AsyncInbox | BlockingInbox, *, max_body_bytes: int = MAX_BODY_BYTES
) -> Callable[..., Any]:
    """Returns a view that verifies each delivery and handles its event in an inbox. It is exempt from CSRF checks.

        path("webhook", receiver(webhook, inbox))
    """
    decorate = delivered(webhook, max_body_bytes=max_body_bytes)
    check_inbox(inbox, AsyncInbox, BlockingInbox)
    if isinstance(inbox, AsyncInbox):
        asynchronous_inbox = inbox

        async def receive_async(request: HttpRequest, event: WebhookEvent) -> HttpResponse:
            return _response(await asynchronous_inbox.receive(event))

        return decorate(receive_async)
    blocking_inbox = inbox

    def receive(request: HttpRequest, event: WebhookEvent) -> HttpResponse:
        return _response(blocking_inbox.receive(event))

    return decorate(receive)


def _response(receipt: Receipt) -> HttpResponse:
    return HttpResponse(status=receipt.http_status, headers=receipt.headers)

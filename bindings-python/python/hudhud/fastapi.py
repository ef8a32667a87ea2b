"""Verifies deliveries in FastAPI and Starlette.

    webhook = Webhook.from_env()

    @app.post("/webhook")
    async def receive(event: Annotated[WebhookEvent, Depends(delivery(webhook))]) -> None: ...

With an inbox, which handles each event once (`hudhud.inbox`):

    app.add_route("/webhook", receiver(webhook, inbox), methods=["POST"])

A refused delivery gets a 400 or 401 response. A delivery with a body of more than `max_body_bytes` gets a 413 response.
The function is not called. The reason is only in the log `hudhud`. Without the signature headers the body is not read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ._receiver import MAX_BODY_BYTES, ReadBefore, Received, TooLarge, admit, bounded, check_inbox, check_limit, check_webhook, log
from .errors import WebhookError
from .inbox._asyncio import AsyncInbox
from .inbox._blocking import BlockingInbox
from .webhook import WebhookEvent, Webhook

__all__ = ["delivery", "receiver", "verify"]


async def verify(webhook: Webhook, request: Request, *, max_body_bytes: int = MAX_BODY_BYTES) -> WebhookEvent:
    """Returns the event of a request. Raises an `HTTPException` if the delivery is refused."""
    limit = check_limit(max_body_bytes)
    check_webhook(webhook)
    try:
        admit(webhook, request.headers, request.headers.getlist("content-length"), limit)
        return webhook._receive(request.headers, await _body(request, limit))
    except WebhookError as error:
        raise HTTPException(error.http_status) from error
    except TooLarge as error:
        log.warning("%s", error)
        raise HTTPException(413) from error
    except ReadBefore as error:
        log.error("%s", error)
        raise HTTPException(400) from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error


async def _body(request: Request, limit: int) -> bytes:
    if not hasattr(request, "_body"):
        received = Received(limit)
        try:
            async for piece in request.stream():
                received.take(piece)
        except RuntimeError as error:
            raise ReadBefore("fastapi", "Read it there with `await request.body()`: it keeps the bytes.") from error
        # Stored where Starlette's `body` stores it, so that the function can read it again.
        request._body = received.body()
    return bounded(await request.body(), limit)


def delivery(webhook: Webhook, *, max_body_bytes: int = MAX_BODY_BYTES) -> Callable[..., Awaitable[WebhookEvent]]:
    """Returns a dependency for `Depends` that gives the event of the request."""
    check_webhook(webhook)
    check_limit(max_body_bytes)

    async def dependency(request: Request) -> Any:
        return await verify(webhook, request, max_body_bytes=max_body_bytes)

    # Annotations are strings in this module, and FastAPI cannot resolve the names in them.
    dependency.__annotations__ = {"request": Request}
    return dependency


def receiver(
    webhook: Webhook, inbox: AsyncInbox | BlockingInbox, *, max_body_bytes: int = MAX_BODY_BYTES
) -> Callable[[Request], Awaitable[Response]]:
    """Returns an endpoint that verifies each delivery and handles its event in an inbox. The handler of a blocking inbox runs
    in a thread.

        app.add_route("/webhook", receiver(webhook, inbox), methods=["POST"])
    """
    check_webhook(webhook)
    check_inbox(inbox, AsyncInbox, BlockingInbox)
    check_limit(max_body_bytes)

    async def endpoint(request: Request) -> Response:
        event = await verify(webhook, request, max_body_bytes=max_body_bytes)
        received = inbox.receive(event) if isinstance(inbox, AsyncInbox) else run_in_threadpool(inbox.receive, event)
        receipt = await received
        return Response(status_code=receipt.http_status, headers=receipt.headers)

    return endpoint

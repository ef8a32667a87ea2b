"""Deliveries in FastAPI and Starlette.

    webhook = Webhook.from_env()

    @app.post("/webhook")
    async def receive(event: Annotated[Event, Depends(delivery(webhook))]) -> None: ...

A delivery that is not genuine is answered before the function is called, with 400 or 401, and one of more than
`max_body_bytes` with 413. Only the log of `hudhud` says why. Without the headers of a signature no body is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from ._receiver import MAX_BODY_BYTES, ReadBefore, Received, TooLarge, admit, bounded, check_limit, log
from .errors import WebhookError
from .webhook import Event, Webhook

__all__ = ["delivery", "verify"]


async def verify(webhook: Webhook, request: Request, *, max_body_bytes: int = MAX_BODY_BYTES) -> Event:
    """The event of a request, or an `HTTPException`."""
    limit = check_limit(max_body_bytes)
    try:
        admit(webhook, request.headers, request.headers.getlist("content-length"), limit)
        return webhook.verify(request.headers, await _body(request, limit))
    except WebhookError as error:
        log.warning("%s", error)
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
            raise ReadBefore("fastapi", "Read it there with `await request.body()`, which keeps it.") from error
        # Kept, so that the function may read it once more.
        request._body = received.body()
    return bounded(await request.body(), limit)


def delivery(webhook: Webhook, *, max_body_bytes: int = MAX_BODY_BYTES) -> Callable[..., Awaitable[Event]]:
    """A dependency for `Depends`: the event of the request."""
    check_limit(max_body_bytes)

    async def dependency(request: Request) -> Any:
        return await verify(webhook, request, max_body_bytes=max_body_bytes)

    # The names of annotations are looked up where FastAPI cannot see them.
    dependency.__annotations__ = {"request": Request}
    return dependency

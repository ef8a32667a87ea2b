"""Deliveries in FastAPI and Starlette.

    webhook = Webhook.from_env()

    @app.post("/webhook")
    async def receive(event: Annotated[Event, Depends(delivery(webhook))]) -> None: ...

Whatever is not genuine is answered before the function is called: with 400 or 401, and without saying why, which only
the log of `hudhud` is told.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from .errors import WebhookError
from .webhook import Event, Webhook

__all__ = ["delivery", "verify"]

_log = logging.getLogger("hudhud")


async def verify(webhook: Webhook, request: Request) -> Event:
    """The event of a request, or an `HTTPException`."""
    try:
        return webhook.verify(request.headers, await request.body())
    except WebhookError as error:
        _log.warning("%s", error)
        raise HTTPException(error.http_status) from error


def delivery(webhook: Webhook) -> Callable[..., Awaitable[Event]]:
    """A dependency for `Depends`: the event of the request."""

    async def dependency(request: Request) -> Any:
        return await verify(webhook, request)

    # The names of annotations are looked up where FastAPI cannot see them.
    dependency.__annotations__ = {"request": Request}
    return dependency

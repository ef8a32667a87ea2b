"""Receives deliveries, and sends an automatic reply to each received message.

    pip install 'hudhud[httpx]' fastapi uvicorn
    ZAGELY_WEBHOOK_SECRET=… ZAGELY_PUBLIC_KEY=pk_… ZAGELY_SECRET_KEY=sk_… uvicorn receiver:app

The vendor waits ten seconds for a response and repeats the delivery without one. The program therefore responds
immediately, works afterwards, and skips deliveries that it has already handled. It remembers them in memory. A program
with several processes needs a database instead.
"""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI
from hudhud import AsyncZagely, WebhookEvent, HudhudError, Webhook
from hudhud.fastapi import delivery
from hudhud.webhook import ReceivedMessage

webhook = Webhook.from_env()
handled: dict[str, int] = {}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncZagely.from_env(transport=httpx.AsyncClient(timeout=30)) as zagely:
        app.state.zagely = zagely
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/webhook")
async def receive(event: Annotated[WebhookEvent, Depends(delivery(webhook))], tasks: BackgroundTasks) -> dict[str, bool]:
    now = int(time.time())
    for key in [key for key, until in handled.items() if until < now]:
        del handled[key]
    if event.replay_key not in handled:
        handled[event.replay_key] = event.deduplicate_until
        tasks.add_task(handle, event)
    return {"received": True}


async def handle(event: WebhookEvent) -> None:
    match event:
        case WebhookEvent(name="message.received", data=ReceivedMessage(contact=contact)) if contact and contact.phone_number:
            try:
                await app.state.zagely.messages.send(
                    to=contact.phone_number,
                    message=f"Hi {contact.name or 'there'}, we will be with you soon.",
                    session_id=os.environ.get("ZAGELY_SESSION_ID"),
                    # If the process stops now and the event is delivered again, the key prevents a second message.
                    idempotency_key=f"reply-{event.delivery_id}" if event.delivery_id else None,
                )
            except HudhudError as error:
                # The text of an exception contains nothing private, so it may be logged.
                print(error)
        case _:
            print(event.name, event.delivery_id)

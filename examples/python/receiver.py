"""Receives deliveries, and answers those who write.

    pip install 'hudhud[httpx]' fastapi uvicorn
    ZAGELY_WEBHOOK_SECRET=… ZAGELY_PUBLIC_KEY=pk_… ZAGELY_SECRET_KEY=sk_… uvicorn receiver:app

The vendor waits ten seconds for an answer, and delivers again if it gets none: so the answer comes at once, the work
behind it, and a delivery that was handled before is not handled again. A program with several processes keeps that in
a database instead of in memory.
"""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI
from hudhud import AsyncZagely, Event, HudhudError, Webhook
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
async def receive(event: Annotated[Event, Depends(delivery(webhook))], tasks: BackgroundTasks) -> dict[str, bool]:
    now = int(time.time())
    for key in [key for key, until in handled.items() if until < now]:
        del handled[key]
    if event.replay_key not in handled:
        handled[event.replay_key] = event.deduplicate_until
        tasks.add_task(handle, event)
    return {"received": True}


async def handle(event: Event) -> None:
    match event:
        case Event(name="message.received", data=ReceivedMessage(contact=contact)) if contact and contact.phone_number:
            try:
                await app.state.zagely.messages.send(
                    to=contact.phone_number,
                    message=f"Hi {contact.name or 'there'}, we will be with you soon.",
                    session_id=os.environ.get("ZAGELY_SESSION_ID"),
                    # Should the process end half-way and the event be delivered again: still one message.
                    idempotency_key=f"reply-{event.delivery_id}" if event.delivery_id else None,
                )
            except HudhudError as error:
                # It says what went wrong, and nothing that must not be in a log.
                print(error)
        case _:
            print(event.name, event.delivery_id)

"""Receives deliveries, and sends an automatic reply to each received message, once.

    pip install 'hudhud[httpx]' fastapi uvicorn
    ZAGELY_WEBHOOK_SECRET=… ZAGELY_PUBLIC_KEY=pk_… ZAGELY_SECRET_KEY=sk_… uvicorn receiver:app

The vendor delivers an event again until it gets a success. The inbox stores which events were handled. If the process stops
before it has stored that, the event is handled again, and the idempotency key prevents a second message.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from hudhud import AsyncZagely, HudhudError, Webhook, WebhookEvent
from hudhud.fastapi import receiver
from hudhud.inbox import AsyncLeasedInbox, Lease, RejectedEventError
from hudhud.inbox.sqlite import AsyncSqliteStore
from hudhud.webhook import ReceivedMessage

zagely = AsyncZagely.from_env(transport=httpx.AsyncClient(timeout=30))
inbox = AsyncLeasedInbox(AsyncSqliteStore(os.environ.get("DATABASE", "inbox.db")))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with zagely:
        yield


app = FastAPI(lifespan=lifespan)
app.add_route("/webhook", receiver(Webhook.from_env(), inbox), methods=["POST"])


@inbox.handler
async def reply(event: WebhookEvent, lease: Lease) -> None:
    message = event.data
    if not isinstance(message, ReceivedMessage) or message.contact is None or not message.contact.phone_number:
        print(event.name, event.replay_key)
        return
    try:
        await zagely.messages.send(
            to=message.contact.phone_number,
            message=f"Hi {message.contact.name or 'there'}, we will be with you soon.",
            idempotency_key=f"reply-{lease.idempotency_key}",
        )
    except HudhudError as error:
        # The text of an exception contains nothing private, so it may be logged.
        print(error)
        if not getattr(error, "safe_to_retry", False):
            raise RejectedEventError("the reply cannot be sent") from error
        raise

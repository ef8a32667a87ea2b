"""Receives deliveries, and sends an automatic reply to each received message, once.

    pip install 'hudhud[httpx]' fastapi uvicorn
    ZAGELY_WEBHOOK_SECRET=… ZAGELY_PUBLIC_KEY=pk_… ZAGELY_SECRET_KEY=sk_… uvicorn receiver:app

The response ends the vendor's attempts, so an event is stored in a database before it is sent. A second delivery of the same
event finds the row of the first. A task handles the stored events, and marks each one after its reply was sent. If the
process stops between the two, the event is handled again, and the idempotency key prevents a second message.
"""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI
from hudhud import AsyncZagely, HudhudError, Webhook, WebhookEvent
from hudhud.fastapi import delivery

# Each statement is a transaction of its own.
database = sqlite3.connect(os.environ.get("DATABASE", "inbox.db"), isolation_level=None)
database.execute("CREATE TABLE IF NOT EXISTS inbox (key TEXT PRIMARY KEY, event TEXT, until INTEGER, done INTEGER DEFAULT 0)")
arrived = asyncio.Event()
webhook = Webhook.from_env()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncZagely.from_env(transport=httpx.AsyncClient(timeout=30)) as zagely:
        work = asyncio.create_task(handle_all(zagely))
        yield
        work.cancel()


app = FastAPI(lifespan=lifespan)


@app.post("/webhook")
async def receive(event: Annotated[WebhookEvent, Depends(delivery(webhook))]) -> dict[str, bool]:
    row = (event.replay_key, json.dumps(event.to_dict(), default=str), event.deduplicate_until)
    database.execute("INSERT OR IGNORE INTO inbox (key, event, until) VALUES (?, ?, ?)", row)
    arrived.set()
    return {"received": True}


async def handle_all(zagely: AsyncZagely) -> None:
    while True:
        row = database.execute("SELECT key, event FROM inbox WHERE done = 0 ORDER BY rowid LIMIT 1").fetchone()
        if row is None:
            database.execute("DELETE FROM inbox WHERE until < ?", (int(time.time()),))
            arrived.clear()
            await arrived.wait()
            continue
        try:
            await handle(zagely, row[0], json.loads(row[1]))
        except HudhudError as error:
            # The text of an exception contains nothing private, so it may be logged.
            print(error)
            if getattr(error, "safe_to_retry", False):
                await asyncio.sleep(5)
                continue
        database.execute("UPDATE inbox SET done = 1, event = NULL WHERE key = ?", (row[0],))


async def handle(zagely: AsyncZagely, key: str, event: dict[str, Any]) -> None:
    contact = event["data"].get("contact") or {}
    if event["event"] == "message.received" and contact.get("phone_number"):
        await zagely.messages.send(
            to=contact["phone_number"],
            message=f"Hi {contact.get('name') or 'there'}, we will be with you soon.",
            idempotency_key=f"reply-{key}",
        )
    else:
        print(event["event"], key)

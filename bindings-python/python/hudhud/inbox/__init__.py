"""Handles each webhook event once, even if it is delivered several times, or the program stops at any moment.

    from hudhud.inbox import TransactionalInbox
    from hudhud.inbox.sqlite import SqliteStore

    inbox = TransactionalInbox(SqliteStore("shop.db"))

    @inbox.handler
    def handle(event: WebhookEvent, database: sqlite3.Connection) -> None:
        database.execute("INSERT INTO orders …")     # committed together with the mark of the event

    receipt = inbox.receive(webhook.verify(headers, body))
    # Respond with receipt.http_status. Without a success, the vendor delivers the event again.

In FastAPI, Flask and Django, `receiver(webhook, inbox)` of `hudhud.fastapi`, `hudhud.flask` or `hudhud.django` is the whole
view.

- `TransactionalInbox`: the effects of the handler are rows in the store's database, and occur exactly once.
- `LeasedInbox`: the handler calls other services. It can run again after a crash, so it passes `lease.idempotency_key` to these
  services.
- `AsyncTransactionalInbox`, `AsyncLeasedInbox`: the same for asyncio.
- `hudhud.inbox.sqlite`, `hudhud.inbox.psycopg`, `hudhud.inbox.asyncpg`, `hudhud.inbox.redis`: the stores.
- `ForgetfulStore`, `AsyncForgetfulStore`: stores for tests, which forget everything when the process ends.
"""

from ._asyncio import AsyncLeasedInbox, AsyncTransactionalInbox
from ._blocking import LeasedInbox, TransactionalInbox
from ._forgetful import AsyncForgetfulStore, ForgetfulStore
from ._receipt import Lease, Outcome, Receipt, RejectedEventError
from ._store import (
    AsyncStore,
    AsyncTransaction,
    AsyncTransactionalStore,
    Change,
    Store,
    StoreBusyError,
    Transaction,
    TransactionalStore,
)

__all__ = [
    "AsyncForgetfulStore",
    "AsyncLeasedInbox",
    "AsyncStore",
    "AsyncTransaction",
    "AsyncTransactionalInbox",
    "AsyncTransactionalStore",
    "Change",
    "ForgetfulStore",
    "Lease",
    "LeasedInbox",
    "Outcome",
    "Receipt",
    "RejectedEventError",
    "Store",
    "StoreBusyError",
    "Transaction",
    "TransactionalInbox",
    "TransactionalStore",
]

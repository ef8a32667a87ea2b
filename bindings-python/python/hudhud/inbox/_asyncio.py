"""Inboxes for asyncio. `_blocking.py` has the same for threads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from .._hudhud import WebhookEvent
from ._receipt import Lease, Receipt
from ._rules import Rules, key_of, lease_of, log_lost_lease, now_ms, refusal
from ._store import AsyncStore, AsyncTransactionalStore, StoreBusyError

__all__ = ["AsyncInbox", "AsyncLeasedInbox", "AsyncTransactionalInbox"]

T = TypeVar("T")


class AsyncInbox(Rules):
    """The parts that both modes share."""

    _is_async = True
    _store: AsyncStore

    async def receive(self, event: WebhookEvent) -> Receipt:
        """Handles the event of a verified delivery, unless it was handled before."""
        raise NotImplementedError

    async def clean_up(self) -> int:
        """Deletes entries whose deliveries cannot be repeated any more, at most 1,000 at a time. Returns their number.
        `receive` does this once an hour."""
        return await self._store.clean_up(now_ms())

    async def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events. A key is the delivery id, unless that has unusual characters."""
        return await self._store.poisoned()

    async def forget(self, key: str) -> bool:
        """Deletes the entry of an event, so that its next delivery is handled. Returns true if there was an entry.
        Afterwards, replay the event in the vendor's log."""
        return await self._store.forget(key)

    async def _begin(self, event: WebhookEvent) -> str:
        key = key_of(event)
        if self._clean_up_is_due():
            with suppress(StoreBusyError):  # The next clean-up deletes the same entries.
                await self.clean_up()
        return key


class AsyncTransactionalInbox(AsyncInbox, Generic[T]):
    """An inbox whose handler writes rows in the store's database. Its effects occur exactly once, because the mark of the
    event is written in the same transaction.

    Arguments:
        store: A store with transactions, such as `AsyncSqliteStore`.
        max_attempts: The number of failed attempts after which an event is poisoned. Default 5.
    """

    _transactional = True

    def __init__(self, store: AsyncTransactionalStore[T], *, max_attempts: int = 5) -> None:
        super().__init__(store, 30.0, max_attempts)
        self._store = self._transactions = store

    def handler(self, function: Callable[[WebhookEvent, T], Awaitable[None]]) -> Callable[[WebhookEvent, T], Awaitable[None]]:
        """Registers the coroutine function that handles events. It receives the event and the connection. It must not
        commit. After an exception the transaction is rolled back."""
        return self._set_handler(function)

    async def receive(self, event: WebhookEvent) -> Receipt:
        """Handles the event of a verified delivery, unless it was handled before. An exception of the handler is in the
        receipt. An exception of the store is raised."""
        handler, key = self._handler(), await self._begin(event)
        claim, failure = self._first(event), None
        try:
            async with self._transactions.transaction() as transaction:
                stored = await transaction.put_or_get(key, claim.change)
                if stored != claim.change.entry:
                    decision = self._decide(stored, event)
                    change = decision.change if decision.claim is None else decision.claim.change
                    replaced = change is None or await transaction.replace(key, change)
                    if decision.claim is None or not replaced:
                        return refusal(decision, stored=replaced)
                    claim = decision.claim
                try:
                    await handler(event, transaction.connection)
                except Exception as error:
                    failure = error
                    raise
        except StoreBusyError:
            return Receipt("busy", 1)
        except Exception as error:
            if error is not failure:
                raise
            change = self._failure(claim, error)
            await self._store.replace(key, change)
            return self._failed(change, event, error)
        return Receipt("handled")


class AsyncLeasedInbox(AsyncInbox):
    """An inbox whose handler calls other services. Its effects occur at least once: after a crash the handler runs again. It
    passes `lease.idempotency_key` on, so that the other service recognizes the repetition.

    Arguments:
        store: A store, such as `AsyncSqliteStore`.
        lease: The seconds after which another process may handle the event, from 1 to 3600. Default 30.
        max_attempts: The number of failed attempts after which an event is poisoned. Default 5.
    """

    _transactional = False

    def __init__(self, store: AsyncStore, *, lease: float = 30.0, max_attempts: int = 5) -> None:
        super().__init__(store, lease, max_attempts)
        self._store = store

    def handler(self, function: Callable[[WebhookEvent, Lease], Awaitable[None]]) -> Callable[[WebhookEvent, Lease], Awaitable[None]]:
        """Registers the coroutine function that handles events. It receives the event and the lease."""
        return self._set_handler(function)

    async def receive(self, event: WebhookEvent) -> Receipt:
        """Handles the event of a verified delivery, unless it was handled before. An exception of the handler is in the
        receipt. An exception of the store is raised."""
        handler, key = self._handler(), await self._begin(event)
        claim = self._first(event)
        try:
            stored = await self._store.put_or_get(key, claim.change)
            if stored != claim.change.entry:
                decision = self._decide(stored, event)
                change = decision.change if decision.claim is None else decision.claim.change
                replaced = change is None or await self._store.replace(key, change)
                if decision.claim is None or not replaced:
                    return refusal(decision, stored=replaced)
                claim = decision.claim
        except StoreBusyError:
            return Receipt("busy", 1)
        try:
            await handler(event, lease_of(key, claim))
        except Exception as error:
            change = self._failure(claim, error)
            if not await self._store.replace(key, change):
                return log_lost_lease(claim)
            return self._failed(change, event, error)
        done = claim.done()
        if done is not None and not await self._store.replace(key, done):
            return log_lost_lease(claim)
        return Receipt("handled")

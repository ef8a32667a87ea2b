"""Inboxes for asyncio. `_blocking.py` has the same for threads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

from .._hudhud import InboxClaim, WebhookEvent
from ._receipt import Lease, Receipt
from ._rules import Rules, key_of, lease_of, log_lost_lease, now_ms, refusal
from ._store import AsyncStore, AsyncTransaction, AsyncTransactionalStore, StoreBusyError

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
        Afterwards, let the vendor deliver the event again, from its log of deliveries."""
        return await self._store.forget(key)

    async def _begin(self, event: WebhookEvent) -> str:
        key = key_of(event)
        if self._clean_up_is_due():
            with suppress(StoreBusyError):  # The next clean-up deletes the same entries.
                await self.clean_up()
        return key

    async def _claim(self, key: str, event: WebhookEvent, store: AsyncStore | AsyncTransaction[Any]) -> InboxClaim | Receipt:
        """Claims an event in the store, or within a transaction. Returns the claim, or the receipt if the handler must not run."""
        claim = self._first(event)
        stored = await store.put_or_get(key, claim.change)
        if stored == claim.change.entry:
            return claim
        decision = self._decide(stored, event)
        replaced = decision.change is None or await store.replace(key, decision.change)
        if decision.claim is None or not replaced:
            return refusal(decision, stored=replaced)
        return decision.claim


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
        failure: tuple[InboxClaim, Exception] | None = None
        try:
            async with self._transactions.transaction() as transaction:
                claim = await self._claim(key, event, transaction)
                if isinstance(claim, Receipt):
                    return claim
                try:
                    await handler(event, transaction.connection)
                except Exception as error:
                    failure = claim, error
                    raise
        except StoreBusyError:
            return Receipt("busy", 1)
        except Exception as error:
            if failure is None or error is not failure[1]:
                raise
            change = self._failure(*failure)
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
        try:
            claim = await self._claim(key, event, self._store)
        except StoreBusyError:
            return Receipt("busy", 1)
        if isinstance(claim, Receipt):
            return claim
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

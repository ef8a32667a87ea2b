"""The interface of stores. A store keeps an entry of a few bytes for each key, and decides nothing."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol, TypeVar

from .._hudhud import InboxChange as Change
from ..errors import HudhudError

__all__ = [
    "AsyncStore",
    "AsyncTransaction",
    "AsyncTransactionalStore",
    "Change",
    "Store",
    "StoreBusyError",
    "Transaction",
    "TransactionalStore",
]

T_co = TypeVar("T_co", covariant=True)


class StoreBusyError(HudhudError):
    """Another process changed or locked the entry at the same moment. The response is 503, so the vendor delivers again."""


class Store(Protocol):
    """A store. Threads share it."""

    def put_or_get(self, key: str, change: Change, /) -> bytes:
        """Stores `change.entry` if the key has no entry. Returns the stored entry."""
        ...

    def replace(self, key: str, change: Change, /) -> bool:
        """Stores `change.entry` if the stored entry is `change.expected`, which is `None` for a key without an entry. Returns
        true if the entry was stored."""
        ...

    def clean_up(self, now_ms: int, /) -> int:
        """Deletes entries with a `forget_at` of at most `now_ms`. Returns their number."""
        ...

    def poisoned(self) -> list[str]:
        """Returns the keys of all entries with the status `poisoned`."""
        ...

    def forget(self, key: str, /) -> bool:
        """Deletes an entry. Returns true if it existed."""
        ...

    def close(self) -> None:
        """Closes the connections that the store opened."""
        ...


class Transaction(Protocol[T_co]):
    """A transaction of a store."""

    @property
    def connection(self) -> T_co:
        """The connection, which the handler receives."""
        ...

    def put_or_get(self, key: str, change: Change, /) -> bytes:
        """Does what `Store.put_or_get` does. No other transaction can change the entry until the end of this one."""
        ...

    def replace(self, key: str, change: Change, /) -> bool:
        """Does what `Store.replace` does."""
        ...


class TransactionalStore(Store, Protocol[T_co]):
    """A store that also keeps the rows of the program."""

    def transaction(self) -> AbstractContextManager[Transaction[T_co]]:
        """Begins a transaction. It is committed at the end, and rolled back after an exception. Raises a `StoreBusyError` if
        another process was faster."""
        ...


class AsyncStore(Protocol):
    """A store for asyncio. Tasks share it."""

    async def put_or_get(self, key: str, change: Change, /) -> bytes:
        """Stores `change.entry` if the key has no entry. Returns the stored entry."""
        ...

    async def replace(self, key: str, change: Change, /) -> bool:
        """Stores `change.entry` if the stored entry is `change.expected`, which is `None` for a key without an entry. Returns
        true if the entry was stored."""
        ...

    async def clean_up(self, now_ms: int, /) -> int:
        """Deletes entries with a `forget_at` of at most `now_ms`. Returns their number."""
        ...

    async def poisoned(self) -> list[str]:
        """Returns the keys of all entries with the status `poisoned`."""
        ...

    async def forget(self, key: str, /) -> bool:
        """Deletes an entry. Returns true if it existed."""
        ...

    async def close(self) -> None:
        """Closes the connections that the store opened."""
        ...


class AsyncTransaction(Protocol[T_co]):
    """A transaction of a store for asyncio."""

    @property
    def connection(self) -> T_co:
        """The connection, which the handler receives."""
        ...

    async def put_or_get(self, key: str, change: Change, /) -> bytes:
        """Does what `AsyncStore.put_or_get` does. No other transaction can change the entry until the end of this one."""
        ...

    async def replace(self, key: str, change: Change, /) -> bool:
        """Does what `AsyncStore.replace` does."""
        ...


class AsyncTransactionalStore(AsyncStore, Protocol[T_co]):
    """A store for asyncio that also keeps the rows of the program."""

    def transaction(self) -> AbstractAsyncContextManager[AsyncTransaction[T_co]]:
        """Begins a transaction. It is committed at the end, and rolled back after an exception. Raises a `StoreBusyError` if
        another process was faster."""
        ...

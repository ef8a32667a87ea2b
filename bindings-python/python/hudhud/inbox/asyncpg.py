"""A store in a PostgreSQL database, over asyncpg: `pip install 'hudhud[asyncpg]'`.

    from hudhud.inbox import AsyncTransactionalInbox
    from hudhud.inbox.asyncpg import AsyncpgStore

    inbox = AsyncTransactionalInbox(AsyncpgStore("postgresql:///shop"))        # or AsyncpgStore(pool)

    @inbox.handler
    async def handle(event: WebhookEvent, database: asyncpg.Connection) -> None:
        await database.execute("INSERT INTO orders …")

The tables are made in the first schema of the `search_path`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from asyncpg.pool import Pool, PoolConnectionProxy  # type: ignore[import-untyped]

from ..errors import ArgumentError, HudhudError
from ._sql import ENDED, FAILED, POSTGRES_LOCK, Dialect
from ._store import Change, StoreBusyError

__all__ = ["AsyncpgStore", "AsyncpgTransaction"]

_SQL = Dialect(mark="$#", blob="BYTEA", integer="BIGINT")
# Another transaction was faster. The vendor delivers again.
_CONFLICTS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)


class AsyncpgTransaction:
    """A transaction of an `AsyncpgStore`."""

    def __init__(self, connection: PoolConnectionProxy) -> None:
        self._connection = connection
        self._is_given = False

    @property
    def connection(self) -> PoolConnectionProxy:
        """The connection, which the handler receives."""
        self._is_given = True
        return self._connection

    async def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        entry = await self._connection.fetchval(_SQL.put_or_get, *_SQL.put_values(key, change))
        return bytes(entry)

    async def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        statement, values = _SQL.replace(key, change)
        return await self._count(statement, *values) == 1

    async def _check_is_open(self) -> None:
        """Refuses a transaction that cannot be committed. PostgreSQL would roll it back, and asyncpg would raise nothing."""
        if not self._is_given:
            return
        if not self._connection.is_in_transaction():
            raise HudhudError(ENDED)
        try:
            await self._connection.execute("SELECT 1")
        except asyncpg.InFailedSQLTransactionError:
            raise HudhudError(FAILED) from None

    async def _count(self, statement: str, *values: Any) -> int:
        # The status is the command and, last, the number of rows: `UPDATE 1`.
        status = await self._connection.execute(statement, *values)
        return int(status.rsplit(" ", 1)[1])

    async def _migrate(self) -> None:
        await self._connection.execute(POSTGRES_LOCK)
        if not await self._connection.fetchval(_SQL.has_tables):
            await self._connection.execute(_SQL.version_table)
        for number, statements in _SQL.missing_steps(await self._connection.fetchval(_SQL.version)):
            for statement in statements:
                await self._connection.execute(statement)
            await self._connection.execute(_SQL.add_version, number)


class AsyncpgStore:
    """A store in a PostgreSQL database, for asyncio. Tasks share it: each transaction uses another connection.

    Arguments:
        source: The address of the database, for a pool that the store opens. Or a pool.
    """

    def __init__(self, source: str | Pool) -> None:
        if not isinstance(source, (str, Pool)):
            raise ArgumentError(f"argument 'source': expected the address of a database or an asyncpg.Pool, not {type(source).__name__}")
        self._source = source
        self._pool: Pool | None = None
        self._is_migrated = False
        self._opening = asyncio.Lock()

    async def migrate(self) -> None:
        """Makes the tables, or changes those of an earlier version. The first use of the store does this too."""
        async with (await self._opened()).acquire() as connection, connection.transaction():
            await AsyncpgTransaction(connection)._migrate()
        self._is_migrated = True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncpgTransaction]:
        """Begins a transaction. It is committed at the end, and rolled back after an exception."""
        if not self._is_migrated:
            await self.migrate()
        try:
            async with (await self._opened()).acquire() as connection, connection.transaction():
                transaction = AsyncpgTransaction(connection)
                yield transaction
                await transaction._check_is_open()
        except _CONFLICTS as error:
            raise StoreBusyError("another transaction changed the entry at the same moment: the vendor delivers again") from error

    async def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        async with self.transaction() as transaction:
            return await transaction.put_or_get(key, change)

    async def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        async with self.transaction() as transaction:
            return await transaction.replace(key, change)

    async def clean_up(self, now_ms: int) -> int:
        """Deletes entries whose time has passed, at most 1,000. Returns their number."""
        async with self.transaction() as transaction:
            return await transaction._count(_SQL.clean_up, now_ms, now_ms)

    async def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events."""
        async with self.transaction() as transaction:
            return [str(row[0]) for row in await transaction._connection.fetch(_SQL.poisoned)]

    async def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        async with self.transaction() as transaction:
            return await transaction._count(_SQL.forget, key) == 1

    async def close(self) -> None:
        """Closes the pool that the store opened."""
        if self._pool is not None and isinstance(self._source, str):
            await self._pool.close()
            self._pool = None

    async def _opened(self) -> Pool:
        if not isinstance(self._source, str):
            return self._source
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(self._source, min_size=1)
            return self._pool

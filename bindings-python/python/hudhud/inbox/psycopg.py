"""Stores in a PostgreSQL database, over psycopg 3: `pip install 'hudhud[postgres]'`.

    from hudhud.inbox import TransactionalInbox
    from hudhud.inbox.psycopg import PsycopgStore

    inbox = TransactionalInbox(PsycopgStore("dbname=shop"))             # or PsycopgStore(pool.connection)

    @inbox.handler
    def handle(event: WebhookEvent, database: psycopg.Connection) -> None:
        database.execute("INSERT INTO orders …")

The tables are made in the first schema of the `search_path`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from .._store_arguments import function_of_connections
from ..errors import HudhudError
from ._sql import ENDED, FAILED, POSTGRES_LOCK, Dialect
from ._store import Change, StoreBusyError

__all__ = ["AsyncPsycopgStore", "AsyncPsycopgTransaction", "PsycopgStore", "PsycopgTransaction"]

_SQL = Dialect(mark="%s", blob="BYTEA", integer="BIGINT")
# Another transaction was faster. The vendor delivers again.
_CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)
_BUSY = "another transaction changed the entry at the same moment: the vendor delivers again"


def _check_is_open(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """Refuses a transaction that cannot be committed. PostgreSQL would roll it back, and psycopg would raise nothing."""
    status = connection.info.transaction_status
    if status == TransactionStatus.INERROR:
        raise HudhudError(FAILED)
    if status != TransactionStatus.INTRANS:
        raise HudhudError(ENDED)


class PsycopgTransaction:
    """A transaction of a `PsycopgStore`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        # The program may have set another row factory.
        self._cursor = connection.cursor(row_factory=tuple_row)

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The connection, which the handler receives."""
        return self._connection

    def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        (entry,) = self._rows(_SQL.put_or_get, _SQL.put_values(key, change))[0]
        return bytes(entry)

    def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        return self._count(*_SQL.replace(key, change)) == 1

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        self._cursor.execute(statement.encode(), values)
        return self._cursor.fetchall()

    def _count(self, statement: str, values: tuple[Any, ...] = ()) -> int:
        self._cursor.execute(statement.encode(), values)
        return self._cursor.rowcount

    def _migrate(self) -> None:
        self._count(POSTGRES_LOCK)
        if not self._rows(_SQL.has_tables)[0][0]:
            self._count(_SQL.version_table)
        for number, statements in _SQL.missing_steps(self._rows(_SQL.version)[0][0]):
            for statement in statements:
                self._count(statement)
            self._count(_SQL.add_version, (number,))


class PsycopgStore:
    """A store in a PostgreSQL database. Threads share it: each transaction uses another connection.

    Arguments:
        source: The connection string, for connections that the store opens and keeps. Or a function that returns a context
            manager of a connection, such as the method `connection` of a `psycopg_pool.ConnectionPool`.
    """

    def __init__(self, source: str | Callable[[], AbstractContextManager[psycopg.Connection[Any]]]) -> None:
        self._connect = _Connections(source) if isinstance(source, str) else function_of_connections(source, "psycopg_pool.ConnectionPool")
        self._is_migrated = False

    def migrate(self) -> None:
        """Makes the tables, or changes those of an earlier version. The first use of the store does this too."""
        with self._connect() as connection, connection.transaction():
            PsycopgTransaction(connection)._migrate()
        self._is_migrated = True

    @contextmanager
    def transaction(self) -> Iterator[PsycopgTransaction]:
        """Begins a transaction. It is committed at the end, and rolled back after an exception."""
        if not self._is_migrated:
            self.migrate()
        try:
            with self._connect() as connection, connection.transaction():
                yield PsycopgTransaction(connection)
                _check_is_open(connection)
        except _CONFLICTS as error:
            raise StoreBusyError(_BUSY) from error

    def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        with self.transaction() as transaction:
            return transaction.put_or_get(key, change)

    def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        with self.transaction() as transaction:
            return transaction.replace(key, change)

    def clean_up(self, now_ms: int) -> int:
        """Deletes entries whose time has passed, at most 1,000. Returns their number."""
        with self.transaction() as transaction:
            return transaction._count(_SQL.clean_up, (now_ms, now_ms))

    def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events."""
        with self.transaction() as transaction:
            return [str(key) for (key,) in transaction._rows(_SQL.poisoned)]

    def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        with self.transaction() as transaction:
            return transaction._count(_SQL.forget, (key,)) == 1

    def close(self) -> None:
        """Closes the connections that the store opened and no transaction uses."""
        if isinstance(self._connect, _Connections):
            self._connect.close()


class _Connections:
    """Opens connections, and keeps them for the next transactions."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._idle: list[psycopg.Connection[Any]] = []
        self._process = os.getpid()

    @contextmanager
    def __call__(self) -> Iterator[psycopg.Connection[Any]]:
        if self._process != os.getpid():
            # A forked process may not use the connections of its parent.
            self._idle, self._process = [], os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = psycopg.Connection.connect(self._conninfo, autocommit=True)
        try:
            yield connection
        except Exception:
            if connection.closed:
                raise
            self._idle.append(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Closes the connections that no transaction uses."""
        while self._idle:
            self._idle.pop().close()


class AsyncPsycopgTransaction:
    """A transaction of an `AsyncPsycopgStore`."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        # The program may have set another row factory.
        self._cursor = connection.cursor(row_factory=tuple_row)

    @property
    def connection(self) -> psycopg.AsyncConnection[Any]:
        """The connection, which the handler receives."""
        return self._connection

    async def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        (entry,) = (await self._rows(_SQL.put_or_get, _SQL.put_values(key, change)))[0]
        return bytes(entry)

    async def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        return await self._count(*_SQL.replace(key, change)) == 1

    async def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        await self._cursor.execute(statement.encode(), values)
        return await self._cursor.fetchall()

    async def _count(self, statement: str, values: tuple[Any, ...] = ()) -> int:
        await self._cursor.execute(statement.encode(), values)
        return self._cursor.rowcount

    async def _migrate(self) -> None:
        await self._count(POSTGRES_LOCK)
        if not (await self._rows(_SQL.has_tables))[0][0]:
            await self._count(_SQL.version_table)
        for number, statements in _SQL.missing_steps((await self._rows(_SQL.version))[0][0]):
            for statement in statements:
                await self._count(statement)
            await self._count(_SQL.add_version, (number,))


class AsyncPsycopgStore:
    """A store in a PostgreSQL database, for asyncio. Tasks share it: each transaction uses another connection.

    Arguments:
        source: The connection string, for connections that the store opens and keeps. Or a function that returns a context
            manager of a connection, such as the method `connection` of a `psycopg_pool.AsyncConnectionPool`.
    """

    def __init__(self, source: str | Callable[[], AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]]) -> None:
        self._connect = _AsyncConnections(source) if isinstance(source, str) else function_of_connections(source, "psycopg_pool.AsyncConnectionPool")
        self._is_migrated = False

    async def migrate(self) -> None:
        """Makes the tables, or changes those of an earlier version. The first use of the store does this too."""
        async with self._connect() as connection, connection.transaction():
            await AsyncPsycopgTransaction(connection)._migrate()
        self._is_migrated = True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncPsycopgTransaction]:
        """Begins a transaction. It is committed at the end, and rolled back after an exception."""
        if not self._is_migrated:
            await self.migrate()
        try:
            async with self._connect() as connection, connection.transaction():
                yield AsyncPsycopgTransaction(connection)
                _check_is_open(connection)
        except _CONFLICTS as error:
            raise StoreBusyError(_BUSY) from error

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
            return await transaction._count(_SQL.clean_up, (now_ms, now_ms))

    async def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events."""
        async with self.transaction() as transaction:
            return [str(key) for (key,) in await transaction._rows(_SQL.poisoned)]

    async def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        async with self.transaction() as transaction:
            return await transaction._count(_SQL.forget, (key,)) == 1

    async def close(self) -> None:
        """Closes the connections that the store opened and no transaction uses."""
        if isinstance(self._connect, _AsyncConnections):
            await self._connect.close()


class _AsyncConnections:
    """Opens connections for asyncio, and keeps them for the next transactions."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._idle: list[psycopg.AsyncConnection[Any]] = []
        self._process = os.getpid()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        if self._process != os.getpid():
            # A forked process may not use the connections of its parent.
            self._idle, self._process = [], os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        try:
            yield connection
        except Exception:
            if connection.closed:
                raise
            self._idle.append(connection)
            raise
        except BaseException:
            await connection.close()
            raise
        self._idle.append(connection)

    async def close(self) -> None:
        """Closes the connections that no transaction uses."""
        while self._idle:
            await self._idle.pop().close()

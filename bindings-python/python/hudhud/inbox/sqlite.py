"""Stores in an SQLite database, which may contain the rows of the program too.

    from hudhud.inbox import TransactionalInbox
    from hudhud.inbox.sqlite import SqliteStore

    inbox = TransactionalInbox(SqliteStore("shop.db"))

    @inbox.handler
    def handle(event: WebhookEvent, database: sqlite3.Connection) -> None:
        database.execute("INSERT INTO orders …")

SQLite writes one transaction at a time. Other processes that write wait until a handler has ended, at most `timeout`
seconds.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from .._sqlite import connect
from .._store_arguments import database_of, seconds_of
from ..errors import HudhudError
from ._sql import ENDED, Dialect
from ._store import Change, StoreBusyError

__all__ = ["AsyncSqliteStore", "SqliteStore", "SqliteTransaction"]

_SQL = Dialect(mark="?", blob="BLOB", integer="INTEGER")
# The savepoint at which the handler begins.
_SAVEPOINT = "hudhud_inbox_handler"
# The first version with `RETURNING`.
_OLDEST = (3, 35)
_T = TypeVar("_T")


class SqliteTransaction:
    """A transaction of an `SqliteStore`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._is_given = False

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, which the handler receives."""
        if not self._is_given:
            self._connection.execute(f"SAVEPOINT {_SAVEPOINT}")
            self._is_given = True
        return self._connection

    def _check_is_open(self) -> None:
        """Refuses a transaction that the handler has ended, also if the handler has begun another one: that one has no mark."""
        if not self._connection.in_transaction:
            raise HudhudError(ENDED)
        if self._is_given:
            try:
                self._connection.execute(f"RELEASE {_SAVEPOINT}")
            except sqlite3.OperationalError as error:
                if "no such savepoint" not in str(error):
                    raise
                raise HudhudError(ENDED) from None

    def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        row = self._connection.execute(_SQL.put_or_get, _SQL.put_values(key, change)).fetchone()
        return bytes(row[0])

    def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        return self._connection.execute(*_SQL.replace(key, change)).rowcount == 1


class SqliteStore:
    """A store in an SQLite database. Threads share it: each transaction uses another connection.

    Arguments:
        path: The file of the database. It is created if it does not exist.
        timeout: The seconds to wait for a transaction of another process. Default 5.
    """

    def __init__(self, path: str | os.PathLike[str], *, timeout: float = 5.0) -> None:
        self._path = database_of(path, "for tests use ForgetfulStore")
        if sqlite3.sqlite_version_info < _OLDEST:
            raise HudhudError(f"SQLite {sqlite3.sqlite_version} is too old: expected 3.35 or later; use a Python that has it")
        self._timeout = seconds_of("timeout", timeout)
        self._idle: list[sqlite3.Connection] = []
        self._process = 0

    def migrate(self) -> None:
        """Makes the tables, or changes those of an earlier version. The first use of the store does this too."""
        with self.transaction():
            pass

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Begins a transaction, in which no other process writes."""
        connection = self._take()
        try:
            self._begin(connection)
            transaction = SqliteTransaction(connection)
            yield transaction
            transaction._check_is_open()
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back(connection)
            raise
        self._keep(connection)

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
            return transaction._connection.execute(_SQL.clean_up, (now_ms, now_ms)).rowcount

    def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events."""
        with self.transaction() as transaction:
            return [str(key) for (key,) in transaction._connection.execute(_SQL.poisoned)]

    def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        with self.transaction() as transaction:
            return transaction._connection.execute(_SQL.forget, (key,)).rowcount == 1

    def close(self) -> None:
        """Closes the connections that no transaction uses."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        if self._process != os.getpid():
            # SQLite forbids that a forked process uses the connections of its parent.
            self._idle, self._process = [], os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self._path, timeout=self._timeout, isolation_level=None, check_same_thread=False)
        try:
            self._use_write_ahead_log(connection)
            self._begin(connection)
            connection.execute(_SQL.version_table)
            (version,) = connection.execute(_SQL.version).fetchone()
            for number, statements in _SQL.missing_steps(version):
                for statement in statements:
                    connection.execute(statement)
                connection.execute(_SQL.add_version, (number,))
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
        """Sets the mode in which readers do not wait for writers. The database keeps it. While another process writes, SQLite
        refuses the change without a wait. The store works without it too, and a later connection tries again."""
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise

    @staticmethod
    def _begin(connection: sqlite3.Connection) -> None:
        with _busy_errors():
            connection.execute("BEGIN IMMEDIATE")

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            # Closing rolls back too.
            connection.close()
        else:
            self._keep(connection)

    def _keep(self, connection: sqlite3.Connection) -> None:
        """Keeps a connection for the next transaction, without the settings of a handler."""
        connection.row_factory, connection.text_factory = None, str
        self._idle.append(connection)


@contextmanager
def _busy_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        # Python 3.10 has no `sqlite_errorcode`.
        if "locked" in str(error):
            raise StoreBusyError("the SQLite database is locked by another process: raise `timeout`") from error
        raise


class AsyncSqliteTransaction:
    """A transaction of an `AsyncSqliteStore`."""

    def __init__(self, transaction: SqliteTransaction) -> None:
        self._transaction = transaction

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, which the handler receives."""
        return self._transaction.connection

    async def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        return self._transaction.put_or_get(key, change)

    async def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        return self._transaction.replace(key, change)


class AsyncSqliteStore:
    """A store in an SQLite database, for asyncio. One transaction of the process runs at a time. It waits for locks and for
    the disk in a thread.

    Arguments:
        path: The file of the database. It is created if it does not exist.
        timeout: The seconds to wait for a transaction of another process. Default 5.
    """

    def __init__(self, path: str | os.PathLike[str], *, timeout: float = 5.0) -> None:
        self._store = SqliteStore(path, timeout=timeout)
        self._lock = asyncio.Lock()
        # The task that has the lock.
        self._holder: asyncio.Task[Any] | None = None

    async def migrate(self) -> None:
        """Makes the tables, or changes those of an earlier version. The first use of the store does this too."""
        await self._run_locked(self._store.migrate)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSqliteTransaction]:
        """Begins a transaction, in which no other process writes."""
        async with self._locked():
            transaction = self._store.transaction()
            begun = await _in_thread(transaction.__enter__, undo=lambda error: transaction.__exit__(type(error), error, None))
            try:
                yield AsyncSqliteTransaction(begun)
            except BaseException as error:
                transaction.__exit__(type(error), error, error.__traceback__)
                raise
            await _in_thread(lambda: transaction.__exit__(None, None, None))

    async def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        return await self._run_locked(lambda: self._store.put_or_get(key, change))

    async def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        return await self._run_locked(lambda: self._store.replace(key, change))

    async def clean_up(self, now_ms: int) -> int:
        """Deletes entries whose time has passed, at most 1,000. Returns their number."""
        return await self._run_locked(lambda: self._store.clean_up(now_ms))

    async def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events."""
        return await self._run_locked(self._store.poisoned)

    async def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        return await self._run_locked(lambda: self._store.forget(key))

    async def close(self) -> None:
        """Closes the connections that no transaction uses."""
        await self._run_locked(self._store.close)

    async def _run_locked(self, work: Callable[[], _T]) -> _T:
        async with self._locked():
            return await _in_thread(work)

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        """Takes the lock. Refuses a handler that uses the store of its inbox, which would wait for itself."""
        task = asyncio.current_task()
        if self._holder is task:
            raise HudhudError("the handler must not use the store of its inbox: use the connection")
        async with self._lock:
            self._holder = task
            try:
                yield
            finally:
                self._holder = None


async def _in_thread(work: Callable[[], _T], *, undo: Callable[[BaseException], object] | None = None) -> _T:
    """Runs work in a thread to its end, even if the task is cancelled meanwhile. After a cancellation, `undo` releases the
    locks that the work has taken."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError as error:
        await asyncio.wait([running])
        if undo is not None and not running.cancelled() and running.exception() is None:
            undo(error)
        raise

"""A store in an SQLite file, for processes of one machine.

    from hudhud import RateLimiter
    from hudhud.rate_limiter.sqlite import SqliteStore

    limiter = RateLimiter(store=SqliteStore("limits.db", "zagely:main"))
"""

from __future__ import annotations

import contextlib
import os
import sqlite3

from .._sqlite import connect
from .._store_arguments import database_of, seconds_of, text_of

__all__ = ["SqliteStore"]

_TABLE = "CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (name TEXT PRIMARY KEY, state BLOB NOT NULL)"


class SqliteStore:
    """A store in an SQLite file.

    Arguments:
        path: The file of the database. It is created if it does not exist.
        name: The name of the limiter. Use one for each key.
        timeout: The seconds to wait for another process. Default 5.
    """

    def __init__(self, path: str | os.PathLike[str], name: str, *, timeout: float = 5.0) -> None:
        self._path = database_of(path, "in one process, a limiter needs no store")
        self._name = text_of("name", name)
        self._timeout = seconds_of("timeout", timeout)

    def _connect(self) -> contextlib.closing[sqlite3.Connection]:
        # A connection for each use: threads and forked processes share none.
        connection = connect(self._path, timeout=self._timeout, isolation_level=None)
        connection.execute(_TABLE)
        return contextlib.closing(connection)

    def load(self) -> bytes | None:
        """Returns the bytes, or `None` if the store is empty."""
        with self._connect() as connection:
            row = connection.execute("SELECT state FROM hudhud_rate_limiter WHERE name = ?", (self._name,)).fetchone()
        return None if row is None else bytes(row[0])

    def swap(self, old: bytes | None, new: bytes) -> bool:
        """Replaces the bytes if they are still `old`. Returns true if they were replaced."""
        with self._connect() as connection:
            if old is None:
                insert = "INSERT INTO hudhud_rate_limiter (name, state) VALUES (?, ?) ON CONFLICT DO NOTHING"
                return connection.execute(insert, (self._name, new)).rowcount == 1
            update = "UPDATE hudhud_rate_limiter SET state = ? WHERE name = ? AND state = ?"
            return connection.execute(update, (new, self._name, old)).rowcount == 1

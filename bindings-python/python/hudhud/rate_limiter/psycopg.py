"""Stores in PostgreSQL, over psycopg 3: `pip install 'hudhud[postgres]'`.

    from hudhud import RateLimiter
    from hudhud.rate_limiter.psycopg import PsycopgStore

    limiter = RateLimiter(store=PsycopgStore("dbname=shop", "zagely:main"))

A store has one connection, and connects again if it was lost. `AsyncPsycopgStore` is for `AsyncZagely`.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import psycopg

from .._store_arguments import text_of

__all__ = ["AsyncPsycopgStore", "PsycopgStore"]

# `CREATE TABLE IF NOT EXISTS` needs the right to create tables even if the table exists.
_HAS_TABLE = b"SELECT to_regclass('hudhud_rate_limiter') IS NOT NULL"
_TABLE = b"CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (name TEXT PRIMARY KEY, state BYTEA NOT NULL)"
# Two sessions that create the table at the same moment fail without the lock. The number is the text `hudhud`.
_LOCK = b"SELECT pg_advisory_xact_lock(114853405029732)"
_LOAD = b"SELECT state FROM hudhud_rate_limiter WHERE name = %s"
_INSERT = b"INSERT INTO hudhud_rate_limiter (name, state) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_UPDATE = b"UPDATE hudhud_rate_limiter SET state = %s WHERE name = %s AND state = %s"


def _swap(name: str, old: bytes | None, new: bytes) -> tuple[bytes, tuple[Any, ...]]:
    return (_INSERT, (name, new)) if old is None else (_UPDATE, (new, name, old))


class PsycopgStore:
    """A store in PostgreSQL. Threads may share it.

    Arguments:
        conninfo: The connection string, such as `dbname=shop`.
        name: The name of the limiter. Use one for each key.
    """

    def __init__(self, conninfo: str, name: str) -> None:
        self._conninfo = text_of("conninfo", conninfo)
        self._name = text_of("name", name)
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None

    def load(self) -> bytes | None:
        """Returns the bytes, or `None` if the store is empty."""
        with self._lock:
            row = self._connected().execute(_LOAD, (self._name,)).fetchone()
        return None if row is None else bytes(row[0])

    def swap(self, old: bytes | None, new: bytes) -> bool:
        """Replaces the bytes if they are still `old`. Returns true if they were replaced."""
        with self._lock:
            return self._connected().execute(*_swap(self._name, old, new)).rowcount == 1

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._conninfo, autocommit=True)
            if self._connection.execute(_HAS_TABLE).fetchone() != (True,):
                with self._connection.transaction():
                    self._connection.execute(_LOCK)
                    self._connection.execute(_TABLE)
        return self._connection

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()


class AsyncPsycopgStore:
    """A store in PostgreSQL, for asyncio.

    Arguments:
        conninfo: The connection string, such as `dbname=shop`.
        name: The name of the limiter. Use one for each key.
    """

    def __init__(self, conninfo: str, name: str) -> None:
        self._conninfo = text_of("conninfo", conninfo)
        self._name = text_of("name", name)
        self._lock = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def load(self) -> bytes | None:
        """Returns the bytes, or `None` if the store is empty."""
        async with self._lock:
            row = await (await (await self._connected()).execute(_LOAD, (self._name,))).fetchone()
        return None if row is None else bytes(row[0])

    async def swap(self, old: bytes | None, new: bytes) -> bool:
        """Replaces the bytes if they are still `old`. Returns true if they were replaced."""
        async with self._lock:
            return (await (await self._connected()).execute(*_swap(self._name, old, new))).rowcount == 1

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
            if await (await self._connection.execute(_HAS_TABLE)).fetchone() != (True,):
                async with self._connection.transaction():
                    await self._connection.execute(_LOCK)
                    await self._connection.execute(_TABLE)
        return self._connection

    async def close(self) -> None:
        """Closes the connection."""
        async with self._lock:
            if self._connection is not None:
                await self._connection.close()

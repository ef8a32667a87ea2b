"""The tables and statements of the SQL stores. SQLite and PostgreSQL differ in a few words."""

from __future__ import annotations

from typing import Any

from ..errors import HudhudError
from ._store import Change

__all__ = ["Dialect", "SchemaError"]

_BATCH = 1000


class SchemaError(HudhudError):
    """The tables of the inbox were made by a later version of this package."""


class Dialect:
    """The statements in one dialect. `mark` returns the placeholder of the value with a number, from 1."""

    def __init__(self, *, mark: str, blob: str, integer: str) -> None:
        one, two, three, four, five = (mark.replace("#", str(number)) for number in range(1, 6))
        values = f"INSERT INTO hudhud_inbox (key, status, entry, forget_at) VALUES ({one}, {two}, {three}, {four})"
        # On a conflict this locks and returns the row.
        self.put_or_get = f"{values} ON CONFLICT (key) DO UPDATE SET entry = hudhud_inbox.entry RETURNING entry"
        self.insert = f"{values} ON CONFLICT (key) DO NOTHING"
        self.update = (
            f"UPDATE hudhud_inbox SET status = {one}, entry = {two}, forget_at = {three} WHERE key = {four} AND entry = {five}"
        )
        # The outer condition is checked again after another transaction prolonged the row.
        self.clean_up = (
            f"DELETE FROM hudhud_inbox WHERE forget_at <= {one} AND key IN"
            f" (SELECT key FROM hudhud_inbox WHERE forget_at <= {two} LIMIT {_BATCH})"
        )
        self.poisoned = "SELECT key FROM hudhud_inbox WHERE status = 'poisoned' ORDER BY key"
        self.forget = f"DELETE FROM hudhud_inbox WHERE key = {one}"
        self.version_table = f"CREATE TABLE IF NOT EXISTS hudhud_inbox_version (version {integer} NOT NULL)"
        self.has_tables = "SELECT to_regclass('hudhud_inbox_version') IS NOT NULL"
        self.version = "SELECT max(version) FROM hudhud_inbox_version"
        self.add_version = f"INSERT INTO hudhud_inbox_version (version) VALUES ({one})"
        # Each step changes the tables from one version to the next. Released steps never change.
        self.steps = [
            [
                f"CREATE TABLE hudhud_inbox (key TEXT PRIMARY KEY, status TEXT NOT NULL, entry {blob} NOT NULL, forget_at {integer})",
                "CREATE INDEX hudhud_inbox_forget_at ON hudhud_inbox (forget_at) WHERE forget_at IS NOT NULL",
                "CREATE INDEX hudhud_inbox_poisoned ON hudhud_inbox (key) WHERE status = 'poisoned'",
            ],
        ]

    def missing_steps(self, version: int | None) -> list[tuple[int, list[str]]]:
        """Returns the steps after a version, each with its number."""
        done = version or 0
        if done > len(self.steps):
            raise SchemaError(f"the tables of the inbox have version {done}, and this package knows {len(self.steps)}: update hudhud")
        return list(enumerate(self.steps, 1))[done:]

    @staticmethod
    def put_values(key: str, change: Change) -> tuple[Any, ...]:
        """Returns the values of `put_or_get` and `insert`."""
        return key, change.status, change.entry, change.forget_at

    def replace(self, key: str, change: Change) -> tuple[str, tuple[Any, ...]]:
        """Returns the statement and the values of a replacement. It changes one row or none."""
        if change.expected is None:
            return self.insert, self.put_values(key, change)
        return self.update, (change.status, change.entry, change.forget_at, key, change.expected)


POSTGRES_LOCK = "SELECT pg_advisory_xact_lock(114853405029732)"
"""Takes the lock under which the tables are made. The number is the text `hudhud`."""

ENDED = "the handler ended the transaction: it must neither commit nor roll back"
"""The error if the handler has ended the transaction."""

FAILED = "a statement of the handler failed, so PostgreSQL rolls back: do not catch the exception of a statement in the handler"
"""The error of a transaction of PostgreSQL that cannot be committed after the handler."""

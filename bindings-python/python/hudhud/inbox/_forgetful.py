"""Stores for tests, which keep entries in memory and forget them when the process ends."""

from __future__ import annotations

import threading

from ._store import Change

__all__ = ["AsyncForgetfulStore", "ForgetfulStore"]


class ForgetfulStore:
    """A store in memory, for tests. After the process ends, each event can be handled again."""

    def __init__(self) -> None:
        self._entries: dict[str, Change] = {}
        self._lock = threading.Lock()

    def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        with self._lock:
            return self._entries.setdefault(key, change).entry

    def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        with self._lock:
            stored = self._entries.get(key)
            if (None if stored is None else stored.entry) != change.expected:
                return False
            self._entries[key] = change
            return True

    def clean_up(self, now_ms: int) -> int:
        """Deletes entries whose time has passed. Returns their number."""
        with self._lock:
            over = [key for key, stored in self._entries.items() if stored.forget_at is not None and stored.forget_at <= now_ms]
            for key in over:
                del self._entries[key]
            return len(over)

    def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events."""
        with self._lock:
            return sorted(key for key, stored in self._entries.items() if stored.status == "poisoned")

    def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        with self._lock:
            return self._entries.pop(key, None) is not None

    def close(self) -> None:
        """Does nothing."""


class AsyncForgetfulStore:
    """A store in memory for asyncio, for tests. After the process ends, each event can be handled again."""

    def __init__(self) -> None:
        self._store = ForgetfulStore()

    async def put_or_get(self, key: str, change: Change) -> bytes:
        """Stores an entry if the key has none. Returns the stored entry."""
        return self._store.put_or_get(key, change)

    async def replace(self, key: str, change: Change) -> bool:
        """Stores an entry if the stored one is as expected."""
        return self._store.replace(key, change)

    async def clean_up(self, now_ms: int) -> int:
        """Deletes entries whose time has passed. Returns their number."""
        return self._store.clean_up(now_ms)

    async def poisoned(self) -> list[str]:
        """Returns the keys of all poisoned events."""
        return self._store.poisoned()

    async def forget(self, key: str) -> bool:
        """Deletes an entry. Returns true if it existed."""
        return self._store.forget(key)

    async def close(self) -> None:
        """Does nothing."""

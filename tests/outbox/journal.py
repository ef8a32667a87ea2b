"""Reads the journal of an outbox without the library, by the format in docs/outbox.md. Checksums are not compared."""

from __future__ import annotations

import os
from pathlib import Path

HEADER, ADDED, SENDING, SENT, REFUSED, RETURNED, DOUBTED, UNKNOWN, CLOSED = range(1, 10)
MAGIC = 16
HEAD = 12


class Journal:
    """The records of a journal that other programs write. `read` continues at the end of the last record."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # The ids of the messages, and the ends of the records that added them.
        self.ids: list[str] = []
        self._added: list[int] = []
        # The end, the kind and the number of each other record.
        self.records: list[tuple[int, int, int]] = []
        self.end = 0
        # The number of requests that were recorded.
        self.attempts = 0

    def read(self) -> None:
        """Reads the records that were appended since."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self.end)
            data = file.read()
        at = MAGIC if self.end == 0 else 0
        while at + HEAD < len(data):
            length = int.from_bytes(data[at : at + 4], "little")
            content = data[at + HEAD : at + HEAD + length]
            if len(content) < length:
                break
            at += HEAD + length
            kind = content[0]
            if kind == ADDED:
                size = int.from_bytes(content[5:9], "little")
                self.ids.append(content[9 : 9 + size].decode())
                self._added.append(self.end + at)
                continue
            number = int.from_bytes(content[1:5], "little") if SENDING <= kind <= UNKNOWN else 0
            self.records.append((self.end + at, kind, number))
            self.attempts += kind == SENDING
        if self.records or at > MAGIC:
            self.end += at

    def durable(self, received: dict[str, int], is_flushed: bool) -> int:
        """Returns the end of the last record that must have been durable: a message that the vendor has was recorded before
        its request left. `is_flushed` tells if a program had begun to send, after it had added all messages."""
        for end, kind, number in reversed(self.records):
            if kind == HEADER or kind == CLOSED and is_flushed or kind == SENDING and self.ids[number] in received:
                return end
        return 0

    def cut(self, length: int) -> None:
        """Cuts the file, as a loss of power does to bytes that were not durable."""
        os.truncate(self.path, length)
        while self.records and self.records[-1][0] > length:
            self.attempts -= self.records.pop()[1] == SENDING
        while self._added and self._added[-1] > length:
            self._added.pop()
            self.ids.pop()
        self.end = max(self.records[-1][0] if self.records else 0, self._added[-1] if self._added else 0)

    @property
    def length(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def is_closed(self) -> bool:
        return any(kind == CLOSED for _, kind, _ in self.records)

    def states(self) -> dict[int, int]:
        """Returns the kind of the last record of each message that has one."""
        return {number: kind for _, kind, number in self.records if SENDING <= kind <= UNKNOWN}

"""The messages of an outbox, and the counts of its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._hudhud import OutboxState

__all__ = ["OutboxMessage", "OutboxReport", "report_of"]


@dataclass(frozen=True)
class OutboxMessage:
    """A message of an outbox. Its `repr` hides the recipient and the text."""

    number: int
    """The number, from 0, in the order in which messages were added."""
    id: str
    """The id, usually the recipient."""
    row: int
    """The row of the list that the message came from, or 0."""
    fields: dict[str, Any]
    """The fields of the call."""
    reason: str | None
    """The reason of a refusal or of an unknown outcome, such as `transport: timeout`, without personal text."""

    def __repr__(self) -> str:
        return f"OutboxMessage(number={self.number}, row={self.row}, reason={self.reason!r})"


@dataclass(frozen=True)
class OutboxReport:
    """The messages of an outbox, counted by their states."""

    total: int
    """All messages."""
    waiting: int
    """Messages that were not sent, and will be."""
    in_flight: int
    """Messages whose requests are on their way."""
    in_doubt: int
    """Messages that may have been sent. They are repeated with their keys while the vendor knows the keys."""
    sent: int
    """Messages that the vendor accepted."""
    refused: int
    """Messages that were refused."""
    refused_by_reason: dict[str, int]
    """The refused messages by reason. A reason contains no personal text."""
    unknown: int
    """Messages that may have been sent, and are never repeated."""
    is_closed: bool
    """True if all messages were added, by `add_all`."""
    stopped: str | None
    """The reason why nothing is sent any more, such as `quota_exceeded`, or `None`."""

    @property
    def left(self) -> int:
        """The number of messages without an outcome."""
        return self.waiting + self.in_flight + self.in_doubt

    @property
    def is_complete(self) -> bool:
        """True if all messages were added and each has its outcome."""
        return self.is_closed and self.left == 0

    def __str__(self) -> str:
        text = f"{self.sent} sent, {self.refused} refused, {self.unknown} unknown, {self.left} left of {self.total}"
        return text if self.stopped is None else f"{text}; stopped: {self.stopped}"


def report_of(state: OutboxState, stopped: str | None = None) -> OutboxReport:
    """Returns the report of an outbox."""
    counts, reasons, is_closed = state.report()
    return OutboxReport(**counts, refused_by_reason=dict(reasons), is_closed=is_closed, stopped=stopped)

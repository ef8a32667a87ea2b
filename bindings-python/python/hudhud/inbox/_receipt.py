"""The result of a delivery, and the things that a handler receives or raises."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..errors import HudhudError

__all__ = ["Lease", "Outcome", "Receipt", "RejectedEventError"]

Outcome: TypeAlias = Literal["handled", "duplicate", "busy", "too_early", "failed", "poisoned", "lease_lost"]
"""The outcome of a delivery."""

_STATUSES: dict[Outcome, int] = {"handled": 200, "duplicate": 200, "poisoned": 500}


class RejectedEventError(HudhudError):
    """Raise this in a handler to reject an event for good. It is not attempted again."""


@dataclass(frozen=True)
class Lease:
    """The right to handle an event until a time."""

    idempotency_key: str
    """The key to pass on to other services, so that they recognize a repetition. It has 1 to 200 characters of
    `A-Z a-z 0-9 - _`, and is the same for each attempt. Add a prefix to use it for several requests."""
    token: int
    """The fencing token. It grows with each attempt. A system that stores the largest one can refuse an earlier holder."""
    attempt: int
    """The number of the attempt, from 1."""
    ends_at: float
    """The end of the lease, in Unix seconds. After it another process can handle the event."""


@dataclass(frozen=True)
class Receipt:
    """The result of a delivery. Respond with `http_status` and, if there is one, the header `Retry-After`."""

    outcome: Outcome
    """The outcome. `handled`: the handler has run. `duplicate`: it had run before. `busy`: another process handles the event,
    or has locked the store. `too_early`: the last attempt failed a moment ago. `failed`: the handler raised an exception.
    `poisoned`: the handler rejected the event, or all attempts failed. `lease_lost`: the handler took longer than its lease."""
    retry_after: int | None = None
    """The seconds after which another delivery can succeed, if they are known."""
    error: Exception | None = field(default=None, repr=False)
    """The exception of the handler, if the outcome is `failed` or `poisoned`."""

    @property
    def http_status(self) -> int:
        """The status of the response to the vendor: 200, 500 for a poisoned event, otherwise 503. The vendor delivers again
        after each status other than 200."""
        return _STATUSES.get(self.outcome, 503)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the response to the vendor."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


def seconds(wait: float | None) -> int | None:
    """Rounds a wait up."""
    return None if wait is None else math.ceil(wait)

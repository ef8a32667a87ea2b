"""Deliveries: what a vendor sends to a user's own server, verified before it is believed.

    event = Webhook(secret).verify(headers, body)
    match event.data:
        case ReceivedMessage(content=text):
            ...
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ._hudhud import EVENT_NAMES, Delivery, Event, EventContact, ReceivedMessage, Verifier, sign

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["EVENT_NAMES", "Delivery", "Event", "EventContact", "ReceivedMessage", "Webhook", "sign"]


class Webhook(Verifier):
    """Verifies deliveries with the webhook's secret, or with several while they are being changed.

    `tolerance` is how many seconds a delivery's timestamp may be before or after now; with `None` deliveries of any
    age are taken, and only remembering `event.replay_key` keeps an old one from being sent here again. Threads and
    tasks may share it.
    """

    @classmethod
    def from_env(cls, *, tolerance: int | None = 300) -> Self:
        """With the secret in `ZAGELY_WEBHOOK_SECRET`; several are separated by spaces."""
        secrets = os.environ.get("ZAGELY_WEBHOOK_SECRET", "").split()
        if not secrets:
            raise KeyError("ZAGELY_WEBHOOK_SECRET is not set: it takes the secret that webhooks.create answered")
        return cls(*secrets, tolerance=tolerance)

"""Verifies deliveries, the requests that a vendor sends to your server.

    event = Webhook(secret).verify(headers, body)
    match event.data:
        case ReceivedMessage(content=text):
            ...
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ._hudhud import (
    EVENT_NAMES,
    CampaignData,
    ContactData,
    Delivery,
    EventContact,
    MessageData,
    ReceivedMessage,
    SessionData,
    TestData,
    Verifier,
    WebhookEvent,
    sign,
)
from .errors import MissingVariableError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "EVENT_NAMES",
    "CampaignData",
    "ContactData",
    "Delivery",
    "EventContact",
    "MessageData",
    "ReceivedMessage",
    "SessionData",
    "TestData",
    "Webhook",
    "WebhookEvent",
    "sign",
]


class Webhook(Verifier):
    """Verifies deliveries with the webhook's secret, or with several secrets during a change of secrets.

    `tolerance` is the maximum difference in seconds between a delivery's timestamp and now, in both directions. With
    `None`, deliveries of any age are accepted. Your program must then remember each `event.replay_key` to detect
    a replayed delivery. Threads and tasks may share a `Webhook`.
    """

    @classmethod
    def from_env(cls, *, tolerance: int | None = 300) -> Self:
        """Reads the secret from `ZAGELY_WEBHOOK_SECRET`. Several secrets are separated by spaces."""
        secrets = os.environ.get("ZAGELY_WEBHOOK_SECRET", "").split()
        if not secrets:
            raise MissingVariableError("environment variable ZAGELY_WEBHOOK_SECRET is not set: expected the secret from webhooks.create")
        return cls(*secrets, tolerance=tolerance)

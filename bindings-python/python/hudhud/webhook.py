"""Verifies deliveries, the requests that a vendor sends to your server.

    event = Webhook(secret).verify(headers, body)
    match event.data:
        case ReceivedMessage(content=text):
            ...
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from . import _watch
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
from ._log import INFO, WARNING, log
from .errors import MissingVariableError, _of_unknown
from .observer import Observer

if TYPE_CHECKING:
    from typing_extensions import Never, Self

    from ._hudhud import _Body, _Headers
else:
    # `typing.get_type_hints` evaluates the annotations at run time.
    Never, _Body, _Headers = Any, Any, Any

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

    `tolerance` is the maximum difference in seconds between a delivery's timestamp and now, in both directions. To
    detect a replayed delivery, your program must remember each `event.replay_key` until `event.deduplicate_until`. With
    `tolerance=None`, deliveries of any age are accepted, and your program must remember the keys for an unlimited time. `observer` follows the verifications: see `hudhud.observer`. The logger `hudhud` states an accepted
    delivery at the level DEBUG, and the reason of a refusal at the level INFO. Threads and tasks may share a `Webhook`.
    """

    _observer: _watch.Guarded | None

    def __new__(cls, *secrets: str, tolerance: int | None = 300, observer: Observer | None = None, **unknown: Never) -> Self:
        for name in unknown:
            raise _of_unknown(cls.__name__, name, ["tolerance", "observer"])
        made = super().__new__(cls, *secrets, tolerance=tolerance)
        made._observer = _watch.guarded(observer)
        return made

    def verify(self, headers: _Headers, body: _Body, *, now: float | None = None) -> WebhookEvent:
        """Verifies a delivery and returns its event. Raises a `WebhookError` if the delivery is not genuine. `body` is the
        bytes as they were received."""
        if self._observer is None and not log.isEnabledFor(INFO):
            return super().verify(headers, body, now=now)
        return self._verified(headers, body, now, INFO)

    def _verified(self, headers: _Headers, body: _Body, now: float | None, level: int) -> WebhookEvent:
        event: WebhookEvent = _watch.verified(self._observer, lambda: Verifier.verify(self, headers, body, now=now), level)
        return event

    def _receive(self, headers: _Headers, body: _Body) -> WebhookEvent:
        """Verifies a delivery that a web framework received. A refusal is logged at the level WARNING."""
        return self._verified(headers, body, None, WARNING)

    @classmethod
    def from_env(cls, *, tolerance: int | None = 300, observer: Observer | None = None) -> Self:
        """Reads the secret from `ZAGELY_WEBHOOK_SECRET`. Several secrets are separated by spaces."""
        return cls(*_secrets_from_env(), tolerance=tolerance, observer=observer)


def _secrets_from_env() -> list[str]:
    """Returns the secrets in `ZAGELY_WEBHOOK_SECRET`."""
    secrets = os.environ.get("ZAGELY_WEBHOOK_SECRET", "").split()
    if not secrets:
        raise MissingVariableError("environment variable ZAGELY_WEBHOOK_SECRET is not set: expected the secret from webhooks.create")
    try:
        "".join(secrets).encode()
    except UnicodeEncodeError:
        raise MissingVariableError("environment variable ZAGELY_WEBHOOK_SECRET is not text in UTF-8: expected the secret from webhooks.create") from None
    return secrets

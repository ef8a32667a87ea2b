"""For the tests of whoever uses the package: a transport that answers what it is told, and deliveries that are signed.

    fake = FakeTransport()
    fake.reply("messages.send", {"status": "queued", "message_id": "m-1"}, status=201)
    zagely = Zagely("pk_test", "sk_test", transport=fake)
    ...
    assert fake.requests[0].call == "messages.send"

Installed, the package brings pytest a fixture `hudhud_sandbox`: both services on loopback; see
`hudhud.testing.pytest_plugin`.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from .._hudhud import EVENT_NAMES, Delivery, Request, sign
from ..transports import Answer, Failure

__all__ = ["AsyncFakeTransport", "FakeTransport", "deliveries", "delivery", "sign"]


class _Fake:
    def __init__(self) -> None:
        self.requests: list[Request[Any]] = []
        """What was sent, in order."""
        self._replies: dict[str, deque[Answer | Failure]] = {}

    def reply(
        self, call: str, body: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answers the next request of a call, such as `messages.send`: with bytes as they are, and anything else as
        JSON. Several replies are given in order; the last one is given again and again."""
        if not isinstance(body, bytes):
            body = b"" if body is None else json.dumps(body).encode()
        answer = Answer(status, {"Content-Type": "application/json", **(headers or {})}, body)
        self._replies.setdefault(call, deque()).append(answer)

    def fail(self, call: str, fault: str = "closed") -> None:
        """Gives the next request of a call no answer: `connect`, `timeout` or `closed`."""
        self._replies.setdefault(call, deque()).append(Failure(fault))

    def _answer(self, request: Request[Any]) -> Answer:
        self.requests.append(request)
        replies = self._replies.get(request.call)
        if not replies:
            raise AssertionError(f"no reply for {request.call}: say one with reply({request.call!r}, …)")
        answer = replies.popleft() if len(replies) > 1 else replies[0]
        if isinstance(answer, Failure):
            raise answer
        return answer


class FakeTransport(_Fake):
    """A transport for `Zagely` and `Wazaj`."""

    def __call__(self, request: Request[Any]) -> Answer:
        return self._answer(request)


class AsyncFakeTransport(_Fake):
    """A transport for `AsyncZagely` and `AsyncWazaj`."""

    async def __call__(self, request: Request[Any]) -> Answer:
        return self._answer(request)


_CONTACT = {"id": "4f9d2a6e-0000-4000-8000-000000000001", "name": "Jane Doe", "phone_number": "+15551234567", "email": None}
_CAMPAIGN = {"id": "4f9d2a6e-0000-4000-8000-000000000003", "name": "April Flash Sale"}
_SESSION = {"id": "4f9d2a6e-0000-4000-8000-000000000004", "name": "Support"}
_DATA: dict[str, dict[str, Any]] = {
    "message": {"contact": _CONTACT, "channel": "whatsapp", "content": "Hello!"},
    "campaign": {"campaign": _CAMPAIGN},
    "contact": {"contact": _CONTACT},
    "session": {"session": _SESSION},
    "webhook": {"message": "This is a test."},
}


def delivery(event: str, data: Any = None, *, secret: str, delivery_id: str | None = None, now: float | None = None) -> Delivery:
    """A delivery of an event, signed with the secret. Without `data` it is made up; but for `message.received`, of
    which the vendor shows a sample, nobody knows what it really is."""
    moment = time.time() if now is None else now
    occurred_at = datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {
        "event": event,
        "tenant_id": "4f9d2a6e-0000-4000-8000-000000000000",
        "delivery_id": delivery_id or f"4f9d2a6e-0000-4000-9000-{sum(event.encode()):012d}",
        "occurred_at": occurred_at,
        "data": _DATA.get(event.partition(".")[0], {}) if data is None else data,
    }
    return sign(secret, json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(), now=moment)


def deliveries(*, secret: str, now: float | None = None) -> dict[str, Delivery]:
    """One delivery of each event the vendor names."""
    return {event: delivery(event, secret=secret, now=now) for event in EVENT_NAMES}

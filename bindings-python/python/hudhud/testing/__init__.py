"""Tools for the tests of programs that use the package: a fake transport with prepared responses, and signed deliveries.

    fake = FakeTransport()
    fake.respond("messages.send", api_error("rate_limit_exceeded", retry_after=0))
    fake.respond("messages.send", success("messages.send", status="queued"))
    fake.respond("contacts.list", page([{"id": "c-1", "name": "Jane"}]))
    zagely = Zagely("pk_test", "sk_test", transport=fake)
    ...
    assert fake.requests[0].call == "messages.send"
    fake.assert_all_used()

The package also provides the pytest fixture `hudhud_sandbox`, which runs both services on loopback: see
`hudhud.testing.pytest_plugin`.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from .._hudhud import EVENT_NAMES, Delivery, Request, sample_delivery, sign
from ..errors import ArgumentError, _of_value
from ..transports import TransportResponse, TransportFailure
from ._responses import api_error, check, meant, operation, page, success

__all__ = ["AsyncFakeTransport", "FakeTransport", "api_error", "deliveries", "delivery", "page", "sign", "success"]


class _Fake:
    def __init__(self) -> None:
        self.requests: list[Request[Any]] = []
        """The requests that were sent, in order."""
        self._responses: dict[str, deque[TransportResponse | TransportFailure]] = {}
        # The responses that were not used, by call.
        self._unused: dict[str, int] = {}

    def respond(
        self, call: str, body: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Adds a response to the requests of a call, such as `messages.send`. The response is a result of `success`,
        `page` or `api_error`, or a body. A body of bytes is returned unchanged, and any other value as JSON. The
        responses are returned in order, and the last one is repeated."""
        row = operation(call)
        if isinstance(body, TransportResponse):
            check(call, body)
            self._add(call, body)
            return
        if isinstance(body, str) or not (body is None or isinstance(body, (bytes, Mapping, list))):
            raise ArgumentError(
                f"respond({call!r}, …): expected a response of success(), page() or api_error(), a dict, a list or bytes, not {type(body).__name__}"
            )
        if body is None and row.output_fields and status in range(200, 300) and status != 204:
            raise ArgumentError(f"respond({call!r}, …): the body is None, but the call has an output; pass success({call!r}, …), or b\"\" for an empty body")
        if not isinstance(body, bytes):
            body = b"" if body is None else json.dumps(body).encode()
        self._add(call, TransportResponse(status, {"Content-Type": "application/json", **(headers or {})}, body))

    def _add(self, call: str, response: TransportResponse | TransportFailure) -> None:
        self._responses.setdefault(call, deque()).append(response)
        self._unused[call] = self._unused.get(call, 0) + 1

    def fail(self, call: str, fault: str = "closed") -> None:
        """Adds a failure instead of a response: `connect`, `timeout` or `closed`."""
        operation(call)
        self._add(call, TransportFailure(fault))

    def assert_all_used(self) -> None:
        """Raises an `AssertionError` if a response was not used. Call it at the end of a test."""
        left = [f"{count} of {call}" for call, count in self._unused.items() if count]
        if left:
            raise AssertionError(f"responses that were not used: {', '.join(left)}; remove them, or make these calls")

    def _answer(self, request: Request[Any]) -> TransportResponse:
        self.requests.append(request)
        responses = self._responses.get(request.call)
        if not responses:
            raise AssertionError(f"no response for {request.call}: add one with respond({request.call!r}, …)")
        response = responses.popleft() if len(responses) > 1 else responses[0]
        self._unused[request.call] = max(0, self._unused.get(request.call, 0) - 1)
        if isinstance(response, TransportFailure):
            raise response
        return response


class FakeTransport(_Fake):
    """A fake transport for `Zagely` and `Wazaj`."""

    def __call__(self, request: Request[Any]) -> TransportResponse:
        return self._answer(request)


class AsyncFakeTransport(_Fake):
    """A fake transport for `AsyncZagely` and `AsyncWazaj`."""

    async def __call__(self, request: Request[Any]) -> TransportResponse:
        return self._answer(request)


def delivery(event: str, data: Any = None, *, secret: str, delivery_id: str | None = None, now: float | None = None) -> Delivery:
    """Creates a delivery of an event with a random id, signed with the secret. `data` replaces the data of the sample. The vendor documents a
    sample only for `message.received`. The data of the samples of other events is inferred, and may differ from the
    vendor's. The sample of an event that this version does not know has empty data."""
    if event not in EVENT_NAMES and (suggestion := meant(event, EVENT_NAMES, 0.85)):
        raise _of_value(f"{event!r} is not an event of the vendor: {suggestion}")
    timestamp = time.time() if now is None else now
    occurred_at = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = sample_delivery(event, delivery_id or str(uuid.uuid4()), occurred_at)
    if data is not None:
        body["data"] = data
    return sign(secret, json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(), now=timestamp)


def deliveries(*, secret: str, now: float | None = None) -> dict[str, Delivery]:
    """Creates one delivery of each event that the vendor names."""
    return {event: delivery(event, secret=secret, now=now) for event in EVENT_NAMES}

"""The command `hudhud verify`, which verifies a captured delivery and says what is wrong with a refused one."""

from __future__ import annotations

import time
from typing import Any

from .._hudhud import Verifier
from ..errors import WebhookError
from ..webhook import Webhook, _secrets_from_env
from .capture import Capture, read_capture
from .output import cell, to_json, write
from .repairs import find_repair, is_signed, length_hint, secret_hint

# The tolerance of a webhook, in seconds.
_TOLERANCE = 300


class ExaminedError(WebhookError):
    """A captured delivery was refused and examined."""

    signature: str
    """`right`, `right_if_repaired` or `wrong`."""
    findings: list[str]
    """The results of the examination, as sentences without a full stop."""
    repairs: list[str]
    """The steps after which the signature is right."""

    def __init__(self, error: WebhookError, signature: str, findings: list[str], repairs: list[str]) -> None:
        super().__init__(error.reason, error.hint, error.http_status)
        self.signature = signature
        self.findings = findings
        self.repairs = repairs


def verify(options: Any) -> None:
    """Verifies a captured delivery."""
    secrets = _secrets_from_env()
    capture = read_capture(options.headers, options.body)
    webhook = Webhook(*secrets, tolerance=None if options.any_age else _TOLERANCE)
    try:
        event = webhook.verify(capture.headers, capture.body)
    except WebhookError as error:
        raise examined(error, capture, secrets, options.any_age) from None
    if options.json:
        members = {"event": event.name, "delivery_id": event.delivery_id, "secret_index": event.secret_index, "signed_at": event.signed_at}
        write(to_json(members))
    else:
        write(f"genuine: {cell(event.name)}, delivery {cell(event.delivery_id or '(without id)')}")


def examined(error: WebhookError, capture: Capture, secrets: list[str], any_age: bool) -> ExaminedError:
    """Returns the error of a refused capture, with the results of its examination."""
    secret = is_signed(capture, secrets)
    if secret is not None:
        return ExaminedError(error, "right", [_of_right(error, capture, secret)], [])
    visible = [hint for hint in (length_hint(capture), secret_hint(secrets)) if hint is not None]
    repair = find_repair(capture, secrets)
    if repair is None:
        missing = error.reason == "missing_header"
        tried = [] if missing else ["the signature is wrong, and no known damage of the body, the headers or the secret explains it"]
        return ExaminedError(error, "wrong", visible or tried, [])
    steps = list(repair.steps)
    findings = [f"the signature is right once {' and '.join(steps)}"]
    if not any_age and (age := _age(repair.capture, repair.secret)):
        findings.append(f"the delivery is {age}")
    return ExaminedError(error, "right_if_repaired", [*findings, *visible], steps)


def _of_right(error: WebhookError, capture: Capture, secret: str) -> str:
    age = _age(capture, secret)
    if error.reason == "malformed_payload" or age is None:
        return "the signature is right, but the body is not an event in JSON"
    return f"the signature is right, the delivery is {age}"


def _age(capture: Capture, secret: str) -> str | None:
    """Returns the age of a signed capture in words, or `None` if it is allowed or unknown."""
    try:
        signed_at = Verifier(secret, tolerance=None).verify(capture.headers, capture.body).signed_at
    except WebhookError:
        return None
    age = round(time.time()) - signed_at
    if abs(age) <= _TOLERANCE:
        return None
    if age > 0:
        return f"{duration(age)} old ({_TOLERANCE} s are allowed; --any-age accepts it)"
    return f"{duration(-age)} ahead of this clock ({_TOLERANCE} s are allowed; --any-age accepts it)"


def duration(seconds: int) -> str:
    """Returns a duration in words, such as `an hour` or `3 days`."""
    for size, one, several in (86_400, "a day", "days"), (3_600, "an hour", "hours"), (60, "a minute", "minutes"):
        if seconds >= size:
            count = seconds // size
            return one if count == 1 else f"{count} {several}"
    return "a second" if seconds == 1 else f"{seconds} seconds"

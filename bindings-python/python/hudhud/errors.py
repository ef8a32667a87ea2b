"""Everything that the package raises on purpose.

What an exception shows (`str`, `repr`) holds no key, no phone number and no text of a message. What the vendor said,
word for word, is in `message`, `field_errors` and `response`: look at it, do not log it. All of them pickle.
"""

from __future__ import annotations

from typing import Any

from ._hudhud import Response

__all__ = [
    "ApiError",
    "AuthenticationError",
    "HudhudError",
    "InvalidRequestError",
    "MethodNotAllowedError",
    "MissingVariablesError",
    "NotFoundError",
    "PermissionDeniedError",
    "PhoneError",
    "QuotaExceededError",
    "RateLimitError",
    "RedirectError",
    "ServerError",
    "TransportError",
    "UnavailableError",
    "UnexpectedResponseError",
    "ValidationError",
    "WebhookError",
]


class HudhudError(Exception):
    """What all of them are."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, self.__dict__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


def _again(cls: type[HudhudError], args: tuple[Any, ...], members: dict[str, Any]) -> HudhudError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(members)
    return error


class CallError(HudhudError):
    """What went wrong with a call: a fault of the call itself, of the way, or one that the vendor found."""

    kind: str
    """The kind of failure, the same name in every language, such as `rate_limited`."""
    call: str | None
    """The call, such as `contacts.list`."""
    message: str
    """The vendor's sentence, verbatim, or ours where it said none. It may hold personal text."""
    field_errors: dict[str, list[str]]
    """Field by field what is wrong."""
    idempotency_key: str | None
    """The key that was sent: with it the call can be repeated later without a second effect."""
    retryable: bool
    """Whether repeating the call, where that is safe, makes sense."""
    advice: str
    """What to do about it, in one sentence."""

    def __init__(self, told: str, data: dict[str, Any]) -> None:
        super().__init__(told)
        self.kind = data["kind"]
        self.call = data["call"]
        self.message = data["message"]
        self.field_errors = data["field_errors"]
        self.idempotency_key = data.get("idempotency_key")
        self.retryable = data["retryable"]
        self.advice = data["advice"]


class InvalidRequestError(CallError, ValueError):
    """The call or a setting has faults, all told in `field_errors`; nothing was sent."""


class TransportError(CallError):
    """No answer came. What the HTTP library raised is the `__cause__`."""

    fault: str
    """`connect`: nothing was sent. `timeout`, `closed`: the call may have had its effect."""

    def __init__(self, told: str, data: dict[str, Any], fault: str) -> None:
        super().__init__(told, data)
        self.fault = fault


class ApiError(CallError):
    """The vendor answered, and not with a success."""

    status: int
    """The HTTP status."""
    code: str | None
    """The vendor's machine-readable code, verbatim."""
    required_ability: str | None
    """The ability the key lacks (403 `insufficient_ability`)."""
    details: dict[str, Any]
    """The vendor's `details`, such as the `limit` of a quota."""
    retry_after: float | None
    """How many seconds the vendor asks to wait."""
    rate_limit: dict[str, int]
    """The limits of the key, as far as the answer named them."""
    idempotent_replay: bool
    """Whether this is the stored answer to an earlier request with the same idempotency key."""
    response: Response
    """The answer as it came. It may hold personal text."""

    def __init__(self, told: str, data: dict[str, Any], response: Response) -> None:
        super().__init__(told, data)
        wait = data.get("retry_after_ms")
        self.status = data["status"]
        self.code = data["code"]
        self.required_ability = data["required_ability"]
        self.details = data["details"]
        self.retry_after = None if wait is None else wait / 1000
        self.rate_limit = data["rate_limit"]
        self.idempotent_replay = data["idempotent_replay"]
        self.response = response


class AuthenticationError(ApiError):
    """401: keys are missing, wrong, inactive or expired."""


class PermissionDeniedError(ApiError):
    """403: the key lacks an ability, or the account may not do this."""


class NotFoundError(ApiError):
    """404: there is no such thing in this workspace."""


class MethodNotAllowedError(ApiError):
    """405: the route exists under another method."""


class ValidationError(ApiError):
    """422: fields or a business rule of the vendor's."""


class RateLimitError(ApiError):
    """429: the minute's limit; it passes."""


class QuotaExceededError(ApiError):
    """429: the day's or the month's quota; it does not pass soon."""


class ServerError(ApiError):
    """A 5xx: the vendor's fault."""


class UnavailableError(ServerError):
    """502, 503, 504: the vendor or something before it is down for a while."""


class RedirectError(ApiError):
    """A 3xx. Redirects are not followed: keys would travel with them."""


class UnexpectedResponseError(ApiError):
    """A success that cannot be read as one. The call may have had its effect."""


class WebhookError(HudhudError):
    """A delivery that is not to be believed."""

    reason: str
    """Why, the same name in every language, such as `signature_mismatch`."""
    hint: str
    """What may lie behind it, for one's own log: to the sender answer with the status alone."""
    http_status: int
    """The HTTP status to answer with."""

    def __init__(self, reason: str, hint: str, http_status: int) -> None:
        super().__init__(f"webhook refused: {reason}. {hint}")
        self.reason = reason
        self.hint = hint
        self.http_status = http_status


class PhoneError(HudhudError, ValueError):
    """A text that is no phone number in E.164."""


class MissingVariablesError(HudhudError, LookupError):
    """A template that needs values it was not given."""

    names: list[str]
    """Their names, in order of first appearance."""

    def __init__(self, told: str, names: list[str]) -> None:
        super().__init__(told)
        self.names = names


_OF_KIND: dict[str, type[ApiError]] = {
    "authentication": AuthenticationError,
    "permission": PermissionDeniedError,
    "not_found": NotFoundError,
    "method_not_allowed": MethodNotAllowedError,
    "validation": ValidationError,
    "rate_limited": RateLimitError,
    "quota_exceeded": QuotaExceededError,
    "unavailable": UnavailableError,
    "server": ServerError,
    "redirect": RedirectError,
    "unexpected_response": UnexpectedResponseError,
}


# The native part makes its exceptions by these.


def _of_call(
    told: str, members: dict[str, Any], details: dict[str, Any], response: Response | None, fault: str | None
) -> CallError:
    if fault is not None:
        return TransportError(told, members, fault)
    if response is None:
        return InvalidRequestError(told, members)
    # What is nested too deep in it is text, and it itself a dict.
    members["details"] = details
    return _OF_KIND.get(members["kind"], ApiError)(told, members, response)


_of_webhook = WebhookError
_of_phone = PhoneError
_of_template = MissingVariablesError

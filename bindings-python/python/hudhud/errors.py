"""The exceptions of the package.

The `str` and `repr` of an exception contain no key, no phone number and no message text. `message`, `field_errors` and
`response` contain the vendor's own words: inspect them, but do not log them. All exceptions can be pickled.
"""

from __future__ import annotations

from typing import Any

from ._hudhud import RateLimit, Response

__all__ = [
    "ApiError",
    "ArgumentError",
    "AuthenticationError",
    "HudhudError",
    "InvalidRequestError",
    "MethodNotAllowedError",
    "MissingVariableError",
    "MissingVariablesError",
    "NotFoundError",
    "OutboxError",
    "PermissionDeniedError",
    "PhoneError",
    "QuotaExceededError",
    "RateLimitError",
    "RedirectError",
    "RequestError",
    "ServerError",
    "StoreError",
    "TransportError",
    "UnavailableError",
    "UnexpectedResponseError",
    "ValidationError",
    "WaitTooLongError",
    "WebhookError",
]


class HudhudError(Exception):
    """The base class of all exceptions of the package."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle, (type(self), self.args, self.__dict__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


def _unpickle(cls: type[HudhudError], args: tuple[Any, ...], members: dict[str, Any]) -> HudhudError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(members)
    return error


class RequestError(HudhudError):
    """A call failed: it is invalid, the rate limiter did not let it leave, no response was received, or the vendor responded with
    an error."""

    kind: str
    """The kind of failure, such as `rate_limited`. The names are the same in every language."""
    call: str | None
    """The name of the call, such as `contacts.list`."""
    message: str
    """The vendor's message, verbatim, or this library's message if the vendor sent none. It may contain personal text."""
    field_errors: dict[str, list[str]]
    """The errors of each field."""
    idempotency_key: str | None
    """The idempotency key that was sent. A later call with the same key has no second effect."""
    safe_to_retry: bool
    """True if sending the same call again, with its idempotency key, can succeed and cannot repeat its effect."""
    may_have_happened: bool
    """True if the call may have had its effect. It is always false for calls that only read."""
    key_forgotten: bool
    """True if the idempotency key reached the age at which the vendor forgets it, so that the call was not repeated."""
    attempts: int
    """The number of attempts. 0 if the call was not sent."""
    elapsed: float
    """The seconds from the first attempt to the error, waits included."""
    hint: str
    """The recommended action, in one sentence."""

    def __init__(self, message: str, data: dict[str, Any]) -> None:
        super().__init__(message)
        self.kind = data["kind"]
        self.call = data["call"]
        self.message = data["message"]
        self.field_errors = data["field_errors"]
        self.idempotency_key = data.get("idempotency_key")
        self.safe_to_retry = data["safe_to_retry"]
        self.may_have_happened = data["may_have_happened"]
        self.key_forgotten = data["key_forgotten"]
        self.attempts = data["attempts"]
        self.elapsed = data["elapsed_ms"] / 1000
        self.hint = data["hint"]


class InvalidRequestError(RequestError, ValueError):
    """The call, a setting or an argument is invalid. Nothing was sent, unless the error names the field `exchange`: a program
    that calls the functions of an exchange in the wrong order may have sent a request. `field_errors` lists all errors."""


class ArgumentError(HudhudError, TypeError):
    """An argument has a wrong type or an unknown name, or a required one is missing. The message names it."""


class TransportError(RequestError):
    """No response arrived. The `__cause__` is the exception of the HTTP library."""

    fault: str
    """`connect`: nothing was sent. `timeout` or `closed`: the call may have taken effect."""
    reason: str | None
    """The reason, in a few words, such as `connection refused`, if the exception of the HTTP library states one."""

    def __init__(self, message: str, data: dict[str, Any], fault: str) -> None:
        super().__init__(message, data)
        self.fault = fault
        self.reason = None

    def _explain(self, reason: str) -> None:
        self.reason = reason
        self.args = (f"{self} Reason: {reason}.",)


class WaitTooLongError(RequestError):
    """The call was not sent. Its turn at the client's rate limiter comes after its deadline, or a quota is used up and the call
    has no deadline, so that it does not wait for the reset."""

    retry_after: float
    """The seconds after which the call can leave."""

    def __init__(self, message: str, data: dict[str, Any]) -> None:
        super().__init__(message, data)
        self.retry_after = data.get("retry_after_ms", 0) / 1000


class StoreError(RequestError):
    """The store of the rate limiter fails, so the call cannot leave. An earlier attempt may have been sent. The `__cause__`
    is the store's exception. An error at the deadline of the call has no `__cause__`: the log has the type of the store's
    exception then."""


class ApiError(RequestError):
    """The vendor's response is not a success."""

    status: int
    """The HTTP status."""
    code: str | None
    """The vendor's machine-readable code, verbatim."""
    required_ability: str | None
    """The ability that the key lacks (403 `insufficient_ability`)."""
    details: dict[str, Any]
    """The vendor's `details`, such as the `limit` of a quota."""
    retry_after: float | None
    """The seconds that the vendor asks to wait (`Retry-After`)."""
    rate_limit: RateLimit
    """The rate limits of the key that the response states. Limits that it does not state are `None`."""
    idempotent_replay: bool
    """True if this is the stored response to an earlier request with the same idempotency key."""
    response: Response
    """The HTTP response, unchanged. It may contain personal text."""

    def __init__(self, message: str, data: dict[str, Any], response: Response) -> None:
        super().__init__(message, data)
        wait = data.get("retry_after_ms")
        self.status = data["status"]
        self.code = data["code"]
        self.required_ability = data["required_ability"]
        self.details = data["details"]
        self.retry_after = None if wait is None else wait / 1000
        self.rate_limit = RateLimit(**data["rate_limit"])
        self.idempotent_replay = data["idempotent_replay"]
        self.response = response


class AuthenticationError(ApiError):
    """401: the keys are missing, wrong, inactive or expired."""


class PermissionDeniedError(ApiError):
    """403: the key lacks an ability, or the account may not make this call."""


class NotFoundError(ApiError):
    """404: the record does not exist in this workspace."""


class MethodNotAllowedError(ApiError):
    """405: the route exists, but under another HTTP method."""


class ValidationError(ApiError):
    """422: a field is invalid, or the call violates a business rule of the vendor."""


class RateLimitError(ApiError):
    """429: the limit per minute is exceeded. It resets within a minute."""


class QuotaExceededError(ApiError):
    """429: the daily or monthly quota is exceeded. It does not reset soon."""


class ServerError(ApiError):
    """Any 5xx other than 502, 503 and 504."""


class UnavailableError(ServerError):
    """502, 503, 504: the vendor or a proxy in front of it is temporarily down."""


class RedirectError(ApiError):
    """Any 3xx. Redirects are not followed, because the request carries keys."""


class UnexpectedResponseError(ApiError):
    """A success status with a body that cannot be decoded. The call may have taken effect."""


class WebhookError(HudhudError):
    """A delivery was refused. Do not handle it."""

    reason: str
    """The reason, such as `signature_mismatch`. The names are the same in every language."""
    hint: str
    """A possible cause, for your log. Do not send it to the sender: respond with the status alone."""
    http_status: int
    """The HTTP status for the response to the sender."""

    def __init__(self, reason: str, hint: str, http_status: int) -> None:
        super().__init__(f"webhook refused: {reason}. {hint}")
        self.reason = reason
        self.hint = hint
        self.http_status = http_status


class PhoneError(HudhudError, ValueError):
    """A text is not an international phone number (E.164)."""


class MissingVariableError(HudhudError, KeyError):
    """An environment variable that a client or a webhook needs is not set."""

    def __str__(self) -> str:
        # `KeyError` would show the message in quotation marks.
        return str(self.args[0]) if self.args else ""


class MissingVariablesError(HudhudError, LookupError):
    """Variables of a template have no values."""

    names: list[str]
    """The names of these variables, in order of first appearance."""

    def __init__(self, message: str, names: list[str]) -> None:
        super().__init__(message)
        self.names = names


class OutboxError(HudhudError, ValueError):
    """The journal of an outbox cannot be used, or a message cannot be added. The message says what to do."""


class _Documentation:
    """The documentation of an exception with its attributes, as `help()` shows it. It is read from this file when it is used,
    because Python drops the texts that follow attributes."""

    def __init__(self, text: str | None) -> None:
        self._text = text

    def __get__(self, instance: object, owner: type) -> str | None:
        try:
            attributes = [line for cls in reversed(owner.__mro__) if cls.__module__ == __name__ for line in _attributes(cls)]
        except (OSError, SyntaxError):
            attributes = []
        if self._text is None or not attributes:
            return self._text
        return "\n".join([self._text, "", "Attributes:", *attributes])


def _attributes(cls: type) -> list[str]:
    """Returns a line for each attribute of a class: its name, its type and the text that follows it."""
    import ast
    import inspect

    (node,) = ast.parse(inspect.getsource(cls)).body
    found = []
    if isinstance(node, ast.ClassDef):
        for statement, following in zip(node.body, node.body[1:]):
            if isinstance(statement, ast.AnnAssign) and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                name, kind = ast.unparse(statement.target), ast.unparse(statement.annotation)
                found.append(f"    {name}: {kind}. {' '.join(str(following.value.value).split())}")
    return found


for _exception in [each for each in globals().values() if isinstance(each, type) and issubclass(each, HudhudError)]:
    _exception.__doc__ = _Documentation(_exception.__doc__)  # type: ignore[assignment]

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
    "client": ApiError,
    "unexpected_response": UnexpectedResponseError,
}


# The native module creates its exceptions with these functions.


def _of_call(
    message: str, members: dict[str, Any], details: dict[str, Any], response: Response | None, fault: str | None
) -> RequestError:
    if fault is not None:
        return TransportError(message, members, fault)
    if members["kind"] == "wait_too_long":
        return WaitTooLongError(message, members)
    if members["kind"] == "store":
        return StoreError(message, members)
    if response is None:
        return InvalidRequestError(message, members)
    # The native module passes `details` separately: a dict, in which values that are nested too deep are JSON text.
    members["details"] = details
    return _OF_KIND.get(members["kind"], ApiError)(message, members, response)


def _of_value(message: str) -> InvalidRequestError:
    head, _, text = message.partition(": ")
    argument = head.rpartition("argument ")[2].strip("'")
    return InvalidRequestError(
        message,
        {
            "kind": "invalid_request",
            "call": None,
            "message": message,
            "field_errors": {argument: [text]} if argument.isidentifier() else {},
            "safe_to_retry": False,
            "may_have_happened": False,
            "key_forgotten": False,
            "attempts": 0,
            "elapsed_ms": 0,
            "hint": "Correct the argument; nothing was sent.",
        },
    )


def _of_unknown(owner: str, unknown: str, known: list[str]) -> ArgumentError:
    from ._names import meant

    return ArgumentError(f"{owner}() got an unexpected keyword argument {unknown!r}: {meant(unknown, known)}")


_of_type = ArgumentError
_of_webhook = WebhookError
_of_outbox = OutboxError
_of_phone = PhoneError
_of_template = MissingVariablesError

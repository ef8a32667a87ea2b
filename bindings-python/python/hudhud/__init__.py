"""Hudhud (هدهد, the hoopoe that carried Solomon's letters): a client for the messaging services Zagely and Wazaj.

    from hudhud import Zagely, Webhook

    zagely = Zagely(public_key, secret_key, session_id=session)
    sent = zagely.messages.send(to="+15551234567", message="hi")
    for contact in zagely.contacts.list(tags=["vip"]):
        print(contact.name)

    event = Webhook(secret).verify(headers, body)

- `Zagely`, `AsyncZagely`, `Wazaj`, `AsyncWazaj`: the clients. They send over urllib, or over the HTTP client that you
  pass.
- `zagely.messages.send.request(…)`: builds the request without any I/O.
- `zagely.messages.send.with_response(…)`: makes the call and returns an `ApiResponse` with `output`, `meta` (the status, the rate
  limits) and `response`.
- `Webhook`: verifies deliveries. `hudhud.fastapi`, `hudhud.flask` and `hudhud.django` verify them in a web framework.
- `hudhud.inbox`: handles each webhook event once.
- `hudhud.zagely`, `hudhud.wazaj`, `hudhud.webhook`: the types of outputs and events.
- `hudhud.errors`: the exceptions.
- `hudhud.observer`: metrics and traces; `hudhud.opentelemetry` makes spans. `HUDHUD_LOG=debug`, `info` or `warning` shows
  the records of the logger `hudhud` on standard error.
- `Template`, `parse_phone`: render message templates and normalize phone numbers, without a request.
- `hudhud.outbox`: sends each of many messages once, even if the program is stopped in between.
- `hudhud.testing`: a fake transport, signed deliveries, and the sandbox as a pytest fixture.
"""

try:
    from . import _hudhud as _native
except ImportError as _error:
    if "subinterpreters" not in str(_error):
        raise
    raise ImportError(
        "hudhud supports only one interpreter per process and cannot be imported in this one. Run each application in"
        " its own process (mod_wsgi: one WSGIDaemonProcess per application), or run all of them in the main interpreter"
        " (mod_wsgi: WSGIApplicationGroup %{GLOBAL})."
    ) from None
from . import errors, observer, transports, wazaj, webhook, zagely
from ._client import AsyncWazaj, AsyncZagely, Wazaj, Zagely
from ._hudhud import (
    ABSENT,
    Absent,
    Meta,
    Page,
    RateLimit,
    RateLimiter,
    ApiResponse,
    Request,
    Response,
    Retry,
    Template,
    __version__,
    parse_phone,
)
from .errors import (
    ApiError,
    ArgumentError,
    AuthenticationError,
    HudhudError,
    InvalidRequestError,
    MethodNotAllowedError,
    MissingVariableError,
    MissingVariablesError,
    NotFoundError,
    OutboxError,
    PermissionDeniedError,
    PhoneError,
    QuotaExceededError,
    RateLimitError,
    RedirectError,
    RequestError,
    ServerError,
    StoreError,
    TransportError,
    UnavailableError,
    UnexpectedResponseError,
    ValidationError,
    WaitTooLongError,
    WebhookError,
)
from .webhook import WebhookEvent, Webhook

__all__ = [
    "ABSENT",
    "Absent",
    "ApiError",
    "ApiResponse",
    "ArgumentError",
    "AsyncWazaj",
    "AsyncZagely",
    "AuthenticationError",
    "HudhudError",
    "InvalidRequestError",
    "Meta",
    "MethodNotAllowedError",
    "MissingVariableError",
    "MissingVariablesError",
    "NotFoundError",
    "OutboxError",
    "Page",
    "PermissionDeniedError",
    "PhoneError",
    "QuotaExceededError",
    "RateLimit",
    "RateLimitError",
    "RateLimiter",
    "RedirectError",
    "Request",
    "RequestError",
    "Response",
    "Retry",
    "ServerError",
    "StoreError",
    "Template",
    "TransportError",
    "UnavailableError",
    "UnexpectedResponseError",
    "ValidationError",
    "WaitTooLongError",
    "Wazaj",
    "Webhook",
    "WebhookError",
    "WebhookEvent",
    "Zagely",
    "__version__",
    "errors",
    "observer",
    "parse_phone",
    "transports",
    "wazaj",
    "webhook",
    "zagely",
]


def __getattr__(name: str) -> object:
    """Imports a module that needs another package, `inbox`, `outbox` or `testing`, when it is used first."""
    if name in ("django", "fastapi", "flask", "inbox", "opentelemetry", "outbox", "testing"):
        import importlib

        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

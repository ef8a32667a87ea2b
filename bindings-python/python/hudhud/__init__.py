"""Hudhud (هدهد, the hoopoe that carried Solomon's letters): client of the messaging services Zagely and Wazaj.

    from hudhud import Zagely, Webhook

    zagely = Zagely(public_key, secret_key)
    sent = zagely.messages.send(to="+15551234567", message="hi")
    for contact in zagely.contacts.list(tags=["vip"]):
        print(contact.name)

    event = Webhook(secret).verify(headers, body)

- `Zagely`, `AsyncZagely`, `Wazaj`, `AsyncWazaj`: the clients, over urllib or the HTTP library you pass in.
- `zagely.messages.send.request(…)`: the same without any I/O; `.reply(…)`: with status, limits and the response.
- `Webhook`: deliveries, verified before they are believed; `hudhud.fastapi`, `hudhud.flask`, `hudhud.django` for servers.
- `hudhud.zagely`, `hudhud.wazaj`, `hudhud.webhook`: what answers and events are; `hudhud.errors`: what is raised.
- `Template`, `parse_phone`: texts and numbers, made ready here.
- `hudhud.testing`: a transport that answers what it is told, deliveries that are signed, the sandbox for pytest.
"""

try:
    from . import _hudhud as _native
except ImportError as _error:
    if "subinterpreters" not in str(_error):
        raise
    raise ImportError(
        "hudhud runs in one interpreter of a process, and this is another one. Give each application a process of its own"
        " (mod_wsgi: a WSGIDaemonProcess for each), or run all of them in the main interpreter"
        " (mod_wsgi: WSGIApplicationGroup %{GLOBAL})."
    ) from None
from . import errors, transports, wazaj, webhook, zagely
from ._client import AsyncWazaj, AsyncZagely, Wazaj, Zagely
from ._hudhud import (
    ABSENT,
    Absent,
    Meta,
    Page,
    RateLimit,
    Reply,
    Request,
    Response,
    Retry,
    Template,
    __version__,
    parse_phone,
)
from .errors import (
    ApiError,
    AuthenticationError,
    HudhudError,
    InvalidRequestError,
    MethodNotAllowedError,
    MissingVariablesError,
    NotFoundError,
    PermissionDeniedError,
    PhoneError,
    QuotaExceededError,
    RateLimitError,
    RedirectError,
    ServerError,
    TransportError,
    UnavailableError,
    UnexpectedResponseError,
    ValidationError,
    WebhookError,
)
from .webhook import Event, Webhook

__all__ = [
    "ABSENT",
    "Absent",
    "ApiError",
    "AsyncWazaj",
    "AsyncZagely",
    "AuthenticationError",
    "Event",
    "HudhudError",
    "InvalidRequestError",
    "Meta",
    "MethodNotAllowedError",
    "MissingVariablesError",
    "NotFoundError",
    "Page",
    "PermissionDeniedError",
    "PhoneError",
    "QuotaExceededError",
    "RateLimit",
    "RateLimitError",
    "RedirectError",
    "Reply",
    "Request",
    "Response",
    "Retry",
    "ServerError",
    "Template",
    "TransportError",
    "UnavailableError",
    "UnexpectedResponseError",
    "ValidationError",
    "Wazaj",
    "Webhook",
    "WebhookError",
    "Zagely",
    "__version__",
    "errors",
    "parse_phone",
    "transports",
    "wazaj",
    "webhook",
    "zagely",
]

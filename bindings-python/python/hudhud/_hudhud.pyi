# Written by `cargo xtask stubs`; change core's catalog and types instead.
"""The native part of the package `hudhud`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, Literal, Protocol, TypeAlias, TypeVar, final

from types import GenericAlias

from typing_extensions import Self, disjoint_base

__version__: Final[str]

_T = TypeVar("_T")
_Headers: TypeAlias = Mapping[str, str] | Mapping[str, bytes] | Iterable[tuple[str | bytes, str | bytes]]
_Body: TypeAlias = bytes | bytearray | memoryview

class _Readable(Protocol):
    def read(self) -> _Body: ...

_File: TypeAlias = _Body | _Readable

@final
class Absent:
    """The type of `ABSENT`, which stands for an argument that was not given."""

    def __bool__(self) -> Literal[False]: ...
    def __reduce__(self) -> str: ...

ABSENT: Final[Absent]
OPERATIONS: Final[tuple[Operation, ...]]
EVENT_NAMES: Final[tuple[str, ...]]

@final
class Service:
    """A vendor, called with one set of keys."""

    @staticmethod
    def zagely(
        public_key: str,
        secret_key: str,
        *,
        app_token: str | None = None,
        app_auth: str = "token",
        app_prefix: str | None = None,
        **settings: Any,
    ) -> Service: ...
    @staticmethod
    def wazaj(api_key: str, base_url: str, *, key_form: str = "header", **settings: Any) -> Service: ...
    def named(
        self, name: str, input: str, given: dict[str, Any] | None = None, entropy: bytes | None = None
    ) -> Request[Any]: ...

@final
class Retry:
    """How stubbornly calls are tried."""

    @property
    def max_attempts(self) -> int:
        """How often the request may be sent in all, at least 1."""

    @property
    def base(self) -> float:
        """The bound of the first random wait, in seconds; each further bound doubles."""

    @property
    def cap(self) -> float:
        """The most a random wait may become, in seconds."""

    @property
    def max_wait(self) -> float:
        """The longest `Retry-After` that is obeyed, in seconds; a longer one ends the call at once."""

    def __new__(cls, *, max_attempts: int = 4, base: float = 0.5, cap: float = 10.0, max_wait: float = 60.0) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Operation:
    """One row of the catalog."""

    @property
    def vendor(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def verb(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def fields(self) -> list[tuple[str, str, bool]]: ...
    @property
    def call_class(self) -> type[Any]: ...
    @property
    def paged(self) -> bool: ...
    @property
    def keyed(self) -> bool: ...
    def request(
        self,
        service: Service,
        fields: dict[str, Any],
        given: dict[str, Any] | None = None,
        entropy: bytes | None = None,
    ) -> Request[Any]: ...
    def exchange(
        self, service: Service, fields: dict[str, Any], given: dict[str, Any] | None, entropy: bytes
    ) -> Exchange: ...
    def decode(self, service: Service, status: int, headers: _Headers, body: _Body) -> Reply[Any]: ...
    def pages(self, service: Service, fields: dict[str, Any], given: dict[str, Any] | None = None) -> Pages: ...

@final
class Exchange:
    """One call in flight, with its retries: a state machine that is told the time and what happened."""

    def step(self, now: float | None = None) -> Request[Any] | float | Reply[Any]: ...
    def receive(self, status: int, headers: _Headers, body: _Body, now: float | None = None) -> None: ...
    def fail(self, fault: str, now: float | None = None) -> None: ...
    @property
    def idempotency_key(self) -> str | None: ...
    @property
    def attempts(self) -> int: ...

@final
class Pages:
    """A walk through the pages of a list, each a call in flight."""

    def begin(self, entropy: bytes) -> bool: ...
    def step(self, now: float | None = None) -> Request[Any] | float | Reply[Any] | None: ...
    def receive(self, status: int, headers: _Headers, body: _Body, now: float | None = None) -> None: ...
    def fail(self, fault: str, now: float | None = None) -> None: ...
    @property
    def idempotency_key(self) -> str | None: ...
    @property
    def attempts(self) -> int: ...

@final
class Request(Generic[_T]):
    """A request, to be sent by whatever speaks HTTP. Send it as it is, and follow no redirect."""

    @property
    def call(self) -> str:
        """The call it belongs to, such as `contacts.list`."""

    @property
    def method(self) -> str:
        """`GET`, `POST`, `PUT`, `PATCH` or `DELETE`."""

    @property
    def url(self) -> str:
        """The whole address."""

    @property
    def headers(self) -> dict[str, str]:
        """Names and values."""

    @property
    def content(self) -> bytes | None:
        """The body; with `None` there is none."""

    @property
    def idempotency_key(self) -> str | None:
        """The idempotency key that is sent."""

    def decode(self, status: int, headers: _Headers, body: _Body) -> _T:
        """The answer in a response, or an `ApiError`."""

    def reply(self, status: int, headers: _Headers, body: _Body) -> Reply[_T]:
        """The answer in a response, with its metadata, or an `ApiError`."""

    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

@final
class Reply(Generic[_T]):
    """A success: the answer, what was said beside it, and the response it came in."""

    @property
    def answer(self) -> _T:
        """The answer."""

    @property
    def meta(self) -> Meta:
        """Status, limits and replay mark."""

    @property
    def response(self) -> Response:
        """The response as it came. It may hold personal text."""

    def __new__(cls, *, answer: _T, meta: Meta, response: Response) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __reduce__(self) -> tuple[Any, ...]: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

@final
class Meta:
    """What a reply or an error says beside its body."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def rate_limit(self) -> RateLimit:
        """The limits of the key."""

    @property
    def retry_after(self) -> float | None:
        """How many seconds the vendor asks to wait."""

    @property
    def idempotent_replay(self) -> bool:
        """Whether this is the stored answer to an earlier request with the same idempotency key."""

    @property
    def idempotency_key(self) -> str | None:
        """The idempotency key that was sent, to be used again for the same wish."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as what JSON knows; what was not said is left out."""

    def __new__(
        cls,
        *,
        status: int,
        rate_limit: RateLimit | None = None,
        retry_after: float | None = None,
        idempotent_replay: bool = False,
        idempotency_key: str | None = None,
    ) -> Self: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class RateLimit:
    """The limits of the key that was used, as far as the reply named them."""

    @property
    def limit(self) -> int | None:
        """Requests a minute."""

    @property
    def remaining(self) -> int | None:
        """Requests left in this minute (inferred)."""

    @property
    def reset(self) -> int | None:
        """Unix seconds when the minute ends (inferred)."""

    @property
    def daily_limit(self) -> int | None:
        """Requests a day."""

    @property
    def daily_remaining(self) -> int | None:
        """Requests left today."""

    def __new__(
        cls,
        *,
        limit: int | None = None,
        remaining: int | None = None,
        reset: int | None = None,
        daily_limit: int | None = None,
        daily_remaining: int | None = None,
    ) -> Self: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Response:
    """An HTTP response as it came."""

    def __new__(cls, status: int, headers: _Headers, body: _Body) -> Self: ...
    @property
    def status(self) -> int:
        """The status code."""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names and values, in the order they came."""

    @property
    def body(self) -> bytes:
        """The body. It may hold personal text."""

    def header(self, name: str) -> str | None:
        """The first header of this name, in whatever case."""

    def json(self) -> Any:
        """The body as Python's `json` reads it."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Page(Generic[_T]):
    """One page of a list."""

    @property
    def data(self) -> list[_T]:
        """The items."""

    @property
    def current_page(self) -> int | None:
        """The number of this page, from 1."""

    @property
    def last_page(self) -> int | None:
        """The number of the last page (inferred)."""

    @property
    def per_page(self) -> int | None:
        """How many items a full page has."""

    @property
    def total(self) -> int | None:
        """How many items there are on all pages."""

    @property
    def next_page_url(self) -> str | None:
        """The address of the next page (inferred). It is only a sign that there is one: it is never followed."""

    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above, verbatim."""

    def __new__(
        cls,
        *,
        data: list[_T] | None = None,
        current_page: int | None = None,
        last_page: int | None = None,
        per_page: int | None = None,
        total: int | None = None,
        next_page_url: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Self: ...
    def __iter__(self) -> Iterator[_T]: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...
    __match_args__: ClassVar[tuple[str, ...]]
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def to_dict(self) -> dict[str, Any]:
        """The page as what JSON knows, under the vendor's names."""

@disjoint_base
class Verifier:
    """Verifies deliveries with one secret, or with several while they are being changed."""

    def __new__(cls, *secrets: str, tolerance: int | None = ...) -> Self: ...
    def verify(self, headers: _Headers, body: _Body, *, now: float | None = None) -> Event:
        """The event of a delivery that is genuine. `body` is the bytes as they were received; anything else is a
        `WebhookError`."""

@final
class Event:
    """What happened, from a delivery that is genuine."""

    @property
    def name(self) -> str:
        """The event's name, such as `message.received`."""

    @property
    def data(self) -> Any:
        """The event's data: typed as far as the vendor states it, and else what its JSON is."""

    @property
    def tenant_id(self) -> str | None:
        """The workspace it happened in."""

    @property
    def delivery_id(self) -> str | None:
        """The delivery's id: the same for each try to deliver it."""

    @property
    def occurred_at(self) -> datetime | str | None:
        """When it happened."""

    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the members above, verbatim."""

    @property
    def replay_key(self) -> str:
        """What to remember so that the same delivery is not handled twice."""

    @property
    def secret_index(self) -> int:
        """Which of the secrets matched, counted from 0."""

    @property
    def signed_at(self) -> int:
        """When it was signed, in Unix seconds."""

    @property
    def deduplicate_until(self) -> int | None:
        """The moment until which to remember the replay key, in Unix seconds: 24 hours from now at the least. `None` without a
        tolerance: then there is no end."""

    @property
    def known(self) -> bool:
        """Whether this version of the library knows the event."""

    @property
    def event(self) -> str:
        """The event's name, as the body has it."""

    def __new__(
        cls,
        *,
        name: str,
        data: Any = None,
        tenant_id: str | None = None,
        delivery_id: str | None = None,
        occurred_at: datetime | str | None = None,
        extra: dict[str, Any] | None = None,
        replay_key: str = ...,
        secret_index: int = 0,
        signed_at: int = 0,
        deduplicate_until: int | None = None,
    ) -> Self: ...
    __match_args__: ClassVar[tuple[str, ...]]
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def to_dict(self) -> dict[str, Any]:
        """The body as what JSON knows, under the vendor's names."""

@final
class Delivery:
    """A delivery as the vendor would send it."""

    @property
    def headers(self) -> dict[str, str]:
        """All its headers."""

    @property
    def body(self) -> bytes:
        """Its body."""

def sign(secret: str, body: _Body, *, now: float | None = None) -> Delivery:
    """Signs a body as the vendor does, for tests."""

@final
class Template:
    """A message template: `{{ name }}` becomes a value."""

    def __new__(cls, source: str) -> Self: ...
    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables, each once, in order of first appearance."""

    def render(
        self, values: Mapping[str, Any] | Contact | None = None, *, missing: Literal["error", "keep", "empty"] = "error"
    ) -> str:
        """Fills in the values: a mapping's, or a contact's. What has none is an error that names every one of them,
        stays as it is (`missing="keep"`), or becomes nothing (`missing="empty"`)."""

def parse_phone(text: str) -> str:
    """A phone number as people write it, in E.164: `+` and digits. A country is never guessed."""

_CampaignStatus: TypeAlias = Literal["draft", "scheduled", "running", "paused", "canceled", "completed", "failed"] | str

_Channel: TypeAlias = Literal["whatsapp", "telegram", "messenger", "viber", "discord", "instagram", "webpush", "email", "all"] | str

_ContactSort: TypeAlias = Literal["name", "phone_number", "email", "created_at", "updated_at"] | str

_Direction: TypeAlias = Literal["inbound", "outbound"] | str

_EventName: TypeAlias = Literal["message.received", "message.sent", "message.delivered", "message.read", "message.failed", "campaign.started", "campaign.completed", "campaign.paused", "contact.created", "contact.updated", "contact.opted_out", "session.connected", "session.disconnected", "webhook.test"] | str

_GroupType: TypeAlias = Literal["static", "dynamic"] | str

_MessageStatus: TypeAlias = Literal["queued", "sent", "delivered", "read", "failed", "received"] | str

_MessageType: TypeAlias = Literal["text", "image", "video", "audio", "document"] | str

_SessionStatus: TypeAlias = Literal["connecting", "connected", "disconnected", "banned"] | str

_SortOrder: TypeAlias = Literal["asc", "desc"] | str

_TargetType: TypeAlias = Literal["all", "group", "filter"] | str

_TriggerType: TypeAlias = Literal["keyword", "welcome", "away", "fallback"] | str

@final
class Account:
    """The key in use."""
    @property
    def id(self) -> str | None:
        """The key's id."""
    @property
    def name(self) -> str | None:
        """The name given to the key."""
    @property
    def tenant_id(self) -> str | None:
        """The workspace."""
    @property
    def session_id(self) -> str | None:
        """The WhatsApp session the key is bound to; then calls need not name one."""
    @property
    def abilities(self) -> list[str]:
        """What the key may do, such as `messages.send`; `*` is everything."""
    @property
    def expires_at(self) -> datetime | str | None:
        """When the key expires, if it does."""
    @property
    def last_used_at(self) -> datetime | str | None:
        """When the key was last used."""
    @property
    def usage(self) -> Usage | None:
        """How much was used."""
    @property
    def limits(self) -> Limits | None:
        """How much may be used."""
    @property
    def remaining(self) -> Remaining | None:
        """How much is left."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, tenant_id: str | None = None, session_id: str | None = None, abilities: Sequence[str] = ..., expires_at: datetime | str | None = None, last_used_at: datetime | str | None = None, usage: Usage | None = None, limits: Limits | None = None, remaining: Remaining | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["tenant_id"], Literal["session_id"], Literal["abilities"], Literal["expires_at"], Literal["last_used_at"], Literal["usage"], Literal["limits"], Literal["remaining"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Acknowledgement:
    """That something was done, in whatever words: the vendor's page does not show these answers."""
    @property
    def message(self) -> str | None:
        """What the vendor says of it."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, message: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["message"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class AddGroupContacts:
    """Adds contacts to a static group, by id, by phone number, or both.

    Returns `Acknowledgement`.

    Source: Zagely, "/api/v1/contact-groups/{group}/contacts".

    **Route:** `POST /api/v1/contact-groups/{group_id}/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: ability.
    """
    @property
    def group_id(self) -> str:
        """The group."""
    @property
    def contact_ids(self) -> list[str] | None:
        """Contacts by their ids. That one of the two lists is needed is inferred.

        Required when `phone_numbers` is not given.
        """
    @property
    def phone_numbers(self) -> list[str] | None:
        """Contacts by their phone numbers.

        Required when `contact_ids` is not given. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    def __new__(cls, *, group_id: str, contact_ids: Sequence[str] | None = None, phone_numbers: Sequence[str] | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["group_id"], Literal["contact_ids"], Literal["phone_numbers"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Automation:
    """An automation. Inferred from what is sent to make one."""
    @property
    def id(self) -> str | None:
        """The automation's id."""
    @property
    def session_id(self) -> str | None:
        """The session or bot it listens on."""
    @property
    def name(self) -> str | None:
        """A name for people."""
    @property
    def channel(self) -> _Channel | None:
        """The channel, or `all`."""
    @property
    def trigger_type(self) -> _TriggerType | None:
        """What sets it off."""
    @property
    def trigger_value(self) -> str | None:
        """The keyword."""
    @property
    def response_content(self) -> str | None:
        """The reply, with `{{variables}}`."""
    @property
    def response_media_url(self) -> str | None:
        """A medium that goes with the reply."""
    @property
    def conditions(self) -> dict[str, Any]:
        """Further conditions."""
    @property
    def priority(self) -> int | None:
        """The higher, the earlier it is tried."""
    @property
    def is_active(self) -> bool | None:
        """Whether it is on."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, session_id: str | None = None, name: str | None = None, channel: _Channel | None = None, trigger_type: _TriggerType | None = None, trigger_value: str | None = None, response_content: str | None = None, response_media_url: str | None = None, conditions: dict[str, Any] = ..., priority: int | None = None, is_active: bool | None = None, created_at: datetime | str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["session_id"], Literal["name"], Literal["channel"], Literal["trigger_type"], Literal["trigger_value"], Literal["response_content"], Literal["response_media_url"], Literal["conditions"], Literal["priority"], Literal["is_active"], Literal["created_at"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class BlockContact:
    """Blocks a contact: campaigns no longer reach it.

    Returns `Contact` (inferred).

    Source: Zagely, "/api/contacts/{contact}/block".

    **Route:** `POST /api/contacts/{contact_id}/block`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def contact_id(self) -> str:
        """The contact."""
    def __new__(cls, *, contact_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["contact_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Campaign:
    """A campaign. Inferred from what is sent to make one."""
    @property
    def id(self) -> str | None:
        """The campaign's id."""
    @property
    def name(self) -> str | None:
        """A name for people."""
    @property
    def status(self) -> _CampaignStatus | None:
        """How it stands."""
    @property
    def channel(self) -> _Channel | None:
        """The channel."""
    @property
    def session_id(self) -> str | None:
        """The session or bot it is sent from."""
    @property
    def message_content(self) -> str | None:
        """The text, with `{{variables}}`."""
    @property
    def target_type(self) -> _TargetType | None:
        """Who gets it."""
    @property
    def media_url(self) -> str | None:
        """A medium that goes with it."""
    @property
    def target_filters(self) -> dict[str, Any]:
        """The group or the filters."""
    @property
    def scheduled_at(self) -> datetime | str | None:
        """When it starts by itself."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, status: _CampaignStatus | None = None, channel: _Channel | None = None, session_id: str | None = None, message_content: str | None = None, target_type: _TargetType | None = None, media_url: str | None = None, target_filters: dict[str, Any] = ..., scheduled_at: datetime | str | None = None, created_at: datetime | str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["status"], Literal["channel"], Literal["session_id"], Literal["message_content"], Literal["target_type"], Literal["media_url"], Literal["target_filters"], Literal["scheduled_at"], Literal["created_at"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CampaignAnalytics:
    """How campaigns were delivered."""
    @property
    def summary(self) -> CampaignSummary | None:
        """All of them together."""
    @property
    def campaigns(self) -> list[Any]:
        """Each of them; the vendor does not state what such an object looks like."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, summary: CampaignSummary | None = None, campaigns: Sequence[Any] = ..., extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["summary"], Literal["campaigns"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CampaignStats:
    """How a campaign fares."""
    @property
    def total_recipients(self) -> int | None:
        """How many contacts it is for."""
    @property
    def sent_count(self) -> int | None:
        """How many messages were sent."""
    @property
    def delivered_count(self) -> int | None:
        """How many arrived."""
    @property
    def read_count(self) -> int | None:
        """How many were read."""
    @property
    def failed_count(self) -> int | None:
        """How many failed."""
    @property
    def pending_count(self) -> int | None:
        """How many are still to be sent."""
    @property
    def delivery_rate(self) -> float | None:
        """Delivered of those sent, in percent."""
    @property
    def read_rate(self) -> float | None:
        """Read of those delivered, in percent."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, total_recipients: int | None = None, sent_count: int | None = None, delivered_count: int | None = None, read_count: int | None = None, failed_count: int | None = None, pending_count: int | None = None, delivery_rate: float | None = None, read_rate: float | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["total_recipients"], Literal["sent_count"], Literal["delivered_count"], Literal["read_count"], Literal["failed_count"], Literal["pending_count"], Literal["delivery_rate"], Literal["read_rate"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CampaignSummary:
    """All campaigns together."""
    @property
    def total_campaigns(self) -> int | None:
        """How many there were."""
    @property
    def total_sent(self) -> int | None:
        """How many messages they sent."""
    @property
    def avg_delivery_rate(self) -> float | None:
        """Delivered of those sent, in percent, on average."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, total_campaigns: int | None = None, total_sent: int | None = None, avg_delivery_rate: float | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["total_campaigns"], Literal["total_sent"], Literal["avg_delivery_rate"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CancelCampaign:
    """Cancels a campaign that is scheduled, runs or is paused.

    Returns `Campaign` (inferred).

    Source: Zagely, "/api/campaigns/{campaign}/cancel".

    **Route:** `POST /api/campaigns/{campaign_id}/cancel`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def campaign_id(self) -> str:
        """The campaign."""
    def __new__(cls, *, campaign_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["campaign_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CheckHealth:
    """Asks whether the service is up.

    Returns `Health`, also for 503: that the database is down is the answer, not a failure of the call.

    Source: Zagely, "/api/v1/health".

    **Route:** `GET /api/v1/health`. **Ability:** none; no key is sent. Inferred, not stated by the vendor: method.
    """
    def __new__(cls) -> Self: ...
    __match_args__: ClassVar[tuple[()]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Contact:
    """A contact."""
    @property
    def id(self) -> str | None:
        """The contact's id."""
    @property
    def name(self) -> str | None:
        """The name."""
    @property
    def phone_number(self) -> str | None:
        """The phone number."""
    @property
    def email(self) -> str | None:
        """The e-mail address."""
    @property
    def tags(self) -> list[str]:
        """The tags."""
    @property
    def is_blocked(self) -> bool | None:
        """Whether campaigns pass it by."""
    @property
    def opted_out_at(self) -> datetime | str | None:
        """When the contact opted out, if it did."""
    @property
    def custom_fields(self) -> dict[str, Any]:
        """Fields of one's own, by name."""
    @property
    def groups(self) -> list[ContactGroupName]:
        """The groups it is in."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def updated_at(self) -> datetime | str | None:
        """When it last changed (inferred)."""
    @property
    def notes(self) -> str | None:
        """The notes (inferred)."""
    @property
    def messages(self) -> list[Message]:
        """The last 10 messages, in the answer to reading one contact (name inferred)."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, phone_number: str | None = None, email: str | None = None, tags: Sequence[str] = ..., is_blocked: bool | None = None, opted_out_at: datetime | str | None = None, custom_fields: dict[str, Any] = ..., groups: Sequence[ContactGroupName] = ..., created_at: datetime | str | None = None, updated_at: datetime | str | None = None, notes: str | None = None, messages: Sequence[Message] = ..., extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["phone_number"], Literal["email"], Literal["tags"], Literal["is_blocked"], Literal["opted_out_at"], Literal["custom_fields"], Literal["groups"], Literal["created_at"], Literal["updated_at"], Literal["notes"], Literal["messages"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ContactAnalytics:
    """How contacts grew."""
    @property
    def stats(self) -> ContactStats | None:
        """In sum."""
    @property
    def growth_data(self) -> list[ContactGrowth]:
        """Day by day."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, stats: ContactStats | None = None, growth_data: Sequence[ContactGrowth] = ..., extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["stats"], Literal["growth_data"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ContactGroup:
    """A group. Inferred, but for `contacts_count`, from what is sent to make one."""
    @property
    def id(self) -> str | None:
        """The group's id."""
    @property
    def name(self) -> str | None:
        """A name for people."""
    @property
    def type(self) -> _GroupType | None:
        """How it is filled."""
    @property
    def description(self) -> str | None:
        """A description."""
    @property
    def filters(self) -> dict[str, Any]:
        """Who belongs to it, if it is dynamic."""
    @property
    def contacts_count(self) -> int | None:
        """How many contacts it has."""
    @property
    def contacts(self) -> list[Contact]:
        """The first 100 contacts, in the answer to reading one group (name inferred)."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, type: _GroupType | None = None, description: str | None = None, filters: dict[str, Any] = ..., contacts_count: int | None = None, contacts: Sequence[Contact] = ..., created_at: datetime | str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["type"], Literal["description"], Literal["filters"], Literal["contacts_count"], Literal["contacts"], Literal["created_at"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ContactGroupName:
    """A group, as a contact names it."""
    @property
    def id(self) -> str | None:
        """The group's id."""
    @property
    def name(self) -> str | None:
        """The group's name."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ContactGrowth:
    """Contacts of one day."""
    @property
    def date(self) -> str | None:
        """The day."""
    @property
    def count(self) -> int | None:
        """How many were made."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, date: str | None = None, count: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["date"], Literal["count"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ContactStats:
    """Contacts in sum."""
    @property
    def total_contacts(self) -> int | None:
        """All contacts."""
    @property
    def new_contacts(self) -> int | None:
        """Those made between the two days."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, total_contacts: int | None = None, new_contacts: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["total_contacts"], Literal["new_contacts"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CreateAutomation:
    """Creates an automation.

    Returns `Automation` (inferred). Errors: 422.

    Source: Zagely, "/api/automations".

    **Route:** `POST /api/automations`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def session_id(self) -> str:
        """The session or bot it listens on."""
    @property
    def name(self) -> str:
        """A name for people.

        At most 255 characters.
        """
    @property
    def channel(self) -> _Channel | None:
        """The channel, or `all`.

        The vendor takes `whatsapp` when absent.
        """
    @property
    def trigger_type(self) -> _TriggerType:
        """What sets it off."""
    @property
    def trigger_value(self) -> str | None:
        """The keyword.

        Required when `trigger_type` is `keyword`.
        """
    @property
    def response_content(self) -> str:
        """The reply, with `{{variables}}`."""
    @property
    def response_media_url(self) -> str | None:
        """A medium that goes with the reply."""
    @property
    def response_buttons(self) -> list[Any] | None:
        """Buttons for quick replies; the vendor does not state what such an object looks like."""
    @property
    def conditions(self) -> dict[str, Any] | None:
        """Further conditions; the vendor does not state which."""
    @property
    def priority(self) -> int | None:
        """The higher, the earlier it is tried.

        From 0 to 100. The vendor takes `0` when absent.
        """
    def __new__(cls, *, session_id: str, name: str, trigger_type: _TriggerType, response_content: str, channel: _Channel | None = None, trigger_value: str | None = None, response_media_url: str | None = None, response_buttons: Sequence[Any] | None = None, conditions: dict[str, Any] | None = None, priority: int | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["session_id"], Literal["name"], Literal["channel"], Literal["trigger_type"], Literal["trigger_value"], Literal["response_content"], Literal["response_media_url"], Literal["response_buttons"], Literal["conditions"], Literal["priority"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CreateCampaign:
    """Creates a campaign, as a draft.

    Returns `Campaign` (inferred). Errors: 422.

    Source: Zagely, "/api/v1/campaigns".

    **Route:** `POST /api/v1/campaigns`. **Ability:** `campaigns.write`. Safe to repeat: it carries an idempotency key.
    """
    @property
    def name(self) -> str:
        """A name for people.

        At most 255 characters.
        """
    @property
    def channel(self) -> _Channel | None:
        """The channel; every one but `instagram` and `all`.

        The vendor takes `whatsapp` when absent.
        """
    @property
    def session_id(self) -> str | None:
        """The session or bot to send from.

        Required unless `channel` is `email`.
        """
    @property
    def message_content(self) -> str:
        """The text, with `{{variables}}`."""
    @property
    def target_type(self) -> _TargetType:
        """Who gets it."""
    @property
    def media_url(self) -> str | None:
        """A medium that goes with it."""
    @property
    def buttons(self) -> list[Any] | None:
        """Buttons for quick replies; the vendor does not state what such an object looks like."""
    @property
    def target_filters(self) -> dict[str, Any] | None:
        """The group or the filters: `group_id`, `tags` and others.

        Required when `target_type` is `group` or `filter`.
        """
    @property
    def scheduled_at(self) -> datetime | str | None:
        """When it starts by itself: ISO 8601, in the future."""
    def __new__(cls, *, name: str, message_content: str, target_type: _TargetType, channel: _Channel | None = None, session_id: str | None = None, media_url: str | None = None, buttons: Sequence[Any] | None = None, target_filters: dict[str, Any] | None = None, scheduled_at: datetime | str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["name"], Literal["channel"], Literal["session_id"], Literal["message_content"], Literal["target_type"], Literal["media_url"], Literal["buttons"], Literal["target_filters"], Literal["scheduled_at"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CreateContact:
    """Creates a contact.

    Returns `Contact` (inferred). Errors: 422 if the workspace has a contact with that phone number.

    Source: Zagely, "/api/v1/contacts".

    **Route:** `POST /api/v1/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key.
    """
    @property
    def phone_number(self) -> str:
        """The phone number; E.164 is recommended: `+15551234567`.

        Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    @property
    def name(self) -> str | None:
        """A name. The vendor takes the phone number when absent."""
    @property
    def email(self) -> str | None:
        """An e-mail address."""
    @property
    def tags(self) -> list[str] | None:
        """Tags."""
    @property
    def notes(self) -> str | None:
        """Notes."""
    @property
    def custom_fields(self) -> dict[str, Any] | None:
        """Fields of one's own, by name: what templates call by that name."""
    def __new__(cls, *, phone_number: str, name: str | None = None, email: str | None = None, tags: Sequence[str] | None = None, notes: str | None = None, custom_fields: dict[str, Any] | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["phone_number"], Literal["name"], Literal["email"], Literal["tags"], Literal["notes"], Literal["custom_fields"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CreateContactGroup:
    """Creates a group.

    Returns `ContactGroup` (inferred). Errors: 422.

    Source: Zagely, "/api/v1/contact-groups".

    **Route:** `POST /api/v1/contact-groups`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key.
    """
    @property
    def name(self) -> str:
        """A name for people.

        At most 255 characters.
        """
    @property
    def type(self) -> _GroupType:
        """Whether it is filled by hand or by filters."""
    @property
    def description(self) -> str | None:
        """A description."""
    @property
    def filters(self) -> GroupFilters | None:
        """Who belongs to it.

        Required when `type` is `dynamic`.
        """
    def __new__(cls, *, name: str, type: _GroupType, description: str | None = None, filters: GroupFilters | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["name"], Literal["type"], Literal["description"], Literal["filters"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CreateSession:
    """Creates a session and begins to connect it: the answer holds the QR code to scan.

    Returns `Session` with `qr_code`.

    Source: Zagely, "/api/whatsapp/sessions".

    **Route:** `POST /api/whatsapp/sessions`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def name(self) -> str:
        """A name for people.

        At most 255 characters.
        """
    @property
    def phone_number(self) -> str | None:
        """The number expected. For information; the scan sets the real one.

        Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    def __new__(cls, *, name: str, phone_number: str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["name"], Literal["phone_number"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CreateTemplate:
    """Creates a template.

    Returns `MessageTemplate`, with status 201. Errors: 422 if the workspace has a template of that name.

    Source: Zagely, "/api/templates".

    **Route:** `POST /api/templates`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def name(self) -> str:
        """A name that no other template of the workspace has."""
    @property
    def channel(self) -> _Channel:
        """The channel it is for, or `all`."""
    @property
    def content(self) -> str:
        """The text, with `{{variables}}`."""
    @property
    def media_url(self) -> str | None:
        """A medium that goes with it."""
    @property
    def buttons(self) -> list[Any] | None:
        """Buttons for quick replies or actions; the vendor does not state what such an object looks like."""
    @property
    def variables(self) -> list[str] | None:
        """The names of the variables. The vendor finds them in the text when absent."""
    def __new__(cls, *, name: str, channel: _Channel, content: str, media_url: str | None = None, buttons: Sequence[Any] | None = None, variables: Sequence[str] | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["name"], Literal["channel"], Literal["content"], Literal["media_url"], Literal["buttons"], Literal["variables"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class CreateWebhook:
    """Registers a webhook.

    Returns `Webhook` (inferred). If no secret is given, the vendor makes one; its only showing is probably this
    answer, so keep it.

    Source: Zagely, "/api/v1/webhooks".

    **Route:** `POST /api/v1/webhooks`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, fields.
    """
    @property
    def url(self) -> str:
        """Where deliveries go."""
    @property
    def events(self) -> list[_EventName] | None:
        """Which events are delivered."""
    @property
    def secret(self) -> str | None:
        """What deliveries are signed with."""
    @property
    def is_active(self) -> bool | None:
        """Whether it is on."""
    def __new__(cls, *, url: str, events: Sequence[_EventName] | None = None, secret: str | None = None, is_active: bool | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["url"], Literal["events"], Literal["secret"], Literal["is_active"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class DeleteAutomation:
    """Deletes an automation.

    Returns `Acknowledgement`.

    Source: Zagely, "/api/automations/{automation}".

    **Route:** `DELETE /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def automation_id(self) -> str:
        """The automation."""
    def __new__(cls, *, automation_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["automation_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class DeleteCampaign:
    """Deletes a campaign that is a draft, scheduled or canceled.

    Returns `Acknowledgement`.

    Source: Zagely, "/api/campaigns/{campaign}".

    **Route:** `DELETE /api/campaigns/{campaign_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def campaign_id(self) -> str:
        """The campaign."""
    def __new__(cls, *, campaign_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["campaign_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class DeleteContact:
    """Deletes a contact for good, with all that is linked to it.

    Returns `Acknowledgement`. Errors: 404.

    Source: Zagely, "/api/v1/contacts/{contact}".

    **Route:** `DELETE /api/v1/contacts/{contact_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def contact_id(self) -> str:
        """The contact."""
    def __new__(cls, *, contact_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["contact_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class DeleteContactGroup:
    """Deletes a group. Its contacts stay.

    Returns `Acknowledgement`. Errors: 404.

    Source: Zagely, "/api/v1/contact-groups/{group}".

    **Route:** `DELETE /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def group_id(self) -> str:
        """The group."""
    def __new__(cls, *, group_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["group_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class DeleteSession:
    """Disconnects a session and deletes it for good.

    Returns `Acknowledgement`.

    Source: Zagely, "/api/whatsapp/sessions/{session}".

    **Route:** `DELETE /api/whatsapp/sessions/{session_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def session_id(self) -> str:
        """The session."""
    def __new__(cls, *, session_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["session_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class DeleteWebhook:
    """Removes a webhook.

    Returns `Acknowledgement`. Errors: 404.

    Source: Zagely, "/api/v1/webhooks/{id}".

    **Route:** `DELETE /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.
    """
    @property
    def webhook_id(self) -> str:
        """The webhook."""
    def __new__(cls, *, webhook_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["webhook_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class DisconnectSession:
    """Disconnects a session; its status becomes `disconnected`.

    Returns `Session` (inferred).

    Source: Zagely, "/api/whatsapp/sessions/{session}/disconnect".

    **Route:** `POST /api/whatsapp/sessions/{session_id}/disconnect`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def session_id(self) -> str:
        """The session."""
    def __new__(cls, *, session_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["session_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class EventContact:
    """A contact, as an event names it."""
    @property
    def id(self) -> str | None:
        """The contact's id."""
    @property
    def name(self) -> str | None:
        """The name."""
    @property
    def phone_number(self) -> str | None:
        """The phone number."""
    @property
    def email(self) -> str | None:
        """The e-mail address."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, phone_number: str | None = None, email: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["phone_number"], Literal["email"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ExportContacts:
    """Exports contacts, in the background. The filters are those of `ListContacts`.

    Returns `Job`, with status 202.

    Source: Zagely, "/api/contacts/export".

    **Route:** `POST /api/contacts/export`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method, fields.
    """
    @property
    def search(self) -> str | None:
        """A part of a name, phone number or e-mail address."""
    @property
    def tags(self) -> list[str] | None:
        """Only contacts that have all of these tags."""
    @property
    def is_blocked(self) -> bool | None:
        """With `true`, only blocked contacts."""
    @property
    def opted_out(self) -> bool | None:
        """With `true`, only contacts that have opted out."""
    @property
    def group_id(self) -> str | None:
        """Only contacts of this group."""
    @property
    def sort_by(self) -> _ContactSort | None:
        """What to sort by."""
    @property
    def sort_order(self) -> _SortOrder | None:
        """In which direction."""
    def __new__(cls, *, search: str | None = None, tags: Sequence[str] | None = None, is_blocked: bool | None = None, opted_out: bool | None = None, group_id: str | None = None, sort_by: _ContactSort | None = None, sort_order: _SortOrder | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["search"], Literal["tags"], Literal["is_blocked"], Literal["opted_out"], Literal["group_id"], Literal["sort_by"], Literal["sort_order"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetAccount:
    """Reads the key in use: its abilities, bound session, limits and usage.

    Returns `Account`. Errors: 401 for keys that are missing, wrong, inactive or expired.

    Source: Zagely, "/api/v1/me".

    **Route:** `GET /api/v1/me`. **Ability:** none stated. Inferred, not stated by the vendor: method.
    """
    def __new__(cls) -> Self: ...
    __match_args__: ClassVar[tuple[()]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetAutomation:
    """Reads an automation, with its last 50 trigger logs.

    Returns `Automation`. Errors: 404.

    Source: Zagely, "/api/automations/{automation}".

    **Route:** `GET /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def automation_id(self) -> str:
        """The automation."""
    def __new__(cls, *, automation_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["automation_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetCampaignAnalytics:
    """Reads how campaigns were delivered.

    Returns `CampaignAnalytics`.

    Source: Zagely, "/api/analytics/campaigns".

    **Route:** `GET /api/analytics/campaigns`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def from_date(self) -> str | None:
        """The first day."""
    @property
    def to_date(self) -> str | None:
        """The last day."""
    def __new__(cls, *, from_date: str | None = None, to_date: str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["from_date"], Literal["to_date"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetCampaignStats:
    """Reads how a campaign fares.

    Returns `CampaignStats`.

    Source: Zagely, "/api/campaigns/{campaign}/stats".

    **Route:** `GET /api/campaigns/{campaign_id}/stats`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def campaign_id(self) -> str:
        """The campaign."""
    def __new__(cls, *, campaign_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["campaign_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetContact:
    """Reads a contact, with its last 10 messages and all its groups.

    Returns `Contact`. Errors: 404.

    Source: Zagely, "/api/v1/contacts/{contact}".

    **Route:** `GET /api/v1/contacts/{contact_id}`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def contact_id(self) -> str:
        """The contact."""
    def __new__(cls, *, contact_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["contact_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetContactAnalytics:
    """Reads how contacts grew, by default over the last 30 days.

    Returns `ContactAnalytics`.

    Source: Zagely, "/api/analytics/contacts".

    **Route:** `GET /api/analytics/contacts`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def from_date(self) -> str | None:
        """The first day."""
    @property
    def to_date(self) -> str | None:
        """The last day."""
    def __new__(cls, *, from_date: str | None = None, to_date: str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["from_date"], Literal["to_date"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetContactGroup:
    """Reads a group, with its first 100 contacts.

    Returns `ContactGroup`. Errors: 404.

    Source: Zagely, "/api/v1/contact-groups/{group}".

    **Route:** `GET /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def group_id(self) -> str:
        """The group."""
    def __new__(cls, *, group_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["group_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetMessageActivity:
    """Reads messages by hour and direction, by default over the last 7 days.

    Returns a list of `MessageActivity`, which does not come in pages.

    Source: Zagely, "/api/analytics/message-activity".

    **Route:** `GET /api/analytics/message-activity`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def from_date(self) -> str | None:
        """The first day."""
    @property
    def to_date(self) -> str | None:
        """The last day."""
    def __new__(cls, *, from_date: str | None = None, to_date: str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["from_date"], Literal["to_date"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetOverview:
    """Reads the figures at a glance.

    Returns `Overview`.

    Source: Zagely, "/api/analytics/overview".

    **Route:** `GET /api/analytics/overview`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    def __new__(cls) -> Self: ...
    __match_args__: ClassVar[tuple[()]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetQrCode:
    """Reads the current QR code. To be asked again and again while the status is `connecting`.

    Returns `QrCode` (inferred).

    Source: Zagely, "/api/whatsapp/sessions/{session}/qr".

    **Route:** `GET /api/whatsapp/sessions/{session_id}/qr`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def session_id(self) -> str:
        """The session."""
    def __new__(cls, *, session_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["session_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetSession:
    """Reads a session's live status.

    Returns `Session` (inferred; at least its status). Errors: 404.

    Source: Zagely, "/api/v1/sessions/{session}".

    **Route:** `GET /api/v1/sessions/{session_id}`. **Ability:** `sessions.read`. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def session_id(self) -> str:
        """The session."""
    def __new__(cls, *, session_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["session_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetSessionAnalytics:
    """Reads what sessions sent.

    Returns `SessionAnalytics`.

    Source: Zagely, "/api/analytics/sessions".

    **Route:** `GET /api/analytics/sessions`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def from_date(self) -> str | None:
        """The first day."""
    @property
    def to_date(self) -> str | None:
        """The last day."""
    def __new__(cls, *, from_date: str | None = None, to_date: str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["from_date"], Literal["to_date"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GetWebhook:
    """Reads a webhook.

    Returns `Webhook` (inferred). Errors: 404.

    Source: Zagely, "/api/v1/webhooks/{id}".

    **Route:** `GET /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.
    """
    @property
    def webhook_id(self) -> str:
        """The webhook."""
    def __new__(cls, *, webhook_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["webhook_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class GroupFilters:
    """Who belongs to a dynamic group: contacts that meet all that is given."""
    @property
    def tags(self) -> list[str] | None:
        """Having these tags."""
    @property
    def custom_fields(self) -> dict[str, Any] | None:
        """Having these values in fields of one's own."""
    @property
    def created_from(self) -> str | None:
        """Made on this day or later."""
    @property
    def created_to(self) -> str | None:
        """Made on this day or earlier."""
    def __new__(cls, *, tags: Sequence[str] | None = None, custom_fields: dict[str, Any] | None = None, created_from: str | None = None, created_to: str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["tags"], Literal["custom_fields"], Literal["created_from"], Literal["created_to"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Health:
    """Whether the service is up."""
    @property
    def status(self) -> str | None:
        """`ok`; and `down` where a 503 names no status of its own."""
    @property
    def timestamp(self) -> datetime | str | None:
        """When that was so."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, status: str | None = None, timestamp: datetime | str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["status"], Literal["timestamp"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ImportContacts:
    """Imports contacts from a CSV or XLSX file, in the background.

    Returns `Job`, with status 202.

    The body is a form with one file. Experimental: that it is a form, and the name of its field, are inferred.

    Source: Zagely, "/api/contacts/import".

    **Route:** `POST /api/contacts/import`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method, body.
    """
    @property
    def file(self) -> bytes:
        """The bytes of the file."""
    @property
    def file_name(self) -> str | None:
        """The name of the file; its ending tells CSV from XLSX.

        Sent as `contacts.csv` when absent.
        """
    @property
    def field_name(self) -> str | None:
        """The name of the form's field.

        Sent as `file` when absent. Inferred: the usual name; the vendor's page gives none.
        """
    def __new__(cls, *, file: _File, file_name: str | None = None, field_name: str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["file"], Literal["file_name"], Literal["field_name"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Job:
    """Work that goes on in the background. Inferred: the vendor's page states only the status 202."""
    @property
    def id(self) -> str | None:
        """The job's id."""
    @property
    def status(self) -> str | None:
        """How it stands."""
    @property
    def message(self) -> str | None:
        """What the vendor says of it."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, status: str | None = None, message: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["status"], Literal["message"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Limits:
    """Requests the key may make."""
    @property
    def daily(self) -> int | None:
        """A day."""
    @property
    def monthly(self) -> int | None:
        """A month."""
    @property
    def per_minute(self) -> int | None:
        """A minute."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, daily: int | None = None, monthly: int | None = None, per_minute: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["daily"], Literal["monthly"], Literal["per_minute"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ListAutomations:
    """Lists automations.

    Returns `Page` of `Automation`; whether it comes in pages is not stated.

    Source: Zagely, "/api/automations".

    **Route:** `GET /api/automations`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def session_id(self) -> str | None:
        """Only those of this session."""
    @property
    def is_active(self) -> bool | None:
        """Only those that are on, or only those that are off."""
    @property
    def trigger_type(self) -> _TriggerType | None:
        """Only those of this trigger."""
    @property
    def page(self) -> int | None:
        """The page, from 1. Sent only from 2 on.

        Inferred: the framework's name for it; the vendor's page gives none.
        """
    def __new__(cls, *, session_id: str | None = None, is_active: bool | None = None, trigger_type: _TriggerType | None = None, page: int | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["session_id"], Literal["is_active"], Literal["trigger_type"], Literal["page"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ListContactGroups:
    """Lists groups, each with the number of its contacts.

    Returns `Page` of `ContactGroup`.

    Source: Zagely, "/api/v1/contact-groups".

    **Route:** `GET /api/v1/contact-groups`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def page(self) -> int | None:
        """The page, from 1. Sent only from 2 on.

        Inferred: the framework's name for it; the vendor's page gives none.
        """
    def __new__(cls, *, page: int | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["page"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ListContacts:
    """Lists contacts, by default 50 to a page and the newest first.

    Returns `Page` of `Contact`.

    Source: Zagely, "/api/v1/contacts".

    **Route:** `GET /api/v1/contacts`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method.
    """
    @property
    def search(self) -> str | None:
        """A part of a name, phone number or e-mail address."""
    @property
    def tags(self) -> list[str] | None:
        """Only contacts that have all of these tags."""
    @property
    def is_blocked(self) -> bool | None:
        """With `true`, only blocked contacts."""
    @property
    def opted_out(self) -> bool | None:
        """With `true`, only contacts that have opted out."""
    @property
    def group_id(self) -> str | None:
        """Only contacts of this group."""
    @property
    def sort_by(self) -> _ContactSort | None:
        """What to sort by. Default `created_at`."""
    @property
    def sort_order(self) -> _SortOrder | None:
        """In which direction. Default `desc`."""
    @property
    def per_page(self) -> int | None:
        """How many to a page. Default 50.

        From 1 to 200.
        """
    @property
    def page(self) -> int | None:
        """The page, from 1. Sent only from 2 on.

        Inferred: the framework's name for it; the vendor's page gives none.
        """
    def __new__(cls, *, search: str | None = None, tags: Sequence[str] | None = None, is_blocked: bool | None = None, opted_out: bool | None = None, group_id: str | None = None, sort_by: _ContactSort | None = None, sort_order: _SortOrder | None = None, per_page: int | None = None, page: int | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["search"], Literal["tags"], Literal["is_blocked"], Literal["opted_out"], Literal["group_id"], Literal["sort_by"], Literal["sort_order"], Literal["per_page"], Literal["page"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ListDeliveries:
    """Lists what was delivered, or was to be.

    Returns `Page` of `WebhookDelivery`.

    Source: Zagely, "/api/v1/webhooks/{id}/deliveries".

    **Route:** `GET /api/v1/webhooks/{webhook_id}/deliveries`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.
    """
    @property
    def webhook_id(self) -> str:
        """The webhook."""
    @property
    def page(self) -> int | None:
        """The page, from 1. Sent only from 2 on.

        Inferred: the framework's name for it; the vendor's page gives none.
        """
    def __new__(cls, *, webhook_id: str, page: int | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["webhook_id"], Literal["page"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ListMessages:
    """Lists messages, 50 to a page.

    Returns `Page` of `Message`.

    Source: Zagely, "/api/v1/messages".

    **Route:** `GET /api/v1/messages`. **Ability:** `messages.read`.
    """
    @property
    def channel(self) -> _Channel | None:
        """Only those of this channel."""
    @property
    def session_id(self) -> str | None:
        """Only those of this session."""
    @property
    def contact_id(self) -> str | None:
        """Only those to and from this contact."""
    @property
    def direction(self) -> _Direction | None:
        """Only those received, or only those sent."""
    @property
    def page(self) -> int | None:
        """The page, from 1. Sent only from 2 on.

        Inferred: the framework's name for it; the vendor's page gives none.
        """
    def __new__(cls, *, channel: _Channel | None = None, session_id: str | None = None, contact_id: str | None = None, direction: _Direction | None = None, page: int | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["channel"], Literal["session_id"], Literal["contact_id"], Literal["direction"], Literal["page"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ListSessions:
    """Lists the workspace's sessions.

    Returns `Page` of `Session`.

    Source: Zagely, "/api/v1/sessions".

    **Route:** `GET /api/v1/sessions`. **Ability:** `sessions.read`. Inferred, not stated by the vendor: method.
    """
    @property
    def page(self) -> int | None:
        """The page, from 1. Sent only from 2 on.

        Inferred: the framework's name for it; the vendor's page gives none.
        """
    def __new__(cls, *, page: int | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["page"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ListWebhooks:
    """Lists the workspace's webhooks.

    Returns `Page` of `Webhook`; whether it comes in pages is not stated.

    Source: Zagely, "/api/v1/webhooks".

    **Route:** `GET /api/v1/webhooks`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.
    """
    @property
    def page(self) -> int | None:
        """The page, from 1. Sent only from 2 on.

        Inferred: the framework's name for it; the vendor's page gives none.
        """
    def __new__(cls, *, page: int | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["page"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Message:
    """A message that was sent or received."""
    @property
    def id(self) -> str | None:
        """The message's id."""
    @property
    def channel(self) -> _Channel | None:
        """The channel."""
    @property
    def direction(self) -> _Direction | None:
        """Which way it went."""
    @property
    def type(self) -> _MessageType | None:
        """Its type."""
    @property
    def content(self) -> str | None:
        """Its text; called `message` when sending."""
    @property
    def status(self) -> _MessageStatus | None:
        """What has become of it."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def contact(self) -> MessageContact | None:
        """Who it was from or to, unless that contact is gone."""
    @property
    def session(self) -> MessageSession | None:
        """The session it went through, unless that is gone or the channel has none."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, channel: _Channel | None = None, direction: _Direction | None = None, type: _MessageType | None = None, content: str | None = None, status: _MessageStatus | None = None, created_at: datetime | str | None = None, contact: MessageContact | None = None, session: MessageSession | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["channel"], Literal["direction"], Literal["type"], Literal["content"], Literal["status"], Literal["created_at"], Literal["contact"], Literal["session"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class MessageActivity:
    """Messages of one hour in one direction."""
    @property
    def date(self) -> str | None:
        """The day."""
    @property
    def hour(self) -> int | None:
        """The hour, from 0."""
    @property
    def direction(self) -> _Direction | None:
        """Which way they went."""
    @property
    def count(self) -> int | None:
        """How many there were."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, date: str | None = None, hour: int | None = None, direction: _Direction | None = None, count: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["date"], Literal["hour"], Literal["direction"], Literal["count"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class MessageContact:
    """The contact of a message."""
    @property
    def id(self) -> str | None:
        """The contact's id."""
    @property
    def name(self) -> str | None:
        """The contact's name."""
    @property
    def phone_number(self) -> str | None:
        """The contact's phone number."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, phone_number: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["phone_number"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class MessageSession:
    """The session of a message."""
    @property
    def id(self) -> str | None:
        """The session's id."""
    @property
    def name(self) -> str | None:
        """The session's name."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class MessageTemplate:
    """A template."""
    @property
    def id(self) -> str | None:
        """The template's id."""
    @property
    def name(self) -> str | None:
        """Its name."""
    @property
    def channel(self) -> _Channel | None:
        """The channel it is for."""
    @property
    def content(self) -> str | None:
        """The text."""
    @property
    def variables(self) -> list[str]:
        """The names of the variables, in the order of the text."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, channel: _Channel | None = None, content: str | None = None, variables: Sequence[str] = ..., created_at: datetime | str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["channel"], Literal["content"], Literal["variables"], Literal["created_at"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Overview:
    """The figures at a glance."""
    @property
    def total_contacts(self) -> int | None:
        """All contacts."""
    @property
    def active_sessions(self) -> int | None:
        """Sessions that are connected."""
    @property
    def campaigns_this_month(self) -> int | None:
        """Campaigns of this month."""
    @property
    def messages_today(self) -> int | None:
        """Messages of today."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, total_contacts: int | None = None, active_sessions: int | None = None, campaigns_this_month: int | None = None, messages_today: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["total_contacts"], Literal["active_sessions"], Literal["campaigns_this_month"], Literal["messages_today"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class PauseCampaign:
    """Pauses a campaign that runs.

    Returns `Campaign` (inferred).

    Source: Zagely, "/api/campaigns/{campaign}/pause".

    **Route:** `POST /api/campaigns/{campaign_id}/pause`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def campaign_id(self) -> str:
        """The campaign."""
    def __new__(cls, *, campaign_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["campaign_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class PreviewTemplate:
    """Has the vendor render a template: for a contact, or with values.

    Returns `TemplatePreview`. `render` does nearly the same without asking;
    what the vendor does with missing variables is not stated.

    Source: Zagely, "/api/templates/{template}/preview".

    **Route:** `POST /api/templates/{template_id}/preview`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def template_id(self) -> str:
        """The template."""
    @property
    def contact_id(self) -> str | None:
        """The contact whose fields are filled in."""
    @property
    def variables(self) -> dict[str, Any] | None:
        """Values by name."""
    def __new__(cls, *, template_id: str, contact_id: str | None = None, variables: dict[str, Any] | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["template_id"], Literal["contact_id"], Literal["variables"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class QrCode:
    """The QR code of a session that is connecting. Whoever scans it holds the session."""
    @property
    def qr_code(self) -> str | None:
        """The image, as a `data:image/png;base64,…` URL."""
    @property
    def status(self) -> _SessionStatus | None:
        """How the session stands, where the answer says so."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, qr_code: str | None = None, status: _SessionStatus | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["qr_code"], Literal["status"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class QueuedMessage:
    """A message that was taken."""
    @property
    def status(self) -> _MessageStatus | None:
        """`queued`."""
    @property
    def message_id(self) -> str | None:
        """The message's id, by which webhooks and lists name it."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, status: _MessageStatus | None = None, message_id: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["status"], Literal["message_id"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ReceivedMessage:
    """A message that came in.

    Source: Zagely, "Webhooks", the payload sample.
    """
    @property
    def contact(self) -> EventContact | None:
        """Who sent it."""
    @property
    def channel(self) -> _Channel | None:
        """The channel it came through."""
    @property
    def content(self) -> str | None:
        """Its text."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, contact: EventContact | None = None, channel: _Channel | None = None, content: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["contact"], Literal["channel"], Literal["content"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Remaining:
    """Requests the key has left."""
    @property
    def daily(self) -> int | None:
        """Today."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, daily: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["daily"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class RemoveGroupContacts:
    """Takes contacts out of a static group, by id, by phone number, or both.

    Returns `Acknowledgement`.

    It is a DELETE with a body, which a transport must be able to send.

    Source: Zagely, "/api/v1/contact-groups/{group}/contacts".

    **Route:** `DELETE /api/v1/contact-groups/{group_id}/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def group_id(self) -> str:
        """The group."""
    @property
    def contact_ids(self) -> list[str] | None:
        """Contacts by their ids. That one of the two lists is needed is inferred.

        Required when `phone_numbers` is not given.
        """
    @property
    def phone_numbers(self) -> list[str] | None:
        """Contacts by their phone numbers.

        Required when `contact_ids` is not given. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    def __new__(cls, *, group_id: str, contact_ids: Sequence[str] | None = None, phone_numbers: Sequence[str] | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["group_id"], Literal["contact_ids"], Literal["phone_numbers"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ResumeCampaign:
    """Lets a paused campaign run on. `StartCampaign` does the same with keys alone.

    Returns `Campaign` (inferred).

    Source: Zagely, "/api/campaigns/{campaign}/resume".

    **Route:** `POST /api/campaigns/{campaign_id}/resume`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def campaign_id(self) -> str:
        """The campaign."""
    def __new__(cls, *, campaign_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["campaign_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class SendMessage:
    """Sends a message through a channel. It is queued: the answer comes at once, delivery is told by webhooks.

    Returns `QueuedMessage`. Errors: 401; 403 `insufficient_ability`; 422 with the fields at fault; 429 for the
    minute's limit or a quota; 503. `Wazaj` is the other way to WhatsApp.

    Source: Zagely, "/api/v1/messages/send".

    **Route:** `POST /api/v1/messages/send`. **Ability:** `messages.send`. Safe to repeat: it carries an idempotency key.
    """
    @property
    def channel(self) -> _Channel | None:
        """The channel to send through. The vendor's page says that v1 carries `whatsapp` for now.

        Sent as `whatsapp` when absent.
        """
    @property
    def to(self) -> str | None:
        """The recipient's phone number, in E.164: `+15551234567`.

        Required when `channel` is `whatsapp`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
        """
    @property
    def message(self) -> str | None:
        """The text; of a medium, the caption. White space at its ends is probably lost on the way (inferred from the
        framework behind the vendor). No greatest length is stated.

        Required when `type` is `text`.
        """
    @property
    def type(self) -> _MessageType | None:
        """The type of message.

        The vendor takes `text` when absent.
        """
    @property
    def session_id(self) -> str | None:
        """The session to send from. Needed unless the key is bound to one."""
    @property
    def media_url(self) -> str | None:
        """Where the medium is found by anybody.

        Required unless `type` is `text`.
        """
    @property
    def contact_id(self) -> str | None:
        """The recipient on channels other than WhatsApp.

        Inferred: named in the vendor's table of channels, not in that of this call.
        """
    @property
    def telegram_chat_id(self) -> str | None:
        """The recipient on Telegram, instead of `contact_id`.

        Inferred: named in the vendor's table of channels, not in that of this call.
        """
    def __new__(cls, *, channel: _Channel | None = None, to: str | None = None, message: str | None = None, type: _MessageType | None = None, session_id: str | None = None, media_url: str | None = None, contact_id: str | None = None, telegram_chat_id: str | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["channel"], Literal["to"], Literal["message"], Literal["type"], Literal["session_id"], Literal["media_url"], Literal["contact_id"], Literal["telegram_chat_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class SendTemplate:
    """Sends a template that Meta has approved.

    Returns `SentMessage`. Errors are those of `SendText`, and 422 `templates_not_entitled` where the plan has
    no templates.

    Source: Wazaj, "2. Voye mesaj modèl".

    **Route:** `POST /messages/template`. **Ability:** none stated.
    """
    @property
    def to(self) -> str:
        """The recipient, in E.164: `+50912345678`.

        Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
        """
    @property
    def template_name(self) -> str:
        """The name of the approved template."""
    @property
    def template_language(self) -> str:
        """The language of the template, such as `en`."""
    @property
    def template_components(self) -> list[Any] | None:
        """Meta's components with their parameters, handed on as they are. `TemplateComponent` makes the usual
        ones.
        """
    def __new__(cls, *, to: str, template_name: str, template_language: str, template_components: Sequence[Any] | None = None) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["to"], Literal["template_name"], Literal["template_language"], Literal["template_components"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class SendText:
    """Sends a text.

    Returns `SentMessage`. Refused with 403 if the account is disconnected or blocked, with 422 for a bad field
    or a business rule (the error's code, such as `billing_send_denied`), with 503 while the module is not ready;
    only the last is tried again.

    Source: Wazaj, "1. Voye mesaj tèks".

    **Route:** `POST /messages/text`. **Ability:** none stated.
    """
    @property
    def to(self) -> str:
        """The recipient, in E.164: `+50912345678`.

        Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
        """
    @property
    def body(self) -> str:
        """The text. No greatest length is stated."""
    @property
    def preview_url(self) -> bool | None:
        """Whether the recipient sees a preview of a URL in the text."""
    @property
    def reply_to_meta_message_id(self) -> str | None | Absent:
        """The Meta message id this text replies to; `null` is legal, and says that it replies to none."""
    def __new__(cls, *, to: str, body: str, preview_url: bool | None = None, reply_to_meta_message_id: str | None | Absent = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["to"], Literal["body"], Literal["preview_url"], Literal["reply_to_meta_message_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class SentMessage:
    """A message that Wazaj took."""
    @property
    def success(self) -> bool | None:
        """Whether it was taken."""
    @property
    def message_id(self) -> int | None:
        """The message's number in Wazaj: not Meta's `wamid`."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, success: bool | None = None, message_id: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["success"], Literal["message_id"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Session:
    """A WhatsApp session."""
    @property
    def id(self) -> str | None:
        """The session's id."""
    @property
    def name(self) -> str | None:
        """A name for people."""
    @property
    def phone_number(self) -> str | None:
        """The phone's number; none before the QR code was scanned (inferred)."""
    @property
    def status(self) -> _SessionStatus | None:
        """How it stands."""
    @property
    def daily_limit(self) -> int | None:
        """The most messages a day."""
    @property
    def warmup_enabled(self) -> bool | None:
        """Whether sending starts slowly and grows."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def qr_code(self) -> str | None:
        """The QR code to scan, as a `data:` URL: in the answer to creating one."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, name: str | None = None, phone_number: str | None = None, status: _SessionStatus | None = None, daily_limit: int | None = None, warmup_enabled: bool | None = None, created_at: datetime | str | None = None, qr_code: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["name"], Literal["phone_number"], Literal["status"], Literal["daily_limit"], Literal["warmup_enabled"], Literal["created_at"], Literal["qr_code"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class SessionAnalytics:
    """What sessions sent."""
    @property
    def summary(self) -> SessionSummary | None:
        """All of them together."""
    @property
    def sessions(self) -> list[Any]:
        """Each of them; the vendor does not state what such an object looks like."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, summary: SessionSummary | None = None, sessions: Sequence[Any] = ..., extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["summary"], Literal["sessions"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class SessionSummary:
    """All sessions together."""
    @property
    def total_sessions(self) -> int | None:
        """How many there are."""
    @property
    def active_sessions(self) -> int | None:
        """How many are connected."""
    @property
    def total_messages_sent(self) -> int | None:
        """How many messages they sent."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, total_sessions: int | None = None, active_sessions: int | None = None, total_messages_sent: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["total_sessions"], Literal["active_sessions"], Literal["total_messages_sent"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class StartCampaign:
    """Starts a campaign that is a draft, scheduled or paused.

    Returns `Campaign` (inferred).

    Source: Zagely, "/api/v1/campaigns/{campaign}/start".

    **Route:** `POST /api/v1/campaigns/{campaign_id}/start`. **Ability:** `campaigns.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.
    """
    @property
    def campaign_id(self) -> str:
        """The campaign."""
    def __new__(cls, *, campaign_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["campaign_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class TemplatePreview:
    """A rendered template. The vendor's page does not show this answer, so the text is looked for under the likely
    names.
    """
    @property
    def preview(self) -> str | None:
        """The text, if it came under this name."""
    @property
    def rendered(self) -> str | None:
        """The text, if it came under this name."""
    @property
    def content(self) -> str | None:
        """The text, if it came under this name."""
    @property
    def message(self) -> str | None:
        """The text, if it came under this name."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, preview: str | None = None, rendered: str | None = None, content: str | None = None, message: str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["preview"], Literal["rendered"], Literal["content"], Literal["message"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class TestWebhook:
    """Has a made-up `webhook.test` delivered.

    Returns `Acknowledgement`.

    Source: Zagely, "/api/v1/webhooks/{id}/test".

    **Route:** `POST /api/v1/webhooks/{webhook_id}/test`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.
    """
    @property
    def webhook_id(self) -> str:
        """The webhook."""
    def __new__(cls, *, webhook_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["webhook_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class ToggleAutomation:
    """Turns an automation on if it is off, and off if it is on. Done twice it is undone, so it is never sent again
    unless the first one surely had no effect.

    Returns `Automation` (inferred).

    Source: Zagely, "/api/automations/{automation}/toggle".

    **Route:** `POST /api/automations/{automation_id}/toggle`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def automation_id(self) -> str:
        """The automation."""
    def __new__(cls, *, automation_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["automation_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class UnblockContact:
    """Unblocks a contact.

    Returns `Contact` (inferred).

    Source: Zagely, "/api/contacts/{contact}/unblock".

    **Route:** `POST /api/contacts/{contact_id}/unblock`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
    """
    @property
    def contact_id(self) -> str:
        """The contact."""
    def __new__(cls, *, contact_id: str) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["contact_id"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class UpdateAutomation:
    """Changes any field of an automation. Only what is sent changes (inferred).

    Returns `Automation` (inferred). Errors: 404, 422.

    Source: Zagely, "/api/automations/{automation}".

    **Route:** `PUT /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method.
    """
    @property
    def automation_id(self) -> str:
        """The automation."""
    @property
    def session_id(self) -> str | None | Absent:
        """The session or bot it listens on."""
    @property
    def name(self) -> str | None | Absent:
        """A name for people.

        At most 255 characters.
        """
    @property
    def channel(self) -> _Channel | None | Absent:
        """The channel, or `all`."""
    @property
    def trigger_type(self) -> _TriggerType | None | Absent:
        """What sets it off."""
    @property
    def trigger_value(self) -> str | None | Absent:
        """The keyword."""
    @property
    def response_content(self) -> str | None | Absent:
        """The reply, with `{{variables}}`."""
    @property
    def response_media_url(self) -> str | None | Absent:
        """A medium that goes with the reply."""
    @property
    def response_buttons(self) -> list[Any] | None | Absent:
        """Buttons for quick replies."""
    @property
    def conditions(self) -> dict[str, Any] | None | Absent:
        """Further conditions."""
    @property
    def priority(self) -> int | None | Absent:
        """The higher, the earlier it is tried.

        From 0 to 100.
        """
    @property
    def is_active(self) -> bool | None | Absent:
        """Whether it is on.

        Inferred: shown by the list's filter and by toggle.
        """
    def __new__(cls, *, automation_id: str, session_id: str | None | Absent = ..., name: str | None | Absent = ..., channel: _Channel | None | Absent = ..., trigger_type: _TriggerType | None | Absent = ..., trigger_value: str | None | Absent = ..., response_content: str | None | Absent = ..., response_media_url: str | None | Absent = ..., response_buttons: Sequence[Any] | None | Absent = ..., conditions: dict[str, Any] | None | Absent = ..., priority: int | None | Absent = ..., is_active: bool | None | Absent = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["automation_id"], Literal["session_id"], Literal["name"], Literal["channel"], Literal["trigger_type"], Literal["trigger_value"], Literal["response_content"], Literal["response_media_url"], Literal["response_buttons"], Literal["conditions"], Literal["priority"], Literal["is_active"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class UpdateCampaign:
    """Changes a campaign that is a draft or scheduled. Only what is sent changes (inferred).

    Returns `Campaign` (inferred). Errors: 404; the one for a campaign in another state is not stated.

    Source: Zagely, "/api/campaigns/{campaign}".

    **Route:** `PUT /api/campaigns/{campaign_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, fields.
    """
    @property
    def campaign_id(self) -> str:
        """The campaign."""
    @property
    def name(self) -> str | None | Absent:
        """A name for people.

        At most 255 characters.
        """
    @property
    def channel(self) -> _Channel | None | Absent:
        """The channel."""
    @property
    def session_id(self) -> str | None | Absent:
        """The session or bot to send from."""
    @property
    def message_content(self) -> str | None | Absent:
        """The text, with `{{variables}}`."""
    @property
    def target_type(self) -> _TargetType | None | Absent:
        """Who gets it."""
    @property
    def media_url(self) -> str | None | Absent:
        """A medium that goes with it."""
    @property
    def buttons(self) -> list[Any] | None | Absent:
        """Buttons for quick replies."""
    @property
    def target_filters(self) -> dict[str, Any] | None | Absent:
        """The group or the filters."""
    @property
    def scheduled_at(self) -> datetime | str | None | Absent:
        """When it starts by itself: ISO 8601, in the future."""
    def __new__(cls, *, campaign_id: str, name: str | None | Absent = ..., channel: _Channel | None | Absent = ..., session_id: str | None | Absent = ..., message_content: str | None | Absent = ..., target_type: _TargetType | None | Absent = ..., media_url: str | None | Absent = ..., buttons: Sequence[Any] | None | Absent = ..., target_filters: dict[str, Any] | None | Absent = ..., scheduled_at: datetime | str | None | Absent = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["campaign_id"], Literal["name"], Literal["channel"], Literal["session_id"], Literal["message_content"], Literal["target_type"], Literal["media_url"], Literal["buttons"], Literal["target_filters"], Literal["scheduled_at"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class UpdateContact:
    """Changes a contact. Only what is sent changes.

    Returns `Contact` (inferred). Errors: 404, 422.

    Source: Zagely, "/api/v1/contacts/{contact}".

    **Route:** `PUT /api/v1/contacts/{contact_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def contact_id(self) -> str:
        """The contact."""
    @property
    def phone_number(self) -> str | None | Absent:
        """The phone number.

        Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    @property
    def name(self) -> str | None | Absent:
        """A name."""
    @property
    def email(self) -> str | None | Absent:
        """An e-mail address."""
    @property
    def tags(self) -> list[str] | None | Absent:
        """Tags."""
    @property
    def notes(self) -> str | None | Absent:
        """Notes."""
    @property
    def custom_fields(self) -> dict[str, Any] | None | Absent:
        """Fields of one's own, by name."""
    def __new__(cls, *, contact_id: str, phone_number: str | None | Absent = ..., name: str | None | Absent = ..., email: str | None | Absent = ..., tags: Sequence[str] | None | Absent = ..., notes: str | None | Absent = ..., custom_fields: dict[str, Any] | None | Absent = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["contact_id"], Literal["phone_number"], Literal["name"], Literal["email"], Literal["tags"], Literal["notes"], Literal["custom_fields"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class UpdateContactGroup:
    """Changes a group's name, description or filters. Only what is sent changes.

    Returns `ContactGroup` (inferred). Errors: 404, 422.

    Source: Zagely, "/api/v1/contact-groups/{group}".

    **Route:** `PUT /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, ability.
    """
    @property
    def group_id(self) -> str:
        """The group."""
    @property
    def name(self) -> str | None | Absent:
        """A name for people.

        At most 255 characters.
        """
    @property
    def description(self) -> str | None | Absent:
        """A description."""
    @property
    def filters(self) -> GroupFilters | None | Absent:
        """Who belongs to it."""
    def __new__(cls, *, group_id: str, name: str | None | Absent = ..., description: str | None | Absent = ..., filters: GroupFilters | None | Absent = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["group_id"], Literal["name"], Literal["description"], Literal["filters"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class UpdateSession:
    """Changes a session's settings. Only what is sent changes.

    Returns `Session` (inferred). Errors: 404, 422.

    Source: Zagely, "/api/whatsapp/sessions/{session}".

    **Route:** `PUT /api/whatsapp/sessions/{session_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method.
    """
    @property
    def session_id(self) -> str:
        """The session."""
    @property
    def name(self) -> str | None | Absent:
        """A name for people."""
    @property
    def description(self) -> str | None | Absent:
        """A description."""
    @property
    def daily_limit(self) -> int | None | Absent:
        """The most messages a day.

        At least 1.
        """
    @property
    def warmup_enabled(self) -> bool | None | Absent:
        """Whether sending starts slowly and grows."""
    @property
    def warmup_start_limit(self) -> int | None | Absent:
        """Messages a day at the start of that."""
    @property
    def warmup_max_limit(self) -> int | None | Absent:
        """Messages a day at its end."""
    @property
    def warmup_days(self) -> int | None | Absent:
        """How many days it lasts."""
    @property
    def simulate_typing(self) -> bool | None | Absent:
        """Whether to seem to type before each message."""
    def __new__(cls, *, session_id: str, name: str | None | Absent = ..., description: str | None | Absent = ..., daily_limit: int | None | Absent = ..., warmup_enabled: bool | None | Absent = ..., warmup_start_limit: int | None | Absent = ..., warmup_max_limit: int | None | Absent = ..., warmup_days: int | None | Absent = ..., simulate_typing: bool | None | Absent = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["session_id"], Literal["name"], Literal["description"], Literal["daily_limit"], Literal["warmup_enabled"], Literal["warmup_start_limit"], Literal["warmup_max_limit"], Literal["warmup_days"], Literal["simulate_typing"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class UpdateWebhook:
    """Changes a webhook's URL, events or state. Only what is sent changes (inferred).

    Returns `Webhook` (inferred). Errors: 404, 422.

    Source: Zagely, "/api/v1/webhooks/{id}".

    **Route:** `PUT /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, fields.
    """
    @property
    def webhook_id(self) -> str:
        """The webhook."""
    @property
    def url(self) -> str | None | Absent:
        """Where deliveries go."""
    @property
    def events(self) -> list[_EventName] | None | Absent:
        """Which events are delivered."""
    @property
    def secret(self) -> str | None | Absent:
        """What deliveries are signed with."""
    @property
    def is_active(self) -> bool | None | Absent:
        """Whether it is on."""
    def __new__(cls, *, webhook_id: str, url: str | None | Absent = ..., events: Sequence[_EventName] | None | Absent = ..., secret: str | None | Absent = ..., is_active: bool | None | Absent = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["webhook_id"], Literal["url"], Literal["events"], Literal["secret"], Literal["is_active"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Usage:
    """Requests made with the key."""
    @property
    def today(self) -> int | None:
        """Today."""
    @property
    def month(self) -> int | None:
        """This month."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, today: int | None = None, month: int | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["today"], Literal["month"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class Webhook:
    """A webhook. Inferred from what is said of making one."""
    @property
    def id(self) -> str | None:
        """The webhook's id."""
    @property
    def url(self) -> str | None:
        """Where deliveries go."""
    @property
    def events(self) -> list[_EventName]:
        """Which events are delivered."""
    @property
    def secret(self) -> str | None:
        """What deliveries are signed with, where the vendor shows it."""
    @property
    def is_active(self) -> bool | None:
        """Whether it is on."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, url: str | None = None, events: Sequence[_EventName] = ..., secret: str | None = None, is_active: bool | None = None, created_at: datetime | str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["url"], Literal["events"], Literal["secret"], Literal["is_active"], Literal["created_at"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

@final
class WebhookDelivery:
    """One delivery, in the log. The vendor states that it has status, signature, attempts and duration, not under
    which names.
    """
    @property
    def id(self) -> str | None:
        """The delivery's id."""
    @property
    def event(self) -> _EventName | None:
        """The event."""
    @property
    def status(self) -> str | None:
        """How it stands."""
    @property
    def signature(self) -> str | None:
        """Its signature."""
    @property
    def attempts(self) -> int | None:
        """How often it was tried."""
    @property
    def duration(self) -> Any | None:
        """How long the last try took; the unit is not stated."""
    @property
    def created_at(self) -> datetime | str | None:
        """When it was made."""
    @property
    def extra(self) -> dict[str, Any]:
        """What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order."""
    def __new__(cls, *, id: str | None = None, event: _EventName | None = None, status: str | None = None, signature: str | None = None, attempts: int | None = None, duration: Any | None = None, created_at: datetime | str | None = None, extra: dict[str, Any] = ...) -> Self: ...
    __match_args__: ClassVar[tuple[Literal["id"], Literal["event"], Literal["status"], Literal["signature"], Literal["attempts"], Literal["duration"], Literal["created_at"], Literal["extra"]]]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def to_dict(self) -> dict[str, Any]:
        """The object as what JSON knows, under the vendor's names."""

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

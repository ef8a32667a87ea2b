# Long because it describes the whole module that the extension exports.
"""The native part of the package `hudhud`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import (
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    Protocol,
    TypeAlias,
    TypedDict,
    TypeVar,
    final,
    overload,
    type_check_only,
)

from types import GenericAlias

from typing_extensions import Self, Unpack, disjoint_base

from .rate_limiter import AsyncStore, Store

__version__: Final[str]

_T = TypeVar("_T")

class _Message(Protocol):
    """The headers of `http.server`."""

    def items(self) -> Iterable[tuple[str, str]]: ...

_Headers: TypeAlias = Mapping[str, str] | Mapping[str, bytes] | Iterable[tuple[str | bytes, str | bytes]] | _Message
_Body: TypeAlias = bytes | bytearray | memoryview

class _Readable(Protocol):
    def read(self) -> _Body: ...

_File: TypeAlias = _Body | _Readable

class _Texts(Protocol):
    """A sequence of texts. A single `str` does not match this type, because its `__contains__` accepts only a `str`."""

    def __contains__(self, value: object, /) -> bool: ...
    def __getitem__(self, index: int, /) -> str: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __reversed__(self) -> Iterator[str]: ...

@final
class Absent:
    """The type of `ABSENT`. `ABSENT` stands for an argument that was not given."""

    def __bool__(self) -> Literal[False]: ...
    def __reduce__(self) -> str: ...

ABSENT: Final[Absent]
OPERATIONS: Final[tuple[Operation, ...]]
EVENT_NAMES: Final[tuple[str, ...]]
ERROR_KINDS: Final[tuple[str, ...]]
STORE_MOST_HANGING: Final[int]
STORE_FAILURE_LIMIT: Final[float]
STORE_TOO_SLOW: Final[str]
STORE_MOST_SWAPS: Final[int]
STORE_REFUSES: Final[str]
SETTINGS: Final[tuple[tuple[str, str, str], ...]]

@final
class Service:
    """The service of a vendor, with one set of keys."""

    @staticmethod
    def zagely(
        public_key: str,
        secret_key: str,
        *,
        base_url: str | None = None,
        app_token: str | None = None,
        app_auth: str = "token",
        app_prefix: str | None = None,
        **settings: Unpack[Settings],
    ) -> Service: ...
    @staticmethod
    def wazaj(
        api_key: str,
        base_url: str,
        *,
        api_key_scheme: str = "header",
        **settings: Unpack[Settings],
    ) -> Service: ...
    @property
    def identity(self) -> str: ...
    def request_by_name(
        self, name: str, input: str, given: dict[str, Any] | None = None, entropy: bytes | None = None
    ) -> Request[Any]: ...

@final
class RateLimiter:
    """A rate limiter: decides when each request may leave, so that the limits of a key are used fully, but not exceeded.

    Every client has one. It learns the limits from the responses, and lets calls wait for their turn. Pass one limiter
    as `rate_limiter` to several clients if they use the same key. Threads and tasks may share it.

        limiter = RateLimiter()
        sales = Zagely(public_key, secret_key, session_id="s-1", rate_limiter=limiter)
        support = Zagely(public_key, secret_key, session_id="s-2", rate_limiter=limiter)
    """

    def __new__(cls, state: bytes | None = None, *, store: Store | AsyncStore | None = None) -> RateLimiter:
        """Creates a limiter.

        Args:
            state: The `state` of an earlier limiter. Default: a limiter that knows no limit.
            store: The store through which processes share the limits: see `hudhud.rate_limiter`. It has the methods `load` and
                `swap`. Without a store, the limiter knows only the requests of this process.
        """

    @property
    def state(self) -> bytes:
        """The state, with which a later process can continue. It has about 100 bytes."""
    @property
    def waiting(self) -> int:
        """The number of calls that wait for their turn."""
    @property
    def store(self) -> Store | AsyncStore | None:
        """The store through which processes share the limits, or `None`."""
    def _begin_store_use(self, now: float) -> int | None: ...
    def _update(self, use_number: int, stored: bytes | None, now: float) -> bytes | None: ...
    def _stored(self, use_number: int, now: float) -> None: ...
    def _store_failed(self, use_number: int, now: float) -> float: ...
    def _abandon_store_use(self, use_number: int) -> None: ...

@final
class Operation:
    """A row of the catalog."""

    @property
    def vendor(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def verb(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def example(self) -> str: ...
    @property
    def fields(self) -> list[tuple[str, str, bool]]: ...
    @property
    def field_types(self) -> list[tuple[str, str, bool, list[str]]]: ...
    @property
    def ids(self) -> list[str]: ...
    @property
    def output_fields(self) -> list[tuple[str, str]]: ...
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
    def decode(self, service: Service, status: int, headers: _Headers, body: _Body) -> ApiResponse[Any]: ...
    def pages(self, service: Service, fields: dict[str, Any], given: dict[str, Any] | None = None) -> Pages: ...

@final
class OutboxState:
    """The state of an outbox. The caller appends its records to a journal."""

    @staticmethod
    def create(service: Service, operation: Operation, entropy: bytes, now: float | None) -> OutboxState: ...
    def check(self, service: Service, operation: Operation) -> None: ...
    @property
    def call(self) -> str: ...
    @property
    def created(self) -> float: ...
    def stop_after_refusals(self, refusals: int) -> None: ...
    def add(self, id: str | None, row: int, fields: str) -> tuple[int, bool]: ...
    def close(self) -> None: ...
    def take_records(self) -> bytes: ...
    def next(self, now: float | None) -> tuple[Any, ...]: ...
    def sent(self, number: int, message_id: str | None = None) -> None: ...
    def failed(self, number: int, error: BaseException, now: float | None) -> None: ...
    def not_sent(self, number: int, now: float | None) -> None: ...
    def lost(self, number: int, now: float | None) -> None: ...
    def restart(self) -> None: ...
    def report(self) -> tuple[dict[str, int], list[tuple[str, int]], bool]: ...
    def numbers(self, state: str) -> list[int]: ...
    def reason(self, number: int) -> str | None: ...
    def place(self, number: int) -> tuple[int, int] | None: ...
    def message(self, number: int, content: bytes) -> tuple[str, int, str]: ...

@final
class OutboxReader:
    """The reader of a journal of an outbox."""

    def __new__(cls) -> Self: ...
    def push(self, piece: bytes) -> None: ...
    def finish(self, now: float | None) -> tuple[OutboxState | None, int]: ...

@final
class Exchange:
    """A running call with its retries, as a state machine. The caller passes the time and the responses."""

    @staticmethod
    def by_route(
        service: Service, method: str, path: str, input: str, given: dict[str, Any] | None, entropy: bytes
    ) -> Exchange: ...
    def step(self, now: float | None = None) -> Request[Any] | float | ApiResponse[Any]: ...
    def receive(self, status: int, headers: _Headers, body: _Body, now: float | None = None) -> None: ...
    def fail(self, fault: str, now: float | None = None) -> None: ...
    def wait_for(self, rate_limiter: RateLimiter) -> None: ...
    def leave(self) -> None: ...
    def lose_store(self, failing: float | None, now: float | None) -> Exception: ...
    @property
    def idempotency_key(self) -> str | None: ...
    @property
    def attempts(self) -> int: ...
    def description(self) -> dict[str, Any]: ...
    def last_attempt(self) -> dict[str, Any] | None: ...

@final
class Pages:
    """The pages of a list, in order. Each page has its own exchange."""

    def begin(self, entropy: bytes) -> bool: ...
    def step(self, now: float | None = None) -> Request[Any] | float | ApiResponse[Any] | None: ...
    def receive(self, status: int, headers: _Headers, body: _Body, now: float | None = None) -> None: ...
    def fail(self, fault: str, now: float | None = None) -> None: ...
    def wait_for(self, rate_limiter: RateLimiter) -> None: ...
    def leave(self) -> None: ...
    def lose_store(self, failing: float | None, now: float | None) -> Exception: ...
    @property
    def idempotency_key(self) -> str | None: ...
    @property
    def attempts(self) -> int: ...
    def description(self) -> dict[str, Any]: ...
    def last_attempt(self) -> dict[str, Any] | None: ...

@final
class Request(Generic[_T]):
    """A request that any HTTP library can send. Send it unchanged, and do not follow redirects."""

    @property
    def call(self) -> str:
        """The name of the call, such as `contacts.list`."""

    @property
    def method(self) -> str:
        """The HTTP method: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`."""

    @property
    def url(self) -> str:
        """The complete URL."""

    @property
    def headers(self) -> dict[str, str]:
        """The request headers."""

    @property
    def content(self) -> bytes | None:
        """The request body. `None` if the request has no body."""

    @property
    def timeout(self) -> float | None:
        """The maximum duration of this attempt in seconds, if the call has a timeout or a deadline. A transport uses the
        shorter of this and its own timeout.
        """
    @property
    def idempotency_key(self) -> str | None:
        """The idempotency key that is sent."""

    def decode(self, status: int, headers: _Headers, body: _Body) -> _T:
        """Decodes the output from a response. Raises an `ApiError` if the response is an error."""

    def decode_with_response(self, status: int, headers: _Headers, body: _Body) -> ApiResponse[_T]:
        """Decodes the output with its metadata from a response. Raises an `ApiError` if the response is an error."""

    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

@final
class ApiResponse(Generic[_T]):
    """A successful call: the output, its metadata, and the HTTP response."""

    @property
    def output(self) -> _T:
        """The output."""

    @property
    def meta(self) -> Meta:
        """The status, the rate limits and the mark of an idempotent replay."""

    @property
    def response(self) -> Response:
        """The HTTP response, unchanged. It may contain personal text."""

    def __new__(cls, *, output: _T, meta: Meta, response: Response) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __reduce__(self) -> tuple[Any, ...]: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

@final
class Meta:
    """The metadata of a response or an error."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def rate_limit(self) -> RateLimit:
        """The rate limits of the key."""

    @property
    def retry_after(self) -> float | None:
        """The seconds that the vendor asks to wait (`Retry-After`)."""

    @property
    def idempotent_replay(self) -> bool:
        """True if this is the stored response to an earlier request with the same idempotency key."""

    @property
    def idempotency_key(self) -> str | None:
        """The idempotency key that was sent. A later call with the same key has no second effect."""

    def to_dict(self) -> dict[str, Any]:
        """Converts the metadata to JSON types. Values that the response does not state are left out."""

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
    """The rate limits of the key that the response states."""

    @property
    def limit(self) -> int | None:
        """The maximum number of requests per minute."""

    @property
    def remaining(self) -> int | None:
        """The requests left in this minute (inferred)."""

    @property
    def reset(self) -> int | None:
        """The end of this minute in Unix seconds (inferred)."""

    @property
    def daily_limit(self) -> int | None:
        """The maximum number of requests per day."""

    @property
    def daily_remaining(self) -> int | None:
        """The requests left today."""

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
    """An HTTP response, unchanged."""

    def __new__(cls, status: int, headers: _Headers, body: _Body) -> Self: ...
    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The names and values of the headers, in their original order."""

    @property
    def body(self) -> bytes:
        """The body. It may contain personal text."""

    def header(self, name: str) -> str | None:
        """Returns the first header of this name, ignoring case."""

    def json(self) -> Any:
        """Decodes the body with Python's `json`. Raises `ValueError` if the body is not JSON or is nested too deep."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Page(Generic[_T]):
    """A page of a list."""

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
        """The number of items of a full page."""

    @property
    def total(self) -> int | None:
        """The number of items on all pages."""

    @property
    def next_page_url(self) -> str | None:
        """The URL of the next page (inferred). It shows that a next page exists, and is never requested."""

    @property
    def extra(self) -> dict[str, Any]:
        """Other fields that the vendor sent, verbatim."""

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
    def __len__(self) -> int: ...
    def __bool__(self) -> Literal[True]: ...
    @overload
    def __getitem__(self, at: int, /) -> _T: ...
    @overload
    def __getitem__(self, at: slice, /) -> list[_T]: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...
    __match_args__: ClassVar[tuple[str, ...]]
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __reduce__(self) -> tuple[Any, ...]: ...
    def to_dict(self) -> dict[str, Any]:
        """Converts the page to JSON types, with the vendor's names."""

@disjoint_base
class Verifier:
    """Verifies deliveries with one secret, or with several secrets during a change of secrets."""

    def __new__(cls, *secrets: str, tolerance: int | None = ...) -> Self: ...
    def verify(self, headers: _Headers, body: _Body, *, now: float | None = None) -> WebhookEvent:
        """Verifies a delivery and returns its event. Raises a `WebhookError` if the delivery is not genuine. `body` is
        the bytes as they were received."""

@final
class WebhookEvent:
    """The event of a genuine delivery."""

    @property
    def name(self) -> _EventName:
        """The name of the event, such as `message.received`."""

    @property
    def data(self) -> _EventData:
        """The data of the event: an object of its type, or the decoded JSON of an event that this version does not know.
        The types other than `ReceivedMessage` are inferred. A member that does not have the inferred type is `None`; the body
        of the delivery holds it."""

    @property
    def tenant_id(self) -> str | None:
        """The workspace of the event."""

    @property
    def delivery_id(self) -> str | None:
        """The id of the delivery, the same for each attempt to deliver it."""

    @property
    def occurred_at(self) -> datetime | str | None:
        """The time of the event."""

    @property
    def extra(self) -> dict[str, Any]:
        """Other members that the vendor sent, verbatim."""

    @property
    def replay_key(self) -> str:
        """The replay key. Store it, so that the same delivery is not handled twice."""

    @property
    def secret_index(self) -> int:
        """The index of the secret that matched, from 0."""

    @property
    def signed_at(self) -> int:
        """The time of the signature, in Unix seconds."""

    @property
    def deduplicate_until(self) -> int | None:
        """The time until which to store the replay key, in Unix seconds: at least 24 hours from now. `None` without a
        tolerance: then store the key without a time limit."""

    @property
    def known(self) -> bool:
        """True if this version of the library knows the event."""

    @property
    def event(self) -> str:
        """The name of the event, as the member `event` of the body has it."""

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
        """Converts the body to JSON types, with the vendor's names."""

@final
class Delivery:
    """A signed delivery, as the vendor would send it."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the delivery."""

    @property
    def body(self) -> bytes:
        """The body of the delivery."""

def sign(secret: str, body: _Body, *, now: float | None = None) -> Delivery:
    """Signs a body as the vendor does, for tests. Returns a `Delivery` with the headers and the body."""

def sample_delivery(event: str, delivery_id: str, occurred_at: str) -> dict[str, Any]:
    """Returns the body of a sample delivery of an event, as a dict."""

def storage_key(replay_key: str) -> str:
    """Converts a replay key to the key under which a store keeps the event."""

@final
class InboxChange:
    """A change of the store: write `entry` if the stored entry is still `expected`."""

    @property
    def expected(self) -> bytes | None:
        """The stored entry, or `None` if the store must have no entry."""

    @property
    def entry(self) -> bytes:
        """The new entry."""

    @property
    def status(self) -> Literal["leased", "failed", "done", "poisoned"]:
        """The new status: `leased`, `failed`, `done` or `poisoned`."""

    @property
    def forget_at(self) -> int | None:
        """The time from which the entry may be deleted, in Unix milliseconds, or `None`."""

@final
class InboxClaim:
    """The right to handle an event."""

    @property
    def change(self) -> InboxChange:
        """The change that makes the claim."""

    @property
    def attempt(self) -> int:
        """The number of the attempt, from 1."""

    @property
    def token(self) -> int:
        """The fencing token."""

    @property
    def lease_end(self) -> float:
        """The end of the lease, in Unix seconds."""

    def done(self, *, now: float | None = None) -> InboxChange | None:
        """Returns the change after a success. Transactional mode has no such change."""

    def failed(self, *, now: float | None = None) -> InboxChange:
        """Returns the change after a failure."""

    def poisoned(self, *, now: float | None = None) -> InboxChange:
        """Returns the change after the handler rejected the event for good."""

@final
class InboxDecision:
    """A decision about a delivery."""

    @property
    def kind(self) -> Literal["handle", "duplicate", "busy", "too_early", "poisoned"]:
        """The decision: `handle`, `duplicate`, `busy`, `too_early` or `poisoned`."""

    @property
    def claim(self) -> InboxClaim | None:
        """The claim, if the program must handle the event."""

    @property
    def change(self) -> InboxChange | None:
        """The change to store before the event is handled or the response is sent, if there is one."""

    @property
    def wait(self) -> float | None:
        """The seconds after which another delivery can succeed, if they are known."""

@final
class InboxRules:
    """The rules of an inbox."""

    def __new__(cls, *, transactional: bool, lease: float = 30.0, max_attempts: int = 5) -> Self: ...
    def claim(
        self, stored: bytes | None, deduplicate_until: int | None, holder: bytes, *, now: float | None = None
    ) -> InboxDecision:
        """Decides about a delivery. `stored` is the stored entry of its key, or `None`. `holder` is 16 random bytes."""

@final
class Template:
    """A message template. A variable `{{ name }}` is replaced by its value."""

    def __new__(cls, source: str) -> Self: ...
    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables, each once, in order of first appearance."""

    def render(
        self,
        values: Mapping[str, Any] | Contact | None = None,
        *,
        missing: Literal["error", "keep", "empty"] = "error",
        **variables: Any,
    ) -> str:
        """Replaces the variables by the values of a mapping or a contact. `missing` decides about variables without
        a value: `"error"` raises an error that names all of them, `"keep"` leaves them unchanged, `"empty"` removes
        them. Values can also be keyword arguments, which replace those of the mapping. A `date` is written as
        `2026-11-29`, a `datetime` as `2026-11-29 10:00:00+02:00`, a `time` as `10:00:00`, and a `Decimal` with its digits,
        as by `str`."""

def parse_phone(text: str) -> str:
    """Converts a phone number, as people write it, to E.164: `+` and digits. The country code is never guessed. Raises
    a `PhoneError` if the text is not a phone number in this form."""

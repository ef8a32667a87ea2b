"""The calls, generated from the catalog: classes for the groups of each vendor, with a method per call."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypedDict, TypeVar, overload, type_check_only

from typing_extensions import Self, Unpack

from . import _hudhud
from ._hudhud import _Texts, Absent, Page, ApiResponse, Request, Retry

_P = ParamSpec("_P")
_T = TypeVar("_T")
_R = TypeVar("_R")
_W = TypeVar("_W")

@type_check_only
class Options(TypedDict, total=False):
    """The options that every call accepts in addition to its fields."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    extra: Mapping[str, Any] | None
    validate: bool | None
    retry: Retry | None
    headers: Mapping[str, str] | None
    timeout: float | None
    deadline: float | None
    lane: Literal["urgent", "bulk"] | None

@type_check_only
class KeyedOptions(Options, total=False):
    """The options of a call with an idempotency key."""

    idempotency_key: str | None

class Group:
    """A group of a client's calls."""

    def __init__(self, client: Any) -> None: ...

class Items(Generic[_T]):
    """The items of all pages of a list. Each page is requested when it is needed. Each `for` starts anew."""

    def __iter__(self) -> Iterator[_T]: ...
    def first(self) -> _T | None:
        """Returns the first item, or `None` if the list is empty."""
    def pages(self) -> Iterator[Page[_T]]:
        """Yields the pages themselves."""

class AsyncItems(Generic[_T]):
    """The items of all pages of a list. Each page is requested when it is needed. Each `async for` starts anew."""

    def __aiter__(self) -> AsyncIterator[_T]: ...
    async def first(self) -> _T | None:
        """Returns the first item, or `None` if the list is empty."""
    def pages(self) -> AsyncIterator[Page[_T]]:
        """Yields the pages themselves."""

@type_check_only
class _verb(Generic[_P, _T]):
    def __init__(self, call: Callable[Concatenate[Any, _P], _T]) -> None: ...
    @overload
    def __get__(self, group: None, owner: type[Group]) -> Self: ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Self: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _T: ...
    def request(self, *args: _P.args, **kwargs: _P.kwargs) -> Request[_T]:
        """Builds the request without sending it. Its `decode` reads the response."""

    def decode(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> _T:
        """Decodes a recorded response, without the call's fields. Returns the output."""

    def decode_with_response(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> ApiResponse[_T]:
        """Decodes a recorded response, without the call's fields. Returns the output with its metadata."""

    def with_response(self, *args: _P.args, **kwargs: _P.kwargs) -> ApiResponse[_T]:
        """Makes the call. Returns the output with its metadata and the HTTP response."""

@type_check_only
class _list(Generic[_P, _T]):
    def __init__(self, call: Callable[Concatenate[Any, _P], _T]) -> None: ...
    @overload
    def __get__(self, group: None, owner: type[Group]) -> Self: ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Self: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> Items[_T]: ...
    def request(self, *args: _P.args, **kwargs: _P.kwargs) -> Request[Page[_T]]:
        """Builds the request without sending it. Its `decode` reads the response."""

    def decode(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> Page[_T]:
        """Decodes a recorded response, without the call's fields. Returns the output."""

    def decode_with_response(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> ApiResponse[Page[_T]]:
        """Decodes a recorded response, without the call's fields. Returns the output with its metadata."""

    def with_response(self, *args: _P.args, **kwargs: _P.kwargs) -> ApiResponse[Page[_T]]:
        """Requests one page. Returns it with its metadata and the HTTP response."""

@type_check_only
class _async_verb(Generic[_P, _T]):
    def __init__(self, call: Callable[Concatenate[Any, _P], _T]) -> None: ...
    @overload
    def __get__(self, group: None, owner: type[Group]) -> Self: ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Self: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, _T]: ...
    def request(self, *args: _P.args, **kwargs: _P.kwargs) -> Request[_T]:
        """Builds the request without sending it. Its `decode` reads the response."""

    def decode(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> _T:
        """Decodes a recorded response, without the call's fields. Returns the output."""

    def decode_with_response(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> ApiResponse[_T]:
        """Decodes a recorded response, without the call's fields. Returns the output with its metadata."""

    def with_response(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, ApiResponse[_T]]:
        """Makes the call. Returns the output with its metadata and the HTTP response."""

@type_check_only
class _async_list(Generic[_P, _T]):
    def __init__(self, call: Callable[Concatenate[Any, _P], _T]) -> None: ...
    @overload
    def __get__(self, group: None, owner: type[Group]) -> Self: ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Self: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> AsyncItems[_T]: ...
    def request(self, *args: _P.args, **kwargs: _P.kwargs) -> Request[Page[_T]]:
        """Builds the request without sending it. Its `decode` reads the response."""

    def decode(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> Page[_T]:
        """Decodes a recorded response, without the call's fields. Returns the output."""

    def decode_with_response(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> ApiResponse[Page[_T]]:
        """Decodes a recorded response, without the call's fields. Returns the output with its metadata."""

    def with_response(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, ApiResponse[Page[_T]]]:
        """Requests one page. Returns it with its metadata and the HTTP response."""

async def by_route(client: Any, method: str, path: str, fields: Any, options: Any) -> Any: ...
def run_by_route(client: Any, method: str, path: str, fields: Any, options: Any) -> Any: ...

"""The calls, generated at import from the catalog: classes for the groups of each vendor, with a method per call.

The types of their arguments and outputs are in `_calls.pyi`, which is generated from the same catalog.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from keyword import iskeyword
from typing import Any

from . import _limits, _watch
from ._arguments import OPTIONS, explained, not_finite, of_call, split, with_file_name
from ._hudhud import ABSENT, OPERATIONS, Exchange, Operation, Request
from ._names import meant
from ._runtimes import run_sync
from .errors import ArgumentError, HudhudError, InvalidRequestError, RequestError, StoreError, TransportError
from .transports import TransportFailure

class Group:
    """A group of a client's calls."""

    def __init__(self, client: Any) -> None:
        self._client = client


    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        calls = [call for call in vars(type(self)) if not call.startswith("_")]
        group = vars(type(self))[calls[0]]._operation.group
        raise AttributeError(f"{group} has no call {name!r}: {meant(name, calls)}", name=name, obj=self)


class _GroupAttribute:
    # A descriptor: a group as an attribute of its client. The class itself returns a group without a client, from which
    # `unittest.mock.create_autospec` takes its attributes.

    def __init__(self, name: str, group: type[Group]) -> None:
        self._name = name
        self._group = group

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self._group.__doc__

    def __get__(self, client: Any, owner: Any = None) -> Any:
        if client is None:
            return self._group(None)
        group = self._group(client)
        # The instance attribute replaces this descriptor from now on.
        client.__dict__[self._name] = group
        return group


class _Method:
    # A descriptor: a call as an attribute of its group.

    def __init__(self, operation: Operation, bound: type[_BoundMethod]) -> None:
        self._operation = operation
        self._bound = bound
        self.__name__ = _python_name(operation.verb)

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        # Built on access, which keeps the import fast.
        return _documentation(self._operation)

    def __get__(self, group: Any, owner: Any = None) -> Any:
        if group is None:
            return self
        bound = self._bound(self._operation, group._client)
        if group._client is None:
            _specify(bound)
        # The instance attribute replaces this descriptor from now on.
        group.__dict__[self.__name__] = bound
        return bound

    def __call__(self, group: Group, /, *ids: Any, **fields: Any) -> Any:
        # Called with a group, like a function of a class. `help()` of a group shows signatures only of callables.
        return self.__get__(group)(*ids, **fields)

    @property
    def __signature__(self) -> Any:
        return _signature(self._operation)


class _BoundMethod:
    """A call that is bound to a client."""

    def __init__(self, operation: Operation, client: Any) -> None:
        self._operation = operation
        self._client = client
        self.__name__ = _python_name(operation.verb)
        self.__qualname__ = f"{operation.group}.{self.__name__}"
        self.__doc__ = _documentation(operation)

    @property
    def __signature__(self) -> Any:
        return _signature(self._operation)

    def _named(self, ids: tuple[Any, ...], fields: dict[str, Any]) -> dict[str, Any]:
        """Returns the keyword arguments, with the ids that were passed by position."""
        names = self._operation.ids
        if len(ids) > len(names):
            takes = f"takes only {', '.join(names)} by position" if names else "takes keyword arguments only"
            raise ArgumentError(f"{self.__qualname__}() {takes}: {self.__qualname__}{self.__signature__}")
        for name, value in zip(names, ids):
            if name in fields:
                raise ArgumentError(f"{self.__qualname__}() got {name} twice: by position and as a keyword argument")
            fields[name] = value
        return fields

    def request(self, *ids: Any, **fields: Any) -> Request[Any]:
        """Builds the request without sending it. Its `decode` reads the response."""
        fields, options = split(self._named(ids, fields) if ids else fields)
        if "file" in fields:
            fields = with_file_name(fields)
        try:
            return self._operation.request(self._client._service, fields, options, os.urandom(16))
        except (TypeError, InvalidRequestError) as error:
            raise explained(error, self._operation, fields) from None

    def decode(self, status: int, headers: Any, body: Any) -> Any:
        """Decodes a recorded response, without the call's fields. Returns the output."""
        return self.decode_with_response(status, headers, body).output

    def decode_with_response(self, status: int, headers: Any, body: Any) -> Any:
        """Decodes a recorded response, without the call's fields. Returns the output with its metadata."""
        return self._operation.decode(self._client._service, status, headers, body)

    async def _with_response(self, fields: dict[str, Any]) -> Any:
        fields, options = split(fields)
        if "file" in fields:
            fields = with_file_name(fields)
        client = self._client
        try:
            exchange = self._operation.exchange(client._service, fields, options, os.urandom(16))
        except (TypeError, InvalidRequestError) as error:
            raise explained(error, self._operation, fields) from None
        return await _drive(exchange, client)

    async def _output(self, fields: dict[str, Any]) -> Any:
        return (await self._with_response(fields)).output

    def __get__(self, instance: object, owner: Any = None) -> Any:
        # The verb is already bound. Objects with `__get__` are routines to `help()`, which then shows their signature.
        return self

    def __repr__(self) -> str:
        return f"<{self._operation.vendor} {self.__qualname__}{self.__signature__}>"


class _BlockingMethod(_BoundMethod):
    def __call__(self, *ids: Any, **fields: Any) -> Any:
        if ids:
            fields = self._named(ids, fields)
        if self._operation.paged:
            return Items(self._operation, self._client, fields)
        return run_sync(self._output(fields))

    def with_response(self, *ids: Any, **fields: Any) -> Any:
        """Makes the call. Returns the output with its metadata and the HTTP response."""
        return run_sync(self._with_response(self._named(ids, fields) if ids else fields))


class _AsyncMethod(_BoundMethod):
    def __call__(self, *ids: Any, **fields: Any) -> Any:
        if ids:
            fields = self._named(ids, fields)
        if self._operation.paged:
            return AsyncItems(self._operation, self._client, fields)
        return self._output(fields)

    async def with_response(self, *ids: Any, **fields: Any) -> Any:
        """Makes the call. Returns the output with its metadata and the HTTP response."""
        return await self._with_response(self._named(ids, fields) if ids else fields)


class _PageIterator:
    """The base of both kinds of lists."""

    def __init__(self, operation: Operation, client: Any, fields: dict[str, Any]) -> None:
        self._operation = operation
        self._client = client
        self._fields, self._options = split(fields)
        # Validates the call here, where it is written, instead of at the first item.
        try:
            operation.request(client._service, self._fields, self._options)
        except (TypeError, InvalidRequestError) as error:
            raise explained(error, operation, self._fields) from None

    def _walk(self) -> Any:
        return self._operation.pages(self._client._service, self._fields, self._options)

    async def _next(self, walk: Any) -> Any:
        """Returns the next page, or `None` after the last one."""
        response = await _drive(walk, self._client) if walk.begin(os.urandom(16)) else None
        return None if response is None else response.output

    def __repr__(self) -> str:
        return f"<items of {self._operation.vendor} {self._operation.group}.{self._operation.verb}>"


class Items(_PageIterator):
    """The items of all pages of a list. Each page is requested when it is needed. Each `for` starts anew."""

    def __iter__(self) -> Iterator[Any]:
        for page in self.pages():
            yield from page.data

    def first(self) -> Any:
        """Returns the first item, or `None` if the list is empty."""
        return next(iter(self), None)

    def __aiter__(self) -> Any:
        raise ArgumentError(f"{self!r} belongs to a blocking client: use `for` instead of `async for`")

    def pages(self) -> Iterator[Any]:
        """Yields the pages themselves."""
        walk = self._walk()
        while (page := run_sync(self._next(walk))) is not None:
            yield page


class AsyncItems(_PageIterator):
    """The items of all pages of a list. Each page is requested when it is needed. Each `async for` starts anew."""

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for page in self.pages():
            for item in page.data:
                yield item

    async def first(self) -> Any:
        """Returns the first item, or `None` if the list is empty."""
        async for item in self:
            return item
        return None

    def __iter__(self) -> Any:
        raise ArgumentError(f"{self!r} belongs to an asynchronous client: use `async for` instead of `for`")

    def __await__(self) -> Any:
        raise ArgumentError(f"{self!r} cannot be awaited: use `async for`, or `await ….first()`")

    async def pages(self) -> AsyncIterator[Any]:
        """Yields the pages themselves."""
        walk = self._walk()
        while (page := await self._next(walk)) is not None:
            yield page


async def by_route(client: Any, method: str, path: str, fields: Any, options: dict[str, Any]) -> Any:
    """Makes a call to a route that the catalog lacks. Returns the decoded JSON."""
    import json

    for name in options:
        if name not in OPTIONS:
            message = f"request() got an unexpected keyword argument {name!r}: {meant(name, list(OPTIONS))}"
            raise ArgumentError(f"{message}; fields go into a dict, as in request('POST', path, {{…}})")
    named: dict[Any, Any] = {}
    try:
        if fields is not None:
            named = dict(fields)
        body = json.dumps(named, allow_nan=False)
    except (TypeError, ValueError) as error:
        message = not_finite(named) if isinstance(error, ValueError) and isinstance(fields, Mapping) else None
        message = message or "expected a mapping of names to values that JSON can represent"
        raise ArgumentError(f"request: argument 'fields': {message}") from None
    try:
        exchange = Exchange.by_route(client._service, method, path, body, options, os.urandom(16))
    except (ArgumentError, InvalidRequestError) as error:
        of_call(error, "request")
        raise
    return (await _drive(exchange, client)).output


def run_by_route(client: Any, method: str, path: str, fields: Any, options: dict[str, Any]) -> Any:
    """Does the same for a blocking client."""
    return run_sync(by_route(client, method, path, fields, options))


async def _drive(exchange: Any, client: Any) -> Any:
    """Runs an exchange to its end: sends its requests, waits, and returns the response.

    The `__cause__` of its exceptions is the exception of the HTTP library, without private text. Cancelling it ends the
    call at any point. A request that was already sent may still take effect, so the exception carries the idempotency
    key.
    """
    cause: BaseException | None = None
    failed: TransportFailure | None = None
    request: Request[Any] | None = None
    watch = _watch.of(client)
    begun = time.monotonic()
    is_refused = False
    waiting: _watch.Waiting | None = None
    limiter = client._limiter
    wait = client._sleep
    if limiter is not None:
        exchange.wait_for(limiter)
        if limiter.store is not None:
            wait = _limits.StoreWaits(limiter, exchange, client).wait
    try:
        while True:
            try:
                step = exchange.step(time.time())
            except HudhudError as error:
                if isinstance(error, TransportError) and failed is not None and failed.fault == error.fault and failed.reason:
                    error._explain(failed.reason)
                is_refused = True
                raise error from cause
            if isinstance(step, Request):
                request = step
                if waiting is not None:
                    waiting.ended()
                    waiting = None
                if watch is not None:
                    watch.sends(step, exchange)
                try:
                    answer = await client._send(step)
                except TransportFailure as failure:
                    failed = failure
                    cause = failure.__cause__ or failure
                    exchange.fail(failure.fault, time.time())
                else:
                    cause = None
                    _receive(exchange, answer)
                if watch is not None:
                    watch.received(exchange)
            elif isinstance(step, float):
                waiting = _watch.waits(waiting, watch, exchange, step)
                await wait(step)
            else:
                if watch is not None:
                    watch.succeeded(step)
                return step
    except HudhudError as error:
        watch = watch or _watch.of_failed(client, request, begun, error.attempts if isinstance(error, RequestError) else exchange.attempts)
        exchange.leave()
        if not isinstance(error, RequestError):
            _keep_fate(error, exchange, request)
        if watch is not None:
            (watch.failed if is_refused or isinstance(error, StoreError) else watch.interrupted)(error)
        raise
    except BaseException as interruption:
        watch = watch or _watch.of_failed(client, request, begun, exchange.attempts)
        exchange.leave()
        if watch is not None:
            watch.interrupted(interruption)
        happened = _keep_fate(interruption, exchange, request)
        if request is not None:
            _keep_key(interruption, exchange, request, happened)
        raise


def _keep_fate(interruption: BaseException, exchange: Any, request: Request[Any] | None) -> bool:
    """Sets `may_have_happened` of an exception that ended a call, and returns it."""
    happened: bool = request is not None and exchange._may_have_happened
    try:
        interruption.may_have_happened = happened  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        # Some exception classes accept no attributes.
        pass
    return happened


def _keep_key(interruption: BaseException, exchange: Any, request: Request[Any], is_needed: bool) -> None:
    """Sets the `idempotency_key` of an exception that ended a call, such as `KeyboardInterrupt`, to the call's key."""
    key = exchange.idempotency_key
    try:
        interruption.idempotency_key = key  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        # Some exception classes accept no attributes.
        pass
    if is_needed and key is not None and hasattr(interruption, "add_note"):
        interruption.add_note(f"{request.call} was interrupted: repeat it with idempotency_key={key!r} to avoid a second effect")


def _receive(exchange: Any, answer: Any) -> None:
    try:
        status, headers, body = answer
    except (TypeError, ValueError):
        wrong = type(answer).__name__
        raise ArgumentError(f"transport: returned a value of type {wrong}; return a TransportResponse with status, headers and body") from None
    exchange.receive(status, headers, body, time.time())


def _specify(bound: Any) -> None:
    """Gives a call of a group without a client the attributes that `unittest.mock.create_autospec` reads: a signature of its
    own, and the mark of a coroutine function."""
    import inspect

    def call(**fields: Any) -> None: ...

    fields = [each for each in bound.__signature__.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    options = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in OPTIONS]
    call.__signature__ = inspect.Signature([*fields, *options])  # type: ignore[attr-defined]
    bound.__dict__["__call__"] = call
    if isinstance(bound, _AsyncMethod) and not bound._operation.paged:
        mark = getattr(inspect, "markcoroutinefunction", None)
        if mark is not None:
            mark(bound)
        else:
            from asyncio import coroutines

            bound._is_coroutine = coroutines._is_coroutine  # type: ignore[attr-defined]


def _python_name(name: str) -> str:
    """Appends an underscore to a name that is a Python keyword."""
    return f"{name}_" if iskeyword(name) else name


def _signature(operation: Operation) -> Any:
    import inspect

    ids = operation.ids
    nullable = inspect.signature(operation.call_class).parameters
    parameters = []
    for name, _, required in operation.fields:
        default: Any = inspect.Parameter.empty
        if not required:
            default = ABSENT if nullable[name].default is ... else None
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD if name in ids else inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter(name, kind, default=default))
    parameters.append(inspect.Parameter("options", inspect.Parameter.VAR_KEYWORD))
    return inspect.Signature(parameters)


def _documentation(operation: Operation) -> str:
    lines = [operation.doc]
    if operation.fields:
        lines.append("\nArguments:")
        for name, doc, required in operation.fields:
            lines.append(f"    {name}: {'' if required else '(optional) '}{doc}")
    lines.append("\nOptions:")
    lines += [f"    {name}: {description}" for name, description in OPTIONS.items() if operation.keyed or name != "idempotency_key"]
    lines.append(f"\nExample:\n    {operation.example}")
    return "\n".join(lines)


def _stamp() -> None:
    """Creates the classes that `_calls.pyi` describes."""
    made: dict[str, Any] = globals()
    for prefix, bound in ("", _BlockingMethod), ("Async", _AsyncMethod):
        for operation in OPERATIONS:
            vendor = operation.vendor.capitalize()
            title = operation.group.title().replace("_", "")
            name = f"{prefix}{vendor}{title}"
            if name not in made:
                made[name] = type(name, (Group,), {"__module__": __name__, "__doc__": f"The calls `{operation.group}.…`."})
            verb = _Method(operation, bound)
            setattr(made[name], verb.__name__, verb)
            calls = f"{prefix}{vendor}Calls"
            if calls not in made:
                made[calls] = type(calls, (), {"__module__": __name__, "__doc__": "The groups of calls."})
                made[calls].__annotations__ = {}
            if operation.group not in made[calls].__annotations__:
                made[calls].__annotations__[operation.group] = made[name]
                setattr(made[calls], operation.group, _GroupAttribute(operation.group, made[name]))


_stamp()

"""The calls, stamped from the catalog: for each vendor its groups, and for each group its verbs.

What their arguments and answers are is in `_calls.pyi`, which is written from the same catalog.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from keyword import iskeyword
from typing import Any

from ._hudhud import ABSENT, OPERATIONS, Operation, Request
from .errors import HudhudError
from .transports import Failure

# What every call takes beside its fields.
_OPTIONS = {
    "idempotency_key": "The key under which this is done once, however often it is tried. Default: a new one.",
    "method": "Another method than the catalog's: GET, POST, PUT, PATCH or DELETE.",
    "extra": "Fields that this version does not know, by the vendor's names.",
    "checks": "Whether the vendor's stated limits are checked before sending. Default: as the client does.",
    "retry": "How stubbornly this is tried: a `Retry`. Default: as the client does.",
}


class Group:
    """Some calls of a client."""

    def __init__(self, client: Any) -> None:
        self._client = client


class _Verb:
    # A call as an attribute of its group.

    def __init__(self, operation: Operation, bound: type[_BoundVerb]) -> None:
        self._operation = operation
        self._bound = bound
        self.__name__ = _python_name(operation.verb)

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        # Put together when somebody asks: importing is quicker so.
        return _documentation(self._operation)

    def __get__(self, group: Any, owner: Any = None) -> Any:
        if group is None:
            return self
        bound = self._bound(self._operation, group._client)
        # From now on the group has it itself.
        group.__dict__[self.__name__] = bound
        return bound

    def __call__(self, group: Group, /, **fields: Any) -> Any:
        # As a function of a class may be called; and `help()` of a group asks only what can be called how.
        return self.__get__(group)(**fields)

    @property
    def __signature__(self) -> Any:
        return _signature(self._operation)


class _BoundVerb:
    """A call of a client, to be made."""

    def __init__(self, operation: Operation, client: Any) -> None:
        self._operation = operation
        self._client = client
        self.__name__ = operation.verb
        self.__qualname__ = f"{operation.group}.{operation.verb}"
        self.__doc__ = _documentation(operation)

    @property
    def __signature__(self) -> Any:
        return _signature(self._operation)

    def request(self, **fields: Any) -> Request[Any]:
        """The request of the call, for whoever sends it otherwise; its `decode` reads the answer."""
        fields, options = _split(fields)
        return self._operation.request(self._client._service, fields, options, os.urandom(16))

    def decode(self, status: int, headers: Any, body: Any) -> Any:
        """Decodes a recorded response without the call's fields; returns the answer."""
        return self.decode_reply(status, headers, body).answer

    def decode_reply(self, status: int, headers: Any, body: Any) -> Any:
        """Decodes a recorded response without the call's fields; returns the answer with its metadata."""
        return self._operation.decode(self._client._service, status, headers, body)

    async def _reply(self, fields: dict[str, Any]) -> Any:
        fields, options = _split(fields)
        client = self._client
        flight = self._operation.exchange(client._service, fields, options, os.urandom(16))
        return await _fly(flight, client)

    async def _answer(self, fields: dict[str, Any]) -> Any:
        return (await self._reply(fields)).answer

    def __get__(self, instance: object, owner: Any = None) -> Any:
        # It is bound already. What has this is a routine to `help()`, which then shows it as one.
        return self

    def __repr__(self) -> str:
        return f"<{self._operation.vendor} {self.__qualname__}{self.__signature__}>"


class _BlockingVerb(_BoundVerb):
    def __call__(self, **fields: Any) -> Any:
        if self._operation.paged:
            return Items(self._operation, self._client, fields)
        return _at_once(self._answer(fields))

    def reply(self, **fields: Any) -> Any:
        """Makes the call, and returns the answer with its metadata and the response it came in."""
        return _at_once(self._reply(fields))


class _AsynchronousVerb(_BoundVerb):
    def __call__(self, **fields: Any) -> Any:
        if self._operation.paged:
            return AsyncItems(self._operation, self._client, fields)
        return self._answer(fields)

    async def reply(self, **fields: Any) -> Any:
        """Makes the call, and returns the answer with its metadata and the response it came in."""
        return await self._reply(fields)


class _Walk:
    """What both kinds of lists are made of."""

    def __init__(self, operation: Operation, client: Any, fields: dict[str, Any]) -> None:
        self._operation = operation
        self._client = client
        self._fields, self._options = _split(fields)
        # Faults are told where the call is written, not where the first item is wanted.
        operation.request(client._service, self._fields, self._options)

    def _walk(self) -> Any:
        return self._operation.pages(self._client._service, self._fields, self._options)

    async def _next(self, walk: Any) -> Any:
        """The next page, if there is one."""
        reply = await _fly(walk, self._client) if walk.begin(os.urandom(16)) else None
        return None if reply is None else reply.answer

    def __repr__(self) -> str:
        return f"<items of {self._operation.vendor} {self._operation.group}.{self._operation.verb}>"


class Items(_Walk):
    """The items of all pages of a list. Each page is asked for when it is needed; each `for` begins anew."""

    def __iter__(self) -> Iterator[Any]:
        for page in self.pages():
            yield from page.data

    def pages(self) -> Iterator[Any]:
        """The pages themselves."""
        walk = self._walk()
        while (page := _at_once(self._next(walk))) is not None:
            yield page


class AsyncItems(_Walk):
    """The items of all pages of a list. Each page is asked for when it is needed; each `async for` begins anew."""

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for page in self.pages():
            for item in page.data:
                yield item

    async def pages(self) -> AsyncIterator[Any]:
        """The pages themselves."""
        walk = self._walk()
        while (page := await self._next(walk)) is not None:
            yield page


def _at_once(work: Any) -> Any:
    """Does what a client that blocks does: what is written once for both kinds of clients, and here never waits, for its
    client's `_send` and `_sleep` end before they return."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("a client that blocks has waited")


async def _fly(flight: Any, client: Any) -> Any:
    """Does what an exchange says, until it is done. The cause of what it raises is what a library raised, without what
    is private. Cancelling it ends the call at any point: a request that was sent may then have its effect, so the
    exception carries the idempotency key."""
    cause: BaseException | None = None
    request: Request[Any] | None = None
    try:
        while True:
            try:
                step = flight.step(time.time())
            except HudhudError as error:
                _say_where(error, cause, request)
                raise error from cause
            if isinstance(step, Request):
                request = step
                try:
                    answer = await client._send(step)
                except Failure as failure:
                    cause = failure.__cause__ or failure
                    flight.fail(failure.fault, time.time())
                else:
                    cause = None
                    _receive(flight, answer)
            elif isinstance(step, float):
                await client._sleep(step)
            else:
                return step
    except HudhudError:
        raise
    except BaseException as interruption:
        _keep_key(interruption, flight, request)
        raise


def _say_where(error: BaseException, cause: BaseException | None, request: Request[Any] | None) -> None:
    """Adds the host to an error of the way there. Older Pythons have no notes."""
    if cause is not None and request is not None and hasattr(error, "add_note"):
        error.add_note(f"{request.method} to {request.url.partition('://')[2].partition('/')[0]}")


def _keep_key(interruption: BaseException, flight: Any, request: Request[Any] | None) -> None:
    """Gives an exception that ended a call, such as `KeyboardInterrupt`, the call's key as `idempotency_key`."""
    if request is None:
        return
    key = flight.idempotency_key
    try:
        interruption.idempotency_key = key  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        # Some classes take no attributes.
        pass
    if key is not None and hasattr(interruption, "add_note"):
        interruption.add_note(f"{request.call} was interrupted: with idempotency_key={key!r} it can be repeated safely")


def _receive(flight: Any, answer: Any) -> None:
    try:
        status, headers, body = answer
    except (TypeError, ValueError):
        raise TypeError("a transport must return a status, headers and a body") from None
    flight.receive(status, headers, body, time.time())


def _split(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The fields of a call, and its options."""
    options = {name: given[name] for name in _OPTIONS.keys() & given.keys()}
    if not options:
        return given, None
    return {name: value for name, value in given.items() if name not in options}, options


def _python_name(name: str) -> str:
    """A name that Python has another use for ends in an underscore."""
    return f"{name}_" if iskeyword(name) else name


def _signature(operation: Operation) -> Any:
    import inspect

    nullable = inspect.signature(operation.call_class).parameters
    parameters = []
    for name, _, required in operation.fields:
        default: Any = inspect.Parameter.empty
        if not required:
            default = ABSENT if nullable[name].default is ... else None
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default))
    parameters.append(inspect.Parameter("options", inspect.Parameter.VAR_KEYWORD))
    return inspect.Signature(parameters)


def _documentation(operation: Operation) -> str:
    lines = [operation.doc]
    if operation.fields:
        lines.append("\nArguments:")
        for name, doc, required in operation.fields:
            told = doc.replace("\n\n", " ").replace("\n", " ")
            lines.append(f"    {name}: {'' if required else '(optional) '}{told}")
    lines.append("\nOptions:")
    lines += [f"    {name}: {told}" for name, told in _OPTIONS.items() if operation.keyed or name != "idempotency_key"]
    return "\n".join(lines)


def _stamp() -> None:
    """Makes the classes that `_calls.pyi` describes."""
    made: dict[str, Any] = globals()
    for prefix, bound in ("", _BlockingVerb), ("Async", _AsynchronousVerb):
        for operation in OPERATIONS:
            vendor = operation.vendor.capitalize()
            title = operation.group.title().replace("_", "")
            name = f"{prefix}{vendor}{title}"
            if name not in made:
                made[name] = type(name, (Group,), {"__module__": __name__, "__doc__": f"The calls `{operation.group}.…`."})
            verb = _Verb(operation, bound)
            setattr(made[name], verb.__name__, verb)
            calls = f"{prefix}{vendor}Calls"
            if calls not in made:
                made[calls] = type(calls, (), {"__module__": __name__, "__doc__": "The groups of calls."})
                made[calls].__annotations__ = {}
            made[calls].__annotations__[operation.group] = made[name]


def groups(client: Any) -> None:
    """Gives a client its groups."""
    for cls in type(client).__mro__:
        if cls.__module__ == __name__:
            for name, group in cls.__annotations__.items():
                setattr(client, name, group(client))


_stamp()

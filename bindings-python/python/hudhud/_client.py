"""The clients. A client holds keys, settings and a transport, and has the calls as attributes."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, SupportsIndex, Union

from . import _limits, _watch, transports
from ._calls import AsyncWazajCalls, AsyncZagelyCalls, WazajCalls, ZagelyCalls, by_route, run_by_route
from ._hudhud import ABSENT, SETTINGS, Absent, RateLimiter, Service
from ._names import meant
from ._runtimes import trio
from .errors import ArgumentError, MissingVariableError, _of_unknown
from .observer import Call, Observer

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._calls import KeyedOptions
    from ._hudhud import Settings
else:
    # `typing.get_type_hints` evaluates `Unpack[Settings]` at run time.
    KeyedOptions, Settings, Unpack = Any, Any, Union

__all__ = ["AsyncWazaj", "AsyncZagely", "Wazaj", "Zagely"]


def _variable(name: str, message: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise MissingVariableError(f"environment variable {name} is not set: {message}")
    return value


class _Client:
    """The base of all clients."""

    _service: Service
    _limiter: RateLimiter | None
    _is_blocking: ClassVar[bool]
    # The required arguments, with what each is.
    _REQUIRED: ClassVar[dict[str, str]]

    def __init__(self, **given: Any) -> None:
        raise NotImplementedError

    def _connect(self, transport: Any, timeout: float | None, max_response_bytes: int, observer: Observer | None, rate_limiter: Any) -> None:
        self._transport = transport
        self._observer = _watch.guarded(observer)
        # The facts about calls, by name and method.
        self._described: dict[tuple[str, str], Call] = {}
        self._limiter = _limits.chosen(rate_limiter)
        self._send, self._sleep = self._io(transport, timeout, max_response_bytes)

    def _io(self, transport: Any, timeout: float | None, max_response_bytes: int) -> tuple[Any, Any]:
        """Returns the coroutine functions that send and sleep."""
        raise NotImplementedError

    @staticmethod
    def _from_env() -> dict[str, Any]:
        """Returns the arguments that the environment holds."""
        raise NotImplementedError

    @classmethod
    def from_env(
        cls,
        *,
        transport: Any = None,
        timeout: float | None = None,
        max_response_bytes: int = transports.MAX_RESPONSE_BYTES,
        observer: Observer | None = None,
        rate_limiter: RateLimiter | Absent | None = ABSENT,
        **settings: Unpack[Settings],
    ) -> Self:
        """Creates a client from environment variables: `ZAGELY_PUBLIC_KEY` and `ZAGELY_SECRET_KEY`, and optionally
        `ZAGELY_BASE_URL`, `ZAGELY_APP_TOKEN` and `ZAGELY_SESSION_ID`; for Wazaj `WAZAJ_API_KEY` and `WAZAJ_BASE_URL`."""
        given = cls._from_env()
        connection = {"transport": transport, "timeout": timeout, "max_response_bytes": max_response_bytes}
        connection |= {"observer": observer, "rate_limiter": rate_limiter}
        return cls(**{**given, **connection, **settings})

    def __new__(cls, *given: Any, **named: Any) -> Self:
        # Python's own message would name the base class.
        if cls.__init__ in (_Zagely.__init__, _Wazaj.__init__):
            code = cls.__init__.__code__
            known = [*code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount], *(name for name, _, _ in SETTINGS)]
            for name in named:
                if name not in known:
                    raise _of_unknown(cls.__name__, name, known)
        for at, (name, description) in enumerate(cls._REQUIRED.items()):
            if (given[at] if at < len(given) else named.get(name)) is None:
                raise ArgumentError(f"{cls.__name__}(): argument '{name}' is required: {description}")
        return super().__new__(cls)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Only for a name that does not exist.
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)
            known = [known for known in dir(type(self)) if not known.startswith("_")]
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}: {meant(name, known)}", name=name, obj=self)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        # `copy` and `pickle` call this. A copy would share the connections, and a pickle would contain the keys.
        raise ArgumentError(f"a {type(self).__name__} cannot be copied or pickled; share it, or make another one with from_env()")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._service.identity})"


class _Zagely(_Client):
    """The base of both clients for Zagely."""

    _REQUIRED = {"public_key": "the public key, pk_…", "secret_key": "the secret key, sk_…"}

    @staticmethod
    def _from_env() -> dict[str, Any]:
        return {
            "public_key": _variable("ZAGELY_PUBLIC_KEY", "expected the public key from the dashboard (pk_…)"),
            "secret_key": _variable("ZAGELY_SECRET_KEY", "expected the secret key from the dashboard (sk_…)"),
            # An empty variable counts as unset.
            "base_url": os.environ.get("ZAGELY_BASE_URL") or None,
            "app_token": os.environ.get("ZAGELY_APP_TOKEN") or None,
            "session_id": os.environ.get("ZAGELY_SESSION_ID") or None,
        }

    def __init__(
        self,
        public_key: str,
        secret_key: str,
        *,
        transport: Any = None,
        timeout: float | None = None,
        max_response_bytes: int = transports.MAX_RESPONSE_BYTES,
        observer: Observer | None = None,
        rate_limiter: RateLimiter | Absent | None = ABSENT,
        base_url: str | None = None,
        app_token: str | None = None,
        app_auth: Literal["token", "keys", "token_and_keys"] = "token",
        app_prefix: str | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        """
        Args:
            public_key: The public key, `pk_…`.
            secret_key: The secret key, `sk_…`.
            transport: A client of httpx, httpx2, requests, niquests, urllib3 or aiohttp, or a callable that takes a
                `Request` and returns status, headers and body. Default: Python's own urllib.
            timeout: The maximum duration of an attempt in seconds, from its start to the last byte of the response.
                Default: the timeouts of the transport; 30 for a library that has no timeout by default.
            max_response_bytes: The maximum size of a response body, before and after decompression. A larger one is a
                `TransportError`.
            observer: An object that follows the calls, for metrics and traces: see `hudhud.observer`.
            rate_limiter: The rate limiter, which decides when each request may leave, so that the limits of the key are
                not exceeded. Default: a limiter of this client alone. With `None`, requests leave at once. Pass the same
                `RateLimiter` to all clients that use the same key.
            base_url: The origin to use instead of `https://zagely.com`.
            app_token: A token of the dashboard for app routes, which are the routes without a version, `/api/…`
                (inferred).
            app_auth: The credentials that are sent on app routes if `app_token` is set.
            app_prefix: The path prefix of app routes instead of `/api` (inferred).
        """
        self._service = Service.zagely(
            public_key,
            secret_key,
            base_url=base_url,
            app_token=app_token,
            app_auth=app_auth,
            app_prefix=app_prefix,
            **settings,
        )
        self._connect(transport, timeout, max_response_bytes, observer, rate_limiter)


class _Wazaj(_Client):
    """The base of both clients for Wazaj."""

    _REQUIRED = {"api_key": "the key, wzj_…", "base_url": "the deployment's URL, which ends in /api/wazaj/business"}

    @staticmethod
    def _from_env() -> dict[str, Any]:
        return {
            "api_key": _variable("WAZAJ_API_KEY", "expected a key from the developer console (wzj_…)"),
            "base_url": _variable("WAZAJ_BASE_URL", "expected the deployment's URL, which ends in /api/wazaj/business"),
        }

    def __init__(
        self,
        api_key: str,
        base_url: str,
        *,
        transport: Any = None,
        timeout: float | None = None,
        max_response_bytes: int = transports.MAX_RESPONSE_BYTES,
        observer: Observer | None = None,
        rate_limiter: RateLimiter | Absent | None = ABSENT,
        api_key_scheme: Literal["header", "bearer", "api_key"] = "header",
        **settings: Unpack[Settings],
    ) -> None:
        """
        Args:
            api_key: The key, `wzj_…`.
            base_url: The deployment's URL, which ends in `/api/wazaj/business`.
            transport: See `Zagely`.
            timeout: See `Zagely`.
            max_response_bytes: See `Zagely`.
            observer: See `Zagely`.
            rate_limiter: See `Zagely`.
            api_key_scheme: The form in which the key is sent: `X-API-Key: …` for `header`, `Authorization: Bearer …` for
                `bearer`, `Authorization: ApiKey …` for `api_key`.
        """
        self._service = Service.wazaj(
            api_key, base_url, api_key_scheme=api_key_scheme, **settings
        )
        self._connect(transport, timeout, max_response_bytes, observer, rate_limiter)


def _document_settings() -> None:
    """Adds the settings to the documentation of the constructors."""
    for client in _Zagely, _Wazaj:
        # Python keeps no docstrings with -OO.
        if text := client.__init__.__doc__:
            # From 3.13 on, Python removes the common indentation of docstrings.
            indent = text[: text.index("transport: ")].rpartition("\n")[2]
            rows = [f"{indent}{name}: " + f"\n{indent}    ".join(doc.splitlines()) for name, _, doc in SETTINGS]
            client.__init__.__doc__ = "\n".join([text.rstrip(), *rows, ""])


_document_settings()


def _as_coroutine(work: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Wraps a blocking function as a coroutine function, whose coroutines finish without suspending."""

    async def ended(*arguments: Any) -> Any:
        return work(*arguments)

    return ended


class _Blocking:
    """A blocking client. Threads may share it if they may share its transport."""

    _is_blocking: ClassVar[bool] = True

    _transport: Any

    def _io(self, transport: Any, timeout: float | None, max_response_bytes: int) -> tuple[Any, Any]:
        send = transports.blocking(transport, timeout, max_response_bytes)
        return _as_coroutine(send), _as_coroutine(time.sleep)

    def request(self, method: str, path: str, /, fields: Mapping[str, Any] | None = None, **options: Unpack[KeyedOptions]) -> Any:
        """Makes a call to a route that this version does not know, with the same retries and errors.

        Args:
            method: The HTTP method.
            path: The path after the base URL, such as `/api/v1/campaigns`.
            fields: The members of the body, or the parameters of the query of a GET.
            options: The options of every call, such as `timeout`.

        Returns:
            The decoded JSON of the response.
        """
        return run_by_route(self, method, path, fields, options)

    def close(self) -> None:
        """Closes the transport, if it can be closed."""
        close = getattr(self._transport, "close", None) or getattr(self._transport, "clear", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


async def _sleep(seconds: float) -> None:
    under = trio()
    if under is not None:
        await under.sleep(seconds)
        return
    import asyncio

    await asyncio.sleep(seconds)


class _Asynchronous:
    """A client for asynchronous programs. Tasks may share it."""

    _is_blocking: ClassVar[bool] = False

    _transport: Any

    def _io(self, transport: Any, timeout: float | None, max_response_bytes: int) -> tuple[Any, Any]:
        return transports.asynchronous(transport, timeout, max_response_bytes), _sleep

    async def request(self, method: str, path: str, /, fields: Mapping[str, Any] | None = None, **options: Unpack[KeyedOptions]) -> Any:
        """Makes a call to a route that this version does not know; see `Zagely.request`."""
        return await by_route(self, method, path, fields, options)

    async def close(self) -> None:
        """Closes the transport, if it can be closed."""
        close = getattr(self._transport, "aclose", None) or getattr(self._transport, "close", None)
        closed = None if close is None else close()
        if closed is not None:
            await closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Zagely(_Blocking, _Zagely, ZagelyCalls):
    """A client for Zagely: `zagely.messages.send(to=…, message=…)`, `for contact in zagely.contacts.list(): …`."""


class AsyncZagely(_Asynchronous, _Zagely, AsyncZagelyCalls):
    """An async client for Zagely: `await zagely.messages.send(…)`, `async for contact in zagely.contacts.list(): …`."""


class Wazaj(_Blocking, _Wazaj, WazajCalls):
    """A client for Wazaj: `wazaj.messages.send_text(to=…, body=…)`. For use on servers only."""


class AsyncWazaj(_Asynchronous, _Wazaj, AsyncWazajCalls):
    """An async client for Wazaj: `await wazaj.messages.send_text(…)`. For use on servers only."""

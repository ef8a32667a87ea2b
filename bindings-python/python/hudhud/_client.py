"""The clients: keys, settings and a transport, with the calls as attributes."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from . import transports
from ._calls import AsyncWazajCalls, AsyncZagelyCalls, WazajCalls, ZagelyCalls, groups
from ._hudhud import Retry, Service

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["AsyncWazaj", "AsyncZagely", "Wazaj", "Zagely"]

_Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def _settings(**given: Any) -> dict[str, Any]:
    """Those that were given: the others keep core's defaults."""
    return {name: value for name, value in given.items() if value is not None}


def _variable(name: str, told: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise KeyError(f"{name} is not set: {told}")
    return value


def _zagely_from_env() -> dict[str, Any]:
    return {
        "public_key": _variable("ZAGELY_PUBLIC_KEY", "it takes the public key of the dashboard (pk_…)"),
        "secret_key": _variable("ZAGELY_SECRET_KEY", "it takes the secret key of the dashboard (sk_…)"),
        # An empty variable counts as one that is not set.
        "base_url": os.environ.get("ZAGELY_BASE_URL") or None,
        "app_token": os.environ.get("ZAGELY_APP_TOKEN") or None,
    }


def _wazaj_from_env() -> dict[str, Any]:
    return {
        "api_key": _variable("WAZAJ_API_KEY", "it takes a key of the developer console (wzj_…)"),
        "base_url": _variable("WAZAJ_BASE_URL", "it takes the deployment's host and /api/wazaj/business"),
    }


class _Zagely:
    """What both clients of Zagely are made from."""

    _service: Service

    def __init__(
        self,
        public_key: str,
        secret_key: str,
        *,
        transport: Any = None,
        timeout: float | None = None,
        max_response_bytes: int = transports.MAX_RESPONSE_BYTES,
        base_url: str | None = None,
        app_token: str | None = None,
        app_auth: Literal["token", "keys", "token_and_keys"] = "token",
        app_prefix: str | None = None,
        update_method: _Method | None = None,
        methods: Mapping[str, _Method] | None = None,
        user_agent: str | None = None,
        retry: Retry | None = None,
        checks: bool = True,
        tunnel_methods: bool = False,
        boolean_words: bool = False,
    ) -> None:
        """
        Args:
            public_key: The public key, `pk_…`.
            secret_key: The secret key, `sk_…`.
            transport: A client of httpx, httpx2, requests, niquests, urllib3 or aiohttp, or a callable that takes a
                `Request` and returns status, headers and body. Default: Python's own urllib.
            timeout: The seconds that an attempt may take, from its start to the last byte of the answer. Default: as
                the transport is set; 30 where it would wait for ever.
            max_response_bytes: The bound of an answer, also after it is unpacked. A larger one is a `TransportError`.
            base_url: Another origin than the vendor's.
            app_token: A token of the dashboard for app routes (inferred).
            app_auth: What app routes are called with once a token is set.
            app_prefix: What stands for `/api` in app routes (inferred).
            update_method: Whether updates go as PUT (the default) or PATCH (inferred).
            methods: Other methods than the catalog's, by the names of calls.
            user_agent: The `User-Agent`. Default: `hudhud/` and the version.
            retry: How stubbornly calls are tried.
            checks: Whether the vendor's stated limits are checked before sending.
            tunnel_methods: Whether PUT, PATCH and DELETE travel as POST, for networks that drop them.
            boolean_words: Whether booleans in a query are `true` and `false` instead of `1` and `0`.
        """
        self._service = Service.zagely(
            public_key,
            secret_key,
            app_token=app_token,
            app_auth=app_auth,
            app_prefix=app_prefix,
            **_settings(
                base_url=base_url,
                update_method=update_method,
                methods=methods and dict(methods),
                user_agent=user_agent,
                retry=retry,
                checks=checks,
                tunnel_methods=tunnel_methods,
                boolean_words=boolean_words,
            ),
        )
        self._connect(transport, timeout, max_response_bytes)

    def _connect(self, transport: Any, timeout: float | None, max_response_bytes: int) -> None:
        raise NotImplementedError

    @classmethod
    def from_env(
        cls,
        *,
        transport: Any = None,
        timeout: float | None = None,
        max_response_bytes: int = transports.MAX_RESPONSE_BYTES,
        retry: Retry | None = None,
    ) -> Self:
        """With the keys in `ZAGELY_PUBLIC_KEY` and `ZAGELY_SECRET_KEY`; `ZAGELY_BASE_URL` and `ZAGELY_APP_TOKEN` are
        looked for too."""
        return cls(**_zagely_from_env(), transport=transport, timeout=timeout, max_response_bytes=max_response_bytes, retry=retry)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class _Wazaj:
    """What both clients of Wazaj are made from."""

    _service: Service

    def __init__(
        self,
        api_key: str,
        base_url: str,
        *,
        transport: Any = None,
        timeout: float | None = None,
        max_response_bytes: int = transports.MAX_RESPONSE_BYTES,
        key_form: Literal["header", "bearer", "api_key"] = "header",
        methods: Mapping[str, _Method] | None = None,
        user_agent: str | None = None,
        retry: Retry | None = None,
        checks: bool = True,
        tunnel_methods: bool = False,
    ) -> None:
        """
        Args:
            api_key: The key, `wzj_…`.
            base_url: The deployment's host and `/api/wazaj/business`.
            transport: As for `Zagely`.
            timeout: As for `Zagely`.
            max_response_bytes: As for `Zagely`.
            key_form: In which of the three documented forms the key is sent.
            methods: Other methods than the catalog's, by the names of calls.
            user_agent: The `User-Agent`. Default: `hudhud/` and the version.
            retry: How stubbornly calls are tried.
            checks: Whether the vendor's stated limits are checked before sending.
            tunnel_methods: Whether PUT, PATCH and DELETE travel as POST, for networks that drop them.
        """
        self._service = Service.wazaj(
            api_key,
            base_url,
            key_form=key_form,
            **_settings(
                methods=methods and dict(methods),
                user_agent=user_agent,
                retry=retry,
                checks=checks,
                tunnel_methods=tunnel_methods,
            ),
        )
        self._connect(transport, timeout, max_response_bytes)

    def _connect(self, transport: Any, timeout: float | None, max_response_bytes: int) -> None:
        raise NotImplementedError

    @classmethod
    def from_env(
        cls,
        *,
        transport: Any = None,
        timeout: float | None = None,
        max_response_bytes: int = transports.MAX_RESPONSE_BYTES,
        retry: Retry | None = None,
    ) -> Self:
        """With the key in `WAZAJ_API_KEY` and the base URL in `WAZAJ_BASE_URL`."""
        return cls(**_wazaj_from_env(), transport=transport, timeout=timeout, max_response_bytes=max_response_bytes, retry=retry)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


def _ending(work: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """What blocks, in the form of what does not: it has ended when it is first waited for."""

    async def ended(*arguments: Any) -> Any:
        return work(*arguments)

    return ended


class _Blocking:
    """A client that blocks. Threads may share it, if they may share its transport."""

    def _connect(self, transport: Any, timeout: float | None, max_response_bytes: int) -> None:
        self._transport = transport
        self._send = _ending(transports.blocking(transport, timeout, max_response_bytes))
        self._sleep = _ending(time.sleep)
        groups(self)

    def close(self) -> None:
        """Closes the transport, if it is one that is closed."""
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
    # Under trio, which brings sniffio, asyncio's own would not do.
    import sys

    sniffio = sys.modules.get("sniffio")
    if sniffio is not None and sniffio.current_async_library() == "trio":
        await sys.modules["trio"].sleep(seconds)
        return
    import asyncio

    await asyncio.sleep(seconds)


class _Asynchronous:
    """A client that does not block. Tasks may share it."""

    def _connect(self, transport: Any, timeout: float | None, max_response_bytes: int) -> None:
        self._transport = transport
        self._send = transports.asynchronous(transport, timeout, max_response_bytes)
        self._sleep = _sleep
        groups(self)

    async def close(self) -> None:
        """Closes the transport, if it is one that is closed."""
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
    """Zagely: `zagely.messages.send(to=…, message=…)`, `for contact in zagely.contacts.list(): …`."""


class AsyncZagely(_Asynchronous, _Zagely, AsyncZagelyCalls):
    """Zagely without blocking: `await zagely.messages.send(…)`, `async for contact in zagely.contacts.list(): …`."""


class Wazaj(_Blocking, _Wazaj, WazajCalls):
    """Wazaj: `wazaj.messages.send_text(to=…, body=…)`. Server to server only."""


class AsyncWazaj(_Asynchronous, _Wazaj, AsyncWazajCalls):
    """Wazaj without blocking: `await wazaj.messages.send_text(…)`. Server to server only."""

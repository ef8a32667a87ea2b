"""Connections of `http.client` and of what is built like it: urllib, urllib3, urllib3-future.

Each of them is made to say when bytes of a request are about to leave, and to share the time that is left among the
addresses of a host. Without a current attempt it behaves as before.
"""

from __future__ import annotations

import http.client
import inspect
import socket
import threading
from typing import Any

from . import _deadline
from ._attempt import Attempt, current


class Response(http.client.HTTPResponse):
    """A response that is read after all informational ones. `http.client` itself knows only 100."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        attempt = current.get()
        if attempt is not None:
            # A connection that is to be closed forgets its socket before the body is read.
            attempt.sock = sock

    def begin(self) -> None:
        self._begin()
        while 100 <= self.status < 200 and self.status != 101:
            attempt = current.get()
            if attempt is not None:
                attempt.left()
            self.headers = self.msg = None  # type: ignore[assignment]
            self._begin()

    def _begin(self) -> None:
        # `http.client` takes the end of the connection for the end of the headers.
        lines: Any = _Lines(self.fp)
        self.fp = lines
        try:
            super().begin()
        finally:
            # It is gone after a status line that is none.
            if self.fp is not None:
                self.fp = lines.file
        if lines.last == b"":
            raise http.client.RemoteDisconnected("the connection was closed inside the headers of the response")


class _Lines:
    """A file that remembers the last line that was read of it."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.last: bytes | None = None

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self.file.readline(limit)
        self.last = line
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def watch(connection: Any) -> None:
    """Makes a connection report to the current attempt. It may be called again."""
    attempt = current.get()
    if attempt is not None:
        attempt.observe()
    _deadline.take(connection, attempt)
    if "_hudhud_connecting" in connection.__dict__:
        return
    connection._hudhud_connecting = False
    connect, endheaders = connection.connect, connection.endheaders
    if inspect.iscoroutinefunction(connect):
        _watch_async(connection, connect, endheaders)
        return
    if getattr(connection, "response_class", None) is http.client.HTTPResponse:
        connection.response_class = Response
    _share_time(connection)

    def connecting(*args: Any, **kwargs: Any) -> Any:
        connection._hudhud_connecting = True
        try:
            return connect(*args, **kwargs)
        finally:
            connection._hudhud_connecting = False

    def sending(*args: Any, **kwargs: Any) -> Any:
        attempt = current.get()
        # Headers for a proxy are sent while it connects.
        if attempt is not None and not connection._hudhud_connecting:
            if connection.sock is None:
                connection.connect()
            sock: Any = connection.sock
            sock.settimeout(attempt.at_most(sock.gettimeout()))
            attempt.begin()
        return endheaders(*args, **kwargs)

    connection.connect, connection.endheaders = connecting, sending


def _watch_async(connection: Any, connect: Any, endheaders: Any) -> None:
    new = getattr(connection, "_new_conn", None)
    if new is not None:

        async def made(*args: Any, **kwargs: Any) -> Any:
            attempt = current.get()
            if attempt is None:
                return await new(*args, **kwargs)
            import asyncio

            own = connection.timeout
            host = getattr(connection, "_dns_host", connection.host)
            connection.timeout = await asyncio.to_thread(share, attempt, host, connection.port, own)
            try:
                return await new(*args, **kwargs)
            finally:
                connection.timeout = own

        connection._new_conn = made

    async def connecting(*args: Any, **kwargs: Any) -> Any:
        connection._hudhud_connecting = True
        try:
            return await connect(*args, **kwargs)
        finally:
            connection._hudhud_connecting = False

    async def sending(*args: Any, **kwargs: Any) -> Any:
        attempt = current.get()
        if attempt is not None and not connection._hudhud_connecting:
            if connection.sock is None:
                await connection.connect()
            attempt.begin()
        return await endheaders(*args, **kwargs)

    connection.connect, connection.endheaders = connecting, sending


def _share_time(connection: Any) -> None:
    # Where the name is resolved and its addresses are tried: urllib3's method, or the function of `http.client`.
    new = getattr(connection, "_new_conn", None)
    if new is not None:

        def made(*args: Any, **kwargs: Any) -> Any:
            attempt = current.get()
            if attempt is None:
                return new(*args, **kwargs)
            own = connection.timeout
            host = getattr(connection, "_dns_host", connection.host)
            connection.timeout = share(attempt, host, connection.port, own)
            try:
                sock = new(*args, **kwargs)
            finally:
                connection.timeout = own
            sock.settimeout(attempt.at_most(own if isinstance(own, (int, float)) else None))
            return sock

        connection._new_conn = made
    elif hasattr(connection, "_create_connection"):

        def created(address: tuple[str, int], timeout: Any, *args: Any) -> socket.socket:
            attempt = current.get()
            if attempt is None:
                return socket.create_connection(address, timeout, *args)
            sock = socket.create_connection(address, share(attempt, *address, timeout), *args)
            sock.settimeout(attempt.left())
            return sock

        connection._create_connection = created


def share(attempt: Attempt, host: str, port: int | None, own: Any) -> Any:
    """The seconds for each address of a host, so that all of them can be tried in the time that is left."""
    left = attempt.left()
    if left is None:
        return own
    count = _addresses(host, port, left)
    left = attempt.at_most(own if isinstance(own, (int, float)) else None)
    return None if left is None else left / count


def _addresses(host: str, port: int | None, seconds: float) -> int:
    """How many addresses a host has. Python has no timeout for this, so a thread asks."""
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host.strip("[]"))
        return 1
    except OSError:
        pass
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            # The library meets the same error, and says it in its own words.
            found.append(())

    asking = threading.Thread(target=ask, name="hudhud-resolver", daemon=True)
    asking.start()
    asking.join(seconds)
    if not found:
        raise TimeoutError("the name of the host was not resolved in time")
    return max(1, len(found[0]))

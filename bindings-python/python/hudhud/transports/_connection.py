"""Connections of `http.client` and of libraries with the same interface: urllib, urllib3, urllib3-future.

After `watch`, a connection reports when it is about to send bytes of a request. It also shares the remaining time among
the addresses of a host. Without a current attempt the connection behaves as before.
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
    """A response that skips all informational responses. `http.client` skips only status 100."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        attempt = current.get()
        if attempt is not None:
            # `http.client` drops the socket of a connection that will be closed before the body is read.
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
        # `http.client` accepts the end of the connection as the end of the headers.
        lines: Any = _Lines(self.fp)
        self.fp = lines
        try:
            super().begin()
        finally:
            # After an invalid status line `http.client` has closed the file and set it to `None`.
            if self.fp is not None:
                self.fp = lines.file
        if lines.last == b"":
            raise http.client.RemoteDisconnected("the connection was closed within the headers of the response")


class _Lines:
    """Wraps a file and remembers the last line that was read."""

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
    """Lets a connection report its steps to the current attempt. Repeated calls only select the attempt."""
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
        # The headers of a proxy's CONNECT are sent while the connection is established.
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
    # The function that resolves the name and tries its addresses: a method of urllib3, an attribute of `http.client`.
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
    """Returns the seconds for each address of a host, so that all can be tried in the remaining time."""
    left = attempt.left()
    if left is None:
        return own
    count = _addresses(host, port, left)
    left = attempt.at_most(own if isinstance(own, (int, float)) else None)
    return None if left is None else left / count


def _addresses(host: str, port: int | None, seconds: float) -> int:
    """Returns the number of addresses of a host. A thread resolves the name, because Python has no timeout for it."""
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
            # The library gets the same error later and reports it.
            found.append(())

    asking = threading.Thread(target=ask, name="hudhud-resolver", daemon=True)
    asking.start()
    asking.join(seconds)
    if not found:
        raise TimeoutError("the host name was not resolved within the timeout")
    return max(1, len(found[0]))

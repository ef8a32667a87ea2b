"""Forwards deliveries to an application on this machine."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from .usage import UsageError, shown

# The maximum duration in seconds. The vendor waits ten seconds for a response.
_LONGEST = 9.0
# Headers of the connection, which are no part of a message, and the name of the host, which is the application's.
_OF_CONNECTION = frozenset(
    {"connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host"}
)


class Target(NamedTuple):
    """The address of an application."""

    secure: bool
    host: str
    port: int | None
    path: str

    @property
    def shown(self) -> str:
        """The host and the port."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


def target(text: str) -> Target:
    """Reads the address of an application. Raises a `UsageError` for another text."""
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
        f"{host}{parts.path}{parts.query}".encode("ascii")
    except ValueError:
        host, port = None, None
    else:
        if parts.scheme in ("http", "https") and host and not any(letter <= " " for letter in url) and not parts.username:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            return Target(parts.scheme == "https", host, port, path)
    raise UsageError(f"--forward-to: expected a URL such as http://127.0.0.1:8000/webhook, not {shown(text)}")


def refuse_unknown_host(to: Target) -> None:
    """Raises a `UsageError` if the host has no address. It is not an error if the application does not run yet."""
    try:
        socket.getaddrinfo(to.host, to.port or (443 if to.secure else 80), 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UsageError(f"--forward-to: unknown host {shown(to.host)}; pass a URL such as http://127.0.0.1:8000/webhook") from None


def forward(to: Target, headers: list[tuple[str, str]], body: bytes) -> int:
    """Sends a delivery, with its body and its headers unchanged except for `Host`. Returns the status of the response.

    Raises an `OSError` or an `http.client.HTTPException` without a response."""
    connection: http.client.HTTPConnection
    if to.secure:
        connection = http.client.HTTPSConnection(to.host, to.port, timeout=_LONGEST, context=ssl.create_default_context())
    else:
        connection = http.client.HTTPConnection(to.host, to.port, timeout=_LONGEST)
    try:
        connection.putrequest("POST", to.path, skip_accept_encoding=True)
        for name, value in headers:
            if name.lower() not in _OF_CONNECTION:
                connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(body)
        return connection.getresponse().status
    finally:
        connection.close()

"""The body of a response: read up to a limit, and decompressed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from ._attempt import Attempt, TooLarge

# The encodings that are decompressed here, and not by the HTTP library, so that the limit applies to them.
ACCEPT_ENCODING = "gzip, deflate"
_GZIP = ("gzip", "x-gzip")
_LENGTH = re.compile("[0-9]{1,18}")
_PIECE, _SLICE, _MEMBERS = 64 * 1024, 16 * 1024, 1000


class TransportResponse(NamedTuple):
    """A response. A custom transport may return any tuple of these three values."""

    status: int
    headers: Any
    body: bytes


class CutOff(Exception):
    """The body is shorter than its stated length."""

    def __init__(self) -> None:
        super().__init__("the connection was closed before the end of the response")


class Body:
    """Collects the pieces of a body as they are received."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._pieces: list[bytes] = []
        self._size = 0

    def take(self, piece: bytes) -> None:
        """Adds a piece. Raises `TooLarge` above the limit and `TimeoutError` after the deadline."""
        self._size += len(piece)
        if self._size > self._attempt.limit:
            raise TooLarge(self._attempt.limit)
        self._pieces.append(piece)
        self._attempt.left()

    def answer(self, status: int, headers: Iterable[tuple[Any, Any]]) -> TransportResponse:
        """Returns the response with a decompressed body. A body that cannot be decompressed stays unchanged."""
        headers = list(headers)
        body = b"".join(self._pieces)
        stated = _values(headers, "content-length")
        whole = status >= 200 and status not in (204, 304) and not _values(headers, "transfer-encoding")
        if whole and len(stated) == 1 and _LENGTH.fullmatch(stated[0]) and len(body) < int(stated[0]):
            raise CutOff
        encodings = [name for value in _values(headers, "content-encoding") for name in value.split(",")]
        encodings = [name.strip().lower() for name in encodings]
        if encodings and body and all(name in (*_GZIP, "deflate", "identity", "") for name in encodings):
            try:
                for name in reversed(encodings):
                    body = unpacked(body, name, self._attempt.limit)
            except zlib.error:
                return TransportResponse(status, headers, body)
            # The stated length is that of the compressed body.
            headers = [pair for pair in headers if _name(pair) not in ("content-encoding", "content-length")]
        return TransportResponse(status, headers, body)


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Decodes a body in one encoding: `gzip`, `x-gzip`, `deflate` or `identity`."""
    if encoding in _GZIP:
        return _inflated(body, 16 + zlib.MAX_WBITS, limit)
    if encoding != "deflate":
        return body
    try:
        return _inflated(body, zlib.MAX_WBITS, limit)
    except zlib.error:
        # Some servers omit the zlib header that RFC 9110 requires.
        return _inflated(body, -zlib.MAX_WBITS, limit)


def _inflated(body: bytes, window: int, limit: int) -> bytes:
    pieces: list[bytes] = []
    room = limit
    reader = zlib.decompressobj(window)
    members = 1
    # In slices, because `decompressobj` copies the unread rest of its input each time.
    for at in range(0, len(body), _SLICE):
        packed = body[at : at + _SLICE]
        while packed or not reader.eof:
            if reader.eof:
                # Several gzip members may follow each other. Zeros after the last member are padding.
                packed = packed.lstrip(b"\0")
                if not packed or window <= zlib.MAX_WBITS:
                    break
                members += 1
                if members > _MEMBERS:
                    raise zlib.error(f"the compressed body has more than {_MEMBERS} gzip members")
                reader = zlib.decompressobj(window)
            piece = reader.decompress(packed, _PIECE)
            packed = reader.unused_data if reader.eof else reader.unconsumed_tail
            room -= len(piece)
            if room < 0:
                raise TooLarge(limit)
            pieces.append(piece)
            if not piece and not packed:
                break
    if not reader.eof:
        raise zlib.error("the compressed body is incomplete")
    return b"".join(pieces)


def _name(pair: tuple[Any, Any]) -> str:
    return _text(pair[0]).lower()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _values(headers: list[tuple[Any, Any]], name: str) -> list[str]:
    return [_text(pair[1]) for pair in headers if _name(pair) == name]

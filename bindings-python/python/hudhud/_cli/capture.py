"""Reads a captured delivery from files: the headers in the forms in which programs print them, and the body."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from .fields import file_bytes
from .usage import UsageError

_WANTED = (
    "Expected one header per line, such as `X-Zagely-Signature: sha256=…`, or one JSON object."
    " Required headers: X-Zagely-Signature and X-Zagely-Timestamp."
)
# A header on its own line: as HTTP, curl (`> Name: value`, `-H 'Name: value'`) or CGI (`HTTP_NAME=value`) write it.
_LINE = re.compile(r"""\s*(?:[<>*]\s+|-H\s+|--header\s+)?['"]?([A-Za-z0-9!#$%&*+.^_`|~-]{1,200})['"]?\s*:\s?(.*)""")
_CGI = re.compile(r"\s*['\"]?(HTTP_[A-Z0-9_]{1,200})['\"]?\s*[=:]\s*(.*)")
# The longest file of headers that is read. A delivery has a few hundred bytes of headers.
_MAX_HEADER_BYTES = 1024 * 1024


class Capture(NamedTuple):
    """A captured delivery."""

    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Returns the first header of a name, or `None`."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def read_capture(headers_path: str, body_path: str | None) -> Capture:
    """Reads the two files of a capture. Without the second, the body is in the file of the same name with the ending
    `.body`, or after the blank line of the first file."""
    raw = file_bytes(headers_path, "HEADERS")
    if body_path is not None:
        body = file_bytes(body_path, "BODY")
    else:
        sibling = Path(headers_path).with_suffix(".body") if headers_path not in ("-", "") else None
        if sibling is not None and str(sibling) != headers_path and sibling.is_file():
            body = file_bytes(str(sibling), "BODY")
        else:
            raw, blank, body = _parted(raw)
            if not blank:
                raise UsageError(f"{headers_path}: found no body: pass its file as the second argument, put it into a file of the same name with the ending .body, or put it after a blank line")
    try:
        return Capture(_headers(raw), body)
    except ValueError as error:
        raise UsageError(f"{headers_path}: cannot read headers ({error}). {_WANTED}") from None


def _parted(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Splits a request at its first blank line."""
    found = re.search(rb"\r?\n\r?\n", raw)
    return (raw, b"", b"") if found is None else (raw[: found.start()], found.group(), raw[found.end() :])


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _headers(raw: bytes) -> list[tuple[str, str]]:
    if len(raw) > _MAX_HEADER_BYTES:
        raise ValueError(f"the file has more than {_MAX_HEADER_BYTES} bytes")
    text = _decoded(raw).strip()
    if text.startswith(("{", "[")):
        pairs = _of_object(_parsed(text))
    else:
        head = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
        pairs = [pair for line in head.splitlines() for pair in _of_line(line)]
    if not pairs:
        raise ValueError("no header found")
    return [(_named(name), value) for name, value in pairs]


def _of_line(line: str) -> list[tuple[str, str]]:
    found = _CGI.fullmatch(line) or _LINE.fullmatch(line)
    if found is None:
        return []
    name, value = found.group(1), found.group(2).strip().rstrip("\\,").strip()
    # The quote that `-H '…'` and programs that print a dictionary leave at the end.
    return [(name, value.strip("'\""))]


def _named(name: str) -> str:
    """Returns a header's name. CGI and WSGI write `HTTP_X_NAME` for `X-Name`."""
    name = name.strip().rstrip(":")
    return name[5:].replace("_", "-") if name.startswith("HTTP_") else name


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None
    except ValueError as error:
        try:
            # A dictionary as Python prints it.
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            raise ValueError(f"invalid JSON: {error}") from None


def _of_object(value: Any) -> list[tuple[str, str]]:
    """Returns the headers of decoded JSON: an object of texts or of lists, or a list of pairs or of objects with `name`
    and `value`. A whole event of a serverless platform has them under `headers`."""
    if isinstance(value, dict):
        inner = value.get("headers")
        if isinstance(inner, (dict, list)):
            return _of_object(inner)
        items = list(value.items())
    elif isinstance(value, (list, tuple)):
        items = []
        for entry in value:
            if isinstance(entry, dict) and "name" in entry:
                items.append((entry["name"], entry.get("value")))
            elif isinstance(entry, (list, tuple)) and len(entry) == 2:
                items.append((entry[0], entry[1]))
    else:
        items = []
    pairs = []
    for name, member in items:
        values = member if isinstance(member, (list, tuple)) else [member]
        pairs += [(_text(name), _text(each)) for each in values]
    return pairs


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value).strip()

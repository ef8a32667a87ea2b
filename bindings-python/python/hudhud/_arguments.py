"""The arguments of a call: its fields and its options, and the errors about them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Any

from ._hudhud import Operation
from ._names import meant
from .errors import ArgumentError, InvalidRequestError

# The options that every call accepts in addition to its fields.
OPTIONS = {
    "idempotency_key": "The idempotency key: attempts with the same key take effect once. Default: a new key.",
    "method": "The HTTP method instead of the catalog's: GET, POST, PUT, PATCH or DELETE.",
    "extra": "Additional fields that this version does not know, by the vendor's names.",
    "validate": "True to check the vendor's stated limits before sending. Default: the client's setting.",
    "retry": "The retry policy, a `Retry`. Default: the client's policy.",
    "headers": "Additional headers, by name. Those that this library or HTTP itself sets are refused.",
    "timeout": "The maximum duration of an attempt in seconds, if the client has no shorter one.",
    "deadline": "The maximum duration of the call in seconds, with its attempts and waits. Default: no limit.",
    "lane": "The lane in which the call waits for the client's rate limiter: 'urgent' or 'bulk'. Default: 'bulk'.",
}


def split(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Splits keyword arguments into the fields of a call and its options."""
    options = {name: given[name] for name in OPTIONS.keys() & given.keys()}
    if not options:
        return given, None
    return {name: value for name, value in given.items() if name not in options}, options


def with_file_name(fields: dict[str, Any]) -> dict[str, Any]:
    """Adds the name of a file that is uploaded: the name of the file object, or one with the ending of its content, because the
    ending distinguishes CSV from XLSX."""
    file = fields["file"]
    if fields.get("file_name") is not None:
        return fields
    name = getattr(file, "name", None)
    if isinstance(name, str) and name:
        return {**fields, "file_name": os.path.basename(name)}
    content = file.read() if hasattr(file, "read") else file
    # An XLSX file is a ZIP archive.
    is_xlsx = isinstance(content, (bytes, bytearray, memoryview)) and bytes(content[:4]) == b"PK\x03\x04"
    return {**fields, "file": content, **({"file_name": "contacts.xlsx"} if is_xlsx else {})}


def explained(error: Exception, operation: Operation, fields: dict[str, Any]) -> Exception:
    """Returns an error that suggests another name, if the call does not have one of the keyword arguments. An invalid option
    gets the name of the call."""
    call = f"{operation.group}.{operation.verb}"
    of_call(error, call)
    if isinstance(error, InvalidRequestError):
        return error
    known = [*(name for name, _, _ in operation.fields), *OPTIONS]
    unknown = next((name for name in fields if name not in known), None)
    if unknown is None:
        return error
    message = meant(unknown, known)
    if message.startswith("expected"):
        message += "; others go into extra={…}"
    return ArgumentError(f"{call}() got an unexpected keyword argument {unknown!r}: {message}")


def of_call(error: Exception, call: str) -> None:
    """Puts the name of the call into an error about a field or an option, unless the error has it."""
    if isinstance(error, InvalidRequestError) and error.call is None:
        error.call = call
    elif not (isinstance(error, ArgumentError) and str(error).startswith("argument ")):
        return
    if not str(error).startswith(call):
        error.args = (f"{call}: {error}",)


def not_finite(value: object) -> str | None:
    """Returns the message about the first number that JSON lacks: NaN or an infinity. The native module calls it."""
    root: _Place = (None, "", value)
    waiting: list[_Place] = [root]
    seen = {id(value)}
    while waiting:
        place = waiting.pop()
        value = place[2]
        if isinstance(value, float) and not math.isfinite(value):
            at = ".".join(_names(place))
            return f"expected a finite number{f' at {at}' if at else ''}: JSON has no NaN and no infinity"
        if isinstance(value, dict):
            members: Iterable[tuple[object, object]] = value.items()
        elif isinstance(value, (list, tuple)):
            members = enumerate(value)
        else:
            continue
        # A value may hold itself.
        inside: list[_Place] = [(place, name, member) for name, member in members if not isinstance(member, (dict, list, tuple)) or id(member) not in seen]
        seen.update(id(member) for _, _, member in inside)
        waiting.extend(reversed(inside))
    return None


# A value, its name, and the place of the value that holds it.
_Place = tuple[Any, object, object]


def _names(place: _Place) -> list[str]:
    """Returns the names that lead to a value. One that may be private is hidden."""
    import re

    names: list[str] = []
    while place[0] is not None:
        name = str(place[1]) if isinstance(place[1], (str, int)) else ""
        names.append(name if re.fullmatch(r"[A-Za-z_]{1,32}|[0-9]{1,4}", name) else "[redacted]")
        place = place[0]
    return names[::-1]
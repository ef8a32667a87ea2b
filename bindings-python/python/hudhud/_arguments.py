"""The arguments of a call: its fields and its options, and the errors about them."""

from __future__ import annotations

import math
import os
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
    told = meant(unknown, known)
    if told.startswith("expected"):
        told += "; others go into extra={…}"
    return ArgumentError(f"{call}() got an unexpected keyword argument {unknown!r}: {told}")


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
    open_values: list[tuple[str, object]] = [("", value)]
    # More than a program sends. It also ends the search in a cycle.
    for _ in range(1_000_000):
        if not open_values:
            return None
        at, value = open_values.pop()
        members: list[tuple[object, object]] = []
        if isinstance(value, float) and not math.isfinite(value):
            return f"expected a finite number{f' at {at}' if at else ''}: JSON has no NaN and no infinity"
        if isinstance(value, dict):
            members = list(value.items())
        elif isinstance(value, (list, tuple)):
            members = list(enumerate(value))
        open_values += [(f"{at}.{name}" if at else str(name), member) for name, member in reversed(members)]
    return None

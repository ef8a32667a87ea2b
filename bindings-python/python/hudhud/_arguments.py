"""The arguments of a call: its fields and its options, and the errors about them."""

from __future__ import annotations

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
    if isinstance(error, InvalidRequestError):
        if error.call is None:
            error.call = f"{operation.group}.{operation.verb}"
            error.args = (f"{error.call}: {error}",)
        return error
    known = [*(name for name, _, _ in operation.fields), *OPTIONS]
    unknown = next((name for name in fields if name not in known), None)
    if unknown is None:
        return error
    told = meant(unknown, known)
    if told.startswith("expected"):
        told += "; others go into extra={…}"
    return ArgumentError(f"{operation.group}.{operation.verb}() got an unexpected keyword argument {unknown!r}: {told}")

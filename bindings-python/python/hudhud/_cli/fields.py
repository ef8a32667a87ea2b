"""Reads the fields of a call from `name=value` arguments, by the types of the fields."""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections.abc import Iterable
from typing import Any

from .._hudhud import Operation
from .call_names import full_name
from .usage import UsageError, meant, shown

# The largest file that is read. Both vendors take less.
_MAX_FILE_BYTES = 64 * 1024 * 1024
_INTEGER = re.compile(r"-?[0-9]{1,30}")
_BOOLEANS = {"true": True, "false": False}
_EXPECTED = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a JSON object, such as {\"city\": \"Cairo\"}",
    "bytes": "a file: @FILE, or @- for standard input",
}


def pair(text: str) -> tuple[str, str]:
    """Splits `name=value`."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{shown(text)}: expected name=value")
    return name, value


def content(value: str, name: str) -> str | bytes:
    """Returns a value as text, or as the bytes of the file that it names: `@FILE`, or `@-` for standard input. `@@`
    stands for a leading `@`."""
    if value.startswith("@@") or not value.startswith("@"):
        return value[1:] if value.startswith("@") else value
    return file_bytes(value[1:], name)


def file_bytes(path: str, name: str) -> bytes:
    """Reads a file, or standard input for `-`."""
    if path == "-":
        if sys.stdin is None:
            raise UsageError(f"{name}: standard input is closed")
        read = sys.stdin.buffer.read(_MAX_FILE_BYTES + 1)
    else:
        if not path or "\0" in path:
            raise UsageError(f"{name}: expected the name of a file")
        with open(path, "rb") as file:
            read = file.read(_MAX_FILE_BYTES + 1)
    if len(read) > _MAX_FILE_BYTES:
        raise UsageError(f"{name}: expected a file of at most {_MAX_FILE_BYTES} bytes")
    return read


def as_text(read: str | bytes, name: str) -> str:
    """Decodes the bytes of a file as UTF-8. A byte order mark is left out."""
    if isinstance(read, bytes):
        try:
            return read.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = read.count(b"\n", 0, error.start) + 1
            raise UsageError(f"{name}: expected a file in UTF-8, but line {line} has another encoding; save the file as UTF-8") from None
    try:
        read.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{name}: expected text in UTF-8") from None
    return read


def read_fields(operation: Operation, given: Iterable[str]) -> dict[str, Any]:
    """Reads the fields of a call. Raises a `UsageError` for an unknown field and for a value of a wrong type."""
    types = {name: (kind, nullable) for name, kind, nullable, _ in operation.field_types}
    fields: dict[str, Any] = {}
    files: dict[str, str] = {}
    for name, value in map(pair, given):
        if name not in types:
            raise UsageError(_unknown_field(operation, name, list(types)))
        kind, nullable = types[name]
        if value == "null" and nullable:
            read = None
        else:
            read = _value(kind, content(value, name), name)
        if kind == "bytes" and value.startswith("@") and value != "@-":
            files[f"{name}_name"] = os.path.basename(value[1:])
        if name not in fields:
            fields[name] = read
        elif isinstance(fields[name], list) and isinstance(read, list):
            fields[name] += read
        else:
            raise UsageError(f"{name}: expected one value, but the field was given twice")
    # The name of an uploaded file says what the file is.
    for name, value in files.items():
        if name in types:
            fields.setdefault(name, value)
    missing = [name for name, _, required in operation.fields if required and name not in fields]
    if missing:
        raise UsageError(f"{full_name(operation)} requires {', '.join(f'{name}=…' for name in missing)}")
    return fields


def _unknown_field(operation: Operation, name: str, known: list[str]) -> str:
    call = full_name(operation)
    near = meant(name, known)
    if near is not None:
        return f"{call} has no field {shown(name)}: did you mean {near}?"
    return f"{call} has no field {shown(name)}: {'its fields are ' + ', '.join(known) if known else 'it has no fields'}"


def _value(kind: str, given: str | bytes, name: str) -> Any:
    """Converts a value to a field's type."""
    if kind == "bytes":
        if isinstance(given, str):
            raise UsageError(f"{name}: expected {_EXPECTED['bytes']}")
        return given
    text = as_text(given, name)
    if kind.startswith("list of "):
        return _list(kind.removeprefix("list of "), text, name)
    if kind == "boolean" and text in _BOOLEANS:
        return _BOOLEANS[text]
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number":
        number = _from_json(text)
        if isinstance(number, (int, float)) and not isinstance(number, bool) and math.isfinite(number):
            return number
    if kind == "object":
        members = _from_json(text)
        if isinstance(members, dict):
            return members
    if kind == "json":
        decoded = _from_json(text)
        return text if decoded is None and text.strip() != "null" else decoded
    if kind == "object":
        # Its members may be personal.
        raise UsageError(f"{name}: expected {_EXPECTED[kind]}")
    if kind in _EXPECTED:
        raise UsageError(f"{name}: expected {_EXPECTED[kind]}, not {shown(text)}")
    return text


def _list(kind: str, text: str, name: str) -> list[Any]:
    """Reads a list: as JSON, or else from values separated by commas. Objects need JSON."""
    if text == "":
        return []
    if text.lstrip().startswith("["):
        items = _from_json(text)
        if isinstance(items, list):
            return items
    if kind in ("object", "json"):
        item = _from_json(text)
        if item is None:
            raise UsageError(f"{name}: expected JSON: an object, or a list of objects")
        return [item]
    return [_value(kind, part, name) for part in text.split(",")]


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _from_json(text: str) -> Any:
    """Decodes JSON. Returns `None` if it is invalid or nested too deeply."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None

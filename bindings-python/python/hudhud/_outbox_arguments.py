"""Checks of the arguments of an outbox, and of the responses to its calls."""

from __future__ import annotations

import inspect
from typing import Any

from ._client import _Asynchronous, _Client, _Wazaj
from ._hudhud import OPERATIONS, ApiResponse, Operation
from .errors import ArgumentError

# The call of each vendor, unless the program names another.
_CALLS = {"zagely": "messages.send", "wazaj": "messages.send_text"}

_LARGEST = 2**32 - 1


def check_client(client: object, is_async: bool) -> None:
    """Refuses a client whose calls the outbox could not make."""
    names = ("AsyncZagely", "AsyncWazaj") if is_async else ("Zagely", "Wazaj")
    if isinstance(client, type):
        raise ArgumentError(f"argument 'client': {client.__name__} is a class; pass an instance, such as {client.__name__}.from_env()")
    if not isinstance(client, _Client):
        raise ArgumentError(f"argument 'client': expected {names[0]} or {names[1]}, not {type(client).__name__}")
    if isinstance(client, _Asynchronous) and not is_async:
        raise ArgumentError(f"argument 'client': {type(client).__name__} is asynchronous; pass it to AsyncOutbox")
    if is_async and not isinstance(client, _Asynchronous):
        raise ArgumentError(f"argument 'client': {type(client).__name__} blocks; pass it to Outbox")


def check_number(name: str, value: object, least: int) -> None:
    """Refuses everything but a whole number in its range. `True` and `False` are refused too."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LARGEST:
        given = value if isinstance(value, int) else type(value).__name__
        raise ArgumentError(f"argument {name!r}: expected a whole number from {least} to {_LARGEST}, not {given}")


def refuse_progress(progress: Any) -> None:
    """Refuses a function for progress that nothing would await."""
    if progress is not None and not callable(progress):
        raise ArgumentError(f"argument 'progress': expected a function, not {type(progress).__name__}")
    if inspect.iscoroutinefunction(progress) or inspect.iscoroutinefunction(getattr(progress, "__call__", None)):
        raise ArgumentError("argument 'progress': expected a function that blocks, not a coroutine function; write def")


def checked(response: object) -> Any:
    """Returns a response. Anything else is no evidence that the message was sent."""
    if not isinstance(response, ApiResponse):
        raise ArgumentError(f"argument 'client': its call returned {type(response).__name__} instead of an ApiResponse; pass a client of hudhud")
    return response


def operation_of(client: Any, call: str | None) -> Operation:
    """Returns the row of a call that sends messages."""
    vendor = "wazaj" if isinstance(client, _Wazaj) else "zagely"
    default = _CALLS[vendor]
    name = default if call is None else call
    for operation in OPERATIONS:
        if operation.vendor == vendor and operation.group == "messages" and operation.verb.startswith("send"):
            if f"messages.{operation.verb}" == name:
                return operation
    raise ArgumentError(f"argument 'call': expected a call of {vendor} that sends messages, such as {default}")

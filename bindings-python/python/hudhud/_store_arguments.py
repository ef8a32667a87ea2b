"""Checks of the arguments of stores, for the inbox and the rate limiter."""

from __future__ import annotations

import inspect
import math
from typing import Any

from ._paths import path_of
from .errors import ArgumentError, _of_value


def database_of(path: object, instead: str) -> str:
    """Returns the path of a database in a file, as text. `instead` is the advice for a database in memory, which each
    connection would see empty."""
    name = path_of(path)
    if name in ("", ":memory:") or name.startswith("file:"):
        raise _of_value(f"argument 'path': expected the path of a file; {instead}")
    if "\0" in name:
        raise _of_value("argument 'path': expected the path of a file, without the character U+0000")
    return name


def seconds_of(name: str, value: object) -> float:
    """Returns a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ArgumentError(f"argument {name!r}: expected a number of seconds, not {type(value).__name__}")
    if not math.isfinite(value) or value < 0:
        raise _of_value(f"argument {name!r}: expected a finite number of seconds >= 0")
    return value


def text_of(name: str, value: object) -> str:
    """Returns a text that is not empty."""
    if not isinstance(value, str):
        raise ArgumentError(f"argument {name!r}: expected a str, not {type(value).__name__}")
    if not value:
        raise _of_value(f"argument {name!r}: expected a text that is not empty")
    return value


def function_of_connections(source: Any, pool: str) -> Any:
    """Returns a function that returns connections. `pool` is the name of the class whose method is such a function."""
    if callable(source) and not isinstance(source, type):
        return source
    given = source.__name__ if isinstance(source, type) else type(source).__name__
    raise ArgumentError(f"argument 'source': expected a connection string, or the method connection of a {pool}, not {given}")


def check_redis(client: Any, *, is_async: bool, content: str) -> None:
    """Refuses what is not a client of Redis, a client of the other kind, and one that returns text."""
    expected = "redis.asyncio.Redis()" if is_async else "redis.Redis()"
    if isinstance(client, type):
        raise ArgumentError(f"argument 'client': {client.__name__} is a class; pass an instance, such as {expected}")
    if not all(callable(getattr(client, name, None)) for name in ("get_encoder", "execute_command")):
        raise ArgumentError(f"argument 'client': expected a client such as {expected}, not {type(client).__name__}")
    if inspect.iscoroutinefunction(client.execute_command) != is_async:
        kind = "an asynchronous" if is_async else "a blocking"
        raise ArgumentError(f"argument 'client': expected {kind} client, such as {expected}")
    if client.get_encoder().decode_responses:
        raise _of_value(f"argument 'client': expected a client without decode_responses, because {content}")

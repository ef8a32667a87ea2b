"""The paths of files, as arguments."""

from __future__ import annotations

import os

from .errors import ArgumentError


def path_of(path: object) -> str:
    """Validates the path of a file, and returns it as text."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else path
    if not isinstance(name, str):
        raise ArgumentError(f"argument 'path': expected the path of a file, not {type(path).__name__}")
    return name

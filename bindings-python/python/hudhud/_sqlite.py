"""Connections to SQLite for the stores."""

from __future__ import annotations

import os
import sqlite3
from typing import Any


def connect(path: str, **options: Any) -> sqlite3.Connection:
    """Opens a database. An error states its path and what to do."""
    try:
        connection: sqlite3.Connection = sqlite3.connect(path, **options)
    except sqlite3.OperationalError as error:
        folder = os.path.dirname(os.path.abspath(path))
        if os.path.isdir(path):
            advice = "it is a folder; name a file in it"
        elif not os.path.isdir(folder):
            advice = f"the folder {folder} does not exist; create it"
        else:
            advice = f"allow this process to write the file and its folder {folder}"
        raise sqlite3.OperationalError(f"{error} {path}: {advice}") from error
    return connection

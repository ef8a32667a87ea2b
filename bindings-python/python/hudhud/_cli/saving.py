"""Saves received deliveries, as files that `hudhud verify` reads."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

# The most refused deliveries that are saved in one run. Anyone can send them.
_MOST_REFUSED = 100


class Folder:
    """A folder for deliveries. Only its owner can read the files, because they contain personal text."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(self._path, os.W_OK | os.X_OK):
            raise PermissionError(13, "the folder cannot be written to", path)
        self._lock = threading.Lock()
        self._number = 0
        self._refused = 0

    def save(self, headers: list[tuple[str, str]], body: bytes, refused: bool) -> str | None:
        """Saves a delivery as two files. Returns the path of the headers, or `None` if too many were refused."""
        with self._lock:
            if refused:
                self._refused += 1
                if self._refused > _MOST_REFUSED:
                    return None
            self._number += 1
            stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
            stem = f"{stamp}-{os.getpid()}-{self._number:04}{'-refused' if refused else ''}"
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        path = self._path / f"{stem}.headers"
        _write(self._path / f"{stem}.body", body)
        _write(path, head.encode("latin-1"))
        return str(path)


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def save_secret(path: str, secret: str) -> None:
    """Writes a webhook's secret to a file that only its owner can read."""
    # A file that exists keeps its permissions, so it is replaced.
    Path(path).unlink(missing_ok=True)
    _write(Path(path), f"{secret}\n".encode())

"""The journal of an outbox in a file: appended in order, made durable, and used by one program at a time.

The file is opened in place and locked. Its first records are durable before it gets its name, so a journal always has
them. `flush` makes all records durable that were appended before it was called; threads share one such step.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from ._hudhud import OutboxReader, OutboxState
from .errors import OutboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PIECE = 1 << 20


def read(path: Path) -> OutboxState | None:
    """Reads a journal without a lock and without changing it. Returns `None` for an empty one."""
    with _opening(path), path.open("rb") as file:
        return _read(file)[0]


@contextlib.contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Names the journal that the system cannot open."""
    try:
        yield
    except OSError as error:
        if path.is_dir():
            raise OutboxError(f"the journal {path.name or path} cannot be opened: it is a folder; name a file in it") from error
        if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
            raise OutboxError(f"the journal {path.name} cannot be opened: its folder does not exist; create the folder") from error
        raise OutboxError(f"the journal {path.name} cannot be opened: {error.strerror}; choose another file") from error


def _read(file: BinaryIO) -> tuple[OutboxState | None, int]:
    reader = OutboxReader()
    while piece := file.read(_PIECE):
        reader.push(piece)
    return reader.finish(time.time())


class Journal:
    """A file with the records of an outbox."""

    def __init__(self, path: Path, create: Callable[[], OutboxState]) -> None:
        self._path = path
        with _opening(path):
            if not path.exists():
                _begin(path, create().take_records())
            self._file = cast("BinaryIO", open(path, "r+b", buffering=0))
        try:
            _lock(self._file.fileno(), path)
            state, length = _read(self._file)
            if state is None:
                # The file was created empty, by another program.
                state = create()
            self._file.truncate(length)
            self._file.seek(length)
        except BaseException:
            self._file.close()
            raise
        self.state = state
        self._reader = cast("BinaryIO", open(path, "rb", buffering=0))
        self._appended = self._durable = length
        self._flushing = threading.Lock()
        self._error: OSError | None = None
        # A forked process shares the lock and the position of the file with this one, so it must not use them.
        self._process = os.getpid()
        self.append()
        self.flush()

    def append(self) -> int:
        """Appends the records that the state holds. Returns the length of the journal. The caller holds the lock of the
        state."""
        self.refuse_closed()
        if self._error is not None:
            # The end of the file is unknown. The next reader cuts it.
            raise self._error
        records = memoryview(self.state.take_records())
        try:
            while records:
                records = records[self._file.write(records) or 0 :]
        except OSError as error:
            self._error = error
            raise
        self._appended = self._file.tell()
        return self._appended

    def refuse_closed(self) -> None:
        """Raises an `OutboxError` after `close`."""
        if self._file.closed:
            raise OutboxError(f"the outbox {self._path.name} is closed; open it again, with the same path")
        if os.getpid() != self._process:
            raise OutboxError(f"the outbox {self._path.name} was opened by another process, before a fork; use it only in that process")

    def flush(self) -> None:
        """Makes all appended records durable."""
        wanted = self._appended
        with self._flushing:
            if self._error is not None:
                raise self._error
            if self._durable < wanted:
                appended = self._appended
                try:
                    _sync(self._file.fileno())
                except OSError as error:
                    # The system may have dropped the records, and another attempt would then succeed without them.
                    self._error = error
                    raise
                self._durable = appended

    def message(self, number: int) -> tuple[str, int, str]:
        """Reads a message: its id, its row, and its fields as JSON. The caller holds the lock of the state."""
        self.refuse_closed()
        return message(self.state, self._reader, number)

    def close(self) -> None:
        """Makes the journal durable and releases it."""
        if self._file.closed:
            return
        try:
            if self._error is None:
                self.flush()
        finally:
            self._file.close()
            self._reader.close()


def message(state: OutboxState, file: BinaryIO, number: int) -> tuple[str, int, str]:
    """Reads a message from an open journal."""
    place = state.place(number)
    if place is None:
        raise IndexError(f"the outbox has no message {number}")
    position, length = place
    file.seek(position)
    content = b""
    while len(content) < length:
        piece = file.read(length - len(content))
        if not piece:
            break
        content += piece
    return state.message(number, content)


def _begin(path: Path, records: bytes) -> None:
    """Creates a journal with its first records. A journal that another program creates meanwhile stays as it is."""
    with create(path) as (new, file):
        file.write(records)
        file.close()
        with contextlib.suppress(FileExistsError):
            publish(new, path)


@contextlib.contextmanager
def create(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Creates a file for the first records of a journal, next to it. Removes the file at the end; `publish` has then given
    its content the name of the journal."""
    # Random: two threads may begin the same journal, and a process of another machine may have the same number.
    new = path.with_name(f"{path.name}.new-{os.urandom(8).hex()}")
    try:
        with _new(new) as file:
            yield new, file
    finally:
        new.unlink(missing_ok=True)


def publish(new: Path, path: Path) -> None:
    """Makes the records of a new file durable, and then gives them the name of the journal. Raises a `FileExistsError` if
    another program has just created the journal."""
    with open(new, "rb+") as file:
        _sync(file.fileno())
    try:
        # Unlike a renaming, this replaces no file.
        os.link(new, path)
    except FileExistsError:
        raise
    except (AttributeError, OSError):
        _publish_without_links(new, path)
    _sync_folder(path.parent)


def _publish_without_links(new: Path, path: Path) -> None:
    if sys.platform == "win32":
        # Windows replaces no file here.
        os.rename(new, path)
        return
    # Elsewhere, a new name for the complete file could replace a journal that is in use.
    with open(new, "rb") as source, _new(path) as file:
        try:
            shutil.copyfileobj(source, file)
            file.flush()
            _sync(file.fileno())
        except BaseException:
            path.unlink()
            raise


def _new(path: Path) -> BinaryIO:
    """Creates a file that only its owner can read. Raises a `FileExistsError` for one that exists."""
    return cast("BinaryIO", open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        # fsync of macOS does not wait for the disk.
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Makes the name of a new file durable. Windows does this itself."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    """Locks the file for this program. The lock ends with the program."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # A byte far after the end, so that others can read the file.
            os.lseek(descriptor, 1 << 62, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise OutboxError(f"another program uses the journal {path.name}: wait until it ends, or stop it") from None

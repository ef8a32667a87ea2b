"""Ends attempts of blocking libraries at their deadlines.

The timeout of a socket limits a single read, not the sum of all reads: a server that sends a byte now and then could
block a call without end. One thread per process therefore shuts the connection down at the deadline. That ends the
blocked read.
"""

from __future__ import annotations

import heapq
import os
import socket
import threading
import time
from typing import Any

from ._attempt import Attempt


class _Watch:
    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._attempts: list[tuple[float, int, Attempt]] = []
        self._thread: threading.Thread | None = None
        self._count = 0
        self._over = 0

    def add(self, attempt: Attempt) -> None:
        deadline = attempt.deadline
        if deadline is None:
            return
        with self._wake:
            self._count += 1
            heapq.heappush(self._attempts, (deadline, self._count, attempt))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hudhud-deadlines", daemon=True)
                self._thread.start()
            elif self._attempts[0][2] is attempt:
                self._wake.notify()

    def take(self, connection: Any, attempt: Attempt | None) -> None:
        """Records which attempt uses a connection now. An attempt that used it before can no longer end it."""
        with self._wake:
            connection.__dict__["_hudhud_attempt"] = attempt
            if attempt is not None:
                attempt.connection = connection

    def finish(self, attempt: Attempt) -> None:
        with self._wake:
            attempt.over = True
            attempt.connection = attempt.sock = None
            self._over += 1
            if self._over > len(self._attempts) // 2 + _MAX_FINISHED:
                self._attempts = [entry for entry in self._attempts if not entry[2].over]
                heapq.heapify(self._attempts)
                self._over = 0

    def end(self, attempt: Attempt) -> None:
        """Ends an attempt immediately."""
        with self._wake:
            if not attempt.over:
                _expire(attempt)

    def _run(self) -> None:
        with self._wake:
            while True:
                while self._attempts and self._attempts[0][2].over:
                    heapq.heappop(self._attempts)
                if not self._attempts:
                    # After this return, the next attempt starts a new thread.
                    if not self._wake.wait(_IDLE) and not self._attempts:
                        self._thread = None
                        return
                    continue
                left = self._attempts[0][0] - time.monotonic()
                if left > 0:
                    self._wake.wait(min(left, threading.TIMEOUT_MAX))
                    continue
                _expire(heapq.heappop(self._attempts)[2])


# The seconds that the thread waits for another attempt before it ends.
_IDLE = 5.0
# The number of finished attempts that may stay in the queue, in addition to half of its length, before a cleanup.
_MAX_FINISHED = 64


def _expire(attempt: Attempt) -> None:
    attempt.expired = True
    connection = attempt.connection
    if connection is None or connection.__dict__.get("_hudhud_attempt") is not attempt:
        return
    for sock in (attempt.sock, getattr(connection, "sock", None)):
        if sock is not None:
            _shut_down(sock)


def _shut_down(sock: Any) -> None:
    try:
        if isinstance(sock, socket.socket):
            # The method of a TLS socket would drop its TLS state while another thread reads from it.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        else:
            sock.shutdown(socket.SHUT_RDWR)
    except (OSError, ValueError, TypeError, AttributeError):
        # The socket is closed already.
        pass


_watch = _Watch()


def _start_anew() -> None:
    global _watch
    _watch = _Watch()


if hasattr(os, "register_at_fork"):
    # Threads do not survive a fork, and one of them may have held the lock.
    os.register_at_fork(after_in_child=_start_anew)


def add(attempt: Attempt) -> None:
    """Schedules the end of an attempt at its deadline."""
    _watch.add(attempt)


def take(connection: Any, attempt: Attempt | None) -> None:
    """Records which attempt uses a connection now."""
    _watch.take(connection, attempt)


def finish(attempt: Attempt) -> None:
    """Records that an attempt is finished. Its connection may serve another attempt."""
    _watch.finish(attempt)


def end(attempt: Attempt) -> None:
    """Ends an attempt immediately."""
    _watch.end(attempt)

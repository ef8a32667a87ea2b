"""Ends attempts of libraries that block, at their deadlines.

A timeout of a socket bounds one read, not the sum of them: a server that sends a byte now and then would hold a call for
ever. One thread for the whole process shuts the connection down instead, which ends the read that waits for it.
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
        """Notes for whom a connection is used now. Another attempt that used it before can no longer end it."""
        with self._wake:
            connection.__dict__["_hudhud_attempt"] = attempt
            if attempt is not None:
                attempt.connection = connection

    def finish(self, attempt: Attempt) -> None:
        with self._wake:
            attempt.over = True
            attempt.connection = attempt.sock = None
            self._over += 1
            if self._over > len(self._attempts) // 2 + _KEPT:
                self._attempts = [entry for entry in self._attempts if not entry[2].over]
                heapq.heapify(self._attempts)
                self._over = 0

    def end(self, attempt: Attempt) -> None:
        """Ends an attempt now."""
        with self._wake:
            if not attempt.over:
                _expire(attempt)

    def _run(self) -> None:
        with self._wake:
            while True:
                while self._attempts and self._attempts[0][2].over:
                    heapq.heappop(self._attempts)
                if not self._attempts:
                    # The next attempt starts a thread of its own.
                    if not self._wake.wait(_IDLE) and not self._attempts:
                        self._thread = None
                        return
                    continue
                left = self._attempts[0][0] - time.monotonic()
                if left > 0:
                    self._wake.wait(left)
                    continue
                _expire(heapq.heappop(self._attempts)[2])


# How many seconds the thread waits for another attempt before it ends.
_IDLE = 5.0
# How many attempts that are over may wait for their deadline before they are taken out.
_KEPT = 64


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
            # Not by the method of a TLS socket, which forgets its keys while another thread reads.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        else:
            sock.shutdown(socket.SHUT_RDWR)
    except (OSError, ValueError, TypeError, AttributeError):
        # It is closed already.
        pass


_watch = _Watch()


def _start_anew() -> None:
    global _watch
    _watch = _Watch()


if hasattr(os, "register_at_fork"):
    # Threads do not survive a fork, and a lock may be held by one of them.
    os.register_at_fork(after_in_child=_start_anew)


def add(attempt: Attempt) -> None:
    """Lets an attempt end at its deadline."""
    _watch.add(attempt)


def take(connection: Any, attempt: Attempt | None) -> None:
    """Notes for which attempt a connection is used now."""
    _watch.take(connection, attempt)


def finish(attempt: Attempt) -> None:
    """Notes that an attempt is over: its connection may serve another one."""
    _watch.finish(attempt)


def end(attempt: Attempt) -> None:
    """Ends an attempt at once."""
    _watch.end(attempt)

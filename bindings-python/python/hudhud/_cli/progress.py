"""The progress of `hudhud send-many`: a bar if rich is installed, and lines otherwise."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ..outbox import OutboxReport
from .output import is_terminal, write_error

# The seconds between two lines.
_EVERY = 5.0

Show = Callable[[OutboxReport, Any], None]


@contextlib.contextmanager
def progress(before: OutboxReport, quiet: bool) -> Iterator[Show]:
    """Shows the progress. `quiet`: shows nothing."""
    if quiet:
        yield lambda report, limit: None
        return
    if is_terminal(sys.stderr):
        try:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
        except ImportError:
            pass
        else:
            columns = (
                *(TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}")),
                *(TimeRemainingColumn(), TextColumn("{task.fields[limits]}")),
            )
            with Progress(*columns, console=Console(stderr=True), redirect_stdout=False, redirect_stderr=False) as bar:
                yield _on_bar(bar, before)
            return
    lines = Lines(before)
    thread = threading.Thread(target=lines.run, name="hudhud-progress", daemon=True)
    thread.start()
    try:
        yield lines
    finally:
        lines.end()
        thread.join()


def _on_bar(bar: Any, before: OutboxReport) -> Show:
    task = bar.add_task("sending", total=before.total, completed=before.total - before.left, rate="", limits="")

    def show(report: OutboxReport, limit: Any) -> None:
        speed = bar.tasks[0].speed
        rate = f"{speed * 60:.0f} a minute" if speed else ""
        limits = _limits(limit) or bar.tasks[0].fields["limits"]
        bar.update(task, completed=report.total - report.left, rate=rate, limits=limits)

    return show


def _limits(limit: Any) -> str:
    """Returns the limits that a response states, as text."""
    parts = []
    if limit is not None and limit.limit is not None:
        parts.append(f"limit {limit.limit} a minute")
    if limit is not None and limit.daily_remaining is not None:
        parts.append(f"{limit.daily_remaining} left today")
    return ", ".join(parts)


class Lines:
    """Progress as lines: an estimate as soon as the limit is known, and then a line every few seconds, also while nothing
    is sent."""

    def __init__(self, before: OutboxReport) -> None:
        self._report = before
        self._limit: Any = None
        self._ended = threading.Event()

    def __call__(self, report: OutboxReport, limit: Any) -> None:
        """Accepts the counts after an outcome."""
        is_first = self._limit is None
        if limit is not None and limit.limit is not None:
            self._limit = limit
        self._report = report
        if is_first and self._limit is not None and report.left > self._limit.limit:
            write_error(f"hudhud: {report.left} messages are left, which takes about {self._minutes()}")

    def run(self) -> None:
        """Prints the lines until the end."""
        while not self._ended.wait(_EVERY):
            limits = _limits(self._limit)
            left = f", about {self._minutes()}" if self._limit is not None and self._report.left > self._limit.limit else ""
            write_error(f"hudhud: {self._report}{f' ({limits}{left})' if limits else ''}")

    def end(self) -> None:
        """Ends the lines."""
        self._ended.set()

    def _minutes(self) -> str:
        # The first minute's limit leaves at once.
        minutes = -(-self._report.left // self._limit.limit)
        return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"

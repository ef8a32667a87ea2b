"""Output for people and for scripts: lines, JSON, records and tables."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

# The widest cell of a table on a terminal.
_WIDEST = 40
# JSON has no literal for infinity. These numbers are valid JSON, and JSON readers turn them into infinity.
_ENDLESS = {float("inf"): "1e999", float("-inf"): "-1e999"}


def write(text: str) -> None:
    """Writes a line to standard output at once."""
    _write(sys.stdout, text)


def write_error(text: str) -> None:
    """Writes a line to standard error."""
    try:
        _write(sys.stderr, text)
    except (OSError, ValueError):
        # Standard error is closed. The exit code still states the failure.
        pass


def _write(stream: Any, text: str) -> None:
    # A program that was started without standard streams has `None` in their place.
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    # Arguments with invalid bytes reach the program as lone surrogates, which encodings refuse.
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()


def is_terminal(stream: Any) -> bool:
    """Returns true if a standard stream is a terminal. It may be `None` or closed."""
    try:
        return bool(stream is not None and stream.isatty())
    except ValueError:
        return False


def to_json(value: Any) -> str:
    """Encodes a value as JSON: in ASCII if standard output cannot encode a character, such as a lone surrogate."""
    mark = os.urandom(16).hex()

    def marked(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: marked(member) for name, member in value.items()}
        if isinstance(value, list):
            return [marked(item) for item in value]
        return mark + _ENDLESS[value] + mark if isinstance(value, float) and value in _ENDLESS else value

    text = json.dumps(marked(value), ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(marked(value))
    return text.replace(f'"{mark}', "").replace(f'{mark}"', "")


def cell(value: object) -> str:
    """Returns a value as text on one line. Received text must neither move the terminal's cursor nor break the line."""
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        value = ",".join(value)
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def record(members: dict[str, Any]) -> str:
    """Returns a record as lines of name and value."""
    width = max((len(name) for name in members), default=0)
    return "\n".join(f"{cell(name):<{width}}  {cell(value)}" for name, value in members.items())


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _fits(values: list[Any]) -> bool:
    """Returns true if values fit into the cells of a column. Objects, and lists of objects, need more room: JSON shows
    them."""
    if any(isinstance(value, dict) for value in values):
        return False
    lists = [value for value in values if isinstance(value, list)]
    return not lists or any(lists) and not any(isinstance(item, (dict, list)) for value in lists for item in value)


class Table:
    """Prints records as rows under headings. The columns and their widths are those of the first rows."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._widths: list[int] = []

    def rows(self, records: Sequence[dict[str, Any]]) -> None:
        """Prints rows, after the headings if they are the first. An empty cell is `-`, so every row has all cells."""
        if not records:
            return
        if not self._names:
            self._start(records)
        for members in records:
            self._line([self._cell(members.get(name)) for name in self._names])

    def _start(self, records: Sequence[dict[str, Any]]) -> None:
        names = dict.fromkeys(name for members in records for name in members)
        columns = {name: [members.get(name) for members in records] for name in names}
        self._names = [name for name, values in columns.items() if _fits(values)] or list(names)
        headings = [cell(name).upper() for name in self._names]
        cells = [headings, *([self._cell(members.get(name)) for name in self._names] for members in records)]
        self._widths = [max(_width(row[column]) for row in cells) for column in range(len(self._names))]
        self._line(headings)

    def _cell(self, value: object) -> str:
        text = cell(value)
        if len(text) > _WIDEST and is_terminal(sys.stdout):
            return f"{text[: _WIDEST - 1]}…"
        return text

    def _line(self, cells: list[str]) -> None:
        padded = [text + " " * (width - _width(text)) for text, width in zip(cells, self._widths)]
        write("  ".join(padded).rstrip())

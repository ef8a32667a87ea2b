"""Reads the contacts of `hudhud send-many` from a CSV file, and finds the rows that cannot be sent.

A reason names columns and variables, and never the content of a cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .. import Template, parse_phone
from ..errors import HudhudError, MissingVariablesError, PhoneError, RequestError
from .usage import UsageError, shown, unknown

# The columns that may hold the recipient, if the command names none.
_RECIPIENTS = ("to", "phone", "phone_number", "number", "mobile")
# The columns that an error lists.
_MOST_COLUMNS = 10
# A cell may hold a long text.
_LONGEST_CELL = 1_000_000


class Row(NamedTuple):
    """A row of the file: the fields of its message, or the reason why it has no message."""

    number: int
    fields: dict[str, Any]
    fault: str | None


class Contacts:
    """The rows of a file whose first row names the columns. Rows are numbered as in a spreadsheet, from 1."""

    def __init__(self, text: str, to: str | None) -> None:
        csv.field_size_limit(_LONGEST_CELL)
        # Names in quotation marks may contain each separator.
        head = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
        delimiter = max(",;\t", key=head.count)
        self._rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            self.columns = [name.strip() for name in next(self._rows, [])]
        except csv.Error:
            raise UsageError("contacts: the first row is not CSV: check its quotation marks and the length of its cells") from None
        if not any(self.columns):
            raise UsageError("contacts: the file is empty; its first row must name the columns")
        repeated = sorted({name for name in self.columns if name and self.columns.count(name) > 1})
        if repeated:
            raise UsageError(f"contacts: the column {repeated[0]!r} occurs twice; rename one of them")
        self._to = self._recipient(to)

    def _recipient(self, to: str | None) -> str:
        if to is not None:
            if to not in self.columns:
                raise UsageError(unknown("column", to, self.columns))
            return to
        by_form = {name.lower().replace(" ", "_"): name for name in self.columns}
        found = next((by_form[name] for name in _RECIPIENTS if name in by_form), None)
        if found is None:
            found_columns = ", ".join(shown(name) for name in self.columns[:_MOST_COLUMNS])
            advice = f"the columns of the first row are {found_columns}; name the column with --to, or add a first row with names"
            raise UsageError(f"contacts: no column is named {' or '.join(_RECIPIENTS)}: {advice}")
        return found

    def check(self, template: Template) -> None:
        """Raises an error if a variable of the template is not a column."""
        missing = [name for name in template.variables if name not in self.columns]
        if missing:
            raise UsageError(f"--template: {unknown('column', missing[0], self.columns)}")

    def rows(self, template: Template, text_field: str, more: dict[str, Any], method: Any) -> Iterator[Row]:
        """Yields each row with its message. Empty rows are left out."""
        number = 1
        while True:
            number += 1
            first = self._rows.line_num + 1
            try:
                cells = next(self._rows)
            except StopIteration:
                return
            except csv.Error:
                last = self._rows.line_num
                if last > first:
                    # The row may contain other rows, which must not get lost.
                    raise UsageError(
                        f"contacts: row {number} is not CSV, and it extends from line {first} to line {last}: check its quotation marks"
                    ) from None
                yield Row(number, {}, "not CSV: check the quotation marks and the length of the cells")
                continue
            if any(cell.strip() for cell in cells):
                yield self._row(number, cells, template, text_field, more, method)

    def _row(
        self, number: int, cells: Sequence[str], template: Template, text_field: str, more: dict[str, Any], method: Any
    ) -> Row:
        if len(cells) > len(self.columns):
            return Row(number, {}, f"{len(cells)} cells, but only {len(self.columns)} columns: quote cells that contain the separator")
        # An empty cell is no value: the message would be half filled.
        values = {name: cell.strip() for name, cell in zip(self.columns, cells) if cell.strip()}
        if self._to not in values:
            return Row(number, {}, f"no recipient in the column {self._to!r}")
        try:
            fields = {"to": parse_phone(values[self._to]), text_field: template.render(values), **more}
            method.request(**fields)
        except (PhoneError, MissingVariablesError) as error:
            return Row(number, {}, str(error))
        except RequestError as error:
            return Row(number, {}, "; ".join(f"{name}: {messages[0]}" for name, messages in error.field_errors.items()) or str(error))
        except HudhudError as error:
            return Row(number, {}, str(error))
        return Row(number, fields, None)

"""Braces in a template that look like a variable and are not one. They are sent unchanged, which may be a mistake."""

from __future__ import annotations

import re
from typing import NamedTuple

# A variable is any text without braces between the pairs, spaces do not count.
_VARIABLE = re.compile(r"\{\{[^{}]*[^{}\s][^{}]*\}\}")
_PAIR = re.compile(r"\{\{|\}\}")


class Braces(NamedTuple):
    """Braces that belong to no variable, with their position in the template, from 1."""

    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: the template has {self.reason}, which is sent as text; write a variable as {{{{name}}}}"


def without_variable(template: str) -> list[Braces]:
    """Returns the pairs of braces that belong to no variable."""
    # The blanks keep the positions.
    rest = _VARIABLE.sub(lambda found: " " * len(found[0]), template)
    found = []
    opened: re.Match[str] | None = None
    for pair in _PAIR.finditer(rest):
        if pair[0] == "{{":
            if opened is not None:
                found.append((opened.start(), "`{{` without `}}`"))
            opened = pair
        elif opened is None:
            found.append((pair.start(), "`}}` without `{{`"))
        else:
            inside = template[opened.end() : pair.start()]
            found.append((opened.start(), "`{{` and `}}` around a brace" if inside.strip() else "`{{}}` without a name"))
            opened = None
    if opened is not None:
        found.append((opened.start(), "`{{` without `}}`"))
    return [_at(template, start, reason) for start, reason in sorted(found)]


def _at(template: str, start: int, reason: str) -> Braces:
    line = template.rfind("\n", 0, start) + 1
    return Braces(template.count("\n", 0, start) + 1, start - line + 1, reason)

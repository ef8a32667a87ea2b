"""The command `hudhud preview`, which renders a template without sending anything."""

from __future__ import annotations

from typing import Any

from .. import Template
from .fields import as_text, content, pair
from .output import to_json, write


def preview(options: Any) -> None:
    """Prints a template with the given values."""
    template = Template(as_text(content(options.template, "template"), "template"))
    values = {name: as_text(content(value, name), name) for name, value in map(pair, options.value)}
    text = template.render(values, missing=options.missing)
    write(to_json({"text": text, "variables": template.variables}) if options.json else text)

"""The command `hudhud preview`, which renders a template without sending anything."""

from __future__ import annotations

from typing import Any

from .. import Template
from .braces import without_variable
from .fields import as_text, content, pair
from .output import to_json, write, write_error


def preview(options: Any) -> None:
    """Prints a template with the given values. Warns about braces that look like a variable and are not one."""
    source = as_text(content(options.template, "template"), "template")
    template = Template(source)
    values = {name: as_text(content(value, name), name) for name, value in map(pair, options.value)}
    text = template.render(values, missing=options.missing)
    write(to_json({"text": text, "variables": template.variables}) if options.json else text)
    for each in without_variable(source):
        write_error(f"hudhud: warning: {each}")

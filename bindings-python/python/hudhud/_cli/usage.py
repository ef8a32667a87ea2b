"""The error for wrong arguments, and suggestions for misspelt names."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable

from ..transports._cause import without_private_text


class UsageError(Exception):
    """The arguments of a command are wrong. Nothing was sent."""

    usage: str
    """The form of the command, or an empty text."""

    def __init__(self, message: str, usage: str = "") -> None:
        super().__init__(message)
        self.usage = usage


def meant(text: str, names: Iterable[str]) -> str | None:
    """Returns the name that is most similar to a text, or `None`."""
    import difflib

    by_form = {name.lower().replace("-", "_"): name for name in names}
    normalized = text.lower().replace("-", "_")
    # The cost of a comparison grows with the length, and no name is long.
    found = difflib.get_close_matches(normalized[:100], by_form, n=1, cutoff=0.5)
    # The ending finds `contact_id` for `id`.
    ending = [form for form in by_form if normalized and form.endswith(f"_{normalized}")]
    near = [*ending, *found]
    return by_form[near[0]] if near else None


def unknown(what: str, text: str, names: Iterable[str], instead: str = "") -> str:
    """Returns the message for an unknown name: with the most similar name, otherwise with all names or `instead`."""
    names = list(names)
    near = meant(text, names)
    if near is not None:
        return f"unknown {what} {shown(text)}: did you mean {near}?"
    return f"unknown {what} {shown(text)}: {instead or 'expected one of ' + ', '.join(names)}"


def shown(text: str) -> str:
    """Returns a text of the command line as it appears in a message: quoted, shortened, and without numbers, addresses
    and keys."""
    return repr(without_private_text(text if len(text) <= 60 else f"{text[:60]}…"))


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Returns an argparse type for whole numbers between two limits."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
            limits = f"from {low} to {high}" if high < 10**10 else f">= {low}"
            raise argparse.ArgumentTypeError(f"expected a whole number {limits}, not {shown(text)}")
        return int(text)

    return read

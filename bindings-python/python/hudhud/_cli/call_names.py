"""Finds the call that a name on the command line stands for."""

from __future__ import annotations

from .._hudhud import OPERATIONS, Operation
from .usage import UsageError, meant, shown, unknown


def full_name(operation: Operation) -> str:
    """Returns the name of a call with its vendor, such as `zagely.contacts.list`."""
    return f"{operation.vendor}.{operation.group}.{operation.verb}"


def all_names() -> list[str]:
    """Returns the names of all calls."""
    return [full_name(operation) for operation in OPERATIONS]


def names_of(operation: Operation) -> list[str]:
    """Returns the names of a call: with its vendor, and without it if only this vendor has such a call."""
    short = f"{operation.group}.{operation.verb}"
    same = sum((each.group, each.verb) == (operation.group, operation.verb) for each in OPERATIONS)
    return [full_name(operation), short] if same == 1 else [full_name(operation)]


def listed() -> list[str]:
    """Returns the kinds of records that `hudhud list` lists."""
    lists = (operation for operation in OPERATIONS if operation.paged and operation.verb == "list")
    return sorted(operation.group.replace("_", "-") for operation in lists)


def find_call(text: str) -> Operation:
    """Returns the call of a name. The vendor may be left out if only one vendor has such a call. Raises a `UsageError`
    with a suggestion for an unknown name."""
    normalized = text.replace("-", "_")
    found = [each for each in OPERATIONS if normalized in (full_name(each), full_name(each).partition(".")[2])]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"the call {shown(text)} exists in both vendors: expected {' or '.join(map(full_name, found))}")
    raise UsageError(_unknown(normalized, text))


def _unknown(normalized: str, text: str) -> str:
    group, _, verb = normalized.removeprefix("zagely.").removeprefix("wazaj.").partition(".")
    named = normalized.partition(".")[0]
    siblings = [each for each in OPERATIONS if each.group == group and named in (group, each.vendor)]
    verbs = list(dict.fromkeys(each.verb for each in siblings))
    if siblings:
        near = meant(verb, verbs)
        if near is not None:
            name = next(full_name(each) for each in siblings if each.verb == near)
            return f"unknown call {shown(text)}: did you mean {name}?"
        return f"unknown call {shown(text)}: the calls of {group} are {', '.join(verbs)}"
    # The vendor's prefix may be missing from the text. Zagely, the first vendor, has priority.
    names = all_names()
    short = {name.partition(".")[2]: name for name in reversed(names)}
    near = meant(normalized, [*names, *short])
    if near is not None:
        return f"unknown call {shown(text)}: did you mean {short.get(near, near)}?"
    return unknown("call", text, [], "run `hudhud calls` to list all names")


def find_list(text: str) -> Operation:
    """Returns the call that lists a kind of records. Raises a `UsageError` for a kind without a list."""
    if text in listed():
        return find_call(f"zagely.{text}.list")
    if text.replace("-", "_") in {operation.group for operation in OPERATIONS} and text not in [name.replace("-", "_") for name in listed()]:
        raise UsageError(f"the vendor documents no list of {text}: expected one of {', '.join(listed())}")
    raise UsageError(unknown("list", text, listed()))

"""The command `hudhud curl`, which prints a call as a curl command. The keys stay in shell variables."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterator
from typing import Any

from .._hudhud import Operation, Request
from .call_names import find_call
from .calling import checked, method_of, open_client
from .fields import pair, read_fields
from .output import to_json, write
from .usage import UsageError

# The value that a header has in the printed command, for each header whose value is a key.
_SHOWN = {
    "x-public-key": "$ZAGELY_PUBLIC_KEY",
    "x-secret-key": "$ZAGELY_SECRET_KEY",
    "x-api-key": "$WAZAJ_API_KEY",
    "authorization": "Bearer $ZAGELY_APP_TOKEN",
}
# The keys of the client that builds the request. The printed command does not need the real ones.
_NO_KEYS = {"ZAGELY_PUBLIC_KEY": "pk_shown_nowhere", "ZAGELY_SECRET_KEY": "sk_shown_nowhere", "WAZAJ_API_KEY": "wzj_shown_nowhere"}
_NO_DEPLOYMENT = "https://wazaj.invalid/api/wazaj/business"


@contextlib.contextmanager
def _without_keys() -> Iterator[None]:
    """Replaces the keys in the environment. The clients then read all other settings from the environment, as usual."""
    before = dict(os.environ)
    os.environ.update(_NO_KEYS)
    if os.environ.get("ZAGELY_APP_TOKEN"):
        os.environ["ZAGELY_APP_TOKEN"] = "shown_nowhere"
    if not os.environ.get("WAZAJ_BASE_URL"):
        os.environ["WAZAJ_BASE_URL"] = _NO_DEPLOYMENT
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def curl(options: Any) -> None:
    """Prints a call as a curl command, or as JSON."""
    operation = find_call(options.call)
    fields = read_fields(operation, options.field)
    with _without_keys(), open_client(operation.vendor) as client:
        request = checked(method_of(client, operation), fields)
    if options.json:
        headers = {name: _SHOWN.get(name.lower(), value) for name, value in request.headers.items()}
        body = None if request.content is None else request.content.decode("utf-8", "replace")
        write(to_json({"method": request.method, "url": request.url, "headers": headers, "body": body}))
    else:
        write(as_curl(request, _form(operation, fields, options.field)))


def _form(operation: Operation, fields: dict[str, Any], given: list[str]) -> list[str] | None:
    """Returns the form of a call that uploads a file, as curl's arguments, or `None` for another call."""
    uploads = {name for name, kind, _, _ in operation.field_types if kind == "bytes"} & fields.keys()
    if not uploads:
        return None
    paths = {name: value[1:] for name, value in map(pair, given) if name in uploads}
    parts = []
    for name, path in paths.items():
        field, file_name = fields.get("field_name") or name, fields.get(f"{name}_name") or ""
        if any(letter in f"{path}{field}{file_name}" for letter in '"\\;,='):
            raise UsageError(f"{name}: curl cannot send a file whose name has one of \" \\ ; , =: rename it")
        parts += ["-F", f"{field}=@{path}" + (f";filename={file_name}" if file_name else "")]
    return parts


def as_curl(request: Request[Any], form: list[str] | None = None) -> str:
    """Returns a request as a curl command for a shell. Shell variables stand for the keys."""
    parts = ["curl", "-sS", "-X", request.method, shlex.quote(request.url)]
    for name, value in request.headers.items():
        if form is not None and name.lower() == "content-type":
            # curl writes the header of a form itself, with the boundary that it uses.
            continue
        shown = _SHOWN.get(name.lower())
        # The shell inserts the value of a variable between double quotes.
        parts += ["-H", f'"{name}: {shown}"' if shown is not None else shlex.quote(f"{name}: {value}")]
    if form is not None:
        parts += map(shlex.quote, form)
    elif request.content is not None:
        parts += ["--data-binary", shlex.quote(request.content.decode("utf-8", "replace"))]
    return " ".join(parts)

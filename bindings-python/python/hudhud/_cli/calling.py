"""The commands that make calls: `call`, `list`, `send`; and `calls`, which lists them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from .. import Wazaj, Zagely
from .._hudhud import OPERATIONS, Operation
from ..errors import HudhudError
from .call_names import all_names, find_call, find_list, full_name
from .fields import as_text, file_bytes, read_fields
from .output import Table, cell, is_terminal, record, to_json, write, write_error
from .usage import UsageError, unknown


def open_client(vendor: str) -> Any:
    """Creates a client with the keys and settings in the environment."""
    return Wazaj.from_env() if vendor == "wazaj" else Zagely.from_env()


def method_of(client: Any, operation: Operation) -> Any:
    """Returns the client's method for a call."""
    group = getattr(client, operation.group)
    return getattr(group, operation.verb, None) or getattr(group, f"{operation.verb}_")


def checked(method: Any, fields: dict[str, Any]) -> Any:
    """Builds the request of a call without sending it. A value of a wrong type is a `UsageError`."""
    try:
        return method.request(**fields)
    except (TypeError, OverflowError) as error:
        raise UsageError(str(error)) from None
    except HudhudError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None


def call(options: Any) -> None:
    """`hudhud call`: makes a call and prints its output."""
    operation = find_call(options.call)
    if options.idempotency_key is not None and not operation.keyed:
        raise UsageError(f"{full_name(operation)} takes no idempotency key: leave out --idempotency-key")
    if (options.all or options.limit is not None) and not operation.paged:
        raise UsageError(f"{full_name(operation)} returns no list: leave out --all and --limit")
    if options.all and options.limit is not None:
        raise UsageError("--all and --limit exclude each other: leave out one of them")
    fields = read_fields(operation, options.field)
    with open_client(operation.vendor) as client:
        method = method_of(client, operation)
        checked(method, fields)
        if operation.paged:
            if options.all or options.limit is not None:
                _print_pages(_watched(method(**fields), options.json), options.limit, options.json)
            else:
                _print_page(method.with_response(**fields).output, options.json)
            return
        if options.idempotency_key is not None:
            fields["idempotency_key"] = options.idempotency_key
        _print_output(method(**fields), options.json)


def _print_output(output: Any, as_json: bool) -> None:
    if not isinstance(output, list):
        members = output.to_dict()
        write(to_json(members) if as_json else record(members))
        return
    _print_rows(Table(), [item.to_dict() for item in output], as_json)


def _print_rows(table: Table, rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        for row in rows:
            write(to_json(row))
    else:
        table.rows(rows)


def listing(options: Any) -> None:
    """`hudhud list`: prints all records of a kind."""
    operation = find_list(options.what)
    fields = read_fields(operation, options.field)
    with open_client(operation.vendor) as client:
        method = method_of(client, operation)
        checked(method, fields)
        _print_pages(_watched(method(**fields), options.json), options.limit, options.json)


def _print_page(page: Any, as_json: bool) -> None:
    """Prints the records of one page, and a note if there are more."""
    _print_pages(iter([page]), None, as_json)
    if page.total is not None and page.total > len(page.data) and not as_json:
        write_error(f"hudhud: {len(page.data)} of {page.total} records: --all prints the records of all pages")


def _print_pages(pages: Iterator[Any], limit: int | None, as_json: bool) -> None:
    """Prints the records of pages, up to a number of records."""
    table = Table()
    for page in pages:
        rows = [item.to_dict() for item in page.data[:limit]]
        _print_rows(table, rows, as_json)
        if limit is not None:
            limit -= len(rows)
            if limit <= 0:
                return


def _watched(items: Any, quiet: bool) -> Iterator[Any]:
    """Yields the pages of a list. Shows a progress bar if rich is installed and, of the two outputs, only standard error
    is a terminal."""
    if quiet or is_terminal(sys.stdout) or not is_terminal(sys.stderr):
        yield from items.pages()
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield from items.pages()
        return
    # The items are printed as they are without a progress bar.
    with Progress(console=Console(stderr=True), redirect_stdout=False, redirect_stderr=False) as progress:
        task = progress.add_task("listing", total=None)
        for page in items.pages():
            progress.update(task, total=page.total, advance=len(page.data))
            yield page


def send(options: Any) -> None:
    """`hudhud send`: sends a text message."""
    if options.wazaj and (options.idempotency_key, options.session_id) != (None, None):
        # Ignoring the key silently could send the same text twice.
        raise UsageError("--wazaj: Wazaj supports neither --idempotency-key nor --session-id; leave them out")
    message = as_text(file_bytes("-", "message") if options.message == "-" else options.message, "message")
    to = as_text(options.to, "to")
    with open_client("wazaj" if options.wazaj else "zagely") as client:
        if options.wazaj:
            answer = client.messages.send_text.with_response(to=to, body=message)
        else:
            own = {"session_id": options.session_id, "idempotency_key": options.idempotency_key}
            given_options = {name: as_text(value, name) for name, value in own.items() if value is not None}
            answer = client.messages.send.with_response(to=to, message=message, **given_options)
    sent = f"sent as {cell(answer.output.message_id)}"
    if answer.meta.idempotent_replay:
        sent = f"already {sent} under this idempotency key; nothing new was sent"
    write(to_json(answer.output.to_dict()) if options.json else sent)


def calls(options: Any) -> None:
    """`hudhud calls`: lists the calls, or describes one."""
    if options.text in all_names() or (options.text or "").count(".") == 1:
        return _describe(find_call(options.text), options.json)
    found = [each for each in OPERATIONS if (options.text or "").replace("-", "_") in full_name(each)]
    if not found:
        raise UsageError(unknown("call", options.text, all_names(), "run `hudhud calls` to list all names"))
    for operation in found:
        name, summary = full_name(operation), operation.doc.partition("\n")[0]
        write(to_json({"call": name, "summary": summary}) if options.json else f"{name:40} {summary}")


def _describe(operation: Operation, as_json: bool) -> None:
    docs = {name: (doc, required) for name, doc, required in operation.fields}
    fields: list[dict[str, Any]] = [
        {"field": name, "type": kind, "required": docs[name][1], "clearable": nullable, "values": values, "doc": docs[name][0]}
        for name, kind, nullable, values in operation.field_types
    ]
    if as_json:
        write(to_json({"call": full_name(operation), "doc": operation.doc, "fields": fields}))
        return
    write(f"{full_name(operation)}\n\n{operation.doc}\n")
    for field in fields:
        notes = [field["type"], *["required"] * field["required"], *["null clears it"] * field["clearable"]]
        if field["values"]:
            notes.append(f"one of {', '.join(field['values'])}")
        description = " ".join(field["doc"].split())
        write(f"  {field['field']}  ({'; '.join(notes)})\n      {description}")
    if not fields:
        write("  The call has no fields.")

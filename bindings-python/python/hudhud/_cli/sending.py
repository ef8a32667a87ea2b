"""The command `hudhud send-many`: sends a message to each contact of a CSV file, once."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .. import Template, Wazaj, Zagely, _journal
from .._hudhud import OutboxState
from .._outbox_arguments import operation_of
from ..errors import MissingVariableError, OutboxError
from ..outbox import Outbox, OutboxReport, read_report
from .braces import Braces, without_variable
from .calling import open_client
from .contact_rows import Contacts, Row
from .exit_codes import OF_KIND, PARTIAL, ExitCode, Ended
from .fields import as_text, content, file_bytes
from .output import cell, is_terminal, to_json, write, write_error
from .progress import progress
from .termination import Terminated, terminable
from .usage import UsageError

# The faulty rows that are shown to people. JSON has all of them.
_SHOWN = 20


def send_many(options: Any) -> None:
    """`hudhud send-many`: checks all rows, asks, sends, and reports."""
    if options.report is not None:
        _alone(options, "--report")
        with _meant_journal(options.report):
            report = read_report(options.report)
        return _print_report(options.report, report, options, None)
    if options.resume is not None:
        _alone(options, "--resume")
        path = Path(options.resume)
        with _meant_journal(options.resume):
            state = _journal.read(path)
        if state is None:
            raise OutboxError("the journal is empty: nothing was added to it")
        with open_client(state.call.partition(".")[0]) as client:
            return _send(client, path, options)
    if options.contacts is None or options.template is None:
        raise UsageError("expected CONTACTS and --template, or --resume JOURNAL, or --report JOURNAL")
    path = Path(options.journal or f"{os.path.basename(options.contacts)}.outbox")
    if path.exists() and not options.dry_run:
        resume = _resume(path)
        raise UsageError(f"the journal {path} exists: continue it with `{resume}`, or choose another with --journal")
    with _client(options) as client:
        if _prepare(client, path, options):
            _send(client, path, options)


def _client(options: Any) -> Any:
    """Creates the client. A dry run sends nothing and needs no keys."""
    try:
        return open_client("wazaj" if options.wazaj else "zagely")
    except MissingVariableError:
        if not options.dry_run:
            raise
    return Wazaj("wzj_none", "https://example.com/api/wazaj/business") if options.wazaj else Zagely("pk_none", "sk_none")


@contextlib.contextmanager
def _meant_journal(path: str) -> Iterator[None]:
    """Names the journal next to another file, such as the list of contacts."""
    try:
        yield
    except OutboxError as error:
        meant = f"{path}.outbox"
        if not isinstance(error.__cause__, OSError) and os.path.exists(meant):
            raise OutboxError(f"{path} is not the journal: did you mean {meant}?") from None
        raise


def _alone(options: Any, name: str) -> None:
    given = [options.contacts, options.template, options.to, options.journal, options.session_id]
    if any(value is not None for value in given) or options.wazaj or options.dry_run or options.skip_faulty:
        raise UsageError(f"{name} takes everything from the journal: leave out the other arguments")


def _resume(path: Path) -> str:
    return f"hudhud send-many --resume {shlex.quote(str(path))}"


def _prepare(client: Any, path: Path, options: Any) -> bool:
    """Checks all rows, and writes the journal if the user wants to send them. Returns true in this case."""
    if options.wazaj and options.session_id is not None:
        raise UsageError("--wazaj: Wazaj has no sessions; leave out --session-id")
    name = "contacts" if options.contacts == "-" else f"contacts: {options.contacts}"
    contacts = Contacts(as_text(file_bytes(options.contacts, "contacts"), name), options.to)
    source = as_text(content(options.template, "template"), "template")
    if not source.strip():
        raise UsageError("--template is empty: pass the text of the message, or @FILE")
    template = Template(source)
    contacts.check(template)
    operation = operation_of(client, None)
    method = getattr(client.messages, operation.verb)
    # The journal keeps the session, so that a resumed command uses the same one.
    session = options.session_id or (None if options.wazaj else os.environ.get("ZAGELY_SESSION_ID"))
    more = {"session_id": session} if session else {}
    state = OutboxState.create(client._service, operation, os.urandom(16), time.time())
    text_field = "body" if options.wazaj else "message"
    rows = contacts.rows(template, text_field, more, method)
    samples: list[Row] = []
    with contextlib.ExitStack() as files:
        new = file = None
        if not options.dry_run:
            new, file = files.enter_context(_journal.create(path))
        faulty = _add(state, rows, file.write if file else lambda records: None, samples)
        sample = (samples[0].number, samples[0].fields[text_field]) if options.dry_run and samples else None
        _print_check(state.report()[0]["total"], faulty, without_variable(source), sample, options)
        if not _is_wanted(state.report()[0]["total"], faulty, options):
            return False
        if new and file:
            file.close()
            _journal.publish(new, path)
    return True


def _add(state: OutboxState, rows: Iterator[Row], append: Callable[[bytes], object], samples: list[Row]) -> list[Row]:
    """Adds the message of each row. Returns the rows that have none. The first row with a message is put into `samples`."""
    import json

    faulty = []
    for row in rows:
        if row.fault is None:
            try:
                _, is_new = state.add(row.fields["to"], row.number, json.dumps(row.fields))
            except OutboxError as error:
                if "another message" not in str(error):
                    faulty.append(row._replace(fault=str(error).removeprefix(f"row {row.number} of the list: ")))
                    continue
                is_new = False
            if is_new:
                append(state.take_records())
                if not samples:
                    samples.append(row)
                continue
            row = row._replace(fault="an earlier row has the same recipient: remove one of them")
        faulty.append(row)
    state.close()
    append(state.take_records())
    return faulty


def _print_check(messages: int, faulty: list[Row], braces: list[Braces], sample: tuple[int, str] | None, options: Any) -> None:
    """Prints the result of the check. `sample`: the row and the text of the first message."""
    reasons = Counter(row.fault for row in faulty)
    if options.json:
        rows = [{"row": row.number, "reason": row.fault} for row in faulty]
        warnings = [{"line": each.line, "column": each.column, "warning": str(each)} for each in braces]
        facts = {"event": "checked", "messages": messages, "faulty": len(faulty), "faulty_rows": rows}
        first = {} if sample is None else {"sample": {"row": sample[0], "text": sample[1]}}
        write(to_json({**facts, "warnings": warnings, **first}))
        return
    for each in braces[:_SHOWN]:
        write_error(f"hudhud: warning: {each}")
    write(f"{messages} messages to send, {len(faulty)} faulty rows")
    for row in faulty[:_SHOWN]:
        write(f"  row {row.number}: {row.fault}")
    if len(faulty) > _SHOWN:
        for reason, count in reasons.most_common(_SHOWN):
            write(f"  {count} rows: {reason}")
        write("  --json shows all faulty rows")
    if sample is not None:
        # As its recipient would see it.
        write(f"the message of row {sample[0]}:")
        for line in sample[1].splitlines():
            write(f"  {cell(line)}" if line else "")


def _is_wanted(messages: int, faulty: list[Row], options: Any) -> bool:
    """Decides if the messages are sent, after the check."""
    from .exit_codes import INVALID, OK

    if faulty and not options.skip_faulty:
        if not options.json:
            write_error("hudhud: nothing was sent: correct the faulty rows, or leave them out with --skip-faulty")
        raise Ended(INVALID)
    if options.dry_run:
        raise Ended(OK)
    if messages == 0:
        raise UsageError("contacts: the file has no rows to send")
    if options.yes:
        return True
    if not is_terminal(sys.stdin) or not is_terminal(sys.stderr):
        raise UsageError(f"{messages} messages are ready: repeat the command with --yes to send them")
    sys.stderr.write(f"Send {messages} messages? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    write_error("hudhud: nothing was sent")
    return False


def _send(client: Any, path: Path, options: Any) -> None:
    with Outbox(path, client, stop_after_refusals=options.stop_after_refusals) as outbox:
        try:
            with terminable(), progress(outbox.report(), options.json) as show:
                report = outbox.send(concurrency=options.concurrency, progress=show)
        except (KeyboardInterrupt, Terminated):
            report = outbox.report()
            write_error(f"hudhud: stopped: {report}")
            write_error(f"hudhud: continue with `{_resume(path)}`")
            raise
        _print_report(str(path), report, options, outbox)


def _print_report(path: str, report: OutboxReport, options: Any, outbox: Outbox | None) -> None:
    """Prints the report. Ends the command with the exit code that belongs to it."""
    state = None if outbox is not None else _journal.read(Path(path))
    rows = {name: _rows(outbox, state, path, name) for name in ("refused", "unknown")}
    if options.json:
        counts = {name: getattr(report, name) for name in ("total", "sent", "refused", "unknown", "waiting", "in_doubt")}
        facts = {"event": "report", "journal": path, "is_complete": report.is_complete, "stopped": report.stopped, **counts}
        write(to_json({**facts, "refused_by_reason": report.refused_by_reason, "rows": rows}))
    else:
        _print_report_text(path, report, rows)
    code = _code(report)
    if code is not None:
        raise Ended(code)


def _print_report_text(path: str, report: OutboxReport, rows: dict[str, list[dict[str, Any]]]) -> None:
    write(f"sent     {report.sent}")
    write(f"refused  {report.refused}")
    for reason, count in report.refused_by_reason.items():
        write(f"  {count}: {reason}")
    write(f"unknown  {report.unknown}")
    for name, what in (("refused", "refused"), ("unknown", "perhaps sent, and not repeated")):
        numbers = [str(row["row"]) for row in rows[name]]
        if numbers:
            more = f" and {len(numbers) - _SHOWN} more (--json shows all)" if len(numbers) > _SHOWN else ""
            write(f"  rows {what}: {', '.join(numbers[:_SHOWN])}{more}")
    if report.left:
        write(f"left     {report.left}")
        if report.in_doubt:
            write(f"  {report.in_doubt} in doubt: perhaps sent; repeated with their keys, so that no contact gets two messages")
        why = "" if report.stopped is None else f"stopped: {report.stopped}; "
        write_error(f"hudhud: {why}continue with `{_resume(Path(path))}`")


def _rows(outbox: Outbox | None, state: OutboxState | None, path: str, name: str) -> list[dict[str, Any]]:
    """Returns the rows of the messages in a state, with the reasons of refusals."""
    if outbox is not None:
        found = [(message.row, message.reason) for message in outbox.messages(name)]
    elif state is not None:
        with open(path, "rb", buffering=0) as file:
            numbers = state.numbers(name)
            found = [(_journal.message(state, file, number)[1], state.reason(number)) for number in numbers]
    else:
        found = []
    return [{"row": row} if reason is None else {"row": row, "reason": reason} for row, reason in found]


def _code(report: OutboxReport) -> ExitCode | None:
    """Returns the exit code of a report, or `None` for a success."""
    if report.stopped is not None:
        kind = report.stopped.partition(":")[0].partition(" ")[0]
        return OF_KIND.get(kind, PARTIAL)
    return None if report.is_complete and report.refused == report.unknown == 0 else PARTIAL

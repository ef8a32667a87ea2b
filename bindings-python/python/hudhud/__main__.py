"""The command line: `hudhud`, or `python -m hudhud`.

Keys come from the environment (`ZAGELY_PUBLIC_KEY`, `ZAGELY_SECRET_KEY`, `WAZAJ_API_KEY`, `WAZAJ_BASE_URL`,
`ZAGELY_WEBHOOK_SECRET`), never from arguments, which other people on a machine can read.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import Event, HudhudError, InvalidRequestError, Template, Wazaj, Webhook, WebhookError, Zagely, __version__
from ._hudhud import OPERATIONS, Operation, Request
from .errors import CallError

# What must never be shown: headers whose values are keys.
_SECRET_HEADERS = frozenset({"x-public-key", "x-secret-key", "x-api-key", "authorization"})


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; returns 0, or 1 for a failure, or 2 for arguments that make no sense."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    # Behind an option argparse no longer expects what may stand there any number of times.
    for name in "field", "value":
        if hasattr(options, name) and all("=" in text and not text.startswith("-") for text in rest):
            getattr(options, name).extend(rest)
            rest = []
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return int(options.run(options) or 0)
    except argparse.ArgumentError as error:
        parser.error(str(error))
    except BrokenPipeError:
        # Whoever reads has seen enough; what is still buffered must not be written at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (HudhudError, KeyError, TypeError, ValueError, OSError) as error:
        if options.json:
            print(json.dumps({"error": _members(error)}), file=sys.stderr)
        else:
            print(f"hudhud: {_told(error)}", file=sys.stderr)
            if isinstance(error, CallError) and error.idempotency_key and error.retryable:
                again = f"--idempotency-key {error.idempotency_key}"
                print(f"hudhud: To try the same once more without sending twice: {again}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _told(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    # The `str` of a KeyError is the `repr` of what it tells.
    return str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)


def _members(error: Exception) -> dict[str, Any]:
    """A failure for scripts: what it says of itself, without what may hold personal text."""
    names = "kind", "call", "status", "code", "fault", "retryable", "retry_after", "idempotency_key", "reason", "hint", "http_status", "names"
    said = {name: getattr(error, name) for name in names if getattr(error, name, None) is not None}
    if isinstance(error, InvalidRequestError):
        # In our own words; the vendor's may say anything.
        said["field_errors"] = error.field_errors
    return {"type": type(error).__name__, "message": _told(error), **said}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hudhud", description="Zagely and Wazaj from a terminal.")
    parser.add_argument("--version", action="version", version=f"hudhud {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    send = _command(commands, "send", _send, "Sends a text through Zagely, or with --wazaj through Wazaj.")
    send.add_argument("to", help="the recipient's number with its country code: +15551234567")
    send.add_argument("message", help="the text; - reads it from standard input")
    send.add_argument("--wazaj", action="store_true", help="through Wazaj")
    send.add_argument("--session-id", help="the session to send from, unless the key is bound to one")
    send.add_argument("--idempotency-key", help="the key under which this is sent once, however often it is tried")

    lists = sorted({operation.group for operation in OPERATIONS if operation.paged and operation.verb == "list"})
    listing = _command(commands, "list", _list, "Lists what there is, page after page.")
    listing.add_argument("what", type=_one_of([name.replace("_", "-") for name in lists]), metavar="WHAT", help=" or ".join(lists).replace("_", "-"))
    listing.add_argument("field", nargs="*", help="a filter, such as search=jane or tags=vip,new")
    listing.add_argument("--limit", type=int, help="the most to list")

    preview = _command(commands, "preview", _preview, "Renders a template here; nothing is sent.")
    preview.add_argument("template", help="the text, or @FILE")
    preview.add_argument("value", nargs="*", help="a value: name=Jane")
    preview.add_argument("--missing", choices=["error", "keep", "empty"], default="error", help="what becomes of a variable without a value")

    verify = _command(commands, "verify", _verify, "Says whether a captured delivery is genuine, and if not, why.")
    verify.add_argument("headers", help="a file with the headers: a line each, or a JSON object")
    verify.add_argument("body", help="a file with the body, byte for byte; - reads standard input")
    verify.add_argument("--any-age", action="store_true", help="take it however long ago it was signed")

    curl = _command(commands, "curl", _curl, "Prints a call as curl, with variables in place of the keys.")
    curl.add_argument("call", help="such as zagely.contacts.list or wazaj.messages.send_text", type=_one_of(_names()), metavar="CALL")
    curl.add_argument("field", nargs="*", help="a field: to=+15551234567; what is JSON is taken as JSON, but for text")

    _command(commands, "calls", _calls, "Names every call there is.")

    listen = _command(commands, "listen", _listen, "Receives deliveries on this machine while you develop; --json shows all that they hold.")
    listen.add_argument("--port", type=int, default=4020, help="the port (4020)")
    listen.add_argument("--any-age", action="store_true", help="take deliveries of any age")
    listen.add_argument("--count", type=int, help="end after so many")
    return parser


def _one_of(names: list[str]) -> Callable[[str], str]:
    """One of these names, of which a mistyped one is told what it may have been meant to be."""

    def one(text: str) -> str:
        if text in names:
            return text
        import difflib

        # The vendor may be what was left out.
        short = {name.partition(".")[2]: name for name in reversed(names)}
        near = difflib.get_close_matches(text, [*names, *short], n=1, cutoff=0.5)
        meant = f"did you mean {short.get(near[0], near[0])}?" if near else ""
        others = f"there are {', '.join(names)}" if len(names) < 20 else "`hudhud calls` names all there are"
        raise argparse.ArgumentTypeError(f"there is no {text!r}: {meant or others}")

    return one


def _command(commands: Any, name: str, run: Callable[[Any], int | None], told: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=told, description=told)
    parser.add_argument("--json", action="store_true", help="for scripts: JSON, a line each; a failure too, on standard error")
    parser.set_defaults(run=run)
    return parser


def _send(options: Any) -> None:
    if options.wazaj and (options.idempotency_key, options.session_id) != (None, None):
        # Left out in silence, a key would let the same text be sent twice.
        raise argparse.ArgumentError(None, "Wazaj takes neither --idempotency-key nor --session-id")
    message = sys.stdin.read() if options.message == "-" else options.message
    if options.wazaj:
        with Wazaj.from_env() as wazaj:
            answer: Any = wazaj.messages.send_text(to=options.to, body=message)
    else:
        with Zagely.from_env() as zagely:
            session = options.session_id or os.environ.get("ZAGELY_SESSION_ID")
            answer = zagely.messages.send(
                to=options.to, message=message, session_id=session, idempotency_key=options.idempotency_key
            )
    print(json.dumps(answer.to_dict()) if options.json else f"sent as {answer.message_id}")


def _list(options: Any) -> None:
    operation = _operation(f"zagely.{options.what.replace('-', '_')}.list")
    fields = _fields(operation, options.field)
    with Zagely.from_env() as zagely:
        items = getattr(getattr(zagely, operation.group), "list")(**fields)
        for number, item in enumerate(_watched(items, options.json)):
            if options.limit is not None and number >= options.limit:
                break
            members = item.to_dict()
            if options.json:
                print(_json(members))
            else:
                print("  ".join(_cell(value) for value in members.values() if isinstance(value, (str, int)) and value != ""))


# Beyond all numbers: JSON has no word for it, but reads this as one.
_ENDLESS = {float("inf"): "1e999", float("-inf"): "-1e999"}


def _json(value: Any) -> str:
    """JSON in whatever letters the output takes: half a surrogate and its like are escaped."""
    mark = os.urandom(16).hex()

    def marked(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: marked(member) for name, member in value.items()}
        if isinstance(value, list):
            return [marked(item) for item in value]
        return mark + _ENDLESS[value] + mark if isinstance(value, float) and value in _ENDLESS else value

    text = json.dumps(marked(value), ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(marked(value))
    return text.replace(f'"{mark}', "").replace(f'{mark}"', "")


def _cell(value: object) -> str:
    # What a stranger wrote must not move the cursor, nor break the line.
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def _watched(items: Any, quiet: bool) -> Iterator[Any]:
    """The items of a list, with a progress bar where somebody watches who does not see them go by."""
    pages = items.pages()
    if quiet or sys.stdout.isatty() or not sys.stderr.isatty():
        for page in pages:
            yield from page.data
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        for page in pages:
            yield from page.data
        return
    # The items go where they would without a bar.
    with Progress(console=Console(stderr=True), redirect_stdout=False, redirect_stderr=False) as progress:
        task = progress.add_task("listing", total=None)
        for page in pages:
            progress.update(task, total=page.total)
            for item in page.data:
                progress.advance(task)
                yield item


def _preview(options: Any) -> None:
    source = Path(options.template[1:]).read_text(encoding="utf-8") if options.template.startswith("@") else options.template
    template = Template(source)
    values = dict(_pair(value) for value in options.value)
    text = template.render(values, missing=options.missing)
    print(json.dumps({"text": text, "variables": template.variables}, ensure_ascii=False) if options.json else text)


def _verify(options: Any) -> None:
    webhook = Webhook.from_env(tolerance=None if options.any_age else 300)
    body = sys.stdin.buffer.read() if options.body == "-" else Path(options.body).read_bytes()
    event = webhook.verify(_headers(options.headers), body)
    if options.json:
        print(json.dumps({"event": event.name, "delivery_id": event.delivery_id, "secret_index": event.secret_index}))
    else:
        print(f"genuine: {_cell(event.name)}, delivery {_cell(event.delivery_id or '(without id)')}")


def _headers(path: str) -> dict[str, str]:
    """Headers as somebody wrote them down."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        if text.lstrip().startswith("{"):
            return {name: str(value) for name, value in json.loads(text).items()}
    except ValueError as error:
        raise ValueError(f"{path}: not the headers of a delivery ({error}). {_WANTED}") from None
    pairs = [line.partition(":") for line in text.splitlines() if ":" in line]
    if not pairs:
        raise ValueError(f"{path}: there is no header in it. {_WANTED}")
    return {name.strip(): value.strip() for name, _, value in pairs}


_WANTED = (
    "Give a file that has each header on a line, as in `X-Zagely-Signature: sha256=…`, or all in one JSON object, as text"
    " in UTF-8; what counts is X-Zagely-Signature and X-Zagely-Timestamp."
)


def _curl(options: Any) -> None:
    vendor, _, name = options.call.partition(".")
    fields = _fields(_operation(options.call), options.field)
    client: Any
    if vendor == "wazaj":
        base_url = os.environ.get("WAZAJ_BASE_URL") or "https://wazaj.invalid/api/wazaj/business"
        client = Wazaj("wzj_shown_nowhere", base_url)
    else:
        # As `from_env` would, whose keys are not needed to show a call.
        origin, app_token = (os.environ.get(name) or None for name in ("ZAGELY_BASE_URL", "ZAGELY_APP_TOKEN"))
        client = Zagely("pk_shown_nowhere", "sk_shown_nowhere", base_url=origin, app_token=app_token and "shown_nowhere")
    request = client._service.named(name, json.dumps(fields), None, os.urandom(16))
    if options.json:
        headers = {name: _redacted(name, value) for name, value in request.headers.items()}
        body = None if request.content is None else request.content.decode("utf-8", "replace")
        print(json.dumps({"method": request.method, "url": request.url, "headers": headers, "body": body}, ensure_ascii=False))
    else:
        print(as_curl(request))


def as_curl(request: Request[Any]) -> str:
    """A request as a command for a shell, with variables in place of keys."""
    parts = ["curl", "-X", request.method, shlex.quote(request.url)]
    for name, value in request.headers.items():
        shown = _redacted(name, value)
        # In double quotes, so that the shell puts the variable's value in.
        parts += ["-H", f'"{name}: {shown}"' if shown != value else shlex.quote(f"{name}: {value}")]
    if request.content is not None:
        parts += ["--data-binary", shlex.quote(request.content.decode("utf-8", "replace"))]
    return " ".join(parts)


def _redacted(name: str, value: str) -> str:
    if name.lower() not in _SECRET_HEADERS:
        return value
    variables = {"x-public-key": "$ZAGELY_PUBLIC_KEY", "x-secret-key": "$ZAGELY_SECRET_KEY", "x-api-key": "$WAZAJ_API_KEY"}
    return variables.get(name.lower(), "Bearer $ZAGELY_APP_TOKEN")


def _calls(options: Any) -> None:
    for operation in OPERATIONS:
        name = f"{operation.vendor}.{operation.group}.{operation.verb}"
        summary = operation.doc.partition("\n")[0]
        print(json.dumps({"call": name, "summary": summary}) if options.json else f"{name:40} {summary}")


def _names() -> list[str]:
    return [f"{operation.vendor}.{operation.group}.{operation.verb}" for operation in OPERATIONS]


def _operation(name: str) -> Operation:
    return OPERATIONS[_names().index(name)]


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{name}: a field is given as name=value")
    return name, value


def _fields(operation: Operation, given: list[str]) -> dict[str, Any]:
    """Fields as they are typed at a terminal: JSON where it is JSON of the right kind, a list with commas, or text."""
    import inspect

    kinds = _kinds(operation)
    known = inspect.signature(operation.call_class).parameters
    fields: dict[str, Any] = {}
    for name, text in map(_pair, given):
        if name not in known:
            raise ValueError(f"{name}: there is no such field; there are {', '.join(known) or 'none'}")
        fields[name] = kinds(name, text)
    return fields


def _kinds(operation: Operation) -> Callable[[str, str], Any]:
    """Reads a field's text as the first of JSON, a list and text that the call takes."""
    required = {name: "x" for name, _, needed in operation.fields if needed}

    def read(name: str, text: str) -> Any:
        candidates: list[Any] = [text]
        try:
            candidates.insert(0, json.loads(text))
        except ValueError:
            pass
        candidates.append(text.split(","))
        for candidate in candidates:
            try:
                operation.call_class(**{**required, name: candidate})
            except (TypeError, ValueError, OverflowError):
                continue
            return candidate
        return text

    return read


def _listen(options: Any) -> int:
    # Here, because nothing else wants a server.
    from ._listen import listen

    def genuine(event: Event) -> None:
        # What people wrote is shown only to who asks for all of it.
        if options.json:
            print(_json(event.to_dict()), flush=True)
        else:
            print("  ".join(_cell(value) for value in (event.name, event.delivery_id, event.occurred_at) if value), flush=True)

    def refused(error: WebhookError) -> None:
        members = {"refused": error.reason, "hint": error.hint, "http_status": error.http_status}
        print(json.dumps(members) if options.json else f"refused: {error.reason}. {error.hint}", flush=True)

    webhook = Webhook.from_env(tolerance=None if options.any_age else 300)
    listen(webhook, options.port, options.count, genuine, refused)
    return 0


if __name__ == "__main__":
    sys.exit(main())

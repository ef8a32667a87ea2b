"""The command line: `hudhud`, or `python -m hudhud`.

Keys and secrets are read from the environment (`ZAGELY_PUBLIC_KEY`, `ZAGELY_SECRET_KEY`, `WAZAJ_API_KEY`,
`WAZAJ_BASE_URL`, `ZAGELY_WEBHOOK_SECRET`). They are not read from arguments, because other users of a machine can see
the arguments of a process.
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

from . import WebhookEvent, HudhudError, InvalidRequestError, Template, Wazaj, Webhook, WebhookError, Zagely, __version__
from ._hudhud import OPERATIONS, Operation, Request
from .errors import RequestError

# Headers whose values are keys. These values are never printed.
_SECRET_HEADERS = frozenset({"x-public-key", "x-secret-key", "x-api-key", "authorization"})


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Returns 0 for success, 1 for a failure, 130 after Ctrl-C. Invalid arguments exit with 2."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    # argparse does not accept values of an argument with `nargs="*"` after an option. They are added here.
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
        # The reader has closed the pipe. The null device takes the buffered output, which would raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (HudhudError, KeyError, TypeError, ValueError, OSError) as error:
        if options.json:
            print(json.dumps({"error": _members(error)}), file=sys.stderr)
        else:
            print(f"hudhud: {_told(error)}", file=sys.stderr)
            if isinstance(error, RequestError) and error.idempotency_key and error.safe_to_retry:
                again = f"--idempotency-key {error.idempotency_key}"
                print(f"hudhud: to retry without sending twice, repeat the command with {again}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _told(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    # The `str` of a KeyError is the `repr` of its message.
    return str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)


def _members(error: Exception) -> dict[str, Any]:
    """Returns the JSON members of a failure, for scripts. Members that may hold personal text are left out."""
    names = (
        *("kind", "call", "status", "code", "fault", "safe_to_retry", "may_have_happened", "retry_after"),
        *("idempotency_key", "reason", "hint", "http_status", "names"),
    )
    said = {name: getattr(error, name) for name in names if getattr(error, name, None) is not None}
    if isinstance(error, InvalidRequestError):
        # This library wrote these texts. Field errors of a vendor may hold personal text and are left out.
        said["field_errors"] = error.field_errors
    return {"type": type(error).__name__, "message": _told(error), **said}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hudhud", description="Uses Zagely and Wazaj from a terminal.")
    parser.add_argument("--version", action="version", version=f"hudhud {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    send = _command(commands, "send", _send, "Sends a text message through Zagely, or through Wazaj with --wazaj.")
    send.add_argument("to", help="the recipient's number with its country code: +15551234567")
    send.add_argument("message", help="the text; - reads it from standard input")
    send.add_argument("--wazaj", action="store_true", help="send through Wazaj")
    send.add_argument("--session-id", help="the session to send from; not needed if the key is bound to one")
    send.add_argument("--idempotency-key", help="the idempotency key: commands with the same key send the message once")

    lists = sorted({operation.group for operation in OPERATIONS if operation.paged and operation.verb == "list"})
    listing = _command(commands, "list", _list, "Lists all records of a kind, page by page.")
    listing.add_argument("what", type=_one_of([name.replace("_", "-") for name in lists]), metavar="WHAT", help=" or ".join(lists).replace("_", "-"))
    listing.add_argument("field", nargs="*", help="a filter, such as search=jane or tags=vip,new")
    listing.add_argument("--limit", type=int, help="the maximum number of records")

    preview = _command(commands, "preview", _preview, "Renders a template on this machine. Nothing is sent.")
    preview.add_argument("template", help="the template, or @FILE to read it from a file")
    preview.add_argument("value", nargs="*", help="a value, such as name=Jane")
    preview.add_argument("--missing", choices=["error", "keep", "empty"], default="error", help="the handling of a variable without a value (default: error)")

    verify = _command(commands, "verify", _verify, "Verifies a captured delivery. Prints the reason if it is refused.")
    verify.add_argument("headers", help="a file with the headers: one per line, or one JSON object")
    verify.add_argument("body", help="a file with the exact bytes of the body; - reads standard input")
    verify.add_argument("--any-age", action="store_true", help="accept a delivery of any age")

    curl = _command(commands, "curl", _curl, "Prints a call as a curl command, with shell variables instead of the keys.")
    curl.add_argument("call", help="the call, such as zagely.contacts.list or wazaj.messages.send_text", type=_one_of(_names()), metavar="CALL")
    curl.add_argument("field", nargs="*", help="a field, such as to=+15551234567; the value is read as JSON where the field accepts that")

    _command(commands, "calls", _calls, "Lists the names of all calls.")

    listen = _command(commands, "listen", _listen, "Receives deliveries on this machine during development. With --json it prints whole events.")
    listen.add_argument("--port", type=int, default=4020, help="the port (default: 4020)")
    listen.add_argument("--any-age", action="store_true", help="accept deliveries of any age")
    listen.add_argument("--count", type=int, help="exit after this number of deliveries")
    return parser


def _one_of(names: list[str]) -> Callable[[str], str]:
    """Returns an argparse type that accepts these names. The error for an unknown name suggests the closest one."""

    def one(text: str) -> str:
        if text in names:
            return text
        import difflib

        # The vendor's prefix may be missing from the text.
        short = {name.partition(".")[2]: name for name in reversed(names)}
        near = difflib.get_close_matches(text, [*names, *short], n=1, cutoff=0.5)
        meant = f"did you mean {short.get(near[0], near[0])}?" if near else ""
        others = f"expected one of: {', '.join(names)}" if len(names) < 20 else "run `hudhud calls` to list all names"
        raise argparse.ArgumentTypeError(f"unknown name {text!r}: {meant or others}")

    return one


def _command(commands: Any, name: str, run: Callable[[Any], int | None], told: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=told, description=told)
    parser.add_argument("--json", action="store_true", help="print JSON for scripts, one value per line; failures are JSON on standard error")
    parser.set_defaults(run=run)
    return parser


def _send(options: Any) -> None:
    if options.wazaj and (options.idempotency_key, options.session_id) != (None, None):
        # Ignoring the key silently could send the same text twice.
        raise argparse.ArgumentError(None, "--wazaj: Wazaj supports neither --idempotency-key nor --session-id; leave them out")
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


# JSON has no literal for infinity. These numbers are valid JSON, and JSON readers turn them into infinity.
_ENDLESS = {float("inf"): "1e999", float("-inf"): "-1e999"}


def _json(value: Any) -> str:
    """Encodes a value as JSON: in ASCII if standard output cannot encode a character, such as a lone surrogate."""
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
    # Received text must neither move the cursor of the terminal nor break the line.
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def _watched(items: Any, quiet: bool) -> Iterator[Any]:
    """Yields the items of a list. Shows a progress bar if only standard error is a terminal and rich is installed."""
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
    # The items are printed as they are without a progress bar.
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
    """Reads headers from a file: lines of `Name: value`, or a JSON object."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        if text.lstrip().startswith("{"):
            return {name: str(value) for name, value in json.loads(text).items()}
    except ValueError as error:
        raise ValueError(f"{path}: cannot read headers ({error}). {_WANTED}") from None
    pairs = [line.partition(":") for line in text.splitlines() if ":" in line]
    if not pairs:
        raise ValueError(f"{path}: no header found. {_WANTED}")
    return {name.strip(): value.strip() for name, _, value in pairs}


_WANTED = (
    "Expected UTF-8 text with one header per line, such as `X-Zagely-Signature: sha256=…`, or one JSON object."
    " Required headers: X-Zagely-Signature and X-Zagely-Timestamp."
)


def _curl(options: Any) -> None:
    vendor, _, name = options.call.partition(".")
    fields = _fields(_operation(options.call), options.field)
    client: Any
    if vendor == "wazaj":
        base_url = os.environ.get("WAZAJ_BASE_URL") or "https://wazaj.invalid/api/wazaj/business"
        client = Wazaj("wzj_shown_nowhere", base_url)
    else:
        # The same variables as in `from_env`, except for the keys, which are not needed to print a call.
        origin, app_token = (os.environ.get(name) or None for name in ("ZAGELY_BASE_URL", "ZAGELY_APP_TOKEN"))
        client = Zagely("pk_shown_nowhere", "sk_shown_nowhere", base_url=origin, app_token=app_token and "shown_nowhere")
    request = client._service.request_by_name(name, json.dumps(fields), None, os.urandom(16))
    if options.json:
        headers = {name: _redacted(name, value) for name, value in request.headers.items()}
        body = None if request.content is None else request.content.decode("utf-8", "replace")
        print(json.dumps({"method": request.method, "url": request.url, "headers": headers, "body": body}, ensure_ascii=False))
    else:
        print(as_curl(request))


def as_curl(request: Request[Any]) -> str:
    """Returns a request as a curl command for a shell. Shell variables stand for the keys."""
    parts = ["curl", "-X", request.method, shlex.quote(request.url)]
    for name, value in request.headers.items():
        shown = _redacted(name, value)
        # Double quotes, so that the shell inserts the value of the variable.
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
        raise ValueError(f"{name}: expected name=value")
    return name, value


def _fields(operation: Operation, given: list[str]) -> dict[str, Any]:
    """Reads the fields of a call from `name=value` arguments; see `_kinds` for the values."""
    import inspect

    kinds = _kinds(operation)
    known = inspect.signature(operation.call_class).parameters
    fields: dict[str, Any] = {}
    for name, text in map(_pair, given):
        if name not in known:
            raise ValueError(f"{name}: unknown field. Known fields: {', '.join(known) or 'none'}")
        fields[name] = kinds(name, text)
    return fields


def _kinds(operation: Operation) -> Callable[[str, str], Any]:
    """Returns a reader of values: the first of JSON, text and a list separated by commas that the call accepts."""
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
    # Imported here, because only this command needs a server.
    from ._listen import listen

    def genuine(event: WebhookEvent) -> None:
        # Message texts are personal. They are printed only with --json.
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

"""Declares the commands with their arguments. The options of all commands work before and after the command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

from .. import __version__
from . import exit_codes
from .usage import UsageError, unknown, whole_number

_MOST = 10**12


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are exceptions, with suggestions for unknown names."""

    def __init__(self, **given: Any) -> None:
        # A script that abbreviates an option would break with the next option.
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **given)

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage().strip())

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        # argparse calls this for values with `choices`. Its own message makes no suggestion.
        if action.choices is not None and value not in action.choices:
            what = "command" if isinstance(action, argparse._SubParsersAction) else "value"
            raise argparse.ArgumentError(action, unknown(what, str(value), [str(choice) for choice in action.choices]))


def _runs(module: str, function: str) -> Callable[[Any], None]:
    """Returns a function that imports a command when it runs."""

    def run(options: Any) -> None:
        getattr(import_module(f".{module}", __package__), function)(options)

    return run


def make_parser() -> argparse.ArgumentParser:
    """Creates the parser of all commands."""
    parser = _Parser(
        prog="hudhud",
        description="Uses Zagely and Wazaj from a terminal.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"hudhud {__version__}")
    _add_common(parser, False)
    commands = parser.add_subparsers(metavar="COMMAND")
    parser.set_defaults(run=lambda options: parser.print_help())

    def command(name: str, module: str, function: str, help_text: str, more: str = "") -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=f"{help_text}{more}")
        _add_common(made, argparse.SUPPRESS)
        made.set_defaults(run=_runs(module, function), command=made)
        return made

    call = command("call", "calling", "call", "Makes any call of both vendors.", _CALL)
    call.add_argument("call", metavar="NAME", help="the call, such as contacts.get or wazaj.messages.send_text")
    call.add_argument("field", nargs="*", default=[], metavar="FIELD=VALUE", help="a field of the call")
    call.add_argument("--idempotency-key", metavar="KEY", help="commands with the same key take effect once")
    call.add_argument("--all", action="store_true", help="print the records of all pages; default: one page")
    call.add_argument("--limit", type=whole_number(1, _MOST), metavar="N", help="print N records, from as many pages as needed")

    send = command("send", "calling", "send", "Sends a text message through Zagely, or through Wazaj with --wazaj.")
    send.add_argument("to", help="the recipient's number with its country code: +15551234567")
    send.add_argument("message", help="the text; - reads standard input")
    send.add_argument("--wazaj", action="store_true", help="send through Wazaj")
    send.add_argument("--session-id", metavar="ID", help="the session to send from; not needed if the key is bound to one")
    send.add_argument("--idempotency-key", metavar="KEY", help="commands with the same key send the message once")

    many = command("send-many", "sending", "send_many", "Sends a message to each contact of a CSV file, once.", _SEND_MANY)
    many.add_argument("contacts", nargs="?", metavar="CONTACTS", help="a CSV file in UTF-8 whose first row names the columns; - reads standard input")
    many.add_argument("--template", metavar="TEXT", help="the message, with columns as variables: \"Hi {{ name }}\"; @FILE reads a file")
    many.add_argument("--to", metavar="COLUMN", help="the column with the numbers (default: to, phone, phone_number, number or mobile)")
    many.add_argument("--wazaj", action="store_true", help="send through Wazaj")
    many.add_argument("--session-id", metavar="ID", help="the session to send from; not needed if the key is bound to one")
    many.add_argument("--journal", metavar="FILE", help="the file that records what was sent (default: the name of CONTACTS with .outbox)")
    many.add_argument("--dry-run", action="store_true", help="check all rows, send nothing and write no file")
    many.add_argument("--skip-faulty", action="store_true", help="leave out faulty rows; default: send nothing if a row is faulty")
    many.add_argument("--yes", action="store_true", help="send without asking")
    many.add_argument("--concurrency", type=whole_number(1, 256), default=8, metavar="N", help="the number of messages in flight (default: 8)")
    many.add_argument("--stop-after-refusals", type=whole_number(0, 2**32 - 1), default=20, metavar="N", help="stop after N refusals in a row; 0 never stops (default: 20)")
    many.add_argument("--resume", metavar="JOURNAL", help="continue a command that was stopped")
    many.add_argument("--report", metavar="JOURNAL", help="print the report of a journal")

    listing = command("list", "calling", "listing", "Lists all records of a kind, page by page.")
    listing.add_argument("what", metavar="WHAT", help="the kind, such as contacts or webhooks")
    listing.add_argument("field", nargs="*", default=[], metavar="FIELD=VALUE", help="a filter, such as search=jane or tags=vip,new")
    listing.add_argument("--limit", type=whole_number(1, _MOST), metavar="N", help="the maximum number of records")

    calls = command("calls", "calling", "calls", "Lists all calls, or describes one with its fields.")
    calls.add_argument("text", nargs="?", metavar="NAME", help="a call to describe, or a part of the names to list")

    curl = command("curl", "curl", "curl", "Prints a call as a curl command, with shell variables instead of the keys.")
    curl.add_argument("call", metavar="NAME", help="the call, as for `hudhud call`")
    curl.add_argument("field", nargs="*", default=[], metavar="FIELD=VALUE", help="a field of the call")

    preview = command("preview", "previewing", "preview", "Renders a template on this machine. Nothing is sent.")
    preview.add_argument("template", help="the template; @FILE reads a file")
    preview.add_argument("value", nargs="*", default=[], metavar="NAME=VALUE", help="a value, such as name=Jane")
    preview.add_argument("--missing", choices=["error", "keep", "empty"], default="error", help="the handling of a variable without a value: error (default), keep or empty")

    verify = command("verify", "verifying", "verify", "Verifies a captured delivery. Says what is wrong with a refused one.", _VERIFY)
    verify.add_argument("headers", metavar="HEADERS", help="a file with the headers; - reads standard input")
    verify.add_argument("body", nargs="?", metavar="BODY", help="a file with the exact bytes of the body; - reads standard input; default: the file of the same name with the ending .body, or the part of HEADERS after a blank line")
    verify.add_argument("--any-age", action="store_true", help="accept a delivery of any age")

    listen = command("listen", "listening", "listen", "Receives deliveries on this machine during development.", _LISTEN)
    listen.add_argument("--port", type=whole_number(0, 65535), default=4020, metavar="N", help="the port; 0 selects a free one (default: 4020)")
    listen.add_argument("--forward-to", metavar="URL", help="send each genuine delivery to this application, and respond with its status")
    listen.add_argument("--register", action="store_true", help="register a webhook, and delete it at the end")
    listen.add_argument("--url", metavar="URL", help="the public address to register, such as that of a tunnel")
    listen.add_argument("--event", action="append", metavar="NAME", help="an event to register for; may be repeated (default: all)")
    listen.add_argument("--secret-file", metavar="FILE", help="write the secret of the registered webhook to this file, for the application")
    listen.add_argument("--save", metavar="DIR", help="save each delivery in this folder, for `hudhud verify`")
    listen.add_argument("--any-age", action="store_true", help="accept deliveries of any age")
    listen.add_argument("--count", type=whole_number(1, _MOST), metavar="N", help="end after N accepted deliveries")

    completion = command("completion", "completion", "completion", "Prints the script that completes commands, calls and fields in a shell.", _COMPLETION)
    completion.add_argument("shell", choices=["bash", "zsh", "fish"], metavar="SHELL", help="bash, zsh or fish")
    help_texts = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    completion.set_defaults(commands=dict(commands.choices), help_texts=help_texts)
    return parser


def _add_common(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument("--json", action="store_true", default=default, help="print JSON for scripts, one value per line; failures are JSON on standard error")
    parser.add_argument("-v", "--verbose", action="store_true", default=default, help="print a line per attempt and per wait on standard error (also: HUDHUD_LOG=debug)")


_EPILOG = f"""\
environment:
  ZAGELY_PUBLIC_KEY, ZAGELY_SECRET_KEY, ZAGELY_SESSION_ID, ZAGELY_BASE_URL, ZAGELY_APP_TOKEN, ZAGELY_WEBHOOK_SECRET,
  WAZAJ_API_KEY, WAZAJ_BASE_URL. Keys are not read from arguments, because other users of a machine can see these.

exit codes:
{exit_codes.table()}"""

_CALL = """

Values are read by the type of the field; `hudhud calls NAME` shows the types:
  name=Jane                        text
  page=2  is_active=true           a number, true or false
  tags=vip,new  tags=a tags=b      a list; also as JSON: tags='["a, b"]'
  custom_fields='{"city": "Cairo"}'  an object, as JSON
  name=null                        clears a field, if the call can
  message=@text.txt  file=@-       the content of a file, or of standard input; @@ stands for a leading @"""

_SEND_MANY = """

All rows are checked first: numbers, variables and fields. If no row is faulty, the command asks, and then sends.
Ctrl-C stops the command at any time. It then prints the command that continues. No contact gets the message twice.
Without keys (Wazaj), a message whose response was lost is reported as unknown and not repeated. The journal contains
the numbers and the texts, and only its owner can read it: delete it when you have the report."""

_VERIFY = """

HEADERS may hold one header per line, as HTTP, curl -v or CGI print them, or JSON: an object of texts or of lists, or a
list of pairs. If the signature is wrong, the command looks for the damage: it repairs the body, the timestamp and the
secret in the usual ways until the signature is right, and says which repair it was."""

_LISTEN = """

Deliveries that do not verify are refused and never forwarded. With --json, whole events are printed. --register needs
an address at which the vendor reaches this machine: start a tunnel to the port, and pass its address as --url. The
secret of the webhook is ZAGELY_WEBHOOK_SECRET, or else the vendor creates one. The webhook is deleted at the end."""

_COMPLETION = """

  bash: eval "$(hudhud completion bash)" in ~/.bashrc
  zsh:  eval "$(hudhud completion zsh)" in ~/.zshrc, after compinit
  fish: hudhud completion fish > ~/.config/fish/completions/hudhud.fish"""

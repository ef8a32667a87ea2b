"""Runs a command, and turns its failure into a message and an exit code."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from .._log import configure, silence
from ..errors import InvalidRequestError, RequestError
from . import exit_codes
from .exit_codes import Ended, ExitCode, exit_code
from .output import cell, write_error
from .termination import Terminated
from .usage import shown

_AGAIN = "to retry without a second effect, repeat the command with --idempotency-key"


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Returns its exit code; `exit_codes` lists them."""
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    silence()
    try:
        try:
            options = _parsed(given)
            as_json = options.json
            if options.verbose:
                configure("debug")
            options.run(options)
            _flush()
        except SystemExit as end:
            # argparse ends so after --help and --version.
            _flush()
            return int(end.code or 0)
        return exit_codes.OK.code
    except Ended as end:
        _forget_output(quietly=True)
        return end.code.code
    except BrokenPipeError:
        _forget_output()
        return exit_codes.CLOSED.code
    except KeyboardInterrupt as interruption:
        _forget_output(quietly=True)
        # The clients note the key of the call that was interrupted.
        key = getattr(interruption, "idempotency_key", None)
        if key is not None:
            write_error(f"hudhud: interrupted; {_AGAIN} {key}")
        return exit_codes.INTERRUPTED.code
    except Exception as error:
        _forget_output(quietly=True)
        return _fail(error, as_json).code
    except Terminated:
        _forget_output(quietly=True)
        return exit_codes.TERMINATED.code


def _parsed(given: list[str]) -> Any:
    from .parser import make_parser

    parser = make_parser()
    options, rest = parser.parse_known_args(given)
    # argparse does not accept values of an argument with `nargs="*"` after an option. They are added here.
    for name in "field", "value":
        if hasattr(options, name) and all("=" in text and not text.startswith("-") for text in rest):
            getattr(options, name).extend(rest)
            rest = []
    if rest:
        command = getattr(options, "command", parser)
        unknown = [text for text in rest if text.startswith("-")]
        if unknown:
            command.error(f"unrecognized arguments: {' '.join(map(shown, unknown))}")
        command.error("too many arguments: put a text that has spaces into quotation marks")
    return options


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _forget_output(quietly: bool = False) -> None:
    """Writes the rest of the output. If that fails, sends the rest to the null device, because Python would try and fail again at
    exit."""
    try:
        if quietly:
            _flush()
            return
    except (OSError, ValueError):
        pass
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        # Standard output is missing or closed.
        pass


def _fail(error: Exception, as_json: bool) -> ExitCode:
    """Prints a failure. Returns its exit code."""
    code = exit_code(error)
    if as_json:
        write_error(json.dumps({"error": _members(error, code)}))
        return code
    usage = getattr(error, "usage", "")
    if usage:
        write_error(usage)
    write_error(f"hudhud: {_message(error, code)}")
    for finding in getattr(error, "findings", ()):
        write_error(f"hudhud: {finding}")
    if isinstance(error, RequestError) and error.idempotency_key and error.safe_to_retry:
        write_error(f"hudhud: {_AGAIN} {error.idempotency_key}")
    return code


def _message(error: BaseException, code: ExitCode) -> str:
    """Returns the message of a failure, with the host and the cause if the failure has them."""
    if code is exit_codes.INTERNAL:
        frames = error.__traceback__
        while frames is not None and frames.tb_next is not None:
            frames = frames.tb_next
        where = "" if frames is None else f" at {os.path.basename(frames.tb_frame.f_code.co_filename)}:{frames.tb_lineno}"
        return f"internal error: {type(error).__name__}{where}. This is a bug: report it, with the command that you ran and without its keys"
    if isinstance(error, argparse.ArgumentError):
        return str(error)
    if isinstance(error, OSError):
        reason = error.strerror or str(error) or type(error).__name__
        return f"{cell(error.filename)}: {reason}" if error.filename else reason
    parts = [str(error)]
    # A transport error has a note with the method and the host, if its text does not name the host.
    parts += [f"({note})" for note in getattr(error, "__notes__", ()) if note.rpartition(" ")[2] not in parts[0]]
    cause = _cause(error)
    if cause is not None and cause not in parts[0]:
        parts.append(f"Cause: {cause}")
    return cell(" ".join(parts))


def _cause(error: BaseException) -> str | None:
    """Returns the innermost cause of a transport's failure. Private text was removed from it."""
    if getattr(error, "fault", None) is None or getattr(error, "reason", None) is not None:
        return None
    cause = error.__cause__
    while cause is not None:
        inner = cause.__cause__ or cause.__context__ or getattr(cause, "reason", None)
        if not isinstance(inner, BaseException):
            break
        cause = inner
    if cause is None:
        return None
    return f"{type(cause).__name__}: {getattr(cause, 'strerror', None) or cause}"


def _members(error: BaseException, code: ExitCode) -> dict[str, Any]:
    """Returns the JSON members of a failure, for scripts. Members that may hold personal text are left out."""
    names = (
        *("kind", "call", "status", "code", "fault", "safe_to_retry", "may_have_happened", "retry_after", "attempts"),
        *("idempotency_key", "reason", "hint", "http_status", "names", "signature", "findings", "repairs"),
    )
    members = {name: getattr(error, name) for name in names if getattr(error, name, None) is not None}
    if isinstance(error, InvalidRequestError):
        # This library wrote these texts. Field errors of a vendor may hold personal text and are left out.
        members["field_errors"] = error.field_errors
    cause = _cause(error)
    if cause is not None:
        members["cause"] = cause
    # The public class, from which a class of this command line may be derived.
    public = next((cls for cls in type(error).__mro__ if cls.__module__ == RequestError.__module__), type(error))
    facts = {"type": public.__name__, "exit_code": code.code, "exit_name": code.name, "message": _message(error, code)}
    return {**facts, **members}

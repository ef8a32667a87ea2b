"""The exit codes of the command line. Scripts can rely on them."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from ..errors import HudhudError, MissingVariableError, MissingVariablesError, OutboxError, PhoneError, RequestError, WebhookError
from .usage import UsageError


class ExitCode(NamedTuple):
    """An exit code with its name, as in JSON, and its meaning."""

    code: int
    name: str
    meaning: str


OK = ExitCode(0, "ok", "The command succeeded.")
INTERNAL = ExitCode(1, "internal", "A defect of this program. Please report it.")
USAGE = ExitCode(2, "usage", "The arguments are wrong. Nothing was sent.")
INVALID = ExitCode(3, "invalid", "A field or a setting is invalid. The command found this before sending, or the vendor did (422).")
CREDENTIALS = ExitCode(4, "credentials", "A key is missing or refused, or may not make the call (401, 403).")
NOT_FOUND = ExitCode(5, "not_found", "The record does not exist (404).")
LIMITED = ExitCode(6, "limited", "A rate limit or a quota is used up (429).")
UNAVAILABLE = ExitCode(7, "unavailable", "The vendor's service failed or is unavailable (5xx).")
TRANSPORT = ExitCode(8, "transport", "No response was received.")
UNEXPECTED = ExitCode(9, "unexpected", "The response is not one that the vendor documents.")
REFUSED = ExitCode(10, "refused", "A delivery is not genuine, or too old.")
LOCAL = ExitCode(11, "local", "A file, a port or the output cannot be used.")
PARTIAL = ExitCode(12, "partial", "Messages were refused, are left, or may have been sent. The report counts them.")
INTERRUPTED = ExitCode(130, "interrupted", "Ctrl-C ended the command.")
CLOSED = ExitCode(141, "closed", "The program that reads the output closed it, as head does.")
TERMINATED = ExitCode(143, "terminated", "The signal TERM or HUP ended the command.")

EXIT_CODES = (
    *(OK, INTERNAL, USAGE, INVALID, CREDENTIALS, NOT_FOUND, LIMITED, UNAVAILABLE, TRANSPORT, UNEXPECTED, REFUSED),
    *(LOCAL, PARTIAL, INTERRUPTED, CLOSED, TERMINATED),
)
"""All exit codes."""


class Ended(Exception):
    """A command has printed its output, and ends with this exit code."""

    def __init__(self, code: ExitCode) -> None:
        super().__init__(code.name)
        self.code = code


OF_KIND = {
    "invalid_request": INVALID,
    "validation": INVALID,
    "authentication": CREDENTIALS,
    "permission": CREDENTIALS,
    "not_found": NOT_FOUND,
    "rate_limited": LIMITED,
    "quota_exceeded": LIMITED,
    "wait_too_long": LIMITED,
    "store": LOCAL,
    "unavailable": UNAVAILABLE,
    "server": UNAVAILABLE,
    "transport": TRANSPORT,
    "method_not_allowed": UNEXPECTED,
    "redirect": UNEXPECTED,
    "client": UNEXPECTED,
    "unexpected_response": UNEXPECTED,
}
"""The exit code of each kind of a call's failure."""


def exit_code(error: BaseException) -> ExitCode:
    """Returns the exit code of a failure."""
    if isinstance(error, RequestError):
        return OF_KIND.get(error.kind, UNEXPECTED)
    if isinstance(error, MissingVariableError):
        return CREDENTIALS
    if isinstance(error, WebhookError):
        return REFUSED
    if isinstance(error, (UsageError, argparse.ArgumentError)):
        return USAGE
    if isinstance(error, OutboxError) and isinstance(error.__cause__, OSError):
        return LOCAL
    if isinstance(error, (MissingVariablesError, PhoneError, HudhudError)):
        return INVALID
    return LOCAL if isinstance(error, OSError) else INTERNAL


def table() -> str:
    """Returns the exit codes as the lines of a text."""
    return "\n".join(f"  {code.code:>3}  {code.name:<12} {code.meaning}" for code in EXIT_CODES)

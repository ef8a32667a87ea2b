"""Finds the damage of a captured delivery whose signature is wrong: it repairs the capture until the signature is right.

A step repairs one thing, such as a trailing newline of the body or quotes around the secret. The search tries
combinations of up to three steps of the body, one of the timestamp and one of the secret, those with the fewest steps
first. The number of combinations and of hashed bytes is bounded.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .._hudhud import Verifier
from ..errors import HudhudError, WebhookError
from .capture import Capture

SIGNATURE = "X-Zagely-Signature"
TIMESTAMP = "X-Zagely-Timestamp"

# The most body steps in one repair, the most bodies that are tried, and the most bytes that are hashed and that are
# changed in all.
_MOST_STEPS = 3
_MOST_BODIES = 400
_MOST_BYTES = 64 * 1024 * 1024


class Repair(NamedTuple):
    """A repaired capture, whose signature is right."""

    steps: tuple[str, ...]
    """The steps, in words that follow "the signature is right once"."""
    capture: Capture
    secret: str


def is_signed(capture: Capture, secrets: list[str]) -> str | None:
    """Returns the secret that signed a capture, whatever its age, or `None`."""
    for secret in secrets:
        try:
            Verifier(secret, tolerance=None).verify(capture.headers, capture.body)
        except WebhookError as error:
            # The body is decoded after the verification of its signature.
            if error.reason != "malformed_payload":
                continue
        except HudhudError:
            # A blank secret.
            continue
        return secret
    return None


def find_repair(capture: Capture, secrets: list[str]) -> Repair | None:
    """Returns the repair with the fewest steps, or `None`."""
    keys = list(_secrets(secrets))
    heads = list(_heads(capture))
    hashed = 0
    tried = 0
    for steps, body in _bodies(capture):
        for others in 0, 1, 2:
            for head_steps, headers in heads:
                for key_steps, secret in keys:
                    if len(head_steps) + len(key_steps) != others:
                        continue
                    hashed += len(body) + 200
                    if hashed > _MOST_BYTES:
                        return None
                    candidate = Capture(headers, body)
                    if is_signed(candidate, [secret]):
                        return Repair((*steps, *head_steps, *key_steps), candidate, secret)
        tried += 1
        if tried >= _MOST_BODIES:
            return None
    return None


def length_hint(capture: Capture) -> str | None:
    """Returns the difference of the body's length to the `Content-Length`, in words, or `None` if they agree."""
    stated = capture.header("Content-Length") or ""
    if not (stated.isascii() and stated.isdigit() and len(stated) < 12) or int(stated) == len(capture.body):
        return None
    kind = "truncated" if len(capture.body) < int(stated) else "longer than the one that was sent"
    return f"the body is {kind}: Content-Length says {int(stated)} bytes, the file has {len(capture.body)}"


# --- The body.

_Step = Callable[[Capture, bytes], "bytes | None"]


def _bodies(capture: Capture) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Yields the body and its repairs, each once, those with the fewest steps first."""
    seen = {capture.body}
    changed = 0
    level: list[tuple[tuple[str, ...], bytes]] = [((), capture.body)]
    for _ in range(_MOST_STEPS + 1):
        yield from level
        following: list[tuple[tuple[str, ...], bytes]] = []
        for steps, body in level:
            for description, step in _BODY_STEPS:
                changed += len(body)
                # A single step is always tried.
                if changed > _MOST_BYTES and steps:
                    return
                try:
                    repaired = step(capture, body)
                except (ValueError, RecursionError):
                    continue
                if repaired is not None and repaired not in seen and len(seen) < _MOST_BODIES:
                    seen.add(repaired)
                    following.append(((*steps, description), repaired))
        level = following


def _without_newline(_: Capture, body: bytes) -> bytes:
    return body.rstrip(b"\r\n")


def _stripped(_: Capture, body: bytes) -> bytes:
    return body.strip()


def _without_mark(_: Capture, body: bytes) -> bytes:
    return body.removeprefix(b"\xef\xbb\xbf")


def _with_line_feeds(_: Capture, body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n")


def _with_carriage_returns(_: Capture, body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _with_newline(_: Capture, body: bytes) -> bytes | None:
    return None if body.endswith(b"\n") else body + b"\n"


def _cut(capture: Capture, body: bytes) -> bytes | None:
    stated = capture.header("Content-Length") or ""
    return body[: int(stated)] if stated.isascii() and stated.isdigit() and len(stated) < 12 and int(stated) < len(body) else None


def _from_base64(_: Capture, body: bytes) -> bytes | None:
    text = body.strip().strip(b'"').replace(b"-", b"+").replace(b"_", b"/")
    decoded = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    return decoded if decoded.lstrip(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else None


def _unquoted(_: Capture, body: bytes) -> bytes | None:
    text = body.strip()
    if text[:1] == b'"' and text[-1:] == b'"':
        inner = json.loads(text)
        return inner.encode() if isinstance(inner, str) else None
    if len(text) > 1 and text[:1] == text[-1:] == b"'":
        return text[1:-1]
    # The form in which Python prints bytes.
    if text[:2] in (b"b'", b'b"') and text[-1:] == text[1:2]:
        return text[2:-1].decode("unicode_escape").encode("latin-1")
    return None


def _from(encoding: str) -> _Step:
    def step(_: Capture, body: bytes) -> bytes | None:
        if body.isascii() and not encoding.startswith("utf-16"):
            return None
        return body.decode(encoding).encode()

    return step


def _from_latin_1(_: Capture, body: bytes) -> bytes | None:
    try:
        body.decode()
        return None
    except UnicodeDecodeError:
        return body.decode("latin-1").encode()


def _from_double_utf_8(encoding: str) -> _Step:
    def step(_: Capture, body: bytes) -> bytes | None:
        return None if body.isascii() else body.decode().encode(encoding)

    return step


# A text of JSON with its quotation marks, or white space outside of texts.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[ \t\r\n]+', re.DOTALL)
_ESCAPED = re.compile(r"((?:\\\\)*)((?:\\u[0-9a-fA-F]{4})+)")


def _in_texts(change: Callable[[str], str], body: bytes, keeps_space: bool = True) -> bytes | None:
    """Changes the texts of JSON. All other characters, such as those of numbers, stay as they are."""
    text = body.decode()
    if not text.lstrip().startswith(("{", "[")):
        return None
    replaced = _TOKEN.sub(lambda found: change(found[0]) if found[0][0] == '"' else found[0] if keeps_space else "", text)
    return replaced.encode()


def _compact(_: Capture, body: bytes) -> bytes | None:
    return _in_texts(lambda token: token, body, keeps_space=False)


def _with_slashes(_: Capture, body: bytes) -> bytes | None:
    return _in_texts(lambda token: token.replace("\\/", "/").replace("/", "\\/"), body)


def _without_slashes(_: Capture, body: bytes) -> bytes | None:
    return _in_texts(lambda token: token.replace("\\/", "/"), body)


def _with_escapes(_: Capture, body: bytes) -> bytes | None:
    def escaped(token: str) -> str:
        return token if token.isascii() else "".join(letter if letter.isascii() else json.dumps(letter)[1:-1] for letter in token)

    return _in_texts(escaped, body)


def _without_escapes(_: Capture, body: bytes) -> bytes | None:
    def letters(found: re.Match[str]) -> str:
        text: str = json.loads(f'"{found[2]}"')
        # A control character, a quotation mark or half of a pair stays escaped.
        if any(ord(letter) < 32 or letter in '"\\' or "\ud800" <= letter <= "\udfff" for letter in text):
            return found[0]
        return found[1] + text

    return _in_texts(lambda token: _ESCAPED.sub(letters, token), body)


_BODY_STEPS: tuple[tuple[str, _Step], ...] = (
    ("the newline at the end of the body is removed", _without_newline),
    ("the byte order mark of the body is removed", _without_mark),
    ("white space around the body is removed", _stripped),
    ("the body is cut to its Content-Length", _cut),
    ("the line ends of the body are changed from CRLF to LF", _with_line_feeds),
    ("the body is decoded from base64", _from_base64),
    ("the quotation marks around the body are removed", _unquoted),
    ("the JSON of the body is made compact", _compact),
    ("the body is encoded as UTF-8 again, from Latin-1", _from_latin_1),
    ("the body is encoded as UTF-8 again, from Windows-1252", _from("cp1252")),
    ("the body is encoded as UTF-8 again, from UTF-16", _from("utf-16")),
    ("the body is encoded as UTF-8 again, from UTF-16 with the low byte first", _from("utf-16-le")),
    ("the body is encoded as UTF-8 once instead of twice", _from_double_utf_8("latin-1")),
    ("the body is encoded as UTF-8 once instead of twice, through Windows-1252", _from_double_utf_8("cp1252")),
    ("the \\u escapes of the body are changed to letters", _without_escapes),
    ("the letters of the body are changed to \\u escapes", _with_escapes),
    ("the slashes of the body lose their backslashes", _without_slashes),
    ("the slashes of the body get backslashes", _with_slashes),
    ("the body gets a newline at its end", _with_newline),
    ("the line ends of the body are changed from LF to CRLF", _with_carriage_returns),
)


# --- The headers.


def _heads(capture: Capture) -> Iterator[tuple[tuple[str, ...], list[tuple[str, str]]]]:
    yield (), capture.headers
    timestamp, signature = capture.header(TIMESTAMP), capture.header(SIGNATURE)
    others = [pair for pair in capture.headers if pair[0].lower() not in (TIMESTAMP.lower(), SIGNATURE.lower())]
    if timestamp is None or signature is None:
        return

    def with_headers(timestamp: str, signature: str) -> list[tuple[str, str]]:
        return [*others, (TIMESTAMP, timestamp), (SIGNATURE, signature)]

    seconds = re.sub(r"\.[0-9]*$", "", timestamp)
    if seconds != timestamp:
        yield ("the timestamp loses its fraction",), with_headers(seconds, signature)
    if re.fullmatch(r"[0-9]{13}", seconds):
        yield ("the timestamp is given in seconds instead of milliseconds",), with_headers(seconds[:-3], signature)
    digest = signature.removeprefix("sha256=").strip("'\" ")
    if re.fullmatch(r"[0-9A-Fa-f]{64}", digest) and f"sha256={digest.lower()}" != signature:
        yield ("the signature has the form sha256= and lower-case digits",), with_headers(timestamp, f"sha256={digest.lower()}")
    if re.fullmatch(r"[A-Za-z0-9+/]{43}=", digest):
        decoded = base64.b64decode(digest).hex()
        yield ("the signature is written in hexadecimal instead of base64",), with_headers(timestamp, f"sha256={decoded}")


# --- The secret.


def _secrets(given: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    seen: set[str] = set()
    for step, secret in (pair for whole in given for pair in _secret_repairs(whole)):
        if secret.strip() and secret not in seen and len(secret) < 4096 and len(seen) < 64:
            seen.add(secret)
            yield step, secret


def _secret_repairs(given: str) -> Iterator[tuple[tuple[str, ...], str]]:
    yield (), given
    bare = given.strip().strip("'\"").strip()
    yield ("the quotes or spaces around the secret are removed",), bare
    if "=" in bare:
        value = bare.partition("=")[2].strip().strip("'\"")
        yield ("the name in front of the secret (NAME=) is removed",), value
    for part in re.split(r"[,;]", bare):
        yield ("the secrets are separated by spaces instead of commas",), part.strip()
    if not bare.startswith("whsec_"):
        yield ("the secret begins with whsec_",), f"whsec_{bare}"
    else:
        yield ("the secret loses its whsec_",), bare.removeprefix("whsec_")
    for text in bare, bare.removeprefix("whsec_"):
        try:
            yield ("the secret is decoded from base64",), base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode().strip()
        except (ValueError, UnicodeError):
            pass
    yield ("the secret is encoded in base64",), base64.b64encode(bare.encode("utf-8", "replace")).decode()


def secret_hint(secrets: list[str]) -> str | None:
    """Returns a visible mistake in the secret, in words, or `None`."""
    if any(secret.strip("'\" ").startswith(("sk_", "pk_", "wzj_")) for secret in secrets):
        return "the secret is a key of the API (it begins with sk_, pk_ or wzj_): expected the secret of the webhook, which webhooks.create returns (whsec_…)"
    return None

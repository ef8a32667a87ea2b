"""Removes private text from the causes of transport errors.

Exceptions of HTTP libraries contain the URL of the request, and sometimes bytes that the server sent. These can contain
phone numbers, message texts and keys. The class, the reason and the host are kept.
"""

from __future__ import annotations

import builtins
import json
import re
from typing import Any, cast
from urllib.parse import unquote, unquote_plus, urlsplit

from ._attempt import Repeated, TooLarge
from ._body import CutOff
from ._fault import chain

_REDACTED = "[redacted]"
# A phone number as people write it. Dots do not separate its digits here, because IP addresses contain dots.
_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[ ()\-]{0,2}\d){6,}")
_DIGITS = re.compile(r"(?:%2[Bb])?\d{7,}")
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+\.[\w.-]+")
_KEY = re.compile(r"\b(?:pk|sk|wzj|whsec)_\w+")
# The path and query of a URL, the user of a URL, and bytes that a server sent.
_URL = re.compile(r"(\bhttps?://[^/\s'\"?#]+)[/?#][^\s'\"<>]*")
_USER = re.compile(r"//[^/@\s'\"]+@")
_BYTES = re.compile(r"\bb(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
# Headers whose values are not private.
_PLAIN_HEADERS = frozenset({"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"})
# Shorter texts of a request are not redacted: they occur in other words by chance.
_SHORTEST = 4
_LINKS = 32


def without_private(error: BaseException, request: Any) -> BaseException:
    """Returns the exception if it contains no private text, otherwise a redacted copy of the same class."""
    links = chain(error)
    # `http.client` keeps the line that a server sent instead of a status line.
    lines = {line.strip() for line in (getattr(link, "line", None) for link in links) if isinstance(line, str)}
    private = _private(request, lines)
    if all(_is_clean(link, private) for link in links):
        return error
    return _copied(error, private, {}, _LINKS)


def without_private_text(text: str) -> str:
    """Returns a text in which numbers, addresses, keys and the paths of URLs are redacted."""
    return _redacted(text, [])


def _is_own(error: BaseException) -> bool:
    # The messages of this package's own exceptions contain nothing of a request.
    return isinstance(error, (CutOff, Repeated, TooLarge))


def _is_clean(error: BaseException, private: list[str]) -> bool:
    if _is_own(error):
        return True
    shown = [_text(error), repr(error), *getattr(error, "__notes__", ())]
    for member in getattr(error, "__dict__", {}).values():
        if isinstance(member, str):
            shown.append(member)
        # The libraries keep the request and the connection in attributes. A copy has no attributes.
        elif not isinstance(member, (bool, int, float, BaseException, type(None))):
            if member is not getattr(error, "__notes__", None):
                return False
    return all(_redacted(text, private) == text for text in map(str, shown))


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def _private(request: Any, lines: set[str]) -> list[str]:
    """Returns the private texts of a request, and lines that a server sent. The longest text is first."""
    target = urlsplit(request.url)
    parts = {request.url.partition(target.netloc)[2], target.path, target.query}
    for pair in target.query.split("&"):
        parts |= {pair, pair.partition("=")[2]}
    parts |= {segment for segment in target.path.split("/") if any(letter.isdigit() for letter in segment)}
    parts |= {value for name, value in request.headers.items() if name.lower() not in _PLAIN_HEADERS}
    parts |= _texts(request.content) | lines
    for part in list(parts):
        parts |= {unquote(part), unquote_plus(part), repr(part)[1:-1], ascii(part)[1:-1]}
    return sorted((part for part in parts if len(part) >= _SHORTEST), key=len, reverse=True)


def _texts(content: bytes | None) -> set[str]:
    if not content or len(content) > 1_000_000:
        return set()
    try:
        waiting, found = [json.loads(content)], set()
    except (ValueError, RecursionError):
        return set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            found.add(value)
    return found


def _redacted(text: str, private: list[str]) -> str:
    text = _URL.sub(rf"\1/{_REDACTED}", _USER.sub(f"//{_REDACTED}@", text))
    text = _BYTES.sub(_REDACTED, text)
    for part in private:
        text = text.replace(part, _REDACTED)
    for pattern in _KEY, _ADDRESS, _NUMBER, _DIGITS:
        text = pattern.sub(_REDACTED, text)
    return text


def _copied(
    error: BaseException, private: list[str], known: dict[int, BaseException], links: int
) -> BaseException:
    if _is_own(error):
        return error
    if id(error) in known:
        return known[id(error)]
    copy = _made(error, _redacted(_text(error), private), private, known, links)
    known[id(error)] = copy
    copy.__traceback__ = error.__traceback__
    for note in getattr(error, "__notes__", ()):
        copy.add_note(_redacted(str(note), private))
    if links > 0:
        if error.__cause__ is not None:
            copy.__cause__ = _copied(error.__cause__, private, known, links - 1)
        elif error.__context__ is not None and not error.__suppress_context__:
            copy.__context__ = _copied(error.__context__, private, known, links - 1)
    copy.__suppress_context__ = error.__suppress_context__
    return copy


def _made(
    error: BaseException, message: str, private: list[str], known: dict[int, BaseException], links: int
) -> BaseException:
    # Python 3.10 has no exception groups.
    group: Any = getattr(builtins, "BaseExceptionGroup", None)
    if group is not None and isinstance(error, group) and links > 0:
        several: Any = error
        inner = [_copied(member, private, known, links - 1) for member in several.exceptions]
        return cast(BaseException, group(_redacted(several.message, private), inner))
    cls = type(error)
    # A subclass, so that the same `except` clauses catch it. It lacks the attributes, because they hold the request.
    members: dict[str, Any] = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__str__": lambda self: self.args[0],
        "__repr__": lambda self: f"{cls.__name__}({self.args[0]!r})",
    }
    base = next(each for each in cls.__mro__ if each.__module__ == "builtins")
    new: Any = base.__new__
    copy: BaseException = new(type(cls.__name__, (cls,), members), message)
    copy.args = (message,)
    if isinstance(error, OSError) and isinstance(copy, OSError):
        copy.errno, copy.strerror = error.errno, error.strerror and _redacted(str(error.strerror), private)
    return copy

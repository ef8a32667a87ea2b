"""Finds the name that is probably meant by an unknown one, for errors."""

from __future__ import annotations

from collections.abc import Sequence

# Names of one thing: Zagely's calls have `message`, Wazaj's `body`.
_TEXTS = ("message", "body", "text", "content", "message_content")
# Words for which this library has another one.
_OTHERS = {"public": "public_key", "secret": "secret_key", "attempts": "max_attempts", "retries": "max_attempts"}


def meant(unknown: str, known: Sequence[str]) -> str:
    """Suggests the name that is probably meant, or lists all names."""
    import difflib

    # The ending finds `contact_id` for `id`; the similarity finds `session_id` for `sessionId`.
    found = [name for name in known if name.endswith(f"_{unknown}")]
    found += [name for name in _TEXTS if unknown in _TEXTS and name in known]
    found += [name for name in known if name == _OTHERS.get(unknown)]
    found = found or difflib.get_close_matches(unknown.lower(), known, 1, 0.7)
    return f"did you mean {found[0]}?" if found else f"expected one of {', '.join(known)}"

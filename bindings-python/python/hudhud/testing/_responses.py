"""Builders of responses for the fake transports: answers, pages and errors in the vendors' forms."""

from __future__ import annotations

import difflib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from keyword import iskeyword
from typing import Any

from .._hudhud import OPERATIONS, Operation, Service
from ..errors import ApiError, ArgumentError, UnexpectedResponseError, _of_value
from ..transports import TransportResponse

# The codes that Zagely documents, with their statuses.
_STATUSES = {
    "invalid_idempotency_key": 400,
    "credentials_missing": 401,
    "invalid_credentials": 401,
    "key_inactive": 401,
    "unauthenticated": 401,
    "insufficient_ability": 403,
    "forbidden": 403,
    "not_found": 404,
    "validation_failed": 422,
    "rate_limit_exceeded": 429,
    "daily_quota_exceeded": 429,
    "monthly_quota_exceeded": 429,
}


def meant(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Returns the end of a message about an unknown name: the known name that is most similar, or `None`."""
    found = difflib.get_close_matches(name, known, 1, cutoff)
    return f"did you mean {found[0]!r}?" if found else None


def _meant_or_all(name: str, known: Iterable[str]) -> str:
    """Does what `meant` does, and lists all names if none is similar."""
    return meant(name, known) or f"expected one of {', '.join(known)}"


def operation(name: str) -> Operation:
    """Returns the call of a name. Refuses an unknown name, because a test would never use its response."""
    known = {f"{each.group}.{each.verb}": each for each in OPERATIONS}
    if name not in known:
        raise _of_value(f"{name!r} is not a call: {_meant_or_all(name, known)}")
    return known[name]


class Prepared(dict[str, str]):
    """The headers of a response of `success` or `page`, with what `respond` checks."""

    call: str | None = None
    """The call to which the response belongs, if it belongs to one call only."""
    given: list[Mapping[str, Any]] | None = None
    """The fields of the response, or of each item of the page that is a dict."""


def check(call: str, response: TransportResponse) -> None:
    """Refuses a response of another call, and one that the call could not decode."""
    row, made = operation(call), response.headers
    if not isinstance(made, Prepared):
        return
    if made.call is not None and made.call != call:
        raise _of_value(f"respond({call!r}, …): the response is for {made.call}; make one with success({call!r}, …)")
    if made.call is None:
        if not row.paged:
            raise _of_value(f"respond({call!r}, …): the call returns no pages; make its response with success({call!r}, …)")
        known = dict(row.output_fields)
        for name in {str(name): None for item in made.given or () for name in item}:
            if name not in known:
                raise ArgumentError(f"the items of {call} have no field {name!r}: {_meant_or_all(name, known)}")
    _check_values(row, response, made.given)


def _check_values(row: Operation, response: TransportResponse, items: Iterable[Mapping[str, Any]] | None) -> None:
    """Refuses values that the call would not read: the decoder replaces them by `None`, because a vendor may err."""
    service: Service
    if row.vendor == "zagely":
        service = Service.zagely("pk_test", "sk_test")
    else:
        service = Service.wazaj("wzj_test", "https://example.com/api/wazaj/business")
    try:
        output = row.decode(service, *response).output
    except UnexpectedResponseError as error:
        raise _of_value(f"the output of {row.group}.{row.verb} cannot be decoded: {error.message}") from None
    except ApiError:
        # The response to a failed call.
        return
    kinds = dict(row.output_fields)
    decoded = output.data if row.paged else [output]
    for given, read in zip(items or (), decoded):
        for name, value in given.items():
            if name in kinds and _is_lost(value, getattr(read, _attribute(name), None), kinds[name]):
                kind = type(value).__name__
                raise ArgumentError(f"the field {name!r} of {row.group}.{row.verb} cannot be read from {kind}: pass a value of the field's type")


def _attribute(name: str) -> str:
    return f"{name}_" if iskeyword(name) else name


def _is_lost(given: Any, read: Any, kind: str) -> bool:
    """Returns true if a field of an output does not hold the value that was given."""
    if given is None or hasattr(given, "to_dict") or isinstance(given, datetime):
        return False
    if read is None or (read in ([], {}) and given not in ([], {})):
        return True
    # Texts are read from numbers too, which is meant for ids.
    is_number = isinstance(given, (int, float))
    return (isinstance(read, str) and is_number and kind != "id") or (kind == "time" and not isinstance(read, datetime))


def _json(status: int, body: Any, headers: Mapping[str, str]) -> TransportResponse:
    content = json.dumps(body, default=_plain, ensure_ascii=False).encode()
    return TransportResponse(status, headers, content)


def _headers(headers: Mapping[str, str] | None) -> Prepared:
    return Prepared({"Content-Type": "application/json", **(headers or {})})


def _plain(value: Any) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, datetime):
        return value.isoformat()
    raise ArgumentError(f"a response cannot hold a {type(value).__name__}: expected values of JSON, times and objects of hudhud")


def success(
    call: str, *, http_status: int | None = None, headers: Mapping[str, str] | None = None, extra: Mapping[str, Any] | None = None, **fields: Any
) -> TransportResponse:
    """Creates the response to a call, such as `success("messages.send", status="queued")`. If you leave out a field whose name
    ends in `id`, it gets a random id. The time of creation is now. `extra` adds members for which the call's output has no field.
    A name that the output does not have is an `ArgumentError`. For a list, pass `page([...])` instead."""
    row = operation(call)
    if row.paged:
        raise ArgumentError(f"{call} returns pages: pass page([…]) instead of success({call!r}, …)")
    kinds = dict(row.output_fields)
    if kinds:
        for name in fields:
            if name not in kinds:
                raise ArgumentError(f"the output of {call} has no field {name!r}: {_meant_or_all(name, kinds)}")
    made: dict[str, Any] = {}
    for name, kind in kinds.items():
        if kind == "id":
            made[name] = str(uuid.uuid4())
        elif name == "created_at":
            made[name] = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = _headers(headers)
    head.call, head.given = call, [fields]
    response = _json(200 if http_status is None else http_status, {**made, **fields, **(extra or {})}, head)
    _check_values(row, response, head.given)
    return response


def page(
    items: Iterable[Any],
    *,
    current_page: int = 1,
    last_page: int | None = None,
    per_page: int = 50,
    total: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> TransportResponse:
    """Creates one page of a list from dicts or from objects such as `Contact`. By default it is the only page."""
    data = list(items)
    for item in data:
        if not isinstance(item, Mapping) and not hasattr(item, "to_dict"):
            raise ArgumentError(f"page: expected dicts or objects of hudhud, not {type(item).__name__}")
    last = current_page if last_page is None else last_page
    count = len(data) + (current_page - 1) * per_page if total is None else total
    body = {"data": data, "current_page": current_page, "last_page": last, "per_page": per_page, "total": count}
    head = _headers(headers)
    if all(isinstance(item, Mapping) for item in data):
        head.given = data
    return _json(200, body, head)


def api_error(
    code: str,
    *,
    status: int | None = None,
    message: str = "The request was refused.",
    retry_after: float | None = None,
    fields: Mapping[str, str | Sequence[str]] | None = None,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> TransportResponse:
    """Creates an error of Zagely, such as `api_error("rate_limit_exceeded", retry_after=3)`. `fields` are the errors of fields. The
    status of a code that Zagely documents is known. Any other code needs `status`."""
    if status is None:
        if code not in _STATUSES:
            suggestion = _meant_or_all(code, _STATUSES)
            suggestion += "" if suggestion.endswith("?") else "."
            raise _of_value(f"{code!r} is not a code that Zagely documents: {suggestion} For another code, pass status=")
        status = _STATUSES[code]
    all_details = dict(details or {})
    if fields:
        all_details["errors"] = {name: [messages] if isinstance(messages, str) else list(messages) for name, messages in fields.items()}
    error: dict[str, Any] = {"code": code, "message": message}
    if all_details:
        error["details"] = all_details
    wait = {} if retry_after is None else {"Retry-After": str(int(retry_after))}
    return _json(status, {"error": error}, dict(_headers({**wait, **(headers or {})})))

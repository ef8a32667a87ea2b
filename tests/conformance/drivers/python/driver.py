"""The host `python`: runs the installed package through its public API, one case per line."""

import base64
import json
import os
import re
import sys
import time
from decimal import Decimal

import hudhud
from hudhud import _calls

# The digits of the longest integer that Python reads from text by default.
LONGEST_INTEGER = 4300


def main():
    for line in sys.stdin:
        message = json.loads(line, parse_int=integer)
        if "budget_ms" in message:
            result = {"nanos": shortest(message["budget_ms"] / 1000, lambda: run(message["suite"], message["case"]))}
        else:
            result = run(message["suite"], message["case"])
        print(json.dumps(result, ensure_ascii=True), flush=True)


def integer(digits):
    """Reads an integer. `int` refuses long ones, whose conversion takes quadratic time."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else Decimal(digits)


def shortest(budget, work):
    """Runs a function repeatedly within a budget and returns the shortest CPU time."""
    best = None
    until = time.perf_counter() + budget
    while best is None or time.perf_counter() < until:
        begun = time.thread_time_ns()
        work()
        took = time.thread_time_ns() - begun
        best = took if best is None else min(best, took)
    return best


def run(suite, case):
    match suite:
        case "webhook":
            return webhook(case)
        case "template":
            return template(case)
        case "phone":
            try:
                return {"ok": hudhud.parse_phone(case["input"])}
            except hudhud.PhoneError:
                return {"error": {}}
        case "exchange":
            try:
                return {"steps": list(exchange(case))}
            except hudhud.errors.RequestError as error:
                return {"steps": [{"error": failure(error)}]}
    try:
        verb = call_of(case)
        if suite == "response":
            # A recorded response is decoded without the fields of its call.
            reply = verb.decode_with_response(*response(case["response"]))
            return {"ok": plain(reply.output), "meta": reply.meta.to_dict()}
        try:
            request = made(verb, verb.request, case)
        except hudhud.errors.RequestError:
            raise
        except (TypeError, ValueError):
            request = by_name(verb, case)
        return sent(request)
    except hudhud.errors.RequestError as error:
        return {"error": failure(error)}


def call_of(case, **more):
    """Returns the call, on the client that the case describes."""
    given = case["client"]
    names = ("base_url",) if given["vendor"] == "wazaj" else ("base_url", "app_token", "app_prefix")
    settings = {name: given[name] for name in names if name in given}
    # The vectors state the waits of one call. The waits for other calls are not part of them.
    settings["rate_limiter"] = None
    if method := given.get("update_method"):
        settings["update_method"] = method.upper()
    auth = "".join(filter(str.isalnum, given.get("auth", ""))).lower()
    if given["vendor"] == "wazaj":
        settings.setdefault("base_url", "https://transuptech.online/api/wazaj/business")
        form = {"bearer": "bearer", "authorizationbearer": "bearer", "apikey": "api_key", "authorizationapikey": "api_key"}
        client = hudhud.Wazaj(given["api_key"], api_key_scheme=form.get(auth, "header"), **settings, **more)
    else:
        app_auth = {"keys": "keys", "both": "token_and_keys", "tokenandkeys": "token_and_keys"}.get(auth, "token")
        client = hudhud.Zagely(given["public_key"], given["secret_key"], app_auth=app_auth, **settings, **more)
    group, verb = case["call"].split(".")
    return getattr(getattr(client, group), verb if verb != "import" else "import_")


def by_name(verb, case):
    """Builds the request from JSON, as the command line does.

    A Python call with missing, unknown or wrongly typed arguments is a `TypeError`. As JSON it is a call with faults."""
    text = json.dumps(case.get("input") or {}, default="@{}@".format)
    text = re.sub(r'"@(-?[0-9]+)@"', r"\1", text)
    return verb._client._service.request_by_name(case["call"], text, None, bytes(16))


def made(verb, what, case):
    """Makes a call with the input of a case and returns its result."""
    fields = dict(case.get("input") or {})
    extra = fields.pop("extra", None)
    given = case.get("options") or {}
    options = {"extra": extra, "idempotency_key": given.get("idempotency_key"), "method": given.get("method")}
    if entropy := given.get("entropy"):
        os.urandom = lambda size: bytes.fromhex(entropy)
    else:
        os.urandom = lambda size: bytes([7]) * size
    return what(**typed(verb, fields), **{name: value for name, value in options.items() if value is not None})


def typed(verb, fields):
    """Converts fields from JSON: a file is text or base64, and a record is an object."""
    if "file" in fields:
        content = fields["file"]
        if isinstance(content, str):
            fields["file"] = content.encode()
        elif isinstance(content, dict) and isinstance(content.get("base64"), str):
            fields["file"] = base64.b64decode(content["base64"])
    if isinstance(fields.get("filters"), dict) and verb._operation.group == "contact_groups":
        fields["filters"] = hudhud.zagely.GroupFilters(**fields["filters"])
    return fields


def sent(request):
    content = request.content
    return {
        "method": request.method,
        "url": request.url,
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "body_base64": None if content is None else base64.b64encode(content).decode(),
    }


def body(of):
    if "body" in of:
        return of["body"].encode()
    if "body_base64" in of:
        return base64.b64decode(of["body_base64"])
    if "body_json" in of:
        return json.dumps(of["body_json"], ensure_ascii=False, separators=(",", ":")).encode()
    return b""


def response(given):
    headers = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.get("headers", {}).items()}
    return given["status"], headers, body(given)


def plain(answer):
    if isinstance(answer, list):
        return [item.to_dict() for item in answer]
    return answer.to_dict()


LIMITS = ("limit", "remaining", "reset", "daily_limit", "daily_remaining")


def failure(error):
    members = {
        "kind": error.kind,
        "message": error.message,
        "field_errors": error.field_errors,
        "fields": error.field_errors,
        "safe_to_retry": error.safe_to_retry,
        "may_have_happened": error.may_have_happened,
        "key_forgotten": error.key_forgotten,
        "attempts": error.attempts,
        "elapsed_ms": round(error.elapsed * 1000),
        "idempotency_key": error.idempotency_key,
        "text": str(error),
    }
    if isinstance(error, hudhud.ApiError):
        members |= {
            "status": error.status,
            "code": error.code,
            "required_ability": error.required_ability,
            "rate_limit": {name: value for name in LIMITS if (value := getattr(error.rate_limit, name)) is not None},
            "idempotent_replay": error.idempotent_replay,
        }
        if error.retry_after is not None:
            members["retry_after_ms"] = int(Decimal(str(error.retry_after)) * 1000)
    return members


def exchange(case):
    """Plays the script through the client. Each send gets the next event as its response, and each wait moves the
    clock by its exact length."""
    steps = []
    now = [1_776_767_400.0]
    script = iter(case["script"])

    def transport(request):
        steps.append({"send": sent(request)})
        event = next(script, None)
        if event is None:
            raise Stop
        if fault := event.get("fail"):
            raise hudhud.transports.TransportFailure(fault)
        return response(event["respond"])

    async def sleep(seconds):
        steps.append({"wait_ms": round(seconds * 1000)})
        now[0] += seconds

    given = case.get("retry") or {}
    names = {"max_attempts": ("max_attempts", 1), "base_ms": ("base", 1000), "cap_ms": ("cap", 1000), "max_wait_ms": ("max_retry_after", 1000)}
    policy = {names[name][0]: value / names[name][1] if names[name][1] > 1 else value for name, value in given.items()}
    verb = call_of(case, transport=transport, retry=hudhud.Retry(**policy))
    verb._client._sleep = sleep
    _calls.time.time = lambda: now[0]
    try:
        reply = made(verb, verb.with_response, case)
        steps.append({"ok": plain(reply.output), "meta": reply.meta.to_dict()})
    except hudhud.errors.RequestError as error:
        steps.append({"error": failure(error)})
    except Stop:
        pass
    return steps


class Stop(BaseException):
    """Ends the exchange when the script is over, without a response or a fault."""


def webhook(case):
    try:
        verifier = hudhud.Webhook(*case["secrets"], tolerance=case.get("tolerance_s"))
        event = verifier.verify(case["headers"], body(case), now=case["now_s"])
    except hudhud.WebhookError as error:
        return {"error": {"reason": error.reason, "http_status": error.http_status}}
    except hudhud.InvalidRequestError as error:
        return {"error": failure(error)}
    return {
        "ok": {
            "event": event.name,
            "delivery_id": event.delivery_id,
            "occurred_at": event.to_dict()["occurred_at"],
            "secret_index": event.secret_index,
            "known": event.known,
        }
    }


def template(case):
    template = hudhud.Template(case["template"])
    try:
        text = template.render(case.get("values") or {}, missing=case.get("missing", "error"))
        return {"ok": text, "variables": list(template.variables)}
    except hudhud.MissingVariablesError as error:
        return {"error": {"missing": error.names}}


main()

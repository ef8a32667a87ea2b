"""What nobody thought of: whatever comes over the wire gives a value or one of the package's own exceptions."""

import json
import math

import hudhud
from hudhud._hudhud import OPERATIONS
from hypothesis import given, settings
from hypothesis import strategies as st

settings.register_profile("tests", max_examples=150, deadline=None)
settings.load_profile("tests")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
SERVICES = {
    "zagely": hudhud.Zagely("pk_a", "sk_b")._service,
    "wazaj": hudhud.Wazaj("wzj_a", "https://example.com/api")._service,
}
REQUIRED = {"file": b"", "tags": [], "events": []}


def request(operation):
    fields = {name: REQUIRED.get(name, "x") for name, _, required in operation.fields if required}
    return operation.request(SERVICES[operation.vendor], fields, {"checks": False})


REQUESTS = [request(operation) for operation in OPERATIONS]


def fields_of(depth):
    """Bodies that look like answers: known names with anything under them."""
    names = sorted({word for operation in OPERATIONS for word, _, _ in operation.fields})
    names += ["data", "id", "created_at", "tags", "groups", "messages", "contacts", "custom_fields", "total", "meta"]
    return st.dictionaries(st.sampled_from(names), JSON, max_size=6)


@given(st.sampled_from(REQUESTS), st.integers(100, 599), st.binary(max_size=200) | fields_of(2).map(lambda body: json.dumps(body).encode()) | st.lists(fields_of(1), max_size=3).map(lambda data: json.dumps({"data": data}).encode()), st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3))
def test_any_response_is_an_answer_or_an_error(call, status, body, headers):
    try:
        reply = call.reply(status, headers, body)
    except hudhud.ApiError as error:
        assert error.status == status and error.response.body == body
        return
    answers = reply.answer if isinstance(reply.answer, list) else [reply.answer]
    for answer in answers:
        repr(answer)
        assert answer == answer or "nan" in repr(answer.to_dict())
        json.dumps(answer.to_dict())
    assert reply.response.body == body


@given(JSON.filter(lambda value: not _has_odd_float(value)))
def test_json_is_as_python_reads_it(value):
    contact = {"id": "c-1", "custom_fields": {"value": value}, "unknown": value}
    body = json.dumps(contact).encode()
    answer = hudhud.Zagely("pk_a", "sk_b").contacts.get.request(contact_id="c-1").decode(200, {}, body)
    assert answer.custom_fields == {"value": value}
    assert answer.extra == {"unknown": value}
    assert [type(answer.custom_fields["value"])] == [type(value)]


def _has_odd_float(value):
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, list):
        return any(map(_has_odd_float, value))
    return isinstance(value, dict) and any(map(_has_odd_float, value.values()))


@given(st.dictionaries(st.sampled_from(["X-Zagely-Timestamp", "x-zagely-signature", "a"]), st.text() | st.binary()), st.binary())
def test_no_delivery_is_believed_that_was_not_signed(headers, body):
    try:
        hudhud.Webhook("whsec_test").verify(headers, body)
    except hudhud.WebhookError as error:
        assert error.http_status in (400, 401) and error.reason
    else:
        raise AssertionError("believed")


@given(st.binary(), st.integers(0, 2**33))
def test_what_is_signed_is_read_or_refused_as_no_event(body, now):
    signed = hudhud.webhook.sign("whsec_test", body, now=now)
    try:
        hudhud.Webhook("whsec_test").verify(signed.headers, body, now=now)
    except hudhud.WebhookError as error:
        assert error.reason == "malformed_payload"


@given(st.text(), st.dictionaries(st.text(max_size=5), JSON.filter(lambda value: not _has_odd_float(value))))
def test_every_text_is_a_template(source, values):
    try:
        template = hudhud.Template(source)
        template.render(values, missing="keep")
        template.render(values)
    except hudhud.MissingVariablesError as error:
        assert set(error.names) <= set(template.variables)
    except (UnicodeEncodeError, ValueError):
        # Half a surrogate is no text that could be sent.
        assert any("\ud800" <= letter <= "\udfff" for letter in source + json.dumps(values, ensure_ascii=False))


@given(st.text())
def test_every_text_is_a_phone_number_or_none(text):
    try:
        number = hudhud.parse_phone(text)
    except (hudhud.PhoneError, UnicodeEncodeError):
        return
    assert number.startswith("+") and number[1:].isascii() and number[1:].isdigit()


def test_deep_nesting_ends_in_an_error_of_ours():
    deep = b"[" * 200_000 + b"]" * 200_000
    call = hudhud.Zagely("pk_a", "sk_b").contacts.get.request(contact_id="c-1")
    for body in deep, b'{"custom_fields":{"a":' + deep + b"}}", b'{"x":' + deep + b"}":
        try:
            call.decode(200, {}, body)
        except hudhud.UnexpectedResponseError:
            pass
    signed = hudhud.webhook.sign("whsec", b'{"event":"webhook.test","data":' + deep + b"}")
    try:
        hudhud.Webhook("whsec").verify(signed.headers, signed.body)
    except hudhud.WebhookError as error:
        assert error.reason == "malformed_payload"

"""Random input. Every response or delivery is decoded to a value or raises one of the package's own exceptions."""

import copy
import json
import math
import pickle
import re

import hudhud
import pytest
from hudhud._hudhud import OPERATIONS
from hypothesis import example, given, settings
from hypothesis import strategies as st

settings.register_profile("tests", max_examples=150, deadline=None)
settings.load_profile("tests")

# Lone surrogates, which JSON can contain but UTF-8 cannot, and infinity, as which Python reads too large numbers.
ODD_TEXT = st.text(st.characters(categories=["L", "Cs"]), max_size=5)
ODD_NUMBER = st.sampled_from([math.inf, -math.inf])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ODD_TEXT | ODD_NUMBER,
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
    return operation.request(SERVICES[operation.vendor], fields, {"validate": False})


REQUESTS = [request(operation) for operation in OPERATIONS]


def fields_of(depth):
    """Returns a strategy for bodies that look like answers: known names with arbitrary values."""
    names = sorted({word for operation in OPERATIONS for word, _, _ in operation.fields})
    names += ["data", "id", "created_at", "tags", "groups", "messages", "contacts", "custom_fields", "total", "meta"]
    return st.dictionaries(st.sampled_from(names), JSON, max_size=6)


@given(st.sampled_from(REQUESTS), st.integers(100, 599), st.binary(max_size=200) | fields_of(2).map(lambda body: json.dumps(body).encode()) | st.lists(fields_of(1), max_size=3).map(lambda data: json.dumps({"data": data}).encode()), st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3))
def test_any_response_is_an_answer_or_an_error(call, status, body, headers):
    try:
        reply = call.decode_with_response(status, headers, body)
    except hudhud.ApiError as error:
        assert error.status == status and error.response.body == body
        return
    answers = reply.output if isinstance(reply.output, list) else [reply.output]
    for answer in answers:
        repr(answer)
        assert answer == answer or "nan" in repr(answer.to_dict())
        json.dumps(answer.to_dict())
        _is_whole(answer)
    assert reply.response.body == body


def _is_whole(answer):
    """Asserts that an answer can be pickled, copied and rendered: received data must not cause errors later."""
    shown = repr(answer.to_dict())
    for made in pickle.loads(pickle.dumps(answer)), copy.copy(answer), copy.deepcopy(answer):
        assert type(made) is type(answer) and repr(made.to_dict()) == shown
    for missing in "keep", "empty":
        hudhud.Template("{{ name }} {{ value }} {{ data }}").render(answer, missing=missing).encode()
    try:
        hudhud.Template("{{ name }} {{ value }}").render(answer)
    except hudhud.MissingVariablesError as error:
        assert set(error.names) <= {"name", "value"}


def _as_sent(value):
    """Encodes a value as JSON that a server could send. Infinity becomes a number that is too large."""
    return json.dumps(value).replace("-Infinity", "-1e999").replace("Infinity", "1e999").encode()


def _can_be_sent(value):
    """True if a value contains neither NaN nor a text that looks like the `Infinity` of the `json` module."""
    return "nan" not in repr(value) and "Infinity" not in repr(value)


@given(st.dictionaries(st.sampled_from(["value", "data", "other"]), JSON.filter(_can_be_sent)))
def test_arbitrary_custom_fields_can_be_read_copied_and_rendered(custom_fields):
    call = hudhud.Zagely("pk_a", "sk_b").contacts.get.request(contact_id="c-1")
    contact = call.decode(200, {}, _as_sent({"id": "c-1", "name": "Jane", "custom_fields": custom_fields, "new": custom_fields}))
    assert contact.custom_fields == _repaired(custom_fields) and contact.extra == {"new": _repaired(custom_fields)}
    _is_whole(contact)
    assert hudhud.Template("Hi {{ name }}").render(contact) == "Hi Jane"
    signed = hudhud.webhook.sign("whsec", _as_sent({"event": "contact.created", "data": custom_fields, "new": custom_fields}))
    _is_whole(hudhud.Webhook("whsec").verify(signed.headers, signed.body))


def _repaired(value):
    """Returns a value as it is decoded: a lone surrogate becomes U+FFFD, and an infinite number becomes `None`."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", json.loads(json.dumps(value)))
    if isinstance(value, list):
        return [_repaired(item) for item in value]
    if isinstance(value, dict):
        return {_repaired(name): _repaired(item) for name, item in value.items()}
    return value


def test_lone_surrogates_and_infinite_numbers_in_responses_are_replaced():
    call = hudhud.Zagely("pk_a", "sk_b").contacts.get.request(contact_id="c-1")
    contact = call.decode(200, {}, b'{"name":"J\\ude00","custom_fields":{"\\ud83d":"\\ud83d","sum":1e999,"pair":"\\ud83d\\ude00"},"a":1e999}')
    assert contact.name == "J\ufffd" and contact.extra == {"a": None}
    assert contact.custom_fields == {"\ufffd": "\ufffd", "sum": None, "pair": "\U0001f600"}
    signed = hudhud.webhook.sign("whsec", b'\xef\xbb\xbf{"event":"order.paid","data":{"a":["\\ud83d",-1e999]}}')
    assert hudhud.Webhook("whsec").verify(signed.headers, signed.body).data == {"a": ["\ufffd", None]}
    with pytest.raises(hudhud.ValidationError) as caught:
        call.decode(422, {}, b'{"error":{"code":"x","message":"\\ud83d","details":{"a":1e999,"b":"\\ude00"}}}')
    assert caught.value.message == "\ufffd" and caught.value.details == {"a": None, "b": "\ufffd"}


HALF = "\ud83d"
WORDS = ["The text has a lone surrogate, which is not a character: cut texts between whole characters."]


@pytest.mark.parametrize(
    ("call", "fields", "at"),
    [
        ("messages.send", {"to": "+15551234567", "message": f"hi {HALF}"}, "message"),
        ("messages.send", {"to": HALF, "message": "hi"}, "to"),
        ("messages.send", {"to": "+15551234567", "message": "hi", "extra": {"note": [HALF]}}, "extra.note.0"),
        ("messages.send", {"to": "+15551234567", "message": "hi", "extra": {HALF: 1}}, "extra.\ufffd"),
        ("messages.send", {"to": "+15551234567", "message": "hi", "idempotency_key": HALF}, "idempotency_key"),
        ("contacts.create", {"phone_number": "+1555", "tags": ["a", HALF]}, "tags.1"),
        ("contacts.create", {"phone_number": "+1555", "custom_fields": {"city": HALF}}, "custom_fields.city"),
        ("contacts.create", {"phone_number": "+1555", "custom_fields": {"a": {"b": ["c", HALF]}}}, "custom_fields.a.b.1"),
        ("contacts.create", {"phone_number": "+1555", "custom_fields": {HALF: "b"}}, "custom_fields.\ufffd"),
        ("contacts.update", {"contact_id": HALF, "name": "n"}, "contact_id"),
        ("contacts.list", {"search": HALF}, "search"),
    ],
)
def test_a_lone_surrogate_in_a_field_is_an_error_of_that_field(call, fields, at):
    group, verb = call.split(".")
    made = getattr(getattr(hudhud.Zagely("pk_a", "sk_b", validate=False), group), verb)
    with pytest.raises(hudhud.InvalidRequestError) as caught:
        made.request(**fields)
    assert caught.value.field_errors == {at: WORDS}
    assert HALF not in str(caught.value)
    whole = json.loads(json.dumps(fields).replace("\\ud83d", "\\ud83d\\ude00"))
    if at not in ("to", "idempotency_key"):
        made.request(**whole)


def test_a_lone_surrogate_in_a_template_or_setting_is_an_error_that_names_it():
    with pytest.raises(hudhud.InvalidRequestError) as caught:
        hudhud.Template("Hi {{ name }}").render({"name": HALF})
    assert caught.value.field_errors == {"name": WORDS}
    with pytest.raises(hudhud.InvalidRequestError) as caught:
        hudhud.Template(HALF)
    assert caught.value.field_errors == {"source": WORDS}
    with pytest.raises(hudhud.InvalidRequestError) as caught:
        hudhud.Zagely("pk_a", f"sk_{HALF}")
    assert caught.value.field_errors == {"secret_key": WORDS}


def test_error_details_that_are_nested_too_deep_are_json_text():
    deep = "[" * 5000 + "]" * 5000
    call = hudhud.Zagely("pk_a", "sk_b").messages.send.request(to="+15551234567", message="hi")
    with pytest.raises(hudhud.ValidationError) as caught:
        call.decode(422, {}, b'{"error":{"code":"x","message":"m","details":{"b":[1],"a":%b}}}' % deep.encode())
    assert caught.value.code == "x" and caught.value.details == {"b": [1], "a": deep}


def test_a_recorded_response_is_decoded_without_the_fields_of_its_call():
    for client in hudhud.Zagely("pk_a", "sk_b"), hudhud.AsyncZagely("pk_a", "sk_b"):
        assert client.contacts.get.decode(200, {}, b'{"id":"c-1"}').id == "c-1"
        reply = client.contacts.list.decode_with_response(200, {"X-RateLimit-Limit": "5"}, b'[{"id":"c-1"}]')
        assert [contact.id for contact in reply.output] == ["c-1"] and reply.meta.rate_limit.limit == 5
        with pytest.raises(hudhud.NotFoundError):
            client.contacts.get.decode(404, {}, b"{}")


def pages_of(*pages):
    """Creates a client whose vendor responds with these pages, and then repeats the last one."""
    urls = []

    def transport(request):
        urls.append(request.url)
        return 200, {}, json.dumps(pages[min(len(urls), len(pages)) - 1]).encode()

    return hudhud.Zagely("pk_a", "sk_b", transport=transport), urls


@pytest.mark.parametrize(
    ("pages", "items", "requests"),
    [
        ([{"data": [{"id": "1"}], "current_page": 1, "last_page": 3}], ["1"], 2),
        ([{"data": [{"id": "1"}], "next_page_url": "https://zagely.com/?page=2"}], ["1"], 2),
        ([{"data": [{"id": "1"}], "next_cursor": "abc"}], ["1"], 1),
        ([{"data": [{"id": "1"}], "links": {"next": "https://a.b/?cursor=c"}}], ["1"], 1),
        ([{"data": [{"id": "1"}], "last_page": 3}, {"data": [], "last_page": 3}], ["1"], 2),
        ([{"data": [{"id": "1"}], "last_page": 3}, {"data": [{"id": "2"}], "last_page": 3}], ["1", "2"], 3),
    ],
)
def test_a_list_whose_remaining_items_cannot_be_requested_raises_an_error(pages, items, requests):
    zagely, urls = pages_of(*pages)
    seen = []
    with pytest.raises(hudhud.UnexpectedResponseError, match="there are more items") as caught:
        for contact in zagely.contacts.list():
            seen.append(contact.id)
    assert (seen, len(urls)) == (items, requests)
    assert caught.value.call == "contacts.list" and caught.value.status == 200 and not caught.value.may_have_happened


@given(JSON.filter(lambda value: not _has_odd_float(value)))
def test_json_in_answers_is_decoded_as_by_the_json_module(value):
    contact = {"id": "c-1", "custom_fields": {"value": value}, "unknown": value}
    body = json.dumps(contact).encode()
    answer = hudhud.Zagely("pk_a", "sk_b").contacts.get.request(contact_id="c-1").decode(200, {}, body)
    value = _repaired(value)
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
def test_an_unsigned_delivery_is_refused(headers, body):
    try:
        hudhud.Webhook("whsec_test").verify(headers, body)
    except hudhud.WebhookError as error:
        assert error.http_status in (400, 401) and error.reason
    else:
        raise AssertionError("an unsigned delivery was accepted")


@given(st.binary(), st.integers(0, 2**33))
def test_a_signed_body_is_decoded_or_refused_as_malformed(body, now):
    signed = hudhud.webhook.sign("whsec_test", body, now=now)
    try:
        hudhud.Webhook("whsec_test").verify(signed.headers, body, now=now)
    except hudhud.WebhookError as error:
        assert error.reason == "malformed_payload"


@pytest.mark.one_python
@given(st.text(), st.dictionaries(st.text(max_size=5), JSON.filter(lambda value: not _has_odd_float(value))))
def test_any_text_is_a_template(source, values):
    try:
        template = hudhud.Template(source)
        template.render(values, missing="keep")
        template.render(values)
    except hudhud.MissingVariablesError as error:
        assert set(error.names) <= set(template.variables)
    except (UnicodeEncodeError, ValueError):
        # A text with a lone surrogate cannot be sent.
        assert any("\ud800" <= letter <= "\udfff" for letter in source + json.dumps(values, ensure_ascii=False))


@given(st.text() | st.text(st.characters(categories=["Nd", "Cs"])))
@example("+1555123\ud8004567")
def test_any_text_is_a_phone_number_or_raises_a_phone_error(text):
    try:
        number = hudhud.parse_phone(text)
    except hudhud.PhoneError:
        return
    assert number.startswith("+") and number[1:].isascii() and number[1:].isdigit()


def test_a_number_with_more_digits_than_python_reads_is_none():
    long = b"1" * 5000
    zagely = hudhud.Zagely("pk_a", "sk_b")
    one, many = zagely.contacts.get.request(contact_id="c-1"), zagely.contacts.list.request()
    fields = b'"custom_fields":{"a":%b,"b":[-%b,12345678901234567890]},"new":%b' % (long, long, long)
    [listed] = many.decode(200, {}, b'{"data":[{%b}]}' % fields).data
    for contact in one.decode(200, {}, b"{%b}" % fields), listed:
        assert contact.custom_fields == {"a": None, "b": [None, 12345678901234567890]}
        assert contact.extra == {"new": None}
        _is_whole(contact)
    assert many.decode(200, {}, b'{"data":[],"new":%b}' % long).extra == {"new": None}
    signed = hudhud.webhook.sign("whsec", b'{"event":"order.paid","data":{"a":%b}}' % long)
    assert hudhud.Webhook("whsec").verify(signed.headers, signed.body).data == {"a": None}


def test_very_deep_nesting_is_decoded_as_text_or_raises_a_hudhud_error():
    deep = b"[" * 200_000 + b"]" * 200_000
    # In the `extra` of a page, JSON that is nested too deep stays JSON text.
    page = hudhud.Zagely("pk_a", "sk_b").contacts.list.request().decode(200, {}, b'{"data":[],"new":' + deep + b"}")
    assert page.extra == {"new": deep.decode()}
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

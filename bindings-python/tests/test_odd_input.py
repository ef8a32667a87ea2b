"""What nobody thought of: whatever comes over the wire gives a value or one of the package's own exceptions."""

import copy
import json
import math
import pickle

import hudhud
from hudhud._hudhud import OPERATIONS
from hypothesis import example, given, settings
from hypothesis import strategies as st

settings.register_profile("tests", max_examples=150, deadline=None)
settings.load_profile("tests")

# What JSON can say and no text that is sent: half a surrogate. And what Python reads a number beyond all bounds as.
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
        _is_whole(answer)
    assert reply.response.body == body


def _is_whole(answer):
    """What was read can be kept, copied and put into a template: nothing that came over the wire fails later."""
    told = repr(answer.to_dict())
    for made in pickle.loads(pickle.dumps(answer)), copy.copy(answer), copy.deepcopy(answer):
        assert type(made) is type(answer) and repr(made.to_dict()) == told
    for missing in "keep", "empty":
        hudhud.Template("{{ name }} {{ value }} {{ data }}").render(answer, missing=missing).encode()
    try:
        hudhud.Template("{{ name }} {{ value }}").render(answer)
    except hudhud.MissingVariablesError as error:
        assert set(error.names) <= {"name", "value"}


def _as_sent(value):
    """As JSON that a server could send: a number beyond all bounds is one of many digits."""
    return json.dumps(value).replace("-Infinity", "-1e999").replace("Infinity", "1e999").encode()


def _can_be_sent(value):
    """Not what is no number, nor a text that reads as what `json` writes for an endless one."""
    return "nan" not in repr(value) and "Infinity" not in repr(value)


@given(st.dictionaries(st.sampled_from(["value", "data", "other"]), JSON.filter(_can_be_sent)))
def test_what_a_contact_holds_of_its_own_never_fails_later(custom_fields):
    call = hudhud.Zagely("pk_a", "sk_b").contacts.get.request(contact_id="c-1")
    contact = call.decode(200, {}, _as_sent({"id": "c-1", "name": "Jane", "custom_fields": custom_fields, "new": custom_fields}))
    assert contact.custom_fields == custom_fields and contact.extra == {"new": custom_fields}
    _is_whole(contact)
    assert hudhud.Template("Hi {{ name }}").render(contact) == "Hi Jane"
    signed = hudhud.webhook.sign("whsec", _as_sent({"event": "contact.created", "data": custom_fields, "new": custom_fields}))
    _is_whole(hudhud.Webhook("whsec").verify(signed.headers, signed.body))


def test_what_has_no_text_is_as_good_as_not_there():
    call = hudhud.Zagely("pk_a", "sk_b").contacts.get.request(contact_id="c-1")
    contact = call.decode(200, {}, b'{"name":"Jane","custom_fields":{"emoji":"\\ud83d","sum":1e999,"city":"Haifa"}}')
    template = hudhud.Template("{{ name }} {{ emoji }} {{ sum }} {{ city }}")
    assert template.render(contact, missing="keep") == "Jane {{ emoji }} {{ sum }} Haifa"
    assert template.render(contact.custom_fields, missing="empty") == "   Haifa"
    try:
        template.render(contact)
    except hudhud.MissingVariablesError as error:
        assert error.names == ["emoji", "sum"] or error.names == ("emoji", "sum")
    else:
        raise AssertionError("half a text was rendered")


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


@given(st.text() | st.text(st.characters(categories=["Nd", "Cs"])))
@example("+1555123\ud8004567")
def test_every_text_is_a_phone_number_or_none(text):
    try:
        number = hudhud.parse_phone(text)
    except hudhud.PhoneError:
        return
    assert number.startswith("+") and number[1:].isascii() and number[1:].isdigit()


def test_a_number_of_more_digits_than_python_reads_is_endless():
    long = b"1" * 5000
    zagely = hudhud.Zagely("pk_a", "sk_b")
    one, many = zagely.contacts.get.request(contact_id="c-1"), zagely.contacts.list.request()
    fields = b'"custom_fields":{"a":%b,"b":[-%b,12345678901234567890]},"new":%b' % (long, long, long)
    [listed] = many.decode(200, {}, b'{"data":[{%b}]}' % fields).data
    for contact in one.decode(200, {}, b"{%b}" % fields), listed:
        assert contact.custom_fields == {"a": float("inf"), "b": [float("-inf"), 12345678901234567890]}
        assert contact.extra == {"new": float("inf")}
        _is_whole(contact)
    assert many.decode(200, {}, b'{"data":[],"new":%b}' % long).extra == {"new": float("inf")}
    signed = hudhud.webhook.sign("whsec", b'{"event":"webhook.test","data":{"a":%b}}' % long)
    assert hudhud.Webhook("whsec").verify(signed.headers, signed.body).data == {"a": float("inf")}


def test_deep_nesting_ends_in_an_error_of_ours():
    deep = b"[" * 200_000 + b"]" * 200_000
    # Beside a page's fields it stays the text it is.
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

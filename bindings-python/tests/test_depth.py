"""Deeply nested JSON. Every response or delivery is decoded to a value that Python code can process, or raises one of
the package's own exceptions."""

import copy
import json
import pickle

import hudhud
import pytest


def deep_bodies():
    """Yields JSON that is nested deeper than Python's own code can process."""
    for depth in 240, 260, 5_000, 100_000:
        yield b"[" * depth + b"1.5" + b"]" * depth
        yield b'{"a":[' * depth + b"]}" * depth


def _is_handled(value):
    """Asserts that Python code can copy, pickle, show and encode a value."""
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value
    repr(value)
    json.dumps(value)


def test_deeply_nested_json_is_decoded_or_raises_a_hudhud_error():
    """In answers, lists, errors, events and their copies. Nothing raises a `RecursionError`."""
    zagely = hudhud.Zagely("pk_a", "sk_b")
    one, many = zagely.contacts.get.request(contact_id="c-1"), zagely.contacts.list.request()
    webhook = hudhud.Webhook("whsec")
    for deep in deep_bodies():
        contact = one.decode(200, {}, b'{"id":"c-1","custom_fields":{"a":%b},"new":%b}' % (deep, deep))
        page = many.decode(200, {}, b'{"data":[{"id":"c-1","custom_fields":{"a":%b},"new":%b}],"new":%b}' % (deep, deep, deep))
        assert contact.id == page.data[0].id == "c-1"
        for value in contact.custom_fields, contact.extra, page.data[0].custom_fields, page.data[0].extra, page.extra:
            assert len(value) == 1
            _is_handled(value)
        for item in contact, page.data[0]:
            assert pickle.loads(pickle.dumps(item)) == copy.deepcopy(item) == item
            repr(item)
        _is_handled(page.to_dict())
        for status in 400, 422, 500:
            for body in b'{"error":{"code":"x","details":{"a":%b}}}', b'{"error":{"code":"x","details":%b}}', b'{"message":"no","errors":{"a":%b}}', b'{"a":%b}':
                with pytest.raises(hudhud.ApiError) as raised:
                    one.decode(status, {}, body % deep)
                error = raised.value
                _is_handled(error.details)
                _is_handled(error.field_errors)
                again = pickle.loads(pickle.dumps(error))
                assert (again.details, again.response, str(again)) == (error.details, error.response, str(error))
                copy.copy(error)
                try:
                    error.response.json()
                except ValueError:
                    pass
        for body in deep, b'{"custom_fields":%b}' % deep, b'{"data":%b}' % deep, b'{"data":[%b]}' % deep:
            for call in one, many:
                try:
                    repr(call.decode(200, {}, body))
                except hudhud.UnexpectedResponseError as error:
                    repr(error)
        for body in b'{"event":"webhook.test","data":%b}', b'{"event":"message.received","data":{"content":%b}}', b'{"event":"x","new":%b}':
            signed = hudhud.webhook.sign("whsec", body % deep)
            event = webhook.verify(signed.headers, signed.body)
            _is_handled(event.to_dict())
            assert pickle.loads(pickle.dumps(event)) == event
            repr(event)


def test_a_deeply_nested_argument_is_a_value_error_that_names_it():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    zagely = hudhud.Zagely("pk_a", "sk_b")
    with pytest.raises(ValueError, match="custom_fields.*nested too deep"):
        zagely.contacts.create.request(name="Jane", phone_number="+15551234567", custom_fields={"a": deep})
    with pytest.raises(ValueError, match="extra.*nested too deep"):
        zagely.account.me.request(extra={"a": deep})
    template = hudhud.Template("{{ a }}{{ b }}")
    assert template.render({"a": deep, "b": "b"}, missing="keep") == "{{ a }}b"
    # Level by level, because Python crashes if it frees all levels at once.
    while deep:
        deep = deep.pop()

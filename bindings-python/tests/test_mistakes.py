"""Mistakes of callers and of their tests: each gets an error at once that says what to do."""

import asyncio
import pickle
import subprocess
import sys

import hudhud
import pytest
from hudhud.testing import AsyncFakeTransport, FakeTransport, delivery


def test_a_missing_variable_is_an_error_of_the_package(monkeypatch):
    for name, make in [
        ("ZAGELY_PUBLIC_KEY", hudhud.Zagely.from_env),
        ("WAZAJ_API_KEY", hudhud.AsyncWazaj.from_env),
        ("ZAGELY_WEBHOOK_SECRET", hudhud.Webhook.from_env),
    ]:
        monkeypatch.delenv(name, raising=False)
        with pytest.raises(hudhud.MissingVariableError) as raised:
            make()
        assert isinstance(raised.value, hudhud.HudhudError) and isinstance(raised.value, KeyError)
        assert str(raised.value).startswith(f"environment variable {name} is not set: ")
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_ids_can_be_passed_by_position():
    fake = FakeTransport()
    fake.respond("contacts.get", {"id": "c-1"})
    fake.respond("contacts.update", {"id": "c-1"})
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=fake)
    assert zagely.contacts.get("c-1") == zagely.contacts.get(contact_id="c-1")
    assert zagely.contacts.update.with_response("c-1", name="Jane").output.id == "c-1"
    assert zagely.contacts.get.request("c-1").url.endswith("/contacts/c-1")
    for wrong, told in [
        (lambda: zagely.contacts.get("c-1", "c-2"), "contacts.get() takes only contact_id by position: contacts.get(contact_id, **options)"),
        (lambda: zagely.contacts.list("x"), "contacts.list() takes keyword arguments only: contacts.list(*, "),
        (lambda: zagely.contacts.get("c-1", contact_id="c-1"), "contacts.get() got contact_id twice"),
    ]:
        with pytest.raises(TypeError) as raised:
            wrong()
        assert str(raised.value).startswith(told), raised.value


def test_unknown_arguments_get_a_suggestion():
    fake = FakeTransport()
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=fake)
    for wrong, told in [
        (lambda: zagely.contacts.get(id="c-1"), "contacts.get() got an unexpected keyword argument 'id': did you mean contact_id?"),
        (lambda: zagely.messages.send(to="+15551234567", sessionId="s"), "'sessionId': did you mean session_id?"),
        (lambda: zagely.contacts.list(perpage=1), "'perpage': did you mean per_page?"),
        (lambda: zagely.contacts.list.request(zzz=1), "'zzz': expected one of "),
        (lambda: zagely.contacts.get.with_response(id="c-1"), "did you mean contact_id?"),
    ]:
        with pytest.raises(TypeError) as raised:
            wrong()
        assert told in str(raised.value), raised.value
    assert not fake.requests


def test_the_first_item_of_a_list():
    fake = FakeTransport()
    fake.respond("contacts.list", {"data": [{"id": "c-1"}, {"id": "c-2"}], "current_page": 1, "last_page": 1})
    fake.respond("messages.list", {"data": [], "current_page": 1, "last_page": 1})
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=fake)
    assert (zagely.contacts.list().first().id, zagely.messages.list().first()) == ("c-1", None)
    slow = AsyncFakeTransport()
    slow.respond("contacts.list", {"data": [{"id": "c-1"}], "current_page": 1, "last_page": 1})
    assert asyncio.run(hudhud.AsyncZagely("pk_test", "sk_test", transport=slow).contacts.list().first()).id == "c-1"


def test_a_mistake_in_a_transport_ends_the_call_at_once():
    calls = []

    def mistaken(request):
        calls.append(request)
        return request.nope

    async def slow(request):
        return mistaken(request)

    with pytest.raises(AttributeError, match="nope") as raised:
        hudhud.Zagely("pk_test", "sk_test", transport=mistaken).messages.send(to="+15551234567", message="hi")
    assert raised.value.idempotency_key == calls[0].idempotency_key
    with pytest.raises(AttributeError, match="nope"):
        asyncio.run(hudhud.AsyncZagely("pk_test", "sk_test", transport=slow).account.me())
    assert len(calls) == 2


def test_names_of_calls_and_events_are_checked_in_tests():
    for wrong, told in [
        (lambda: FakeTransport().respond("message.send", {}), "'message.send' is no call: did you mean 'messages.send'?"),
        (lambda: FakeTransport().fail("zzz"), "'zzz' is no call: expected one of ['account.health', "),
        (lambda: delivery("message.recieved", secret="s"), "'message.recieved' is no event of the vendor: did you mean 'message.received'?"),
    ]:
        with pytest.raises(ValueError) as raised:
            wrong()
        assert str(raised.value).startswith(told), raised.value


def test_modules_of_frameworks_are_imported_when_they_are_used():
    code = "import hudhud, sys; assert 'hudhud.testing' not in sys.modules; hudhud.testing.delivery; hudhud.fastapi.delivery; hudhud.flask; hudhud.django"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="module 'hudhud' has no attribute 'nope'"):
        hudhud.nope

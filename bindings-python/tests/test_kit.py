"""The tools for the tests of programs: responses for the fake transports, and `unittest.mock.create_autospec`."""

import asyncio
import datetime
import re
import unittest.mock

import hudhud
import pytest
from hudhud.testing import AsyncFakeTransport, FakeTransport, api_error, delivery, page, success
from hudhud.zagely import Contact

QUICK = hudhud.Retry(base=0.001, cap=0.002)


def zagely(**responses):
    fake = FakeTransport()
    for call, response in responses.items():
        fake.respond(call.replace("__", "."), response)
    return hudhud.Zagely("pk_test", "sk_test", transport=fake, retry=QUICK)


def test_an_answer_has_random_ids_and_the_given_fields():
    ids = {zagely(messages__send=success("messages.send", status="queued")).messages.send(to="+15551234567", message="hi").message_id for _ in range(2)}
    assert len(ids) == 2 and all(re.fullmatch(r"[0-9a-f-]{36}", each) for each in ids)
    contact = zagely(contacts__get=success("contacts.get", id="c-1", name="Jane", extra={"new": 1})).contacts.get("c-1")
    assert (contact.id, contact.name, contact.extra) == ("c-1", "Jane", {"new": 1})
    assert isinstance(contact.created_at, datetime.datetime)
    assert zagely(account__health=success("account.health", http_status=503)).account.health().status == "down"


def test_a_page_takes_dicts_and_objects():
    client = zagely(contacts__list=page([Contact(id="c-1", name="Jane"), {"id": "c-2"}]))
    assert [each.id for each in client.contacts.list()] == ["c-1", "c-2"]
    fake = FakeTransport()
    fake.respond("contacts.list", page([{"id": "c-1"}], last_page=2, per_page=1, total=2))
    fake.respond("contacts.list", page([{"id": "c-2"}], current_page=2, per_page=1))
    client = hudhud.Zagely("pk_test", "sk_test", transport=fake)
    assert [(each.current_page, each.total) for each in client.contacts.list().pages()] == [(1, 2), (2, 2)]


def test_an_error_has_the_vendors_form():
    fake = FakeTransport()
    fake.respond("messages.send", api_error("rate_limit_exceeded", retry_after=0))
    fake.respond("messages.send", success("messages.send", message_id="m-1"))
    client = hudhud.Zagely("pk_test", "sk_test", transport=fake, retry=QUICK)
    assert client.messages.send(to="+15551234567", message="hi").message_id == "m-1" and len(fake.requests) == 2
    for response, kind, facts in [
        (api_error("rate_limit_exceeded", retry_after=3, headers={"X-RateLimit-Limit": "120"}), hudhud.RateLimitError, {"retry_after": 3.0, "rate_limit": hudhud.RateLimit(limit=120)}),
        (api_error("daily_quota_exceeded", details={"limit": 10000}), hudhud.QuotaExceededError, {"details": {"limit": 10000}}),
        (api_error("validation_failed", fields={"name": "Too long."}), hudhud.ValidationError, {"field_errors": {"name": ["Too long."]}}),
        (api_error("not_found", message="Gone."), hudhud.NotFoundError, {"message": "Gone.", "code": "not_found"}),
        (api_error("teapot", status=418), hudhud.ApiError, {"status": 418}),
    ]:
        with pytest.raises(kind) as raised:
            zagely(account__me=response).account.me.with_response(retry=hudhud.Retry(max_attempts=1))
        assert {name: getattr(raised.value, name) for name in facts} == facts


def test_mistakes_in_tests_are_refused():
    for wrong, expected in [
        (lambda: success("message.send"), "'message.send' is not a call: did you mean 'messages.send'?"),
        (lambda: success("messages.send", stauts="queued"), "the output of messages.send has no field 'stauts': did you mean 'status'?"),
        (lambda: success("account.health", zzz=1), "the output of account.health has no field 'zzz': expected one of status, timestamp"),
        (lambda: success("zzz"), "'zzz' is not a call: expected one of account.health, account.me, "),
        (lambda: api_error("zzz"), "'zzz' is not a code that Zagely documents: expected one of invalid_idempotency_key, "),
        (lambda: success("contacts.list"), "contacts.list returns pages: pass page([…]) instead of success('contacts.list', …)"),
        (lambda: success("contacts.get", name=object()), "a response cannot hold a object"),
        (lambda: page([1]), "page: expected dicts or objects of hudhud, not int"),
        (lambda: api_error("rate_limit"), "'rate_limit' is not a code that Zagely documents: did you mean 'rate_limit_exceeded'? For another code, pass status="),
    ]:
        with pytest.raises((ValueError, hudhud.ArgumentError)) as raised:
            wrong()
        assert str(raised.value).startswith(expected)


def test_a_response_that_does_not_fit_its_call_is_refused():
    fake = FakeTransport()
    for wrong, expected in [
        (
            lambda: fake.respond("messages.send", success("contacts.get", name="x")),
            "respond('messages.send', …): the response is for contacts.get; make one with success('messages.send', …)",
        ),
        (lambda: fake.respond("contacts.list", success("contacts.get")), "respond('contacts.list', …): the response is for contacts.get"),
        (lambda: fake.respond("messages.send", page([])), "respond('messages.send', …): the call returns no pages; make its response with success("),
        (lambda: fake.respond("contacts.list", page([{"id": "c", "nmae": "J"}])), "the items of contacts.list have no field 'nmae': did you mean 'name'?"),
        (lambda: fake.respond("contacts.list", page([{"id": [1]}])), "the field 'id' of contacts.list cannot be read from list: pass a value of the field's type"),
        (lambda: success("messages.send", status=5), "the field 'status' of messages.send cannot be read from int"),
        (lambda: success("messages.send", message_id=[1]), "the field 'message_id' of messages.send cannot be read from list"),
        (lambda: success("contacts.get", tags="vip"), "the field 'tags' of contacts.get cannot be read from str"),
        (lambda: success("contacts.get", created_at="today"), "the field 'created_at' of contacts.get cannot be read from str"),
        (lambda: success("contacts.get", is_blocked="yes"), "the field 'is_blocked' of contacts.get cannot be read from str"),
        (lambda: fake.respond("messages.send", "x"), "respond('messages.send', …): expected a response of success(), page() or api_error(), a dict, a list or bytes, not str"),
        (lambda: fake.respond("messages.send", 5), "respond('messages.send', …): expected a response of success(), page() or api_error(), a dict, a list or bytes, not int"),
        (lambda: fake.respond("messages.send", None), "respond('messages.send', …): the body is None, but the call has an output; pass success('messages.send', …), or b"),
    ]:
        with pytest.raises((ValueError, hudhud.ArgumentError)) as raised:
            wrong()
        assert str(raised.value).startswith(expected), raised.value
    assert not fake._responses
    for right in api_error("not_found"), {"anything": 1}, [], b"", b"<html>":
        fake.respond("messages.send", right)
    fake.respond("messages.send", status=204)
    fake.respond("messages.send", status=503)
    fake.respond("contacts.list", api_error("not_found"))


def test_responses_that_were_not_used_are_named():
    fake = FakeTransport()
    fake.assert_all_used()
    fake.respond("messages.send", success("messages.send"))
    fake.respond("messages.send", success("messages.send"))
    fake.fail("account.me")
    client = hudhud.Zagely("pk_test", "sk_test", transport=fake, retry=hudhud.Retry(max_attempts=1))
    client.messages.send(to="+15551234567", message="hi")
    with pytest.raises(AssertionError, match="^responses that were not used: 1 of messages.send, 1 of account.me; remove them, or make these calls$"):
        fake.assert_all_used()
    for _ in range(3):
        client.messages.send(to="+15551234567", message="hi")
    with pytest.raises(hudhud.TransportError):
        client.account.me()
    fake.assert_all_used()


def test_deliveries_have_random_ids():
    assert delivery("webhook.test", secret="s").body != delivery("webhook.test", secret="s").body


@pytest.mark.parametrize("cls", [hudhud.Zagely, hudhud.Wazaj])
def test_autospec_knows_the_calls_and_their_fields(cls):
    mocked = unittest.mock.create_autospec(cls, instance=True)
    group, call, fields = mocked.messages, "send", {"to": "+15551234567", "message": "hi", "retry": QUICK}
    if cls is hudhud.Wazaj:
        call, fields = "send_text", {"to": "+15551234567", "body": "hi"}
    getattr(group, call).return_value.message_id = "m-1"
    assert getattr(group, call)(**fields).message_id == "m-1"
    getattr(group, call).assert_called_once_with(**fields)
    for wrong in (lambda: getattr(group, call)(nope=1), lambda: getattr(group, call)("positional")):
        with pytest.raises(TypeError):
            wrong()
    for wrong in (lambda: group.nope, lambda: mocked.nope, lambda: getattr(group, call).nope):
        with pytest.raises(AttributeError):
            wrong()


def test_autospec_knows_asynchronous_calls():
    mocked = unittest.mock.create_autospec(hudhud.AsyncZagely, instance=True)
    mocked.messages.send.return_value = 5
    assert asyncio.run(mocked.messages.send(to="+15551234567", message="hi")) == 5
    mocked.contacts.list.return_value.__aiter__.return_value = [Contact(id="c-1")]

    async def read():
        return [each.id async for each in mocked.contacts.list(tags=["vip"])]

    assert asyncio.run(read()) == ["c-1"]


def test_groups_are_attributes_of_the_class_too():
    assert {"messages", "contacts"} <= set(dir(hudhud.Zagely)) & set(dir(hudhud.AsyncZagely))
    fake = AsyncFakeTransport()
    client = hudhud.AsyncZagely("pk_test", "sk_test", transport=fake)
    assert client.messages is client.messages and client.messages._client is client

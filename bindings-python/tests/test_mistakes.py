"""Mistakes of callers and of their tests: each gets an error at once that says what to do."""

import asyncio
import datetime
import decimal
import pickle
import subprocess
import sys

import aiohttp
import httpx
import httpx2
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
    for wrong, expected in [
        (lambda: zagely.contacts.get("c-1", "c-2"), "contacts.get() takes only contact_id by position: contacts.get(contact_id, **options)"),
        (lambda: zagely.contacts.list("x"), "contacts.list() takes keyword arguments only: contacts.list(*, "),
        (lambda: zagely.contacts.get("c-1", contact_id="c-1"), "contacts.get() got contact_id twice"),
    ]:
        with pytest.raises(TypeError) as raised:
            wrong()
        assert str(raised.value).startswith(expected), raised.value


def test_unknown_arguments_get_a_suggestion():
    fake = FakeTransport()
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=fake)
    for wrong, expected in [
        (lambda: zagely.contacts.get(id="c-1"), "contacts.get() got an unexpected keyword argument 'id': did you mean contact_id?"),
        (lambda: zagely.messages.send(to="+15551234567", sessionId="s"), "'sessionId': did you mean session_id?"),
        (lambda: zagely.contacts.list(perpage=1), "'perpage': did you mean per_page?"),
        (lambda: zagely.contacts.list.request(zzz=1), "'zzz': expected one of "),
        (lambda: zagely.messages.send(to="+15551234567", text="hi"), "'text': did you mean message?"),
        (lambda: zagely.messages.send(to="+15551234567", body="hi"), "'body': did you mean message?"),
        (lambda: zagely.contacts.get(), "contacts.get() missing 1 required keyword argument: 'contact_id'"),
        (lambda: zagely.contacts.create(phone_number="+15551234567", tags="vip"), "contacts.create() argument 'tags': expected a list, not str"),
        (lambda: zagely.contacts.list(per_page="abc"), "contacts.list() argument 'per_page': expected an int, not str"),
        (lambda: zagely.contacts.import_(file=3), "contacts.import_() argument 'file': expected bytes"),
        (lambda: zagely.contacts.get.with_response(id="c-1"), "did you mean contact_id?"),
    ]:
        with pytest.raises(hudhud.ArgumentError) as raised:
            wrong()
        assert expected in str(raised.value), raised.value
    assert not fake.requests


def test_an_invalid_option_is_named_with_its_call():
    fake = FakeTransport()
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=fake)
    send = {"to": "+15551234567", "message": "hi"}
    for wrong, expected in [
        (lambda: zagely.messages.send(**send, idempotency_key=""), "messages.send: invalid_request: The call is invalid and was not sent. idempotency_key: "),
        (lambda: zagely.messages.send.request(**send, idempotency_key="a b"), "messages.send: invalid_request: The call is invalid and was not sent. idempotency_key: "),
        (lambda: zagely.contacts.get("c-1", timeout=-1), "contacts.get: argument 'timeout': expected a finite number of seconds > 0"),
        (lambda: zagely.contacts.list(lane="fast"), "contacts.list: argument 'lane': expected 'urgent' or 'bulk', not 'fast'"),
        (lambda: zagely.messages.send(to="1", message="hi"), "messages.send: invalid_request: "),
    ]:
        with pytest.raises(hudhud.InvalidRequestError) as raised:
            wrong()
        assert str(raised.value).startswith(expected) and raised.value.call == expected.partition(":")[0], raised.value
    assert not fake.requests


def test_every_error_about_an_option_begins_with_the_call():
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=FakeTransport())
    wrong = {"idempotency_key": 5, "retry": 5, "deadline": "x", "extra": 5, "validate": "x", "method": "FOO", "headers": 5}
    for name, value in wrong.items():
        for call, made in ("account.me", zagely.account.me), ("request", zagely.request):
            given = ("POST", "/api/v1/x") if call == "request" else ()
            with pytest.raises(hudhud.HudhudError) as raised:
                made(*given, **{name: value})
            assert str(raised.value).startswith(f"{call}: argument '{name}': expected"), raised.value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_json_lacks_is_named_with_its_field_and_its_call(number):
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=FakeTransport())
    contact = {"phone_number": "+15551234567"}
    for wrong, expected in [
        (lambda: zagely.contacts.create(**contact, custom_fields={"a": {"b": [1, number]}}), "contacts.create() argument 'custom_fields': expected a finite number at a.b.1: JSON has no NaN and no infinity"),
        (lambda: zagely.contacts.create(**contact, extra={"a": number}), "contacts.create: argument 'extra': expected a finite number at a: "),
        (lambda: zagely.request("POST", "/api/v1/x", {"a": {"b": number}}), "request: argument 'fields': expected a finite number at a.b: "),
        (lambda: zagely.request("POST", "/api/v1/x", extra={"a": number}), "request: argument 'extra': expected a finite number at a: "),
    ]:
        with pytest.raises(hudhud.HudhudError) as raised:
            wrong()
        assert str(raised.value).startswith(expected), raised.value


def test_the_place_of_such_a_number_has_no_private_name_and_a_value_may_hold_itself():
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=FakeTransport())
    with pytest.raises(hudhud.HudhudError) as raised:
        zagely.request("POST", "/api/v1/x", {"a": {"+15551234567": [float("nan")]}})
    assert str(raised.value).startswith("request: argument 'fields': expected a finite number at a.[redacted].0: "), raised.value
    for hold in (lambda value: {"a": value}, lambda value: [value, value]):
        value = {}
        value["a"] = hold(value)
        with pytest.raises(hudhud.HudhudError) as raised:
            zagely.request("POST", "/api/v1/x", {"a": value})
        assert str(raised.value) == "request: argument 'fields': expected a mapping of names to values that JSON can represent"
        with pytest.raises(hudhud.HudhudError):
            zagely.contacts.create(phone_number="+15551234567", custom_fields=value)


def test_a_missing_argument_of_a_client_is_named():
    for make, expected in [
        (lambda: hudhud.Wazaj("wzj_a"), "Wazaj(): argument 'base_url' is required: the deployment's URL, which ends in /api/wazaj/business"),
        (lambda: hudhud.AsyncWazaj("wzj_a", None), "AsyncWazaj(): argument 'base_url' is required: "),
        (lambda: hudhud.Zagely(), "Zagely(): argument 'public_key' is required: the public key, pk_…"),
        (lambda: hudhud.Zagely("pk_a", secret_key=None), "Zagely(): argument 'secret_key' is required: "),
    ]:
        with pytest.raises(hudhud.ArgumentError) as raised:
            make()
        assert str(raised.value).startswith(expected)


def test_a_group_that_does_not_exist_is_named():
    for cls in hudhud.Zagely, hudhud.AsyncZagely:
        zagely = cls("pk_test", "sk_test", transport=print)
        for wrong, expected in [
            ("message", "did you mean messages?"),
            ("groups", "did you mean contact_groups?"),
            ("requests", "did you mean request?"),
            ("zzz", "expected one of account, "),
        ]:
            with pytest.raises(AttributeError) as raised:
                getattr(zagely, wrong)
            assert str(raised.value).startswith(f"{cls.__name__} has no attribute {wrong!r}: {expected}"), raised.value
        assert not hasattr(zagely, "_nope") and getattr(zagely, "zzz", 5) == 5
        assert pickle.PickleError and not hasattr(zagely, "__deepcopy__")


def test_a_list_of_the_other_kind_of_client_says_how_it_is_read():
    slow = hudhud.AsyncZagely("pk_test", "sk_test", transport=AsyncFakeTransport())

    async def awaited():
        await slow.contacts.list()

    async def looped():
        async for _ in hudhud.Zagely("pk_test", "sk_test", transport=FakeTransport()).contacts.list():
            pass

    for wrong, expected in [
        (lambda: list(slow.contacts.list()), "<items of zagely contacts.list> belongs to an asynchronous client: use `async for` instead of `for`"),
        (lambda: asyncio.run(awaited()), "<items of zagely contacts.list> cannot be awaited: use `async for`, or `await ….first()`"),
        (lambda: asyncio.run(looped()), "<items of zagely contacts.list> belongs to a blocking client: use `for` instead of `async for`"),
    ]:
        with pytest.raises(hudhud.ArgumentError) as raised:
            wrong()
        assert str(raised.value) == expected


def test_fields_of_a_call_by_route_go_into_a_dict():
    fake = FakeTransport()
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=fake)
    slow = hudhud.AsyncZagely("pk_test", "sk_test", transport=AsyncFakeTransport())
    for call in (
        lambda **more: zagely.request("POST", "/api/v1/x", **more),
        lambda **more: asyncio.run(slow.request("POST", "/api/v1/x", **more)),
    ):
        with pytest.raises(hudhud.ArgumentError, match=r"^request\(\) got an unexpected keyword argument 'phone_number': expected one of .*; fields go into a dict, as in request\('POST', path, {…}\)$"):
            call(phone_number="+15551234567")
        with pytest.raises(hudhud.ArgumentError, match="did you mean timeout"):
            call(timeoutt=3)


def test_a_call_that_does_not_exist_is_named():
    zagely = hudhud.Zagely("pk_test", "sk_test", transport=FakeTransport())
    for wrong, expected in [
        (lambda: zagely.campaigns.list, "campaigns has no call 'list': expected one of create, update, "),
        (lambda: zagely.messages.sent, "messages has no call 'sent': did you mean send?"),
    ]:
        with pytest.raises(AttributeError) as raised:
            wrong()
        assert str(raised.value).startswith(expected)


def test_templates_take_keyword_arguments_dates_and_decimals():
    template = hudhud.Template("{{ a }} {{ b }}")
    day, at = datetime.date(2026, 11, 29), datetime.datetime(2026, 11, 29, 10, tzinfo=datetime.timezone.utc)
    for value, text in [
        (day, "2026-11-29"),
        (at, "2026-11-29 10:00:00+00:00"),
        (at.timetz(), "10:00:00+00:00"),
        (decimal.Decimal("12.50"), "12.50"),
    ]:
        assert template.render({"a": value}, b=value) == f"{text} {text}"
    assert template.render({"a": 1, "b": 2}, b="x") == "1 x"
    assert template.render(a="x", missing="empty") == "x "
    contact = hudhud.zagely.Contact(name="Jane", custom_fields={"a": "y"})
    assert hudhud.Template("{{ name }} {{ a }}").render(contact, a="z") == "Jane z"
    with pytest.raises(hudhud.ArgumentError, match="^argument 'values': a: expected text, a number, a date, a time or a Decimal, not object$"):
        template.render({"a": object()})


def test_every_limit_of_an_error_has_the_type_of_an_answer():
    fake = FakeTransport()
    fake.respond("account.me", {}, status=429, headers={"X-RateLimit-Limit": "120", "X-RateLimit-Daily-Remaining": "7"})
    with pytest.raises(hudhud.RateLimitError) as raised:
        hudhud.Zagely("pk_test", "sk_test", transport=fake, retry=hudhud.Retry(max_attempts=1)).account.me()
    assert raised.value.rate_limit == hudhud.RateLimit(limit=120, daily_remaining=7)
    assert pickle.loads(pickle.dumps(raised.value)).rate_limit.limit == 120


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


def test_a_closed_client_is_named_and_nothing_is_sent():
    for make in httpx.Client, httpx2.Client:
        with hudhud.Zagely("pk_test", "sk_test", transport=make()) as zagely:
            pass
        with pytest.raises(hudhud.ArgumentError, match="^transport: this Client is closed; make a new client, and close it after its last call$"):
            zagely.account.me()

    async def main():
        for make in httpx.AsyncClient, aiohttp.ClientSession:
            async with hudhud.AsyncZagely("pk_test", "sk_test", transport=make()) as zagely:
                pass
            with pytest.raises(hudhud.ArgumentError, match="is closed"):
                await zagely.account.me()

    asyncio.run(main())


def test_names_of_calls_and_events_are_checked_in_tests():
    for wrong, expected in [
        (lambda: FakeTransport().respond("message.send", {}), "'message.send' is not a call: did you mean 'messages.send'?"),
        (lambda: FakeTransport().fail("zzz"), "'zzz' is not a call: expected one of account.health, "),
        (lambda: delivery("message.recieved", secret="s"), "'message.recieved' is not an event of the vendor: did you mean 'message.received'?"),
    ]:
        with pytest.raises(ValueError) as raised:
            wrong()
        assert str(raised.value).startswith(expected), raised.value


def test_modules_of_frameworks_are_imported_when_they_are_used():
    code = "import hudhud, sys; assert 'hudhud.testing' not in sys.modules; hudhud.testing.delivery; hudhud.fastapi.delivery; hudhud.flask; hudhud.django"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="module 'hudhud' has no attribute 'nope'"):
        hudhud.nope

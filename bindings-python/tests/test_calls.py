"""The calls against the sandbox, over each library, blocking and asynchronous."""

import asyncio
import copy
import datetime
import inspect
import io
import json
import pickle
import re
import time

import hudhud
import pytest
from hudhud.testing import FakeTransport, api_error
from hudhud.zagely import Contact, QueuedMessage

# The session of a new sandbox.
SESSION = "11111111-2222-3333-4444-555555555555"
QUICK = hudhud.Retry(base=0.01, cap=0.02, max_retry_after=3)


def test_messages_are_sent_and_contacts_are_managed(zagely):
    sent = zagely.messages.send(session_id=SESSION, to="+1 (555) 123-4567", message="hi")
    assert sent == QueuedMessage(status="queued", message_id=sent.message_id) and sent.message_id
    made = zagely.contacts.create(
        phone_number="+201140220996", name="منى", tags=["vip"], custom_fields={"city": "القاهرة", "age": 30}
    )
    assert made.custom_fields == {"city": "القاهرة", "age": 30}
    assert made.created_at.tzinfo is not None and abs(made.created_at.timestamp() - time.time()) < 86400
    changed = zagely.contacts.update(contact_id=made.id, email=None, notes="new")
    # `None` clears a field, and a field that is left out stays unchanged.
    assert (changed.notes, changed.tags) == ("new", ["vip"])
    assert [contact.id for contact in zagely.contacts.list(tags=["vip"])] == [made.id]
    with pytest.raises(hudhud.NotFoundError) as missing:
        zagely.contacts.get(contact_id="11111111-2222-3333-4444-000000000000")
    assert (missing.value.status, missing.value.code) == (404, "not_found")
    assert zagely.contacts.delete(contact_id=made.id).message
    job = zagely.contacts.import_(file=b"phone_number,name\n+15550001111,Ann\n")
    assert isinstance(job, hudhud.zagely.Job)


def test_a_file_may_be_bytes_or_a_binary_file_object(tmp_path):
    content = b"phone_number,name\n+15550001111,Ann\n"
    contacts = hudhud.Zagely("pk_a", "sk_b").contacts
    (tmp_path / "contacts.csv").write_bytes(content)
    with open(tmp_path / "contacts.csv", "rb") as file:
        for given in content, bytearray(content), memoryview(content), io.BytesIO(content), file:
            assert content in contacts.import_.request(file=given).content
    with open(tmp_path / "contacts.csv", encoding="utf-8") as file, pytest.raises(TypeError, match="binary mode"):
        contacts.import_.request(file=file)


def test_a_delete_sends_its_body_and_a_get_its_query(zagely):
    group = zagely.contact_groups.create(name="VIP", type="static")
    contact = zagely.contacts.create(phone_number="+15557654321")
    zagely.contact_groups.add_contacts(group_id=group.id, contact_ids=[contact.id])
    assert [member.id for member in zagely.contact_groups.get(group_id=group.id).contacts] == [contact.id]
    zagely.contact_groups.remove_contacts(group_id=group.id, contact_ids=[contact.id])
    assert zagely.contact_groups.get(group_id=group.id).contacts == []
    assert list(zagely.contacts.list(search="no such & one?=")) == []


def test_a_list_requests_all_pages(zagely):
    for number in range(7):
        zagely.contacts.create(phone_number=f"+1555000000{number}")
    listed = zagely.contacts.list(per_page=3, sort_by="phone_number", sort_order="asc")
    assert [len(page.data) for page in listed.pages()] == [3, 3, 1]
    # Each `for` starts anew.
    numbers = [contact.phone_number for contact in listed]
    assert numbers == [f"+1555000000{number}" for number in range(7)] == [contact.phone_number for contact in listed]
    page = zagely.contacts.list.with_response(per_page=3).output
    assert (page.total, page.per_page, page.current_page) == (7, 3, 1)


def test_an_async_client_sends_and_lists(async_zagely, hudhud_sandbox):
    async def main():
        async with async_zagely(retry=QUICK) as zagely:
            sent = await asyncio.gather(*(zagely.messages.send(session_id=SESSION, to="+15551234567", message=f"{n}") for n in range(5)))
            assert len({message.message_id for message in sent}) == 5
            for number in range(5):
                await zagely.contacts.create(phone_number=f"+1555000000{number}", tags=["a b&c"])
            listed = zagely.contacts.list(per_page=2, tags=["a b&c"])
            assert [len(page.data) async for page in listed.pages()] == [2, 2, 1]
            assert len([contact async for contact in listed]) == 5
            group = await zagely.contact_groups.create(name="VIP", type="static")
            await zagely.contact_groups.remove_contacts(group_id=group.id, phone_numbers=["+15550000000"])

    asyncio.run(main())


def test_an_async_client_works_under_trio(hudhud_sandbox):
    import httpx
    import trio

    async def main():
        async with hudhud_sandbox.async_zagely(transport=httpx.AsyncClient(), retry=QUICK) as zagely:
            hudhud_sandbox.fault("account.me", "status=503", times=1)
            assert (await zagely.account.me()).id

    trio.run(main)


def test_a_wazaj_call_returns_its_answer_or_raises_its_error(hudhud_sandbox):
    with hudhud_sandbox.wazaj(retry=QUICK) as wazaj:
        assert isinstance(wazaj.messages.send_text(to="+50912345678", body="Bonjou").message_id, int)
        hudhud_sandbox.admin("POST", "/wazaj", {"billing": False})
        with pytest.raises(hudhud.ValidationError) as raised:
            wazaj.messages.send_text(to="+50912345678", body="Bonjou")
        assert raised.value.code == "billing_send_denied"


def test_a_failing_health_check_is_an_answer(hudhud_sandbox):
    with hudhud_sandbox.zagely() as zagely:
        assert zagely.account.health().status == "ok"
        hudhud_sandbox.admin("POST", "/database", {"reachable": False})
        assert zagely.account.health.with_response().meta.status == 503


def test_every_call_of_the_catalog_is_a_method(hudhud_sandbox):
    from hudhud._hudhud import OPERATIONS

    assert len(OPERATIONS) == 57
    clients = {"zagely": hudhud_sandbox.zagely(), "wazaj": hudhud_sandbox.wazaj()}
    for operation in OPERATIONS:
        group = getattr(clients[operation.vendor], operation.group)
        verb = getattr(group, operation.verb + "_" * (operation.verb == "import"))
        assert verb.__doc__.startswith(operation.doc)
        for name, parameter in inspect.signature(verb).parameters.items():
            by_position = name in operation.ids
            kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD,) if by_position else (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
            assert parameter.kind in kinds, name
        with pytest.raises(TypeError, match="no_such_field"):
            verb.request(no_such_field=1)


def test_a_type_error_names_the_field_and_hides_its_value():
    zagely = hudhud.Zagely("pk_a", "sk_b")
    for fields in {"to": 15551234567}, {"to": b"+15551234567"}, {"message": ["secret text"]}, {"idempotency_key": 3}:
        with pytest.raises(TypeError, match=next(iter(fields))) as raised:
            zagely.messages.send(**fields)
        assert "secret" not in str(raised.value) and "5551234567" not in str(raised.value)
    for transport in object(), 3, "httpx":
        with pytest.raises(TypeError, match="transport"):
            hudhud.Zagely("pk_a", "sk_b", transport=transport)


def test_an_async_transport_in_a_blocking_client_is_refused_and_vice_versa():
    import httpx

    with pytest.raises(TypeError, match="AsyncZagely"):
        hudhud.Zagely("pk_a", "sk_b", transport=httpx.AsyncClient())
    with pytest.raises(TypeError, match="blocks"):
        hudhud.AsyncZagely("pk_a", "sk_b", transport=httpx.Client())


def test_an_invalid_call_raises_before_anything_is_sent():
    def never(request):
        raise AssertionError(request)

    zagely = hudhud.Zagely("pk_a", "sk_b", transport=never)
    with pytest.raises(hudhud.InvalidRequestError) as raised:
        zagely.messages.send(type="image")
    assert set(raised.value.field_errors) == {"to", "media_url"}
    assert isinstance(raised.value, ValueError)
    with pytest.raises(hudhud.InvalidRequestError):
        zagely.contacts.list(per_page=0)


def test_from_env_reads_the_keys_from_the_environment(monkeypatch, hudhud_sandbox):
    monkeypatch.delenv("ZAGELY_PUBLIC_KEY", raising=False)
    with pytest.raises(KeyError, match="ZAGELY_PUBLIC_KEY"):
        hudhud.Zagely.from_env()
    for name, value in ("PUBLIC_KEY", "public_key"), ("SECRET_KEY", "secret_key"), ("BASE_URL", "zagely_base_url"):
        monkeypatch.setenv(f"ZAGELY_{name}", hudhud_sandbox[value])
    assert hudhud.Zagely.from_env().account.me().name


def test_answers_compare_copy_and_pickle_by_value():
    contact = Contact(
        id="c-1", name="Jane", phone_number="+15551234567", tags=["vip"], custom_fields={"a": 1},
        created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc), extra={"new": True},
    )
    assert contact == pickle.loads(pickle.dumps(contact)) == copy.deepcopy(contact) == copy.copy(contact)
    assert contact != Contact(id="c-2")
    assert "Jane" not in repr(contact) and "5551234567" not in repr(contact) and "c-1" in repr(contact)
    assert contact.to_dict()["created_at"] == "2026-01-01T00:00:00Z" and contact.to_dict()["new"] is True
    match contact:
        case Contact(name=name, tags=["vip", *_]):
            assert name == "Jane"
        case _:
            raise AssertionError
    with pytest.raises(AttributeError):
        contact.name = "X"
    with pytest.raises(TypeError):
        hash(contact)
    page = hudhud.Page(data=[contact], total=1)
    assert pickle.loads(pickle.dumps(page)) == page and list(page) == [contact]


def test_results_and_errors_of_calls_pickle_in_every_protocol():
    zagely = hudhud.Zagely("pk_a", "sk_b")
    request = zagely.contacts.list.request()
    headers = {"X-RateLimit-Limit": "120", "X-RateLimit-Daily-Remaining": "7", "Retry-After": "3"}
    body = b'{"data":[{"id":"c-1","created_at":"2026-01-01T00:00:00Z","new":{"a":1.5}}],"total":1}'
    reply = request.decode_with_response(200, headers, body)
    assert (reply.meta.rate_limit.limit, reply.meta.retry_after) == (120, 3.0)
    keyed = hudhud.Meta(status=201, idempotent_replay=True, idempotency_key="k-1", retry_after=0.5)
    event = hudhud.WebhookEvent(name="message.sent", data={"a": [1]}, delivery_id="d-1")
    errors = []
    for status in 422, 200:
        with pytest.raises(hudhud.ApiError) as raised:
            request.decode(status, headers, b"<html>")
        errors.append(raised.value)
    values = [reply, reply.meta, keyed, reply.meta.rate_limit, reply.response, reply.output, *reply.output, event, hudhud.Retry(base=0.1)]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for value in values:
            assert pickle.loads(pickle.dumps(value, protocol)) == value, (protocol, value)
        for error in errors:
            again = pickle.loads(pickle.dumps(error, protocol))
            assert (type(again), again.__dict__, again.args) == (type(error), error.__dict__, error.args)
    for value in values:
        assert copy.copy(value) == value and copy.deepcopy(value) == value
    assert keyed != reply.meta and reply != request.decode_with_response(200, {}, body)


def test_reprs_and_signatures_use_python_syntax():
    assert repr(hudhud.Webhook("whsec")) == "Webhook('…', tolerance=300)"
    assert repr(hudhud.Webhook("a", "b", tolerance=None)) == "Webhook('…', '…', tolerance=None)"
    meta = hudhud.Meta(status=200, rate_limit=hudhud.RateLimit(limit=120), idempotency_key="k-1")
    assert repr(meta) == "Meta(status=200, rate_limit=RateLimit(limit=120), idempotent_replay=False, idempotency_key='k-1')"
    shown = str(inspect.signature(Contact))
    assert shown.startswith("(*, id=None, ") and "tags=[]" in shown and "custom_fields={}" in shown and shown.endswith("extra={})")
    assert "..." not in shown and "Ellipsis" not in shown
    for name in hudhud.zagely.__all__:
        inspect.signature(getattr(hudhud.zagely, name))


def listed(**fields):
    """Decodes a contact from a page of contacts."""
    call = hudhud.Zagely("pk_a", "sk_b").contacts.list.request()
    [contact] = call.decode(200, {}, json.dumps({"data": [fields, None], "total": 1}).encode()).data
    return contact


def test_valid_timestamps_are_datetimes_and_others_stay_strings():
    for written, meant in (
        ("2026-04-21T10:30:00Z", "2026-04-21T10:30:00+00:00"),
        ("2026-04-21t10:30:00.5z", "2026-04-21T10:30:00.500000+00:00"),
        ("2026-04-21 10:30:00.123456789-00:00", "2026-04-21T10:30:00.123456+00:00"),
        ("0001-01-01T00:00:00.065536+02:00", "0001-01-01T00:00:00.065536+02:00"),
        ("9999-12-31T23:59:60-23:59", "9999-12-31T23:59:59-23:59"),
        ("2024-02-29T00:00:00+05:45", "2024-02-29T00:00:00+05:45"),
    ):
        time = listed(created_at=written).created_at
        assert (type(time), time.fold, time.isoformat()) == (datetime.datetime, 0, meant)
        assert time == pickle.loads(pickle.dumps(time)) and hash(time) == hash(datetime.datetime.fromisoformat(meant))
        assert (time.tzinfo is datetime.timezone.utc) == meant.endswith("+00:00")
    for odd in "soon", "2026-04-21", "2026-04-21T10:30:00", "2026-02-30T10:30:00Z", "2026-13-01T00:00:00Z", "2026-04-21T24:00:00Z":
        assert listed(created_at=odd).created_at == odd


def test_nested_json_is_decoded_as_by_the_json_module():
    deep = []
    for _ in range(200):
        deep = [deep]
    for value in 1, -1, 0.1, 2**70, "\"\\\u00e9", None, True, [], [1, [2.5, None]], {"": {}}, deep, "2" * 50:
        before, behind = {"name": "name", "a": "name", "custom_fields": {"name": value, "b": [value]}}, {"notes": "behind"}
        contact = listed(**before, **behind)
        assert contact.custom_fields == before["custom_fields"] and contact.notes == "behind"
        assert contact.extra == {"a": "name"}
    # A lone surrogate becomes a replacement character.
    assert listed(custom_fields={"name": "a\ud800"}).custom_fields == {"name": "a\ufffd"}
    for other in [], [1.5], "text", 2.5, None, True:
        assert listed(custom_fields=other, notes="behind").custom_fields == {}


def test_an_absent_field_is_left_out_and_none_is_sent_as_null():
    update = hudhud.Zagely("pk_a", "sk_b").contacts.update
    assert update.request(contact_id="c-1").content == b"{}"
    assert update.request(contact_id="c-1", name=hudhud.ABSENT).content == b"{}"
    assert update.request(contact_id="c-1", name=None).content == b'{"name":null}'
    assert update.request(contact_id="c-1", name="Ann").content == b'{"name":"Ann"}'


def test_a_call_takes_headers_a_timeout_and_a_deadline():
    fake = FakeTransport()
    fake.respond("account.me", api_error("rate_limit_exceeded", retry_after=30))
    zagely = hudhud.Zagely("pk_a", "sk_b", transport=fake)
    begun = time.monotonic()
    with pytest.raises(hudhud.RateLimitError):
        zagely.account.me.with_response(timeout=3, deadline=5, headers={"X-Trace": "t-1"})
    # The wait would end after the deadline, so the call ends at once.
    assert time.monotonic() - begun < 4 and len(fake.requests) == 1
    assert fake.requests[0].timeout == 3 and fake.requests[0].headers["X-Trace"] == "t-1"
    for wrong in ({"timeout": 0}, {"deadline": -1}, {"timeout": "x"}, {"headers": {"X-Secret-Key": "x"}}, {"headers": 3}):
        with pytest.raises(hudhud.HudhudError) as raised:
            zagely.account.me.with_response(**wrong)
        assert next(iter(wrong)) in str(raised.value)


def test_the_timeout_of_a_call_ends_an_attempt(zagely, hudhud_sandbox):
    hudhud_sandbox.fault("account.me", "delay=3000", times=1)
    begun = time.monotonic()
    with pytest.raises(hudhud.TransportError) as raised:
        zagely.account.me(timeout=0.3, retry=hudhud.Retry(max_attempts=1))
    assert raised.value.fault == "timeout" and time.monotonic() - begun < 2.5


def test_a_client_has_a_default_session(monkeypatch):
    def body(zagely, **given):
        return json.loads(zagely.messages.send.request(to="+15551234567", message="hi", **given).content)

    zagely = hudhud.Zagely("pk_a", "sk_b", session_id="s-1")
    assert body(zagely)["session_id"] == "s-1" and body(zagely, session_id="s-2")["session_id"] == "s-2"
    for name, value in ("PUBLIC_KEY", "pk_a"), ("SECRET_KEY", "sk_b"), ("SESSION_ID", "s-3"):
        monkeypatch.setenv(f"ZAGELY_{name}", value)
    assert body(hudhud.Zagely.from_env())["session_id"] == "s-3"
    assert body(hudhud.AsyncZagely.from_env(session_id="s-4"))["session_id"] == "s-4"


def test_a_route_that_the_catalog_lacks_can_be_called(hudhud_sandbox):
    with hudhud_sandbox.zagely() as zagely:
        assert zagely.request("GET", "/api/v1/me")["data"]["abilities"] == ["*"]
        made = zagely.request("POST", "/api/v1/contacts", {"phone_number": "+15551234567", "name": "Jane"}, idempotency_key="k-1")
        found = zagely.request("GET", "/api/v1/contacts", {"search": "Jane"})
        assert [each["id"] for each in found["data"]] == [made["id"]]
        with pytest.raises(hudhud.NotFoundError):
            zagely.request("GET", "/api/v1/nothing")
        for wrong in (lambda: zagely.request("FETCH", "/x"), lambda: zagely.request("POST", "/x", {"a": object()}), lambda: zagely.request("POST", "/x", 3)):
            with pytest.raises(hudhud.HudhudError):
                wrong()

    async def main():
        async with hudhud_sandbox.async_zagely() as zagely:
            return await zagely.request("GET", "/api/v1/me")

    assert asyncio.run(main())["data"]["abilities"] == ["*"]


def test_an_uploaded_file_has_its_own_name_or_the_ending_of_its_content(tmp_path):
    zagely = hudhud.Zagely("pk_a", "sk_b")
    path = tmp_path / "people.xlsx"
    path.write_bytes(b"PK\x03\x04rest")

    def name(file, **given):
        content = zagely.contacts.import_.request(file=file, **given).content
        return re.search(rb'filename="([^"]*)"', content)[1].decode(), b"rest" in content

    with path.open("rb") as file:
        assert name(file) == ("people.xlsx", True)
    with path.open("rb") as file:
        assert name(file, file_name="a.csv") == ("a.csv", True)
    for content in path.read_bytes(), bytearray(path.read_bytes()), io.BytesIO(path.read_bytes()):
        assert name(content) == ("contacts.xlsx", True)
    assert name(b"phone_number\nrest") == ("contacts.csv", True)


def test_exceptions_pickle_and_hide_private_text():
    zagely = hudhud.Zagely("pk_a", "sk_b")
    request = zagely.messages.send.request(to="+15551234567", message="hi")
    headers = {"Retry-After": "7", "X-RateLimit-Limit": "120"}
    body = b'{"error":{"code":"rate_limit_exceeded","message":"Number +15551234567 is too fast","details":{"limit":1}}}'
    with pytest.raises(hudhud.RateLimitError) as raised:
        request.decode(429, headers, body)
    error = pickle.loads(pickle.dumps(raised.value))
    assert (type(error), error.retry_after, error.rate_limit) == (hudhud.RateLimitError, 7.0, hudhud.RateLimit(limit=120))
    assert error.details == {"limit": 1} and "+15551234567" in error.message
    for shown in str(error), repr(error):
        assert "5551234567" not in shown and "rate_limit_exceeded" in shown
    with pytest.raises(hudhud.WebhookError) as refused:
        hudhud.Webhook("whsec").verify({}, b"")
    again = pickle.loads(pickle.dumps(refused.value))
    assert (again.reason, again.http_status) == ("missing_header", 400)
    for error in (hudhud.PhoneError("x"), hudhud.MissingVariablesError("x", ["a"])):
        assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__


def test_each_status_raises_its_exception_class():
    request = hudhud.Zagely("pk_a", "sk_b").account.me.request()
    quota = b'{"error":{"code":"daily_quota_exceeded","message":"x","details":[]}}'
    for status, body, kind in [
        (401, b"", hudhud.AuthenticationError), (403, b"", hudhud.PermissionDeniedError), (404, b"", hudhud.NotFoundError),
        (405, b"", hudhud.MethodNotAllowedError), (422, b"{}", hudhud.ValidationError), (429, b"", hudhud.RateLimitError),
        (429, quota, hudhud.QuotaExceededError), (503, b"<html>", hudhud.UnavailableError), (500, b"\xff", hudhud.ServerError),
        (302, b"", hudhud.RedirectError), (200, b"<html>", hudhud.UnexpectedResponseError), (418, b"", hudhud.ApiError),
    ]:
        with pytest.raises(hudhud.HudhudError) as raised:
            request.decode(status, {}, body)
        assert type(raised.value) is kind, status


def test_templates_are_rendered_and_phone_numbers_parsed():
    template = hudhud.Template("Hi {{ name }}! {{city}} {{ phone }}")
    assert template.variables == ("name", "city", "phone")
    contact = Contact(name="Jane", phone_number="+1", custom_fields={"city": "Cairo"})
    assert template.render(contact) == "Hi Jane! Cairo +1"
    assert template.render({"name": "J", "city": 3}, missing="empty") == "Hi J! 3 "
    with pytest.raises(hudhud.MissingVariablesError) as raised:
        template.render({"name": "J"})
    assert raised.value.names == ["city", "phone"]
    assert hudhud.parse_phone("\u200e+٢٠ ١١٤ ٠٢٢-٠٩٩٦") == "+201140220996"
    with pytest.raises(hudhud.PhoneError):
        hudhud.parse_phone("0114022")


def test_importing_the_package_imports_no_heavy_module():
    import subprocess
    import sys

    code = "import sys; before = set(sys.modules); import hudhud; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"httpx", "httpx2", "requests", "niquests", "urllib3", "aiohttp", "asyncio", "urllib.request", "http.client", "inspect"}
    assert not heavy & set(loaded), sorted(heavy & set(loaded))


@pytest.mark.parametrize("make", [hudhud.Zagely, hudhud.AsyncZagely])
def test_a_client_is_shared_and_not_copied(make):
    client = make("pk_a", "sk_b", transport=lambda request: (200, {}, b"{}"))
    for work in copy.copy, copy.deepcopy, pickle.dumps:
        with pytest.raises(hudhud.ArgumentError, match=f"a {make.__name__} cannot be copied or pickled; share it"):
            work(client)

"""Blocking and asynchronous parts that do not fit together, and arguments in a wrong place. Each is refused where it is
written: later it would lose messages or events without a word, or repeat an effect."""

import asyncio
import functools
import inspect
import unittest.mock

import hudhud
import pytest
from hudhud.inbox import (
    AsyncForgetfulStore,
    AsyncLeasedInbox,
    AsyncTransactionalInbox,
    ForgetfulStore,
    LeasedInbox,
    TransactionalInbox,
)
from hudhud.outbox import AsyncOutbox, Outbox
from hudhud.testing import AsyncFakeTransport, FakeTransport, delivery, success

SENT = success("messages.send", status="queued")
WEBHOOK = hudhud.Webhook("whsec_test")
GUESTS = [{"to": f"+155512300{at:02}", "message": f"Hi {at}"} for at in range(3)]


def refused(expected, work, *arguments, **named):
    with pytest.raises(hudhud.ArgumentError) as raised:
        work(*arguments, **named)
    assert expected in str(raised.value), raised.value


def event(key="d-1"):
    return hudhud.WebhookEvent(name="webhook.test", replay_key=key)


def zagely(transport=None):
    return hudhud.Zagely("pk_test", "sk_test", transport=transport or FakeTransport())


def async_zagely():
    return hudhud.AsyncZagely("pk_test", "sk_test", transport=AsyncFakeTransport())


def test_an_outbox_refuses_a_client_of_the_other_kind(tmp_path):
    path = tmp_path / "o"
    wazaj = hudhud.AsyncWazaj("wzj_a", "https://example.com/api/wazaj/business", transport=AsyncFakeTransport())
    for expected, make, client in [
        ("argument 'client': AsyncZagely is asynchronous; pass it to AsyncOutbox", Outbox, async_zagely()),
        ("argument 'client': AsyncWazaj is asynchronous; pass it to AsyncOutbox", Outbox, wazaj),
        ("argument 'client': Zagely blocks; pass it to Outbox", AsyncOutbox, zagely()),
        ("argument 'client': expected Zagely or Wazaj, not str", Outbox, "o"),
        ("argument 'client': expected AsyncZagely or AsyncWazaj, not int", AsyncOutbox, 5),
        ("argument 'client': Zagely is a class; pass an instance", Outbox, hudhud.Zagely),
    ]:
        refused(expected, make, path, client)
    assert list(tmp_path.iterdir()) == []


def test_only_a_response_counts_as_sent(tmp_path):
    for at, returned in enumerate([None, object(), unittest.mock.MagicMock()]):
        with Outbox(tmp_path / f"o{at}", zagely()) as outbox:
            outbox.add_all(GUESTS)
            outbox._method = unittest.mock.Mock()
            outbox._method.with_response.return_value = returned
            refused("instead of an ApiResponse", outbox.send, concurrency=1)
            report = outbox.report()
            assert report.sent == 0 and report.left == 3


def test_a_coroutine_function_for_progress_is_refused(tmp_path):
    async def progress(report, limits):
        raise AssertionError

    fake = FakeTransport()
    fake.respond("messages.send", SENT)
    with Outbox(tmp_path / "o", zagely(fake)) as outbox:
        outbox.add_all(GUESTS)
        refused("argument 'progress': expected a function that blocks", outbox.send, progress=progress)
        refused("argument 'progress': expected a function, not int", outbox.send, progress=5)
        assert outbox.send().sent == 3


@pytest.mark.parametrize("make", [LeasedInbox, TransactionalInbox])
def test_a_blocking_inbox_refuses_a_coroutine_function(make, tmp_path):
    sqlite = pytest.importorskip("hudhud.inbox.sqlite")

    async def handle(event, given): ...

    class Called:
        async def __call__(self, event, given): ...

    def generator(event, given):
        yield

    inbox = make(sqlite.SqliteStore(tmp_path / "i.db"))
    for wrong in handle, Called(), functools.partial(handle), unittest.mock.AsyncMock():
        refused(f"inbox.handler: {make.__name__} calls functions that block", inbox.handler, wrong)
    refused("is a generator, which", inbox.handler, generator)
    assert inspect.iscoroutinefunction(handle)


@pytest.mark.parametrize("make", [LeasedInbox, TransactionalInbox])
def test_the_attempt_fails_if_a_blocking_handler_returns_a_coroutine(make, tmp_path):
    sqlite = pytest.importorskip("hudhud.inbox.sqlite")
    ran = []

    async def work(event, given):
        ran.append(event)

    inbox = make(sqlite.SqliteStore(tmp_path / "i.db"))
    inbox.handler(lambda event, given: work(event, given))
    receipt = inbox.receive(event())
    assert (receipt.outcome, receipt.http_status, ran) == ("failed", 503, [])
    assert str(receipt.error) == "the handler returned a coroutine, so its code has not run; use an asynchronous inbox"
    assert inbox.receive(event()).outcome == "too_early"


@pytest.mark.parametrize("make", [AsyncLeasedInbox, AsyncTransactionalInbox])
def test_an_asynchronous_inbox_refuses_a_plain_function(make, tmp_path):
    sqlite = pytest.importorskip("hudhud.inbox.sqlite")
    effects = []

    def handle(event, given):
        effects.append(event)

    async def generator(event, given):
        yield

    inbox = make(sqlite.AsyncSqliteStore(tmp_path / "i.db"))
    refused(f"inbox.handler: {make.__name__} calls coroutine functions; write async def handle", inbox.handler, handle)
    refused("is a generator, which", inbox.handler, generator)

    @inbox.handler
    async def right(event, given):
        effects.append(event.replay_key)

    async def twice():
        return [(await inbox.receive(event())).outcome for _ in range(2)]

    assert asyncio.run(twice()) == ["handled", "duplicate"] and effects == ["d-1"]


def test_a_handler_with_a_wrong_number_of_parameters_is_refused():
    async def one_async(event): ...

    inbox, other = LeasedInbox(ForgetfulStore()), AsyncLeasedInbox(AsyncForgetfulStore())
    for wrong in (lambda event: None), (lambda: None), (lambda event, lease, more: None), (lambda *, event, lease: None):
        refused("inbox.handler: LeasedInbox calls <lambda> with the event and the lease, but <lambda> takes (", inbox.handler, wrong)
    refused("calls one_async with the event and the lease, but one_async takes (event)", other.handler, one_async)
    for right in (lambda *given: None), (lambda event, lease, more=None: None), print:
        LeasedInbox(ForgetfulStore()).handler(right)


def test_an_inbox_refuses_a_store_that_does_not_fit(tmp_path):
    sqlite = pytest.importorskip("hudhud.inbox.sqlite")
    blocking, asynchronous = sqlite.SqliteStore(tmp_path / "i.db"), sqlite.AsyncSqliteStore(tmp_path / "i.db")
    for expected, make, store in [
        ("argument 'store': AsyncSqliteStore is asynchronous; pass it to AsyncTransactionalInbox", TransactionalInbox, asynchronous),
        ("argument 'store': AsyncSqliteStore is asynchronous; pass it to AsyncLeasedInbox", LeasedInbox, asynchronous),
        ("argument 'store': SqliteStore blocks; pass it to LeasedInbox", AsyncLeasedInbox, blocking),
        ("argument 'store': SqliteStore blocks; pass it to TransactionalInbox", AsyncTransactionalInbox, blocking),
        ("argument 'store': expected a store such as SqliteStore, not str", TransactionalInbox, "shop.db"),
        ("argument 'store': expected a store such as AsyncSqliteStore, not NoneType", AsyncLeasedInbox, None),
        ("argument 'store': ForgetfulStore has no transactions; pass a store that has them, or use LeasedInbox", TransactionalInbox, ForgetfulStore()),
        ("or use AsyncLeasedInbox", AsyncTransactionalInbox, AsyncForgetfulStore()),
        ("argument 'store': SqliteStore is a class; pass an instance, SqliteStore(…)", LeasedInbox, sqlite.SqliteStore),
    ]:
        refused(expected, make, store)


def test_a_store_of_the_program_fits():
    class Own(ForgetfulStore): ...

    class OwnAsync(AsyncForgetfulStore): ...

    class Torn:
        def put_or_get(self, key, change): ...

    LeasedInbox(Own()), AsyncLeasedInbox(OwnAsync())
    refused("expected a store; Torn has no method replace", LeasedInbox, Torn())


def frameworks():
    import hudhud.django
    import hudhud.fastapi
    import hudhud.flask

    return hudhud.fastapi, hudhud.flask, hudhud.django


def test_a_receiver_refuses_what_is_no_webhook_or_no_inbox():
    inbox = LeasedInbox(ForgetfulStore())
    inbox.handler(lambda event, lease: None)
    for framework in frameworks():
        for expected, arguments in [
            ("argument 'webhook': expected a Webhook, not str; make one with Webhook(secret)", ("secret", inbox)),
            ("argument 'webhook': expected a Webhook, not LeasedInbox", (inbox, WEBHOOK)),
            ("argument 'webhook': Webhook is a class; pass an instance, Webhook(secret)", (hudhud.Webhook, inbox)),
            ("argument 'inbox': expected a", (WEBHOOK, WEBHOOK)),
        ]:
            refused(expected, framework.receiver, *arguments)
        framework.receiver(WEBHOOK, inbox)


def test_a_delivery_without_a_handler_is_logged(caplog):
    import flask as framework

    inbox = LeasedInbox(ForgetfulStore())
    app = framework.Flask("late")
    # The handler may be registered after the view.
    app.add_url_rule("/hook", view_func=frameworks()[1].receiver(WEBHOOK, inbox), methods=["POST"])
    signed = delivery("webhook.test", secret="whsec_test")

    def status():
        return app.test_client().post("/hook", data=signed.body, headers=dict(signed.headers)).status_code

    assert status() == 500
    assert "inbox: a delivery has no handler; decorate a function with @inbox.handler" in caplog.messages
    inbox.handler(lambda event, lease: None)
    assert status() == 200


def test_flask_refuses_an_asynchronous_inbox():
    inbox = AsyncLeasedInbox(AsyncForgetfulStore())

    @inbox.handler
    async def handle(event, lease): ...

    fastapi, flask, django = frameworks()
    refused("argument 'inbox': expected a LeasedInbox or a TransactionalInbox, not AsyncLeasedInbox", flask.receiver, WEBHOOK, inbox)
    fastapi.receiver(WEBHOOK, inbox), django.receiver(WEBHOOK, inbox)


def test_the_parts_of_the_frameworks_refuse_what_is_no_webhook():
    fastapi, flask, django = frameworks()
    for make in fastapi.delivery, flask.delivered, django.delivered:
        refused("argument 'webhook': expected a Webhook, not str", make, "secret")
        refused("argument 'webhook': Webhook is a class", make, hudhud.Webhook)
    # A decorator without its parentheses.
    refused("argument 'webhook': expected a Webhook, not function", flask.delivered, lambda event: None)
    with pytest.raises(hudhud.ArgumentError, match="expected a Webhook, not str"):
        asyncio.run(fastapi.verify("secret", None))


def test_an_observer_with_coroutine_functions_is_refused():
    class Slow:
        def begin(self, call): ...

        async def event(self, token, event): ...

        def end(self, token, outcome): ...

    for make in hudhud.Zagely, hudhud.AsyncZagely:
        refused("argument 'observer': event is a coroutine function, which nothing would await; write def event", make, "pk_a", "sk_a", observer=Slow())
    refused("write def event", hudhud.Webhook, "secret", observer=Slow())


def test_a_function_that_does_not_return_an_awaitable_is_no_transport_of_an_asynchronous_client():
    fake = FakeTransport()
    fake.respond("account.me", success("account.me"))
    client = hudhud.AsyncZagely("pk_test", "sk_test", transport=fake)
    with pytest.raises(hudhud.ArgumentError, match="transport: expected an async function.*AsyncFakeTransport"):
        asyncio.run(client.account.me())

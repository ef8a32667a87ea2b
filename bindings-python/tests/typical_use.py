"""Typical code of users, for the type checkers. Each `assert_type` is a guarantee."""

from __future__ import annotations

import http.server
import sqlite3
from datetime import datetime
from typing import Literal

import hudhud
import psycopg
import redis
import redis.asyncio
from hudhud import ABSENT, AsyncWazaj, AsyncZagely, WebhookEvent, Page, ApiResponse, Wazaj, Webhook, Zagely
from hudhud.inbox import AsyncLeasedInbox, AsyncTransactionalInbox, ForgetfulStore, Lease, LeasedInbox, Receipt, TransactionalInbox
from hudhud.inbox.asyncpg import AsyncpgStore
from hudhud.inbox.psycopg import PsycopgStore
from hudhud.inbox.redis import AsyncRedisStore, RedisStore
from hudhud.inbox.sqlite import AsyncSqliteStore, SqliteStore
from hudhud.observer import Call, Event, Outcome, Wait
from hudhud.opentelemetry import OpenTelemetryObserver
from hudhud.outbox import AsyncOutbox, Outbox, OutboxReport
from hudhud.testing import FakeTransport, api_error, delivery, page, success
from hudhud.webhook import MessageData, ReceivedMessage
from hudhud.zagely import Acknowledgement, Contact, GroupFilters, MessageActivity, QueuedMessage
from typing_extensions import assert_type


def blocking(zagely: Zagely) -> None:
    sent = zagely.messages.send(to="+15551234567", message="hi", idempotency_key="order-1")
    assert_type(sent, QueuedMessage)
    assert_type(sent.message_id, str | None)
    for contact in zagely.contacts.list(tags=["vip"], sort_by="name"):
        assert_type(contact, Contact)
        assert_type(contact.tags, list[str])
        assert_type(contact.created_at, datetime | str | None)
        if contact.is_blocked:
            assert_type(zagely.contacts.delete(contact_id="c-1"), Acknowledgement)
    for page in zagely.contacts.list().pages():
        assert_type(page, Page[Contact])
    zagely.contacts.update(contact_id="c-1", name=None, email=ABSENT, tags=["a"])
    assert_type(zagely.contacts.get.with_response(contact_id="c-1"), ApiResponse[Contact])
    assert_type(zagely.analytics.message_activity(), list[MessageActivity])
    zagely.contact_groups.create(name="VIP", type="dynamic", filters=GroupFilters(tags=["vip"]))
    zagely.contact_groups.add_contacts("g-1", phone_numbers=["+15551234567"])
    zagely.messages.send(to="+15551234567", type="image", media_url="https://example.com/a.jpg", message="a caption")
    zagely.messages.send(channel="telegram", telegram_chat_id="1", message="hi")
    assert_type(zagely.messages.send.with_response(to="+15551234567", message="hi"), ApiResponse[QueuedMessage])
    request = zagely.messages.send.request(to="+15551234567", message="hi")
    assert_type(request.decode(200, {}, b""), QueuedMessage)


async def asynchronous(zagely: AsyncZagely) -> None:
    assert_type(await zagely.messages.send(to="+15551234567", message="hi"), QueuedMessage)
    async for contact in zagely.contacts.list(search="jane"):
        assert_type(contact, Contact)
    assert_type(await zagely.contacts.list.with_response(), ApiResponse[Page[Contact]])
    assert_type(await zagely.messages.send.with_response(to="+15551234567", message="hi"), ApiResponse[QueuedMessage])


def receiving(headers: dict[str, str], body: bytes) -> None:
    event = Webhook("secret").verify(headers, body)
    assert_type(event, WebhookEvent)
    match event.data:
        case ReceivedMessage(content=text):
            assert_type(text, str | None)
        case MessageData(message_id=message_id):
            assert_type(message_id, str | None)
        case _:
            pass


def failing(wazaj: Wazaj) -> None:
    try:
        assert_type(wazaj.messages.send_text(to="+50912345678", body="hi").message_id, int | None)
    except hudhud.ValidationError as error:
        assert_type(error.field_errors, dict[str, list[str]])
    except hudhud.RateLimitError as error:
        assert_type(error.retry_after, float | None)
        assert_type(error.rate_limit.remaining, int | None)
    except hudhud.RequestError as error:
        assert_type(error.safe_to_retry, bool)


def configuring(methods: dict[str, Literal["PUT", "PATCH"]]) -> None:
    assert_type(Zagely("pk_a", "sk_b", update_method="PATCH", methods=methods, user_agent=None), Zagely)
    assert_type(Wazaj("wzj_a", "https://a.example/api", validate=False, retry=hudhud.Retry(cap=1)), Wazaj)
    assert_type(AsyncZagely.from_env(textual_booleans=True), AsyncZagely)


class Waits:
    """An observer."""

    def begin(self, call: Call) -> str:
        return call.name

    def event(self, token: str, event: Event) -> None:
        if isinstance(event, Wait):
            assert_type(event.seconds, float)

    def end(self, token: str, outcome: Outcome) -> None:
        assert_type(outcome.error_kind, str | None)


def observing() -> None:
    Zagely("pk_a", "sk_b", observer=Waits())
    AsyncWazaj.from_env(observer=OpenTelemetryObserver())
    Webhook("secret", observer=Waits())


def inboxes(event: WebhookEvent) -> None:
    in_sqlite = TransactionalInbox(SqliteStore("shop.db"), max_attempts=3)

    @in_sqlite.handler
    def store(event: WebhookEvent, database: sqlite3.Connection) -> None:
        database.execute("INSERT INTO orders VALUES (?)", (event.replay_key,))

    assert_type(in_sqlite.receive(event), Receipt)
    assert_type(in_sqlite.receive(event).http_status, int)
    leased = LeasedInbox(ForgetfulStore(), lease=60)

    @leased.handler
    def call(event: WebhookEvent, lease: Lease) -> None:
        assert_type(lease.idempotency_key, str)

    in_postgres = TransactionalInbox(PsycopgStore("dbname=shop"))

    @in_postgres.handler
    def insert(event: WebhookEvent, database: "psycopg.Connection[tuple[object, ...]]") -> None:
        database.execute("INSERT INTO orders VALUES (%s)", (event.replay_key,))

    TransactionalInbox(RedisStore(redis.Redis()))
    AsyncTransactionalInbox(AsyncRedisStore(redis.asyncio.Redis()))
    AsyncTransactionalInbox(AsyncpgStore("postgresql:///shop"))


async def asynchronous_inbox(event: WebhookEvent) -> None:
    inbox = AsyncLeasedInbox(AsyncSqliteStore("inbox.db"))

    @inbox.handler
    async def reply(event: WebhookEvent, lease: Lease) -> None:
        assert_type(lease.token, int)

    assert_type(await inbox.receive(event), Receipt)


def testing() -> None:
    fake = FakeTransport()
    fake.respond("messages.send", api_error("rate_limit_exceeded", retry_after=1))
    fake.respond("contacts.list", page([Contact(id="c-1")]))
    fake.respond("contacts.get", success("contacts.get", name="Jane"))
    fake.respond("messages.send", {"message_id": "m-1"}, status=201)
    blocking(Zagely("pk_test", "sk_test", transport=fake))
    delivery("message.received", secret="whsec_test")


def many(zagely: Zagely) -> int:
    with Outbox("test.outbox", zagely) as outbox:
        outbox.add_all({"to": "+15551234567", "message": name} for name in ("a", "b"))
        report: OutboxReport = outbox.send(concurrency=2, progress=lambda report, limits: print(report.left, limits))
        return report.sent + sum(message.row for message in outbox.messages("unknown"))


async def many_at_once(zagely: AsyncZagely) -> bool:
    async with AsyncOutbox("test.outbox", zagely) as outbox:
        return (await outbox.send()).is_complete


def received(webhook: Webhook, request: http.server.BaseHTTPRequestHandler, zagely: Zagely) -> str:
    zagely.contacts.list(tags=("vip",))
    return webhook.verify(request.headers, request.rfile.read()).name


# Code that must not pass: each line below has an error that the type checkers must find.
def wrong(zagely: Zagely) -> None:
    zagely.messages.send(to=15551234567)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
    zagely.messages.send(tu="+15551234567")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    Zagely("pk_a", "sk_b", userAgent="me/1")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    Zagely("pk_a", "sk_b", update_method="POST")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    zagely.messages.send(to="+15551234567", type="image")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    zagely.messages.send(to="+15551234567")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    zagely.messages.send(message="hi")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    zagely.messages.send(to="+15551234567", message="hi", type="txt")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
    zagely.contact_groups.add_contacts("g-1")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    zagely.contacts.list(sort_by="nmae")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    TransactionalInbox(ForgetfulStore())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    LeasedInbox(ForgetfulStore()).handler(lambda event: None)  # type: ignore[arg-type, misc] # pyright: ignore[reportArgumentType]
    zagely.contacts.list(tags="vip")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Webhook("whsec_a").verify({}, "body")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Webhook("whsec_a").verify(5, b"")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Webhook("whsec_a", tolerence=5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    zagely.account.me(idempotency_key="k-1")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    Wazaj("wzj_a", "https://a.example").messages.send_text(to="+50912345678", body="hi", idempotency_key="k-1")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    Wazaj("wzj_a")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    Zagely("pk_a", "sk_b", observer=print)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    zagely.contacts.get()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    zagely.contacts.list().message_id  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnusedExpression]

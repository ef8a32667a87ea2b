"""The outbox as a library: what it adds, sends, refuses, stops at and reports."""

import asyncio
import threading
import time

import hudhud.outbox
import pytest

from hudhud import (
    ArgumentError,
    AsyncWazaj,
    AsyncZagely,
    HudhudError,
    InvalidRequestError,
    OutboxError,
    RateLimiter,
    StoreError,
    Wazaj,
    Zagely,
    _journal,
)
from hudhud.outbox import AsyncOutbox, Outbox, read_report
from hudhud.testing import AsyncFakeTransport, FakeTransport, api_error, success
from hudhud.transports import TransportFailure

GUESTS = [{"to": f"+155512300{at:02}", "message": f"Hi {at}"} for at in range(12)]
SENT = success("messages.send", status="queued", message_id="m-1")


def zagely(fake, **more):
    return Zagely("pk_test", "sk_test", transport=fake, **more)


def invalid(field):
    return api_error("validation_failed", details={"errors": {field: ["no"]}})


@pytest.fixture
def fake():
    return FakeTransport()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "test.outbox"


def test_each_message_is_sent_once_over_two_runs(fake, path):
    fake.respond("messages.send", SENT)
    for run in range(2):
        with Outbox(path, zagely(fake)) as outbox:
            assert outbox.add_all(GUESTS) == (0 if run else 12)
            report = outbox.send()
        assert (report.sent, report.is_complete, str(report)) == (12, True, "12 sent, 0 refused, 0 unknown, 0 left of 12")
    assert len(fake.requests) == 12
    keys = {request.idempotency_key for request in fake.requests}
    assert len(keys) == 12 and {key.rpartition("-")[2] for key in keys} == {str(at) for at in range(12)}
    assert read_report(path) == report


def test_an_asynchronous_client_sends_too_and_continues_a_blocking_ones_journal(fake, path):
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all(GUESTS)
    other = AsyncFakeTransport()
    other.respond("messages.send", SENT)

    async def send():
        async with AsyncOutbox(path, AsyncZagely("pk_test", "sk_test", transport=other)) as outbox:
            return await outbox.send(concurrency=3)

    assert asyncio.run(send()).sent == 12
    assert len(other.requests) == 12


@pytest.mark.parametrize(
    ("wrong", "kind", "expected"),
    [
        ({"to": "bob", "message": "Hi"}, InvalidRequestError, "messages.send: invalid_request: The call is invalid and was not sent. to: "),
        ({"message": "Hi"}, InvalidRequestError, "messages.send: invalid_request: The call is invalid and was not sent. to: "),
        ({"to": 5, "message": "Hi"}, ArgumentError, "messages.send() argument 'to': expected str, not int"),
        ({"to": "+15551230000", "mesage": "Hi"}, ArgumentError, "messages.send() got an unexpected keyword argument 'mesage'"),
        ("+15551230000", ArgumentError, "argument 'fields': expected a dict"),
        ({**GUESTS[3], "message": "other"}, OutboxError, "the outbox has another message under this id (message 3)"),
    ],
)
def test_an_invalid_row_of_a_list_is_named_and_the_rows_before_it_stay(fake, path, wrong, kind, expected):
    with Outbox(path, zagely(fake)) as outbox, pytest.raises(kind) as caught:
        outbox.add_all([*GUESTS[:6], wrong, *GUESTS[6:]])
    assert str(caught.value).startswith(f"row 7 of the list: {expected}"), caught.value
    report = read_report(path)
    assert (report.total, report.is_closed) == (6, False)
    with Outbox(path, zagely(fake)) as outbox:
        assert outbox.add_all(GUESTS) == 6


def test_the_rows_before_an_error_of_the_program_stay(fake, path):
    def broken():
        yield from GUESTS[:3]
        raise LookupError

    with Outbox(path, zagely(fake)) as outbox, pytest.raises(LookupError):
        outbox.add_all(broken())
    assert read_report(path).total == 3


def test_refusals_are_final_and_have_reasons_without_personal_text(fake, path):
    fake.respond("messages.send", invalid("to"))
    fake.respond("messages.send", SENT)
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all(GUESTS)
        report = outbox.send(concurrency=1)
        assert (report.sent, report.refused) == (11, 1)
        assert report.refused_by_reason == {"validation: validation_failed (to)": 1}
        (message,) = outbox.messages("refused")
        assert (message.row, message.id, message.fields) == (1, "+15551230000", GUESTS[0])
        assert "+1555" not in repr(message) + repr(outbox) + repr(report)
        outbox.send()
    assert len(fake.requests) == 12


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (api_error("daily_quota_exceeded"), "quota_exceeded: daily_quota_exceeded"),
        (api_error("invalid_credentials"), "authentication: invalid_credentials"),
        (invalid("session_id"), "validation: validation_failed (session_id)"),
    ],
)
def test_what_concerns_all_messages_stops_the_outbox_and_loses_none(fake, path, response, reason):
    fake.respond("messages.send", response)
    with Outbox(path, zagely(fake, rate_limiter=None)) as outbox:
        outbox.add_all(GUESTS)
        report = outbox.send(concurrency=2)
        assert (report.stopped, report.left, report.waiting) == (reason, 12, 12)
        fake.respond("messages.send", SENT)
        fake._responses["messages.send"].popleft()
        assert outbox.send().sent == 12


def test_the_rate_limiter_stops_the_outbox_until_the_quota_resets(fake, path):
    fake.respond("messages.send", api_error("daily_quota_exceeded"))
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all(GUESTS)
        report = outbox.send(concurrency=2)
        assert (report.stopped, report.waiting) == ("quota_exceeded: daily_quota_exceeded", 12)
        sent = len(fake.requests)
        report = outbox.send()
        assert (report.stopped, report.waiting) == ("wait_too_long", 12)
        assert len(fake.requests) == sent


def test_many_refusals_in_turn_stop_the_outbox(fake, path):
    fake.respond("messages.send", invalid("to"))
    with Outbox(path, zagely(fake), stop_after_refusals=5) as outbox:
        outbox.add_all(GUESTS)
        report = outbox.send(concurrency=1)
    assert (report.refused, report.left) == (5, 7)
    assert report.stopped.startswith("5 messages in a row were refused")


def test_without_keys_a_lost_response_is_unknown_and_not_repeated(fake, path):
    fake.fail("messages.send_text", "closed")
    wazaj = Wazaj("wzj_test", "https://example.com/api/wazaj/business", transport=fake)
    for _ in range(2):
        with Outbox(path, wazaj) as outbox:
            outbox.add_all([{"to": "+15551230000", "body": "Hi"}])
            report = outbox.send()
            assert (report.unknown, report.left) == (1, 0)
            assert [(message.row, message.reason) for message in outbox.messages("unknown")] == [(1, "transport: closed")]
    assert len(fake.requests) == 1


WAZAJ = ("wzj_test", "https://example.com/api/wazaj/business")


class Foreign:
    """A store with bytes of something else."""

    def load(self):
        return b"no state"

    def swap(self, old, new):
        raise AssertionError


class Corruptible:
    """A store in memory, whose bytes become foreign."""

    bytes = None

    def load(self):
        return self.bytes

    def swap(self, old, new):
        self.bytes = new
        return True


def test_after_an_interruption_messages_that_wait_for_the_limiter_are_not_sent(fake, path, monkeypatch):
    # Six requests a minute: two leave at once, and each further one waits about ten seconds.
    fake.respond("messages.send", success("messages.send", status="queued", message_id="m-1", headers={"X-RateLimit-Limit": "6"}))
    join = hudhud.outbox._join

    def interrupted(threads, until):
        # A signal would not do: a process that a shell started in the background ignores it.
        if until is None:
            time.sleep(1.5)
            raise KeyboardInterrupt
        join(threads, until)

    monkeypatch.setattr("hudhud.outbox._join", interrupted)
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all(GUESTS)
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            outbox.send(concurrency=4)
        assert time.monotonic() - begun < 4
        report = outbox.report()
    assert 1 <= len(fake.requests) <= 3
    assert (report.sent, report.waiting, report.unknown, report.in_doubt) == (len(fake.requests), 12 - len(fake.requests), 0, 0)


class Hanging:
    """A store that does not answer."""

    def __init__(self):
        self.is_asked = asyncio.Event()

    async def load(self):
        self.is_asked.set()
        await asyncio.Event().wait()

    async def swap(self, old, new):
        raise AssertionError


def left_without_keys(path):
    """Returns the counts of waiting and unknown messages, and sends what waits."""
    report = read_report(path)
    fake = FakeTransport()
    fake.respond("messages.send_text", success("messages.send_text", success=True, message_id=7))
    with Outbox(path, Wazaj(*WAZAJ, transport=fake)) as outbox:
        outbox.send()
    return report.waiting, report.unknown, len(fake.requests)


def test_without_keys_a_message_is_not_unknown_if_the_limiters_store_fails_before_the_request(fake, path):
    with Outbox(path, Wazaj(*WAZAJ, transport=fake, rate_limiter=RateLimiter(store=Foreign()))) as outbox:
        outbox.add_all([{"to": "+15551230000", "body": "Hi"}])
        with pytest.raises(StoreError) as thrown:
            outbox.send()
    assert not thrown.value.may_have_happened
    assert left_without_keys(path) == (1, 0, 1)
    assert not fake.requests


def test_asynchronous_without_keys_a_message_is_not_unknown_if_the_limiters_store_fails_before_the_request(path):
    async def send():
        limiter = RateLimiter(store=Foreign())
        async with AsyncOutbox(path, AsyncWazaj(*WAZAJ, transport=AsyncFakeTransport(), rate_limiter=limiter)) as outbox:
            outbox.add_all([{"to": "+15551230000", "body": "Hi"}])
            await outbox.send()

    with pytest.raises(StoreError):
        asyncio.run(send())
    assert left_without_keys(path) == (1, 0, 1)


@pytest.mark.parametrize("is_async", [False, True])
def test_without_keys_a_message_is_not_unknown_if_the_limiters_store_fails_after_an_attempt_without_a_connection(path, is_async):
    store = Corruptible()

    def unreachable(request):
        store.bytes = b"no state"
        raise TransportFailure("connect")

    def send():
        with Outbox(path, Wazaj(*WAZAJ, transport=unreachable, rate_limiter=RateLimiter(store=store))) as outbox:
            outbox.add_all([{"to": "+15551230000", "body": "Hi"}])
            outbox.send()

    async def send_async():
        async def transport(request):
            return unreachable(request)

        async with AsyncOutbox(path, AsyncWazaj(*WAZAJ, transport=transport, rate_limiter=RateLimiter(store=store))) as outbox:
            outbox.add_all([{"to": "+15551230000", "body": "Hi"}])
            await outbox.send()

    with pytest.raises(StoreError) as thrown:
        asyncio.run(send_async()) if is_async else send()
    assert (thrown.value.attempts, thrown.value.may_have_happened) == (1, False)
    assert left_without_keys(path) == (1, 0, 1)


def test_without_keys_a_message_is_not_unknown_if_the_call_is_cancelled_before_the_request(path):
    async def send():
        store = Hanging()
        limiter = RateLimiter(store=store)
        async with AsyncOutbox(path, AsyncWazaj(*WAZAJ, transport=AsyncFakeTransport(), rate_limiter=limiter)) as outbox:
            outbox.add_all([{"to": "+15551230000", "body": "Hi"}])
            sending = asyncio.ensure_future(outbox.send())
            await store.is_asked.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending

    asyncio.run(send())
    assert left_without_keys(path) == (1, 0, 1)


def test_without_keys_a_message_is_not_unknown_if_the_journal_fails_before_the_request(fake, path, monkeypatch):
    with Outbox(path, Wazaj(*WAZAJ, transport=fake)) as outbox:
        outbox.add_all([{"to": "+15551230000", "body": "Hi"}])

        def full():
            raise OSError("no space left")

        monkeypatch.setattr(outbox._journal, "flush", full)
        with pytest.raises(OSError, match="no space left"):
            outbox.send()
        monkeypatch.undo()
    assert left_without_keys(path) == (1, 0, 1)
    assert not fake.requests


def test_without_keys_a_message_is_not_unknown_if_it_cannot_be_read(fake, path, monkeypatch):
    with Outbox(path, Wazaj(*WAZAJ, transport=fake)) as outbox:
        outbox.add_all([{"to": "+15551230000", "body": "Hi"}])

        def unreadable(number):
            raise OSError("no such device")

        monkeypatch.setattr(outbox._journal, "message", unreadable)
        with pytest.raises(OSError, match="no such device"):
            outbox.send()
        monkeypatch.undo()
    assert left_without_keys(path) == (1, 0, 1)


def test_a_template_of_wazaj_is_sent_with_its_call(fake, path):
    fake.respond("messages.send_template", success("messages.send_template", success=True, message_id=7))
    wazaj = Wazaj("wzj_test", "https://example.com/api/wazaj/business", transport=fake)
    fields = {"to": "+15551230000", "template_name": "hi", "template_language": "en", "template_components": [{"type": "body"}]}
    with Outbox(path, wazaj, call="messages.send_template") as outbox:
        outbox.add_all([fields])
        assert outbox.send().sent == 1
    with pytest.raises(OutboxError, match="another call"):
        Outbox(path, wazaj)


def test_an_invalid_message_is_not_added(fake, path):
    with Outbox(path, zagely(fake)) as outbox:
        with pytest.raises(InvalidRequestError):
            outbox.add({"to": "0155", "message": "Hi"})
        with pytest.raises(ArgumentError):
            outbox.add({"to": "+15551230000", "mesage": "Hi"})
        assert outbox.add(GUESTS[0]) is True
        assert outbox.add(GUESTS[0]) is False
        with pytest.raises(OutboxError, match=r"another message under this id \(message 0\)"):
            outbox.add({**GUESTS[0], "message": "Other"})
        assert outbox.add({**GUESTS[0], "message": "Other"}, id="second") is True
        assert outbox.report().total == 2
        with pytest.raises(ArgumentError, match="concurrency"):
            outbox.send(concurrency=0)
    with pytest.raises(ArgumentError, match="expected a call of zagely"):
        Outbox(path, zagely(fake), call="messages.list")


def test_a_defect_of_a_transport_ends_the_sending_and_keeps_the_message_in_doubt(path):
    class Defect(BaseException):
        pass

    def broken(request):
        raise Defect

    with Outbox(path, zagely(broken)) as outbox:
        outbox.add_all(GUESTS)
        with pytest.raises(Defect):
            outbox.send(concurrency=1)
        assert outbox.report().in_doubt == 1


def test_progress_has_the_limits_of_the_last_response(fake, path):
    seen = []
    fake.respond("messages.send", success("messages.send", status="queued", headers={"X-RateLimit-Limit": "120"}))
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all(GUESTS)
        outbox.send(concurrency=2, progress=lambda report, limits: seen.append((report.sent, limits.limit)))
    assert sorted(seen) == [(at + 1, 120) for at in range(12)]


def test_what_is_no_path_and_what_is_no_message_is_named(fake, path, tmp_path):
    def refused(kind, expected, work, *arguments):
        with pytest.raises(kind) as raised:
            work(*arguments)
        assert str(raised.value) == expected and isinstance(raised.value, HudhudError)

    client = zagely(fake)
    for wrong, name in (client, "Zagely"), (5, "int"), (None, "NoneType"):
        refused(ArgumentError, f"argument 'path': expected the path of a file, not {name}", Outbox, wrong, "o")
    refused(ArgumentError, "argument 'path': expected the path of a file, not int", read_report, 5)
    expected = "the journal x cannot be opened: its folder does not exist; create the folder"
    refused(OutboxError, expected, Outbox, tmp_path / "nope" / "x", client)
    expected = f"the journal {tmp_path.name} cannot be opened: it is a folder; name a file in it"
    refused(OutboxError, expected, Outbox, tmp_path, client)
    refused(OutboxError, expected, read_report, tmp_path)
    refused(OutboxError, "the journal x cannot be opened: No such file or directory; choose another file", read_report, tmp_path / "x")
    with Outbox(path, client) as outbox:
        many = "argument 'messages': expected a list of dicts, one for each message, not "
        refused(ArgumentError, many + "dict", outbox.add_all, GUESTS[0])
        refused(ArgumentError, many + "str", outbox.add_all, "+15551230000")
        refused(ArgumentError, many + "int", outbox.add_all, 5)
        one = "argument 'fields': expected a dict of the call's fields, such as {'to': …}, "
        refused(ArgumentError, "row 2 of the list: " + one + "not str", outbox.add_all, [GUESTS[0], "+15551230000"])
        refused(ArgumentError, one + "not str", outbox.add, "+15551230000")
    outbox.close()
    closed = "the outbox test.outbox is closed; open it again, with the same path"
    refused(OutboxError, closed, outbox.add, GUESTS[1])
    refused(OutboxError, closed, outbox.add_all, GUESTS)
    refused(OutboxError, closed, outbox.send)
    refused(OutboxError, closed, list, outbox.messages("waiting"))
    assert outbox.report().total == 1


def test_a_message_that_is_added_during_a_send_is_sent_by_an_idle_thread(fake, path):
    fake.respond("messages.send", SENT)
    first, second = threading.Event(), threading.Event()

    def transport(request):
        if first.is_set():
            second.set()
        else:
            first.set()
            second.wait(20)
        return fake(request)

    with Outbox(path, zagely(transport)) as outbox:
        outbox.add(GUESTS[0])
        sending = threading.Thread(target=outbox.send, kwargs={"concurrency": 2})
        sending.start()
        assert first.wait(20)
        outbox.add(GUESTS[1])
        assert second.wait(10)
        sending.join(10)
        assert outbox.report().sent == 2


def test_asynchronous_a_message_that_is_added_during_a_send_is_sent_by_an_idle_task(path):
    async def run():
        fake = AsyncFakeTransport()
        fake.respond("messages.send", SENT)
        first, second = asyncio.Event(), asyncio.Event()

        async def transport(request):
            if first.is_set():
                second.set()
            else:
                first.set()
                await second.wait()
            return await fake(request)

        async with AsyncOutbox(path, AsyncZagely("pk_test", "sk_test", transport=transport)) as outbox:
            outbox.add(GUESTS[0])
            sending = asyncio.ensure_future(outbox.send(concurrency=2))
            await first.wait()
            await asyncio.to_thread(outbox.add, GUESTS[1])
            await asyncio.wait_for(second.wait(), 10)
            assert (await sending).sent == 2

    asyncio.run(run())

"""Mistakes in the use of an outbox, and faults around it: spellings of a recipient, wrong arguments, forks, threads, the disk."""

import asyncio
import os
import threading

import pytest
from hudhud import ArgumentError, AsyncWazaj, AsyncZagely, OutboxError, Wazaj
from hudhud.outbox import AsyncOutbox, Outbox
from hudhud.testing import AsyncFakeTransport
from test_outbox import GUESTS, SENT, WAZAJ, fake, path, zagely  # noqa: F401


def test_spellings_of_a_number_are_one_message(fake, path):
    with Outbox(path, zagely(fake)) as outbox:
        assert outbox.add({"to": "+15551234567", "message": "Hi"})
        for to in ("+1-555-123-4567", " +1 (555) 123-4567 ", "+١٥٥٥١٢٣٤٥٦٧"):
            with pytest.raises(OutboxError, match="another message under this id"):
                outbox.add({"to": to, "message": "Hi"})
        assert outbox.report().total == 1


def test_a_message_without_a_recipient_needs_an_id(fake, path):
    fields = {"channel": "telegram", "message": "Hi", "contact_id": "c-1"}
    with Outbox(path, zagely(fake)) as outbox:
        with pytest.raises(ArgumentError, match="argument 'id': the fields have no recipient 'to'; pass id="):
            outbox.add(fields)
        assert outbox.add(fields, id="c-1")


@pytest.mark.parametrize("wrong", [{"id": 5}, {"id": b"x"}, {"row": -1}, {"row": "1"}, {"row": None}, {"row": True}, {"row": 2**32}])
def test_a_wrong_id_or_row_is_named(fake, path, wrong):
    (name,) = wrong
    with Outbox(path, zagely(fake)) as outbox:
        with pytest.raises(ArgumentError, match=f"argument '{name}': expected"):
            outbox.add(GUESTS[0], **wrong)


@pytest.mark.parametrize("wrong", ["8", 2.5, None, float("nan"), True, 0, -1])
def test_a_wrong_concurrency_is_named(fake, path, wrong):
    with Outbox(path, zagely(fake)) as outbox, pytest.raises(ArgumentError, match="argument 'concurrency': expected a whole number"):
        outbox.send(concurrency=wrong)


@pytest.mark.parametrize("wrong", ["5", None, True, -1, 2**32])
def test_a_wrong_number_of_refusals_is_named(fake, path, wrong):
    with pytest.raises(ArgumentError, match="argument 'stop_after_refusals': expected a whole number"):
        Outbox(path, zagely(fake), stop_after_refusals=wrong)
    assert not path.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_may_not_use_the_journal(fake, path):
    fake.respond("messages.send", SENT)
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all(GUESTS)
        child = os.fork()
        if child == 0:
            try:
                outbox.send()
            except OutboxError as error:
                os._exit(7 if "before a fork" in str(error) else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        assert outbox.send().sent == 12
    assert len(fake.requests) == 12


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), KeyboardInterrupt()])
def test_after_an_error_at_the_start_of_the_threads_nothing_is_sent(fake, path, monkeypatch, error):
    fake.respond("messages.send", SENT)
    start, started = threading.Thread.start, []

    def fails(thread):
        if len(started) == 2:
            raise error
        started.append(thread)
        start(thread)

    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all([{"to": f"+1555123{at:04}", "message": "Hi"} for at in range(400)])
        monkeypatch.setattr(threading.Thread, "start", fails)
        with pytest.raises(type(error)):
            outbox.send(concurrency=4)
        monkeypatch.undo()
        assert not any(thread.is_alive() for thread in started)
        assert len(fake.requests) == outbox.report().sent < 400


def test_two_sends_at_once_both_end(path):
    fake = AsyncFakeTransport()
    fake.respond("messages.send", SENT)

    async def run():
        async with AsyncOutbox(path, AsyncZagely("pk_test", "sk_test", transport=fake)) as outbox:
            outbox.add_all(GUESTS[:2])
            sends = asyncio.gather(outbox.send(concurrency=2), outbox.send(concurrency=2))
            return [report.sent for report in await asyncio.wait_for(sends, 10)]

    assert asyncio.run(run()) == [2, 2]


def test_an_error_of_progress_lets_the_calls_in_flight_end(path):
    requests = []

    async def transport(request):
        requests.append(request)
        await asyncio.sleep(0.1 * len(requests))
        return 200, {"content-type": "application/json"}, b'{"success": true, "message_id": 1}'

    def progress(report, limits):
        raise LookupError("a defect of the program")

    async def run():
        async with AsyncOutbox(path, AsyncWazaj(*WAZAJ, transport=transport, rate_limiter=None)) as outbox:
            outbox.add_all([{"to": f"+1555123000{at}", "body": f"Hi {at}"} for at in range(6)])
            with pytest.raises(LookupError):
                await outbox.send(concurrency=2, progress=progress)
            return outbox.report()

    report = asyncio.run(run())
    assert (report.unknown, report.in_doubt, report.sent + report.waiting) == (0, 0, 6)


def test_after_an_error_of_the_disk_no_request_leaves(fake, path, monkeypatch):
    fake.respond("messages.send", SENT)
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all(GUESTS)

        def broken(file):
            monkeypatch.undo()
            raise OSError("input/output error")

        monkeypatch.setattr("hudhud._journal._sync", broken)
        for _ in range(2):
            with pytest.raises(OSError, match="input/output error"):
                outbox.send(concurrency=4)
    assert not fake.requests


def test_an_outbox_that_sends_cannot_be_closed(path):
    begun, may_answer = threading.Event(), threading.Event()

    def transport(request):
        begun.set()
        assert may_answer.wait(10)
        return 200, {"content-type": "application/json"}, b'{"success": true, "message_id": 1}'

    outbox = Outbox(path, Wazaj(*WAZAJ, transport=transport, rate_limiter=None))
    outbox.add_all([{"to": "+15551230000", "body": "Hi"}])
    reports = []
    sending = threading.Thread(target=lambda: reports.append(outbox.send()))
    sending.start()
    assert begun.wait(10)
    with pytest.raises(OutboxError, match="the outbox is sending; wait for the end of send, or interrupt it, and then close"):
        outbox.close()
    may_answer.set()
    sending.join(10)
    assert [(report.sent, report.unknown) for report in reports] == [(1, 0)]
    outbox.close()


def test_an_asynchronous_outbox_that_sends_cannot_be_closed(path):
    async def run():
        may_answer = asyncio.Event()

        async def transport(request):
            await may_answer.wait()
            return 200, {"content-type": "application/json"}, b'{"success": true, "message_id": 1}'

        outbox = AsyncOutbox(path, AsyncWazaj(*WAZAJ, transport=transport, rate_limiter=None))
        outbox.add_all([{"to": "+15551230000", "body": "Hi"}])
        sending = asyncio.ensure_future(outbox.send())
        await asyncio.sleep(0.05)
        with pytest.raises(OutboxError, match="the outbox is sending"):
            await outbox.close()
        may_answer.set()
        report = await sending
        await outbox.close()
        return report

    report = asyncio.run(run())
    assert (report.sent, report.unknown) == (1, 0)

"""Many calls, threads and tasks: memory does not grow, and each call gets its own response.

`HUDHUD_SOAK` is the number of calls. `cargo xtask soak` sets it to a million. The default of 60,000 reveals a leak too.
"""

import asyncio
import concurrent.futures
import gc
import json
import logging
import os
import sys
import threading

import hudhud
import pytest
from hudhud.testing import AsyncFakeTransport, FakeTransport, delivery

CALLS = int(os.environ.get("HUDHUD_SOAK", "60000"))
BODY = json.dumps({"data": [{"id": f"c-{n}", "name": "x" * 50, "tags": ["a"], "custom_fields": {"k": 1.5}} for n in range(3)]}).encode()


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_stays_flat(caplog):
    # pytest keeps each record of the log.
    caplog.set_level(logging.ERROR, "hudhud")
    fake = FakeTransport()
    fake.requests = []
    fake.respond("contacts.list", json.loads(BODY))
    fake.respond("messages.send", {"error": {"code": "validation_failed", "message": "no"}}, status=422)
    zagely = hudhud.Zagely("pk_a", "sk_b", transport=fake)
    webhook = hudhud.Webhook("whsec")
    signed = delivery("message.received", secret="whsec")

    def work(times):
        for _ in range(times):
            for contact in zagely.contacts.list(tags=["vip"]):
                contact.name, contact.custom_fields, contact.created_at
            try:
                zagely.messages.send(to="+15551234567", message="hi")
            except hudhud.ValidationError as error:
                error.field_errors
            webhook.verify(signed.headers, signed.body)
            try:
                webhook.verify(signed.headers, b"forged")
            except hudhud.WebhookError:
                pass
            fake.requests.clear()
        gc.collect()

    work(CALLS // 40)
    before = resident()
    work(CALLS // 4)
    grown = resident() - before
    print(f"memory grew by {grown} bytes during {CALLS} calls")
    # A leak of one small object per call would exceed this many times over.
    assert grown < 3_000_000, f"memory grew by {grown} bytes during {CALLS} calls"


def echoing(request):
    """Responds with the id that was requested."""
    return 200, {}, json.dumps({"id": request.url.rpartition("/")[2]}).encode()


def test_threads_share_a_client():
    zagely = hudhud.Zagely("pk_a", "sk_b", transport=echoing)
    webhook = hudhud.Webhook("whsec")
    start = threading.Barrier(16)

    def work(thread):
        start.wait()
        for index in range(300):
            wanted = f"c-{thread}-{index}"
            assert zagely.contacts.get(contact_id=wanted).id == wanted
            signed = delivery("message.sent", {"message_id": wanted}, secret="whsec")
            assert webhook.verify(signed.headers, signed.body).data.message_id == wanted

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for done in [pool.submit(work, thread) for thread in range(16)]:
            done.result()


@pytest.fixture
def frequent_switches():
    """Makes threads switch as often as possible."""
    default_interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(default_interval)


def at_once(work, threads=12):
    """Runs a function in many threads that start at the same time."""
    start = threading.Barrier(threads)

    def begun(thread):
        start.wait()
        return work(thread)

    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begun, range(threads)))


def test_the_first_calls_of_a_new_client_may_be_concurrent(hudhud_sandbox, frequent_switches):
    for _ in range(20):
        with hudhud_sandbox.wazaj(retry=hudhud.Retry(max_attempts=1)) as wazaj:
            sent = at_once(lambda thread: wazaj.messages.send_text(to="+50912345678", body=f"from {thread}"))
            assert len({answer.message_id for answer in sent}) == len(sent)


def test_threads_share_a_client_over_every_library(zagely, hudhud_sandbox, frequent_switches):
    def work(thread):
        for index in range(5):
            number = f"+1555{thread:03}{index:04}"
            made = zagely.contacts.create(phone_number=number)
            assert zagely.contacts.get(contact_id=made.id).phone_number == number

    at_once(work)
    assert len(list(zagely.contacts.list())) == 12 * 5


def test_tasks_share_a_client():
    async def echoing_slowly(request):
        await asyncio.sleep(0)
        return echoing(request)

    async def main():
        async with hudhud.AsyncZagely("pk_a", "sk_b", transport=echoing_slowly) as zagely:
            wanted = [f"c-{number}" for number in range(10_000)]
            got = await asyncio.gather(*(zagely.contacts.get(contact_id=name) for name in wanted))
            assert [contact.id for contact in got] == wanted

    asyncio.run(main())


def test_fake_transports_reply_in_order():
    fake = FakeTransport()
    fake.fail("account.me", "connect")
    fake.respond("account.me", {"data": {"id": "k-1"}})
    zagely = hudhud.Zagely("pk_a", "sk_b", transport=fake, retry=hudhud.Retry(base=0))
    assert zagely.account.me().id == "k-1" and len(fake.requests) == 2
    with pytest.raises(AssertionError, match="messages.list"):
        list(zagely.messages.list())
    for wrong in None, (200, {}), 3:
        with pytest.raises(TypeError, match="transport"):
            hudhud.Zagely("pk_a", "sk_b", transport=lambda request, answer=wrong: answer).account.me()

    async def main():
        fake = AsyncFakeTransport()
        fake.respond("account.me", {"id": "k-2"})
        assert (await hudhud.AsyncZagely("pk_a", "sk_b", transport=fake).account.me()).id == "k-2"

    asyncio.run(main())

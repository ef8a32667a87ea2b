"""The rate limiter of a client, against the real sandbox with a limit per minute.

`HUDHUD_SENDS` is the number of sends at once, and `HUDHUD_LIMIT` the limit per minute. `cargo xtask soak` sets them to
10,000 and 3,000.
"""

import asyncio
import concurrent.futures
import contextlib
import json
import os
import shlex
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import hudhud
import pytest
from databases import Missing, postgres, redis_server
from hudhud.observer import AttemptEnd
from hudhud.testing import FakeTransport
from hudhud.testing.pytest_plugin import Sandbox

SENDS = int(os.environ.get("HUDHUD_SENDS", "120"))
LIMIT = int(os.environ.get("HUDHUD_LIMIT", "600"))


@contextlib.contextmanager
def limited(per_minute):
    """A sandbox whose keys have a limit per minute."""
    command = [*shlex.split(os.environ["HUDHUD_SANDBOX"]), "--per-minute", str(per_minute), "--daily", "0", "--monthly", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield Sandbox(json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()


class Statuses:
    """An observer that counts the statuses of attempts."""

    def __init__(self):
        self.seen = []

    def begin(self, call):
        return None

    def event(self, token, event):
        if isinstance(event, AttemptEnd):
            self.seen.append((time.monotonic(), event.status))

    def end(self, token, outcome):
        pass


def test_all_sends_at_once_arrive():
    async def main():
        with limited(LIMIT) as sandbox:
            statuses = Statuses()
            async with sandbox.async_zagely(session_id=sandbox["session_id"], observer=statuses) as zagely:
                begun = time.monotonic()
                sends = (zagely.messages.send(to=f"+1555{number:07}", message="hi") for number in range(SENDS))
                sent = await asyncio.gather(*sends)
        return begun, {each.message_id for each in sent}, statuses.seen

    begun, sent, seen = asyncio.run(main())
    assert len(sent) == SENDS
    took = max(at for at, _ in seen) - begun
    refused = sum(status == 429 and at - begun > 60 for at, status in seen)
    whole = int(took // 60)
    used = sum(status == 201 and 60 < at - begun < 60 * whole for at, status in seen) / (LIMIT * max(whole - 1, 1))
    print(f"{SENDS} sends in {took:.0f} s, {Counter(status for _, status in seen)}, {used:.1%} of the limit used")
    assert refused * 1000 <= SENDS
    assert SENDS < 3 * LIMIT or used >= 0.97


def test_threads_share_the_limiter():
    statuses = Statuses()
    with limited(LIMIT) as sandbox, sandbox.zagely(session_id=sandbox["session_id"], observer=statuses) as zagely:
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            sends = [pool.submit(zagely.messages.send, to=f"+1555{number:07}", message="hi") for number in range(80)]
            assert len({each.result().message_id for each in sends}) == 80
    assert {status for _, status in statuses.seen} == {201}


def test_without_a_limiter_requests_leave_at_once():
    with limited(20) as sandbox:
        retry = hudhud.Retry(max_attempts=1)
        with sandbox.zagely(session_id=sandbox["session_id"], rate_limiter=None, retry=retry) as zagely:
            with pytest.raises(hudhud.RateLimitError):
                for _ in range(40):
                    zagely.messages.send(to="+15550000001", message="hi")


def answers(limit):
    fake = FakeTransport()
    fake.respond("messages.send", {"message_id": "m-1"}, status=201, headers={"X-RateLimit-Limit": str(limit)})
    return fake


def used_up(limit, **settings):
    """A client whose limiter has just let a burst leave."""
    limiter = hudhud.RateLimiter()
    zagely = hudhud.Zagely("pk_a", "sk_b", session_id="s-1", transport=answers(limit), rate_limiter=limiter, **settings)
    try:
        for _ in range(limit):
            zagely.messages.send(to="+15550000001", message="hi", deadline=0.01)
    except hudhud.WaitTooLongError as error:
        return zagely, limiter, error
    raise AssertionError("no call had to wait")


def test_a_turn_after_the_deadline_is_an_error_that_says_how_long():
    zagely, limiter, error = used_up(60)
    assert (error.kind, error.attempts, error.safe_to_retry, error.may_have_happened) == ("wait_too_long", 0, True, False)
    assert 0 < error.retry_after < 2
    assert "The client's rate limiter did not send the call" in str(error)
    assert str(error).endswith("or with a later deadline.")
    assert limiter.waiting == 0
    assert not isinstance(error, (hudhud.ApiError, hudhud.InvalidRequestError))


def test_an_urgent_call_leaves_at_once():
    zagely, _, _ = used_up(600)
    zagely.messages.send(to="+15550000001", message="hi", lane="urgent", deadline=0.5)
    with pytest.raises(hudhud.WaitTooLongError):
        for _ in range(100):
            zagely.messages.send(to="+15550000001", message="hi", lane="bulk", deadline=0.01)


def test_cancelled_calls_give_their_places_up():
    async def main():
        _, limiter, _ = used_up(60)

        async def transport(request):
            return 201, {"X-RateLimit-Limit": "60"}, b'{"message_id": "m-1"}'

        zagely = hudhud.AsyncZagely("pk_a", "sk_b", session_id="s-1", transport=transport, rate_limiter=limiter)
        calls = [asyncio.ensure_future(zagely.messages.send(to="+15550000001", message="hi")) for _ in range(50)]
        await asyncio.sleep(0.05)
        waiting = limiter.waiting
        for call in calls:
            call.cancel()
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(each) for each in ended} <= {asyncio.CancelledError, hudhud.zagely.QueuedMessage}
        return waiting, limiter.waiting

    waiting, left = asyncio.run(main())
    assert waiting > 40
    assert left == 0


def test_a_state_continues_in_another_limiter():
    zagely, limiter, _ = used_up(60)
    again = hudhud.RateLimiter(limiter.state)
    with pytest.raises(hudhud.WaitTooLongError):
        with hudhud.Zagely("pk_a", "sk_b", session_id="s-1", transport=answers(60), rate_limiter=again) as zagely:
            zagely.messages.send(to="+15550000001", message="hi", deadline=0.01)
    with pytest.raises(hudhud.InvalidRequestError, match="argument 'state': .*leave it out to start anew"):
        hudhud.RateLimiter(b"\x07")
    assert repr(again) == "<RateLimiter, 0 calls waiting>"


@pytest.mark.parametrize("wrong", ["on", 1, object()])
def test_other_limiters_are_refused(wrong):
    with pytest.raises(hudhud.ArgumentError, match="rate_limiter"):
        hudhud.Zagely("pk_a", "sk_b", rate_limiter=wrong)


def test_other_lanes_are_refused():
    with pytest.raises(hudhud.InvalidRequestError, match="lane.*expected 'urgent' or 'bulk'"):
        hudhud.Zagely("pk_a", "sk_b", transport=answers(60)).messages.send(to="+15550000001", message="hi", lane="fast")


PROCESS = Path(__file__).parent / "rate_limiter_process.py"


def share(kind, address, processes=3, sends=60, limit=600, kill=None):
    """Runs processes that send under one limit. Returns the statuses with their times, and the uses of the store."""
    with limited(limit) as sandbox:
        given = [sandbox[name] for name in ("zagely_base_url", "public_key", "secret_key", "session_id")]
        command = [sys.executable, str(PROCESS), kind, str(address), *given, str(sends)]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
        if kill is not None:
            time.sleep(kill)
            running.pop(0).kill()
        reports = [json.loads(process.communicate(timeout=600)[0]) for process in running]
        assert all(process.returncode == 0 for process in running)
    return [each for process in reports for each in process["seen"]], sum(process["uses"] for process in reports)


def test_processes_share_the_limit_by_sqlite(tmp_path):
    pytest.importorskip("sqlite3", reason="this build of Python has no SQLite")
    seen, uses = share("sqlite", tmp_path / "limits.db")
    assert Counter(status for _, status in seen) == {201: 180}
    # The first requests use the store one by one, until a response has stated the limit.
    assert uses < 120, uses


@pytest.mark.one_python
@pytest.mark.parametrize("kind", ["redis", "redis async", "psycopg", "psycopg async"])
def test_processes_share_the_limit_by_a_server(kind):
    try:
        with (redis_server if kind.startswith("redis") else postgres)() as address:
            seen, uses = share(kind, address)
    except Missing as missing:
        pytest.skip(str(missing))
    assert Counter(status for _, status in seen) == {201: 180}
    assert uses < 120, uses


@pytest.mark.one_python
def test_a_killed_process_leaves_the_limit_to_the_others(tmp_path):
    pytest.importorskip("sqlite3", reason="this build of Python has no SQLite")
    seen, _ = share("sqlite", tmp_path / "limits.db", sends=90, kill=4)
    assert Counter(status for _, status in seen) == {201: 180}
    begun = min(at for at, _ in seen)
    assert max(at for at, _ in seen) - begun < 40


def test_a_role_that_may_not_create_tables_uses_the_one_that_exists():
    psycopg = pytest.importorskip("psycopg")
    from hudhud.rate_limiter.psycopg import AsyncPsycopgStore, PsycopgStore

    async def load(address):
        store = AsyncPsycopgStore(address, "main")
        try:
            return await store.load()
        finally:
            await store.close()

    try:
        with postgres() as address:
            PsycopgStore(address, "main").load()
            with psycopg.connect(address, autocommit=True) as database:
                database.execute("CREATE ROLE app LOGIN")
                database.execute("GRANT ALL ON hudhud_rate_limiter TO app")
            address = address.replace("hudhud@", "app@")
            assert PsycopgStore(address, "main").swap(None, b"state")
            assert asyncio.run(load(address)) == b"state"
    except Missing as missing:
        pytest.skip(str(missing))


def test_stores_of_another_form_are_refused():
    with pytest.raises(hudhud.ArgumentError, match="'store': expected an object with the method load"):
        hudhud.RateLimiter(store=object())

    class Asynchronous:
        async def load(self):
            return None

        async def swap(self, old, new):
            return True

    with pytest.raises(hudhud.ArgumentError, match="'state': a store has its own state"):
        hudhud.RateLimiter(hudhud.RateLimiter().state, store=Asynchronous())
    limiter = hudhud.RateLimiter(store=Asynchronous())
    with hudhud.Zagely("pk_a", "sk_b", session_id="s-1", transport=answers(60), rate_limiter=limiter) as zagely:
        with pytest.raises(hudhud.ArgumentError, match="an asynchronous store needs an asynchronous client"):
            zagely.messages.send(to="+15550000001", message="hi")

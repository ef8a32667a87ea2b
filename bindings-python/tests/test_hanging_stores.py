"""Calls whose rate limiter has a store that hangs: they end by their deadlines and by their cancellations, and the use of the
store goes on for the calls that follow."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
import threading
import time

import hudhud
import pytest
import redis
import redis.asyncio
import trio
from databases import Missing, redis_server
from hudhud import _limits
from hudhud.rate_limiter.redis import AsyncRedisStore, RedisStore
from hudhud.transports import TransportFailure

SEND = {"to": "+15550000001", "message": "hi"}
SENT = 201, {"X-RateLimit-Limit": "600"}, b'{"message_id": "m-1"}'
KEYS = {"public_key": "pk_a", "secret_key": "sk_b", "session_id": "s-1"}


def transport(request):
    return SENT


async def respond(request):
    return SENT


class Store:
    """A store in memory that hangs until `release` is set. `is_stubborn` is true if it ignores its cancellation."""

    def __init__(self):
        self.release = threading.Event()
        self.is_stubborn = False
        self.loads = 0
        self.cancelled = 0
        self.bytes = None

    def swap_now(self, old, new):
        if self.bytes != old:
            return False
        self.bytes = new
        return True


class Blocking(Store):
    def load(self):
        self.loads += 1
        self.release.wait(60)
        return self.bytes

    swap = Store.swap_now


class Async(Store):
    async def load(self):
        self.loads += 1
        sleep, cancelled = trio_or_asyncio()
        begun = time.monotonic()
        while not self.release.is_set() and time.monotonic() - begun < 60:
            try:
                await sleep(0.01)
            except cancelled:
                self.cancelled += 1
                if not self.is_stubborn:
                    raise
        return self.bytes

    async def swap(self, old, new):
        return self.swap_now(old, new)


def trio_or_asyncio():
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return asyncio.sleep, asyncio.CancelledError
    return trio.sleep, trio.Cancelled


class InThreads:
    """The calls of a blocking client."""

    def __init__(self):
        self.store = Blocking()
        self.limiter = hudhud.RateLimiter(store=self.store)

    def calls(self, number=1, respond=transport, **options):
        """Makes so many calls at a time. Returns their results and their errors."""
        with hudhud.Zagely(transport=respond, rate_limiter=self.limiter, **KEYS) as zagely:
            results = []

            def call():
                try:
                    results.append(zagely.messages.send(**SEND, **options))
                except Exception as error:
                    results.append(error)

            threads = [threading.Thread(target=call, daemon=True) for _ in range(number)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20)
        return results

    def run(self, work):
        return work(self)


class InLoop:
    """The calls of an asynchronous client, in one event loop."""

    def __init__(self, run):
        self.store = Async()
        self.limiter = hudhud.RateLimiter(store=self.store)
        self._run = run

    async def all(self, number=1, respond=respond, **options):
        async with hudhud.AsyncZagely(transport=respond, rate_limiter=self.limiter, **KEYS) as zagely:
            results = []

            async def call():
                try:
                    results.append(await zagely.messages.send(**SEND, **options))
                except Exception as error:
                    results.append(error)

            if self._run is trio.run:
                async with trio.open_nursery() as nursery:
                    for _ in range(number):
                        nursery.start_soon(call)
            else:
                await asyncio.gather(*(call() for _ in range(number)))
        return results


def in_threads(work):
    host = InThreads()
    try:
        return drained(work(host, host.calls))
    finally:
        host.store.release.set()


def drained(work):
    """Runs a generator of calls that are made at once. Returns the value that it returns."""
    try:
        result = next(work)
        while True:
            result = work.send(result)
    except StopIteration as end:
        return end.value


def in_loop(run):
    def within(work):
        host = InLoop(run)

        async def main():
            steps = work(host, host.all)
            try:
                result = await next(steps)
                while True:
                    result = await steps.send(result)
            except StopIteration as end:
                return end.value
            finally:
                # A loop waits for its tasks before it ends.
                host.store.release.set()

        return run(main)

    return within


def asyncio_run(main):
    return asyncio.run(main())


@pytest.fixture(params=[in_threads, in_loop(asyncio_run), in_loop(trio.run)], ids=["threads", "asyncio", "trio"])
def within(request):
    """Runs a generator that yields calls and receives their results."""
    return request.param


@pytest.fixture(autouse=True)
def no_use_is_left():
    yield
    until = time.monotonic() + 5
    while _limits._RUNNING and time.monotonic() < until:
        time.sleep(0.02)
    assert not _limits._RUNNING


def test_a_deadline_ends_a_call(within):
    def work(host, calls):
        begun = time.monotonic()
        (error,) = yield calls(deadline=0.3)
        return error, time.monotonic() - begun, host.limiter.waiting

    error, took, waiting = within(work)
    assert isinstance(error, hudhud.WaitTooLongError), repr(error)
    assert (error.attempts, error.may_have_happened, error.safe_to_retry) == (0, False, True)
    assert "deadline of the call" in str(error)
    assert took < 2
    assert waiting == 0


def test_an_earlier_attempt_that_may_have_happened_is_in_the_error(within):
    def work(host, calls):
        host.store.release.set()

        def lost(request):
            host.store.release.clear()
            raise TransportFailure("timeout")

        async def lost_in_loop(request):
            lost(request)

        options = {"deadline": 3, "retry": hudhud.Retry(base=0.01), "idempotency_key": "k-1"}
        (error,) = yield calls(respond=lost if isinstance(host, InThreads) else lost_in_loop, **options)
        return error

    error = within(work)
    assert isinstance(error, hudhud.TransportError), repr(error)
    assert (error.attempts, error.may_have_happened, error.idempotency_key) == (1, True, "k-1")


def test_calls_share_one_use(within):
    def work(host, calls):
        begun = time.monotonic()
        first = yield calls(20, deadline=0.3)
        second = yield calls(20, deadline=0.3)
        return first + second, time.monotonic() - begun, host.store.loads, len(_limits._RUNNING)

    errors, took, loads, running = within(work)
    assert len(errors) == 40
    assert all(isinstance(error, hudhud.WaitTooLongError) for error in errors), repr(errors)
    assert took < 4
    assert (loads, running) == (1, 1)


def test_the_next_call_gets_the_permits_that_arrived_late(within):
    def work(host, calls):
        (error,) = yield calls(deadline=0.3)
        host.store.release.set()
        time.sleep(0.05)
        (sent,) = yield calls(deadline=2)
        return error, sent, host.store.loads

    error, sent, loads = within(work)
    assert isinstance(error, hudhud.WaitTooLongError), repr(error)
    assert sent.message_id == "m-1"
    assert loads == 1


@pytest.mark.parametrize("is_stubborn", [False, True])
def test_a_task_of_asyncio_ends_when_it_is_cancelled(is_stubborn):
    host = InLoop(asyncio_run)
    host.store.is_stubborn = is_stubborn

    async def main():
        async with hudhud.AsyncZagely(transport=respond, rate_limiter=host.limiter, **KEYS) as zagely:
            call = asyncio.create_task(zagely.messages.send(**SEND))
            await asyncio.sleep(0.1)
            begun = time.monotonic()
            call.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await call
            took = time.monotonic() - begun
            with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
                await asyncio.wait_for(zagely.messages.send(**SEND), 0.1)
            loads, waiting = host.store.loads, host.limiter.waiting
            # The use goes on, and its permits are for the next call.
            host.store.release.set()
            sent = await zagely.messages.send(**SEND)
        # In Python 3.10, a task raises a new exception. Its context is the exception of the call.
        error = raised.value if sys.version_info >= (3, 11) else raised.value.__context__
        return error, took, loads, waiting, sent

    error, took, loads, waiting, sent = asyncio.run(main())
    assert not error.may_have_happened
    assert took < 1
    assert (loads, waiting, host.store.loads, host.store.cancelled) == (1, 0, 1, 0)
    assert sent.message_id == "m-1"


@pytest.mark.parametrize("is_stubborn", [False, True])
def test_a_scope_of_trio_ends_when_it_is_cancelled(is_stubborn):
    host = InLoop(trio.run)
    host.store.is_stubborn = is_stubborn

    async def main():
        async with hudhud.AsyncZagely(transport=respond, rate_limiter=host.limiter, **KEYS) as zagely:
            begun = time.monotonic()
            with trio.move_on_after(0.2):
                await zagely.messages.send(**SEND)
            took = time.monotonic() - begun
            host.store.release.set()
            sent = await zagely.messages.send(**SEND)
        return took, sent

    took, sent = trio.run(main)
    assert 0.2 <= took < 1.5
    assert (host.store.loads, host.store.cancelled) == (1, 0)
    assert sent.message_id == "m-1"


def test_the_end_of_a_loop_cancels_the_use():
    host = InLoop(asyncio_run)
    (error,) = asyncio.run(host.all(deadline=0.2))
    assert isinstance(error, hudhud.WaitTooLongError)
    assert host.store.cancelled == 1
    # Another call, in another loop, begins a use at once.
    host.store.release.set()
    (sent,) = asyncio.run(host.all(deadline=1))
    assert sent.message_id == "m-1"


def test_a_use_that_hangs_in_a_closed_loop_is_forgotten():
    host = InLoop(asyncio_run)
    loop = asyncio.new_event_loop()
    (error,) = loop.run_until_complete(host.all(deadline=0.2))
    assert isinstance(error, hudhud.WaitTooLongError)
    loop.close()
    (use,) = _limits._RUNNING
    assert not use.is_running
    # Python warns of a pending task that is deleted.
    use._task._log_destroy_pending = False


def test_a_store_that_hangs_for_good_ends_calls_without_a_deadline(monkeypatch, within):
    monkeypatch.setattr("hudhud._limits._FAILURE_LIMIT", 0.0)
    if within is in_threads:
        pytest.skip("a thread cannot leave its store")

    def work(host, calls):
        begun = time.monotonic()
        errors = yield calls(2)
        return errors, time.monotonic() - begun, host.store.loads, host.store.cancelled

    # Core lets another use begin after five seconds. It ends one call, and cancels the use before.
    errors, took, loads, cancelled = within(work)
    assert all(isinstance(error, hudhud.StoreError) for error in errors), repr(errors)
    assert all("the store took longer than 5 s" in str(error.__cause__) for error in errors)
    assert 10 <= took < 15
    # The third use has begun, and the second one is being cancelled: their tasks may not have run.
    assert loads in (2, 3)
    assert cancelled in (1, 2)


def test_uses_that_hang_are_bounded(monkeypatch, within):
    monkeypatch.setattr("hudhud._limits._MOST_HANGING", 1)

    def work(host, calls):
        host.store.is_stubborn = True
        errors = yield calls(3, deadline=7)
        return errors, host.store.loads, len(_limits._RUNNING)

    errors, loads, running = within(work)
    assert all(isinstance(error, hudhud.StoreError) for error in errors), repr(errors)
    assert all(re.search("has failed for [0-9]+ s: .*deadline of the call", str(error)) for error in errors), repr(errors)
    assert (loads, running) == (1, 1)


def psycopg_store(name, port):
    stores = pytest.importorskip("hudhud.rate_limiter.psycopg", exc_type=ImportError)
    return getattr(stores, name)(f"host=127.0.0.1 port={port} dbname=postgres user=hudhud", "main")


BLOCKING = {
    "redis": lambda port: RedisStore(redis.Redis(port=port), "main"),
    "psycopg": lambda port: psycopg_store("PsycopgStore", port),
}
ASYNCHRONOUS = {
    "redis": lambda port: AsyncRedisStore(redis.asyncio.Redis(port=port), "main"),
    "psycopg": lambda port: psycopg_store("AsyncPsycopgStore", port),
}


@pytest.mark.parametrize("kind", BLOCKING)
@pytest.mark.parametrize("is_async", [False, True])
def test_a_deadline_ends_a_call_whose_server_does_not_answer(kind, is_async):
    async def send(zagely):
        async with zagely:
            await zagely.messages.send(**SEND, deadline=0.5)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        begun = time.monotonic()
        with pytest.raises(hudhud.WaitTooLongError):
            if is_async:
                limiter = hudhud.RateLimiter(store=ASYNCHRONOUS[kind](port))
                asyncio.run(send(hudhud.AsyncZagely(transport=respond, rate_limiter=limiter, **KEYS)))
            else:
                limiter = hudhud.RateLimiter(store=BLOCKING[kind](port))
                hudhud.Zagely(transport=transport, rate_limiter=limiter, **KEYS).messages.send(**SEND, deadline=0.5)
        assert time.monotonic() - begun < 3


def test_the_next_call_gets_the_permits_of_a_redis_that_was_stopped():
    try:
        with redis_server() as port, redis.Redis(port=port) as client:
            process = client.info()["process_id"]
            limiter = hudhud.RateLimiter(store=RedisStore(client, "main"))
            zagely = hudhud.Zagely(transport=transport, rate_limiter=limiter, **KEYS)
            os.kill(process, signal.SIGSTOP)
            try:
                with pytest.raises(hudhud.WaitTooLongError):
                    zagely.messages.send(**SEND, deadline=0.5)
            finally:
                os.kill(process, signal.SIGCONT)
            assert zagely.messages.send(**SEND, deadline=2).message_id == "m-1"
            # The state was stored once: by the use that the first call began.
            assert client.info("commandstats")["cmdstat_set"]["calls"] == 1
    except Missing as missing:
        pytest.skip(str(missing))

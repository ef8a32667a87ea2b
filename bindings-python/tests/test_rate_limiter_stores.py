"""The errors of calls whose rate limiter has a store that fails, in both kinds of clients."""

import asyncio
import pickle
import time

import hudhud
import pytest
from hudhud.observer import Outcome
from hudhud.testing import api_error
from hudhud.transports import TransportFailure

SEND = {"to": "+15550000001", "message": "hi"}
SENT = 201, {"X-RateLimit-Limit": "600"}, b'{"message_id": "m-1"}'


class Store:
    """A store in memory, with one of five troubles: `failing`, `foreign`, `slow`, `refusing`, or an exception to raise once."""

    def __init__(self, trouble=None):
        self.trouble = trouble
        self.limiter = None
        self._bytes = None

    def load(self):
        if self.trouble == "failing":
            raise OSError("no space")
        if isinstance(self.trouble, BaseException):
            raised, self.trouble = self.trouble, None
            raise raised
        return b"no state" if self.trouble == "foreign" else self._bytes

    def swap(self, old, new):
        if self.trouble == "slow":
            # Six seconds later another call uses the store.
            self.limiter._begin_store_use(time.time() + 6)
        if self.trouble == "refusing" or self._bytes != old:
            return False
        self._bytes = new
        return True


class AsyncStore:
    """The same store for asyncio."""

    def __init__(self, store):
        self._store = store

    async def load(self):
        return self._store.load()

    async def swap(self, old, new):
        return self._store.swap(old, new)


def blocking(transport, store, work, **settings):
    with hudhud.Zagely(transport=transport, rate_limiter=store.limiter, **settings) as zagely:
        return work(zagely)


def over_asyncio(transport, store, work, **settings):
    async def respond(request):
        return transport(request)

    async def run():
        async with hudhud.AsyncZagely(transport=respond, rate_limiter=store.limiter, **settings) as zagely:
            return await work(zagely)

    return asyncio.run(run())


@pytest.fixture(params=[blocking, over_asyncio])
def run(request):
    """A function that runs a call of either kind of client, with a transport and a store. Returns the result of the call."""

    def run(transport, store, work=lambda zagely: zagely.messages.send(idempotency_key="k-1", **SEND), **settings):
        is_async = request.param is over_asyncio
        store.limiter = store.limiter or hudhud.RateLimiter(store=AsyncStore(store) if is_async else store)
        settings = {"public_key": "pk_a", "secret_key": "sk_b", "session_id": "s-1", **settings}
        return request.param(transport, store, work, **settings)

    return run


@pytest.fixture
def short_timeouts(monkeypatch):
    """Ends the calls at the first failure of a store."""
    monkeypatch.setattr("hudhud._limits._FAILURE_LIMIT", 0.0)


def ends_with(outcome, store, trouble):
    """A transport after whose first request the store has a trouble."""

    def respond(request):
        store.trouble = trouble
        if isinstance(outcome, str):
            raise TransportFailure(outcome)
        return outcome

    return respond


REFUSED = api_error("rate_limit_exceeded", retry_after=1)
TROUBLES = ["failing", "foreign", "slow", "refusing"]


@pytest.mark.usefixtures("short_timeouts")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_before_the_first_attempt_nothing_happened(run, trouble):
    store = Store(trouble)
    with pytest.raises(hudhud.StoreError) as raised:
        run(lambda request: SENT, store)
    error = raised.value
    assert (error.kind, error.call, error.attempts, error.elapsed) == ("store", "messages.send", 0, 0)
    assert (error.idempotency_key, error.may_have_happened, error.safe_to_retry) == (None, False, True)
    assert str(error).endswith("Then call again: the call had no effect.")
    assert store.limiter.waiting == 0


@pytest.mark.usefixtures("short_timeouts")
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(("earlier", "may_have_happened"), [(REFUSED, False), ("connect", False), ("timeout", True), ("closed", True)])
def test_the_earlier_attempt_decides_if_it_may_have_happened(run, trouble, earlier, may_have_happened):
    store = Store()
    with pytest.raises(hudhud.StoreError) as raised:
        run(ends_with(earlier, store, trouble), store)
    error = raised.value
    assert (error.kind, error.call, error.attempts) == ("store", "messages.send", 1)
    assert (error.idempotency_key, error.may_have_happened, error.safe_to_retry) == ("k-1", may_have_happened, True)
    assert ("may have taken effect: repeat it with the idempotency key" in error.hint) == may_have_happened
    assert store.limiter.waiting == 0


@pytest.mark.usefixtures("short_timeouts")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_call_that_only_reads_never_happened(run, trouble):
    def first(zagely):
        return zagely.contacts.list().first()

    store = Store()
    with pytest.raises(hudhud.StoreError) as raised:
        run(ends_with("closed", store, trouble), store, first)
    error = raised.value
    assert (error.call, error.attempts, error.idempotency_key) == ("contacts.list", 1, None)
    assert (error.may_have_happened, error.safe_to_retry) == (False, True)


@pytest.mark.usefixtures("short_timeouts")
@pytest.mark.parametrize(("trouble", "cause", "message"), [("failing", OSError, "no space"), ("slow", TimeoutError, "the store took longer than 5 s: check its server and the network"), ("refusing", RuntimeError, "the store refused 100 states in a row: its function swap must return true if it stored the new state")])
def test_the_cause_is_the_exception_of_the_store(run, trouble, cause, message):
    with pytest.raises(hudhud.StoreError, match="^messages.send: .*has failed: correct it, or use no rate limiter") as raised:
        run(lambda request: SENT, Store(trouble))
    assert isinstance(raised.value.__cause__, cause) and str(raised.value.__cause__) == message


def test_bytes_that_are_no_state_are_an_error_at_once(run):
    begun = time.monotonic()
    with pytest.raises(hudhud.StoreError, match="holds bytes that are not a state: delete them, and the limiter learns the limits again") as raised:
        run(lambda request: SENT, Store("foreign"))
    assert raised.value.__cause__ is None
    assert time.monotonic() - begun < 1


def test_a_store_that_fails_for_long_is_an_error(run, monkeypatch):
    monkeypatch.setattr("hudhud._limits._FAILURE_LIMIT", 1.5)
    begun = time.monotonic()
    with pytest.raises(hudhud.StoreError, match="has failed for . s: correct it"):
        run(lambda request: SENT, Store("failing"))
    assert 1.5 < time.monotonic() - begun < 4


@pytest.mark.usefixtures("short_timeouts")
def test_an_observer_gets_the_kind_and_the_attempts(run):
    class Ends:
        seen = []

        def begin(self, call):
            return None

        def event(self, token, event):
            pass

        def end(self, token, outcome):
            self.seen.append(outcome)

    store, observer = Store(), Ends()
    with pytest.raises(hudhud.StoreError):
        run(ends_with(REFUSED, store, "failing"), store, observer=observer)
    (outcome,) = observer.seen
    assert outcome == Outcome(1, outcome.elapsed, None, "store")


@pytest.mark.usefixtures("short_timeouts")
def test_the_error_can_be_pickled(run):
    store = Store()
    with pytest.raises(hudhud.StoreError) as raised:
        run(ends_with("closed", store, "failing"), store)
    again = pickle.loads(pickle.dumps(raised.value))
    assert (type(again), str(again), vars(again)) == (hudhud.StoreError, str(raised.value), vars(raised.value))


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, asyncio.CancelledError])
def test_an_interrupted_call_is_no_failure_of_the_store(run, monkeypatch, interruption):
    monkeypatch.setattr("hudhud._limits._FAILURE_LIMIT", 0.3)
    store = Store(interruption())
    with pytest.raises(interruption):
        run(lambda request: SENT, store)
    time.sleep(0.4)
    store.trouble = OSError("a single failure")
    assert run(lambda request: SENT, store).message_id == "m-1"


@pytest.mark.parametrize("deadline", [None, 5])
def test_a_store_whose_swap_returns_nothing_is_named(deadline):
    class Forgotten:
        def load(self):
            return None

        def swap(self, old, new):
            pass

    fake = hudhud.testing.FakeTransport()
    client = hudhud.Zagely("pk_test", "sk_test", transport=fake, rate_limiter=hudhud.RateLimiter(store=Forgotten()))
    with pytest.raises(hudhud.ArgumentError, match="its function swap returned NoneType; return True if the state was stored"):
        client.account.me(deadline=deadline)
    assert not fake.requests

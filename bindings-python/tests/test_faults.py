"""Faults on the way to the vendor and back. One table of faults for all libraries, blocking and asynchronous."""

import asyncio
import http.server
import sys
import threading
import time
from typing import NamedTuple

import aiohttp
import hudhud
import niquests
import pytest
import urllib3
from conftest import ASYNCHRONOUS, BLOCKING

# The session of a new sandbox.
SESSION = "11111111-2222-3333-4444-555555555555"
MESSAGE = {"session_id": SESSION, "to": "+15551234567", "message": "once"}
QUICK = hudhud.Retry(base=0.01, cap=0.02, max_retry_after=3)
ONCE = hudhud.Retry(max_attempts=1)
UNREACHABLE = {"base_url": "http://127.0.0.1:9"}
IMPATIENT = {"timeout": 0.3}


class Fault(NamedTuple):
    """A fault, and the exception that it raises."""

    of_sandbox: str | None
    error: type[hudhud.HudhudError]
    attributes: dict = {}
    settings: dict = {}


FAULTS = [
    Fault("status=401", hudhud.AuthenticationError, {"status": 401}),
    Fault("status=403", hudhud.PermissionDeniedError, {"status": 403}),
    Fault("status=422", hudhud.ValidationError, {"status": 422}),
    Fault("status=429;retry-after=2", hudhud.RateLimitError, {"status": 429, "retry_after": 2.0, "safe_to_retry": True, "may_have_happened": False}),
    Fault("status=429;code=daily_quota_exceeded", hudhud.QuotaExceededError, {"safe_to_retry": False, "may_have_happened": False}),
    Fault("status=500", hudhud.ServerError, {"status": 500}),
    Fault("status=503", hudhud.UnavailableError, {"status": 503, "safe_to_retry": True, "may_have_happened": True}),
    Fault("html", hudhud.UnavailableError, {"status": 502}),
    Fault("html;status=200", hudhud.UnexpectedResponseError, {"status": 200}),
    Fault("broken-json", hudhud.UnexpectedResponseError, {}),
    Fault("close", hudhud.TransportError, {"fault": "closed"}),
    Fault("lost", hudhud.TransportError, {"fault": "closed"}),
    Fault("truncate", hudhud.TransportError, {"fault": "closed"}),
    Fault("delay=1000", hudhud.TransportError, {"fault": "timeout"}, IMPATIENT),
    Fault(None, hudhud.TransportError, {"fault": "connect"}, UNREACHABLE),
]

# Faults that a retry overcomes. True if the vendor received the first request.
OVERCOME = {
    "status=503": False,
    "status=429;retry-after=0": False,
    "html": False,
    "close": False,
    "lost": True,
    "truncate": True,
}


class Over:
    """Makes calls over a library, one at a time, blocking or asynchronous."""

    def __init__(self, library, asynchronous, sandbox):
        self.library, self.asynchronous, self.sandbox = library, asynchronous, sandbox

    def reply(self, group, verb, fields, **settings):
        if not self.asynchronous:
            with self.sandbox.zagely(transport=BLOCKING[self.library](), **settings) as zagely:
                return getattr(getattr(zagely, group), verb).with_response(**fields)

        async def made():
            async with self.client(**settings) as zagely:
                return await getattr(getattr(zagely, group), verb).with_response(**fields)

        return asyncio.run(made())

    def client(self, **settings):
        return self.sandbox.async_zagely(transport=ASYNCHRONOUS[self.library](), **settings)


@pytest.fixture(params=[(name, False) for name in BLOCKING] + [(name, True) for name in ASYNCHRONOUS], ids=lambda of: of[0] + " async" * of[1])
def over(request, hudhud_sandbox):
    return Over(*request.param, hudhud_sandbox)


@pytest.fixture(params=ASYNCHRONOUS)
def over_async(request, hudhud_sandbox):
    return Over(request.param, True, hudhud_sandbox)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.of_sandbox or "no connection")
def test_a_fault_raises_its_exception(over, fault):
    if fault.of_sandbox:
        over.sandbox.fault("messages.send", fault.of_sandbox, times=1)
    with pytest.raises(hudhud.HudhudError) as raised:
        over.reply("messages", "send", MESSAGE, retry=ONCE, **fault.settings)
    assert type(raised.value) is fault.error
    assert {name: getattr(raised.value, name) for name in fault.attributes} == fault.attributes
    # Only a transport error has a cause: the exception of the library.
    assert (raised.value.__cause__ is not None) == (fault.error is hudhud.TransportError)
    assert "5551234567" not in str(raised.value) and "once" not in str(raised.value)


@pytest.mark.parametrize("fault", OVERCOME)
def test_a_temporary_fault_is_retried_and_nothing_is_sent_twice(over, fault):
    over.sandbox.fault("messages.send", fault, times=2)
    reply = over.reply("messages", "send", MESSAGE, retry=QUICK)
    assert reply.output.message_id
    assert reply.meta.idempotent_replay == OVERCOME[fault]
    with over.sandbox.zagely() as zagely:
        assert len(list(zagely.messages.list(direction="outbound"))) == 1


@pytest.fixture
def circle():
    """A server that redirects each request to itself, and the paths that were requested."""
    requests = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            requests.append(self.path)
            self.send_response(self.server.status)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server, requests
        server.shutdown()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(over, circle, status):
    server, requests = circle
    server.status = status
    at = {"base_url": f"http://127.0.0.1:{server.server_port}"}
    for call in ("account", "me", {}), ("messages", "send", MESSAGE):
        with pytest.raises(hudhud.RedirectError) as raised:
            over.reply(*call, **at)
        assert raised.value.status == status
        assert len(requests) == 1 and "elsewhere" not in requests.pop()


def test_a_slow_body_is_read_to_its_end(over):
    over.sandbox.fault("account.me", "drip=1", times=1)
    assert over.reply("account", "me", {}).output.name


def test_retry_after_is_obeyed(over):
    over.sandbox.fault("account.me", "status=429;retry-after=1", times=1)
    begun = time.monotonic()
    assert over.reply("account", "me", {}, retry=QUICK).meta.status == 200
    # An upper bound is missing: a busy machine takes any time.
    assert time.monotonic() - begun > 0.9


def test_a_cancelled_task_ends_immediately_and_the_client_stays_usable(over_async):
    async def main():
        async with over_async.client() as zagely:
            over_async.sandbox.fault("account.me", "delay=4000", times=1)
            task = asyncio.create_task(zagely.account.me())
            await asyncio.sleep(0.2)
            begun = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # Also during the wait before a retry.
            over_async.sandbox.fault("account.me", "status=429;retry-after=2", times=1)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(zagely.account.me(), 0.2)
            assert time.monotonic() - begun < 3
            assert (await zagely.account.me()).name

    asyncio.run(main())


def test_a_failed_call_does_not_affect_concurrent_calls(over_async):
    async def main():
        async with over_async.client(retry=ONCE) as zagely:
            over_async.sandbox.fault("messages.send", "close", times=3)
            sent = (zagely.messages.send(**MESSAGE) for _ in range(12))
            outcomes = await asyncio.gather(*sent, return_exceptions=True)
            failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
            assert [type(error) for error in failed] == [hudhud.TransportError] * 3
            assert len({sent.message_id for sent in outcomes if sent not in failed}) == 9

    asyncio.run(main())


@pytest.fixture
def proxy(monkeypatch):
    """A proxy, set in the environment, that refuses each connection and records its target."""
    targets = []

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self):
            targets.append(self.path)
            self.send_error(502)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        for name in "no_proxy", "all_proxy":
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("https_proxy", url)
        yield url, targets
        server.shutdown()


def test_the_proxies_of_the_library_are_used(proxy):
    url, targets = proxy

    def with_proxy(session):
        session.proxies = {"https": url}
        return session

    # Some libraries read the proxy from the environment. The others get it as an option of the client.
    blocking = {**BLOCKING, "urllib3": lambda: urllib3.ProxyManager(url), "niquests": lambda: with_proxy(niquests.Session())}
    asynchronous = {
        **ASYNCHRONOUS,
        "aiohttp": lambda: aiohttp.ClientSession(trust_env=True),
        "niquests": lambda: with_proxy(niquests.AsyncSession()),
    }
    settings = {"base_url": "https://nowhere.invalid", "retry": ONCE}

    async def over(library):
        async with hudhud.AsyncZagely("pk_a", "sk_b", transport=asynchronous[library](), **settings) as zagely:
            await zagely.account.me()

    for library in blocking:
        with hudhud.Zagely("pk_a", "sk_b", transport=blocking[library](), **settings) as zagely, pytest.raises(hudhud.TransportError) as raised:
            zagely.account.me()
        assert targets == ["nowhere.invalid:443"], (library, raised.value.__cause__)
        targets.clear()
    for library in asynchronous:
        with pytest.raises(hudhud.TransportError) as raised:
            asyncio.run(over(library))
        assert targets == ["nowhere.invalid:443"], (library, raised.value.__cause__)
        targets.clear()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio of Python 3.10 makes a new exception for the cause")
def test_a_timeout_of_asyncio_keeps_the_key_in_its_cause():
    async def slow(request):
        keys.append(request.idempotency_key)
        await asyncio.sleep(60)

    async def main():
        zagely = hudhud.AsyncZagely("pk_a", "sk_b", transport=slow)
        with pytest.raises((TimeoutError, asyncio.TimeoutError)) as raised:
            await asyncio.wait_for(zagely.messages.send(to="+15551234567", message="hi"), 0.05)
        assert [raised.value.__cause__.idempotency_key] == keys

    keys = []
    asyncio.run(main())

"""The logger `hudhud`, observers, and spans. They state nothing private."""

import asyncio
import json
import logging
import subprocess
import sys
from pathlib import Path

import hudhud
import pytest
from hudhud import _watch
from hudhud.observer import Attempt, AttemptEnd, Call, Outcome, Wait
from hudhud.opentelemetry import OpenTelemetryObserver
from hudhud.testing import AsyncFakeTransport, FakeTransport, api_error, delivery, success
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

QUICK = hudhud.Retry(base=0.001, cap=0.002)
# Values that must never be seen, wherever they are: in fields, ids, answers, headers and keys.
NUMBER, TEXT, NAME, SECRET = "+15558675309", "meet at the old bridge", "Scheherazade", "sk_secretkey123"
PUBLIC = "pk_publickey1234"
PRIVATE = ("5558675309", "old bridge", "old+bridge", "Scheherazade", "secretkey", "publickey")


class Recorder:
    def __init__(self):
        self.seen = []

    def begin(self, call):
        self.seen.append(call)
        return len(self.seen)

    def event(self, token, event):
        self.seen.append((token, event))

    def end(self, token, outcome):
        self.seen.append((token, outcome))


def client(cls=hudhud.Zagely, fake=FakeTransport, **settings):
    transport = fake()
    refused = {"message": f"{NAME} {NUMBER} {TEXT}"}
    limits = {"X-RateLimit-Limit": "120", "X-RateLimit-Remaining": "0", "X-Request-Id": "req-1"}
    transport.respond("messages.send", refused, status=429, headers={**limits, "Retry-After": "0"})
    transport.respond("messages.send", {"message_id": "m-1", "status": "queued"}, status=201, headers={"X-Request-Id": NUMBER})
    return cls(PUBLIC, SECRET, transport=transport, retry=QUICK, **settings)


SEND = {"to": NUMBER, "message": TEXT}


def test_the_log_states_calls_attempts_and_waits(caplog):
    with caplog.at_level(logging.DEBUG, "hudhud"):
        client().messages.send(**SEND)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    url = "POST /api/v1/messages/send to zagely.com:443"
    assert lines[0] == ("DEBUG", f"messages.send: attempt 1: {url}: rate_limited (HTTP 429), 0 of 120 left this minute, request id req-1")
    assert lines[1][0] == "WARNING" and lines[1][1].startswith("messages.send: attempt 1 failed: rate_limited (HTTP 429); waiting 0.")
    # The rate limiter spaces the second attempt from the first one.
    assert lines[2][0] == "DEBUG" and lines[2][1].startswith("messages.send: waiting for the rate limiter; it is asked again in 0.")
    assert lines[3][0] == "DEBUG" and lines[3][1].startswith("messages.send: waited 0.")
    # The second request id is a phone number, so it is left out.
    assert lines[4] == ("DEBUG", f"messages.send: attempt 2: {url}: 201")
    assert lines[5][0] == "INFO" and lines[5][1].startswith("messages.send: 201 after 2 attempts, ") and lines[5][1].endswith(" ms")
    assert len(lines) == 6
    with caplog.at_level(logging.INFO, "hudhud"):
        caplog.clear()
        client().messages.send(**SEND)
        assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_the_log_states_failures(caplog):
    fake = FakeTransport()
    fake.respond("contacts.get", {"message": NAME}, status=404)
    fake.fail("account.me", "connect")
    zagely = hudhud.Zagely(PUBLIC, SECRET, transport=fake, retry=hudhud.Retry(max_attempts=1))
    with caplog.at_level(logging.INFO, "hudhud"):
        for call in (lambda: zagely.contacts.get(NUMBER), zagely.account.me):
            with pytest.raises(hudhud.HudhudError):
                call()
    logged = [(record.levelname, record.getMessage().rpartition(", ")[0]) for record in caplog.records]
    assert logged == [
        ("WARNING", "contacts.get: not_found (HTTP 404) after 1 attempt"),
        ("WARNING", "account.me: transport (connect) after 1 attempt"),
    ]


def test_a_call_that_the_program_ends_is_no_failure(caplog):
    def interrupted(_):
        raise KeyboardInterrupt

    with caplog.at_level(logging.INFO, "hudhud"), pytest.raises(KeyboardInterrupt):
        hudhud.Zagely(PUBLIC, SECRET, transport=interrupted).account.me()
    assert [record.levelname for record in caplog.records] == ["INFO"]
    # A transport that does not keep its promises is a failure.
    caplog.clear()
    with caplog.at_level(logging.INFO, "hudhud"), pytest.raises(hudhud.ArgumentError):
        hudhud.Zagely(PUBLIC, SECRET, transport=lambda request: 5).account.me()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_failed_call_is_logged_at_the_level_that_logging_shows_by_default():
    failing = "f.respond('contacts.get', {}, status=404)\ntry: z.contacts.get('c-1')\nexcept hudhud.NotFoundError: pass"
    assert run(failing) == []
    (line,) = run("import logging; logging.basicConfig();" + failing)
    assert line.startswith("WARNING:hudhud:contacts.get: not_found (HTTP 404) after 1 attempt, ")


def run(code, **variables):
    import os

    setup = "from hudhud.testing import FakeTransport\nimport hudhud\nf = FakeTransport()\n"
    setup += "f.respond('account.me', {}, status=503); f.respond('account.me', {'id': 'k-1'})\n"
    setup += "z = hudhud.Zagely('pk_a', 'sk_b', transport=f, retry=hudhud.Retry(base=0.001))\n"
    environment = {**os.environ, **variables}
    done = subprocess.run([sys.executable, "-c", setup + code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_nothing_is_printed_unless_a_program_or_the_environment_asks_for_it():
    assert run("z.account.me()") == []
    for level, count in ("debug", 4), ("INFO", 2), ("warning", 1), ("", 0):
        assert len(run("z.account.me()", HUDHUD_LOG=level)) == count, level
    # A program that configures logging itself sees each line once.
    lines = run("import logging; logging.basicConfig(level='INFO'); z.account.me()", HUDHUD_LOG="info")
    assert len(lines) == 2 and all(line.startswith(("INFO:hudhud:", "WARNING:hudhud:")) for line in lines)
    assert run("z.account.me()", HUDHUD_LOG="loud") == ["HUDHUD_LOG: expected debug, info or warning, not loud"]


def test_what_needs_a_person_is_printed_by_default_and_once():
    code = (
        "from hudhud.inbox import ForgetfulStore, LeasedInbox\n"
        "inbox = LeasedInbox(ForgetfulStore())\n"
        "def handle(event, lease): raise ValueError('Jane')\n"
        "inbox.handler(handle)\n"
        "inbox.receive(hudhud.WebhookEvent(name='webhook.test', replay_key='d-1'))\n"
        "try: hudhud.Webhook('whsec_a')._receive({}, b'')\n"
        "except hudhud.WebhookError: pass\n"
    )
    failed, refused = run(code)
    assert failed == "inbox: the handler raised ValueError (<string>:8) in attempt 1: the event is handled again at its next delivery"
    assert refused.startswith("webhook refused: missing_")
    configured = run("import logging; logging.basicConfig();" + code)
    assert [line.partition(":hudhud:")[2] for line in configured] == [failed, refused]
    assert run("import logging; logging.getLogger('hudhud').addHandler(logging.NullHandler());" + code) == []


class Clock:
    """The time of a client, which passes only while the client sleeps."""

    def __init__(self, client, monkeypatch):
        self.now = 1_800_000_000.0
        self.time = self.monotonic = lambda: self.now
        for module in ("hudhud._calls", "hudhud._watch"):
            monkeypatch.setattr(f"{module}.time", self)
        client._sleep = self.sleep

    async def sleep(self, seconds):
        self.now += seconds


def limited(seconds, rounds=1):
    fake = FakeTransport()
    for _ in range(rounds):
        fake.respond("account.me", api_error("rate_limit_exceeded", retry_after=seconds))
        fake.respond("account.me", success("account.me"))
    return hudhud.Zagely(PUBLIC, SECRET, transport=fake, retry=hudhud.Retry(max_attempts=1))


def held(zagely, caplog, level):
    with pytest.raises(hudhud.RateLimitError):
        zagely.account.me()
    caplog.clear()
    with caplog.at_level(level, "hudhud"):
        zagely.account.me()
    return [(record.levelname, record.getMessage()) for record in caplog.records if "rate limiter" in record.getMessage()]


def test_the_log_states_how_long_a_call_waited_for_the_rate_limiter(caplog, monkeypatch):
    zagely = limited(3)
    clock = Clock(zagely, monkeypatch)
    begun = clock.now
    first, last = held(zagely, caplog, logging.DEBUG)
    assert first[0] == "DEBUG" and first[1].startswith("account.me: waiting for the rate limiter; it is asked again in 1.")
    assert last == ("DEBUG", f"account.me: waited {clock.now - begun:.1f} s for the rate limiter") and 3 <= clock.now - begun < 5


def test_a_long_wait_for_the_rate_limiter_is_a_warning_and_each_client_has_one_in_a_minute(caplog, monkeypatch):
    zagely = limited(90)
    clock = Clock(zagely, monkeypatch)
    begun = clock.now
    ((level, message),) = held(zagely, caplog, logging.WARNING)
    assert (level, message) == (
        "WARNING",
        "account.me: waiting 15 s or longer for the rate limiter: the limit of the key is used up, or a response asked to wait",
    )
    assert 90 <= clock.now - begun < 95
    # Another client at the same time, and its next waits.
    other = limited(25, rounds=4)
    other._sleep = clock.sleep
    assert [len(held(other, caplog, logging.WARNING)) for _ in range(4)] == [1, 0, 0, 1]


def expected(seen):
    """Checks what an observer sees of the two attempts of `client`."""
    call, (_, first), (_, refused), (_, wait), (_, second), (_, done), (token, outcome) = seen
    assert call == Call("messages.send", "zagely", "POST", "/api/v1/messages/send", "zagely.com", 443)
    assert token == 1 and (first, second) == (Attempt(1, "POST", 0), Attempt(2, "POST", 1))
    assert isinstance(refused, AttemptEnd) and (refused.number, refused.status, refused.error_kind) == (1, 429, "rate_limited")
    assert refused.request_id == "req-1" and refused.rate_limit == hudhud.RateLimit(limit=120, remaining=0)
    assert isinstance(wait, Wait) and (wait.attempt, wait.error_kind, wait.status) == (1, "rate_limited", 429) and wait.seconds >= 0
    assert (done.status, done.error_kind, done.request_id) == (201, None, None)
    assert isinstance(outcome, Outcome) and (outcome.attempts, outcome.status, outcome.error_kind) == (2, 201, None)
    assert outcome.elapsed >= refused.elapsed + done.elapsed


def test_an_observer_follows_a_call():
    recorder = Recorder()
    client(observer=recorder).messages.send(**SEND)
    expected(recorder.seen)
    slow = Recorder()
    asyncio.run(client(hudhud.AsyncZagely, AsyncFakeTransport, observer=slow).messages.send(**SEND))
    expected(slow.seen)


def test_an_observer_follows_pages_failures_and_interruptions():
    fake = FakeTransport()
    fake.respond("contacts.list", {"data": [{"id": "c-1"}], "current_page": 1, "last_page": 2})
    fake.respond("contacts.list", {"data": [{"id": "c-2"}], "current_page": 2, "last_page": 2})
    fake.fail("account.me", "timeout")
    recorder = Recorder()
    zagely = hudhud.Zagely(PUBLIC, SECRET, transport=fake, observer=recorder, retry=hudhud.Retry(max_attempts=1))
    assert len(list(zagely.contacts.list())) == 2
    assert [each.name for each in recorder.seen if isinstance(each, Call)] == ["contacts.list"] * 2
    recorder.seen.clear()
    with pytest.raises(hudhud.TransportError):
        zagely.account.me()
    (_, ended), (_, outcome) = recorder.seen[2:]
    assert (ended.fault, ended.error_kind, ended.status) == ("timeout", "transport", None)
    assert (outcome.error_kind, outcome.attempts) == ("transport", 1)
    recorder.seen.clear()

    def interrupted(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hudhud.Wazaj("wzj_a", "https://a.example/api", transport=interrupted, observer=recorder).messages.send_text(to=NUMBER, body=TEXT)
    assert recorder.seen[0][:2] == ("messages.send_text", "wazaj") and recorder.seen[-1][1].error_kind == "KeyboardInterrupt"
    recorder.seen.clear()
    # A wrong transport is a mistake, and ends the call too.
    with pytest.raises(hudhud.ArgumentError, match="^transport: returned a value of type int; return a TransportResponse "):
        hudhud.Zagely(PUBLIC, SECRET, transport=lambda request: 5, observer=recorder).account.me()
    assert [type(each) for each in recorder.seen] == [Call, tuple, tuple] and recorder.seen[-1][1].error_kind == "ArgumentError"
    recorder.seen.clear()
    # A call that was not sent is not observed.
    with pytest.raises(hudhud.InvalidRequestError):
        zagely.messages.send(to="x", message=TEXT)
    assert recorder.seen == []


@pytest.mark.parametrize("method", ["begin", "event", "end"])
def test_an_exception_of_an_observer_does_not_affect_the_call(caplog, method):
    class Broken(Recorder):
        pass

    def fail(*_):
        raise LookupError("nothing here")

    observer = Broken()
    setattr(observer, method, fail)
    zagely = client(observer=observer)
    for _ in range(2):
        assert zagely.messages.send(**SEND).message_id == "m-1"
    messages = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert messages == [f"observer Broken: {method}() raised LookupError; correct it. Its later exceptions are not logged."]


def test_a_wrong_observer_is_refused():
    class Half:
        def begin(self, call): ...

    for wrong, named in (Recorder, "the class Recorder"), (Half(), "Half"), (5, "int"):
        for make in (lambda: client(observer=wrong), lambda: hudhud.Webhook("s", observer=wrong)):
            with pytest.raises(hudhud.ArgumentError, match=f"with the methods begin, event and end, not {named}$"):
                make()


def test_nothing_is_collected_if_nobody_looks(caplog, monkeypatch):
    def never(*_):
        raise AssertionError("a fact was collected")

    monkeypatch.setattr(_watch, "Watch", never)
    fake = FakeTransport()
    fake.respond("account.me", {"id": "k-1"})
    assert hudhud.Zagely(PUBLIC, SECRET, transport=fake).account.me().id == "k-1"
    with caplog.at_level(logging.CRITICAL, "hudhud"):
        assert client().messages.send(**SEND).message_id == "m-1"


def test_verifications_are_seen(caplog):
    recorder = Recorder()
    webhook = hudhud.Webhook("whsec_secretkey", observer=recorder)
    good = delivery("message.received", {"content": TEXT, "contact": {"phone_number": NUMBER}}, secret="whsec_secretkey")
    with caplog.at_level(logging.DEBUG, "hudhud"):
        webhook.verify(good.headers, good.body)
        with pytest.raises(hudhud.WebhookError):
            webhook.verify(good.headers, good.body + b" ")
    assert [(each.levelname, each.getMessage().partition(".")[0]) for each in caplog.records] == [
        ("DEBUG", "webhook accepted: message"),
        ("INFO", "webhook refused: signature_mismatch"),
    ]
    assert recorder.seen[0] == recorder.seen[2] == Call("webhook.verify", "zagely")
    assert [recorder.seen[1][1].error_kind, recorder.seen[3][1].error_kind] == [None, "signature_mismatch"]
    assert_nothing_private(repr(recorder.seen) + caplog.text)


def assert_nothing_private(text):
    assert [private for private in PRIVATE if private in text] == []


def test_nothing_private_is_seen(caplog):
    recorder, spans = Recorder(), InMemorySpanExporter()
    fake = FakeTransport()
    shown = {"message": f"{NAME} at {NUMBER}: {TEXT}", "error": {"code": NAME, "message": TEXT}}
    hidden = {"X-Request-Id": f"{SECRET}", "X-RateLimit-Limit": TEXT, "X-RateLimit-Remaining": NAME, "Retry-After": "0"}
    failing = {"contacts.get": 404, "contacts.create": 422, "contacts.list": 500, "messages.send": 429, "contacts.update": 405}
    for call, status in failing.items():
        fake.respond(call, shown, status=status, headers=hidden)
    calls = [
        lambda zagely: zagely.contacts.get(NUMBER),
        lambda zagely: zagely.contacts.create(phone_number=NUMBER, name=NAME, notes=TEXT),
        lambda zagely: list(zagely.contacts.list(search=NAME)),
        lambda zagely: zagely.messages.send(**SEND, idempotency_key=f"order-{NUMBER[1:]}"),
        lambda zagely: zagely.contacts.update(NAME, name=TEXT),
    ]
    with caplog.at_level(logging.DEBUG, "hudhud"):
        for observer in recorder, otel(spans):
            # A limiter would wait longer after each of the errors 429.
            zagely = hudhud.Zagely(PUBLIC, SECRET, transport=fake, retry=QUICK, observer=observer, rate_limiter=None)
            for call in calls:
                with pytest.raises(hudhud.ApiError):
                    call(zagely)
    assert len(recorder.seen) > 20 and len(spans.get_finished_spans()) > 10 and len(caplog.records) > 20
    facts = [repr(record.__dict__) for record in caplog.records] + [span.to_json() for span in spans.get_finished_spans()]
    assert_nothing_private(repr(recorder.seen) + caplog.text + "".join(facts))


def otel(spans):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return OpenTelemetryObserver(provider)


def tree(span, spans):
    """Returns a span with its children, in the form of `tests/spans.json`."""
    made = {"name": span.name, "kind": span.kind.name.lower(), "attributes": dict(span.attributes)}
    if span.events:
        made["events"] = [{"name": event.name, "attributes": dict(event.attributes)} for event in span.events]
    children = [tree(each, spans) for each in spans if each.parent is not None and each.parent.span_id == span.context.span_id]
    return {**made, "children": children} if children else made


def test_spans_are_those_of_all_hosts():
    expected = json.loads((Path(__file__).parents[2] / "tests" / "spans.json").read_text(encoding="utf-8"))
    spans, current = InMemorySpanExporter(), []

    class Instrumented(FakeTransport):
        def __call__(self, request):
            current.append(trace.get_current_span().get_span_context().span_id)
            return super().__call__(request)

    fake = Instrumented()
    for answer in expected["answers"]:
        if "fault" in answer:
            fake.fail("contacts.get", answer["fault"])
        else:
            fake.respond("contacts.get", answer["body"].encode(), status=answer["status"], headers=answer["headers"])
    zagely = hudhud.Zagely(PUBLIC, SECRET, transport=fake, observer=otel(spans), retry=hudhud.Retry(base=0))
    assert zagely.contacts.get(expected["id"]).id == "c-1"
    *attempts, call = spans.get_finished_spans()
    assert tree(call, attempts) == expected["span"] and call.parent is None
    assert [each.status.is_ok for each in (*attempts, call)] == [False, False, True, True]
    # The spans of an instrumented HTTP library become children of the attempt.
    assert current == [each.context.span_id for each in attempts]
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_spans_of_interrupted_calls_and_of_verifications_end():
    spans = InMemorySpanExporter()
    observer = otel(spans)

    async def hangs(_):
        await asyncio.sleep(30)

    async def main():
        async with hudhud.AsyncZagely(PUBLIC, SECRET, transport=hangs, observer=observer) as zagely:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(zagely.account.me(), 0.05)

    asyncio.run(main())
    attempt, call = spans.get_finished_spans()
    assert attempt.parent.span_id == call.context.span_id
    assert attempt.attributes["error.type"] == call.attributes["error.type"] == "CancelledError"
    spans.clear()
    with pytest.raises(hudhud.WebhookError):
        hudhud.Webhook("s", observer=observer).verify({}, b"")
    (verified,) = spans.get_finished_spans()
    assert verified.name == "webhook.verify" and verified.attributes["error.type"] == "missing_header"

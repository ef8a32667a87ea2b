"""Deliveries: those of the sandbox, received by real servers, and forged ones."""

import base64
import contextlib
import json
import pathlib
import pickle
import socket
import threading
import time
import urllib.error
import urllib.request
import wsgiref.simple_server

import hudhud
import pytest
from hudhud.testing import deliveries, delivery, sign
from hudhud.webhook import EventContact, MessageData, ReceivedMessage


# The samples that core declares. A test of core keeps the file up to date.
SAMPLES = json.loads(pathlib.Path(__file__, "../../../tests/webhook-samples.json").resolve().read_text())


def fastapi_server(webhook, events):
    import fastapi
    import hudhud.fastapi
    import uvicorn

    app = fastapi.FastAPI()

    @app.post("/hook")
    async def receive(event=fastapi.Depends(hudhud.fastapi.delivery(webhook))):
        events.append(event)

    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)

    def stop():
        server.should_exit = True
        thread.join()

    thread.start()
    while not server.started:
        time.sleep(0.01)
    return listening.getsockname()[1], stop


def wsgi_server(app):
    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *_):
            pass

    server = wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port, lambda: (server.shutdown(), server.server_close())


def flask_server(webhook, events):
    import flask
    import hudhud.flask

    app = flask.Flask("tests")

    @app.post("/hook")
    @hudhud.flask.delivered(webhook)
    def receive(event):
        events.append(event)
        return ""

    return wsgi_server(app)


def django_server(webhook, events):
    import django
    import hudhud.django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    @hudhud.django.delivered(webhook)
    def receive(request, event):
        events.append(event)
        return HttpResponse()

    @hudhud.django.delivered(webhook)
    async def receive_asynchronously(request, event):
        events.append(event)
        return HttpResponse()

    class Urls:
        urlpatterns = [path("hook", receive), path("async", receive_asynchronously)]

    # Another test may have configured Django, which accepts settings only once.
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="test")
        django.setup()
    settings.ROOT_URLCONF, settings.MIDDLEWARE = Urls, ["django.middleware.csrf.CsrfViewMiddleware"]
    return wsgi_server(get_wsgi_application())


@pytest.mark.parametrize("server", [fastapi_server, flask_server, django_server])
def test_a_server_receives_what_the_sandbox_delivers(server, hudhud_sandbox):
    events = []
    with hudhud_sandbox.zagely() as zagely, contextlib.ExitStack() as stack:
        secret = "whsec_of_the_tests"
        port, stop = server(hudhud.Webhook(secret), events)
        stack.callback(stop)
        url = f"http://127.0.0.1:{port}/hook"
        made = zagely.webhooks.create(url=url, events=["*"], secret=secret)
        zagely.webhooks.test(webhook_id=made.id)
        hudhud_sandbox.admin("POST", "/inbound", {"from": "+15559990000", "content": "مرحبا 👋"})
        until = time.monotonic() + 10
        while time.monotonic() < until and not {"webhook.test", "message.received"} <= {event.name for event in events}:
            time.sleep(0.05)
        received = [event for event in events if event.name == "message.received"]
        assert received and received[0].data.content == "مرحبا 👋"
        assert received[0].occurred_at.tzinfo is not None and received[0].known
        # Other deliveries are refused.
        for headers, status in [({}, 400), (sign("another", b"{}").headers, 401), (sign(secret, b"[]").headers, 401)]:
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(url, b"{}", dict(headers)), timeout=10)
            with refused.value as answer:
                assert answer.code == status
                assert "signature" not in answer.read().decode()
        if server is django_server:
            signed = delivery("webhook.test", secret=secret)
            request = urllib.request.Request(url.replace("hook", "async"), signed.body, dict(signed.headers))
            assert urllib.request.urlopen(request, timeout=10).status == 200


def test_a_flask_view_may_be_asynchronous_and_read_the_body_again():
    import flask
    import hudhud.flask

    app, webhook = flask.Flask("views"), hudhud.Webhook("whsec_test")

    @app.post("/asynchronous")
    @hudhud.flask.delivered(webhook)
    async def asynchronous(event):
        return event.name

    @app.post("/again")
    @hudhud.flask.delivered(webhook)
    def again(event):
        return flask.request.get_data()

    signed = delivery("webhook.test", secret="whsec_test")
    with app.test_client() as client:
        # Flask reads the body of a form when it parses the form.
        for kind in "application/json", "application/x-www-form-urlencoded":
            headers = {**signed.headers, "Content-Type": kind}
            answer = client.post("/asynchronous", data=signed.body, headers=headers)
            assert (answer.status_code, answer.text) == (200, "webhook.test")
            assert client.post("/again", data=signed.body, headers=headers).data == signed.body
            assert client.post("/asynchronous", data=b"{}", headers=headers).status_code == 401


def present(value):
    """Returns JSON without empty members: a type writes its absent fields as empty ones."""
    if not isinstance(value, dict):
        return value
    return {name: inner for name, item in value.items() if (inner := present(item)) not in (None, [], {})}


def test_each_event_has_data_of_its_type():
    webhook = hudhud.Webhook("whsec_test")
    events = {name: webhook.verify(one.headers, one.body) for name, one in deliveries(secret="whsec_test").items()}
    match events["message.failed"].data:
        case MessageData(status="failed", error=error, contact=EventContact(name="Jane Doe")):
            assert error == "The recipient could not be reached."
        case other:
            raise AssertionError(other)
    assert events["campaign.completed"].data.stats.delivered_count == 1380
    assert events["contact.updated"].data.contact.tags == ["vip", "active"]
    assert events["session.connected"].data.session.status == "connected"
    assert events["webhook.test"].data.message == "This is a test event."
    for data in (None, [1], "x", {"contact": 7, "status": []}):
        odd = delivery("message.failed", data if data is not None else {}, secret="whsec_test")
        empty = webhook.verify(odd.headers, odd.body).data
        assert (type(empty), empty.contact, empty.status) == (MessageData, None, None)


def test_all_documented_events_are_verified_and_decoded():
    webhook = hudhud.Webhook("whsec_test")
    seen = deliveries(secret="whsec_test")
    assert len(seen) == 14
    for name, signed in seen.items():
        event = webhook.verify(signed.headers, signed.body)
        assert (event.name, event.known) == (name, True)
        assert event == pickle.loads(pickle.dumps(event))
        assert present(event.to_dict()) == present(json.loads(signed.body))
    match webhook.verify(seen["message.received"].headers, seen["message.received"].body):
        case hudhud.WebhookEvent(name="message.received", data=ReceivedMessage(contact=EventContact(name=name))):
            assert name == "Jane Doe"
        case _:
            raise AssertionError
    signed = delivery("order.paid", {"n": 1}, secret="whsec_test")
    event = webhook.verify(signed.headers, signed.body)
    assert (event.known, event.data) == (False, {"n": 1})


def test_each_sample_is_the_one_that_core_declares():
    webhook = hudhud.Webhook("whsec_test")
    seen = deliveries(secret="whsec_test", now=1_776_767_400)
    assert list(seen) == list(SAMPLES)
    assert len({json.loads(signed.body)["delivery_id"] for signed in seen.values()}) == len(seen)
    for name, sample in SAMPLES.items():
        event = webhook.verify(seen[name].headers, seen[name].body, now=1_776_767_400)
        assert (event.known, present(event.to_dict()["data"])) == (True, present(sample["data"]))
        own = delivery(name, secret="whsec_test", delivery_id=sample["delivery_id"], now=1_776_767_400)
        assert list(json.loads(own.body).items()) == list(sample.items())
        other = delivery(name, {"n": 1}, secret="whsec_test", delivery_id=sample["delivery_id"], now=1_776_767_400)
        assert json.loads(other.body) == {**sample, "data": {"n": 1}}
    assert json.loads(delivery("moon.landed", secret="whsec_test").body)["data"] == {}


def test_headers_are_accepted_as_mapping_or_pairs_of_str_or_bytes():
    webhook = hudhud.Webhook("whsec_test")
    signed = delivery("webhook.test", secret="whsec_test")
    pairs = list(signed.headers.items())
    for headers in [
        dict(pairs), {name.upper(): value for name, value in pairs}, pairs, tuple(pairs),
        [(name.lower().encode(), value.encode()) for name, value in pairs], iter(pairs),
    ]:
        assert webhook.verify(headers, signed.body).name == "webhook.test"
    for body in bytearray(signed.body), memoryview(signed.body):
        assert webhook.verify(signed.headers, body).name == "webhook.test"
    for wrong in ({"a": 1}, 3, None, ["x"], [("a", "b", "c")]):
        with pytest.raises(TypeError, match="headers"):
            webhook.verify(wrong, signed.body)
    for wrong in signed.body.decode(), None, {"event": "x"}:
        with pytest.raises(TypeError, match="body"):
            webhook.verify(signed.headers, wrong)


def test_a_body_that_is_still_base64_is_hinted_at():
    signed = delivery("webhook.test", secret="whsec_test")
    with pytest.raises(hudhud.WebhookError) as raised:
        hudhud.Webhook("whsec_test").verify(signed.headers, base64.b64encode(signed.body))
    assert raised.value.reason == "signature_mismatch"
    assert raised.value.hint.startswith("The body is base64")


def test_deduplicate_until_is_none_without_a_tolerance():
    signed = delivery("webhook.test", secret="new", now=1_000_000)
    event = hudhud.Webhook("new").verify(signed.headers, signed.body, now=1_000_000)
    assert event.deduplicate_until == 1_000_000 + 86_400
    event = hudhud.Webhook("new", tolerance=None).verify(signed.headers, signed.body, now=1_000_000)
    assert event.deduplicate_until is None
    assert pickle.loads(pickle.dumps(event)).deduplicate_until is None


def test_several_secrets_and_the_tolerance_decide_on_acceptance():
    signed = delivery("webhook.test", secret="new", now=1_000_000)
    assert hudhud.Webhook("old", "new").verify(signed.headers, signed.body, now=1_000_010).secret_index == 1
    with pytest.raises(hudhud.WebhookError) as late:
        hudhud.Webhook("new").verify(signed.headers, signed.body, now=1_000_301)
    assert (late.value.reason, late.value.http_status) == ("timestamp_too_old", 401)
    assert hudhud.Webhook("new", tolerance=None).verify(signed.headers, signed.body).name
    for wrong in ("",), (), (" ",), ("new", "\u200b\n\ufeff"):
        with pytest.raises(hudhud.InvalidRequestError):
            hudhud.Webhook(*wrong)
    with pytest.raises(TypeError):
        hudhud.Webhook(b"bytes")


def test_other_threads_run_while_a_large_body_is_hashed():
    body = json.dumps({"event": "webhook.test", "data": {"text": "x" * 40_000_000}}).encode()
    signed = sign("whsec", body)
    webhook = hudhud.Webhook("whsec")
    done, iterations = threading.Event(), []

    def verify():
        webhook.verify(signed.headers, body)
        done.set()

    thread = threading.Thread(target=verify)
    thread.start()
    while not done.is_set():
        iterations.append(time.perf_counter())
        time.sleep(0.001)
    thread.join()
    # If the hashing held the interpreter lock, there would be only one or two turns.
    assert len(iterations) > 5

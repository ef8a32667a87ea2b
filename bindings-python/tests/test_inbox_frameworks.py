"""The receivers of the web frameworks with an inbox, and the examples of the page about the inbox."""

import json
import logging
from pathlib import Path

import hudhud
import pytest
from hudhud.inbox import (
    AsyncForgetfulStore,
    AsyncLeasedInbox,
    ForgetfulStore,
    LeasedInbox,
    RejectedEventError,
)
from hudhud.testing import delivery, sign
from test_readme import snippets

SECRET = "whsec_test"
WEBHOOK = hudhud.Webhook(SECRET)


def post_to_starlette(inbox):
    import fastapi
    import hudhud.fastapi
    from fastapi.testclient import TestClient

    app = fastapi.FastAPI()
    app.add_route("/hook", hudhud.fastapi.receiver(WEBHOOK, inbox), methods=["POST"])
    client = TestClient(app)

    def post(headers, body):
        response = client.post("/hook", content=body, headers=headers)
        return response.status_code, response.headers.get("retry-after")

    return post


def post_to_flask(inbox):
    import flask
    import hudhud.flask

    app = flask.Flask("inbox")
    app.add_url_rule("/hook", view_func=hudhud.flask.receiver(WEBHOOK, inbox), methods=["POST"])

    def post(headers, body):
        response = app.test_client().post("/hook", data=body, headers=headers)
        return response.status_code, response.headers.get("Retry-After")

    return post


def post_to_django(inbox):
    import django
    import hudhud.django
    from django.conf import settings
    from django.test import AsyncClient, Client, override_settings
    from django.urls import path

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="test", ROOT_URLCONF="none")
        django.setup()

    class Urls:
        urlpatterns = [path("hook", hudhud.django.receiver(WEBHOOK, inbox))]

    def post(headers, body):
        with override_settings(ROOT_URLCONF=Urls, MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"], ALLOWED_HOSTS=["*"]):
            if isinstance(inbox, AsyncLeasedInbox):
                from asgiref.sync import async_to_sync

                response = async_to_sync(AsyncClient().post)("/hook", body, "application/json", headers=headers)
            else:
                response = Client().post("/hook", body, "application/json", headers=headers)
        return response.status_code, response.headers.get("Retry-After")

    return post


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("post_to", [post_to_starlette, post_to_flask, post_to_django])
def test_a_receiver_verifies_handles_once_and_answers_with_the_status(post_to, asynchronous, caplog):
    if asynchronous and post_to is post_to_flask:
        pytest.skip("Flask has no event loop")
    seen, ends = [], {}

    def handle(event, lease):
        seen.append(event.replay_key)
        if event.replay_key in ends:
            raise ends[event.replay_key]

    async def handle_async(event, lease):
        handle(event, lease)

    inbox = AsyncLeasedInbox(AsyncForgetfulStore()) if asynchronous else LeasedInbox(ForgetfulStore())
    inbox.handler(handle_async if asynchronous else handle)
    post = post_to(inbox)

    def send(key, secret=SECRET):
        signed = sign(secret, json.dumps({"event": "webhook.test", "delivery_id": key, "data": {}}).encode())
        return post(dict(signed.headers), signed.body)

    assert send("d-1") == (200, None) and send("d-1") == (200, None)
    assert send("d-2", "whsec_wrong") == (401, None)
    ends.update({"failing": ValueError("Jane Doe"), "rejected": RejectedEventError("Jane Doe")})
    with caplog.at_level(logging.DEBUG, "hudhud"):
        assert send("failing") == (503, "5") and send("failing") == (503, "5")
        assert send("rejected") == (500, None) and send("rejected") == (500, None)
    assert seen == ["d-1", "failing", "rejected"]
    assert "Jane" not in caplog.text


def test_the_python_examples_of_the_page_about_the_inbox_run(environment, hudhud_sandbox, monkeypatch, tmp_path):
    sqlite3 = pytest.importorskip("sqlite3", reason="this build of Python has no SQLite")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    with_flask, with_fastapi = snippets("docs/inbox.md")
    names = {"__name__": "example"}
    exec(compile(with_flask, "docs/inbox.md", "exec"), names)
    signed = delivery("message.received", secret=SECRET)
    for _ in range(2):
        response = names["app"].test_client().post("/webhook", data=signed.body, headers=dict(signed.headers))
        assert response.status_code == 200
    database = sqlite3.connect(Path("shop.db"))
    assert database.execute("SELECT name FROM received").fetchall() == [("message.received",)]

    from fastapi.testclient import TestClient

    names = {"__name__": "example"}
    exec(compile(with_fastapi, "docs/inbox.md", "exec"), names)
    with TestClient(names["app"]) as client:
        for _ in range(2):
            assert client.post("/webhook", content=signed.body, headers=dict(signed.headers)).status_code == 200
    with hudhud_sandbox.zagely() as zagely:
        sent = [message.content for message in zagely.messages.list(direction="outbound")]
    assert sent == ["We will be with you soon."]

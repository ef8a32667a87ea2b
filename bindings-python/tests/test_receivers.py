"""Limits of servers that receive deliveries. They read a body only with signature headers, and only up to a limit."""

import asyncio
import json
import logging
import socket
import subprocess
import sys
import threading
import time

import hudhud
import pytest
from hudhud.testing import delivery, sign

SECRET = "whsec_test"
WEBHOOK = hudhud.Webhook(SECRET)
SIGNED = delivery("webhook.test", secret=SECRET)
LARGE = 1024 * 1024
ABSURD = ["-1", "+5", "1_0", "0x10", "٣", "1e3", " ", "9" * 30, "9" * 5000, "18446744073709551616"]


def headers(body=None, **more):
    # Signed now: all tests together can take longer than the tolerance.
    return {**SIGNED.headers, **sign(SECRET, SIGNED.body if body is None else body).headers, "Content-Type": "application/json", **more}


class Endless:
    """An endless body that counts the bytes that were read."""

    def __init__(self):
        self.read_bytes = 0

    def read(self, size=-1):
        assert 0 < size <= 2 * LARGE, "the server reads more than its limit"
        self.read_bytes += size
        return b" " * size

    readline = read


def fastapi_app(**settings):
    import fastapi
    import hudhud.fastapi

    app, seen = fastapi.FastAPI(), []

    @app.post("/hook")
    async def receive(request: fastapi.Request, event=fastapi.Depends(hudhud.fastapi.delivery(WEBHOOK, **settings))):
        seen.append((event.name, await request.body()))

    return app, seen


async def asgi(app, sent, pieces, path="/hook"):
    """Returns the status of an ASGI application's response, and the number of body pieces that it read."""
    pieces_read, statuses = [], []
    pieces = iter(pieces)

    async def receive():
        piece = next(pieces, None)
        pieces_read.append(piece)
        if piece is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message):
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "http_version": "1.1"}
    scope |= {"headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()], "scheme": "http", "server": ("a", 80)}
    await app({**scope, "asgi": {"version": "3.0"}, "root_path": "", "client": ("b", 1)}, receive, send)
    return statuses[0], len(pieces_read)


def test_fastapi_limits_the_body(caplog):
    app, seen = fastapi_app()

    def send_request(sent, pieces):
        return asyncio.run(asgi(app, sent, pieces))

    def endless():
        while True:
            yield b" " * 65536

    assert send_request(headers(), [SIGNED.body[:10], SIGNED.body[10:]])[0] == 200
    assert seen == [("webhook.test", SIGNED.body)]
    # Without a signature nothing is read. With a false one, reading stops at the limit.
    assert send_request({}, endless()) == (400, 0)
    status, pieces_read = send_request(headers(), endless())
    assert status == 413 and pieces_read <= LARGE // 65536 + 2
    assert send_request(headers(**{"Content-Length": str(LARGE + 1)}), endless()) == (413, 0)
    assert send_request(headers(**{"Content-Length": "9" * 5000}), endless()) == (413, 0)
    # A stated length is not trusted.
    assert send_request(headers(**{"Content-Length": "5"}), endless())[0] == 413
    whole = json.dumps({"event": "webhook.test", "data": {"text": "x" * (LARGE - 100)}}).encode()
    assert send_request(headers(whole), [whole])[0] == 200
    small, _ = fastapi_app(max_body_bytes=10)
    assert asyncio.run(asgi(small, headers(), [SIGNED.body])) == (413, 1)
    assert "max_body_bytes" in caplog.text


def test_fastapi_logs_that_other_code_read_the_body(caplog):
    app, seen = fastapi_app()

    class Reads:
        """A middleware that reads the stream without keeping the bytes."""

        def __init__(self, inner):
            self.inner = inner

        async def __call__(self, scope, receive, send):
            from starlette.requests import Request

            request = Request(scope, receive)
            async for _ in request.stream():
                pass
            request_of_app = Request(scope, receive)
            request_of_app._stream_consumed = True
            with pytest.raises(Exception) as raised:
                import hudhud.fastapi

                await hudhud.fastapi.verify(WEBHOOK, request_of_app)
            await send({"type": "http.response.start", "status": raised.value.status_code, "headers": []})
            await send({"type": "http.response.body"})

    assert asyncio.run(asgi(Reads(app), headers(), [SIGNED.body]))[0] == 400
    assert "before hudhud.fastapi" in caplog.text and not seen


def flask_app(**settings):
    import flask
    import hudhud.flask

    app, seen = flask.Flask("bounded"), []

    @app.post("/hook")
    @hudhud.flask.delivered(WEBHOOK, **settings)
    def receive(event):
        seen.append((event.name, flask.request.get_data()))
        return ""

    return app, seen


def wsgi(app, sent, stream, length=None, chunked=False):
    """Returns the status of a WSGI application's response."""
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/hook", "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "a", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.errors": sys.stderr,
        "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False, "wsgi.input": stream,
    }
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    if chunked:
        environ["wsgi.input_terminated"] = True
    for name, value in sent.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    statuses = []
    for _ in app(environ, lambda status, *_: statuses.append(int(status[:3]))):
        pass
    return statuses[0]


def test_flask_limits_the_body(caplog):
    import io

    app, seen = flask_app()
    assert wsgi(app, headers(), io.BytesIO(SIGNED.body), str(len(SIGNED.body))) == 200
    assert wsgi(app, headers(), io.BytesIO(SIGNED.body), chunked=True) == 200
    assert seen == [("webhook.test", SIGNED.body)] * 2
    for sent, length, chunked, status in [
        ({}, "999999999", False, 400), ({}, None, True, 400), (headers(), "999999999", False, 413), (headers(), "9" * 5000, False, 413),
    ]:
        endless = Endless()
        assert wsgi(app, sent, endless, length, chunked) == status
        assert endless.read_bytes == 0
    endless = Endless()
    assert wsgi(app, headers(), endless, chunked=True) == 413
    assert endless.read_bytes <= LARGE + 65536
    small, _ = flask_app(max_body_bytes=10)
    assert wsgi(small, headers(), io.BytesIO(SIGNED.body), str(len(SIGNED.body))) == 413
    assert "max_body_bytes" in caplog.text


def test_flask_logs_that_other_code_read_the_body(caplog):
    import io

    import flask

    for reads in (lambda: flask.request.stream.read()), (lambda: flask.request.form.get("a")):
        app, seen = flask_app()
        app.before_request(lambda reads=reads: reads() and None)
        sent = headers(**{"Content-Type": "application/x-www-form-urlencoded"})
        assert wsgi(app, sent, io.BytesIO(SIGNED.body), str(len(SIGNED.body))) == 400
        assert "before hudhud.flask" in caplog.text and not seen
        caplog.clear()


@pytest.fixture
def django_app():
    import django
    import hudhud.django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.test import override_settings
    from django.urls import path

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="test", ROOT_URLCONF="none")
        django.setup()

    def make(middleware=(), **options):
        seen = []

        @hudhud.django.delivered(WEBHOOK, **options)
        def receive(request, event):
            seen.append((event.name, request.body))
            return HttpResponse()

        class Urls:
            urlpatterns = [path("hook", receive)]

        overridden = override_settings(ROOT_URLCONF=Urls, MIDDLEWARE=list(middleware), ALLOWED_HOSTS=["*"])
        overridden.enable()
        undo.append(overridden.disable)
        return WSGIHandler(), seen

    undo = []
    yield make
    for each in undo:
        each()


def test_django_limits_the_body(django_app, caplog):
    import io

    app, seen = django_app()
    assert wsgi(app, headers(), io.BytesIO(SIGNED.body), str(len(SIGNED.body))) == 200
    assert seen == [("webhook.test", SIGNED.body)]
    for sent, length, status in ({}, "999999999", 400), (headers(), "999999999", 413), (headers(), "9" * 4000, 413):
        endless = Endless()
        assert wsgi(app, sent, endless, length) == status
        assert endless.read_bytes == 0
    small, _ = django_app(max_body_bytes=10)
    assert wsgi(small, headers(), io.BytesIO(SIGNED.body), str(len(SIGNED.body))) == 413
    assert "max_body_bytes" in caplog.text


def reads_the_stream(get_response):
    def middleware(request):
        request.read()
        return get_response(request)

    return middleware


def reads_the_form(get_response):
    def middleware(request):
        request.POST.get("a")
        return get_response(request)

    return middleware


def test_django_logs_that_other_code_read_the_body(django_app, caplog):
    import io

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    for reads, sent, content in (reads_the_stream, headers(), SIGNED.body), (reads_the_form, headers(body, **form), body):
        app, seen = django_app([f"{__name__}.{reads.__name__}"])
        assert wsgi(app, sent, io.BytesIO(content), str(len(content))) == 400
        assert "before hudhud.django" in caplog.text and not seen
        # Without a signature, the delivery is refused without that log entry.
        assert wsgi(app, {}, io.BytesIO(content), str(len(content))) == 400
        caplog.clear()
    # Code that keeps the body causes no error.
    app, seen = django_app([f"{__name__}.reads_the_form"])
    assert wsgi(app, headers(), io.BytesIO(SIGNED.body), str(len(SIGNED.body))) == 200 and seen


def test_an_invalid_max_body_bytes_is_refused():
    import hudhud.django
    import hudhud.fastapi
    import hudhud.flask

    for glue in hudhud.django.delivered, hudhud.flask.delivered, hudhud.fastapi.delivery:
        for wrong, error in (0, ValueError), (True, TypeError), ("1", TypeError), (None, TypeError):
            with pytest.raises(error, match="max_body_bytes"):
                glue(WEBHOOK, max_body_bytes=wrong)


@pytest.fixture
def listening(environment):
    environment["ZAGELY_WEBHOOK_SECRET"] = SECRET
    process = subprocess.Popen([sys.executable, "-m", "hudhud", "listen", "--port", "0"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    port = int(process.stderr.readline().split("127.0.0.1:")[1].split("/")[0])
    yield port
    process.terminate()
    process.communicate()


def send_request(port, head, body=b""):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head.encode("latin-1", "replace") if isinstance(head, str) else head)
        connection.sendall(body)
        answered = b""
        try:
            while piece := connection.recv(65536):
                answered += piece
        except ConnectionResetError:
            # The server closed the connection before it had read everything.
            pass
        return int(answered.split(b" ")[1]) if answered else None


def test_listen_refuses_an_invalid_content_length(listening):
    signature = "".join(f"{name}: {value}\r\n" for name, value in headers().items())
    good = f"POST / HTTP/1.1\r\n{signature}Content-Length: {len(SIGNED.body)}\r\n\r\n"
    assert send_request(listening, good, SIGNED.body) == 200
    for length in ABSURD:
        head = f"POST / HTTP/1.1\r\n{signature}Content-Length: {length}\r\n\r\n".encode()
        assert send_request(listening, head, SIGNED.body) in (400, 411, 413), length
    assert send_request(listening, f"POST / HTTP/1.1\r\n{signature}\r\n") == 411
    assert send_request(listening, f"POST / HTTP/1.1\r\n{signature}Content-Length: 5\r\nContent-Length: 6\r\n\r\n", b"12345") == 400
    assert send_request(listening, f"POST / HTTP/1.1\r\n{signature}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", b"12345") == 400
    assert send_request(listening, "POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n") == 400
    assert send_request(listening, good, SIGNED.body) == 200


def test_listen_closes_the_connection_of_a_slow_client(listening):
    """The limit is ten seconds. This client sends a byte every half second, for a minute."""
    with socket.create_connection(("127.0.0.1", listening), timeout=60) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nX-Slow: ")
        ended = threading.Event()

        def drip():
            for _ in range(120):
                try:
                    connection.sendall(b"a")
                except OSError:
                    return
                if ended.wait(0.5):
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        begun = time.monotonic()
        try:
            while connection.recv(1000):
                pass
        except OSError:
            pass
        ended.set()
        dripping.join()
        assert time.monotonic() - begun < 40


def test_the_log_contains_nothing_of_a_refused_body(caplog):
    import io

    app, _ = flask_app()
    body = b'{"event":"message.received","data":{"content":"meet me","phone":"+15558675309"}}'
    with caplog.at_level(logging.DEBUG):
        assert wsgi(app, headers(), io.BytesIO(body), str(len(body))) == 401
    assert "15558675309" not in caplog.text and "meet me" not in caplog.text

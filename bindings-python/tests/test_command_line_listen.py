"""`hudhud listen`: registration at the vendor, forwarding to an application, and saved deliveries."""

import contextlib
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest
from hudhud._cli.server import DeliveryServer
from hudhud.testing import delivery


class Application:
    """An application that records what it receives, and responds with a status."""

    def __init__(self, status=200):
        self.received = []
        application = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                application.received.append((self.path, self.headers.items(), body))
                self.send_response(application.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.status = status
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()


@pytest.fixture
def application():
    made = Application()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Listening:
    """A running `hudhud listen`."""

    def __init__(self, process):
        self.process = process
        self.lines = []
        for line in process.stderr:
            self.lines.append(line)
            found = re.search(r"listening for deliveries at (http://\S+/)", line)
            if found:
                self.url = found.group(1)
                break
        else:
            raise AssertionError(f"hudhud listen ended: {self.lines}")

    def send(self, signed, body=None):
        """Sends a delivery. Returns the status of the response."""
        request = urllib.request.Request(self.url, signed.body if body is None else body, dict(signed.headers))
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def end(self, status, *, by=None):
        """Waits for the end. Returns the lines of standard output, and standard error."""
        if by is not None:
            self.process.send_signal(by)
        out, stderr = self.process.communicate(timeout=30)
        assert self.process.returncode == status, (out, stderr)
        stderr = "".join(self.lines) + stderr
        assert "Traceback" not in stderr
        return out.splitlines(), stderr


@pytest.fixture
def listen(environment, tmp_path):
    started = []

    def start(*options, env=None):
        command = [sys.executable, "-m", "hudhud", "listen", "--port", "0", *options]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env={**environment, **(env or {})},
            # A shell starts background jobs with the interrupt ignored, and a test inherits this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return Listening(process)

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.communicate()


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_listen_prints_genuine_and_refused_deliveries(listen, form):
    listening = listen("--count", "1", *form)
    signed = delivery("message.received", secret="whsec_test")
    assert listening.send(signed, b"{}") == 401
    assert listening.send(signed) == 200
    [forged, genuine], _ = listening.end(0)
    sent = json.loads(signed.body)
    if form:
        # The whole event, as it was sent.
        parsed = json.loads(genuine)
        assert {name: parsed[name] for name in sent if name != "data"} == {name: sent[name] for name in sent if name != "data"}
        assert parsed["data"]["content"] == sent["data"]["content"]
        assert parsed["data"]["contact"]["phone_number"] == sent["data"]["contact"]["phone_number"]
        assert json.loads(forged)["refused"] == "signature_mismatch" and json.loads(forged)["http_status"] == 401
    else:
        assert genuine.startswith("message.received") and sent["delivery_id"] in genuine
        assert "signature_mismatch" in forged
        for personal in sent["data"]["content"], sent["data"]["contact"]["phone_number"], sent["data"]["contact"]["name"]:
            assert personal not in forged + genuine


def test_only_accepted_deliveries_are_counted(listen):
    listening = listen("--count", "2")
    signed = delivery("webhook.test", secret="whsec_test")
    for body in b"{}", b"", b"forged":
        assert listening.send(signed, body) == 401
    assert listening.process.poll() is None
    assert listening.send(signed) == 200
    assert listening.send(signed, b"{}") == 401
    assert listening.send(delivery("message.received", secret="whsec_test")) == 200
    out, _ = listening.end(0)
    assert [re.split("[: ]", line)[0] for line in out] == ["refused"] * 3 + ["webhook.test", "refused", "message.received"]


def test_deliveries_are_forwarded_unchanged_and_the_status_is_returned(listen, application):
    listening = listen("--forward-to", f"{application.url}/hook?a=b", "--count", "2")
    signed = delivery("message.received", secret="whsec_test")
    for status in 503, 404, 204, 200:
        application.status = status
        assert listening.send(signed) == status
    out, _ = listening.end(0)
    assert len(application.received) == 4
    path, headers, body = application.received[0]
    assert (path, body) == ("/hook?a=b", signed.body)
    got = {name.lower(): value for name, value in headers}
    for name, value in signed.headers.items():
        assert got[name.lower()] == value
    assert got["host"] == application.url.removeprefix("http://")
    assert "-> 503" in out[0] and "-> 200" in out[3]


def test_a_refused_delivery_is_never_forwarded(listen, application):
    listening = listen("--forward-to", application.url)
    signed = delivery("message.received", secret="whsec_test")
    late = delivery("message.received", secret="whsec_test", now=time.time() - 3600)
    other = delivery("message.received", secret="whsec_other")
    assert listening.send(signed, signed.body + b"\n") == 401
    assert 400 <= listening.send(late) < 500
    assert listening.send(other) == 401
    listening.end(130, by=signal.SIGINT)
    assert application.received == []


def test_an_application_that_does_not_respond_is_a_bad_gateway(listen):
    listening = listen("--forward-to", "127.0.0.1:9")
    signed = delivery("webhook.test", secret="whsec_test")
    assert listening.send(signed) == 502
    out, _ = listening.end(143, by=signal.SIGTERM)
    assert "-> 502 no response from 127.0.0.1:9: Connection refused" in out[0]


def webhooks(hudhud):
    return [json.loads(line) for line in hudhud("list", "webhooks", "--json").splitlines()]


@pytest.mark.parametrize(("by", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (None, 0)])
def test_a_webhook_is_registered_for_the_run(hudhud, listen, application, tmp_path, by, status):
    """The sandbox delivers to `hudhud listen`, which forwards to the application."""
    listening = listen("--register", "--forward-to", application.url, "--secret-file", "secret", *(["--count", "1"] if by is None else []), env={"ZAGELY_WEBHOOK_SECRET": ""})
    [registered] = webhooks(hudhud)
    assert registered["url"] == listening.url and registered["events"] == ["*"]
    hudhud("call", "webhooks.test", f"webhook_id={registered['id']}")
    end = time.monotonic() + 20
    while not application.received and time.monotonic() < end:
        time.sleep(0.05)
    out, stderr = listening.end(status, by=by)
    assert out[0].startswith("webhook.test") and "-> 200" in out[0]
    assert webhooks(hudhud) == [] and "deleted the webhook" in stderr
    # The application got the bytes that the vendor signed, and the secret is in the file.
    from hudhud import Webhook

    secret = (tmp_path / "secret").read_text().strip()
    assert secret.startswith("whsec_") and secret not in stderr
    assert os.stat(tmp_path / "secret").st_mode & 0o077 == 0
    [(_, headers, body)] = application.received
    assert Webhook(secret).verify(headers, body).name == "webhook.test"


def test_the_registered_webhook_gets_the_secret_of_the_environment(hudhud, listen):
    listening = listen("--register", "--event", "webhook.test", "--event", "message.received", "--count", "1")
    [registered] = webhooks(hudhud)
    assert registered["events"] == ["webhook.test", "message.received"]
    # The application knows this secret.
    assert listening.send(delivery("webhook.test", secret="whsec_test")) == 200
    listening.end(0)
    assert webhooks(hudhud) == []


def test_a_registration_that_cannot_be_deleted_is_reported(hudhud, hudhud_sandbox, listen):
    listening = listen("--register")
    hudhud_sandbox.fault("webhooks.delete", "status=403")
    _, stderr = listening.end(130, by=signal.SIGINT)
    [registered] = webhooks(hudhud)
    assert f"hudhud call webhooks.delete webhook_id={registered['id']}" in stderr


def test_an_address_that_the_vendor_cannot_reach_is_refused(hudhud):
    real = {"ZAGELY_BASE_URL": ""}
    stderr = hudhud("listen", "--port", "0", "--register", status=2, env=real)
    assert "the vendor cannot reach http://127.0.0.1:" in stderr and "tunnel" in stderr and "--url" in stderr
    for url in "http://127.0.0.1:4020/", "http://localhost/", "http://[::1]/":
        assert "the vendor cannot reach" in hudhud("listen", "--port", "0", "--register", "--url", url, status=2, env=real)
    assert "--url: expected" in hudhud("listen", "--port", "0", "--register", "--url", "tunnel", status=2)
    assert "--register" in hudhud("listen", "--url", "https://a.example", status=2)
    assert "--register" in hudhud("listen", "--secret-file", "a", status=2)


def test_saved_deliveries_can_be_verified(hudhud, listen, tmp_path):
    listening = listen("--save", "caught", "--count", "1", "--json")
    signed = delivery("message.received", secret="whsec_test")
    assert listening.send(signed, signed.body + b"\n") == 401
    assert listening.send(signed) == 200
    out, _ = listening.end(0)
    refused, genuine = (json.loads(line)["hudhud"]["saved"] for line in out)
    assert "genuine: message.received" in hudhud("verify", genuine)
    assert "the signature is right once the newline at the end of the body is removed" in hudhud("verify", refused, status=10)
    assert "-refused.headers" in refused
    for file in (tmp_path / "caught").iterdir():
        assert file.stat().st_mode & 0o077 == 0
    assert (tmp_path / genuine).with_suffix(".body").read_bytes() == signed.body


def test_an_invalid_port_or_target_is_a_message(hudhud, tmp_path):
    for port in "80000", "-1", "x", "1.5":
        assert "argument --port: expected a whole number from 0 to 65535" in hudhud("listen", f"--port={port}", status=2)
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        assert f"port {server.server_port} of 127.0.0.1 cannot be used: Address already in use" in hudhud("listen", "--port", str(server.server_port), status=11)
    for target in "", "ftp://a", "http://", "http://a:b", "http://a b", "http://[", "http://u:p@a/", "http://é/":
        assert "--forward-to: expected a URL" in hudhud("listen", "--port", "0", "--forward-to", target, status=2)
    (tmp_path / "file").write_text("")
    assert "file" in hudhud("listen", "--port", "0", "--save", "file", status=11)
    assert "ZAGELY_WEBHOOK_SECRET" in hudhud("listen", "--port", "0", status=4, env={"ZAGELY_WEBHOOK_SECRET": ""})


def test_a_closed_output_ends_the_command(environment):
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "hudhud", "listen", "--port", "0"]
    process = subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE, text=True, env=environment)
    os.close(writing)
    listening = Listening(process)
    os.close(reading)
    listening.send(delivery("webhook.test", secret="whsec_test"))
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 141 and "Traceback" not in stderr


def test_an_unknown_host_to_forward_to_is_refused_at_the_start(hudhud):
    expected = "--forward-to: unknown host 'nope.invalid'; pass a URL such as http://127.0.0.1:8000/webhook"
    assert expected in hudhud("listen", "--port", "0", "--forward-to", "nope.invalid", status=2)


def test_deliveries_of_the_same_moment_can_connect_before_they_are_handled():
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(DeliveryServer(0, lambda *_: 200, lambda *_: None))
        # Nothing accepts. The system refuses nobody, but lets connections beyond the queue wait for a second and longer.
        for _ in range(64):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.server_port), timeout=0.5))

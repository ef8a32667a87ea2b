"""The command line, run as a subprocess."""

import contextlib
import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest
from hudhud.testing import delivery


@pytest.fixture
def hudhud(hudhud_sandbox, environment, tmp_path):
    """A function that runs `hudhud` with the sandbox's keys in the environment."""

    def run(*arguments, status=0, **more):
        command = [sys.executable, "-m", "hudhud", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={**environment, **more.pop("env", {})}, **more)
        assert done.returncode == status, done
        for key in "secret_key", "wazaj_key", "public_key":
            assert hudhud_sandbox[key] not in done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    return run


def test_send_prints_the_message_id_or_json(hudhud):
    assert hudhud("send", "+15551234567", "hi").startswith("sent as ")
    assert json.loads(hudhud("send", "+15551234567", "-", "--json", input="from a pipe"))["status"] == "queued"
    assert isinstance(json.loads(hudhud("send", "+50912345678", "hi", "--wazaj", "--json"))["message_id"], int)
    once = [json.loads(hudhud("send", "+15551234567", "x", "--idempotency-key", "k-1", "--json")) for _ in range(2)]
    assert once[0] == once[1]


def test_an_option_that_wazaj_does_not_support_is_refused_and_nothing_is_sent(hudhud, hudhud_sandbox):
    for option in "--idempotency-key", "--session-id":
        assert option in hudhud("send", "+50912345678", "hi", "--wazaj", option, "x", status=2)
    with hudhud_sandbox.wazaj() as wazaj:
        before = wazaj.messages.send_text(to="+50912345678", body="one").message_id
        hudhud("send", "+50912345678", "hi", "--wazaj", "--idempotency-key", "", status=2)
        assert wazaj.messages.send_text(to="+50912345678", body="two").message_id == before + 1


def test_an_empty_environment_variable_counts_as_unset(hudhud):
    empty = {"ZAGELY_BASE_URL": "", "ZAGELY_APP_TOKEN": "", "WAZAJ_BASE_URL": ""}
    assert "https://" in hudhud("curl", "zagely.account.me", env=empty)
    assert "https://" in hudhud("curl", "wazaj.messages.send_text", "to=+50912345678", "body=x", env=empty)
    said = subprocess.run(
        [sys.executable, "-c", "import hudhud; print(hudhud.Zagely.from_env().account.me.request().url)"],
        env={**os.environ, **empty, "ZAGELY_PUBLIC_KEY": "pk_a", "ZAGELY_SECRET_KEY": "sk_b"}, capture_output=True, text=True,
    )
    assert said.stdout.startswith("https://"), said


def test_a_failure_is_printed_without_a_traceback(hudhud):
    for arguments, told in [
        (("send", "5551234567x", "hi"), "to: The to field must be a phone number"),
        (("send", "+15551234567", ""), "message"),
        (("list", "contacts", "per_page=9999"), "per_page"),
        (("list", "contacts", "colour=red"), "colour"),
        (("preview", "Hi {{ name }}"), "name"),
        (("verify", "nowhere", "nothing"), "No such file"),
    ]:
        said = hudhud(*arguments, status=1)
        assert told in said and "Traceback" not in said, said
    assert "ZAGELY_SECRET_KEY" in hudhud("send", "+1", "hi", status=1, env={"ZAGELY_SECRET_KEY": ""})
    assert "usage" in hudhud("dance", status=2)


def test_a_failure_with_json_is_printed_as_json(hudhud, hudhud_sandbox, tmp_path):
    def failure(*arguments, **more):
        return json.loads(hudhud(*arguments, "--json", status=1, **more))["error"]

    hudhud_sandbox.fault("messages.send", "status=422", times=1)
    refused = failure("send", "+15551234567", "hello there")
    assert (refused["type"], refused["kind"], refused["status"], refused["call"]) == ("ValidationError", "validation", 422, "messages.send")
    assert "hello" not in str(refused) and "5551234567" not in str(refused)
    invalid = failure("list", "contacts", "per_page=9999")
    assert invalid["type"] == "InvalidRequestError" and list(invalid["field_errors"]) == ["per_page"]
    hudhud_sandbox.fault("messages.send", "status=503")
    tried = failure("send", "+15551234567", "x", "--idempotency-key", "k-7")
    assert (tried["safe_to_retry"], tried["may_have_happened"], tried["idempotency_key"]) == (True, True, "k-7")
    assert failure("preview", "{{ a }} {{ b }}", "a=1")["names"] == ["b"]
    assert "ZAGELY_SECRET_KEY" in failure("send", "+1", "hi", env={"ZAGELY_SECRET_KEY": ""})["message"]
    (tmp_path / "nothing.json").write_text("{}")
    (tmp_path / "body").write_bytes(b"{}")
    forged = failure("verify", "nothing.json", "body")
    assert (forged["reason"], forged["http_status"]) == ("missing_header", 400) and forged["hint"]
    assert "No such file" in failure("verify", "nowhere", "nothing")["message"]


def test_an_unknown_name_gets_a_suggestion(hudhud):
    for arguments, meant in [
        (("curl", "zagely.contact.list"), "zagely.contacts.list"),
        (("curl", "mesages.send"), "zagely.messages.send"),
        (("curl", "wazaj.messages.sendtext"), "wazaj.messages.send_text"),
        (("list", "contacs"), "contacts"),
        (("list", "contact_groups"), "contact-groups"),
    ]:
        assert f"did you mean {meant}?" in hudhud(*arguments, status=2)
    assert "hudhud calls" in hudhud("curl", "xyz", status=2)
    assert "automations, contact-groups" in hudhud("list", "qqqq", status=2)


def test_list_prints_filtered_records(hudhud, hudhud_sandbox):
    with hudhud_sandbox.zagely() as zagely:
        for number in range(5):
            zagely.contacts.create(phone_number=f"+1555000000{number}", name=f"N{number}", tags=["a", "b"][: number % 2 + 1])
    assert len(hudhud("list", "contacts", "per_page=2").splitlines()) == 5
    lines = hudhud("list", "contacts", "--json", "tags=a,b").splitlines()
    assert {json.loads(line)["name"] for line in lines} == {"N1", "N3"}
    assert len(hudhud("list", "contacts", "per_page=1", "--limit", "3").splitlines()) == 3
    assert hudhud("list", "contacts", "search=N2", "--json").count("\n") == 1


def test_list_prints_lone_surrogates_and_infinite_numbers_as_valid_json(hudhud):
    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'{"data":[{"id":"1","name":"\xd8\xa7","custom_fields":{"a":"\\ud83d","b":[1e999,-1e999]}}],"current_page":1,"last_page":1}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        for encoding in "utf-8", "ascii":
            at = {"ZAGELY_BASE_URL": f"http://127.0.0.1:{server.server_port}", "PYTHONIOENCODING": encoding}
            line = hudhud("list", "contacts", "--json", env=at)
            assert json.loads(line)["custom_fields"] == {"a": "\ufffd", "b": [None, None]}
            assert json.loads(line)["name"] == "\u0627"
        server.shutdown()


def test_preview_renders_a_template(hudhud, tmp_path):
    assert hudhud("preview", "Hi {{ name }}!", "name=Jane=x") == "Hi Jane=x!\n"
    (tmp_path / "template.txt").write_text("{{ a }} {{ b }}", encoding="utf-8")
    assert json.loads(hudhud("preview", "@template.txt", "a=1", "--missing", "keep", "--json")) == {
        "text": "1 {{ b }}", "variables": ["a", "b"],
    }


def test_verify_accepts_genuine_deliveries_and_prints_why_others_are_refused(hudhud, tmp_path):
    signed = delivery("webhook.test", secret="whsec_test")
    (tmp_path / "body").write_bytes(signed.body)
    (tmp_path / "headers").write_text("".join(f"{name}: {value}\n" for name, value in signed.headers.items()))
    (tmp_path / "headers.json").write_text(json.dumps(dict(signed.headers)))
    assert "genuine: webhook.test" in hudhud("verify", "headers", "body")
    assert json.loads(hudhud("verify", "headers.json", "body", "--json"))["event"] == "webhook.test"
    (tmp_path / "spaced").write_text(json.dumps(json.loads(signed.body)))
    said = hudhud("verify", "headers", "spaced", status=1)
    assert "signature_mismatch" in said and "written again" in said
    for content in b"{half", b"[]", b"", b"X-Zagely-Signature\n", b"\xff\xfe: 1", b'{"a": 1} 2':
        (tmp_path / "odd").write_bytes(content)
        said = hudhud("verify", "odd", "body", status=1)
        assert "odd: " in said and "one header per line" in said and "X-Zagely-Timestamp" in said, said
    late = delivery("webhook.test", secret="whsec_test", now=1000)
    (tmp_path / "late.json").write_text(json.dumps(dict(late.headers)))
    (tmp_path / "late").write_bytes(late.body)
    assert "timestamp_too_old" in hudhud("verify", "late.json", "late", status=1)
    assert "genuine" in hudhud("verify", "late.json", "late", "--any-age")


def test_curl_prints_a_command_that_works_and_shows_no_key(hudhud, environment):
    text = hudhud("curl", "zagely.contacts.create", "phone_number=+15551234567", "name=O'Neil $HOME", 'custom_fields={"a":1}')
    assert "$ZAGELY_SECRET_KEY" in text and "sk_" not in text
    # The printed command works in a shell.
    pasted = subprocess.run(["sh", "-c", text.replace("curl", "curl --silent", 1)], capture_output=True, env=environment)
    assert json.loads(pasted.stdout)["name"] == "O'Neil $HOME", pasted
    assert json.loads(pasted.stdout)["custom_fields"] == {"a": 1}
    assert shlex.split(hudhud("curl", "wazaj.messages.send_text", "to=+50912345678", "body=true"))[-1] == '{"to":"+50912345678","body":"true"}'
    assert len(hudhud("calls").splitlines()) == 57
    # The command sends the app token where the client sends it, and shows neither the token nor the keys.
    shown = hudhud("curl", "zagely.analytics.overview", env={"ZAGELY_APP_TOKEN": "a-token-of-the-dashboard"})
    assert '"Authorization: Bearer $ZAGELY_APP_TOKEN"' in shown and "a-token" not in shown
    assert "Authorization" not in hudhud("curl", "zagely.analytics.overview")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_listen_prints_genuine_and_refused_deliveries(environment, form):
    command = [sys.executable, "-m", "hudhud", "listen", "--port", "0", "--count", "2", *form]
    listening = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        url = re.search(r"http://\S+/", listening.stderr.readline()).group()
        signed = delivery("message.received", secret="whsec_test")
        assert urllib.request.urlopen(urllib.request.Request(url, signed.body, dict(signed.headers)), timeout=10).status == 200
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(url, b"{}", dict(signed.headers)), timeout=10)
        refused.value.close()
        out, _ = listening.communicate(timeout=20)
        sent = json.loads(signed.body)
        genuine, forged = out.splitlines()
        if form:
            # The whole event, as it was sent.
            told = json.loads(genuine)
            assert {name: told[name] for name in sent if name != "data"} == {name: sent[name] for name in sent if name != "data"}
            assert told["data"]["content"] == sent["data"]["content"]
            assert told["data"]["contact"]["phone_number"] == sent["data"]["contact"]["phone_number"]
            assert json.loads(forged)["refused"] == "signature_mismatch" and json.loads(forged)["http_status"] == 401
        else:
            assert genuine.startswith("message.received") and sent["delivery_id"] in genuine
            assert "signature_mismatch" in forged
            for personal in sent["data"]["content"], sent["data"]["contact"]["phone_number"], sent["data"]["contact"]["name"]:
                assert personal not in out
    finally:
        listening.kill()
        listening.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_list_shows_a_progress_bar_if_only_standard_error_is_a_terminal(hudhud_sandbox, environment):
    import pty

    with hudhud_sandbox.zagely() as zagely:
        for number in range(4):
            zagely.contacts.create(phone_number=f"+1555000000{number}")
    terminal, other_end = pty.openpty()
    command = [sys.executable, "-m", "hudhud", "list", "contacts", "per_page=2"]
    listing = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=other_end, env={**environment, "TERM": "xterm"})
    os.close(other_end)
    shown = b""
    # On a slow machine the bar is drawn more often than the terminal's buffer has room for. Linux reports its end as an error.
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 100_000):
            shown += part
    os.close(terminal)
    items, _ = listing.communicate()
    assert listing.returncode == 0 and len(items.splitlines()) == 4
    assert b"100%" in shown

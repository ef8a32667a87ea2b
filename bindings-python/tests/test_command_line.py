"""The command line, run as a subprocess."""

import contextlib
import http.server
import importlib.metadata
import json
import os
import shlex
import subprocess
import sys
import threading

import pytest
from hudhud.testing import delivery


def test_send_prints_the_message_id_or_json(hudhud):
    assert hudhud("send", "+15551234567", "hi").startswith("sent as ")
    assert json.loads(hudhud("send", "+15551234567", "-", "--json", input="from a pipe"))["status"] == "queued"
    assert isinstance(json.loads(hudhud("send", "+50912345678", "hi", "--wazaj", "--json"))["message_id"], int)
    once = [json.loads(hudhud("send", "+15551234567", "x", "--idempotency-key", "k-1", "--json")) for _ in range(2)]
    assert once[0] == once[1]
    again = hudhud("send", "+15551234567", "another text", "--idempotency-key", "k-1")
    assert again.startswith("already sent as ") and again.rstrip().endswith(" under this idempotency key; nothing new was sent")


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
    result = subprocess.run(
        [sys.executable, "-c", "import hudhud; print(hudhud.Zagely.from_env().account.me.request().url)"],
        env={**os.environ, **empty, "ZAGELY_PUBLIC_KEY": "pk_a", "ZAGELY_SECRET_KEY": "sk_b"}, capture_output=True, text=True,
    )
    assert result.stdout.startswith("https://"), result


def test_a_failure_is_printed_with_the_exit_code_of_its_kind(hudhud):
    for arguments, expected, status in [
        (("send", "5551234567x", "hi"), "to: The to field must be a phone number", 3),
        (("send", "+15551234567", ""), "message", 3),
        (("list", "contacts", "per_page=9999"), "per_page", 3),
        (("list", "contacts", "colour=red"), "colour", 2),
        (("preview", "Hi {{ name }}"), "name", 3),
        (("verify", "nowhere", "nothing"), "nowhere: No such file", 11),
        (("call", "contacts.get", "contact_id=nobody"), "not_found", 5),
    ]:
        assert expected in hudhud(*arguments, status=status)
    assert "ZAGELY_SECRET_KEY" in hudhud("send", "+1", "hi", status=4, env={"ZAGELY_SECRET_KEY": ""})
    assert "usage: hudhud" in hudhud("dance", status=2)
    assert "did you mean list?" in hudhud("lists", status=2)


@pytest.mark.parametrize(
    ("fault", "status", "name"),
    [
        ("status=401", 4, "credentials"),
        ("status=403", 4, "credentials"),
        ("status=422", 3, "invalid"),
        ("status=429;retry-after=600;code=daily_quota_exceeded", 6, "limited"),
        ("status=429;retry-after=600", 6, "limited"),
        ("status=500", 7, "unavailable"),
        ("html;status=200", 9, "unexpected"),
        ("status=302", 9, "unexpected"),
        ("lost", 8, "transport"),
    ],
)
def test_each_kind_of_failure_has_an_exit_code(hudhud, hudhud_sandbox, fault, status, name):
    # Faults of an earlier attempt last for all attempts.
    hudhud_sandbox.fault("messages.send_text", fault)
    failure = json.loads(hudhud("send", "+50912345678", "hi", "--wazaj", "--json", status=status))["error"]
    assert (failure["exit_code"], failure["exit_name"]) == (status, name)


def test_the_exit_codes_cover_all_kinds_and_are_documented(hudhud):
    from hudhud._cli.exit_codes import EXIT_CODES, OF_KIND
    from hudhud._hudhud import ERROR_KINDS

    assert set(OF_KIND) == set(ERROR_KINDS)
    assert len({code.code for code in EXIT_CODES}) == len({code.name for code in EXIT_CODES}) == len(EXIT_CODES)
    help_text = hudhud("--help")
    # The package contains its README as the description.
    readme = importlib.metadata.metadata("hudhud").get_payload() or importlib.metadata.metadata("hudhud")["Description"]
    for code in EXIT_CODES:
        assert f"{code.code:>3}  {code.name:<12} {code.meaning}" in help_text
        assert f"| {code.code} `{code.name}` | {code.meaning} |" in readme


def test_without_a_command_the_help_is_printed(hudhud):
    assert hudhud() == hudhud("--help")
    assert hudhud("--version").startswith("hudhud ")


def test_options_work_before_and_after_the_command(hudhud):
    for arguments in ("--json", "calls"), ("calls", "--json"):
        assert json.loads(hudhud(*arguments).splitlines()[0])["call"] == "zagely.account.health"
    assert "unrecognized arguments: '--jsn'" in hudhud("calls", "--jsn", status=2)
    assert json.loads(hudhud("--json", "list", "contacs", status=2))["error"]["exit_name"] == "usage"
    assert json.loads(hudhud("dance", "--json", status=2))["error"]["exit_name"] == "usage"


def test_a_transport_error_names_the_host_and_the_cause(hudhud):
    for base_url, host, cause in [
        ("http://127.0.0.1:9", "127.0.0.1:9", "refused"),
        ("https://no-such-host.invalid", "no-such-host.invalid", ""),
    ]:
        output = hudhud("call", "account.me", status=8, env={"ZAGELY_BASE_URL": base_url}).lower()
        assert host in output and cause in output
        assert "cause: " in output or "reason: " in output


def test_a_message_about_arguments_contains_no_private_text(hudhud):
    for arguments, expected in [
        (("send", "+15551234567", "meet", "me", "+15558675309"), "quotation marks"),
        (("call", "+15558675309"), "unknown call '[redacted]'"),
        (("call", "contacts.list", "+15558675309"), "'[redacted]': expected name=value"),
        (("call", "contacts.list", "page=+15558675309"), "page: expected a whole number, not '[redacted]'"),
        (("call", "contacts.list", "me@example.com=1"), "no field '[redacted]'"),
        (("call", "contacts.update", "contact_id=c", "custom_fields=meet me"), "custom_fields: expected a JSON object"),
        (("calls", "--sk_abcdefghijkl"), "unrecognized arguments"),
    ]:
        output = hudhud(*arguments, status=2)
        assert expected in output
        for private in "5558675309", "5551234567", "meet", "example.com", "sk_abcdefghijkl":
            assert private not in output


def test_the_help_names_every_environment_variable_that_the_clients_read(hudhud, monkeypatch):
    import hudhud as package

    class Spy(dict):
        read = {"ZAGELY_WEBHOOK_SECRET"}

        def get(self, name, default=None):
            self.read.add(name)
            return super().get(name, default)

    keys = {"ZAGELY_PUBLIC_KEY": "pk_a", "ZAGELY_SECRET_KEY": "sk_b", "WAZAJ_API_KEY": "wzj_c"}
    help_text = hudhud("--help")
    monkeypatch.setattr(os, "environ", Spy({**keys, "WAZAJ_BASE_URL": "https://a.example/api/wazaj/business"}))
    package.Zagely.from_env()
    package.Wazaj.from_env()
    monkeypatch.undo()
    assert keys.keys() <= Spy.read
    for name in Spy.read:
        assert not name.startswith(("ZAGELY_", "WAZAJ_")) or name in help_text


def test_closed_standard_streams_cause_no_traceback(environment, tmp_path):
    for redirected, status in ("| head -n 1", None), (">&-", 0), ("2>&-", 0), ("<&-", 0), (">/dev/full", 11):
        command = f"{shlex.quote(sys.executable)} -m hudhud calls {redirected}"
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, cwd=tmp_path)
        assert "Traceback" not in done.stderr and "Exception" not in done.stderr, done
        if status is not None:
            assert done.returncode == status, done


def test_a_closed_pipe_has_an_exit_code_of_its_own(environment):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-m", "hudhud", "calls"], stdout=writing, stderr=subprocess.PIPE, text=True, env=environment)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_verbose_and_the_environment_show_attempts_and_waits(environment, hudhud_sandbox):
    def lines(*arguments, **env):
        hudhud_sandbox.fault("account.me", "status=503", times=1)
        command = [sys.executable, "-m", "hudhud", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env={**environment, **env}).stderr.splitlines()

    for shown in (
        lines("-v", "call", "zagely.account.me"),
        lines("call", "zagely.account.me", "--verbose"),
        lines("call", "zagely.account.me", HUDHUD_LOG="debug"),
        lines("-v", "call", "zagely.account.me", HUDHUD_LOG="warning"),
    ):
        stderr = "\n".join(shown)
        assert sum("account.me" in line and "503" in line for line in shown) >= 1, stderr
        assert sum(" WARNING " in line for line in shown) == 1, stderr
        assert environment["ZAGELY_SECRET_KEY"] not in stderr
    assert lines("call", "zagely.account.me") == []


def test_the_session_of_the_environment_is_the_default(hudhud, hudhud_sandbox, monkeypatch):
    import hudhud as package

    def body(*arguments, **env):
        return json.loads(json.loads(hudhud("curl", *arguments, "--json", env=env))["body"])

    message = ("messages.send", "to=+15551234567", "message=hi")
    session = hudhud_sandbox["session_id"]
    assert body(*message)["session_id"] == session
    assert body(*message, "session_id=s-1")["session_id"] == "s-1"
    assert "session_id" not in body(*message, ZAGELY_SESSION_ID="")
    assert body("campaigns.create", "name=n", "message_content=x", "target_type=all")["session_id"] == session
    for name, value in {"ZAGELY_PUBLIC_KEY": "pk_a", "ZAGELY_SECRET_KEY": "sk_b", "ZAGELY_SESSION_ID": "s-1"}.items():
        monkeypatch.setenv(name, value)
    # A setting that is passed has priority over the environment.
    for settings, expected in ({}, "s-1"), ({"session_id": "s-2"}, "s-2"):
        request = package.Zagely.from_env(**settings).messages.send.request(to="+15551234567", message="hi")
        assert json.loads(request.content)["session_id"] == expected


def test_a_failure_with_json_is_printed_as_json(hudhud, hudhud_sandbox, tmp_path):
    def failure(*arguments, status, **more):
        failed = json.loads(hudhud(*arguments, "--json", status=status, **more))["error"]
        assert failed["exit_code"] == status
        return failed

    hudhud_sandbox.fault("messages.send", "status=422", times=1)
    refused = failure("send", "+15551234567", "hello there", status=3)
    assert (refused["type"], refused["kind"], refused["status"], refused["call"]) == ("ValidationError", "validation", 422, "messages.send")
    assert "hello" not in str(refused) and "5551234567" not in str(refused)
    invalid = failure("list", "contacts", "per_page=9999", status=3)
    assert invalid["type"] == "InvalidRequestError" and list(invalid["field_errors"]) == ["per_page"]
    hudhud_sandbox.fault("messages.send", "status=503")
    tried = failure("send", "+15551234567", "x", "--idempotency-key", "k-7", status=7)
    assert (tried["safe_to_retry"], tried["may_have_happened"], tried["idempotency_key"]) == (True, True, "k-7")
    assert failure("preview", "{{ a }} {{ b }}", "a=1", status=3)["names"] == ["b"]
    assert "ZAGELY_SECRET_KEY" in failure("send", "+1", "hi", status=4, env={"ZAGELY_SECRET_KEY": ""})["message"]
    (tmp_path / "nothing.json").write_text('{"Host": "x"}')
    (tmp_path / "body").write_bytes(b"{}")
    forged = failure("verify", "nothing.json", "body", status=10)
    assert (forged["reason"], forged["http_status"]) == ("missing_header", 400) and forged["hint"]
    assert "No such file" in failure("verify", "nowhere", "nothing", status=11)["message"]


def test_an_unknown_name_gets_a_suggestion(hudhud):
    for arguments, meant in [
        (("curl", "zagely.contact.list"), "zagely.contacts.list"),
        (("curl", "mesages.send"), "zagely.messages.send"),
        (("curl", "wazaj.messages.sendtext"), "wazaj.messages.send_text"),
        (("list", "contacs"), "contacts"),
        (("list", "contact_groups"), "contact-groups"),
        (("call", "zagely.contacts.gett"), "zagely.contacts.get"),
        (("calls", "contacts.updat"), "zagely.contacts.update"),
        (("call", "contacts.get", "id=1"), "contact_id"),
        (("call", "messages.send", "mesage=hi"), "message"),
        (("completion", "bsh"), "bash"),
        (("listen", "--event", "message.recieved"), "message.received"),
    ]:
        assert f"did you mean {meant}?" in hudhud(*arguments, status=2)
    # A call that the vendor does not document gets no suggestion of another call.
    assert "the calls of campaigns are create, update," in hudhud("call", "campaigns.list", status=2)
    assert "no list of campaigns" in hudhud("list", "campaigns", status=2)
    assert "hudhud calls" in hudhud("curl", "xyz", status=2)
    assert "automations, contact-groups" in hudhud("list", "qqqq", status=2)


def test_list_prints_filtered_records(hudhud, hudhud_sandbox):
    with hudhud_sandbox.zagely() as zagely:
        for number in range(5):
            zagely.contacts.create(phone_number=f"+1555000000{number}", name=f"N{number}", tags=["a", "b"][: number % 2 + 1])
    assert len(hudhud("list", "contacts", "per_page=2").splitlines()) == 1 + 5
    lines = hudhud("list", "contacts", "--json", "tags=a,b").splitlines()
    assert {json.loads(line)["name"] for line in lines} == {"N1", "N3"}
    assert len(hudhud("list", "contacts", "per_page=1", "--limit", "3").splitlines()) == 1 + 3
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
    output = hudhud("verify", "headers", "spaced", status=10)
    assert "signature_mismatch" in output and "written again" in output
    assert "the signature is right once the JSON of the body is made compact" in output
    for content in b"{half", b"[]", b"", b"X-Zagely-Signature\n", b"\xff\xfe: 1", b'{"a": 1} 2', b"[" * 100_000, b"{'a'":
        (tmp_path / "odd").write_bytes(content)
        output = hudhud("verify", "odd", "body", status=2)
        assert "odd: " in output and "one header per line" in output and "X-Zagely-Timestamp" in output, output
    late = delivery("webhook.test", secret="whsec_test", now=1000)
    (tmp_path / "late.json").write_text(json.dumps(dict(late.headers)))
    (tmp_path / "late").write_bytes(late.body)
    assert "timestamp_too_old" in hudhud("verify", "late.json", "late", status=10)
    assert "genuine" in hudhud("verify", "late.json", "late", "--any-age")


def test_curl_prints_a_command_that_works_and_shows_no_key(hudhud, environment):
    text = hudhud("curl", "zagely.contacts.create", "phone_number=+15551234567", "name=O'Neil $HOME", 'custom_fields={"a":1}')
    assert "$ZAGELY_SECRET_KEY" in text and "sk_" not in text
    # The printed command works in a shell.
    pasted = subprocess.run(["sh", "-c", text], capture_output=True, env=environment)
    assert pasted.stderr == b""
    assert json.loads(pasted.stdout)["name"] == "O'Neil $HOME", pasted
    assert json.loads(pasted.stdout)["custom_fields"] == {"a": 1}
    assert shlex.split(hudhud("curl", "wazaj.messages.send_text", "to=+50912345678", "body=true"))[-1] == '{"to":"+50912345678","body":"true"}'
    assert len(hudhud("calls").splitlines()) == 57
    # The command sends the app token where the client sends it, and shows neither the token nor the keys.
    shown = hudhud("curl", "zagely.analytics.overview", env={"ZAGELY_APP_TOKEN": "a-token-of-the-dashboard"})
    assert '"Authorization: Bearer $ZAGELY_APP_TOKEN"' in shown and "a-token" not in shown
    assert "Authorization" not in hudhud("curl", "zagely.analytics.overview")


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
    assert listing.returncode == 0 and len(items.splitlines()) == 1 + 4
    assert b"100%" in shown

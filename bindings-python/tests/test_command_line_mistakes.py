"""Random arguments on the command line. Every command ends with a documented exit code and without a traceback."""

import collections
import contextlib
import io
import json
import logging
import os
import subprocess
import sys

import pytest
from hostile import answer
from hudhud._cli import server
from hudhud._cli.exit_codes import EXIT_CODES, INTERNAL
from hudhud._cli.run import main
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

DOCUMENTED = {code.code for code in EXIT_CODES} - {INTERNAL.code}
# Calls with the fields that they require.
CALLS = {
    "contacts.get": ["contact_id=c"],
    "contacts.list": [],
    "contacts.update": ["contact_id=c"],
    "contacts.import": ["file=@file"],
    "messages.send": ["to=+15551234567", "message=hi"],
    "campaigns.create": ["name=n", "message_content=x", "target_type=all"],
    "automations.create": ["name=n"],
    "analytics.message_activity": [],
    "webhooks.deliveries": ["webhook_id=w"],
    "account.me": [],
    "wazaj.messages.send_text": ["to=+50912345678", "body=hi"],
    "wazaj.messages.send_template": ["to=+50912345678", "template_name=t"],
}
FIELDS = ["contact_id", "page", "tags", "name", "custom_fields", "file", "to", "message", "body", "template_components", "is_active", "scheduled_at"]
FIELDS += ["webhook_id", "search", "per_page", "file_name", "template_name", "template_language", "type", "priority", "target_filters"]
VALUES = ["", "null", "true", "1", "-1", "1e999", "9" * 400, "9" * 5000, "[", "{", "[]", "{}", "[1,null]", '{"a":{"b":[]}}', "@", "@-", "@nowhere", "@.", "@@x"]
VALUES += ["[" * 20_000, "+15551234567", "\ud83d", "\x1b[2J", "é", "2026-01-01", "2026-01-01T00:00:00Z", "NaN", "[NaN]", "@file", "0x10", "١", "a,b,,", "[[[[]]]]"]
WORDS = ["--json", "-v", "--verbose", "--all", "--limit", "--limit=2", "--idempotency-key", "--idempotency-key=k", "--wazaj", "--session-id=s", "--any-age", "--help", "--version"]
WORDS += ["--count=1", "--port=0", "--port", "--register", "--url=https://a.example/", "--url=//", "--forward-to=a", "--forward-to=http://[", "--save=folder", "--event=*", "--event=x"]
WORDS += ["--missing=keep", "--missing", "--", "-", "-x", "--nope", "", "file", "nowhere", "bash", "zsh", "fish", "contacts", "webhooks", "{{ a }}", "{{", "+15551234567", "hi", *CALLS]
TEXT = st.text(max_size=12).filter(lambda text: "\0" not in text and not text.startswith("/") and ".." not in text)
PAIRS = st.builds("{}={}".format, st.one_of(st.sampled_from(FIELDS), TEXT), st.one_of(st.sampled_from(VALUES), TEXT))
VALUE = st.one_of(st.sampled_from(VALUES), TEXT)


def command(name, *words, options=()):
    """Arguments of a command that usually have its form."""
    many = st.lists(PAIRS, max_size=4) if name in ("call", "curl", "list", "preview") else st.just([])
    chosen = st.lists(st.sampled_from([*options, "--json", "-v"]), max_size=3, unique=True)
    return st.tuples(chosen, *words, many, st.lists(st.sampled_from(WORDS), max_size=1)).map(
        lambda parts: [name, *(word for part in parts for word in (part if isinstance(part, list) else [part]))]
    )


CALL = st.sampled_from([*([name] for name in CALLS), *([name, *fields] for name, fields in CALLS.items())])
ARGUMENTS = st.one_of(
    st.lists(st.one_of(st.sampled_from(WORDS), PAIRS, TEXT), max_size=6),
    command("call", CALL, options=["--all", "--limit=2", "--idempotency-key=k"]),
    command("curl", st.one_of(CALL, TEXT)),
    command("list", st.sampled_from(["contacts", "webhooks", "messages", "contact-groups", "campaigns", "x"]), options=["--limit=1"]),
    command("send", VALUE, VALUE, options=["--wazaj", "--session-id=s", "--idempotency-key=\ud83d"]),
    command("calls", st.one_of(st.sampled_from(list(CALLS)), TEXT)),
    command("preview", st.one_of(VALUE, st.sampled_from(["{{ a }}", "{{ name }}{{", "@file"])), options=["--missing=keep", "--missing=empty"]),
    command("verify", st.sampled_from(["file", "nowhere", ".", "-", "file.body"]), options=["--any-age"]),
    command("verify", st.sampled_from(["file", "nowhere", "-"]), st.sampled_from(["file", "-", "."])),
    command("listen", options=["--port=0", "--register", "--url=https://a.example/", "--url=//", "--forward-to=a", "--save=folder", "--event=*", "--count=1", "--secret-file=secret"]),
    command("completion", st.sampled_from(["bash", "zsh", "fish", "sh"])),
)


def response(connection, number):
    """Answers each request in another way."""
    bodies = [b"{}", b'{"data":[]}', b"null", b"[]", b'{"data":{"id":"1"}}', b'{"data":[{"id":1,"name":[{}]}],"total":9}', b"<html>", b'"x"', b"\xff"]
    statuses = ["200 OK", "422 No", "404 No", "401 No", "302 Found"]
    connection.sendall(answer(bodies[number % len(bodies)], statuses[number % len(statuses)]))


@pytest.fixture
def quiet(hostile, monkeypatch, tmp_path):
    """A function that runs the command line in this process, against a server that answers in odd ways."""
    url = hostile(response).url
    for name, value in {
        "ZAGELY_PUBLIC_KEY": "pk_a", "ZAGELY_SECRET_KEY": "sk_b", "ZAGELY_BASE_URL": url, "ZAGELY_WEBHOOK_SECRET": "whsec_a",
        "WAZAJ_API_KEY": "wzj_a", "WAZAJ_BASE_URL": f"{url}/api/wazaj/business",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(b"X-Zagely-Timestamp: 1\nX-Zagely-Signature: sha256=00\n\n{}")

    def interrupted(self, webhook, count):
        raise KeyboardInterrupt

    # `hudhud listen` does everything else.
    monkeypatch.setattr(server.DeliveryServer, "serve", interrupted)

    log = logging.getLogger("hudhud")
    handlers, level = list(log.handlers), log.level

    def run(arguments):
        out, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xffstandard input"), encoding="utf-8"))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(stderr):
            status = main(arguments)
        # `-v` adds a handler for the rest of the process.
        log.handlers[:] = handlers
        log.setLevel(level)
        printed = [stream.buffer.getvalue().decode() for stream in (out, stderr)]
        out.detach()
        stderr.detach()
        return status, *printed

    return run


@pytest.mark.one_python
def test_random_arguments_end_with_a_documented_exit_code(quiet):
    reached = collections.defaultdict(set)

    @settings(max_examples=600, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(arguments=ARGUMENTS, before=st.sampled_from([[], ["--json"], ["-v"]]))
    @example(arguments=["listen", "--port=80000"], before=[])
    @example(arguments=["list", "contacts", "per_page=abc"], before=[])
    @example(arguments=["preview", "\ud83d"], before=[])
    @example(arguments=["verify", ".", "."], before=[])
    @example(arguments=["send", "\ud83d", "\ud83d"], before=["--json"])
    def each(arguments, before):
        status, out, stderr = quiet([*before, *arguments])
        reached[arguments[0] if arguments else ""].add(status)
        assert status in DOCUMENTED, stderr
        assert "Traceback" not in stderr + out
        assert status not in (2, 3, 4, 5, 8, 9, 10, 11) or stderr
        if stderr and "--json" in before and not {"-v", "--verbose", "listen"} & set(arguments):
            assert json.loads(stderr)["error"]["exit_code"] == status

    each()
    # The server gives each pair of a body and a status once in 45 requests.
    for _ in range(45):
        reached["list"].add(quiet(["list", "contacts"])[0])
        reached["call"].add(quiet(["call", "account.me"])[0])
    # Arguments that every command refuses at once would show little.
    for name in "call", "curl", "list", "calls", "preview", "completion":
        assert {0, 2} <= reached[name], reached
    assert 10 in reached["verify"] and 130 in reached["listen"] and {0, 3, 5} & reached["send"], reached


@pytest.mark.one_python
@settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(call=CALL, pairs=st.lists(PAIRS, max_size=5), as_json=st.booleans())
def test_random_fields_end_with_a_documented_exit_code(quiet, call, pairs, as_json):
    status, out, stderr = quiet(["call", *call, *pairs, *["--json"] * as_json])
    assert status in DOCUMENTED, stderr
    if as_json and status:
        assert json.loads(stderr)["error"]["exit_code"] == status


@pytest.mark.one_python
@settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(headers=st.one_of(st.binary(max_size=200), TEXT.map(str.encode), st.sampled_from(VALUES).map(lambda text: text.encode("utf-8", "replace"))), body=st.binary(max_size=200))
@example(headers=b'{"X-Zagely-Signature": {}, "X-Zagely-Timestamp": []}', body=b"")
@example(headers=b"{" * 100_000, body=b"")
@example(headers=b"X-Zagely-Signature: sha256=" + b"0" * 64 + b"\nX-Zagely-Timestamp: " + b"9" * 5000, body=b"\xff\xfe\x00")
def test_random_captures_end_with_a_documented_exit_code(quiet, headers, body):
    for name, content in ("h", headers), ("b", body):
        with open(name, "wb") as file:
            file.write(content)
    for arguments in ["verify", "h", "b"], ["verify", "h"], ["verify", "h", "b", "--any-age", "--json"]:
        status, _, stderr = quiet(arguments)
        assert status in (2, 10), stderr


def test_arguments_that_are_no_text_end_with_a_documented_exit_code(environment, tmp_path):
    """Of a new process, whose arguments are bytes."""
    for arguments in [
        [b"\xff"], [b"preview", b"\xff"], [b"send", b"\xff", b"\xff"], [b"list", b"\xff"], [b"call", b"\xff"], [b"verify", b"\xff", b"\xff"],
        [b"call", b"contacts.get", b"contact_id=\xff"], [b"call", b"contacts.get", b"contact_id=@\xff"], [b"curl", b"contacts.get", b"contact_id=\xff"],
        [b"calls", b"\xff"], [b"listen", b"--event", b"\xff"], [b"listen", b"--forward-to", b"http://\xff/"], [b"completion", b"\xff"],
        [b"--json", b"preview", b"\xff"], [b"preview", b"x", b"\xff=\xff"], [b"send", b"+15551234567", b"x", b"--idempotency-key", b"\xff"],
    ]:
        encoding = "ascii" if len(arguments) % 2 else "utf-8"
        command = [os.fsencode(sys.executable), b"-m", b"hudhud", *arguments]
        done = subprocess.run(command, capture_output=True, cwd=tmp_path, env={**environment, "PYTHONIOENCODING": encoding}, timeout=60)
        assert done.returncode in DOCUMENTED and b"Traceback" not in done.stderr, done


def test_variables_that_are_no_text_end_with_a_documented_exit_code(environment, tmp_path):
    (tmp_path / "capture").write_bytes(b"X-Zagely-Timestamp: 1\nX-Zagely-Signature: sha256=00\n\n{}")
    for name in sorted(name for name in environment if name.startswith(("ZAGELY_", "WAZAJ_"))):
        command = ["verify", "capture"] if "WEBHOOK" in name else ["curl", "wazaj.messages.send_text", "to=+50912345678", "body=x"] if "WAZAJ" in name else ["curl", "messages.send", "to=+15551234567", "message=x"]
        for value in b"\xff", b" ", b"a\nb", b"http://[", b"'":
            variables = {**{os.fsencode(key): os.fsencode(text) for key, text in environment.items()}, name.encode(): value}
            done = subprocess.run([sys.executable, "-m", "hudhud", *command], capture_output=True, cwd=tmp_path, env=variables, timeout=60)
            assert done.returncode in DOCUMENTED and b"Traceback" not in done.stderr, (name, value, done)


def test_an_unexpected_exception_is_reported_without_a_traceback(quiet, monkeypatch):
    from hudhud._cli import calling

    def broken(options):
        raise ZeroDivisionError("secret text")

    monkeypatch.setattr(calling, "calls", broken)
    status, _, stderr = quiet(["calls"])
    assert status == INTERNAL.code and "internal error: ZeroDivisionError" in stderr
    assert "Traceback" not in stderr and "secret text" not in stderr


def test_fields_are_not_said_to_be_required(hudhud):
    for command, names in ("call", "NAME"), ("list", "WHAT"), ("curl", "NAME"), ("preview", "template"):
        assert f"the following arguments are required: {names}\n" in hudhud(command, status=2)

"""The command `hudhud send-many`: its check of all rows, its sending, and how it is stopped and resumed."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from hudhud import Template
from hudhud._cli.braces import without_variable
from hudhud.outbox import read_report
from hypothesis import given
from hypothesis import strategies as st

CONTACTS = "name,phone,city\nJane,+15551230001,Cairo\nOmar,+15551230002,\n,+15551230003,Giza\nMona,0155512,Giza\nJo,+1 555 123 0001,\n"
HI = ("--template", "Hi {{ name }}")


@pytest.fixture
def contacts(tmp_path):
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    return "contacts.csv"


def rows(count):
    return "to;name\n" + "".join(f"+1555{at:07};N{at}\n" for at in range(count))


def test_faulty_rows_are_reported_before_anything_is_sent(hudhud, contacts, hudhud_sandbox, tmp_path):
    out, err = hudhud("send-many", contacts, *HI, status=3, streams=True)
    assert out.splitlines() == [
        "2 messages to send, 3 faulty rows",
        "  row 4: the template needs values for name",
        "  row 5: the number must begin with + and the country code",
        "  row 6: an earlier row has the same recipient: remove one of them",
    ]
    assert "--skip-faulty" in err
    assert hudhud_sandbox.admin("GET", "/recipients")["zagely"] == {}
    assert os.listdir(tmp_path) == [contacts]


def test_a_dry_run_sends_nothing_and_writes_no_file(hudhud, contacts, hudhud_sandbox, tmp_path):
    report = json.loads(hudhud("send-many", contacts, *HI, "--dry-run", "--skip-faulty", "--json"))
    assert (report["event"], report["messages"], report["faulty"]) == ("checked", 2, 3)
    assert [row["row"] for row in report["faulty_rows"]] == [4, 5, 6]
    assert "1555" not in json.dumps(report)
    assert hudhud_sandbox.admin("GET", "/recipients")["zagely"] == {}
    assert os.listdir(tmp_path) == [contacts]


def test_the_messages_are_sent_once_and_reported(hudhud, contacts, hudhud_sandbox):
    assert "--yes" in hudhud("send-many", contacts, *HI, "--skip-faulty", status=2)
    output = hudhud("send-many", contacts, *HI, "--skip-faulty", "--yes")
    assert output.splitlines()[-3:] == ["sent     2", "refused  0", "unknown  0"]
    sent = hudhud_sandbox.admin("GET", "/messages")["data"]
    assert {(each["phone_number"], each["content"]) for each in sent} == {("+15551230001", "Hi Jane"), ("+15551230002", "Hi Omar")}
    again = hudhud("send-many", contacts, *HI, "--skip-faulty", "--yes", status=2)
    assert "hudhud send-many --resume contacts.csv.outbox" in again
    report = json.loads(hudhud("send-many", "--resume", "contacts.csv.outbox", "--json"))
    assert (report["event"], report["sent"], report["is_complete"]) == ("report", 2, True)
    assert hudhud_sandbox.admin("GET", "/recipients")["zagely"] == {"+15551230001": 1, "+15551230002": 1}


def test_wazaj_sends_too(hudhud, contacts, hudhud_sandbox, tmp_path):
    (tmp_path / "w.csv").write_text(rows(3), encoding="utf-8")
    hudhud("send-many", "w.csv", *HI, "--wazaj", "--yes")
    assert len(hudhud_sandbox.admin("GET", "/recipients")["wazaj"]) == 3
    assert "3" in hudhud("send-many", "--report", "w.csv.outbox")


def test_refusals_have_an_exit_code_and_rows(hudhud, hudhud_sandbox, tmp_path):
    (tmp_path / "c.csv").write_text(rows(4), encoding="utf-8")
    body = {"fault": "status=422", "match": {"call": "messages.send"}, "times": 2}
    hudhud_sandbox.admin("POST", "/faults", body)
    out, _ = hudhud("send-many", "c.csv", *HI, "--yes", "--json", "--concurrency", "1", status=12, streams=True)
    report = json.loads(out.splitlines()[-1])
    assert (report["sent"], report["refused"], [row["row"] for row in report["rows"]["refused"]]) == (2, 2, [2, 3])
    assert sum(report["refused_by_reason"].values()) == 2


def test_a_used_up_quota_stops_and_the_rest_is_resumed(hudhud, hudhud_sandbox, tmp_path):
    (tmp_path / "c.csv").write_text(rows(5), encoding="utf-8")
    fault = "status=429;code=daily_quota_exceeded"
    hudhud_sandbox.admin("POST", "/faults", {"fault": fault, "match": {"call": "messages.send"}, "times": 1})
    _, err = hudhud("send-many", "c.csv", *HI, "--yes", "--concurrency", "1", status=6, streams=True)
    assert "stopped: quota_exceeded: daily_quota_exceeded; continue with `hudhud send-many --resume c.csv.outbox`" in err
    hudhud("send-many", "--resume", "c.csv.outbox")
    assert set(hudhud_sandbox.admin("GET", "/recipients")["zagely"].values()) == {1}
    assert len(hudhud_sandbox.admin("GET", "/recipients")["zagely"]) == 5


def test_braces_that_are_no_variable_are_reported_before_anything_is_sent(hudhud, contacts, hudhud_sandbox, tmp_path):
    text = "Hi {{ name }},\nyour code {{ city is ready }.\nBye }} {{}}"
    out, err = hudhud("send-many", contacts, "--template", text, "--dry-run", "--skip-faulty", streams=True)
    assert out.splitlines()[0] == "2 messages to send, 3 faulty rows"
    assert err.splitlines() == [
        "hudhud: warning: line 2, column 11: the template has `{{` and `}}` around a brace, which is sent as text; write a variable as {{name}}",
        "hudhud: warning: line 3, column 8: the template has `{{}}` without a name, which is sent as text; write a variable as {{name}}",
    ]
    (tmp_path / "hi.txt").write_text("Hi {{ name }}, {{ city", encoding="utf-8")
    report = json.loads(hudhud("send-many", contacts, "--template", "@hi.txt", "--dry-run", "--skip-faulty", "--json"))
    warning = "line 1, column 16: the template has `{{` without `}}`, which is sent as text; write a variable as {{name}}"
    assert report["warnings"] == [{"line": 1, "column": 16, "warning": warning}]
    # It is a warning: the vectors say that such a text is sent.
    hudhud("send-many", contacts, "--template", "@hi.txt", "--skip-faulty", "--yes")
    assert {each["content"] for each in hudhud_sandbox.admin("GET", "/messages")["data"]} == {"Hi Jane, {{ city", "Hi Omar, {{ city"}
    _, err = hudhud("preview", "Hi }}", streams=True)
    assert err.splitlines() == ["hudhud: warning: line 1, column 4: the template has `}}` without `{{`, which is sent as text; write a variable as {{name}}"]


@given(st.text("{} \nab", max_size=14))
def test_braces_are_reported_unless_they_are_those_of_variables(text):
    template = Template(text)
    rest = template.render(dict.fromkeys(template.variables, "."))
    assert bool(without_variable(text)) == ("{{" in rest or "}}" in rest)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_it_and_the_printed_command_resumes(hudhud, environment, hudhud_sandbox, tmp_path, number, status):
    (tmp_path / "c.csv").write_text(rows(60), encoding="utf-8")
    hudhud_sandbox.admin("POST", "/faults", {"fault": "delay=300", "match": {"call": "messages.send"}})
    command = [sys.executable, "-m", "hudhud", "send-many", "c.csv", *HI, "--yes", "--concurrency", "2"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background ignores the signal, and its programs inherit that.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    while len(hudhud_sandbox.admin("GET", "/recipients")["zagely"]) < 5:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    _, output = process.communicate(timeout=60)
    assert process.returncode == status, output
    assert "continue with `hudhud send-many --resume c.csv.outbox`" in output
    before = len(hudhud_sandbox.admin("GET", "/recipients")["zagely"])
    assert before < 60
    hudhud_sandbox.admin("DELETE", "/faults")
    report = json.loads(hudhud("send-many", "--resume", "c.csv.outbox", "--json"))
    # The messages in flight had their outcomes before the program ended.
    assert (report["sent"], report["unknown"]) == (60, 0)
    assert hudhud_sandbox.admin("GET", "/recipients")["zagely"] == {f"+1555{at:07}": 1 for at in range(60)}


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        (CONTACTS, ("--template", "Hi {{ nme }}"), "unknown column 'nme': did you mean name?"),
        (CONTACTS, (*HI, "--to", "fone"), "unknown column 'fone': did you mean phone?"),
        ("Jane,+15551230001\n", HI, "the columns of the first row are 'Jane', '[redacted]'; name the column with --to, or add a first row with names"),
        (CONTACTS, ("--template", ""), "--template is empty: pass the text of the message, or @FILE"),
        (CONTACTS, ("--template", " \n"), "--template is empty"),
        ("", HI, "its first row must name the columns"),
        ("to,name,name\n", HI, "the column 'name' occurs twice"),
        ("to,name\n", (*HI, "--yes"), "no rows to send"),
        ('to,"name\n+15551230001,Jane\n', HI, "the first row is not CSV: check its quotation marks"),
        ('to,name\n+15551230001,"Bob\n+15551230002,Omar\n+15551230003,Mona\n', (*HI, "--skip-faulty", "--yes"), "row 2 is not CSV, and it extends from line 2 to line 4"),
        (CONTACTS, (*HI, "--stop-after-refusals", "99999999999"), "--stop-after-refusals: expected a whole number from 0 to 4294967295"),
        (CONTACTS, (), "expected CONTACTS and --template"),
        (CONTACTS, (*HI, "--wazaj", "--session-id", "s"), "leave out --session-id"),
        (CONTACTS, ("--resume", "x.outbox"), "leave out the other arguments"),
    ],
)
def test_wrong_arguments_say_what_to_do(hudhud, tmp_path, text, arguments, expected):
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    assert expected in hudhud("send-many", "c.csv", *arguments, status=2)


def test_odd_cells_are_faults_of_their_rows(hudhud, tmp_path):
    (tmp_path / "c.csv").write_text('to,name\n+15551230001,Jane,more\n,Omar\n+15551230002,"O ""K"""\n', encoding="utf-8-sig")
    report = json.loads(hudhud("send-many", "c.csv", *HI, "--dry-run", "--skip-faulty", "--json"))
    assert report["faulty_rows"] == [
        {"row": 2, "reason": "3 cells, but only 2 columns: quote cells that contain the separator"},
        {"row": 3, "reason": "no recipient in the column 'to'"},
    ]


def test_a_separator_in_quotation_marks_does_not_separate(hudhud, tmp_path):
    (tmp_path / "c.csv").write_text('to,name,"a;b;c;d"\n+15551230001,Jane,x\n', encoding="utf-8")
    assert json.loads(hudhud("send-many", "c.csv", *HI, "--dry-run", "--json"))["messages"] == 1


def test_a_message_that_is_too_large_is_named(hudhud, tmp_path):
    (tmp_path / "c.csv").write_text("to,name\n+15551230001," + "é" * 500_000 + "\n", encoding="utf-8")
    report = json.loads(hudhud("send-many", "c.csv", *HI, "--dry-run", "--skip-faulty", "--json"))
    assert [row["reason"] for row in report["faulty_rows"]] == ["the fields of a message must be a JSON object of at most 1,000,000 bytes"]


def test_other_files_are_no_journals(hudhud, contacts):
    assert "not the journal of an outbox" in hudhud("send-many", "--report", contacts, status=3)


def test_a_dry_run_shows_the_first_message_and_needs_no_keys(hudhud, contacts, tmp_path):
    without = {"ZAGELY_PUBLIC_KEY": "", "ZAGELY_SECRET_KEY": "", "WAZAJ_API_KEY": ""}
    for more in (), ("--wazaj",):
        command = ("send-many", contacts, "--template", "Hi {{ name }},\n\nin {{ city }}", "--dry-run", "--skip-faulty", *more)
        output = hudhud(*command, env=without)
        assert output.splitlines()[0] == "1 messages to send, 4 faulty rows"
        assert output.splitlines()[-4:] == ["the message of row 2:", "  Hi Jane,", "", "  in Cairo"]
        report = json.loads(hudhud(*command, "--json", env=without))
        assert report["sample"] == {"row": 2, "text": "Hi Jane,\n\nin Cairo"}
    assert "the message of row" not in hudhud("send-many", contacts, *HI, "--skip-faulty", "--yes")
    assert "ZAGELY_PUBLIC_KEY is not set" in hudhud("send-many", "x.csv", *HI, "--yes", env=without, status=4)


def test_a_list_in_another_encoding_is_named_with_its_line(hudhud, tmp_path):
    (tmp_path / "lat.csv").write_bytes("to,name\n+15551230001,José\n".encode("latin-1"))
    expected = "contacts: lat.csv: expected a file in UTF-8, but line 2 has another encoding; save the file as UTF-8"
    assert expected in hudhud("send-many", "lat.csv", *HI, "--dry-run", status=2)


def test_the_journal_next_to_the_list_is_named(hudhud, contacts):
    hudhud("send-many", contacts, *HI, "--skip-faulty", "--yes")
    for name in "--resume", "--report":
        assert "contacts.csv is not the journal: did you mean contacts.csv.outbox?" in hudhud("send-many", name, contacts, status=3)
        assert "x.outbox cannot be opened: No such file" in hudhud("send-many", name, "x.outbox", status=11)


def test_the_report_of_a_killed_command_counts_messages_in_doubt(hudhud, environment, hudhud_sandbox, tmp_path):
    (tmp_path / "c.csv").write_text(rows(6), encoding="utf-8")
    hudhud_sandbox.admin("POST", "/faults", {"fault": "delay=5000", "match": {"call": "messages.send"}})
    command = [sys.executable, "-m", "hudhud", "send-many", "c.csv", *HI, "--yes", "--concurrency", "2"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = tmp_path / "c.csv.outbox"
    while not (journal.exists() and read_report(journal).in_doubt):
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    output, _ = hudhud("send-many", "--report", "c.csv.outbox", status=12, streams=True)
    assert any(line.endswith(" in doubt: perhaps sent; repeated with their keys, so that no contact gets two messages") for line in output.splitlines())


def test_progress_as_lines_has_an_estimate_and_goes_on_while_nothing_is_sent(monkeypatch):
    from hudhud import RateLimit
    from hudhud._cli import progress
    from hudhud.outbox import OutboxReport

    def report(sent):
        return OutboxReport(5000, 5000 - sent, 0, 0, sent, 0, {}, 0, True, None)

    lines = []
    monkeypatch.setattr(progress, "write_error", lines.append)
    monkeypatch.setattr(progress, "_EVERY", 0.02)
    with progress.progress(report(0), False) as show:
        show(report(1), None)
        show(report(2), RateLimit(limit=120))
        show(report(3), RateLimit(limit=120))
        deadline = time.monotonic() + 10
        while len(lines) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert lines[0] == "hudhud: 4998 messages are left, which takes about 42 minutes"
    assert lines[1] == lines[2] == "hudhud: 3 sent, 0 refused, 0 unknown, 4997 left of 5000 (limit 120 a minute, about 42 minutes)"
    lines.clear()
    with progress.progress(report(0), True) as show:
        show(report(2), RateLimit(limit=120))
        time.sleep(0.05)
    assert lines == []

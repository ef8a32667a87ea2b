"""A program with an outbox is killed at random moments and started again, until everything is sent. The sandbox counts.

The long form is a command: `python -m pytest tests/test_outbox_kills.py` with `HUDHUD_OUTBOX_MESSAGES=100000` and
`HUDHUD_OUTBOX_KILLS=1000`. It prints the seed; `HUDHUD_OUTBOX_SEED` repeats the moments of the kills.
"""

import json
import os
import random
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from hudhud import Wazaj, Zagely
from hudhud.outbox import Outbox, read_report
from hudhud.testing.pytest_plugin import Sandbox
from outbox_program import number

pytestmark = pytest.mark.one_python

MESSAGES = int(os.environ.get("HUDHUD_OUTBOX_MESSAGES", "400"))
KILLS = int(os.environ.get("HUDHUD_OUTBOX_KILLS", "8"))
SEED = int(os.environ.get("HUDHUD_OUTBOX_SEED", str(random.getrandbits(32))))
# The least time in which all messages are sent: eight at a time, each in a few milliseconds.
DELAY = max(2, 40_000 // MESSAGES)
SECONDS = MESSAGES * DELAY / 8 / 1000
PROGRAM = Path(__file__).with_name("outbox_program.py")


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox that keeps all messages."""
    command = shlex.split(os.environ["HUDHUD_SANDBOX"])
    limits = ["--per-minute", "0", "--daily", "0", "--monthly", "0", "--keep", str(2 * MESSAGES + 1000)]
    process = subprocess.Popen([*command, *limits], stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def admin(sandbox, method, path, body=None):
    request = urllib.request.Request(
        f"{sandbox['address']}/_sandbox{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {sandbox['admin_token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read() or b"null")


def environment(sandbox):
    return {**os.environ, **Sandbox(sandbox).variables()}


def killed_until_done(command, sandbox, chance):
    """Runs a command until it ends unforced. The first times it is killed: mostly while it sends, and sometimes at any
    moment after its start."""
    for kill in range(KILLS):
        process = subprocess.Popen(command, env=environment(sandbox), stdout=subprocess.PIPE, text=True)
        if kill % 5:
            process.stdout.readline()
            delay = chance.uniform(0, 2 * SECONDS / KILLS)
        else:
            delay = chance.uniform(0, 2)
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        else:
            assert process.returncode == 0
    subprocess.run(command, env=environment(sandbox), check=True, timeout=3600, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("vendor", ["zagely", "wazaj"])
@pytest.mark.parametrize("kind", ["blocking", "async"])
def test_a_killed_program_sends_each_message_once(sandbox, tmp_path, vendor, kind):
    print(f"seed {SEED}")
    chance = random.Random(f"{SEED}-{vendor}-{kind}")
    admin(sandbox, "POST", "/reset")
    admin(sandbox, "DELETE", "/faults")
    # Each call takes a moment, so that kills meet messages in flight.
    call = "messages.send" if vendor == "zagely" else "wazaj.messages.send_text"
    admin(sandbox, "POST", "/faults", {"fault": f"delay={DELAY}", "match": {"call": call}})
    journal = tmp_path / "test.outbox"
    more = ["async"] if kind == "async" else []
    command = [sys.executable, str(PROGRAM), vendor, str(journal), str(MESSAGES), *more]
    killed_until_done(command, sandbox, chance)

    received = admin(sandbox, "GET", "/recipients")[vendor]
    report = read_report(journal)
    print(report)
    assert report.is_complete and report.refused == 0 and report.total == MESSAGES
    assert set(received.values()) <= {1}, "a message was sent twice"
    client = Wazaj(sandbox["wazaj_key"], sandbox["wazaj_base_url"]) if vendor == "wazaj" else Zagely(
        sandbox["public_key"], sandbox["secret_key"], base_url=sandbox["zagely_base_url"]
    )
    with Outbox(journal, client) as outbox:
        unknown = {message.id for message in outbox.messages("unknown")}
        sent = {message.id for message in outbox.messages("sent")}
    assert sent | unknown == {number(at) for at in range(MESSAGES)} and not sent & unknown
    assert sent <= set(received) <= sent | unknown
    if vendor == "zagely":
        assert not unknown and len(received) == MESSAGES
    else:
        # At most the messages in flight at each kill, and not none: the kills met some.
        assert 0 < len(unknown) <= 8 * KILLS

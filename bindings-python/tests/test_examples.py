"""Runs the programs in `examples/python` against the sandbox."""

import concurrent.futures
import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from hudhud.testing import delivery

pytestmark = pytest.mark.one_python

EXAMPLES = Path(os.environ.get("HUDHUD_EXAMPLES", Path(__file__).parents[2] / "examples/python"))


def outbound(zagely):
    return [message.contact.phone_number for message in zagely.messages.list(direction="outbound")]


def test_send_to_group_sends_once_despite_faults_and_restarts(hudhud_sandbox, environment, tmp_path):
    with hudhud_sandbox.zagely() as zagely:
        group = zagely.contact_groups.create(name="VIP", type="static")
        numbers = [f"+155500010{number:02d}" for number in range(12)]
        made = [zagely.contacts.create(phone_number=number, name=f"N{number[-2:]}").id for number in numbers]
        zagely.contact_groups.add_contacts(group_id=group.id, contact_ids=made)
        command = [sys.executable, EXAMPLES / "send_to_group.py", group.id, "Hi {{ name }}!"]
        # The limit per minute, an unavailable service, and a lost response.
        for fault in "status=429;retry-after=1", "status=503", "lost":
            hudhud_sandbox.fault("messages.send", fault, times=1)
        first = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while len(outbound(zagely)) < 4 and time.monotonic() < until and first.poll() is None:
            time.sleep(0.02)
        first.kill()
        first.wait()
        assert 4 <= len(outbound(zagely))
        again = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert again.returncode == 0 and "done, 0 refused" in again.stdout, again
        assert sorted(outbound(zagely)) == numbers
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
        # Without the file, the vendor still remembers the idempotency keys.
        (tmp_path / "sent.txt").unlink()
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
        assert sorted(outbound(zagely)) == numbers


@contextlib.contextmanager
def receiver(environment):
    """Runs the receiver. Yields the process and the address of its webhook."""
    # The build of Python 3.10 that the checks download has no SQLite. The other versions run the example.
    pytest.importorskip("sqlite3", reason="this build of Python has no SQLite, which the example needs")
    # Below the ports that systems give out, so that no other test gets this one before the server opens it.
    port = random.randrange(20_000, 30_000)
    server = [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "warning", "receiver:app"]
    running = subprocess.Popen(server, cwd=EXAMPLES, env=environment)
    try:
        url = f"http://127.0.0.1:{port}/webhook"
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                assert httpx.post(url, content=b"{}").status_code == 400
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield running, url
    finally:
        running.kill()
        running.wait()


def wait_for_a_reply(zagely):
    until = time.monotonic() + 20
    while time.monotonic() < until and not outbound_texts(zagely):
        time.sleep(0.05)
    time.sleep(0.3)
    assert len(outbound_texts(zagely)) == 1 and "Jane Doe" in outbound_texts(zagely)[0]


def post(url, signed):
    return httpx.post(url, content=signed.body, headers=dict(signed.headers), timeout=60).status_code


def test_the_receiver_replies_once_to_a_repeated_delivery(hudhud_sandbox, environment, tmp_path):
    with receiver({**environment, "DATABASE": str(tmp_path / "inbox.db")}) as (_, url):
        signed = delivery("message.received", secret="whsec_test")
        for _ in range(3):
            assert post(url, signed) == 200
        with hudhud_sandbox.zagely() as zagely:
            wait_for_a_reply(zagely)


def test_the_receiver_replies_after_a_crash(hudhud_sandbox, environment, tmp_path):
    environment = {**environment, "DATABASE": str(tmp_path / "inbox.db")}
    signed = delivery("message.received", secret="whsec_test")
    # The receiver waits before it sends again, and is killed meanwhile.
    hudhud_sandbox.fault("messages.send", "status=429;retry-after=30", times=1)
    with receiver(environment) as (running, url), concurrent.futures.ThreadPoolExecutor() as pool:
        refused = pool.submit(post, url, signed)
        until = time.monotonic() + 20
        while hudhud_sandbox.admin("GET", "/faults")["data"] and time.monotonic() < until:
            time.sleep(0.05)
        running.kill()
        with pytest.raises(httpx.HTTPError):
            refused.result()
    with receiver(environment) as (_, url), hudhud_sandbox.zagely() as zagely:
        # The lease of the killed process ends after 30 seconds.
        assert post(url, signed) == 503 and outbound_texts(zagely) == []
        until = time.monotonic() + 60
        while post(url, signed) != 200 and time.monotonic() < until:
            time.sleep(1)
        wait_for_a_reply(zagely)


def outbound_texts(zagely):
    return [message.content for message in zagely.messages.list(direction="outbound")]

"""The journal of an outbox: its owner, its lock, its end, a file system without links, and a disk without space."""

import errno
import os
import stat
import subprocess
import sys

import pytest
from hudhud import OutboxError, Zagely, _journal
from hudhud.outbox import Outbox, read_report
from test_outbox import GUESTS, SENT, fake, path, zagely  # noqa: F401


def test_a_journal_belongs_to_its_key(fake, path):
    Outbox(path, zagely(fake)).close()
    with pytest.raises(OutboxError, match="another key or another base URL"):
        Outbox(path, Zagely("pk_other", "sk_test", transport=fake))
    with pytest.raises(OutboxError, match="another key or another base URL"):
        Outbox(path, zagely(fake, base_url="https://other.example"))
    # A failure to open releases the lock.
    Outbox(path, zagely(fake)).close()


def test_one_program_at_a_time_uses_a_journal(fake, path):
    with Outbox(path, zagely(fake)):
        with pytest.raises(OutboxError, match="another program uses the journal test.outbox"):
            Outbox(path, zagely(fake))
        assert read_report(path).total == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_only_the_owner_can_read_a_journal(fake, path):
    Outbox(path, zagely(fake)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]


def test_a_torn_end_is_cut_and_damage_is_refused(fake, path):
    fake.respond("messages.send", SENT)
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add_all(GUESTS)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[100:117])
    with Outbox(path, zagely(fake)) as outbox:
        assert path.read_bytes() == whole
        assert outbox.send().sent == 12
    damaged = bytearray(path.read_bytes())
    damaged[200] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(OutboxError, match="damaged at byte"):
        Outbox(path, zagely(fake))
    path.write_text("to,name\n")
    with pytest.raises(OutboxError, match="not the journal of an outbox"):
        Outbox(path, zagely(fake))
    for length in (1, 16, 40, 85):
        path.write_bytes(whole[:length])
        with pytest.raises(OutboxError, match="cut off within its first record"):
            Outbox(path, zagely(fake))
        assert path.read_bytes() == whole[:length]
    path.write_bytes(b"")
    with Outbox(path, zagely(fake)) as outbox:
        assert outbox.report().total == 0


def test_without_links_a_journal_is_begun_and_one_in_use_is_not_replaced(fake, path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with Outbox(path, zagely(fake)) as outbox:
        outbox.add(GUESTS[0])
        records = path.read_bytes()
        _journal._begin(path, b"another journal")
        assert path.read_bytes() == records
    assert os.listdir(path.parent) == [path.name]


def test_a_disk_without_space_stops_before_sending(fake, path):
    fake.respond("messages.send", SENT)
    program = (
        "import resource, sys, signal\n"
        "from hudhud import Zagely\n"
        "from hudhud.outbox import Outbox\n"
        "outbox = Outbox(sys.argv[1], Zagely('pk_test', 'sk_test'))\n"
        "outbox.add_all({'to': f'+1555{at:07}', 'message': 'Hi'} for at in range(5))\n"
        "size = __import__('os').path.getsize(sys.argv[1])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, size + 10))\n"
        "try:\n"
        "    outbox.send()\n"
        "except OSError as error:\n"
        "    print(type(error).__name__)\n"
    )
    if sys.platform == "win32":
        pytest.skip("Windows has no limit for the size of files")
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "OSError\n", done
    with Outbox(path, zagely(fake)) as outbox:
        assert outbox.send().sent == 5

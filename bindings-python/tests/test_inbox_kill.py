"""A receiver that is killed at random has each effect exactly once, over each store. `cargo xtask kill` does this for longer."""

import subprocess
import sys
from pathlib import Path

import pytest
from inbox_stores import STORES

PROGRAM = Path(__file__).with_name("inbox_kill.py")


def run(kind, mode, *more):
    """Runs the program, which forks processes: it must not do so in this process, which has threads."""
    pytest.importorskip("sqlite3", reason="this build of Python has no SQLite")
    command = [sys.executable, "-B", PROGRAM, "--store", kind, "--mode", mode, "--deliveries", "1000", "--kills", "20", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if "databases.Missing" in done.stderr:
        pytest.skip(done.stderr.splitlines()[-1])
    return done


@pytest.mark.parametrize("mode", ["transactional", "leased"])
@pytest.mark.parametrize("kind", STORES)
def test_effects_equal_events_although_the_receiver_is_killed(kind, mode):
    done = run(kind, mode)
    assert done.returncode == 0, done.stderr
    facts = dict(fact.split(": ") for fact in done.stdout.strip().split(", "))
    assert facts["effects"] == "1000" and facts["kills"] == "20" and int(facts["deliveries"]) > 1_000
    assert all(int(facts[f"made {what}"]) for what in ["twice", "later", "old", "forged", "lost"]), facts


@pytest.mark.one_python
def test_the_count_finds_effects_that_occur_twice():
    done = run("sqlite", "leased", "--without-keys")
    assert done.returncode == 1 and "AssertionError" in done.stderr and "'events with two effects': 0" not in done.stderr, done

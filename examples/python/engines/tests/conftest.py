"""Fixtures of the tests of the engines: PostgreSQL, Redis, programs that are killed, and the messages that the sandbox counts."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import databases
import pytest

# The call of each vendor that sends.
CALLS = {"zagely": "messages.send", "wazaj": "wazaj.messages.send_text"}
ENGINES = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def postgres():
    """The connection string of a new database."""
    with databases.postgres() as address:
        yield address


@pytest.fixture(scope="session")
def redis_port():
    """The port of a new Redis."""
    with databases.redis_server() as port:
        yield port


class Programs:
    """The programs of a test. Each has a process group, so that a kill reaches its children too."""

    def __init__(self, environment, log):
        self.log = log
        self.environment = {**os.environ, **environment, "PYTHONDONTWRITEBYTECODE": "1"}
        self._running = []

    def start(self, *command):
        """Starts a Python program. Its output is in the file `log`."""
        command = [sys.executable, *command]
        with open(self.log, "ab") as log:
            program = subprocess.Popen(command, cwd=ENGINES, env=self.environment, start_new_session=True, stdout=log, stderr=log)
        self._running.append(program)
        return program

    def run(self, *command):
        """Runs a Python program to its end. Returns its output."""
        command = [sys.executable, *command]
        captured = {"stdout": subprocess.PIPE, "text": True, "timeout": 60}
        return subprocess.run(command, cwd=ENGINES, env=self.environment, check=True, **captured).stdout

    @staticmethod
    def kill(program):
        """Ends a program and its children with SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()

    def kill_all(self):
        for program in self._running:
            self.kill(program)


@pytest.fixture
def programs(hudhud_sandbox, tmp_path):
    """Programs that use the sandbox. They end with the test, which then shows their output if it has failed."""
    hudhud_sandbox.admin("DELETE", "/faults")
    programs = Programs(hudhud_sandbox.variables(), tmp_path / "log")
    yield programs
    programs.kill_all()
    if programs.log.exists():
        print(programs.log.read_text()[-4000:])


def wait_for(what, seconds=60):
    """Waits until the function returns a true value. Returns it."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, f"not in {seconds} s: {what}"
        time.sleep(0.05)
    return found


@pytest.fixture
def answers(hudhud_sandbox):
    """A function that returns the vendor's answers to sends of this test: the status, and if it repeats a stored response."""

    def log():
        return hudhud_sandbox.admin("GET", "/log")["data"]

    before = max((entry["number"] for entry in log()), default=0)

    def answers():
        sends = [entry for entry in log() if entry["call"] in ("messages.send", "messages.send_text") and entry["number"] > before]
        return [(entry["status"], entry["replayed"]) for entry in sends]

    return answers


def slow_answers(sandbox):
    """Makes the next message of each vendor take effect, and its response arrive in minutes, so that a kill meets it in flight."""
    for call in CALLS.values():
        sandbox.fault(call, "drip=1000", times=1)


def all_in_flight(sandbox):
    """Returns true if all slow responses have begun, and the vendors have the messages."""
    return not sandbox.admin("GET", "/faults")["data"] and all(sandbox.admin("GET", "/recipients").values())

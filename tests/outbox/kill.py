"""Kills programs with an outbox at random, and continues their journal in the next host. The sandbox counts the messages.

    python3 kill.py --sandbox COMMAND --host NAME=COMMAND ... [--messages N] [--kills N] [--vendor NAME] [--seed N]

`cargo xtask kill --outbox` runs it. A command is a list of JSON. A program gets three arguments, the vendor, the journal and the
number of messages. It adds the messages, prints a line, and sends those that are left.

After a kill, the end of the journal is sometimes cut at a random byte, as a loss of power does. Only bytes are cut that no
program had to make durable: the record of a message that the sandbox has is kept, with all that precedes it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journal import SENT, UNKNOWN, Journal

# The messages in flight of each program.
IN_FLIGHT = 8
VENDORS = {"zagely": "messages.send", "wazaj": "wazaj.messages.send_text"}
# The exit code of a program that cannot add the messages that another host has begun to add.
NOT_MINE = 3


def number(at: int) -> str:
    return f"+1555{at:07}"


class Sandbox:
    """The vendors on loopback, without limits."""

    def __init__(self, command: str, messages: int) -> None:
        limits = ["--per-minute", "0", "--daily", "0", "--monthly", "0", "--keep", str(2 * messages + 1000)]
        self.process = subprocess.Popen([*shlex.split(command), *limits], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.facts = json.loads(self.process.stdout.readline())

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.facts['admin_token']}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.facts['address']}/_sandbox{path}", data, headers, method=method)
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read() or b"null")

    def environment(self) -> dict[str, str]:
        names = {
            "ZAGELY_PUBLIC_KEY": "public_key",
            "ZAGELY_SECRET_KEY": "secret_key",
            "ZAGELY_BASE_URL": "zagely_base_url",
            "ZAGELY_SESSION_ID": "session_id",
            "WAZAJ_API_KEY": "wazaj_key",
            "WAZAJ_BASE_URL": "wazaj_base_url",
        }
        return {**os.environ, **{name: self.facts[fact] for name, fact in names.items()}}


@dataclass
class Host:
    """A host, and what its programs did."""

    name: str
    command: list[str]
    runs: int = 0
    sent: int = 0
    # The seconds from the start of its program to the line that it prints.
    start: float = 0.5


@dataclass
class KillRun:
    """The messages of one vendor, from the first program to the last."""

    sandbox: Sandbox
    vendor: str
    hosts: list[Host]
    journal: Journal
    messages: int
    kills: int
    chance: random.Random
    # The seconds that each call takes at least, so that kills meet messages in flight.
    delay: float
    # Messages that a program sends in a second.
    rate: float = 0
    while_sending: int = 0
    before: int = 0
    cuts: int = 0
    bytes_cut: int = 0
    is_flushed: bool = False
    start_count: int = 0

    def run(self) -> None:
        self.sandbox.admin("POST", "/reset")
        self.sandbox.admin("DELETE", "/faults")
        fault = {"fault": f"delay={max(1, round(self.delay * 1000))}", "match": {"call": VENDORS[self.vendor]}}
        self.sandbox.admin("POST", "/faults", fault)
        self.rate = IN_FLIGHT / self.delay / 2
        begun = time.monotonic()
        for kill in range(self.kills):
            self._killed(self.kills - kill)
        for _ in self.hosts:
            if self._finished():
                break
        self._check()
        self._print(time.monotonic() - begun)

    def _next_host(self) -> Host:
        host = self.hosts[self.start_count % len(self.hosts)]
        self.start_count += 1
        host.runs += 1
        return host

    def _begin(self, host: Host) -> subprocess.Popen[str]:
        command = [*host.command, self.vendor, str(self.journal.path), str(self.messages)]
        return subprocess.Popen(command, env=self.sandbox.environment(), stdout=subprocess.PIPE, text=True)

    def _killed(self, kills_left: int) -> None:
        """Starts a program and kills it: mostly while it sends, and sometimes at any moment after its start."""
        host = self._next_host()
        begun = time.monotonic()
        process = self._begin(host)
        assert process.stdout is not None
        left = max(IN_FLIGHT, self.messages - self.journal.attempts)
        moment = self.chance.uniform(0, 2 * left / self.rate / kills_left)
        is_sending = kills_left % 5 != 0 and process.stdout.readline() != ""
        if is_sending:
            host.start = time.monotonic() - begun
        else:
            moment = self.chance.uniform(0, 1.5 * host.start)
        try:
            code = process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if not is_sending:
            # It may have printed its line before it was killed.
            is_sending = process.stdout.readline() != ""
        if code == NOT_MINE:
            host.runs -= 1
            return self._killed(kills_left)
        assert code in (0, -9), f"{host.name} ended with {code}"
        self.is_flushed = self.is_flushed or is_sending
        if code == -9:
            self.while_sending += is_sending
            self.before += not is_sending
        before = self.journal.attempts
        self.journal.read()
        sent = self.journal.attempts - before
        host.sent += sent
        if is_sending and moment > 0.02:
            self.rate += (sent / moment - self.rate) * 0.2
        if self.chance.random() < 0.5:
            self._lose_power()

    def _lose_power(self) -> None:
        # Requests that had left arrive meanwhile.
        time.sleep(0.03 + 2 * self.delay)
        received = self.sandbox.admin("GET", "/recipients")[self.vendor]
        length = self.journal.length
        least = self.journal.durable(received, self.is_flushed)
        if length > least:
            cut = self.chance.randrange(least, length)
            self.journal.cut(cut)
            self.cuts += 1
            self.bytes_cut += length - cut

    def _finished(self) -> bool:
        """Runs a program to its end. Returns false if it cannot continue this journal."""
        host = self._next_host()
        process = self._begin(host)
        process.communicate(timeout=3600)
        assert process.returncode in (0, NOT_MINE), f"{host.name} ended with {process.returncode}"
        before = self.journal.attempts
        self.journal.read()
        host.sent += self.journal.attempts - before
        return process.returncode == 0

    def _check(self) -> None:
        received = self.sandbox.admin("GET", "/recipients")[self.vendor]
        journal = self.journal
        assert journal.is_closed and journal.ids == [number(at) for at in range(self.messages)], "messages are missing"
        twice = [to for to, count in received.items() if count > 1]
        assert not twice, f"{len(twice)} messages were sent twice"
        of: dict[int, set[str]] = {SENT: set(), UNKNOWN: set()}
        for at, kind in journal.states().items():
            assert kind in of, f"message {at} has the record {kind} at the end"
            of[kind].add(journal.ids[at])
        sent, self.unknown = of[SENT], of[UNKNOWN]
        assert len(sent) + len(self.unknown) == self.messages, "messages have no outcome"
        assert sent <= set(received), "messages were reported as sent, and were not"
        assert set(received) <= sent | self.unknown, "messages were sent, and are not reported"
        if self.vendor == "zagely":
            assert not self.unknown and len(received) == self.messages, "messages were lost"
        else:
            assert len(self.unknown) <= IN_FLIGHT * self.kills, "more are unknown than were in flight"
        self.unknown_and_sent = len(self.unknown & set(received))

    def _print(self, seconds: float) -> None:
        shares = ", ".join(f"{host.name} {host.runs} runs and {host.sent} requests" for host in self.hosts)
        print(
            f"{self.vendor}: {self.messages} messages, {self.while_sending} kills while sending, {self.before} before, "
            f"{self.cuts} cuts of {self.bytes_cut} bytes; none twice, none lost; {len(self.unknown)} unknown and listed, of which "
            f"{self.unknown_and_sent} had arrived; {seconds:.0f} s ({shares})",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sandbox", required=True)
    parser.add_argument("--host", action="append", required=True)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--vendor", choices=[*VENDORS, "all"], default="all")
    parser.add_argument("--seed", type=int, default=random.getrandbits(32))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    sandbox = Sandbox(given.sandbox, given.messages)
    delay = max(0.002, 40 / given.messages)
    try:
        for vendor in VENDORS if given.vendor == "all" else [given.vendor]:
            hosts = [Host(name, json.loads(command)) for name, _, command in (one.partition("=") for one in given.host)]
            with tempfile.TemporaryDirectory() as folder:
                journal = Journal(Path(folder) / "test.outbox")
                chance = random.Random(f"{given.seed}-{vendor}")
                run = KillRun(sandbox, vendor, hosts, journal, given.messages, given.kills, chance, delay)
                try:
                    run.run()
                except AssertionError as error:
                    sys.exit(f"{vendor}, seed {given.seed}: {error}")
    finally:
        sandbox.process.kill()
        sandbox.process.wait()


if __name__ == "__main__":
    main()

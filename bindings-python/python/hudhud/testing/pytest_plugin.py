"""The sandbox as a fixture of pytest: both services on loopback, for tests that go over real HTTP.

    def test_sending(hudhud_sandbox):
        with hudhud_sandbox.zagely() as zagely:
            session = hudhud_sandbox["session_id"]
            assert zagely.messages.send(session_id=session, to="+15551234567", message="hi").message_id

The sandbox is the program `hudhud-sandbox`, which is in no wheel. It is started by the command in the environment's
`HUDHUD_SANDBOX` (a path, with arguments if there are any), else as the `hudhud-sandbox` on the path. To get it, with
Rust installed, in a checkout of Hudhud's repository:

    cargo install --path tests/sandbox

Where there is none, tests that want it are skipped with these words; a command that does not start one is an error.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from .. import AsyncWazaj, AsyncZagely, Wazaj, Zagely


_HOW = "in a checkout of Hudhud's repository, cargo install --path tests/sandbox puts one there"


class Sandbox:
    """A sandbox that runs."""

    def __init__(self, introduction: dict[str, Any]) -> None:
        self.introduction = introduction
        """What it says of itself: base URLs, keys, the session, the app token, the admin token."""

    def __getitem__(self, name: str) -> Any:
        return self.introduction[name]

    def zagely(self, **settings: Any) -> Zagely:
        """A client of its Zagely, with keys that may do everything."""
        return Zagely(self["public_key"], self["secret_key"], **{"base_url": self["zagely_base_url"], **settings})

    def async_zagely(self, **settings: Any) -> AsyncZagely:
        """As `zagely`, without blocking."""
        return AsyncZagely(self["public_key"], self["secret_key"], **{"base_url": self["zagely_base_url"], **settings})

    def wazaj(self, **settings: Any) -> Wazaj:
        """A client of its Wazaj."""
        return Wazaj(self["wazaj_key"], **{"base_url": self["wazaj_base_url"], **settings})

    def async_wazaj(self, **settings: Any) -> AsyncWazaj:
        """As `wazaj`, without blocking."""
        return AsyncWazaj(self["wazaj_key"], **{"base_url": self["wazaj_base_url"], **settings})

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """What only the world outside can do: see the sandbox's README, `/_sandbox`."""
        import urllib.request

        request = urllib.request.Request(
            f"{self['zagely_base_url']}/_sandbox{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self['admin_token']}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
        return json.loads(text) if text else None

    def fault(self, call: str, fault: str, *, times: int | None = None) -> None:
        """A fault for requests to come, such as `fault("messages.send", "status=503", times=2)`."""
        rule: dict[str, Any] = {"fault": fault, "match": {"call": call}}
        self.admin("POST", "/faults", rule if times is None else {**rule, "times": times})


@pytest.fixture(scope="session")
def hudhud_sandbox_process() -> Iterator[Sandbox]:
    """One sandbox for all tests."""
    command = shlex.split(os.environ.get("HUDHUD_SANDBOX", "")) or [shutil.which("hudhud-sandbox") or ""]
    if not command[0]:
        pytest.skip(f"there is no hudhud-sandbox on the path, and HUDHUD_SANDBOX names none: {_HOW}")
    limits = ["--per-minute", "0", "--daily", "0", "--monthly", "0"]
    try:
        process = subprocess.Popen([*command, *limits], stdout=subprocess.PIPE, text=True)
    except OSError as error:
        raise RuntimeError(f"HUDHUD_SANDBOX: {command[0]} does not start ({error.strerror}): {_HOW}") from error
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        if not said.startswith("{"):
            raise RuntimeError(f"HUDHUD_SANDBOX: {command[0]} ended and introduced no sandbox: {_HOW}")
        yield Sandbox(json.loads(said))
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def hudhud_sandbox(hudhud_sandbox_process: Sandbox) -> Sandbox:
    """A sandbox as it is at its start."""
    hudhud_sandbox_process.admin("POST", "/reset")
    return hudhud_sandbox_process

"""The sandbox as a pytest fixture: both services on loopback, for tests over real HTTP.

    def test_sending(hudhud_sandbox):
        with hudhud_sandbox.zagely() as zagely:
            assert zagely.messages.send(to="+15551234567", message="hi").message_id

    def test_an_unavailable_service(hudhud_sandbox):
        hudhud_sandbox.fault("messages.send", "status=503", times=2)
        ...

`zagely()`, `async_zagely()`, `wazaj()` and `async_wazaj()` create clients, and take the arguments of the clients.
`fault` makes later requests fail. `variables()` returns the environment variables of a program under test. `admin`
sends a request to a control route of the sandbox: `admin("GET", "/messages")`. The sandbox is reset before each test.

The sandbox is the program `hudhud-sandbox`, which is not part of the wheel. The environment variable `HUDHUD_SANDBOX`
holds the command that starts it: a path, and optionally arguments. Without the variable, `hudhud-sandbox` is looked up
in `PATH`. To install it, with Rust, run this in a checkout of Hudhud's repository:

    cargo install --path tests/sandbox

Without a sandbox, tests that use the fixture are skipped with this hint. A `HUDHUD_SANDBOX` that does not start is an
error.
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


_HOW = "to install it, run `cargo install --path tests/sandbox` in a checkout of Hudhud's repository"


class Sandbox:
    """A running sandbox."""

    def __init__(self, introduction: dict[str, Any]) -> None:
        self.introduction = introduction
        """The data that the sandbox prints at its start: base URLs, keys, session, app token, admin token."""

    def __getitem__(self, name: str) -> Any:
        return self.introduction[name]

    def zagely(self, **settings: Any) -> Zagely:
        """Creates a client for the sandbox's Zagely, with keys that have all abilities. It sends from the sandbox's session."""
        return Zagely(self["public_key"], self["secret_key"], **{**self._of_zagely(), **settings})

    def async_zagely(self, **settings: Any) -> AsyncZagely:
        """Creates an asynchronous client; see `zagely`."""
        return AsyncZagely(self["public_key"], self["secret_key"], **{**self._of_zagely(), **settings})

    def _of_zagely(self) -> dict[str, Any]:
        return {"base_url": self["zagely_base_url"], "session_id": self["session_id"]}

    def wazaj(self, **settings: Any) -> Wazaj:
        """Creates a client for the sandbox's Wazaj."""
        return Wazaj(self["wazaj_key"], **{"base_url": self["wazaj_base_url"], **settings})

    def async_wazaj(self, **settings: Any) -> AsyncWazaj:
        """Creates an asynchronous client; see `wazaj`."""
        return AsyncWazaj(self["wazaj_key"], **{"base_url": self["wazaj_base_url"], **settings})

    def variables(self) -> dict[str, str]:
        """Returns the environment variables of a program that uses the sandbox. `from_env` of each client reads them."""
        return {
            "ZAGELY_PUBLIC_KEY": self["public_key"],
            "ZAGELY_SECRET_KEY": self["secret_key"],
            "ZAGELY_BASE_URL": self["zagely_base_url"],
            "ZAGELY_SESSION_ID": self["session_id"],
            "WAZAJ_API_KEY": self["wazaj_key"],
            "WAZAJ_BASE_URL": self["wazaj_base_url"],
        }

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Sends a request to a control route, `/_sandbox…` in the sandbox's README. Returns the decoded response."""
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
        """Makes later requests of a call fail, such as `fault("messages.send", "status=503", times=2)`."""
        rule: dict[str, Any] = {"fault": fault, "match": {"call": call}}
        self.admin("POST", "/faults", rule if times is None else {**rule, "times": times})


@pytest.fixture(scope="session")
def hudhud_sandbox_process() -> Iterator[Sandbox]:
    """Starts one sandbox for all tests."""
    command = shlex.split(os.environ.get("HUDHUD_SANDBOX", "")) or [shutil.which("hudhud-sandbox") or ""]
    if not command[0]:
        pytest.skip(f"hudhud-sandbox is not in PATH, and HUDHUD_SANDBOX is not set: {_HOW}")
    limits = ["--per-minute", "0", "--daily", "0", "--monthly", "0"]
    try:
        process = subprocess.Popen([*command, *limits], stdout=subprocess.PIPE, text=True)
    except OSError as error:
        raise RuntimeError(f"HUDHUD_SANDBOX: cannot start {command[0]} ({error.strerror}): {_HOW}") from error
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("{"):
            raise RuntimeError(f"HUDHUD_SANDBOX: {command[0]} did not print the sandbox's data as JSON: {_HOW}")
        yield Sandbox(json.loads(line))
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def hudhud_sandbox(hudhud_sandbox_process: Sandbox) -> Sandbox:
    """Resets the sandbox to its initial state and returns it."""
    hudhud_sandbox_process.admin("POST", "/reset")
    return hudhud_sandbox_process

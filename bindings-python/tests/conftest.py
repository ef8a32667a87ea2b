"""Fixtures that the tests share: clients over each HTTP library, hostile servers, and the environment of the sandbox."""

import contextlib
import os
import ssl
import subprocess
import sys

import aiohttp
import httpx
import httpx2
import niquests
import pytest
import requests
import urllib3
from hostile import Hostile
from libraries import ALL, Over

# A failed assertion of this module shows its values.
pytest.register_assert_rewrite("privacy")


def pytest_configure(config):
    meaning = "a long test of what does not depend on Python's version: only the machine's default Python runs it"
    config.addinivalue_line("markers", f"one_python: {meaning}")



# For each library, a function that creates a client.
BLOCKING = {
    "urllib": lambda: None,
    "httpx": httpx.Client,
    "httpx2": httpx2.Client,
    "requests": requests.Session,
    "niquests": niquests.Session,
    "urllib3": urllib3.PoolManager,
}
ASYNCHRONOUS = {
    "urllib": lambda: None,
    "httpx": httpx.AsyncClient,
    "httpx2": httpx2.AsyncClient,
    "niquests": niquests.AsyncSession,
    "aiohttp": aiohttp.ClientSession,
}


@pytest.fixture(params=BLOCKING)
def zagely(request, hudhud_sandbox):
    """A client for the sandbox's Zagely over each blocking library."""
    with hudhud_sandbox.zagely(transport=BLOCKING[request.param]()) as client:
        yield client


@pytest.fixture(params=ASYNCHRONOUS)
def async_zagely(request, hudhud_sandbox):
    """A function that opens an asynchronous client over each library, inside a running event loop."""

    @contextlib.asynccontextmanager
    async def opened(**settings):
        async with hudhud_sandbox.async_zagely(transport=ASYNCHRONOUS[request.param](), **settings) as client:
            yield client

    return opened


@pytest.fixture
def environment(hudhud_sandbox):
    """The environment variables of a program that uses the sandbox."""
    return {
        **os.environ,
        **hudhud_sandbox.variables(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "ZAGELY_WEBHOOK_SECRET": "whsec_test",
    }


@pytest.fixture
def hudhud(hudhud_sandbox, environment, tmp_path):
    """A function that runs the command line with the sandbox's keys in the environment. It returns what the command
    printed: on standard output, or on standard error if a status of failure is expected. No output contains a key or a
    traceback."""

    def run(*arguments, status=0, streams=False, **more):
        command = [sys.executable, "-m", "hudhud", *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, timeout=60, env={**environment, **more.pop("env", {})}, **more
        )
        assert done.returncode == status, done
        assert "Traceback" not in done.stderr
        for key in "secret_key", "wazaj_key", "public_key":
            assert hudhud_sandbox[key] not in done.stdout + done.stderr
        return (done.stdout, done.stderr) if streams else done.stdout if status == 0 else done.stderr

    return run


@pytest.fixture(params=ALL, ids=lambda of: of[0] + " async" * of[1])
def over(request):
    return Over(*request.param)


@pytest.fixture
def hostile():
    """A function that starts hostile servers. They are closed after the test."""
    made = []

    def make(script, context=None):
        made.append(Hostile(script, context))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1: the context of its server, and that of a client that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=hudhud-tests", "-addext", "subjectAltName=IP:127.0.0.1,DNS:two.test"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
    subprocess.run([*made, *subject], check=True, capture_output=True)

    class Trust(ssl.SSLContext):
        ca_file = str(cert)

    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    trusting = Trust(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(cert)
    return server, trusting

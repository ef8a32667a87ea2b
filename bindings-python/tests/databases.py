"""Starts PostgreSQL and Redis for tests: on free ports of loopback, with their data in a temporary folder.

`HUDHUD_POSTGRES` is the folder of PostgreSQL's programs, `HUDHUD_REDIS` the path of the Redis server, and
`HUDHUD_LIBRARIES` a folder of libraries that both need. `cargo xtask test` sets them.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import redis


class Missing(Exception):
    """A server is not installed."""


@contextlib.contextmanager
def postgres():
    """Runs PostgreSQL. Yields the connection string of an empty database."""
    programs = Path(_named("HUDHUD_POSTGRES"))
    with _folder() as folder:
        data = folder / "data"
        initdb = [programs / "initdb", "-D", data, "-U", "hudhud", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, timeout=60, **_server_user())
        port = _free_port()
        server = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "jit=off"]
        with _running([*server, "-c", "max_connections=200"], folder, signal.SIGINT) as process:
            address = f"postgresql://hudhud@127.0.0.1:{port}/postgres"
            _wait(process, lambda: psycopg.connect(address, connect_timeout=2).close(), psycopg.OperationalError)
            yield address


@contextlib.contextmanager
def redis_server():
    """Runs Redis, which writes each command to its disk. Yields its port."""
    program = _named("HUDHUD_REDIS")
    with _folder() as folder:
        port = _free_port()
        server = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"]
        with _running(server, folder, signal.SIGTERM) as process, redis.Redis(port=port) as client:
            _wait(process, client.ping, redis.ConnectionError)
            yield port


def _named(variable):
    found = os.environ.get(variable)
    if not found:
        raise Missing(f"{variable} is not set")
    return found


@contextlib.contextmanager
def _folder():
    # Not pytest's folder, which other users may not read.
    folder = Path(tempfile.mkdtemp(prefix="hudhud-"))
    try:
        if _server_user():
            os.chown(folder, _server_user()["user"], _server_user()["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_user():
    """Returns another user than root, as whom PostgreSQL refuses to run."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


@contextlib.contextmanager
def _running(command, folder, stop):
    libraries = os.environ.get("HUDHUD_LIBRARIES")
    environment = {**os.environ, **({"LD_LIBRARY_PATH": libraries} if libraries else {})}
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environment, **_server_user())
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process, ask, refused):
    until = time.monotonic() + 30
    while True:
        try:
            ask()
            return
        except refused:
            assert process.poll() is None and time.monotonic() < until, "the server has not started"
            time.sleep(0.05)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

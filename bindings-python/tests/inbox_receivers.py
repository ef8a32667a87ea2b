"""The receivers that a test kills: a process of Python, or a program in another language."""

import base64
import contextlib
import http.client
import http.server
import os
import queue
import signal
import socket
import sqlite3
import subprocess
import threading

import hudhud
import psycopg
import redis
from inbox_stores import Opened

SECRET = "whsec_test"
# An event whose lease is held by a killed process waits for its end.
LEASE = 1.0


def external_effect(kind, address, recognizes_keys):
    """Returns a function that has an effect in another system, which recognizes an idempotency key. For the test that system is
    in the same server."""
    local = threading.local()

    def occur(key, lease):
        if kind.startswith("redis"):
            if not hasattr(local, "redis"):
                local.redis = redis.Redis(port=address)
            local.redis.eval(
                "if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then redis.call('RPUSH', KEYS[2], ARGV[1]) end return 1",
                2, "seen", "effects", lease.idempotency_key,
            )  # fmt: skip
        elif kind.startswith("sqlite"):
            if not hasattr(local, "sqlite"):
                local.sqlite = sqlite3.connect(address, isolation_level=None, timeout=60)
                if recognizes_keys:
                    local.sqlite.execute("CREATE UNIQUE INDEX IF NOT EXISTS once ON effects (key)")
            local.sqlite.execute("INSERT OR IGNORE INTO effects VALUES (?)", (lease.idempotency_key,))
        else:
            if not hasattr(local, "postgres"):
                local.postgres = psycopg.connect(address, autocommit=True)
                local.postgres.execute("CREATE UNIQUE INDEX IF NOT EXISTS once ON effects (key)")
            local.postgres.execute("INSERT INTO effects VALUES (%s) ON CONFLICT DO NOTHING", (lease.idempotency_key,))

    return occur


def receive_forever(listening, kind, address, transactional, recognizes_keys):
    """Serves deliveries. The process ends when it is killed."""
    webhook = hudhud.Webhook(SECRET)
    settings = {} if transactional else {"lease": LEASE, "handle": external_effect(kind, address, recognizes_keys)}
    inbox = Opened(kind, address, transactional=transactional, max_attempts=1_000_000, **settings)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                event = webhook.verify(self.headers.items(), body)
            except hudhud.WebhookError as error:
                status = error.http_status
            else:
                status = inbox.receive(event).http_status
            self.send_response_only(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(listening.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.daemon_threads = True
    server.serve_forever()


class Forked:
    """A process of Python that receives by HTTP. A small process without threads forks it, again after each kill."""

    def __init__(self, *settings):
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(256)
        commands, self._commands = os.pipe()
        pids, announced = os.pipe()
        self._parent = os.fork()
        if self._parent == 0:
            os.close(self._commands)
            while True:
                child = os.fork()
                if child == 0:
                    receive_forever(self._listening, *settings)
                os.write(announced, child.to_bytes(8, "little"))
                if not os.read(commands, 1):
                    os.kill(child, signal.SIGKILL)
                    os._exit(0)
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        os.close(commands)
        self._pids = pids
        os.read(pids, 8)

    def client(self):
        """Returns a function that makes a delivery. It returns the status, or None if the process was killed."""
        connection = http.client.HTTPConnection(*self._listening.getsockname(), timeout=60)

        def post(headers, body):
            try:
                connection.request("POST", "/", body, headers)
                response = connection.getresponse()
                response.read()
                return response.status
            except (OSError, http.client.HTTPException):
                connection.close()
                return None

        return post

    def kill(self):
        os.write(self._commands, b"k")
        os.read(self._pids, 8)

    def stop(self):
        os.close(self._commands)
        os.waitpid(self._parent, 0)
        self._listening.close()


class Program:
    """A program in another language. It gets a line for each delivery, and prints a line with the status."""

    def __init__(self, command, kind, address, transactional, recognizes_keys):
        if not transactional and recognizes_keys and not kind.startswith("redis"):
            with psycopg.connect(address) if kind == "psycopg" else contextlib.closing(sqlite3.connect(address)) as database:
                database.execute("CREATE UNIQUE INDEX once ON effects (key)")
                database.commit()
        mode = "transactional" if transactional else "leased"
        self._command = [*command, kind, str(address), mode, str(int(LEASE * 1000))]
        self._lock = threading.Lock()
        self._waiting = {}
        self._number = 0
        self._start()

    def _start(self):
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        assert self._process.stdout.readline() == "ready\n", "the program did not start"
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, lines):
        for line in lines:
            # The last line of a killed process may be incomplete.
            if not line.endswith("\n"):
                break
            number, status = line.split()
            self._waiting.pop(int(number)).put(int(status))

    def client(self):
        """Returns a function that makes a delivery. It returns the status, or None if the process was killed."""

        def post(headers, body):
            answer = queue.SimpleQueue()
            with self._lock:
                self._number += 1
                self._waiting[self._number] = answer
                fields = [str(self._number), base64.b64encode(body).decode(), *(f"{name}: {value}" for name, value in headers.items())]
                try:
                    self._process.stdin.write("\t".join(fields) + "\n")
                except BrokenPipeError:
                    del self._waiting[self._number]
                    return None
            return answer.get(timeout=60)

        return post

    def kill(self):
        self._process.kill()
        with self._lock:
            self._process.wait()
            self._reader.join()
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            while self._waiting:
                self._waiting.popitem()[1].put(None)
            self._start()

    def stop(self):
        self._process.kill()
        self._process.wait()

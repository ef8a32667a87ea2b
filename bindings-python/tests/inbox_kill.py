"""Kills a receiver with SIGKILL at random while deliveries arrive, and compares the effects in the database with the events.

    python inbox_kill.py --store sqlite --mode transactional --deliveries 100000 --kills 1000

One in a hundred deliveries is made twice at the same moment, one is made again later, one has an old signature, one is
forged, and one is answered, but the answer is lost, so that it is made again. As the vendor does, the driver delivers each event
until it gets the status 200. The waits are shorter than the vendor's.
"""

import argparse
import contextlib
import http.client
import http.server
import json
import os
import random
import signal
import socket
import sqlite3
import tempfile
import threading
import time
from collections import Counter, deque

import hudhud
import psycopg
import redis
from databases import postgres, redis_server
from hudhud.testing import sign
from inbox_stores import STORES, Opened, effects, make_effects

SECRET = "whsec_test"
CLIENTS = 6
# An event whose lease is held by a killed process waits for its end.
LEASE = 1.0


# The receiver.


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


class Receiver:
    """The process that receives. A small process without threads forks it, again after each kill."""

    def __init__(self, *settings):
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(256)
        self.port = self._listening.getsockname()[1]
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

    def kill(self):
        os.write(self._commands, b"k")
        os.read(self._pids, 8)

    def stop(self):
        os.close(self._commands)
        os.waitpid(self._parent, 0)
        self._listening.close()


# The vendor.


class Vendor:
    """Makes deliveries until each genuine event was answered with a success."""

    def __init__(self, port, deliveries, seed):
        self._port = port
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._due = deque()
        self._again = []
        self.counts = Counter()
        self.genuine = [f"e-{number}" for number in range(deliveries)]
        self.open = set(self.genuine)
        self.made = 0
        self._events = iter(self.genuine)

    def run(self):
        threads = [threading.Thread(target=self._client, daemon=True) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _next(self):
        """Returns the next delivery: its event, its kind, and the delivery itself."""
        with self._lock:
            now = time.monotonic()
            if self._again and self._again[0][0] <= now:
                _, key, kind = self._again.pop(0)
                return key, kind
            if self._due:
                return self._due.popleft()
            key = next(self._events, None)
            if key is None:
                return None
            chance = self._random.random()
            if chance < 0.01:
                self._due.append((key, "twice"))
                return key, "twice"
            if chance < 0.02:
                self._again.append((now + self._random.uniform(0.5, 3), key, "later"))
                self._again.sort()
            elif chance < 0.03:
                return key, "old"
            elif chance < 0.04:
                self._due.append((key, "genuine"))
                return f"forged-{key}", "forged"
            elif chance < 0.05:
                return key, "lost"
            return key, "genuine"

    def _client(self):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while True:
            following = self._next()
            if following is None:
                if not self.open and not self._again:
                    return
                time.sleep(0.01)
                continue
            key, kind = following
            body = json.dumps({"event": "webhook.test", "delivery_id": key, "data": {"message": "x"}}).encode()
            signed_at = time.time() - 400 if kind == "old" else time.time()
            signed = sign("whsec_wrong" if kind == "forged" else SECRET, body, now=signed_at)
            try:
                connection.request("POST", "/", body, dict(signed.headers))
                response = connection.getresponse()
                response.read()
                status = response.status
            except (OSError, http.client.HTTPException):
                connection.close()
                status = None
            self._answered(key, kind, status)

    def _answered(self, key, kind, status):
        with self._lock:
            self.made += 1
            self.counts[f"made {kind}"] += 1
            self.counts[f"status {status}"] += 1
            if kind == "forged":
                assert status in (None, 401, 400), f"a forged delivery was answered with {status}"
                return
            if kind == "old":
                assert status in (None, 400, 401), f"an old delivery was answered with {status}"
                self._due.append((key, "genuine"))
            elif status == 200 and kind != "lost":
                self.open.discard(key)
            elif key in self.open:
                wait = 0.05 if status is None or status == 200 else 0.2
                self._again.append((time.monotonic() + wait, key, "genuine"))
                self._again.sort()


def course(kind, mode, deliveries, kills, seed, address, recognizes_keys=True):
    """Runs the course. Returns its facts. Raises an `AssertionError` unless the effects equal the events, such as without
    `recognizes_keys`."""
    make_effects(kind, address)
    receiver = Receiver(kind, address, mode == "transactional", recognizes_keys)
    begun = time.monotonic()
    try:
        vendor = Vendor(receiver.port, deliveries, seed)
        threads = vendor.run()
        dice, last = random.Random(seed + 1), time.monotonic()
        # The kills are spread over the course, each at a random moment.
        due = deque(sorted(dice.randrange(deliveries) for _ in range(kills)))
        before = 0
        while any(thread.is_alive() for thread in threads):
            if due and vendor.made >= due[0]:
                due.popleft()
                time.sleep(dice.uniform(0, 0.005))
                receiver.kill()
            if vendor.made != before:
                before, last = vendor.made, time.monotonic()
            assert time.monotonic() - last < 120, f"nothing happens: {len(vendor.open)} events are open"
            time.sleep(0.0005)
    finally:
        receiver.stop()
    seconds = time.monotonic() - begun
    found, genuine = Counter(effects(kind, address)), set(vendor.genuine)
    facts = {
        "store": kind,
        "mode": mode,
        "events": len(genuine),
        "effects": sum(found.values()),
        "events without effect": len(genuine - set(found)),
        "events with two effects": sum(count > 1 for count in found.values()),
        "effects without event": len(set(found) - genuine),
        "kills": kills - len(due),
        "deliveries": vendor.made,
        "seconds": round(seconds, 1),
        **dict(sorted(vendor.counts.items())),
    }
    assert found == Counter(genuine) and not due, facts
    return facts


@contextlib.contextmanager
def database_of(kind):
    """Yields the address of an empty database."""
    if kind.startswith("sqlite"):
        with tempfile.TemporaryDirectory() as folder:
            yield os.path.join(folder, "inbox.db")
    else:
        with redis_server() if kind.startswith("redis") else postgres() as address:
            yield address


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", choices=[*STORES, "all"], default="sqlite")
    parser.add_argument("--mode", choices=["transactional", "leased", "both"], default="both")
    parser.add_argument("--deliveries", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-keys", action="store_true", help="has effects that do not recognize a key, which must fail")
    options = parser.parse_args()
    for kind in STORES if options.store == "all" else [options.store]:
        for mode in ["transactional", "leased"] if options.mode == "both" else [options.mode]:
            with database_of(kind) as address:
                facts = course(kind, mode, options.deliveries, options.kills, options.seed, address, not options.without_keys)
            print(", ".join(f"{name}: {value}" for name, value in facts.items()), flush=True)


if __name__ == "__main__":
    main()

"""Kills a receiver with SIGKILL at random while deliveries arrive, and compares the effects in the database with the events.

    python inbox_kill.py --store sqlite --mode transactional --deliveries 100000 --kills 1000

One in a hundred deliveries is made twice at the same moment, one is made again later, one has an old signature, one is
forged, and one is answered, but the answer is lost, so that it is made again. As the vendor does, the driver delivers each event
until it gets the status 200. The waits are shorter than the vendor's.
"""

import argparse
import contextlib
import json
import os
import random
import shlex
import tempfile
import threading
import time
from collections import Counter, deque

from databases import postgres, redis_server
from hudhud.testing import sign
from inbox_receivers import SECRET, Forked, Program
from inbox_stores import STORES, effects, make_effects

CLIENTS = 6
# The stores of programs in other languages.
STORES_OF_PROGRAMS = ["sqlite", "psycopg", "redis"]


class Vendor:
    """Makes deliveries until each genuine event was answered with a success."""

    def __init__(self, receiver, deliveries, seed):
        self._receiver = receiver
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
        post = self._receiver.client()
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
            self._answered(key, kind, post(dict(signed.headers), body))

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


def run_with_kills(kind, mode, deliveries, kills, seed, address, recognizes_keys=True, program=None):
    """Runs a receiver that is killed. Returns its facts. Raises an `AssertionError` unless the effects equal the events, such as without
    `recognizes_keys`."""
    make_effects(kind, address)
    settings = (kind, address, mode == "transactional", recognizes_keys)
    receiver = Program(program, *settings) if program else Forked(*settings)
    begun = time.monotonic()
    try:
        vendor = Vendor(receiver, deliveries, seed)
        threads = vendor.run()
        dice, last = random.Random(seed + 1), time.monotonic()
        # The kills are spread over the run, each at a random moment.
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
    parser.add_argument("--program", help="the command of a receiver in another language")
    options = parser.parse_args()
    program = options.program and shlex.split(options.program)
    for kind in (STORES_OF_PROGRAMS if program else STORES) if options.store == "all" else [options.store]:
        for mode in ["transactional", "leased"] if options.mode == "both" else [options.mode]:
            with database_of(kind) as address:
                facts = run_with_kills(kind, mode, options.deliveries, options.kills, options.seed, address, not options.without_keys, program)
            print(", ".join(f"{name}: {value}" for name, value in facts.items()), flush=True)


if __name__ == "__main__":
    main()

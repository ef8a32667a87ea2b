"""Benchmarks, as ratios to code that a Python user would write or install: `cargo xtask bench python`.

The two candidates of a pair are measured alternately, so that other load on the machine affects both. A ratio is the
best time of the other candidate divided by the best time of hudhud: above 1, hudhud is faster. Nothing is asserted;
`wanted` is the target.
"""

import gc
import hashlib
import hmac
import io
import json
import logging
import os
import statistics
import subprocess
import sys
import time
import uuid
from datetime import datetime, timezone
from typing import Any

import hudhud
import msgspec
import orjson
import pydantic
import standardwebhooks
from hudhud.webhook import sign

SECRET = "whsec_test"
ROUNDS = 25


def paired(ours, other, seconds=0.02):
    """Returns the best time of each candidate in microseconds, from rounds of equal length."""

    def best(work, times):
        begun = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - begun) / times * 1e6

    counts = [max(1, int(seconds * 1e6 / best(work, 3))) for work in (ours, other)]
    gc.disable()
    found = [[], []]
    for _ in range(ROUNDS):
        for at, work in enumerate((ours, other)):
            found[at].append(best(work, counts[at]))
        gc.collect()
    gc.enable()
    return min(found[0]), min(found[1])


def report(what, ours, other, wanted):
    mine, theirs = paired(ours, other)
    print(f"{what:58} {mine:10.2f} µs {theirs:10.2f} µs {theirs / mine:8.2f} × (wanted {wanted})", flush=True)


def webhooks():
    verifier = hudhud.Webhook(SECRET)
    for size, wanted in (0, "≥ 2"), (65_000, "≥ 1.2"), (1_000_000, "≥ 1.2"):
        contact = {"id": "u-1", "name": "Jane", "phone_number": "+15551234567", "email": None}
        data = {"contact": contact, "channel": "whatsapp", "content": "Hello! " + "x" * size}
        event = {"event": "message.received", "tenant_id": str(uuid.UUID(int=1)), "delivery_id": str(uuid.UUID(int=2)),
                 "occurred_at": "2026-04-21T10:30:00Z", "data": data}
        body = json.dumps(event, separators=(",", ":")).encode()
        signed = sign(SECRET, body)
        headers = {"host": "shop.example", "content-type": "application/json", "user-agent": "Zagely", "accept": "*/*",
                   **{name.lower(): value for name, value in signed.headers.items()}}

        def by_hand(loads):
            timestamp = headers["x-zagely-timestamp"]
            if abs(time.time() - int(timestamp)) > 3000:
                raise ValueError("too old")
            digest = hmac.digest(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
            if not hmac.compare_digest("sha256=" + digest.hex(), headers["x-zagely-signature"]):
                raise ValueError("forged")
            return loads(body)

        ours = lambda: verifier.verify(headers, body)
        kilobytes = f"{len(body) / 1000:.1f} kB"
        report(f"verify and parse {kilobytes}: hmac.digest, json", ours, lambda: by_hand(json.loads), wanted)
        report(f"verify and parse {kilobytes}: hmac.digest, orjson", ours, lambda: by_hand(orjson.loads), "≥ 1")
        standard = standardwebhooks.Webhook("whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0")
        now = datetime.now(timezone.utc)
        its = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())),
               "webhook-signature": standard.sign("msg_1", now, body.decode())}
        report(f"verify and parse {kilobytes}: standardwebhooks", ours, lambda: standard.verify(body, its), "≥ 3")
        # Verification needs a hash. Prints its share of the time, and the limit that it sets on the ratio.
        mine, hashing = paired(ours, lambda: hmac.digest(SECRET.encode(), body, hashlib.sha256))
        _, theirs = paired(lambda: None, lambda: standard.verify(body, its))
        print(f"{f'... {kilobytes}: the hash alone, hmac.digest':58} {mine:10.2f} µs {hashing:10.2f} µs"
              f" {hashing / mine:8.0%} of hudhud's time; ratio to standardwebhooks at most {theirs / hashing:.2f} ×", flush=True)


def sending():
    zagely = hudhud.Zagely("pk_test", "sk_test")

    def by_hand():
        body = {"channel": "whatsapp", "to": "+15551234567", "message": "hi"}
        headers = {"X-Public-Key": "pk_test", "X-Secret-Key": "sk_test", "Accept": "application/json",
                   "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4()), "User-Agent": "mine"}
        return "POST", "https://zagely.com/api/v1/messages/send", headers, json.dumps(body).encode()

    def ours():
        request = zagely.messages.send.request(to="+15551234567", message="hi")
        return request.method, request.url, request.headers, request.content

    report("building a send: json.dumps and dicts", ours, by_hand, "≥ 1")


def page_of_contacts(declare):
    """Declares the type of a page with the documented fields. `declare` creates a type from a name and its fields."""
    text, number = str | None, int | None
    group = declare("Group", id=text, name=text)
    message = declare("Message", id=text)
    contact = declare(
        "Contact",
        id=text,
        name=text,
        phone_number=text,
        email=text,
        tags=list[str],
        is_blocked=bool | None,
        opted_out_at=datetime | None,
        custom_fields=dict[str, Any],
        groups=list[group],
        created_at=datetime | None,
        updated_at=datetime | None,
        notes=text,
        messages=list[message],
    )
    return declare("Page", data=list[contact], current_page=number, per_page=number, total=number)


def unset(kind):
    """Returns the default for a field that the response does not contain."""
    return kind.__origin__() if hasattr(kind, "__origin__") else None


def of_msgspec(title, /, **fields):
    return msgspec.defstruct(title, [(field, kind, unset(kind)) for field, kind in fields.items()])


def of_pydantic(title, /, **fields):
    return pydantic.create_model(title, **{field: (kind, unset(kind)) for field, kind in fields.items()})


def read(page):
    for contact in page.data:
        contact.id, contact.name, contact.phone_number, contact.email, contact.tags, contact.is_blocked
        contact.opted_out_at, contact.custom_fields, contact.created_at, contact.updated_at, contact.notes
        contact.messages
        for group in contact.groups:
            group.id, group.name


def decoding():
    contacts = [
        {"id": str(uuid.UUID(int=number)), "name": f"Jane Doe {number}", "phone_number": f"+1555123{number:04d}",
         "email": f"jane{number}@example.com", "tags": ["vip", "newsletter"], "is_blocked": False, "opted_out_at": None,
         "custom_fields": {"city": "New York", "plan": "gold"}, "groups": [{"id": str(uuid.UUID(int=9)), "name": "VIP"}],
         "created_at": f"2026-01-{number % 28 + 1:02d}T09:{number:02d}:00Z",
         "updated_at": f"2026-02-{number % 28 + 1:02d}T09:{number:02d}:00Z", "notes": None}
        for number in range(50)
    ]
    body = json.dumps({"current_page": 1, "data": contacts, "per_page": 50, "total": 120}, separators=(",", ":")).encode()
    call = hudhud.Zagely("pk_test", "sk_test").contacts.list.request()
    headers = {"Content-Type": "application/json"}
    decoder = msgspec.json.Decoder(page_of_contacts(of_msgspec))
    model = page_of_contacts(of_pydantic)
    ours = lambda: read(call.decode(200, headers, body))
    report("decoding 50 contacts, reading every field: pydantic", ours, lambda: read(model.model_validate_json(body)), "≥ 2")
    report("decoding 50 contacts, reading every field: msgspec", ours, lambda: read(decoder.decode(body)), "≥ 0.8")


def observers():
    """Measures a call over a socket on loopback with an observer against the same call without one."""
    url = os.environ.get("HUDHUD_LOOPBACK")
    if not url:
        print("cost of an observer: not measured; `cargo xtask bench python` starts the loopback server")
        return

    class Idle:
        def begin(self, call):
            pass

        def event(self, token, event):
            pass

        def end(self, token, outcome):
            pass

    class Nowhere(io.TextIOBase):
        def write(self, text):
            return len(text)

    handler = logging.StreamHandler(Nowhere())
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    log = logging.getLogger("hudhud")
    log.addHandler(handler)
    log.propagate = False
    clients = [hudhud.Zagely("pk_test", "sk_test", base_url=url, observer=observer) for observer in (None, None, Idle())]
    plain, other, idle = (client.contacts.get for client in clients)

    def timed(get, level, calls=8):
        log.setLevel(level)
        begun = time.perf_counter()
        for _ in range(calls):
            get("c-1")
        return (time.perf_counter() - begun) / calls * 1e6

    print("\ncost of an observer, contacts.get over loopback: with it, without it, ratio")
    sides = {
        "no observer on either side: the error of this measurement": (other, logging.WARNING),
        "an observer that does nothing": (idle, logging.WARNING),
        "the logger hudhud at DEBUG": (plain, logging.DEBUG),
    }
    for name, (observed, level) in sides.items():
        found = []
        for round_number in range(600):
            if round_number % 2:
                first = timed(plain, logging.WARNING)
                found.append((timed(observed, level), first))
            else:
                found.append((timed(observed, level), timed(plain, logging.WARNING)))
        mine, theirs = (statistics.median(round_number[at] for round_number in found) for at in (0, 1))
        ratio = statistics.median(mine / theirs for mine, theirs in found)
        print(f"{name:58} {mine:10.2f} µs {theirs:10.2f} µs {ratio:8.3f}", flush=True)


def importing():
    code = "import time; begun = time.perf_counter(); import hudhud; print(time.perf_counter() - begun)"
    taken = [float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(10)]
    print(f"{'import hudhud':58} {min(taken) * 1000:10.2f} ms (wanted ≤ 30 ms)")


if __name__ == "__main__":
    print(f"{'':58} {'hudhud':>13} {'other':>13} {'ratio':>10}")
    parts = {"webhooks": webhooks, "sending": sending, "decoding": decoding, "observers": observers, "importing": importing}
    for name in sys.argv[1:] or parts:
        parts[name]()

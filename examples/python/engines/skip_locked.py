"""Sends the messages of a table in PostgreSQL by any number of workers, each once, even if workers are killed.

    python skip_locked.py add zagely "hi" +15551234567 +15551234568
    python skip_locked.py work zagely & python skip_locked.py work zagely & wait
    python skip_locked.py report

A worker commits that it will send a message before the request leaves. If it dies, its lease ends, and another worker takes
the message over: Zagely recognizes the key, which is the message's id. A message of Wazaj is then *unknown*, and not repeated.
"""

import os
import sys
import time
from datetime import timedelta

import psycopg
from hudhud import HudhudError
from hudhud.rate_limiter.psycopg import PsycopgStore
from sending import LONGEST_CALL, Vendor, fate, may_repeat, pause, sender

DATABASE = os.environ.get("DATABASE", "dbname=shop")
# A lease is longer than a call, so that the request of a slow worker has ended when another takes the message over.
LEASE = timedelta(seconds=float(os.environ.get("LEASE_SECONDS", LONGEST_CALL.total_seconds() * 1.1)))

TABLE = """
CREATE TABLE IF NOT EXISTS messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    vendor TEXT NOT NULL, recipient TEXT NOT NULL, text TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',         -- open, sent, refused, unknown
    tried TIMESTAMPTZ,                          -- the beginning of the first call whose effect is unknown
    due TIMESTAMPTZ NOT NULL DEFAULT now(),     -- when a worker may take the message
    reason TEXT
);
CREATE INDEX IF NOT EXISTS messages_due ON messages (vendor, due) WHERE state = 'open';
"""
ADD = "INSERT INTO messages (vendor, text, recipient) SELECT %s, %s, unnest(%s::text[])"
CLAIM = """
UPDATE messages SET tried = coalesce(tried, now()), due = now() + %(lease)s WHERE id = (
    SELECT id FROM messages WHERE vendor = %(vendor)s AND state = 'open' AND due <= now()
    ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id::text, recipient, text, due, now() - tried
"""
# A late worker, whose lease has ended, changes nothing. It may only add that it has sent the message.
END = "UPDATE messages SET state = %s, reason = %s WHERE id = %s AND (state = 'open' AND due = %s OR state = 'unknown')"
LATER = """
UPDATE messages SET due = now() + %s * interval '1 second', reason = %s, tried = CASE WHEN %s THEN tried END
WHERE id = %s AND state = 'open' AND due = %s
"""


def work(vendor: Vendor) -> None:
    """Sends messages until all have an outcome."""
    send = sender(vendor, PsycopgStore(DATABASE, f"{vendor}:main"), deadline=LEASE / 1.1)
    with psycopg.connect(DATABASE, autocommit=True) as database:
        while database.execute("SELECT 1 FROM messages WHERE vendor = %s AND state = 'open' LIMIT 1", (vendor,)).fetchone():
            claim = database.execute(CLAIM, {"vendor": vendor, "lease": LEASE}).fetchone()
            if claim is None:  # Other workers have the rest.
                time.sleep(0.5)
                continue
            id, recipient, text, lease, age = claim
            in_doubt = age > timedelta(0)
            if in_doubt and not may_repeat(vendor, age):
                database.execute(END, ("unknown", "a worker died", id, lease))
                continue
            try:
                send(id, recipient, text)
            except HudhudError as error:
                # The text of an exception contains nothing private, so it may be stored.
                then = fate(error, in_doubt)
                if then != "later":
                    database.execute(END, (then, str(error), id, lease))
                    continue
                happened = in_doubt or getattr(error, "may_have_happened", False)
                database.execute(LATER, (pause(error), str(error), happened, id, lease))
                time.sleep(pause(error))  # The next message would probably fail in the same way.
            else:
                database.execute(END, ("sent", None, id, lease))


def main() -> None:
    match sys.argv[1:]:
        case ["add", ("zagely" | "wazaj") as vendor, text, *recipients]:
            with psycopg.connect(DATABASE) as database:
                database.execute("SELECT pg_advisory_xact_lock(1)")
                database.execute(TABLE)
                database.execute(ADD, (vendor, text, recipients))
        case ["work", ("zagely" | "wazaj") as vendor]:
            work(vendor)
        case ["report"]:
            with psycopg.connect(DATABASE) as database:
                for row in database.execute("SELECT vendor, state, count(*) FROM messages GROUP BY 1, 2 ORDER BY 1, 2"):
                    print(*row)
                for row in database.execute("SELECT id, reason FROM messages WHERE state = 'unknown' ORDER BY id"):
                    print("unknown:", *row)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()

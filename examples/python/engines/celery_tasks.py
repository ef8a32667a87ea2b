"""Sends messages by Celery workers over Redis, each once, even if workers are killed.

    celery --app celery_tasks worker --concurrency 4
    python celery_tasks.py add zagely "hi" +15551234567 +15551234568
    python celery_tasks.py report
    python celery_tasks.py again            # queues messages whose tasks Redis or a killed worker has lost

Celery repeats a task whose worker died. The task notes in Redis that it will send the message, before the request leaves. If it
is repeated, it knows that the message may have been sent: Zagely recognizes the key, which is the message's id. A message of
Wazaj is then *unknown*, and not repeated.
"""

import functools
import json
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import redis
from celery import Celery, Task
from hudhud import HudhudError
from hudhud.rate_limiter.redis import RedisStore
from sending import LONGEST_CALL, Vendor, fate, may_repeat, pause, sender

REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
# Celery gives the task of a dead worker to another one after this time. A task is longer than a call, and shorter than this.
VISIBILITY = timedelta(seconds=float(os.environ.get("VISIBILITY_SECONDS", LONGEST_CALL.total_seconds() * 2)))

app = Celery("messages", broker=REDIS)
app.conf.update(
    task_acks_late=True,  # A task leaves the queue when it has ended.
    task_reject_on_worker_lost=True,  # A task returns to the queue when its process was killed.
    worker_prefetch_multiplier=1,
    broker_transport_options={
        "visibility_timeout": VISIBILITY.total_seconds(),
        "unacked_restore_interval": 5,  # The seconds between two searches for tasks of dead workers.
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 10,  # The seconds for which a worker that was killed in such a search keeps others from it.
    },
)
notes = redis.Redis.from_url(REDIS, decode_responses=True)


@functools.cache  # One client for each process. It is made after Celery has forked.
def of_process(vendor: Vendor) -> Callable[[str, str, str], object]:
    return sender(vendor, RedisStore(redis.Redis.from_url(REDIS), f"{vendor}:main"), deadline=VISIBILITY / 2)


def end(id: str, outcome: str) -> None:
    """Stores the outcome of a message. `sent` replaces another one: two tasks of a message may run at the same time."""
    with notes.pipeline() as transaction:
        store = transaction.hset if outcome == "sent" else transaction.hsetnx
        store("messages:outcome", id, outcome)
        transaction.hdel("messages:open", id)
        transaction.execute()


@app.task(name="messages.send", bind=True, max_retries=None, autoretry_for=(redis.RedisError,), retry_backoff=True)
def send(self: "Task[..., None]", vendor: Vendor, id: str, to: str, text: str) -> None:
    if notes.hget("messages:outcome", id) in ("sent", "refused"):
        return
    now = time.time()
    in_doubt = not notes.hsetnx("messages:tried", id, now)
    tried = float(notes.hget("messages:tried", id) or now)
    if in_doubt and not may_repeat(vendor, timedelta(seconds=now - tried)):
        end(id, "unknown")
        return
    try:
        of_process(vendor)(id, to, text)
    except HudhudError as error:
        then = fate(error, in_doubt)
        if then != "later":
            end(id, then)
            return
        if not in_doubt and not getattr(error, "may_have_happened", False):
            notes.hdel("messages:tried", id)
        # The process waits, and not the task: the others stay in the queue in Redis.
        time.sleep(min(pause(error), VISIBILITY.total_seconds() / 4))
        raise self.retry(countdown=0) from None
    end(id, "sent")


def main() -> None:
    match sys.argv[1:]:
        case ["add", ("zagely" | "wazaj") as vendor, text, *recipients]:
            for to in recipients:
                # If your program has ids, such as those of orders, use them: a message that is added twice is then sent once.
                id = str(uuid.uuid4())
                notes.hset("messages:open", id, json.dumps([vendor, id, to, text]))
                send.delay(vendor, id, to, text)
        case ["again"]:
            if notes.exists("celery", "unacked"):
                sys.exit("tasks are waiting or running: try again later")
            for message in notes.hvals("messages:open"):
                send.delay(*json.loads(message))
        case ["report"]:
            outcomes = notes.hgetall("messages:outcome")
            for outcome, count in [*Counter(outcomes.values()).items(), ("open", notes.hlen("messages:open"))]:
                print(outcome, count)
            for unknown in sorted(id for id, outcome in outcomes.items() if outcome == "unknown"):
                print("unknown:", unknown)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()

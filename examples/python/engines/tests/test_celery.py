"""Runs Celery workers on Redis with `celery_tasks.py`, and kills one while its requests are on their way."""

import time

import pytest
import redis
from conftest import all_in_flight, slow_answers, wait_for

ZAGELY = [f"+155500010{number:02d}" for number in range(20)]
WAZAJ = [f"+155500020{number:02d}" for number in range(20)]


@pytest.fixture
def database(redis_port, programs):
    """An empty Redis, which the programs use."""
    programs.environment.update(REDIS_URL=f"redis://127.0.0.1:{redis_port}/0", VISIBILITY_SECONDS="6")
    with redis.Redis(port=redis_port) as database:
        database.flushall()
        yield database


def start_worker(programs, processes):
    more = ["--concurrency", str(processes), "--loglevel", "warning", "--without-gossip", "--without-mingle"]
    return programs.start("-m", "celery", "--app", "celery_tasks", "worker", *more)


def test_each_message_is_sent_once_though_workers_are_killed(database, programs, hudhud_sandbox, answers):
    slow_answers(hudhud_sandbox)
    programs.run("celery_tasks.py", "add", "zagely", "hi", *ZAGELY)
    programs.run("celery_tasks.py", "add", "wazaj", "hi", *WAZAJ)
    # Celery takes a task from Redis before it notes that it has it, so a worker that is killed between the two loses the task.
    assert database.lpop("celery")
    killed = start_worker(programs, 4)
    wait_for(lambda: all_in_flight(hudhud_sandbox))
    programs.kill(killed)

    for _ in range(2):
        start_worker(programs, 2)
    wait_for(lambda: not database.exists("celery", "unacked"))
    assert "open 0" not in programs.run("celery_tasks.py", "report")
    programs.run("celery_tasks.py", "again")
    wait_for(lambda: not database.exists("messages:open"))
    received = hudhud_sandbox.admin("GET", "/recipients")
    assert received["zagely"] == dict.fromkeys(ZAGELY, 1)
    # The vendor recognized the key of the message that the killed worker had sent.
    assert (201, True) in answers()
    outcomes = list(database.hvals("messages:outcome"))
    unknown = outcomes.count(b"unknown")
    # The slow message, and those that the other processes of the killed worker were sending.
    assert 1 <= unknown <= 4 and outcomes.count(b"sent") == len(outcomes) - unknown
    assert set(received["wazaj"].values()) == {1} and len(received["wazaj"]) >= len(WAZAJ) - unknown + 1
    assert programs.run("celery_tasks.py", "report").count("unknown: ") == unknown


def test_workers_share_the_limits_of_a_key(database, programs, hudhud_sandbox, answers):
    key = hudhud_sandbox.admin("POST", "/keys", {"limits": {"per_minute": 240}})
    programs.environment.update(ZAGELY_PUBLIC_KEY=key["public_key"], ZAGELY_SECRET_KEY=key["secret_key"])
    programs.run("celery_tasks.py", "add", "zagely", "hi", *ZAGELY, *WAZAJ)
    for _ in range(2):
        start_worker(programs, 2)
    wait_for(lambda: hudhud_sandbox.admin("GET", "/recipients")["zagely"])
    begun = time.monotonic()
    wait_for(lambda: database.hvals("messages:outcome") == [b"sent"] * 40)
    # 19 leave at once, and then 4 in a second. Four limiters that do not share would let all leave at once.
    assert time.monotonic() - begun > 2.5
    assert {status for status, _ in answers()} == {201}
    assert database.get("hudhud:rate_limiter:zagely:main")

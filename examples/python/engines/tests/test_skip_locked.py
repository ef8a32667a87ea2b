"""Runs the workers of `skip_locked.py` on PostgreSQL, and kills one while its requests are on their way."""

import psycopg
from conftest import all_in_flight, slow_answers, wait_for

ZAGELY = [f"+155500010{number:02d}" for number in range(20)]
WAZAJ = [f"+155500020{number:02d}" for number in range(20)]


def test_each_message_is_sent_once_though_workers_are_killed(postgres, programs, hudhud_sandbox, answers):
    programs.environment.update(DATABASE=postgres, LEASE_SECONDS="6")
    programs.run("skip_locked.py", "add", "zagely", "hi", *ZAGELY)
    programs.run("skip_locked.py", "add", "wazaj", "hi", *WAZAJ)
    slow_answers(hudhud_sandbox)
    killed = [programs.start("skip_locked.py", "work", vendor) for vendor in ("zagely", "wazaj")]
    wait_for(lambda: all_in_flight(hudhud_sandbox))
    for program in killed:
        programs.kill(program)

    workers = [programs.start("skip_locked.py", "work", vendor) for vendor in ("zagely", "zagely", "wazaj", "wazaj")]
    assert [worker.wait(60) for worker in workers] == [0] * 4
    received = hudhud_sandbox.admin("GET", "/recipients")
    assert received == {"zagely": dict.fromkeys(ZAGELY, 1), "wazaj": dict.fromkeys(WAZAJ, 1)}
    # The vendor recognized the key of the message that the killed worker had sent.
    assert (201, True) in answers()
    with psycopg.connect(postgres) as database:
        states = dict(database.execute("SELECT vendor || ' ' || state, count(*) FROM messages GROUP BY 1").fetchall())
        assert states == {"zagely sent": 20, "wazaj sent": 19, "wazaj unknown": 1}
        (unknown,) = database.execute("SELECT id::text FROM messages WHERE state = 'unknown'").fetchone()
        assert database.execute("SELECT count(*) FROM hudhud_rate_limiter").fetchone() == (2,)
    assert f"unknown: {unknown} a worker died" in programs.run("skip_locked.py", "report")


def test_refusals_are_final_and_messages_of_unknown_fate_are_reported(postgres, programs, hudhud_sandbox, answers):
    with psycopg.connect(postgres) as database:
        database.execute("DROP TABLE IF EXISTS messages")
    programs.environment.update(DATABASE=postgres, LEASE_SECONDS="6")
    programs.run("skip_locked.py", "add", "zagely", "hi", *ZAGELY[:4])
    with psycopg.connect(postgres) as database:
        # The vendor may have forgotten the key of this message before a repetition has arrived.
        age = "UPDATE messages SET tried = now() - interval '23 hours 46 minutes' WHERE recipient = %s"
        database.execute(age, ZAGELY[3:4])
    for fault in "status=422", "status=500;processed":
        hudhud_sandbox.fault("messages.send", fault, times=1)
    programs.run("skip_locked.py", "work", "zagely")
    with psycopg.connect(postgres) as database:
        states = database.execute("SELECT state FROM messages ORDER BY 1").fetchall()
    assert states == [("refused",), ("sent",), ("unknown",), ("unknown",)]
    assert len(answers()) == 3 and len(hudhud_sandbox.admin("GET", "/recipients")["zagely"]) == 2

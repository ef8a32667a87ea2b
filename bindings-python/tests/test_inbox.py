"""The inbox over each store, on real servers."""

import asyncio
import contextlib
import logging
import threading
import time

import hudhud
import hudhud.inbox
import pytest
from databases import Missing, postgres, redis_server
from hudhud.inbox import AsyncForgetfulStore, AsyncLeasedInbox, ForgetfulStore, LeasedInbox, RejectedEventError, StoreBusyError
from inbox_stores import FORGETFUL, STORES, Opened, effects, make_effects

SQL = [kind for kind in STORES if not kind.startswith("redis")]


def event(key="d-1", until=None):
    until = int(time.time()) + 86_400 if until is None else until
    return hudhud.WebhookEvent(name="webhook.test", replay_key=key, deduplicate_until=until)


@pytest.fixture(scope="session")
def servers():
    """A function that starts a server once, and returns its address."""
    started, stack = {}, []

    def address(make):
        if make not in started:
            try:
                running = make()
                started[make] = running.__enter__()
            except Missing as missing:
                pytest.skip(str(missing))
            stack.append(running)
        return started[make]

    yield address
    for running in stack:
        running.__exit__(None, None, None)


def address_of(kind, servers, tmp_path):
    if kind.startswith("sqlite"):
        pytest.importorskip("sqlite3", reason="this build of Python has no SQLite")
        return str(tmp_path / "inbox.db")
    if kind.startswith("redis"):
        return servers(redis_server)
    return None if kind in FORGETFUL else servers(postgres)


@pytest.fixture
def opened(request, servers, tmp_path):
    """A function that opens inboxes over the store of the test's parameter `kind`."""
    made, kind = [], request.getfixturevalue("kind")
    address = address_of(kind, servers, tmp_path)
    make_effects(kind, address)

    def make(**settings):
        made.append(Opened(kind, address, **settings))
        return made[-1]

    make.effects = lambda: effects(kind, address)
    make.address = address
    yield make
    for each in made:
        each.close()


@pytest.fixture
def clock(monkeypatch):
    """The clock of the inboxes: a list with the seconds that have passed."""
    passed, start = [0.0], time.time()
    monkeypatch.setattr("hudhud.inbox._rules.clock", lambda: start + passed[0])
    return passed


transactional = pytest.mark.parametrize("kind", STORES)
leased = pytest.mark.parametrize("kind", [*STORES, *FORGETFUL])


@transactional
def test_an_event_has_its_effect_once(kind, opened):
    inbox = opened()
    first, second = inbox.receive(event()), inbox.receive(event())
    assert (first.outcome, first.http_status, first.headers) == ("handled", 200, {})
    assert (second.outcome, second.http_status) == ("duplicate", 200)
    assert opened().receive(event()).outcome == "duplicate"
    assert opened.effects() == ["d-1"]


@transactional
def test_deliveries_at_the_same_moment_have_one_effect(kind, opened):
    inboxes = [opened() for _ in range(4)]
    inboxes[0].receive(event("first"))
    outcomes, barrier = [], threading.Barrier(4, timeout=30)

    def deliver(inbox):
        for number in range(25):
            barrier.wait()
            outcomes.append(inbox.receive(event(f"d-{number}")).outcome)

    threads = [threading.Thread(target=deliver, args=[inbox]) for inbox in inboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(opened.effects()) == sorted(["first", *(f"d-{number}" for number in range(25))])
    assert len(outcomes) == 100 and outcomes.count("handled") == 25 and set(outcomes) <= {"handled", "duplicate", "busy"}


@transactional
def test_a_failed_handler_has_no_effect_and_is_attempted_again_after_its_wait(kind, opened, clock):
    failing = [True]

    def handle(key, connection):
        if failing[0]:
            raise ValueError("private")

    inbox = opened(handle=handle)
    failed = inbox.receive(event())
    assert (failed.outcome, failed.http_status, failed.retry_after) == ("failed", 503, 5)
    assert isinstance(failed.error, ValueError) and opened.effects() == []
    early = inbox.receive(event())
    assert (early.outcome, early.http_status, early.headers) == ("too_early", 503, {"Retry-After": "5"})
    clock[0] = 5
    failing[0] = False
    assert inbox.receive(event()).outcome == "handled"
    assert opened.effects() == ["d-1"]


@transactional
def test_an_event_is_poisoned_after_its_last_attempt_and_handled_after_it_is_forgotten(kind, opened, clock):
    def handle(key, connection):
        if len(attempts) < 2:
            attempts.append(key)
            raise ValueError("private")

    attempts = []
    inbox = opened(handle=handle, max_attempts=2)
    assert inbox.receive(event()).outcome == "failed" and inbox.ask("poisoned") == []
    clock[0] = 5
    last = inbox.receive(event())
    assert (last.outcome, last.http_status, last.headers) == ("poisoned", 500, {})
    assert inbox.receive(event()).outcome == "poisoned"
    assert inbox.ask("poisoned") == ["d-1"] and len(attempts) == 2
    assert inbox.ask("forget", "d-1") is True and inbox.ask("forget", "d-1") is False
    assert inbox.receive(event()).outcome == "handled" and inbox.ask("poisoned") == []


@leased
def test_a_rejected_event_is_not_attempted_again(kind, opened, caplog):
    def handle(key, given):
        raise RejectedEventError("Jane Doe")

    inbox = opened(handle=handle, transactional=False)
    with caplog.at_level(logging.DEBUG):
        assert inbox.receive(event()).outcome == "poisoned"
    assert inbox.ask("poisoned") == ["d-1"]
    logged = [record.getMessage() for record in caplog.records if record.name == "hudhud"]
    assert len(logged) == 1 and "RejectedEventError (test_inbox.py:" in logged[0] and "poisoned" in logged[0]
    assert "Jane" not in caplog.text


@leased
def test_a_lease_holds_other_deliveries_off_and_ends(kind, opened, clock):
    leases = []

    def handle(key, lease):
        leases.append(lease)
        if len(leases) == 1:
            # Another delivery arrives while the handler runs, and once more after the lease has ended.
            busy = other.receive(event())
            assert (busy.outcome, busy.http_status, busy.retry_after) == ("busy", 503, 30)
            clock[0] = 31
            assert other.receive(event()).outcome == "handled"

    inbox = opened(handle=handle, transactional=False)
    other = inbox if kind in FORGETFUL else opened(handle=handle, transactional=False)
    assert inbox.receive(event()).outcome == "lease_lost"
    assert inbox.receive(event()).outcome == "duplicate"
    assert [(lease.idempotency_key, lease.token, lease.attempt) for lease in leases] == [("d-1", 1, 1), ("d-1", 2, 2)]


def test_a_busy_store_is_a_busy_receipt():
    class Busy(ForgetfulStore):
        def put_or_get(self, key, change):
            raise StoreBusyError("another process has the entry")

        def clean_up(self, now_ms):
            raise StoreBusyError("another process has the entry")

    class AsyncBusy(AsyncForgetfulStore):
        async def put_or_get(self, key, change):
            raise StoreBusyError("another process has the entry")

        async def clean_up(self, now_ms):
            raise StoreBusyError("another process has the entry")

    async def handle(event, lease):
        raise AssertionError("the event is not claimed")

    blocking, asynchronous = LeasedInbox(Busy()), AsyncLeasedInbox(AsyncBusy())
    blocking.handler(lambda event, lease: asyncio.run(handle(event, lease)))
    asynchronous.handler(handle)
    for receipt in blocking.receive(event()), asyncio.run(asynchronous.receive(event())):
        assert (receipt.outcome, receipt.http_status, receipt.retry_after) == ("busy", 503, 1)


def test_a_database_that_cannot_be_opened_is_named_with_what_to_do(tmp_path):
    sqlite3 = pytest.importorskip("sqlite3", reason="this build of Python has no SQLite")
    from hudhud.inbox.sqlite import SqliteStore
    from hudhud.rate_limiter.sqlite import SqliteStore as LimiterStore

    missing = str(tmp_path / "no folder" / "a.db")
    for path, advice in (missing, f"the folder {tmp_path / 'no folder'} does not exist; create it"), (str(tmp_path), "it is a folder; name a file in it"):
        for use in SqliteStore(path).migrate, LimiterStore(path, "main").load:
            with pytest.raises(sqlite3.OperationalError) as raised:
                use()
            assert str(raised.value) == f"unable to open database file {path}: {advice}"


def test_a_store_in_sqlite_can_be_opened_while_another_process_writes(tmp_path):
    sqlite3 = pytest.importorskip("sqlite3", reason="this build of Python has no SQLite")
    from hudhud.inbox.sqlite import SqliteStore

    path = tmp_path / "shop.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE orders (name TEXT)")
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, other.execute, ["COMMIT"])
    timer.start()
    inbox = LeasedInbox(SqliteStore(str(path)))
    inbox.handler(lambda event, lease: None)
    assert inbox.receive(event()).outcome == "handled"
    timer.join()


@leased
def test_a_leased_event_is_handled_once_by_threads(kind, opened):
    handled = []
    inbox = opened(handle=lambda key, lease: handled.append(key), transactional=False)
    inboxes = [inbox if kind in FORGETFUL else opened(handle=inbox.handle, transactional=False) for _ in range(4)]
    # A thread that fails must not leave the others waiting.
    barrier = threading.Barrier(4, timeout=30)

    def deliver(inbox):
        for number in range(10):
            barrier.wait()
            inbox.receive(event(f"d-{number}"))

    threads = [threading.Thread(target=deliver, args=[inbox]) for inbox in inboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(handled) == sorted(f"d-{number}" for number in range(10))


@pytest.mark.parametrize("kind", [*SQL, *FORGETFUL])
def test_an_entry_is_deleted_after_its_replay_window_and_not_before(kind, opened, clock):
    inbox = opened(transactional=False)
    until = int(time.time()) + 86_400
    inbox.receive(event("short", until))
    inbox.receive(event("prolonged", until))
    inbox.receive(event("prolonged", until + 86_400))
    inbox.receive(hudhud.WebhookEvent(name="webhook.test", replay_key="forever"))
    clock[0] = 86_400 + 3_500
    assert inbox.ask("clean_up") == 0 and inbox.receive(event("short", until)).outcome == "duplicate"
    clock[0] = 86_400 + 3_700
    assert inbox.ask("clean_up") == 1 and inbox.receive(event("prolonged", until)).outcome == "duplicate"
    clock[0] = 2 * 86_400 + 3_700
    assert inbox.ask("clean_up") == 1
    clock[0] = 9e9
    assert inbox.ask("clean_up") == 0 and inbox.receive(event("forever", until)).outcome == "duplicate"


@pytest.mark.parametrize("kind", ["redis", "redis async"])
def test_redis_deletes_an_entry_after_its_replay_window(kind, opened):
    import redis

    inbox = opened()
    inbox.receive(event("short"))
    inbox.receive(hudhud.WebhookEvent(name="webhook.test", replay_key="forever"))
    with redis.Redis(port=opened.address) as client:
        assert 86_400_000 + 3_500_000 < client.pttl("hudhud:inbox:short") <= 86_400_000 + 3_600_000
        assert client.pttl("hudhud:inbox:forever") == -1
    import redis.asyncio

    def reject(event, lease):
        raise RejectedEventError

    with redis.Redis(port=opened.address) as client:
        prefixed = LeasedInbox(hudhud.inbox.redis.RedisStore(client, prefix="a[1]*:"))
        prefixed.handler(reject)
        assert prefixed.receive(event("d-2")).outcome == "poisoned" and prefixed.poisoned() == ["d-2"]
    with pytest.raises(hudhud.InvalidRequestError, match="decode_responses"):
        kind = redis.asyncio.Redis if "async" in kind else redis.Redis
        type(inbox.store)(kind(decode_responses=True))


@pytest.mark.parametrize("kind", ["sqlite", "psycopg"])
def test_tables_of_a_later_version_are_refused(kind, opened):
    inbox = opened()
    inbox.receive(event())
    with inbox.store.transaction() as transaction:
        transaction.connection.execute("INSERT INTO hudhud_inbox_version VALUES (99)")
    with pytest.raises(hudhud.HudhudError, match="version 99.*update hudhud"):
        opened().receive(event())


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_delivery_takes_at_most_three_statements(kind, opened, clock):
    statements, fails = [], [False]

    def handle(key, connection):
        if fails[0]:
            raise ValueError

    def counted(inbox, delivered):
        with inbox.store.transaction() as transaction:
            transaction.connection.set_trace_callback(statements.append)
        statements.clear()
        outcome = inbox.receive(delivered).outcome
        mine = [statement for statement in statements if statement.split()[0] not in ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")]
        return outcome, len([statement for statement in mine if "hudhud_inbox" in statement])

    for is_transactional, new in (True, 1), (False, 2):
        inbox = opened(handle=handle, transactional=is_transactional)
        key = f"d-{is_transactional}"
        inbox.receive(event("other"))
        assert counted(inbox, event(key)) == ("handled", new)
        assert counted(inbox, event(key)) == ("duplicate", 1)
        assert counted(inbox, event(key, int(time.time()) + 900_000)) == ("duplicate", 2)
        fails[0] = True
        outcome, count = counted(inbox, event(key + "f"))
        assert (outcome, count) == ("failed", 2)
        clock[0] += 100
        fails[0] = False
        outcome, count = counted(inbox, event(key + "f"))
        assert (outcome, count) == ("handled", 2 + (not is_transactional))


@pytest.mark.parametrize("kind", ["sqlite", "sqlite async"])
def test_a_handler_that_commits_is_an_error_and_other_writers_wait(kind, opened):
    inbox = opened(handle=lambda key, database: database.execute("COMMIT"))
    with pytest.raises(hudhud.HudhudError, match="must neither commit nor roll back"):
        inbox.receive(event())


@pytest.mark.parametrize("kind", ["sqlite", "sqlite async"])
@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_handler_that_begins_another_transaction_is_an_error(kind, end, opened):
    def handle(key, database):
        database.execute(end)
        database.execute("BEGIN")

    inbox = opened(handle=handle)
    with pytest.raises(hudhud.HudhudError, match="must neither commit nor roll back"):
        inbox.receive(event())


@pytest.mark.parametrize("kind", ["sqlite", "sqlite async"])
def test_settings_that_a_handler_makes_do_not_reach_the_next_event(kind, opened):
    def handle(key, database):
        database.row_factory = lambda cursor, row: dict(zip([column[0] for column in cursor.description], row))
        database.text_factory = bytes

    inbox = opened(handle=handle)
    assert [inbox.receive(event(key)).outcome for key in ("d-1", "d-2", "d-1")] == ["handled", "handled", "duplicate"]
    assert inbox._call(inbox.inbox.poisoned) == []


def test_a_handler_that_uses_the_store_of_its_transaction_does_not_wait_for_itself(tmp_path):
    sqlite = pytest.importorskip("hudhud.inbox.sqlite")
    inbox = hudhud.inbox.AsyncTransactionalInbox(sqlite.AsyncSqliteStore(tmp_path / "i.db"))

    @inbox.handler
    async def handle(event, database):
        await inbox.poisoned()

    async def receive():
        first = await asyncio.wait_for(inbox.receive(event()), 10)
        return first, await inbox.poisoned()

    receipt, poisoned = asyncio.run(receive())
    assert receipt.outcome == "failed" and "must not use the store of its inbox: use the connection" in str(receipt.error)
    assert poisoned == []


@pytest.mark.parametrize("kind", ["redis", "redis async"])
def test_a_handler_that_resets_its_pipeline_is_an_error(kind, opened):
    async def handle_async(event, commands):
        await commands.reset()

    def handle(event, commands):
        commands.reset()

    broken = opened()
    inbox = type(broken.inbox)(broken.store)
    inbox.handler(handle_async if broken.is_async else handle)
    with pytest.raises(hudhud.HudhudError, match="must only queue commands"):
        broken._call(inbox.receive, event())
    assert broken.receive(event()).outcome == "handled"


@pytest.mark.parametrize("kind", ["psycopg", "psycopg async", "asyncpg"])
@pytest.mark.parametrize("statement", ["SELECT 1 / 0", "COMMIT", "ROLLBACK"])
def test_a_transaction_that_postgresql_does_not_commit_is_no_success(kind, statement, opened):
    async def handle_async(event, database):
        with contextlib.suppress(Exception):
            await database.execute(statement)

    def handle(event, database):
        with contextlib.suppress(Exception):
            database.execute(statement)

    broken = opened()
    inbox = type(broken.inbox)(broken.store)
    inbox.handler(handle_async if broken.is_async else handle)
    reason = "a statement of the handler failed" if "SELECT" in statement else "must neither commit nor roll back"
    with pytest.raises(hudhud.HudhudError, match=reason):
        broken._call(inbox.receive, event())
    again = "duplicate" if statement == "COMMIT" else "handled"
    assert broken.receive(event()).outcome == again


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_locked_database_gets_the_delivery_again(kind, opened):
    import sqlite3

    from hudhud.inbox.sqlite import SqliteStore

    inbox = hudhud.inbox.TransactionalInbox(SqliteStore(opened.address, timeout=0.01))
    inbox.handler(lambda event, database: None)
    assert inbox.receive(event("first")).outcome == "handled"
    other = sqlite3.connect(opened.address, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert inbox.receive(event()).outcome == "busy"
    other.execute("COMMIT")
    assert inbox.receive(event()).outcome == "handled"


@pytest.mark.parametrize("kind", ["psycopg"])
def test_a_pool_of_the_program_is_used(kind, opened):
    import psycopg
    from hudhud.inbox.psycopg import PsycopgStore

    made = []

    def connect():
        made.append(psycopg.connect(opened.address))
        return made[-1]

    inbox = hudhud.inbox.TransactionalInbox(PsycopgStore(connect))
    inbox.handler(lambda event, database: database.execute("INSERT INTO effects VALUES ('pool')"))
    assert inbox.receive(event()).outcome == "handled" and inbox.receive(event()).outcome == "duplicate"
    assert opened.effects() == ["pool"] and made


def test_wrong_settings_and_a_missing_handler_are_named():
    store = hudhud.inbox.ForgetfulStore()
    with pytest.raises(hudhud.InvalidRequestError, match="'lease': expected a number of seconds from 1 to 3600"):
        hudhud.inbox.LeasedInbox(store, lease=0.5)
    with pytest.raises(hudhud.InvalidRequestError, match="'max_attempts': expected"):
        hudhud.inbox.LeasedInbox(store, max_attempts=0)
    inbox = hudhud.inbox.LeasedInbox(store)
    with pytest.raises(hudhud.ArgumentError, match="@inbox.handler"):
        inbox.receive(event())
    inbox.handler(lambda event, lease: None)
    with pytest.raises(hudhud.ArgumentError, match="has a handler already"):
        inbox.handler(lambda event, lease: None)
    with pytest.raises(hudhud.ArgumentError, match="expected a WebhookEvent, not str"):
        inbox.receive("d-1")


def test_an_unusual_replay_key_is_hashed():
    keys = []
    inbox = hudhud.inbox.LeasedInbox(hudhud.inbox.ForgetfulStore())
    inbox.handler(lambda event, lease: keys.append(lease.idempotency_key))
    inbox.receive(event("a b"))
    inbox.receive(event("ü\0" * 500))
    assert all(key.startswith("sha256-") and len(key) == 71 for key in keys) and len(set(keys)) == 2

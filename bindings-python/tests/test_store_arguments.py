"""Wrong arguments of the stores of the inbox and of the rate limiter. Their errors are like those of `test_arguments.py`."""

import hudhud
import pytest

# Some builds of Python lack SQLite, and some lack the library of PostgreSQL's client.
pytest.importorskip("sqlite3", reason="this build of Python has no SQLite")
psycopg = pytest.importorskip("psycopg", exc_type=ImportError)
redis = pytest.importorskip("redis")

import hudhud.inbox.asyncpg as asyncpg_inbox  # noqa: E402
import hudhud.inbox.psycopg as psycopg_inbox  # noqa: E402
import hudhud.inbox.redis as redis_inbox  # noqa: E402
import hudhud.rate_limiter.psycopg as psycopg_limits  # noqa: E402
import hudhud.rate_limiter.redis as redis_limits  # noqa: E402
import hudhud.rate_limiter.sqlite as limits  # noqa: E402
import redis.asyncio  # noqa: E402
from hudhud.inbox.sqlite import SqliteStore  # noqa: E402


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("path", lambda: SqliteStore(3)),
        ("path", lambda: SqliteStore(b"i.db")),
        ("timeout", lambda: SqliteStore("i.db", timeout="5")),
        ("timeout", lambda: SqliteStore("i.db", timeout=None)),
        ("path", lambda: limits.SqliteStore(None, "zagely:main")),
        ("name", lambda: limits.SqliteStore("l.db", None)),
        ("client", lambda: redis_inbox.RedisStore("redis://localhost")),
        ("client", lambda: redis_inbox.RedisStore(redis.asyncio.Redis())),
        ("client", lambda: redis_inbox.AsyncRedisStore(redis.Redis())),
        ("client", lambda: redis_limits.RedisStore(redis.Redis, "zagely:main")),
        ("client", lambda: redis_limits.AsyncRedisStore(redis.Redis(), "zagely:main")),
        ("name", lambda: redis_limits.RedisStore(redis.Redis(), 3)),
        ("source", lambda: psycopg_inbox.PsycopgStore(None)),
        ("source", lambda: psycopg_inbox.AsyncPsycopgStore(psycopg.AsyncConnection)),
        ("source", lambda: asyncpg_inbox.AsyncpgStore(None)),
        ("conninfo", lambda: psycopg_limits.PsycopgStore(None, "zagely:main")),
        ("name", lambda: psycopg_limits.AsyncPsycopgStore("dbname=shop", 3)),
    ],
)
def test_an_argument_of_a_wrong_type_is_a_type_error_that_names_it(argument, wrong):
    with pytest.raises(hudhud.ArgumentError) as raised:
        wrong()
    assert f"'{argument}'" in str(raised.value)


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("path", lambda: SqliteStore(":memory:")),
        ("path", lambda: limits.SqliteStore(":memory:", "zagely:main")),
        ("path", lambda: SqliteStore("a\0b")),
        ("timeout", lambda: SqliteStore("i.db", timeout=float("nan"))),
        ("timeout", lambda: limits.SqliteStore("l.db", "zagely:main", timeout=-1)),
        ("name", lambda: limits.SqliteStore("l.db", "")),
    ],
)
def test_an_argument_out_of_range_is_an_error_that_names_it(argument, wrong):
    with pytest.raises(hudhud.InvalidRequestError, match=argument):
        wrong()

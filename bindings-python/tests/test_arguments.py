"""Wrong arguments. A wrong type is a `TypeError` whose message names the argument, in every Python version. It is
raised where the argument is passed, not where it is used. A value out of range is a `ValueError` or a `HudhudError`."""

import datetime
import inspect
import io
import typing

import hudhud
import httpx
import pytest
import requests
import urllib3
from hudhud import Retry, Template, Wazaj, Webhook, Zagely
from hudhud.inbox import ForgetfulStore, LeasedInbox
from hudhud.webhook import sign
from hudhud.zagely import Contact

ZAGELY = Zagely("pk_a", "sk_b", transport=lambda request: (200, {}, b"{}"))
WEBHOOK = Webhook("whsec")
CALL = ZAGELY.account.me.request()


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("public_key", lambda: Zagely(1, "sk_b")),
        ("secret_key", lambda: Zagely("pk_a", None)),
        ("app_token", lambda: Zagely("pk_a", "sk_b", app_token=1)),
        ("app_auth", lambda: Zagely("pk_a", "sk_b", app_auth=1)),
        ("base_url", lambda: Zagely("pk_a", "sk_b", base_url=3)),
        ("retry", lambda: Zagely("pk_a", "sk_b", retry=3)),
        ("timeout", lambda: Zagely("pk_a", "sk_b", timeout="3")),
        ("timeout", lambda: hudhud.AsyncZagely("pk_a", "sk_b", timeout="3")),
        ("transport", lambda: Zagely("pk_a", "sk_b", transport=requests.Session)),
        ("transport", lambda: Zagely("pk_a", "sk_b", transport=urllib3.PoolManager)),
        ("transport", lambda: hudhud.AsyncZagely("pk_a", "sk_b", transport=httpx.AsyncClient)),
        ("api_key", lambda: Wazaj(1, "https://example.com/api")),
        ("base_url", lambda: Wazaj("wzj_a", 1)),
        ("api_key_scheme", lambda: Wazaj("wzj_a", "https://example.com/api", api_key_scheme=1)),
        ("source", lambda: Template(3)),
        ("values", lambda: Template("{{ a }}").render(3)),
        ("missing", lambda: Template("{{ a }}").render({}, missing=3)),
        ("max_attempts", lambda: Retry(max_attempts="x")),
        ("cap", lambda: Retry(cap="x")),
        ("text", lambda: hudhud.parse_phone(3)),
        ("tolerance", lambda: Webhook("s", tolerance="x")),
        ("now", lambda: WEBHOOK.verify({}, b"", now="x")),
        ("secret", lambda: sign(3, b"")),
        ("now", lambda: sign("s", b"", now="x")),
        ("status", lambda: CALL.decode("200", {}, b"{}")),
        ("status", lambda: hudhud.Response("200", {}, b"")),
        ("secret_index", lambda: hudhud.WebhookEvent(name="x", secret_index="0")),
        ("extra", lambda: hudhud.WebhookEvent(name="x", extra=[])),
        ("id", lambda: Contact(id=3)),
        ("tags", lambda: Contact(tags="vip")),
        ("tags", lambda: Contact(tags=None)),
        ("created_at", lambda: Contact(created_at=3)),
        ("custom_fields", lambda: Contact(custom_fields=[])),
        ("groups", lambda: Contact(groups=[Contact()])),
        ("extra", lambda: Contact(extra=[])),
        ("total", lambda: hudhud.Page(total="3")),
        ("data", lambda: hudhud.Page(data="3")),
        ("limit", lambda: hudhud.RateLimit(limit="3")),
        ("rate_limit", lambda: hudhud.Meta(status=200, rate_limit=3)),
        ("meta", lambda: hudhud.ApiResponse(output=1, meta=2, response=3)),
        ("file", lambda: ZAGELY.contacts.import_(file=3)),
        ("file", lambda: ZAGELY.contacts.import_(file="phone_number")),
        ("file", lambda: ZAGELY.contacts.import_(file=io.StringIO("phone_number"))),
        ("to", lambda: ZAGELY.messages.send(to=1, message="hi")),
        ("per_page", lambda: ZAGELY.contacts.list(per_page="3")),
        # In Python, `True` is the integer 1.
        ("per_page", lambda: ZAGELY.contacts.list(per_page=True)),
        ("total", lambda: hudhud.Page(total=True)),
        ("max_attempts", lambda: Retry(max_attempts=True)),
        ("cap", lambda: Retry(cap=True)),
        ("tolerance", lambda: Webhook("s", tolerance=False)),
        ("timeout", lambda: Zagely("pk_a", "sk_b", timeout=True)),
        ("deadline", lambda: ZAGELY.account.me(deadline=True)),
        ("now", lambda: sign("s", b"", now=True)),
        ("lease", lambda: LeasedInbox(ForgetfulStore(), lease=True)),
        ("max_attempts", lambda: LeasedInbox(ForgetfulStore(), max_attempts=True)),
    ],
)
def test_an_argument_of_a_wrong_type_is_a_type_error_that_names_it(argument, wrong):
    with pytest.raises(hudhud.ArgumentError) as raised:
        wrong()
    assert isinstance(raised.value, TypeError) and isinstance(raised.value, hudhud.HudhudError)
    # Checks the message itself. `match` would also search notes, which Python 3.10 lacks.
    assert f"'{argument}'" in str(raised.value)


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("timeout", lambda: Zagely("pk_a", "sk_b", timeout=-1)),
        ("timeout", lambda: Zagely("pk_a", "sk_b", timeout=float("nan"))),
        ("timeout", lambda: hudhud.AsyncZagely("pk_a", "sk_b", timeout=0)),
        ("tolerance", lambda: Webhook("s", tolerance=-1)),
        ("tolerance", lambda: Webhook("s", tolerance=2**70)),
        ("max_attempts", lambda: Retry(max_attempts=-1)),
        ("status", lambda: CALL.decode(99999, {}, b"{}")),
        ("status", lambda: CALL.decode(-1, {}, b"{}")),
        ("per_page", lambda: ZAGELY.contacts.list(per_page=2**70)),
        ("per_page", lambda: ZAGELY.contacts.list(per_page=-1)),
        ("retry_after", lambda: hudhud.Meta(status=200, retry_after=float("nan"))),
        ("idempotency_key", lambda: hudhud.Meta(status=200, idempotency_key="a b")),
        ("created_at", lambda: Contact(created_at=datetime.datetime(2026, 1, 1))),
    ],
)
def test_an_argument_out_of_range_is_an_error_that_names_it(argument, wrong):
    with pytest.raises(hudhud.InvalidRequestError, match=argument) as raised:
        wrong()
    assert isinstance(raised.value, ValueError) and argument in "".join(raised.value.field_errors)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (lambda: Webhook("s", tolerance=-1), "argument 'tolerance': expected a whole number from 0 to 18446744073709551615"),
        (lambda: Webhook("s", tolerance=2**70), "argument 'tolerance': expected a whole number from 0 to 18446744073709551615"),
        (lambda: Retry(max_attempts=-1), "argument 'max_attempts': expected a whole number from 0 to 4294967295"),
        (lambda: CALL.decode(99999, {}, b"{}"), "argument 'status': expected a whole number from 0 to 65535"),
        (
            lambda: ZAGELY.contacts.list(per_page=2**70),
            "argument 'per_page': expected a whole number from -9223372036854775808 to 9223372036854775807",
        ),
        (lambda: hudhud.Meta(status=200, retry_after=10**400), "argument 'retry_after': expected a number from -1.7e308 to 1.7e308"),
    ],
)
def test_a_number_that_does_not_fit_is_an_error_with_its_bounds(wrong, expected):
    with pytest.raises(hudhud.InvalidRequestError) as raised:
        wrong()
    assert expected in str(raised.value)


def literals(function, argument):
    """Returns the values that the type hint of an argument allows."""
    return typing.get_args(typing.get_type_hints(function)[argument])


@pytest.mark.parametrize(
    ("argument", "allowed", "give"),
    [
        ("app_auth", literals(Zagely.__init__, "app_auth"), lambda name: Zagely("pk_a", "sk_b", app_auth=name)),
        (
            "api_key_scheme",
            literals(Wazaj.__init__, "api_key_scheme"),
            lambda name: Wazaj("wzj_a", base_url="https://a.example", api_key_scheme=name),
        ),
        ("missing", ("error", "keep", "empty"), lambda name: Template("a").render(missing=name)),
        (
            "update_method",
            ("PUT", "PATCH"),
            lambda name: Zagely("pk_a", "sk_b", update_method=name),
        ),
    ],
)
def test_an_unknown_choice_is_an_error_that_lists_the_choices_of_the_type_hint(argument, allowed, give):
    for name in allowed:
        give(name)
    with pytest.raises(ValueError) as raised:
        give("POST" if argument == "update_method" else "both")
    names = " or ".join(f"'{name}'" for name in allowed)
    assert str(raised.value) == f"argument '{argument}': expected {names}"


def test_an_unknown_argument_of_a_class_is_an_error_of_the_package():
    for wrong, expected in [
        (lambda: Retry(attempts=3), "Retry() got an unexpected keyword argument 'attempts': did you mean max_attempts?"),
        (lambda: Retry(zzz=3), "'zzz': expected one of max_attempts, base, cap, max_retry_after"),
        (lambda: Webhook("whsec_a", tolerence=3), "Webhook() got an unexpected keyword argument 'tolerence': did you mean tolerance?"),
        (lambda: hudhud.RateLimiter(per_minute=3), "RateLimiter() got an unexpected keyword argument 'per_minute': expected one of state, store"),
        (lambda: Zagely("pk_a", "sk_b", retry=3), "argument 'retry': expected a Retry, such as Retry(max_attempts=1), not int"),
        (lambda: ZAGELY.account.me(retry=False), "argument 'retry': expected a Retry, such as Retry(max_attempts=1), not bool"),
    ]:
        with pytest.raises(hudhud.ArgumentError) as raised:
            wrong()
        assert expected in str(raised.value), raised.value
    for name, value, expected in [
        ("base", -1.0, "a finite number of seconds >= 0"),
        ("cap", float("nan"), "a finite number of seconds >= 0"),
        ("max_attempts", 0, "a number >= 1"),
    ]:
        with pytest.raises(hudhud.InvalidRequestError, match=f"argument '{name}': expected {expected}"):
            Retry(**{name: value})
    with pytest.raises(hudhud.InvalidRequestError, match="argument 'lane': expected 'urgent' or 'bulk', not 'fast'"):
        ZAGELY.account.me(lane="fast")
    with pytest.raises(hudhud.InvalidRequestError, match="argument 'lane': expected 'urgent' or 'bulk', not '…'"):
        ZAGELY.account.me(lane="+15551234567")


def test_internal_methods_of_a_rate_limiter_are_not_shown():
    assert [name for name in dir(hudhud.RateLimiter) if not name.startswith("_")] == ["state", "store", "waiting"]
    assert "unknown" not in str(inspect.signature(Retry)) + str(inspect.signature(hudhud.RateLimiter))
    assert "Returns a `Delivery`" in sign.__doc__

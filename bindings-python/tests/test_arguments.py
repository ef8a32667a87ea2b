"""Arguments of a wrong type: a `TypeError` that names the argument in its message, in every Python, and where it is
given, not where it is used. What is out of bounds is a `ValueError` or the package's own."""

import hudhud
import httpx
import pytest
import requests
import urllib3
from hudhud import Retry, Template, Wazaj, Webhook, Zagely
from hudhud.webhook import sign

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
        ("key_form", lambda: Wazaj("wzj_a", "https://example.com/api", key_form=1)),
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
        ("secret_index", lambda: hudhud.Event(name="x", secret_index="0")),
        ("to", lambda: ZAGELY.messages.send(to=1, message="hi")),
        ("per_page", lambda: ZAGELY.contacts.list(per_page="3")),
    ],
)
def test_a_wrong_type_is_told_by_the_name_of_the_argument(argument, wrong):
    with pytest.raises(TypeError) as raised:
        wrong()
    # In the message itself: `match` would look at notes too, which not every Python has.
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
    ],
)
def test_what_is_out_of_bounds_is_told_so_too(argument, wrong):
    with pytest.raises((ValueError, hudhud.HudhudError), match=argument):
        wrong()

"""The settings of the clients. Core declares them once; each client must accept every one of them."""

import ast
import pydoc
from pathlib import Path

import hudhud
import pytest
from hudhud import Retry
from hudhud._hudhud import SETTINGS

CLIENTS = [
    lambda **settings: hudhud.Zagely("pk_a", "sk_b", transport=print, **settings),
    lambda **settings: hudhud.AsyncZagely("pk_a", "sk_b", transport=print, **settings),
    lambda **settings: hudhud.Wazaj("wzj_a", "https://a.example/api", transport=print, **settings),
    lambda **settings: hudhud.AsyncWazaj("wzj_a", "https://a.example/api", transport=print, **settings),
]

# Legal values of each kind of settings. The last value is of a wrong type.
VALUES = {
    "update_method": ["PUT", "patch", None, 3],
    "methods": [{}, None, 3],
    "text": ["me/1", "", None, 3],
    "retry": [Retry(), None, 3],
    "flag": [True, False, None, 3],
}


@pytest.mark.parametrize("create", CLIENTS)
def test_each_client_accepts_each_setting(create):
    for name, kind, _ in SETTINGS:
        *legal, wrong = VALUES[kind]
        if name == "session_id" and "Wazaj" in type(create()).__name__:
            with pytest.raises(hudhud.InvalidRequestError, match="^invalid_request: .* session_id: Wazaj has no sessions"):
                create(session_id="s-1")
            legal = ["", None]
        for value in legal:
            create(**{name: value})
        with pytest.raises(TypeError, match=f"^argument '{name}': "):
            create(**{name: wrong})


@pytest.mark.parametrize("create", CLIENTS)
def test_an_unknown_setting_is_refused_by_name(create):
    with pytest.raises(hudhud.ArgumentError, match=r"^\w+\(\) got an unexpected keyword argument 'userAgent': did you mean user_agent\?$"):
        create(userAgent="me/1")
    with pytest.raises(hudhud.ArgumentError, match=r"'zzz': expected one of .*timeout, .*observer, .*user_agent"):
        create(zzz="me/1")
    with pytest.raises(hudhud.ArgumentError, match=r"'zzz': expected one of .*base_url"):
        create(zzz="me/1")


@pytest.mark.parametrize("cls", [hudhud.Zagely, hudhud.AsyncZagely])
def test_a_misspelt_argument_of_a_client_is_named_before_a_missing_one(cls):
    for expected, arguments in [
        ("'base_ur': did you mean base_url?", {"public_key": "pk_a", "secret_key": "sk_b", "base_ur": "https://a.example"}),
        ("'public': did you mean public_key?", {"public": "pk_a", "secret": "sk_b"}),
        ("'session': did you mean session_id?", {"public_key": "pk_a", "secret_key": "sk_b", "session": "s"}),
    ]:
        with pytest.raises(hudhud.ArgumentError) as raised:
            cls(**arguments)
        assert str(raised.value) == f"{cls.__name__}() got an unexpected keyword argument {expected}"

    class Own(cls):
        def __init__(self, public_key, secret_key, shop):
            super().__init__(public_key, secret_key, transport=print)
            self.shop = shop

    assert Own("pk_a", "sk_b", shop="s").shop == "s"


def test_methods_may_be_any_mapping_and_their_calls_must_exist():
    import types

    zagely = hudhud.Zagely("pk_a", "sk_b", methods=types.MappingProxyType({"contacts.get": "POST"}))
    assert zagely.contacts.get.request(contact_id="c-1").method == "POST"
    with pytest.raises(hudhud.InvalidRequestError) as raised:
        hudhud.Zagely("pk_a", "sk_b", methods={"contacts.nope": "POST"})
    assert list(raised.value.field_errors) == ["methods"]
    with pytest.raises(hudhud.InvalidRequestError, match=r"The call contact.update is unknown: did you mean contacts.update\?"):
        hudhud.Zagely("pk_a", "sk_b", methods={"contact.update": "POST"})
    with pytest.raises(hudhud.InvalidRequestError, match="^argument 'methods': contacts.get: expected 'GET' or "):
        hudhud.Zagely("pk_a", "sk_b", methods={"contacts.get": "FETCH"})


def test_from_env_takes_the_settings(monkeypatch):
    monkeypatch.setenv("ZAGELY_PUBLIC_KEY", "pk_a")
    monkeypatch.setenv("ZAGELY_SECRET_KEY", "sk_b")
    zagely = hudhud.Zagely.from_env(update_method="PATCH")
    assert zagely.contacts.update.request(contact_id="c-1", name="Ann").method == "PATCH"


def test_the_stub_and_help_have_every_setting():
    names = [name for name, _, _ in SETTINGS]
    stub = ast.parse(Path(hudhud.__file__).with_name("_hudhud.pyi").read_text(encoding="utf-8"))
    declared = next(node for node in stub.body if getattr(node, "name", "") == "Settings")
    assert [node.target.id for node in declared.body if isinstance(node, ast.AnnAssign)] == names
    for client in hudhud.Zagely, hudhud.AsyncWazaj:
        text = pydoc.plaintext.document(client.__init__)
        assert all(f"\n{' ' * 8}{name}: " in text for name in names), text

"""Runs the examples in docstrings, and checks the output of `help()`."""

import pydoc
import textwrap
from pathlib import Path

import hudhud
import pytest
from hudhud.testing import pytest_plugin

pytest_plugins = ["pytester"]


def test_the_example_in_the_docstring_of_the_pytest_plugin_passes(pytester, hudhud_sandbox):
    example = pytest_plugin.__doc__.split("\n\n")[1]
    assert "hudhud_sandbox" in example
    pytester.makepyfile(textwrap.dedent(example))
    # In a subprocess, as for a user. It finds the fixture because the package is installed.
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_help_shows_a_call_as_a_routine_with_its_options():
    zagely = hudhud.Zagely("pk_a", "sk_b")
    text = pydoc.plaintext.document(zagely.messages.send)
    assert text.startswith("send") and "message:" in text and "<zagely" not in text
    for option in "idempotency_key", "method", "extra", "validate", "retry":
        assert f"{option}: " in text
    # A call that sends no idempotency key must not document the option.
    assert "idempotency_key: " not in zagely.account.me.__doc__ and "retry: " in zagely.account.me.__doc__


def test_help_of_a_group_shows_the_signatures_of_its_calls():
    zagely = hudhud.Zagely("pk_a", "sk_b")
    text = pydoc.render_doc(zagely.messages, renderer=pydoc.plaintext)
    assert "send(" in text and "message=" in text and "(...)" not in text
    # The class attribute and the bound call have the same documentation.
    assert type(zagely.messages).send.__doc__ == zagely.messages.send.__doc__


def test_help_of_an_exception_begins_with_its_attributes():
    text = pydoc.render_doc(hudhud.RateLimitError, renderer=pydoc.plaintext)
    assert "429: the limit per minute is exceeded." in text
    for line in [
        "retry_after: float | None. The seconds that the vendor asks to wait (`Retry-After`).",
        "rate_limit: RateLimit. The rate limits of the key that the response states.",
        "idempotency_key: str | None. The idempotency key that was sent.",
    ]:
        assert line in text and text.index(line) < text.index("Methods ")
    assert "reason: str. " in hudhud.WebhookError.__doc__ and "Attributes" not in hudhud.HudhudError.__doc__
    assert hudhud.ApiError.__doc__.startswith("The vendor's response is not a success.\n\nAttributes:\n    kind: str. ")


def test_help_of_a_call_is_a_sentence_its_arguments_and_an_example():
    zagely = hudhud.Zagely("pk_a", "sk_b")
    text = zagely.contacts.update.__doc__
    assert text.startswith("Changes ") and text.splitlines()[1:3] == ["", "Arguments:"]
    assert "`None` clears it." in text and text.endswith('\nExample:\n    zagely.contacts.update("contact-1", name="Jane")')
    assert zagely.messages.send.__doc__.endswith('zagely.messages.send(to="+15551234567", message="hi")')
    assert pydoc.plaintext.document(zagely.contacts.import_).startswith("import_(*, file, ")
    for text in "`true`", "`null`", "TemplateComponent":
        assert text not in Path(hudhud.__file__).with_name("_calls.pyi").read_text(encoding="utf-8")
    for call in zagely.messages.send, zagely.contacts.import_, zagely.contact_groups.add_contacts:
        for hidden in "Source:", "Inferred:", "Route:":
            assert hidden not in call.__doc__


def test_every_example_of_a_call_builds_its_request():
    clients = {"zagely": hudhud.Zagely("pk_a", "sk_b"), "wazaj": hudhud.Wazaj("wzj_a", "https://a.example/api")}
    for operation in hudhud._hudhud.OPERATIONS:
        head, _, arguments = operation.example.partition("(")
        given = "(" + arguments.replace('open("contacts.csv", "rb")', 'b"name"').replace("{…}", "{'a': 'b'}")
        call = eval(f"{head}.request{given}", dict(clients))
        assert call.call == f"{operation.group}.{operation.verb}"


@pytest.mark.one_python
def test_without_a_sandbox_the_fixture_says_how_to_install_it(pytester):
    pytester.makepyfile("def test_it(hudhud_sandbox): pass")
    for command, outcome in ("", {"skipped": 1}), ("/no/such/program", {"errors": 1}), ("true", {"errors": 1}):
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("HUDHUD_SANDBOX", command)
            environment.setenv("PATH", "/bin:/usr/bin")
            done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rs")
        done.assert_outcomes(**outcome)
        assert "cargo install --path tests/sandbox" in "".join(done.outlines).replace("\n", "")

"""Runs the examples in docstrings, and checks the output of `help()`."""

import pydoc
import textwrap

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
    told = pydoc.plaintext.document(zagely.messages.send)
    assert told.startswith("send") and "message:" in told and "<zagely" not in told
    for option in "idempotency_key", "method", "extra", "validate", "retry":
        assert f"{option}: " in told
    # A call that sends no idempotency key must not document the option.
    assert "idempotency_key: " not in zagely.account.me.__doc__ and "retry: " in zagely.account.me.__doc__


def test_help_of_a_group_shows_the_signatures_of_its_calls():
    zagely = hudhud.Zagely("pk_a", "sk_b")
    told = pydoc.render_doc(zagely.messages, renderer=pydoc.plaintext)
    assert "send(" in told and "message=" in told and "(...)" not in told
    # The class attribute and the bound call have the same documentation.
    assert type(zagely.messages).send.__doc__ == zagely.messages.send.__doc__


def test_without_a_sandbox_the_fixture_says_how_to_install_it(pytester):
    pytester.makepyfile("def test_it(hudhud_sandbox): pass")
    for command, outcome in ("", {"skipped": 1}), ("/no/such/program", {"errors": 1}), ("true", {"errors": 1}):
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("HUDHUD_SANDBOX", command)
            environment.setenv("PATH", "/bin:/usr/bin")
            done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rs")
        done.assert_outcomes(**outcome)
        assert "cargo install --path tests/sandbox" in "".join(done.outlines).replace("\n", "")

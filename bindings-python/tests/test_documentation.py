"""What the documentation shows: it is run as it stands there."""

import pydoc
import textwrap

import hudhud
from hudhud.testing import pytest_plugin

pytest_plugins = ["pytester"]


def test_the_example_of_the_fixture_works(pytester, hudhud_sandbox):
    example = pytest_plugin.__doc__.split("\n\n")[1]
    assert "hudhud_sandbox" in example
    pytester.makepyfile(textwrap.dedent(example))
    # In a process of its own, as a user has it: it finds the fixture because the package is installed.
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_help_shows_a_call_as_a_routine_with_its_options():
    zagely = hudhud.Zagely("pk_a", "sk_b")
    told = pydoc.plaintext.document(zagely.messages.send)
    assert told.startswith("send") and "message:" in told and "<zagely" not in told
    for option in "idempotency_key", "method", "extra", "checks", "retry":
        assert f"{option}: " in told
    # A key would promise more than a call without one keeps.
    assert "idempotency_key: " not in zagely.account.me.__doc__ and "retry: " in zagely.account.me.__doc__

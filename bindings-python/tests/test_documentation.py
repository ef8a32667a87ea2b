"""What the documentation shows: it is run as it stands there."""

import textwrap

from hudhud.testing import pytest_plugin

pytest_plugins = ["pytester"]


def test_the_example_of_the_fixture_works(pytester, hudhud_sandbox):
    example = pytest_plugin.__doc__.split("\n\n")[1]
    assert "hudhud_sandbox" in example
    pytester.makepyfile(textwrap.dedent(example))
    # In a process of its own, as a user has it: it finds the fixture because the package is installed.
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)

"""The exceptions of calls."""

from hudhud import _hudhud, errors


def test_every_kind_of_core_has_an_exception():
    without_response = {"invalid_request", "transport", "wait_too_long", "store"}
    assert set(errors._OF_KIND) | without_response == set(_hudhud.ERROR_KINDS)

"""A call that is cancelled or interrupted has its idempotency key."""

import asyncio
import sys
import time

import hudhud
import pytest
from libraries import ASYNCHRONOUS, PHONE, TEXT


@pytest.mark.parametrize("library", ASYNCHRONOUS)
def test_a_cancelled_call_has_its_idempotency_key(library, hostile):
    hang = hostile(lambda connection, _: time.sleep(3))

    async def run():
        async with hudhud.AsyncZagely("pk_a", "sk_b", base_url=hang.url, transport=ASYNCHRONOUS[library](None)) as zagely:
            task = asyncio.create_task(zagely.messages.send(to=PHONE, message=TEXT, session_id="s", idempotency_key="my-key"))
            while not hang.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as cancelled:
                await task
            return cancelled.value

    error = asyncio.run(run())
    if sys.version_info < (3, 11):
        # In Python 3.10, a task raises a new exception. Its context is the exception of the call.
        error = error.__context__
    assert error.idempotency_key == "my-key"
    if hasattr(error, "add_note"):
        assert any("my-key" in note for note in error.__notes__)


class Interrupted(BaseException):
    """An exception that no library catches, like `KeyboardInterrupt`."""


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, Interrupted])
def test_an_interrupted_call_has_its_idempotency_key(interruption):
    answers = []

    def transport(request):
        if answers:
            return answers.pop(0)
        raise interruption

    zagely = hudhud.Zagely("pk_a", "sk_b", transport=transport)
    with pytest.raises(interruption) as raised:
        zagely.messages.send(to=PHONE, message=TEXT, session_id="s", idempotency_key="my-key")
    assert raised.value.idempotency_key == "my-key"
    with pytest.raises(interruption) as raised:
        zagely.messages.send(to=PHONE, message=TEXT, session_id="s")
    assert len(raised.value.idempotency_key) > 10
    # During the wait before a retry, and between pages.
    answers.append((503, {}, b""))
    zagely._sleep = None

    async def sleep(_):
        raise interruption

    zagely._sleep = sleep
    with pytest.raises(interruption) as raised:
        zagely.messages.send(to=PHONE, message=TEXT, session_id="s", idempotency_key="my-key")
    assert raised.value.idempotency_key == "my-key"
    answers.append((200, {}, b'{"data":[{"id":"1"}],"current_page":1,"last_page":2}'))
    seen = []
    with pytest.raises(interruption) as raised:
        for contact in zagely.contacts.list():
            seen.append(contact.id)
    assert seen == ["1"] and raised.value.idempotency_key is None


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, Interrupted])
@pytest.mark.parametrize(("status", "may_have_happened"), [(429, False), (503, True)])
def test_a_call_that_is_interrupted_in_a_wait_states_if_it_may_have_happened(interruption, status, may_have_happened):
    zagely = hudhud.Zagely("pk_a", "sk_b", transport=lambda request: (status, {"retry-after": "2"}, b""))

    async def sleep(_):
        raise interruption

    zagely._sleep = sleep
    with pytest.raises(interruption) as raised:
        zagely.messages.send(to=PHONE, message=TEXT, session_id="s", idempotency_key="my-key")
    error = raised.value
    assert (error.may_have_happened, error.idempotency_key) == (may_have_happened, "my-key")
    # Only a call that may have had its effect needs its key.
    assert bool(getattr(error, "__notes__", ())) == (may_have_happened and hasattr(error, "add_note"))

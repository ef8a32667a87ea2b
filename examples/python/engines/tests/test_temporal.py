"""Runs workers of `temporal_messages.py` on Temporal's test server, which skips waits. One is killed while its request is on
its way, and answers are lost."""

import asyncio
import contextlib
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ENGINES, wait_for
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment

sys.path.insert(0, str(ENGINES))
from temporal_messages import QUEUE, Message, SendMessage  # noqa: E402

SERVER = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))


@contextlib.asynccontextmanager
async def temporal(programs):
    """Starts the server. Yields its environment, and a function that starts the workflow of a message."""
    assert SERVER, "temporal-test-server is not installed: install requirements.txt"
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=SERVER) as environment:
        programs.environment["TEMPORAL_ADDRESS"] = environment.client.service_client.config.target_host

        async def start(id, to):
            return await environment.client.start_workflow(SendMessage.run, Message(id, to, "hi"), id=id, task_queue=QUEUE)

        yield environment, start


@contextlib.asynccontextmanager
async def skipping_disabled(environment):
    with environment.auto_time_skipping_disabled():
        yield


def attempts(history: WorkflowHistory):
    """Returns the number of the last attempt of the activity."""
    return max(event.activity_task_started_event_attributes.attempt for event in history.events)


def test_a_message_is_sent_once_though_its_worker_is_killed(programs, hudhud_sandbox, answers):
    async def run():
        programs.environment["ATTEMPT_SECONDS"] = "4"
        hudhud_sandbox.fault("messages.send", "drip=1000", times=1)
        # While no worker is alive, the server would skip to the end of the message's time.
        async with temporal(programs) as (environment, start), skipping_disabled(environment):
            killed = programs.start("temporal_messages.py", "work")
            message = await start("order-1", "+15550001001")
            await asyncio.to_thread(wait_for, lambda: hudhud_sandbox.admin("GET", "/recipients")["zagely"])
            programs.kill(killed)
            programs.start("temporal_messages.py", "work")
            assert await message.result() == "sent"
            assert attempts(await message.fetch_history()) == 2
            # The same message again has the fate that it has.
            send = ["temporal_messages.py", "send", "order-1", "+15550001001", "hi"]
            assert await asyncio.to_thread(programs.run, *send) == "sent\n"

    asyncio.run(asyncio.wait_for(run(), 40))
    assert hudhud_sandbox.admin("GET", "/recipients")["zagely"] == {"+15550001001": 1}
    assert answers()[-1] == (201, True)


@pytest.mark.parametrize(
    ("faults", "outcome", "tried", "received"),
    [
        (["lost", "lost"], "sent", 3, {"+15550001001": 1}),
        (["status=429;retry-after=1", "status=503"], "sent", 3, {"+15550001001": 1}),
        (["status=422"], "refused", 1, {}),
        (["status=500;processed"], "unknown", 1, {"+15550001001": 1}),
    ],
)
def test_the_kind_of_an_error_decides_about_a_repetition(programs, hudhud_sandbox, answers, faults, outcome, tried, received):
    async def run():
        for fault in faults:
            hudhud_sandbox.fault("messages.send", fault, times=1)
        async with temporal(programs) as (_, start):
            programs.start("temporal_messages.py", "work")
            message = await start("order-1", "+15550001001")
            assert await message.result() == outcome
            assert attempts(await message.fetch_history()) == tried

    asyncio.run(asyncio.wait_for(run(), 40))
    assert hudhud_sandbox.admin("GET", "/recipients")["zagely"] == received
    assert len(answers()) == tried

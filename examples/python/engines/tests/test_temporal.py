"""Runs workers of `temporal_messages.py` on Temporal's test server, which skips waits. One is killed while its request is on
its way, and answers are lost."""

import asyncio
import contextlib
import shutil
import sys
from pathlib import Path

import pytest
from conftest import CALLS, ENGINES, slow_answers, wait_for
from temporalio.testing import WorkflowEnvironment

sys.path.insert(0, str(ENGINES))
from temporal_messages import Message, SendMessage  # noqa: E402

TO = "+15550001001"
SERVER = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))


@contextlib.asynccontextmanager
async def temporal(programs):
    """Starts the server. Yields its environment, and a function that starts the workflow of a message."""
    assert SERVER, "temporal-test-server is not installed: install requirements.txt"
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=SERVER) as environment:
        programs.environment["TEMPORAL_ADDRESS"] = environment.client.service_client.config.target_host

        async def start(vendor):
            message = Message(vendor, "order-1", TO, "hi")
            return await environment.client.start_workflow(SendMessage.run, message, id=message.id, task_queue=vendor)

        yield environment, start


@pytest.mark.parametrize(("vendor", "outcome"), [("zagely", "sent"), ("wazaj", "unknown")])
def test_a_message_is_sent_once_though_its_worker_is_killed(programs, hudhud_sandbox, answers, vendor, outcome):
    async def run():
        programs.environment["ATTEMPT_SECONDS"] = "4"
        slow_answers(hudhud_sandbox)
        async with temporal(programs) as (environment, start):
            killed = programs.start("temporal_messages.py", "work", vendor)
            message = await start(vendor)
            await asyncio.to_thread(wait_for, lambda: hudhud_sandbox.admin("GET", "/recipients")[vendor])
            programs.kill(killed)
            programs.start("temporal_messages.py", "work", vendor)
            # While no worker is alive, the server would skip to the end of the message's time.
            with environment.auto_time_skipping_disabled():
                assert await message.result() == outcome
            # The same message again has the fate that it has.
            send = ["temporal_messages.py", "send", vendor, "order-1", TO, "hi"]
            assert await asyncio.to_thread(programs.run, *send) == f"{outcome}\n"

    asyncio.run(asyncio.wait_for(run(), 40))
    assert hudhud_sandbox.admin("GET", "/recipients")[vendor] == {TO: 1}
    # Zagely recognized the key.
    assert (201, True) in answers() or vendor == "wazaj"


@pytest.mark.parametrize(
    ("vendor", "faults", "outcome", "requests", "received"),
    [
        ("zagely", ["lost", "lost"], "sent", 3, {TO: 1}),
        ("zagely", ["status=429;retry-after=1", "status=503"], "sent", 3, {TO: 1}),
        ("zagely", ["status=422"], "refused", 1, {}),
        ("zagely", ["status=500;processed"], "unknown", 1, {TO: 1}),
        ("wazaj", ["lost"], "unknown", 1, {TO: 1}),
        ("wazaj", ["status=429;retry-after=1", "status=429;retry-after=1"], "sent", 3, {TO: 1}),
        ("wazaj", ["status=422"], "refused", 1, {}),
    ],
)
def test_the_kind_of_an_error_decides(programs, hudhud_sandbox, answers, vendor, faults, outcome, requests, received):
    async def run():
        for fault in faults:
            hudhud_sandbox.fault(CALLS[vendor], fault, times=1)
        async with temporal(programs) as (_, start):
            programs.start("temporal_messages.py", "work", vendor)
            assert await (await start(vendor)).result() == outcome

    asyncio.run(asyncio.wait_for(run(), 40))
    assert hudhud_sandbox.admin("GET", "/recipients")[vendor] == received
    assert len(answers()) == requests

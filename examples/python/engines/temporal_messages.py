"""Sends messages by Temporal workers, each once, even if workers are killed and answers are lost.

    python temporal_messages.py work zagely &
    python temporal_messages.py send zagely order-1042 +15551234567 "hi"

Temporal repeats the activity. The message's id is the key, so Zagely recognizes a repetition, and it is the workflow's id, so
Temporal refuses a second workflow for the message. The engine repeats, so the client does not: `Retry(max_attempts=1)`.
Wazaj has no keys: a message is repeated only if it was certainly not sent.
"""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, ApplicationError, WorkflowAlreadyStartedError
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from hudhud import AsyncWazaj, AsyncZagely, HudhudError, Retry
    from sending import KEY_LIFETIME, LONGEST_CALL, Vendor, fate, pause

# Temporal starts the activity of a dead worker again after this time, which is longer than a call.
ATTEMPT = timedelta(seconds=float(os.environ.get("ATTEMPT_SECONDS", LONGEST_CALL.total_seconds() * 1.1)))


@dataclass
class Message:
    vendor: Vendor
    id: str
    to: str
    text: str


@dataclass
class Activities:
    client: AsyncZagely | AsyncWazaj

    @activity.defn
    async def send(self, message: Message) -> None:
        to, text, deadline = message.to, message.text, (ATTEMPT / 1.1).total_seconds()
        try:
            if isinstance(self.client, AsyncZagely):
                await self.client.messages.send(to=to, message=text, idempotency_key=message.id, deadline=deadline)
            else:
                await self.client.messages.send_text(to=to, body=text, deadline=deadline)
        except HudhudError as error:
            # Any earlier attempt counts as one that may have sent the message.
            then = fate(error, in_doubt=activity.info().attempt > 1)
            # The text of an exception contains nothing private. Its cause is not sent to Temporal.
            raise ApplicationError(
                str(error),
                type=then,
                non_retryable=then != "later",
                next_retry_delay=timedelta(seconds=pause(error)),
            ) from None


@workflow.defn
class SendMessage:
    @workflow.run
    async def run(self, message: Message) -> str:
        """Returns the fate of the message: `sent`, `refused` or `unknown`."""
        has_key = message.vendor == "zagely"
        while True:
            try:
                await workflow.execute_activity_method(
                    Activities.send,
                    message,
                    start_to_close_timeout=ATTEMPT,
                    schedule_to_close_timeout=KEY_LIFETIME,
                    retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1), maximum_attempts=0 if has_key else 1),
                )
                return "sent"
            except ActivityError as failure:
                # If the worker died, the cause is a timeout.
                then = failure.cause.type if isinstance(failure.cause, ApplicationError) else "unknown"
                if then != "later" or has_key:
                    return "refused" if then == "refused" else "unknown"
            await workflow.sleep(timedelta(minutes=1))  # The message was certainly not sent.


async def main() -> None:
    temporal = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"))
    match sys.argv[1:]:
        case ["work", ("zagely" | "wazaj") as vendor]:
            made = AsyncZagely if vendor == "zagely" else AsyncWazaj
            async with made.from_env(retry=Retry(max_attempts=1)) as client:
                await Worker(
                    temporal,
                    task_queue=vendor,
                    workflows=[SendMessage],
                    activities=[Activities(client).send],
                    max_cached_workflows=0,  # A workflow of one step needs no cache. Otherwise it could wait for a dead worker's.
                ).run()
        case ["send", ("zagely" | "wazaj") as vendor, id, to, text]:
            message, once = Message(vendor, id, to, text), WorkflowIDReusePolicy.REJECT_DUPLICATE
            with suppress(WorkflowAlreadyStartedError):  # Its result is the fate of the message.
                await temporal.start_workflow(SendMessage.run, message, id=id, task_queue=vendor, id_reuse_policy=once)
            print(await temporal.get_workflow_handle_for(SendMessage.run, id).result(), flush=True)
            # A thread of Temporal's client that still runs can abort the interpreter at its end: temporalio/sdk-python#300.
            os._exit(0)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    asyncio.run(main())

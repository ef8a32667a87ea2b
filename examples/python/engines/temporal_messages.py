"""Sends messages by Temporal workers, each once, although workers are killed and answers are lost.

    python temporal_messages.py work &
    python temporal_messages.py send order-1042 +15551234567 "hi"

Temporal repeats the activity. The message's id is the key, so Zagely recognizes a repetition, and it is the workflow's id, so
Temporal refuses a second workflow for the message. The engine repeats, so the client does not: `Retry(max_attempts=1)`.
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
    from hudhud import AsyncZagely, HudhudError, Retry
    from sending import KEY_LIFETIME, LONGEST_CALL, fate, pause

QUEUE = "messages"
# Temporal starts the activity of a dead worker again after this time, which is longer than a call.
ATTEMPT = timedelta(seconds=float(os.environ.get("ATTEMPT_SECONDS", LONGEST_CALL.total_seconds() * 1.1)))


@dataclass
class Message:
    id: str
    to: str
    text: str


@dataclass
class Activities:
    zagely: AsyncZagely

    @activity.defn
    async def send(self, message: Message) -> str | None:
        """Sends the message. Returns the vendor's id of it."""
        try:
            sent = await self.zagely.messages.send(
                to=message.to,
                message=message.text,
                idempotency_key=message.id,
                deadline=(ATTEMPT / 1.1).total_seconds(),
            )
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
        return sent.message_id


@workflow.defn
class SendMessage:
    @workflow.run
    async def run(self, message: Message) -> str:
        """Returns the fate of the message: `sent`, `refused` or `unknown`."""
        try:
            await workflow.execute_activity_method(
                Activities.send,
                message,
                start_to_close_timeout=ATTEMPT,
                schedule_to_close_timeout=KEY_LIFETIME,
                retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            )
        except ActivityError as failure:
            refused = isinstance(failure.cause, ApplicationError) and failure.cause.type == "refused"
            return "refused" if refused else "unknown"
        return "sent"


async def main() -> None:
    temporal = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"))
    match sys.argv[1:]:
        case ["work"]:
            async with AsyncZagely.from_env(retry=Retry(max_attempts=1)) as zagely:
                await Worker(
                    temporal,
                    task_queue=QUEUE,
                    workflows=[SendMessage],
                    activities=[Activities(zagely).send],
                    max_cached_workflows=0,  # A workflow of one step needs no cache. Otherwise it could wait for a dead worker's.
                ).run()
        case ["send", id, to, text]:
            message, once = Message(id, to, text), WorkflowIDReusePolicy.REJECT_DUPLICATE
            with suppress(WorkflowAlreadyStartedError):  # Its result is the fate of the message.
                await temporal.start_workflow(SendMessage.run, message, id=id, task_queue=QUEUE, id_reuse_policy=once)
            print(await temporal.get_workflow_handle_for(SendMessage.run, id).result())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    asyncio.run(main())

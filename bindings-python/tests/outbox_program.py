"""A program that the tests kill: it adds all messages to an outbox and sends those that are left. It prints a line before it
sends.

    python outbox_program.py VENDOR JOURNAL COUNT [async]
"""

import asyncio
import sys

import hudhud
from hudhud.outbox import AsyncOutbox, Outbox


def number(at: int) -> str:
    return f"+1555{at:07}"


def messages(vendor: str, count: int):
    text = "body" if vendor == "wazaj" else "message"
    return ({"to": number(at), text: f"Hi {at}"} for at in range(count))


def begin(outbox, vendor: str, count: int) -> None:
    if not outbox.report().is_closed:
        outbox.add_all(messages(vendor, count))
    print("sending", flush=True)


async def send_async(vendor: str, journal: str, count: int) -> None:
    client = hudhud.AsyncWazaj if vendor == "wazaj" else hudhud.AsyncZagely
    async with client.from_env() as service, AsyncOutbox(journal, service) as outbox:
        begin(outbox, vendor, count)
        print(await outbox.send())


def send(vendor: str, journal: str, count: int) -> None:
    client = hudhud.Wazaj if vendor == "wazaj" else hudhud.Zagely
    with client.from_env() as service, Outbox(journal, service) as outbox:
        begin(outbox, vendor, count)
        print(outbox.send())


if __name__ == "__main__":
    run = (lambda *given: asyncio.run(send_async(*given))) if "async" in sys.argv else send
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""Sends a text to every contact of a group, once.

    pip install 'hudhud[httpx,cli]'
    ZAGELY_PUBLIC_KEY=pk_… ZAGELY_SECRET_KEY=sk_… python send_to_group.py GROUP_ID "Hi {{ name }}!"

It may be stopped at any moment and started again: each message has an idempotency key made of its recipient and its
text, which the vendor remembers for 24 hours, and who was sent to is kept in a file for longer than that. Limits of
the minute (429) and a service that is away for a while (503) are waited for; a quota of the day ends it.

`ZAGELY_SESSION_ID` names the session to send from, unless the key is bound to one; `ZAGELY_BASE_URL` another origin
than the vendor's, such as the sandbox's.
"""

import argparse
import hashlib
import os
import sys
from pathlib import Path

import httpx
from hudhud import MissingVariablesError, QuotaExceededError, Retry, Template, ValidationError, Zagely
from rich.console import Console
from rich.progress import Progress


def main() -> int:
    parser = argparse.ArgumentParser(description="Sends a text to every contact of a group, once.")
    parser.add_argument("group_id")
    parser.add_argument("template", help="the text, with {{ name }}, {{ phone }} and your own fields")
    parser.add_argument("--sent", type=Path, default=Path("sent.txt"), help="where it is kept who was sent to")
    options = parser.parse_args()

    template = Template(options.template)
    # One wish, however often the program is started: this group, this text.
    wish = hashlib.sha256(f"{options.group_id}\n{options.template}".encode()).hexdigest()[:16]
    done = set(options.sent.read_text(encoding="utf-8").split()) if options.sent.exists() else set()
    session = os.environ.get("ZAGELY_SESSION_ID")
    refused = 0

    patient = Retry(max_attempts=8, cap=30, max_wait=120)
    with Zagely.from_env(transport=httpx.Client(timeout=30), retry=patient) as zagely, \
            options.sent.open("a", encoding="utf-8") as sent, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("sending", total=None)
        for page in zagely.contacts.list(group_id=options.group_id, per_page=200, sort_by="created_at", sort_order="asc").pages():
            progress.update(task, total=page.total)
            for contact in page:
                key = f"{wish}-{contact.id}"
                if key not in done and not contact.is_blocked and not contact.opted_out_at:
                    try:
                        zagely.messages.send(
                            to=contact.phone_number,
                            message=template.render(contact),
                            session_id=session,
                            idempotency_key=key,
                        )
                    except QuotaExceededError as error:
                        progress.console.print(f"{error} Start again then: nobody is sent to twice.")
                        return 1
                    except (MissingVariablesError, ValidationError) as error:
                        # This one cannot be sent to; the others can.
                        refused += 1
                        progress.console.print(f"contact {contact.id}: {error}")
                    else:
                        # Written before the next one is sent, so that a crash forgets nobody.
                        sent.write(f"{key}\n")
                        sent.flush()
                        os.fsync(sent.fileno())
                progress.advance(task)
    print(f"done, {refused} refused")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("stopped; start again to go on", file=sys.stderr)
        sys.exit(130)

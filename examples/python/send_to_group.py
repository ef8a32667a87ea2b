"""Sends a message to every contact of a group, once.

    pip install 'hudhud[httpx,cli]'
    ZAGELY_PUBLIC_KEY=pk_… ZAGELY_SECRET_KEY=sk_… python send_to_group.py GROUP_ID "Hi {{ name }}!"

The program can be stopped and restarted at any time. Each message has an idempotency key, derived from the group, the
template and the contact, which the vendor remembers for 24 hours. A file records the sent messages for longer. The
program waits if the limit per minute is reached (429) or the service is temporarily unavailable (503). It stops if the
daily quota is used up.

`ZAGELY_SESSION_ID` is the session to send from; it is not needed if the key is bound to one. `ZAGELY_BASE_URL` is an
origin to use instead of the vendor's, such as the sandbox's.
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
    parser = argparse.ArgumentParser(description="Sends a message to every contact of a group, once.")
    parser.add_argument("group_id")
    parser.add_argument("template", help="the message, with {{ name }}, {{ phone }} and your custom fields")
    parser.add_argument("--sent", type=Path, default=Path("sent.txt"), help="the file that records the sent messages")
    options = parser.parse_args()

    template = Template(options.template)
    # The same for each start of the program with this group and this template.
    wish = hashlib.sha256(f"{options.group_id}\n{options.template}".encode()).hexdigest()[:16]
    done = set(options.sent.read_text(encoding="utf-8").split()) if options.sent.exists() else set()
    session = os.environ.get("ZAGELY_SESSION_ID")
    refused = 0

    patient = Retry(max_attempts=8, cap=30, max_retry_after=120)
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
                        progress.console.print(f"{error} Restart the program later: no contact gets the message twice.")
                        return 1
                    except (MissingVariablesError, ValidationError) as error:
                        # This message cannot be sent. The others can.
                        refused += 1
                        progress.console.print(f"contact {contact.id}: {error}")
                    else:
                        # Written before the next message is sent, so that a crash loses no record.
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
        print("stopped; run the program again to continue", file=sys.stderr)
        sys.exit(130)

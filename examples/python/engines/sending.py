"""The part that the three engines share: a function that sends a message, and the fate of a message whose call failed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from hudhud import HudhudError, RateLimiter, RequestError, Wazaj, Zagely
from hudhud.rate_limiter import Store

Vendor = Literal["zagely", "wazaj"]

LONGEST_CALL = timedelta(minutes=10)
"""The longest time for a call, with its retries and its wait for the rate limiter."""
KEY_LIFETIME = timedelta(hours=24) - LONGEST_CALL - timedelta(minutes=5)
"""The time in which a call with the same key may begin. The vendor knows a key for 24 hours. Clocks differ by up to 5 minutes."""


def sender(vendor: Vendor, store: Store, deadline: timedelta = LONGEST_CALL) -> Callable[[str, str, str], object]:
    """Returns a function that sends a message: id, recipient, text. The id is the idempotency key. The processes that use the
    same store share the limits of the vendor's key."""
    limiter, seconds = RateLimiter(store=store), deadline.total_seconds()
    if vendor == "zagely":
        zagely = Zagely.from_env(rate_limiter=limiter)
        return lambda id, to, text: zagely.messages.send(to=to, message=text, idempotency_key=id, deadline=seconds)
    wazaj = Wazaj.from_env(rate_limiter=limiter)
    return lambda id, to, text: wazaj.messages.send_text(to=to, body=text, deadline=seconds)


def may_repeat(vendor: Vendor, age: timedelta) -> bool:
    """Returns true if a message whose fate is unknown since `age` can be sent again and arrives once. Wazaj has no keys."""
    return vendor == "zagely" and age < KEY_LIFETIME


def fate(error: HudhudError, in_doubt: bool) -> Literal["later", "refused", "unknown"]:
    """Returns what follows from a failed call. `in_doubt` is true if an earlier call may have sent the message.

    `later`: call again, with the same id. `refused`: the vendor will never accept this message. `unknown`: the recipient may
    have it; a person decides.
    """
    if not isinstance(error, RequestError) or error.safe_to_retry:
        return "later"  # The first are errors of the rate limiter's store.
    if error.may_have_happened:
        return "unknown"
    if error.kind in ("invalid_request", "validation", "client"):
        return "unknown" if in_doubt else "refused"
    return "later"  # A quota is used up, or the keys are wrong: nothing is lost while a person corrects it.


def pause(error: HudhudError) -> float:
    """Returns the seconds to wait after a failure: what the vendor asks for, from 1 to 60. A lost request has ended by then."""
    return min(max(getattr(error, "retry_after", None) or 10.0, 1.0), 60.0)

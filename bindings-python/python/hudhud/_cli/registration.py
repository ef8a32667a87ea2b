"""A webhook that is registered at the vendor while `hudhud listen` runs."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlsplit

from .. import Zagely
from ..errors import HudhudError, MissingVariableError, RequestError
from ..webhook import _secrets_from_env
from .output import write_error
from .usage import UsageError, shown

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host in _LOOPBACK or host.endswith(".localhost") or host.startswith("127.")


class Registration:
    """A registered webhook. It is deleted at the end of a `with` block."""

    def __init__(self, public_url: str | None, local_url: str, events: list[str]) -> None:
        self._client = Zagely.from_env()
        vendor_url: str = self._client.account.health.request().url
        if public_url is None:
            if not _is_loopback(vendor_url):
                raise UsageError(
                    f"--register: the vendor cannot reach {local_url}. Start a tunnel to it, for example"
                    f" `cloudflared tunnel --url {local_url}` or `ngrok http {local_url}`, and pass the address that the"
                    " tunnel prints: --url https://…"
                )
            # The sandbox runs on this machine.
            public_url = local_url
        if not public_url.startswith(("https://", "http://")):
            raise UsageError(f"--url: expected the public address of this server, https://…, not {shown(public_url)}")
        if _is_loopback(public_url) and not _is_loopback(vendor_url):
            raise UsageError(f"--url: the vendor cannot reach {shown(public_url)}: pass the address of a tunnel to {local_url}")
        self._url = public_url
        self._events = events
        self._webhook: Any = None

    def __enter__(self) -> str:
        """Registers the webhook. Returns its secret: that of the environment, or else the one that the vendor makes."""
        fields: dict[str, Any] = {"url": self._url, "events": self._events}
        with contextlib.suppress(MissingVariableError):
            fields["secret"] = _secrets_from_env()[0]
        try:
            self._webhook = self._client.webhooks.create(**fields)
        except BaseException as error:
            if not isinstance(error, RequestError) or error.may_have_happened:
                write_error("hudhud: the webhook may have been registered: see `hudhud list webhooks`")
            raise
        given = self._webhook.secret or fields.get("secret")
        if not given or not self._webhook.id:
            self.__exit__()
            raise UsageError(
                "--register: the vendor's response lacks the id or the secret of the webhook: choose a secret,"
                " and set ZAGELY_WEBHOOK_SECRET to it"
            )
        write_error(f"hudhud: registered the webhook {self._webhook.id} for {self._url}; it is deleted at the end")
        return str(given)

    def __exit__(self, *_: object) -> None:
        if self._webhook is None or not self._webhook.id:
            return
        webhook, self._webhook = self._webhook, None
        try:
            self._client.webhooks.delete(webhook_id=webhook.id)
        except BaseException as error:
            write_error(f"hudhud: the webhook was not deleted: run `hudhud call webhooks.delete webhook_id={webhook.id}`")
            if not isinstance(error, HudhudError):
                raise
            write_error(f"hudhud: {error}")
        else:
            write_error(f"hudhud: deleted the webhook {webhook.id}")
        finally:
            self._client.close()

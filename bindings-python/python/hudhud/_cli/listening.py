"""The command `hudhud listen`, which receives deliveries on this machine during development."""

from __future__ import annotations

import contextlib
import http.client
import threading
from typing import Any

from ..errors import WebhookError
from ..webhook import EVENT_NAMES, Webhook, WebhookEvent
from .forwarding import forward, refuse_unknown_host, target
from .output import cell, to_json, write, write_error
from .registration import Registration
from .saving import Folder, save_secret
from .server import DeliveryServer, Headers
from .termination import terminable
from .usage import UsageError, unknown

_TOLERANCE = 300
# The response if the application gives none: the vendor delivers again.
_BAD_GATEWAY = 502
_GATEWAY_TIMEOUT = 504


class _Reports:
    """Forwards, saves and prints deliveries."""

    def __init__(self, options: Any) -> None:
        self._json = options.json
        self._target = None if options.forward_to is None else target(options.forward_to)
        if self._target is not None:
            refuse_unknown_host(self._target)
        self._folder = None if options.save is None else Folder(options.save)
        self._lock = threading.Lock()

    def genuine(self, event: WebhookEvent, headers: Headers, body: bytes) -> int:
        """Handles a delivery that verified. Returns the status of the response."""
        saved = self._saved(headers, body, False)
        status, failure = self._forwarded(headers, body)
        # Message texts are personal. They are printed only with --json.
        if self._json:
            more: dict[str, Any] = {}
            if self._target is not None:
                more["forwarded"] = {"status": status, "error": failure}
            if saved is not None:
                more["saved"] = saved
            self._print(to_json({**event.to_dict(), **({"hudhud": more} if more else {})}))
        else:
            parts = [cell(value) for value in (event.name, event.delivery_id, event.occurred_at) if value]
            if self._target is not None:
                parts.append(f"-> {status} {failure or 'from ' + self._target.shown}")
            self._print("  ".join(parts))
        return status

    def refused(self, error: WebhookError, headers: Headers, body: bytes) -> None:
        """Handles a delivery that was refused. It is never forwarded."""
        saved = self._saved(headers, body, True) if body else None
        if self._json:
            members: dict[str, Any] = {"refused": error.reason, "hint": error.hint, "http_status": error.http_status}
            self._print(to_json(members if saved is None else {**members, "hudhud": {"saved": saved}}))
        else:
            examine = f" Examine it with: hudhud verify {saved}" if saved else ""
            self._print(f"refused: {error.reason}. {error.hint}{examine}")

    def _print(self, line: str) -> None:
        with self._lock:
            write(line)

    def _saved(self, headers: Headers, body: bytes, refused: bool) -> str | None:
        if self._folder is None:
            return None
        try:
            return self._folder.save(headers, body, refused)
        except OSError as error:
            write_error(f"hudhud: the delivery was not saved: {error.strerror or error}")
            return None

    def _forwarded(self, headers: Headers, body: bytes) -> tuple[int, str | None]:
        """Returns the status of the application's response, or a status of this server with the reason."""
        if self._target is None:
            return 200, None
        try:
            status = forward(self._target, headers, body)
        except TimeoutError:
            return _GATEWAY_TIMEOUT, f"no response from {self._target.shown} in time"
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            return _BAD_GATEWAY, f"no response from {self._target.shown}: {cell(reason)}"
        return (status, None) if status >= 200 else (_BAD_GATEWAY, f"status {status} from {self._target.shown}")


def listen(options: Any) -> None:
    """Receives deliveries until `--count` were accepted, or until Ctrl-C."""
    if options.url is not None and not options.register:
        raise UsageError("--url has no effect without --register: pass --register too")
    if options.secret_file is not None and not options.register:
        raise UsageError("--secret-file is for the secret of the registered webhook: pass --register too")
    for name in options.event or ():
        if name not in EVENT_NAMES and name != "*":
            raise UsageError(unknown("event", name, EVENT_NAMES))
    webhook = None if options.register else Webhook.from_env(tolerance=None if options.any_age else _TOLERANCE)
    reports = _Reports(options)
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(DeliveryServer(options.port, reports.genuine, reports.refused))
        except OSError as error:
            raise OSError(error.errno, f"port {options.port} of 127.0.0.1 cannot be used: {error.strerror}") from None
        stack.enter_context(terminable())
        if webhook is None:
            registration = Registration(options.url, server.url, options.event or ["*"])
            secret = stack.enter_context(registration)
            if options.secret_file is not None:
                save_secret(options.secret_file, secret)
            webhook = Webhook(secret, tolerance=None if options.any_age else _TOLERANCE)
        write_error(f"listening for deliveries at {server.url} (stop with Ctrl-C)")
        if options.forward_to is not None:
            write_error(f"hudhud: forwarding genuine deliveries to {target(options.forward_to).shown}")
        server.serve(webhook, options.count)

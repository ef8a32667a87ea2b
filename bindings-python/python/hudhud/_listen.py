"""`hudhud listen`: a server on loopback that receives deliveries during development."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from ._receiver import MAX_BODY_BYTES, TooLarge, admit
from .errors import WebhookError
from .webhook import WebhookEvent, Webhook


class _Server(ThreadingHTTPServer):
    def __init__(
        self, port: int, webhook: Webhook, genuine: Callable[[WebhookEvent], None], refused: Callable[[WebhookError], None]
    ) -> None:
        super().__init__(("127.0.0.1", port), _Receiver)
        self.webhook = webhook
        self.genuine = genuine
        self.refused = refused
        self.seen = 0


# The maximum duration of a connection, in seconds. The vendor waits ten seconds for a response; a slow client must not
# hold a thread for longer.
_LONGEST = 10.0


class _Receiver(BaseHTTPRequestHandler):
    timeout = _LONGEST

    def setup(self) -> None:
        super().setup()
        self._end = threading.Timer(_LONGEST, self._hang_up)
        self._end.daemon = True
        self._end.start()

    def finish(self) -> None:
        self._end.cancel()
        super().finish()

    def _hang_up(self) -> None:
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The connection has ended already.
            pass

    def do_POST(self) -> None:
        server = cast(_Server, self.server)
        try:
            body = self._body(server.webhook)
            event = None if body is None else server.webhook.verify(self.headers.items(), body)
        except TooLarge:
            self.send_error(413)
            return
        except WebhookError as error:
            status = error.http_status
            server.refused(error)
        else:
            if event is None:
                return
            status = 200
            server.genuine(event)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        server.seen += 1

    def _body(self, webhook: Webhook) -> bytes | None:
        """Returns the body. Refuses a missing or invalid length with an error response and returns `None`."""
        lengths = self.headers.get_all("Content-Length") or []
        if len(lengths) != 1 or "Transfer-Encoding" in self.headers:
            self.send_error(411 if not lengths else 400)
            return None
        length = lengths[0].strip()
        if not (length.isascii() and length.isdigit()):
            self.send_error(400)
            return None
        admit(webhook, self.headers.items(), [length], MAX_BODY_BYTES)
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.send_error(400)
            return None
        return body

    def log_message(self, format: str, *_: Any) -> None:
        """Writes nothing, because the callbacks report each request."""


def listen(
    webhook: Webhook,
    port: int,
    count: int | None,
    genuine: Callable[[WebhookEvent], None],
    refused: Callable[[WebhookError], None],
) -> None:
    """Receives deliveries and passes each to a callback: `genuine` or `refused`. Returns after `count` deliveries."""
    with _Server(port, webhook, genuine, refused) as server:
        print(f"listening for deliveries at http://127.0.0.1:{server.server_port}/ (stop with Ctrl-C)", file=sys.stderr, flush=True)
        server.timeout = 0.2
        while count is None or server.seen < count:
            server.handle_request()

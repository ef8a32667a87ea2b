"""`hudhud listen`: a server on loopback for one's own deliveries, while one develops."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from .errors import WebhookError
from .webhook import Event, Webhook

# Far more than a delivery has. What says that it is longer is not read at all.
_LONGEST = 10_000_000


class _Server(ThreadingHTTPServer):
    def __init__(
        self, port: int, webhook: Webhook, genuine: Callable[[Event], None], refused: Callable[[WebhookError], None]
    ) -> None:
        super().__init__(("127.0.0.1", port), _Receiver)
        self.webhook = webhook
        self.genuine = genuine
        self.refused = refused
        self.seen = 0


class _Receiver(BaseHTTPRequestHandler):
    # The vendor waits for ten seconds; nobody else is to keep a thread for longer.
    timeout = 10

    def do_POST(self) -> None:
        server = cast(_Server, self.server)
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= _LONGEST):
            self.send_error(413)
            return
        body = self.rfile.read(int(length))
        try:
            event = server.webhook.verify(self.headers.items(), body)
        except WebhookError as error:
            status = error.http_status
            server.refused(error)
        else:
            status = 200
            server.genuine(event)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        server.seen += 1

    def log_message(self, format: str, *_: Any) -> None:
        """What is to be said of a request was said."""


def listen(
    webhook: Webhook,
    port: int,
    count: int | None,
    genuine: Callable[[Event], None],
    refused: Callable[[WebhookError], None],
) -> None:
    """Receives deliveries, and tells of each; after `count` of them, if that is given, it ends."""
    with _Server(port, webhook, genuine, refused) as server:
        print(f"deliveries to http://127.0.0.1:{server.server_port}/ ; end with Ctrl-C", file=sys.stderr, flush=True)
        server.timeout = 0.2
        while count is None or server.seen < count:
            server.handle_request()

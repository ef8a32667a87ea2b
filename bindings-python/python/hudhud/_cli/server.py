"""The server of `hudhud listen`: receives deliveries on loopback, and passes on those that verify."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from .._receiver import MAX_BODY_BYTES, TooLarge, admit
from ..errors import WebhookError
from ..webhook import Webhook, WebhookEvent

Headers = list[tuple[str, str]]

# The maximum duration of a connection, in seconds. The vendor waits ten seconds for a response; a slow client must not
# hold a thread for longer.
_LONGEST = 10.0


class DeliveryServer(ThreadingHTTPServer):
    """A server on 127.0.0.1. `genuine` returns the status of the response to a delivery that verifies; `refused` gets
    the others. A delivery is accepted if the status is 2xx."""

    daemon_threads = True
    # The number of connections that may wait to be accepted. With Python's default of 5, a burst of deliveries waits for
    # seconds: the system drops connection attempts, which their senders repeat after one second, then after three.
    request_queue_size = 128

    def __init__(
        self,
        port: int,
        genuine: Callable[[WebhookEvent, Headers, bytes], int],
        refused: Callable[[WebhookError, Headers, bytes], None],
    ) -> None:
        super().__init__(("127.0.0.1", port), _Receiver)
        self.webhook: Webhook | None = None
        self.genuine = genuine
        self.refused = refused
        self.accepted = 0
        self._busy = 0
        self._failure: Exception | None = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.server_port}/"

    def serve(self, webhook: Webhook, count: int | None) -> None:
        """Receives deliveries until `count` were accepted, or until an exception such as Ctrl-C."""
        self.webhook = webhook
        self.timeout = 0.2
        try:
            while count is None or self.accepted < count:
                self.handle_request()
                if self._failure is not None:
                    raise self._failure
        finally:
            # Deliveries that are being handled get their response.
            end = time.monotonic() + _LONGEST
            while self._busy and time.monotonic() < end:
                time.sleep(0.02)

    def begin(self) -> None:
        """Notes that a request arrived."""
        with self._lock:
            self._busy += 1

    def end(self, accepted: bool) -> None:
        """Notes that a request has its response."""
        with self._lock:
            self._busy -= 1
            self.accepted += accepted

    def fail(self, error: Exception) -> None:
        """Ends `serve` with an error."""
        self._failure = error

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Writes nothing: the client closed the connection."""


class _Receiver(BaseHTTPRequestHandler):
    timeout = _LONGEST
    server_version = "hudhud"
    sys_version = ""

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
        server = cast(DeliveryServer, self.server)
        accepted = False
        server.begin()
        try:
            try:
                status = self._status(server)
            except Exception as error:
                # A callback failed, for example because standard output is closed.
                server.fail(error)
                self.send_error(500)
                return
            if status is not None:
                self.send_response(status)
                if status not in (204, 304):
                    self.send_header("Content-Length", "0")
                self.end_headers()
                self.wfile.flush()
                accepted = 200 <= status < 300
        finally:
            server.end(accepted)

    def _status(self, server: DeliveryServer) -> int | None:
        """Handles a request. Returns the status of the response, or `None` after an error response."""
        webhook = server.webhook
        if webhook is None:
            # The registration has not finished. The vendor delivers again.
            self.send_error(503)
            return None
        headers = list(self.headers.items())
        body: bytes | None = b""
        try:
            try:
                body = self._body(webhook, headers)
            except OSError:
                # The client is too slow or has gone.
                body = None
            if body is None:
                return None
            event = webhook.verify(headers, body)
        except TooLarge:
            self.send_error(413)
            return None
        except WebhookError as error:
            server.refused(error, headers, body or b"")
            return error.http_status
        return server.genuine(event, headers, body)

    def _body(self, webhook: Webhook, headers: Headers) -> bytes | None:
        """Returns the body. Refuses a missing or invalid length with an error response and returns `None`."""
        lengths = self.headers.get_all("Content-Length") or []
        if len(lengths) != 1 or "Transfer-Encoding" in self.headers:
            self.send_error(411 if not lengths else 400)
            return None
        length = lengths[0].strip()
        if not (length.isascii() and length.isdigit()):
            self.send_error(400)
            return None
        admit(webhook, headers, [length], MAX_BODY_BYTES)
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.send_error(400)
            return None
        return body

    def log_message(self, format: str, *_: Any) -> None:
        """Writes nothing, because the callbacks report each request."""

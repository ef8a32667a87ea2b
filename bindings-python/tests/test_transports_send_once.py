"""A request is sent once, whatever the library retries."""

import itertools
import socket
import ssl
import threading

import httpx
import httpx2
import hudhud
import niquests
import pytest
import requests
import urllib3
from hostile import answer
from libraries import DELETE, HEALTH, ONCE, SENT, TEXT_CALL, TOGGLE, UPDATE, Over
from privacy import assert_private


def test_a_request_without_a_response_is_sent_once(over, hostile):
    """On a new connection and on a kept-alive one, which a library may take for stale."""
    for kept in False, True:
        server = hostile(lambda connection, count, kept=kept: connection.sendall(answer(SENT)) if kept and count == 1 else False or connection.shutdown(socket.SHUT_RDWR))
        for call in TEXT_CALL, DELETE, TOGGLE, UPDATE:
            server.requests.clear()
            *_, error = over.calls(server.url, *[HEALTH] * kept, call)
            assert isinstance(error, hudhud.TransportError) and error.fault == "closed"
            assert len(server.requests) == 1 + kept, call
            assert_private(error)


def test_a_library_that_is_configured_to_retry_does_not_retry(hostile):
    """After lost responses, and after responses that ask for a retry."""
    asks = answer(b"{}", "503 Service Unavailable", "Retry-After: 0")

    def requests_session():
        made = requests.Session()
        made.mount("http://", requests.adapters.HTTPAdapter(max_retries=urllib3.Retry(3, status_forcelist=[503], allowed_methods=None, backoff_factor=0)))
        return made

    def niquests_session(of=niquests.Session):
        made = of(retries=3)
        for adapter in made.adapters.values():
            adapter.max_retries = adapter.max_retries.new(total=3, read=3, status_forcelist=[503], allowed_methods=None)
        return made

    made = [
        (Over("requests", False), requests_session),
        (Over("niquests", False), niquests_session),
        (Over("niquests", True), lambda: niquests_session(niquests.AsyncSession)),
        (Over("urllib3", False), lambda: urllib3.PoolManager(retries=urllib3.Retry(3, status_forcelist=[503], allowed_methods=None))),
        (Over("httpx", False), lambda: httpx.Client(transport=httpx.HTTPTransport(retries=3))),
    ]
    for over, transport in made:
        lost, busy = (lambda connection, _: connection.shutdown(socket.SHUT_RDWR)), (lambda connection, _: connection.sendall(asks))
        for script, expected in (lost, ("closed", None)), (busy, (None, 503)):
            server = hostile(script)
            for call in TEXT_CALL, DELETE:
                server.requests.clear()
                [error] = over.calls(server.url, call, transport=transport)
                assert (getattr(error, "fault", None), getattr(error, "status", None)) == expected, over.library
                assert len(server.requests) == 1, over.library


def test_other_requests_of_a_session_keep_its_retry_settings(hostile):
    """Retries are prevented only for the calls of this package."""
    server = hostile(lambda connection, count: connection.sendall(answer(SENT, "200 OK" if count % 3 == 0 else "503 Busy", "Retry-After: 0")))
    own = requests.Session()
    own.mount("http://", requests.adapters.HTTPAdapter(max_retries=urllib3.Retry(5, status_forcelist=[503])))
    zagely = hudhud.Zagely("pk_a", "sk_b", base_url=server.url, transport=own, retry=ONCE)
    with pytest.raises(hudhud.UnavailableError):
        zagely.account.me()
    assert len(server.requests) == 1
    assert own.get(server.url).status_code == 200
    assert len(server.requests) == 3


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_broken_http2_server_may_have_taken_the_request(library, asynchronous, hostile, certificate):
    """A server that breaks the protocol after it has read the request makes httpcore raise `LocalProtocolError`, as if
    the request had been invalid. A GOAWAY makes httpcore send the request again."""
    import h2.config
    import h2.connection
    import h2.events
    import h2.exceptions

    server_context, context = certificate
    over = Over(library, asynchronous)

    def wrong_length(stream, served):
        served.send_headers(stream, [(":status", "200"), ("content-length", "5")])
        served.send_data(stream, SENT, end_stream=True)

    def goes_away(stream, served):
        served.close_connection(last_stream_id=max(stream - 2, 0))

    def refuses(stream, served):
        served.reset_stream(stream, error_code=7)

    def bad_frame(stream, served):
        return b"\x00\x00\x08\x06\x00\x00\x00\x00\x09" + b"\x00" * 8

    for breaks, kept in itertools.product((wrong_length, goes_away, refuses, bad_frame), (False, True)):
        read = []
        context_of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context_of_server.load_cert_chain(context.ca_file, context.ca_file.replace("cert.pem", "key.pem"))
        context_of_server.set_alpn_protocols(["h2"])
        listening = socket.create_server(("127.0.0.1", 0))

        def serve(listening=listening, breaks=breaks, kept=kept, read=read, tls=context_of_server):
            while True:
                try:
                    connection = tls.wrap_socket(listening.accept()[0], server_side=True)
                except ssl.SSLError:
                    continue
                except OSError:
                    return
                threading.Thread(target=speak, args=[connection, breaks, kept, read], daemon=True).start()

        def speak(connection, breaks, kept, read):
            served = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, validate_outbound_headers=False))
            served.initiate_connection()
            try:
                connection.sendall(served.data_to_send())
                while data := connection.recv(65536):
                    more = b""
                    for event in served.receive_data(data):
                        if isinstance(event, h2.events.StreamEnded):
                            read.append(event.stream_id)
                            if kept and len(read) == 1:
                                served.send_headers(event.stream_id, [(":status", "200"), ("content-length", str(len(SENT)))])
                                served.send_data(event.stream_id, SENT, end_stream=True)
                            else:
                                more = breaks(event.stream_id, served) or b""
                    connection.sendall(served.data_to_send() + more)
            except (OSError, h2.exceptions.ProtocolError):
                # The client closed the connection, or sent frames after the server had closed it with GOAWAY.
                pass

        threading.Thread(target=serve, daemon=True).start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        modules = {"httpx": httpx, "httpx2": httpx2}[library]
        made = modules.AsyncClient if asynchronous else modules.Client
        retry = hudhud.Retry(base=0.01, cap=0.02)
        *_, error = over.calls(url, *[HEALTH] * kept, TEXT_CALL, transport=lambda made=made: made(http2=True, verify=context), retry=retry)
        listening.close()
        assert len(read) == 1 + kept, (breaks, kept)
        assert isinstance(error, hudhud.TransportError) and error.fault == "closed", (breaks, kept)
        assert_private(error)

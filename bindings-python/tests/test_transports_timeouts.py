"""A request ends within its timeout, which covers the resolution of the name, the connection and the response."""

import socket
import time

import hudhud
import pytest
from hostile import answer
from libraries import BLOCKING, HEALTH, ONCE, SENT, TEXT_CALL, Over
from privacy import assert_private, shown


def test_a_slow_response_ends_at_the_timeout(over, hostile, certificate):
    """A slow body, slow headers and endless informational responses, over TCP and TLS, on a kept-alive connection."""
    server_context, context = certificate

    def body(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        drip(connection)

    def header(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        drip(connection)

    def informational(connection, _):
        drip(connection, b"HTTP/1.1 103 Early Hints\r\n\r\n")

    def drip(connection, piece=b"1"):
        for _ in range(200):
            connection.sendall(piece)
            time.sleep(0.1)

    secure = None if over.library == "urllib" else server_context
    for script, tls in (body, None), (header, None), (informational, None), (header, secure):
        kept = hostile(lambda connection, count, script=script: connection.sendall(answer(SENT)) if count == 1 else script(connection, count), tls)
        begun = time.monotonic()
        _, error = over.calls(kept.url, HEALTH, TEXT_CALL, timeout=0.8, context=tls and context)
        # The slow response would take twenty seconds.
        assert isinstance(error, hudhud.TransportError) and time.monotonic() - begun < 10
        assert error.fault == "timeout", (script, shown(error))
        # The HTTP library only sees that its connection ends.
        assert error.reason == "timeout of 0.8 s" and str(error).endswith(" Reason: timeout of 0.8 s."), shown(error)
        assert_private(error)


def test_a_silent_first_address_leaves_time_for_the_second(over, hostile, certificate, monkeypatch):
    """The timeout is shared among the addresses of a host, for libraries that try them one at a time."""
    server_context, trusting = certificate
    # urllib takes the trusted certificates from the environment.
    monkeypatch.setenv("SSL_CERT_FILE", trusting.ca_file)
    server = hostile(lambda connection, _: connection.sendall(answer(SENT)), server_context)
    # The queue of this socket is full, so a connection to it waits.
    full = socket.socket()
    full.bind(("127.0.0.2", server.port))
    full.listen(0)
    waiting = []
    for _ in range(3):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.2", server.port))
        waiting.append(filler)
    resolved = socket.getaddrinfo

    def two(host, port, *rest, **more):
        if host not in ("two.test", b"two.test"):
            return resolved(host, port, *rest, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, server.port)) for address in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    begun = time.monotonic()
    [reply] = over.calls(f"https://two.test:{server.port}", TEXT_CALL, timeout=4, context=trusting)
    assert not isinstance(reply, Exception), shown(reply)
    assert time.monotonic() - begun < 6
    for filler in waiting:
        filler.close()
    full.close()


def test_a_slow_name_resolution_ends_at_the_timeout(monkeypatch, hostile):
    def slow(*_, **__):
        time.sleep(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    for library in BLOCKING:
        if library == "niquests":
            # niquests has its own resolver, which a test cannot slow down.
            continue
        begun = time.monotonic()
        [error] = Over(library, False).calls("https://slow.test", TEXT_CALL, timeout=0.5)
        assert error.fault == "connect" and time.monotonic() - begun < 10, library
        assert error.reason == "timeout of 0.5 s", (library, error)


def test_deadlines_work_after_a_fork(hostile):
    if not hasattr(__import__("os"), "fork"):
        pytest.skip("this system has no fork")
    import os

    def drip(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(200):
            connection.sendall(b"1")
            time.sleep(0.1)

    server = hostile(drip)
    zagely = hudhud.Zagely("pk_a", "sk_b", base_url=server.url, timeout=0.5, retry=ONCE)
    with pytest.raises(hudhud.TransportError):
        zagely.account.me()
    child = os.fork()
    if not child:
        try:
            zagely.account.me()
        except hudhud.TransportError as error:
            os._exit(0 if error.fault == "timeout" else 1)
        os._exit(2)
    begun = time.monotonic()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert time.monotonic() - begun < 10


def test_a_response_that_comes_too_late_and_a_server_that_closes_have_different_reasons(over, hostile):
    late = hostile(lambda connection, _: time.sleep(2) or connection.sendall(answer(SENT)))
    [error] = over.calls(late.url, TEXT_CALL, timeout=0.4)
    assert (error.fault, error.reason) == ("timeout", "timeout of 0.4 s"), shown(error)
    closing = hostile(lambda connection, _: connection.shutdown(socket.SHUT_RDWR))
    [error] = over.calls(closing.url, TEXT_CALL, timeout=5)
    assert error.fault == "closed" and error.reason in ("connection closed by the server", "connection reset"), shown(error)


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_the_timeout_of_the_library_itself_is_no_closed_connection(library, hostile):
    import importlib

    late = hostile(lambda connection, _: time.sleep(2))
    client = importlib.import_module(library).Client(timeout=0.3)
    [error] = Over(library, False).calls(late.url, TEXT_CALL, transport=lambda: client, timeout=None)
    assert (error.fault, error.reason) == ("timeout", None), shown(error)


def test_a_timeout_that_no_thread_can_wait_for_is_refused():
    hudhud.Zagely("pk_a", "sk_b", timeout=1_000_000_000)
    for timeout in 1_000_000_001, 1e10, 1e300:
        with pytest.raises(ValueError, match="argument 'timeout': expected a number of seconds <= 1000000000"):
            hudhud.Zagely("pk_a", "sk_b", timeout=timeout)

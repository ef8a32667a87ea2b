"""A response is limited in size, complete and decompressed. An error does not show what it echoes."""

import gzip
import socket
import zlib

import hudhud
import pytest
from hostile import answer
from libraries import DELETE, LIST, PHONE, SENT, TEXT, TEXT_CALL
from privacy import assert_private, shown


def test_a_response_above_the_limit_is_a_transport_error(over, hostile):
    """With and without a stated length, chunked, and after decompression. Also for a redirect and an error."""
    bomb = gzip.compress(b"[" + b" " * 5_000_000 + b"]")

    def endless(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(200):
            connection.sendall(b" " * 65536)

    def pieces(connection, _):
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(200):
            connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")

    def stated(connection, _):
        connection.sendall(answer(b" " * 3_000_000, "500 Oops"))

    def packed(connection, _):
        connection.sendall(answer(bomb, "200 OK", "Content-Encoding: gzip"))

    for script in endless, pieces, stated, packed:
        [error] = over.calls(hostile(script).url, LIST, max_response_bytes=1_000_000)
        assert isinstance(error, hudhud.TransportError), (script, error)
        assert error.fault == "closed"
        assert "the response is larger than 1000000 bytes; raise max_response_bytes" in shown(error)
        assert_private(error)
    [reply] = over.calls(hostile(packed).url, LIST, max_response_bytes=6_000_000)
    assert reply.output.data == []


def test_an_invalid_max_response_bytes_is_refused():
    for wrong, error in (0, ValueError), (-1, ValueError), (True, TypeError), ("1", TypeError), (1.5, TypeError), (None, TypeError):
        with pytest.raises(error, match="max_response_bytes"):
            hudhud.Zagely("pk_a", "sk_b", max_response_bytes=wrong)


PACKED = {
    "gzip": gzip.compress(SENT),
    "x-gzip": gzip.compress(SENT[:5]) + gzip.compress(SENT[5:]) + b"\0\0",
    "deflate": zlib.compress(SENT),
    "Deflate": zlib.compressobj(wbits=-15).compress(b"") + zlib.compress(SENT)[2:-4],
    "gzip, deflate": zlib.compress(gzip.compress(SENT)),
    "identity": SENT,
}


@pytest.mark.parametrize("encoding", PACKED)
def test_a_compressed_response_is_decompressed(over, hostile, encoding):
    server = hostile(lambda connection, _: connection.sendall(answer(PACKED[encoding], "200 OK", f"Content-Encoding: {encoding}")))
    [reply] = over.calls(server.url, TEXT_CALL)
    assert reply.output.message_id == 1


def test_unusual_but_valid_responses_are_accepted(over, hostile):
    """Informational responses, repeated headers, no body, a byte order mark."""
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    odd = hostile(lambda connection, _: connection.sendall(early + answer(b"\xef\xbb\xbf" + SENT, "200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2", "X-A: 1", "x-a: 2")))
    [reply] = over.calls(odd.url, TEXT_CALL)
    assert reply.response.status == 200 and reply.response.body == b"\xef\xbb\xbf" + SENT
    pairs = [(name.lower(), value) for name, value in reply.response.headers]
    assert [value for name, value in pairs if name == "set-cookie"] == ["a=1", "b=2"]
    assert [value for name, value in pairs if name == "x-a"] == ["1", "2"]
    empty = hostile(lambda connection, _: connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n"))
    [reply] = over.calls(empty.url, DELETE)
    assert reply.meta.status == 204 and reply.response.body == b""


def test_an_incomplete_response_is_a_closed_fault(over, hostile):
    halves = [
        answer(SENT)[:-5],
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n",
        b"HTT",
    ]
    for half in halves:
        def script(connection, _, half=half):
            connection.sendall(half)
            connection.shutdown(socket.SHUT_RDWR)

        [error] = over.calls(hostile(script).url, TEXT_CALL)
        assert isinstance(error, hudhud.TransportError) and error.fault == "closed", half


def test_an_error_does_not_show_text_that_the_server_echoes(over, hostile):
    """An invalid status line, header or chunk that repeats the request's text."""
    echoes = [
        f"HTTP/1.1 {PHONE} {TEXT}\r\n\r\n",
        f"to={PHONE} body={TEXT}\r\n\r\n",
        f"HTTP/1.1 200 OK\r\n{TEXT} {PHONE}\r\n\r\n",
        f"HTTP/1.1 200 OK\r\nContent-Length: {PHONE[1:]}x\r\n\r\n",
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{PHONE} {TEXT}\r\n",
    ]
    for echo in echoes:
        def script(connection, _, echo=echo):
            connection.sendall(echo.encode())
            connection.shutdown(socket.SHUT_RDWR)

        for call in TEXT_CALL, LIST:
            [error] = over.calls(hostile(script).url, call)
            if isinstance(error, hudhud.TransportError):
                assert_private(error)

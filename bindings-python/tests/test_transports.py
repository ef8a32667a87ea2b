"""Transports over each library. A request is sent once, within its timeout, and its response is limited in size.
A failure claims only what is certain and shows nothing private."""

import asyncio
import gzip
import itertools
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
import zlib

import aiohttp
import httpx
import httpx2
import hudhud
import niquests
import pytest
import requests
import urllib3
from hostile import Hostile, answer

PHONE, TEXT = "+15558675309", "meet me at the old bridge"
ONCE = hudhud.Retry(max_attempts=1)
SENT = json.dumps({"success": True, "message_id": 1}).encode()


def client(made, http2=False):
    return lambda context: made(http2=http2, verify=context or True)


def session(made):
    def make(context):
        made_session = made()
        # The environment may name another certificate authority.
        made_session.trust_env = False
        if context:
            made_session.verify = context.ca_file
        return made_session

    return make


BLOCKING = {
    "urllib": lambda context: None,
    "httpx": client(httpx.Client),
    "httpx2": client(httpx2.Client),
    "requests": session(requests.Session),
    "niquests": session(niquests.Session),
    "urllib3": lambda context: urllib3.PoolManager(**({"ca_certs": context.ca_file} if context else {})),
}
ASYNCHRONOUS = {
    "urllib": lambda context: None,
    "httpx": client(httpx.AsyncClient),
    "httpx2": client(httpx2.AsyncClient),
    "niquests": session(niquests.AsyncSession),
    "aiohttp": lambda context: aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context or True)),
}
ALL = [(name, False) for name in BLOCKING] + [(name, True) for name in ASYNCHRONOUS]


class Over:
    """Makes calls over a client of a library, one at a time."""

    def __init__(self, library, asynchronous):
        self.library, self.asynchronous = library, asynchronous

    def calls(self, url, *calls, context=None, transport=None, **settings):
        """Returns the outcome of each call `(group, verb, fields)`. The group `texts` is a call to Wazaj."""
        settings = {"retry": ONCE, "timeout": 5, **settings}
        if not self.asynchronous:
            made = transport() if transport else BLOCKING[self.library](context)
            with self._zagely(hudhud.Zagely, url, made, settings) as zagely:
                wazaj = hudhud.Wazaj("wzj_secretkey", f"{url}/api", transport=made, **settings)
                return [self._outcome(lambda call=call: self._verb(zagely, wazaj, call)) for call in calls]

        async def run():
            made = transport() if transport else ASYNCHRONOUS[self.library](context)
            async with self._zagely(hudhud.AsyncZagely, url, made, settings) as zagely:
                wazaj = hudhud.AsyncWazaj("wzj_secretkey", f"{url}/api", transport=made, **settings)
                return [await self._outcome_async(self._verb(zagely, wazaj, call)) for call in calls]

        return asyncio.run(run())

    def _zagely(self, made, url, transport, settings):
        return made("pk_publickey", "sk_secretkey", base_url=url, transport=transport, **settings)

    def _verb(self, zagely, wazaj, call):
        group, verb, fields = call
        called = wazaj.messages if group == "texts" else getattr(zagely, group)
        return getattr(called, verb).with_response(**fields)

    def _outcome(self, call):
        try:
            return call()
        except hudhud.HudhudError as error:
            return error

    async def _outcome_async(self, call):
        try:
            return await call
        except hudhud.HudhudError as error:
            return error


@pytest.fixture(params=ALL, ids=lambda of: of[0] + " async" * of[1])
def over(request):
    return Over(*request.param)


@pytest.fixture
def hostile():
    """A function that starts hostile servers. They are closed after the test."""
    made = []

    def make(script, context=None):
        made.append(Hostile(script, context))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1: the context of its server, and that of a client that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:two.test"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
    subprocess.run([*made, *subject], check=True, capture_output=True)

    class Trust(ssl.SSLContext):
        ca_file = str(cert)

    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    trusting = Trust(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(cert)
    return server, trusting


TEXT_CALL = ("texts", "send_text", {"to": PHONE, "body": TEXT})
LIST = ("contacts", "list", {"search": PHONE})
HEALTH = ("account", "health", {})
DELETE = ("automations", "delete", {"automation_id": "a-1"})
TOGGLE = ("automations", "toggle", {"automation_id": "a-1"})
UPDATE = ("automations", "update", {"automation_id": "a-1", "response_content": TEXT})


def shown(error):
    """Returns everything that a printed traceback shows of an error, and the reprs and attributes of its causes."""
    texts, links, seen = ["".join(traceback.format_exception(type(error), error, error.__traceback__))], [error], set()
    while links:
        link = links.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        texts += [str(link), repr(link), repr(link.args), *getattr(link, "__notes__", ())]
        if not isinstance(link, hudhud.HudhudError):
            kept = getattr(link, "__dict__", {})
            texts += [repr(kept), *(repr(getattr(value, "__dict__", "")) for value in kept.values())]
        links += [link.__cause__, link.__context__, *(each for each in link.args if isinstance(each, BaseException))]
    return "\n".join(texts)


def assert_private(error):
    text = shown(error)
    digits = re.sub(r"%2B|\W", "", text)
    assert "5558675309" not in digits and "old bridge" not in text and "old+bridge" not in text
    assert "secretkey" not in text


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
        for script, told in (lost, ("closed", None)), (busy, (None, 503)):
            server = hostile(script)
            for call in TEXT_CALL, DELETE:
                server.requests.clear()
                [error] = over.calls(server.url, call, transport=transport)
                assert (getattr(error, "fault", None), getattr(error, "status", None)) == told, over.library
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
        assert_private(error)


def test_a_failure_before_sending_is_a_connect_fault(over, hostile, certificate):
    server_context, trusting = certificate
    # The port stays taken, so that no other test opens it, and refuses connections, because nothing listens.
    nobody = socket.socket()
    nobody.bind(("127.0.0.1", 0))
    port = nobody.getsockname()[1]
    silent = socket.create_server(("127.0.0.1", 0))
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(trusting.ca_file, trusting.ca_file.replace("cert.pem", "key.pem"))
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    cases = {
        "refused": f"http://127.0.0.1:{port}",
        "unknown host": "https://nobody.invalid",
        # The client does not trust this certificate.
        "certificate": hostile(None, server_context).url,
        "version": hostile(None, old).url,
        # The server never sends its part of the handshake.
        "handshake": f"https://127.0.0.1:{silent.getsockname()[1]}",
    }
    for name, url in cases.items():
        for call in TEXT_CALL, LIST:
            [error] = over.calls(url, call, timeout=1)
            assert isinstance(error, hudhud.TransportError), name
            assert error.fault == "connect", (name, shown(error))
            assert error.__cause__ is not None
            assert_private(error)
            if hasattr(error, "add_note"):
                assert url.partition("://")[2] in shown(error), name


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


@pytest.mark.parametrize("library", ASYNCHRONOUS)
def test_a_cancelled_call_has_its_idempotency_key(library, hostile):
    hang = hostile(lambda connection, _: time.sleep(3))

    async def run():
        async with hudhud.AsyncZagely("pk_a", "sk_b", base_url=hang.url, transport=ASYNCHRONOUS[library](None)) as zagely:
            task = asyncio.create_task(zagely.messages.send(to=PHONE, message=TEXT, session_id="s", idempotency_key="my-key"))
            while not hang.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as cancelled:
                await task
            return cancelled.value

    error = asyncio.run(run())
    if sys.version_info < (3, 11):
        # In Python 3.10, a task raises a new exception. Its context is the exception of the call.
        error = error.__context__
    assert error.idempotency_key == "my-key"
    if hasattr(error, "add_note"):
        assert any("my-key" in note for note in error.__notes__)


class Interrupted(BaseException):
    """An exception that no library catches, like `KeyboardInterrupt`."""


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, Interrupted])
def test_an_interrupted_call_has_its_idempotency_key(interruption):
    answers = []

    def transport(request):
        if answers:
            return answers.pop(0)
        raise interruption

    zagely = hudhud.Zagely("pk_a", "sk_b", transport=transport)
    with pytest.raises(interruption) as raised:
        zagely.messages.send(to=PHONE, message=TEXT, session_id="s", idempotency_key="my-key")
    assert raised.value.idempotency_key == "my-key"
    with pytest.raises(interruption) as raised:
        zagely.messages.send(to=PHONE, message=TEXT, session_id="s")
    assert len(raised.value.idempotency_key) > 10
    # During the wait before a retry, and between pages.
    answers.append((503, {}, b""))
    zagely._sleep = None

    async def sleep(_):
        raise interruption

    zagely._sleep = sleep
    with pytest.raises(interruption) as raised:
        zagely.messages.send(to=PHONE, message=TEXT, session_id="s", idempotency_key="my-key")
    assert raised.value.idempotency_key == "my-key"
    answers.append((200, {}, b'{"data":[{"id":"1"}],"current_page":1,"last_page":2}'))
    seen = []
    with pytest.raises(interruption) as raised:
        for contact in zagely.contacts.list():
            seen.append(contact.id)
    assert seen == ["1"] and raised.value.idempotency_key is None


def test_only_the_connect_failure_of_a_custom_transport_is_a_connect_fault():
    class ConnectError(Exception):
        pass

    raised = []

    def transport(request):
        raised.append(request.url)
        raise ConnectError(f"no way to {request.url}")

    wazaj = hudhud.Wazaj("wzj_secretkey", "https://wazaj.test/api", transport=transport, retry=hudhud.Retry(base=0.01))
    with pytest.raises(hudhud.TransportError) as error:
        wazaj.messages.send_text(to=PHONE, body=TEXT)
    assert error.value.fault == "closed" and len(raised) == 1
    zagely = hudhud.Zagely("pk_publickey", "sk_secretkey", transport=transport, retry=ONCE)
    with pytest.raises(hudhud.TransportError) as error:
        list(zagely.contacts.list(search=PHONE))
    assert isinstance(error.value.__cause__, ConnectError) and "zagely.com" in str(error.value.__cause__)
    assert_private(error.value)

    def sure(request):
        raise hudhud.transports.TransportFailure("connect")

    wazaj = hudhud.Wazaj("wzj_a", "https://wazaj.test/api", transport=sure, retry=ONCE)
    with pytest.raises(hudhud.TransportError) as error:
        wazaj.messages.send_text(to=PHONE, body=TEXT)
    assert error.value.fault == "connect"


def test_an_invalid_max_response_bytes_is_refused():
    for wrong, error in (0, ValueError), (-1, ValueError), (True, TypeError), ("1", TypeError), (1.5, TypeError), (None, TypeError):
        with pytest.raises(error, match="max_response_bytes"):
            hudhud.Zagely("pk_a", "sk_b", max_response_bytes=wrong)


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


def test_importing_the_package_imports_no_http_library():
    code = "import sys, hudhud; print([name for name in ('http.client', 'urllib.request', 'asyncio', 'zlib') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() in ("[]", "['zlib']")


def test_a_timeout_that_no_thread_can_wait_for_is_refused():
    hudhud.Zagely("pk_a", "sk_b", timeout=1_000_000_000)
    for timeout in 1_000_000_001, 1e10, 1e300:
        with pytest.raises(ValueError, match="argument 'timeout': expected a number of seconds <= 1000000000"):
            hudhud.Zagely("pk_a", "sk_b", timeout=timeout)

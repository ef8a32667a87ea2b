"""Only a failure before a request was sent is a `connect` fault. HTTP libraries are imported on demand."""

import socket
import ssl
import subprocess
import sys

import hudhud
import pytest
from libraries import LIST, ONCE, PHONE, TEXT, TEXT_CALL
from privacy import assert_private, shown


def test_a_failure_before_sending_is_a_connect_fault(over, hostile, certificate):
    server_context, trusting = certificate
    # The port stays taken, so that no other test opens it, and refuses connections, because nothing listens.
    unused = socket.socket()
    unused.bind(("127.0.0.1", 0))
    port = unused.getsockname()[1]
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
    reasons = {"refused": "connection refused", "unknown host": "unknown host", "certificate": "certificate not accepted (self"}
    for name, url in cases.items():
        for call in TEXT_CALL, LIST:
            # Only the server that never answers needs the end of the time: a busy machine takes long for a handshake.
            [error] = over.calls(url, call, timeout=1 if name == "handshake" else 20)
            assert isinstance(error, hudhud.TransportError), name
            assert error.fault == "connect", (name, shown(error))
            assert error.__cause__ is not None
            assert_private(error)
            assert url.partition("://")[2] in str(error), name
            if name in reasons:
                assert (error.reason or "").startswith(reasons[name]), (name, error.reason, shown(error))
                assert str(error).endswith(f" Reason: {error.reason}.")


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


def test_importing_the_package_imports_no_http_library():
    code = "import sys, hudhud; print([name for name in ('http.client', 'urllib.request', 'asyncio', 'zlib') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() in ("[]", "['zlib']")

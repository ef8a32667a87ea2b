"""`hudhud verify` on damaged captures: each damage is named, and none is taken for a genuine delivery."""

import base64
import codecs
import json
import time

import pytest
from hudhud import webhook
from hudhud._cli.capture import Capture
from hudhud._cli.repairs import find_repair

SECRET = "whsec_0123456789abcdef"
# Compact JSON as PHP and most other programs write it: with letters, or with escapes.
LETTERS = '{"event":"webhook.test","delivery_id":"d-1","data":{"message":"héllo/هدهد 😀","n":1.10,"list":[1,2]}}'.encode()
PLAIN = b'{"event":"webhook.test","delivery_id":"d-1","data":{"message":"hello"}}'
ESCAPED = b'{"event":"webhook.test","data":{"message":"h\\u00e9llo\\/\\ud83d\\ude00","quote":"\\u0022"}}'


def signed(body, age=0):
    return webhook.sign(SECRET, body, now=time.time() - age)


def spaced(body):
    return json.dumps(json.loads(body), ensure_ascii=False).encode()


# For each damage: the body as it was signed, the damaged body, and words of the finding.
BODIES = {
    "newline": (PLAIN, PLAIN + b"\n", "the newline at the end of the body is removed"),
    "crlf": (PLAIN, PLAIN + b"\r\n", "the newline at the end of the body is removed"),
    "spaces": (PLAIN, b" " + PLAIN + b" \n", "white space around the body is removed"),
    "mark": (LETTERS, codecs.BOM_UTF8 + LETTERS, "the byte order mark of the body is removed"),
    "mark and newline": (LETTERS, codecs.BOM_UTF8 + LETTERS + b"\n", "the newline at the end of the body is removed and the byte order mark of the body is removed"),
    "base64": (LETTERS, base64.b64encode(LETTERS), "the body is decoded from base64"),
    "quoted base64": (LETTERS, b'"' + base64.b64encode(LETTERS) + b'"\n', "the body is decoded from base64"),
    "url-safe base64": (LETTERS, base64.urlsafe_b64encode(LETTERS).rstrip(b"="), "the body is decoded from base64"),
    "json text": (LETTERS, json.dumps(LETTERS.decode()).encode(), "the quotation marks around the body are removed"),
    "shell quotes": (PLAIN, b"'" + PLAIN + b"'\n", "the quotation marks around the body are removed"),
    "python bytes": (LETTERS, repr(LETTERS).encode(), "the quotation marks around the body are removed"),
    "latin-1": ('{"event":"webhook.test","data":{"message":"héllo"}}'.encode(), '{"event":"webhook.test","data":{"message":"héllo"}}'.encode("latin-1"), "from Latin-1"),
    "cp1252": ('{"event":"webhook.test","data":{"message":"5 €"}}'.encode(), '{"event":"webhook.test","data":{"message":"5 €"}}'.encode("cp1252"), "from Windows-1252"),
    "utf-16": (LETTERS, LETTERS.decode().encode("utf-16"), "from UTF-16"),
    "utf-16-le": (PLAIN, PLAIN.decode().encode("utf-16-le"), "from UTF-16"),
    "double utf-8": (LETTERS, LETTERS.decode("latin-1").encode(), "as UTF-8 once instead of twice"),
    "with spaces": (LETTERS.replace(b"1.10", b"1.1"), spaced(LETTERS), "the JSON of the body is made compact"),
    "indented": (PLAIN, json.dumps(json.loads(PLAIN), indent=2).encode() + b"\r\n", "the JSON of the body is made compact"),
    "indented with crlf": (PLAIN, json.dumps(json.loads(PLAIN), indent=2).replace("\n", "\r\n").encode(), "the JSON of the body is made compact"),
    "escapes to letters": (ESCAPED, b'{"event":"webhook.test","data":{"message":"h\xc3\xa9llo/\xf0\x9f\x98\x80","quote":"\\u0022"}}', "the letters of the body are changed to \\u escapes"),
    "letters to escapes": (LETTERS, LETTERS.replace("é".encode(), b"\\u00e9").replace("هدهد".encode(), b"\\u0647\\u062F\\u0647\\u062f").replace("😀".encode(), b"\\ud83d\\ude00"), "the \\u escapes of the body are changed to letters"),
    "php slashes": (LETTERS, LETTERS.replace(b"/", b"\\/"), "the slashes of the body lose their backslashes"),
    "lost slashes": (PLAIN.replace(b"hello", b"a\\/b"), PLAIN.replace(b"hello", b"a/b"), "the slashes of the body get backslashes"),
    "lost newline": (PLAIN + b"\n", PLAIN, "the body gets a newline at its end"),
    "lost carriage returns": (PLAIN.replace(b",", b",\r\n"), PLAIN.replace(b",", b",\n"), "from LF to CRLF"),
    "added carriage returns": (PLAIN.replace(b",", b",\n"), PLAIN.replace(b",", b",\r\n"), "from CRLF to LF"),
    "three damages": (LETTERS, base64.b64encode(codecs.BOM_UTF8 + LETTERS + b"\n"), "the body is decoded from base64 and"),
}


@pytest.mark.parametrize("damage", BODIES)
def test_each_damage_of_the_body_is_found(damage):
    original, damaged, expected = BODIES[damage]
    headers = list(signed(original).headers.items())
    repair = find_repair(Capture(headers, damaged), [SECRET])
    assert repair is not None and expected in " and ".join(repair.steps)
    assert repair.capture.body == original and repair.secret == SECRET
    # With another secret, no repair makes the signature right.
    assert find_repair(Capture(headers, damaged), ["whsec_other"]) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f'"{SECRET}"', "the quotes or spaces around the secret are removed"),
        (f"ZAGELY_WEBHOOK_SECRET={SECRET}", "the name in front of the secret (NAME=) is removed"),
        (f"ZAGELY_WEBHOOK_SECRET='{SECRET}'", "the name in front of the secret (NAME=) is removed"),
        (SECRET.removeprefix("whsec_"), "the secret begins with whsec_"),
        (f"whsec_other,{SECRET}", "the secrets are separated by spaces instead of commas"),
        (base64.b64encode(SECRET.encode()).decode(), "the secret is decoded from base64"),
    ],
)
def test_each_damage_of_the_secret_is_found(given, expected):
    headers = list(signed(PLAIN).headers.items())
    repair = find_repair(Capture(headers, PLAIN + b"\n"), [given])
    assert repair is not None and repair.steps == ("the newline at the end of the body is removed", expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda timestamp, signature: (f"{timestamp}000", signature), "in seconds instead of milliseconds"),
        (lambda timestamp, signature: (f"{timestamp}.25", signature), "loses its fraction"),
        (lambda timestamp, signature: (timestamp, signature.removeprefix("sha256=")), "the signature has the form sha256="),
        (lambda timestamp, signature: (timestamp, f"sha256={signature[7:].upper()}"), None),
        (lambda timestamp, signature: (timestamp, base64.b64encode(bytes.fromhex(signature[7:])).decode()), "in hexadecimal instead of base64"),
    ],
)
def test_each_damage_of_the_headers_is_found(change, expected):
    made = dict(signed(PLAIN).headers)
    timestamp, signature = change(made["X-Zagely-Timestamp"], made["X-Zagely-Signature"])
    repair = find_repair(Capture([("X-Zagely-Timestamp", timestamp), ("X-Zagely-Signature", signature)], PLAIN), [SECRET])
    assert repair is not None
    assert repair.steps == () if expected is None else expected in repair.steps[0]


@pytest.mark.one_python
def test_the_search_is_bounded():
    headers = list(signed(PLAIN).headers.items())
    # Each of these has many repairs, none of which is right.
    awkward = [b"x" * 3_000_000, b'{"a":"' + b"\\u00e9\\/" * 60_000 + b'"}', b'"' * 200_000, b"[" * 300_000, "é".encode() * 200_000, b"\\" * 300_000, b'{"' + b" " * 500_000]
    for body in awkward:
        begun = time.monotonic()
        assert find_repair(Capture(headers, body), ["whsec_a b,c;d=e"] * 3) is None
        assert time.monotonic() - begun < 20, body[:20]


@pytest.fixture
def capture(hudhud, tmp_path):
    """A function that verifies a capture and returns the failure, or the output if it is genuine."""

    def verified(headers, body, *options, status=10, secret=SECRET):
        (tmp_path / "headers").write_bytes(headers if isinstance(headers, bytes) else headers.encode())
        (tmp_path / "body").write_bytes(body)
        output = hudhud("verify", "headers", "body", "--json", *options, status=status, env={"ZAGELY_WEBHOOK_SECRET": secret})
        found = json.loads(output)
        return found["error"] if status else found

    return verified


def lines(delivery, **more):
    return "".join(f"{name}: {value}\n" for name, value in {**delivery.headers, **more}.items())


def test_a_late_delivery_is_reported_to_have_a_right_signature(hudhud, capture, tmp_path):
    late = signed(PLAIN, age=3600)
    failure = capture(lines(late), PLAIN)
    assert (failure["reason"], failure["signature"], failure["repairs"]) == ("timestamp_too_old", "right", [])
    [finding] = failure["findings"]
    # The message states the seconds. A second figure, taken later, would differ from it.
    assert finding == "the signature is right, the delivery is an hour old (300 s are allowed; --any-age accepts it)"
    assert capture(lines(late), PLAIN, "--any-age", status=0)["event"] == "webhook.test"
    early = capture(lines(signed(PLAIN, age=-7200)), PLAIN)
    assert "hours ahead of this clock" in early["findings"][0] or "an hour ahead" in early["findings"][0]
    # Damage and age together.
    both = capture(lines(late), PLAIN + b"\n")
    assert both["signature"] == "right_if_repaired"
    assert both["findings"][0] == "the signature is right once the newline at the end of the body is removed"
    assert both["findings"][1].startswith("the delivery is an hour old")
    output = hudhud("verify", "headers", "body", status=10, env={"ZAGELY_WEBHOOK_SECRET": SECRET})
    assert "hudhud: the signature is right once the newline at the end of the body is removed\n" in output


def test_a_truncated_body_is_found_by_its_length(capture):
    headers = lines(signed(PLAIN), **{"Content-Length": str(len(PLAIN))})
    failure = capture(headers, PLAIN[:40])
    assert failure["signature"] == "wrong"
    assert failure["findings"] == [f"the body is truncated: Content-Length says {len(PLAIN)} bytes, the file has 40"]
    longer = capture(headers, PLAIN + b"trailing")
    assert longer["repairs"] == ["the body is cut to its Content-Length"]


def test_a_key_of_the_api_is_distinguished_from_a_secret(capture):
    failure = capture(lines(signed(PLAIN)), PLAIN, secret="sk_abcdefghijklmnop")
    assert "a key of the API" in failure["findings"][0] and "sk_abc" not in str(failure)
    other = capture(lines(signed(PLAIN)), PLAIN, secret="whsec_other")
    assert other["signature"] == "wrong" and "no known damage" in other["findings"][0]


def test_a_signed_body_that_is_no_event_is_reported(capture):
    failure = capture(lines(signed(b"[1]")), b"[1]")
    assert (failure["reason"], failure["signature"]) == ("malformed_payload", "right")
    assert "not an event" in failure["findings"][0]


@pytest.mark.one_python
def test_headers_are_read_in_the_forms_in_which_programs_print_them(capture):
    made = dict(signed(PLAIN).headers)
    timestamp, signature = made["X-Zagely-Timestamp"], made["X-Zagely-Signature"]
    forms = [
        f"POST /hook HTTP/1.1\r\nHost: a.example\r\nX-Zagely-Timestamp: {timestamp}\r\nX-Zagely-Signature: {signature}\r\n",
        f"> POST /hook HTTP/1.1\n> Host: a.example:80\n> X-Zagely-Timestamp: {timestamp}\n> X-Zagely-Signature: {signature}\n>\n* done",
        f"-H 'X-Zagely-Timestamp: {timestamp}' \\\n-H 'X-Zagely-Signature: {signature}'\n",
        f"HTTP_X_ZAGELY_TIMESTAMP={timestamp}\nHTTP_X_ZAGELY_SIGNATURE={signature}\n",
        f"'HTTP_X_ZAGELY_TIMESTAMP': '{timestamp}',\n'HTTP_X_ZAGELY_SIGNATURE': '{signature}',\n",
        f"x-zagely-timestamp:{timestamp}\nx-zagely-signature:   {signature}   \nx-zagely-signature: {signature}\n",
        json.dumps(made),
        json.dumps({name: [value] for name, value in made.items()}),
        json.dumps(list(made.items())),
        json.dumps([{"name": name, "value": value} for name, value in made.items()]),
        json.dumps({"headers": made, "body": "…"}),
        json.dumps({"HTTP_X_ZAGELY_TIMESTAMP": int(timestamp), "HTTP_X_ZAGELY_SIGNATURE": signature, "wsgi.input": None}),
        str(made),
        str([(name.encode(), value.encode()) for name, value in made.items()]),
    ]
    for form in forms:
        assert capture(form, PLAIN, status=0)["event"] == "webhook.test", form
        for encoding in "utf-8-sig", "utf-16":
            assert capture(form.encode(encoding), PLAIN, status=0)["event"] == "webhook.test"
    # Two different signatures are refused in each form.
    assert capture(json.dumps({**{name: [value] for name, value in made.items()}, "X-Zagely-Signature": [signature, "sha256=" + "0" * 64]}), PLAIN)["reason"] == "malformed_signature"


def test_the_body_may_follow_the_headers_or_have_the_same_name(hudhud, tmp_path):
    env = {"ZAGELY_WEBHOOK_SECRET": SECRET}
    head = lines(signed(PLAIN)).replace("\n", "\r\n").encode()
    (tmp_path / "request.http").write_bytes(b"POST / HTTP/1.1\r\n" + head + b"\r\n" + PLAIN)
    assert "genuine: webhook.test, delivery d-1" in hudhud("verify", "request.http", env=env)
    (tmp_path / "a.headers").write_bytes(head)
    assert "found no body: pass its file" in hudhud("verify", "a.headers", env=env, status=2)
    (tmp_path / "a.body").write_bytes(PLAIN)
    assert "genuine" in hudhud("verify", "a.headers", env=env)
    assert "genuine" in hudhud("verify", "-", env=env, input=(head + b"\r\n" + PLAIN).decode())

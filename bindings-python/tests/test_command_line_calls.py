"""Calls by name on the command line: fields, files, pages, tables, and curl commands."""

import json
import subprocess

import pytest
from hudhud import testing


def test_call_makes_every_call_by_its_name(hudhud):
    assert hudhud("call", "account.me").startswith("id ")
    created = json.loads(hudhud("call", "zagely.contacts.create", "phone_number=+15551234567", "name=Jane", "--json"))
    found = json.loads(hudhud("call", "contacts.get", f"contact_id={created['id']}", "--json"))
    assert (found["name"], found["phone_number"]) == ("Jane", "+15551234567")
    assert json.loads(hudhud("call", "wazaj.messages.send_text", "to=+50912345678", "body=hi", "--json"))["success"] is True
    # A call whose name has a hyphen or is a keyword of Python.
    assert hudhud("call", "contact-groups.list") == ""
    assert "import_id" in hudhud("call", "contacts.import", "file=@-", "--json", input="phone_number\n+15551234567\n")
    hudhud("send", "+15551234567", "hi")
    # The output of this call is a list without pages.
    activity = hudhud("call", "analytics.message_activity", "--json").splitlines()
    assert activity and all("date" in json.loads(line) for line in activity)


def test_every_call_can_be_described_and_shown(hudhud):
    names = [json.loads(line)["call"] for line in hudhud("calls", "--json").splitlines()]
    assert len(names) == 57
    for name in names[::8]:
        described = json.loads(hudhud("calls", name, "--json"))
        assert described["call"] == name and described["doc"]
        for field in described["fields"]:
            assert set(field) == {"field", "type", "required", "clearable", "values", "doc"}
    assert "direction  (text; one of inbound, outbound)" in hudhud("calls", "messages.list")
    assert len(hudhud("calls", "webhooks").splitlines()) == 7


def test_values_are_read_by_the_type_of_the_field(hudhud):
    def update(*fields):
        return json.loads(json.loads(hudhud("curl", "contacts.update", "contact_id=c", *fields, "--json"))["body"])

    assert update("name=true", "notes=12") == {"name": "true", "notes": "12"}
    assert update("name=null", "tags=null", "custom_fields=null") == {"name": None, "tags": None, "custom_fields": None}
    assert update("tags=a", "tags=b,c", 'tags=["d,e"]') == {"tags": ["a", "b", "c", "d,e"]}
    assert update("tags=") == {"tags": []}
    assert update('custom_fields={"a": [1, 2.5, null]}') == {"custom_fields": {"a": [1, 2.5, None]}}
    assert update("name=a=b", "notes=@@jane") == {"name": "a=b", "notes": "@jane"}
    created = json.loads(hudhud("curl", "webhooks.create", "url=https://a.example/", "is_active=false", "events=*", "--json"))["body"]
    assert json.loads(created) == {"url": "https://a.example/", "events": ["*"], "is_active": False}
    assert "page=2" in hudhud("curl", "contacts.list", "page=2", "is_blocked=true")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("page=abc", "page: expected a whole number, not 'abc'"),
        ("page=1.5", "page: expected a whole number"),
        ("page=null", "page: expected a whole number"),
        ("is_blocked=yes", "is_blocked: expected true or false, not 'yes'"),
        ("page=1e3", "page: expected a whole number"),
        ("page", "'page': expected name=value"),
        ("=1", "'=1': expected name=value"),
        ("pages=1", "zagely.contacts.list has no field 'pages': did you mean page?"),
    ],
)
def test_a_value_of_a_wrong_type_names_the_field(hudhud, field, expected):
    assert expected in hudhud("call", "contacts.list", field, status=2)


def test_mistakes_in_fields_are_usage_errors(hudhud):
    assert "phone_number=…" in hudhud("call", "contacts.create", status=2)
    assert "page: expected one value" in hudhud("call", "contacts.list", "page=1", "page=2", status=2)
    for text in "[1]", "{", "[" * 100_000, '{"a": NaN}', "1":
        output = hudhud("call", "contacts.update", "contact_id=c", f"custom_fields={text}", status=2)
        assert "custom_fields: expected a JSON object" in output
    assert "idempotency" in hudhud("call", "contacts.list", "--idempotency-key", "k", status=2)
    assert "idempotency" in hudhud("call", "wazaj.messages.send_text", "to=+50912345678", "body=x", "--idempotency-key", "k", status=2)
    assert "--all" in hudhud("call", "account.me", "--all", status=2)
    assert "exclude each other" in hudhud("call", "contacts.list", "--all", "--limit", "2", status=2)
    for wrong in "0", "-1", "x", "1" * 5000:
        assert "--limit" in hudhud("list", "contacts", f"--limit={wrong}", status=2)


def test_the_content_of_files_and_of_standard_input_is_a_value(hudhud, tmp_path):
    (tmp_path / "name.txt").write_text("هدهد", encoding="utf-8")
    (tmp_path / "fields.json").write_text('{"a": 1}')
    shown = json.loads(hudhud("curl", "contacts.update", "contact_id=c", "name=@name.txt", "custom_fields=@fields.json", "notes=@-", "--json", input="a note"))
    assert json.loads(shown["body"]) == {"name": "هدهد", "custom_fields": {"a": 1}, "notes": "a note"}
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    assert "name: expected a file in UTF-8, but line 1 has another encoding; save the file as UTF-8" in hudhud("call", "contacts.update", "contact_id=c", "name=@latin", status=2)
    assert "nowhere: No such file" in hudhud("call", "contacts.update", "contact_id=c", "name=@nowhere", status=11)
    assert "file: expected a file" in hudhud("call", "contacts.import", "file=x.csv", status=2)


def test_an_uploaded_file_keeps_its_name(hudhud, hudhud_sandbox, environment, tmp_path):
    (tmp_path / "people.csv").write_text("phone_number,name\n+15551230001,Amal\n")
    form = json.loads(hudhud("curl", "contacts.import", "file=@people.csv", "--json"))["body"]
    assert 'filename="people.csv"' in form
    command = hudhud("curl", "contacts.import", "file=@people.csv")
    assert "-F 'file=@people.csv;filename=people.csv'" in command and "Amal" not in command
    pasted = subprocess.run(["sh", "-c", command], capture_output=True, env=environment, cwd=tmp_path)
    assert b"import_id" in pasted.stdout, pasted
    hudhud("call", "contacts.import", "file=@people.csv")


def test_an_idempotency_key_sends_once(hudhud):
    command = ("call", "messages.send", "to=+15551234567", "message=hi", "session_id=11111111-2222-3333-4444-555555555555", "--idempotency-key", "k-2", "--json")
    assert json.loads(hudhud(*command))["message_id"] == json.loads(hudhud(*command))["message_id"]


def test_a_list_is_printed_page_by_page(hudhud, hudhud_sandbox):
    with hudhud_sandbox.zagely() as zagely:
        for number in range(5):
            zagely.contacts.create(phone_number=f"+1555000000{number}", name=f"N{number}")

    def count(*options):
        return len(hudhud("call", "contacts.list", "per_page=2", "--json", *options).splitlines())

    assert [count(), count("--all"), count("--limit", "3"), count("--limit", "9"), count("page=3")] == [2, 5, 3, 5, 1]
    out, stderr = hudhud("call", "contacts.list", "per_page=2", streams=True)
    assert len(out.splitlines()) == 1 + 2 and "2 of 5 records: --all" in stderr


def test_a_table_has_headings_and_no_shifted_columns(hudhud, hudhud_sandbox):
    with hudhud_sandbox.zagely() as zagely:
        zagely.contacts.create(phone_number="+15550000001", name="Amal", tags=["a", "b"], email="a@example.com")
        zagely.contacts.create(phone_number="+15550000002", name="王小明")
        zagely.contacts.create(phone_number="+15550000003", name="two\nlines")
    heading, *rows = hudhud("list", "contacts").splitlines()
    names = heading.split()
    assert names[:3] == ["ID", "NAME", "PHONE_NUMBER"] and len(rows) == 3
    found = {row.split("  ")[1].strip(): [cell for cell in row.split("  ") if cell.strip()] for row in rows}
    assert set(found) == {"Amal", "王小明", "two lines"}
    for cells in found.values():
        assert len(cells) == len(names)
        assert len(cells[names.index("CREATED_AT")].strip()) == len("2026-01-01T00:00:00Z")
    assert found["Amal"][names.index("TAGS")].strip() == "a,b" and found["王小明"][names.index("TAGS")].strip() == "-"
    assert found["王小明"][names.index("EMAIL")].strip() == "-"
    # An empty list is no output. JSON has the same fields for every record.
    assert hudhud("list", "contacts", "search=nobody") == ""


def test_the_answer_of_a_call_moves_no_cursor(hudhud, hudhud_sandbox):
    with hudhud_sandbox.zagely() as zagely:
        contact = zagely.contacts.create(phone_number="+15550000001", name="a\x1b[2Jb\nc")
    shown = hudhud("call", "contacts.get", f"contact_id={contact.id}")
    assert "\x1b" not in shown and "name           a [2Jb c\n" in shown


def test_fake_clients_have_the_method_of_every_call():
    """The command line finds the methods by the names of the catalog."""
    import hudhud
    from hudhud._cli.calling import method_of
    from hudhud._hudhud import OPERATIONS

    transport = testing.FakeTransport()
    clients = {
        "zagely": hudhud.Zagely("pk_a", "sk_b", transport=transport),
        "wazaj": hudhud.Wazaj("wzj_a", "https://a.example/api/wazaj/business", transport=transport),
    }
    for operation in OPERATIONS:
        assert method_of(clients[operation.vendor], operation)._operation is operation

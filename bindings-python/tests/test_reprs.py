"""The `repr` of objects: it shows what identifies them, and hides names, numbers, texts and keys."""

import hudhud
from hudhud import zagely
from hudhud.testing import FakeTransport
from hudhud.wazaj import SendTemplate


def test_a_client_shows_its_base_url_and_the_end_of_its_public_key():
    keys = ("pk_abcdefghijklmnopxgZF", "sk_secretkey1234567890")
    assert repr(hudhud.Zagely(*keys)) == "Zagely(base_url='https://zagely.com', public_key='pk_…xgZF')"
    for cls in hudhud.Zagely, hudhud.AsyncZagely:
        shown = repr(cls(*keys, base_url="https://Gateway.Example:8443/z/", app_token="1|secrettoken"))
        assert shown == f"{cls.__name__}(base_url='https://gateway.example:8443/z', public_key='pk_…xgZF')"
    # A key that is hardly longer than its end is hidden.
    assert repr(hudhud.Zagely("pk_short", "sk_short")) == "Zagely(base_url='https://zagely.com', public_key='pk_…')"
    wazaj = hudhud.AsyncWazaj("wzj_secretkey1234567890", "https://a.example/api/wazaj/business")
    assert repr(wazaj) == "AsyncWazaj(base_url='https://a.example/api/wazaj/business')"


def test_a_page_shows_its_number_and_counts():
    items = [zagely.Contact(id="c-1", name="Jane")] * 50
    page = hudhud.Page(data=items, current_page=1, last_page=100, per_page=50, total=4994)
    assert repr(page) == "<Page 1 of 100, 50 of 4994 items>"
    assert repr(hudhud.Page(data=[])) == "<Page, 0 items>"
    assert (len(page), page[0], page[-2:]) == (50, items[0], items[:2])
    assert hudhud.Page(data=[])


def test_statuses_ids_and_counts_are_shown_and_private_fields_are_not():
    for thing, shown in [
        (zagely.Health(status="ok"), "Health(status='ok', extra={})"),
        (zagely.Job(id="j-1", status="queued", message="Jane's import"), "Job(id='j-1', status='queued', message=…, extra={})"),
        (zagely.Account(name="Jane's shop", abilities=["*", "messages.send"]), "Account(name=…, abilities=['*', 'messages.send'], extra={})"),
        (zagely.RegisteredWebhook(id="w-1", events=["*"], secret="whsec_a"), "RegisteredWebhook(id='w-1', events=['*'], secret=…, extra={})"),
        (zagely.WebhookDelivery(status="failed", attempts=6, signature="ab"), "WebhookDelivery(status='failed', signature=…, attempts=6, extra={})"),
        (zagely.Contact(id="c-1", name="Jane", custom_fields={"age": 37}), "Contact(id='c-1', name=…, tags=[], custom_fields=…, groups=[], messages=[], extra={})"),
        # A status that is not a name is hidden: anything may stand in an answer.
        (zagely.Job(status="call +15558675309"), "Job(status='…', extra={})"),
        (SendTemplate(to="+15558675309", template_name="order_update", template_language="en"), "SendTemplate(to=…, template_name='order_update', template_language='en')"),
    ]:
        assert repr(thing) == shown


def test_members_without_a_field_are_shown_by_name():
    delivery = zagely.WebhookDelivery(extra={"response_status": 500, "error": "Jane is away", "+15558675309": 1})
    assert repr(delivery) == "WebhookDelivery(extra={'response_status': …, 'error': …, '…': …})"


def test_an_event_shows_its_name_and_the_shape_of_its_data():
    fake = FakeTransport()
    event = hudhud.WebhookEvent(name="message.received", data={"content": "meet"}, replay_key="d-1", delivery_id="d-1")
    assert "data=…" in repr(event) and "replay_key='d-1'" in repr(event) and "meet" not in repr(event)
    data = hudhud.webhook.ReceivedMessage(content="meet")
    assert "data=ReceivedMessage(" in repr(hudhud.WebhookEvent(name="message.received", data=data)) and "meet" not in repr(data)
    assert repr(fake.requests) == "[]"

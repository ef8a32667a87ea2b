//! The measured inputs: the vendor's documented event, larger ones of the same kind, and a page of 50 contacts.

use hudhud::UnixTime;

pub(crate) const SECRET: &str = "whsec_5b2f9e3c7b8d4a1e9f1b12ab34cd56ef";
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_776_767_400);

/// The body of a delivery.
pub(crate) struct Event {
    pub(crate) size: &'static str,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn events() -> Vec<Event> {
    let sizes = [("0.3 kB", 0), ("4 kB", 4 << 10), ("64 kB", 64 << 10), ("1 MB", 1 << 20)];
    sizes.into_iter().map(|(size, length)| Event { size, body: event_of(length) }).collect()
}

/// Returns the documented event with a message that gives it about this length.
pub(crate) fn event_of(length: usize) -> Vec<u8> {
    let content = "Hello, I need help with my order. ";
    let content = content.repeat(1.max(length.saturating_sub(270) / content.len()));
    format!(
        r#"{{"event":"message.received","tenant_id":"uuid-of-tenant","delivery_id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","occurred_at":"2026-04-21T10:30:00Z","data":{{"contact":{{"id":"...","name":"Jane Doe","phone_number":"+15551234567","email":null}},"channel":"whatsapp","content":"{content}"}}}}"#
    )
    .into_bytes()
}

/// Returns a full page of contacts in the format of the vendor's sample.
pub(crate) fn contact_page() -> Vec<u8> {
    let contact = |number: usize| {
        format!(
            r#"{{"id":"aaaaaaaa-bbbb-cccc-dddd-{number:012}","name":"Jane Doe {number}","phone_number":"+1555123{number:04}","email":"jane{number}@example.com","tags":["vip","active"],"is_blocked":false,"opted_out_at":null,"custom_fields":{{"city":"New York","plan":"gold"}},"groups":[{{"id":"bbbbbbbb-cccc-dddd-eeee-{number:012}","name":"VIP Customers"}}],"created_at":"2026-01-15T09:00:00Z"}}"#
        )
    };
    let contacts: Vec<String> = (0..50).map(contact).collect();
    format!(r#"{{"current_page":1,"data":[{}],"total":842,"per_page":50}}"#, contacts.join(",")).into_bytes()
}

//! Alternatives that a user would write or install: the fastest HMAC, derived types, `format!`.

use std::collections::HashMap;

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use standardwebhooks::Webhook;

use crate::samples;

/// The vendor's signature scheme with the fastest HMAC. The key is created once.
pub(crate) struct Hmac(hmac::Key);

impl Hmac {
    pub(crate) fn new(secret: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
    }

    /// Computes and compares the HMAC, with headers and hex decoded in advance: the minimum cost of a verification.
    pub(crate) fn verify_bare(&self, (timestamp, tag): (&str, [u8; 32]), body: &[u8]) {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(timestamp.as_bytes());
        context.update(b".");
        context.update(body);
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(context.sign().as_ref(), &tag);
        same.expect("signed");
    }

    /// Does everything that careful code would do: headers, hex, age, HMAC, typed JSON.
    pub(crate) fn verify_and_parse(&self, headers: &[(String, String)], body: &[u8]) -> Event {
        let (timestamp, tag) = find(headers);
        let age = samples::NOW.as_secs().abs_diff(timestamp.parse::<u64>().expect("digits"));
        assert!(age <= 300);
        self.verify_bare((timestamp, tag), body);
        serde_json::from_slice(body).expect("an event")
    }
}

/// Returns the two signed headers.
pub(crate) fn find(headers: &[(String, String)]) -> (&str, [u8; 32]) {
    let header = |name: &str| {
        let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).expect("a header")
    };
    let hex = header("x-zagely-signature").strip_prefix("sha256=").expect("the scheme");
    let mut tag = [0; 32];
    for (byte, pair) in tag.iter_mut().zip(hex.as_bytes().chunks(2)) {
        let digit = |letter: u8| (letter as char).to_digit(16).expect("hex") as u8;
        *byte = digit(pair[0]) << 4 | digit(pair[1]);
    }
    (header("x-zagely-timestamp"), tag)
}

/// The Standard Webhooks crate with its own signature scheme.
pub(crate) struct Standard {
    webhook: Webhook,
    headers: http::HeaderMap,
}

impl Standard {
    pub(crate) fn new(body: &[u8]) -> Self {
        let webhook = Webhook::from_bytes(samples::SECRET.as_bytes().to_vec()).expect("a secret");
        let now =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs();
        let signature = webhook.sign("msg_1", now as i64, body).expect("signed");
        let mut headers = http::HeaderMap::new();
        for (name, value) in [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", &now.to_string()),
            ("webhook-signature", &signature),
        ] {
            headers.insert(
                http::HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                value.parse().expect("a value"),
            );
        }
        Self { webhook, headers }
    }

    pub(crate) fn verify(&self, body: &[u8]) {
        self.webhook.verify(body, &self.headers).expect("signed");
    }
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read for its cost")]
pub(crate) struct Event {
    event: String,
    tenant_id: Option<String>,
    delivery_id: String,
    occurred_at: String,
    data: Message,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read for its cost")]
struct Message {
    contact: EventContact,
    channel: String,
    content: String,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read for its cost")]
struct EventContact {
    id: String,
    name: String,
    phone_number: String,
    email: Option<String>,
}

#[derive(Serialize)]
struct Send<'a> {
    channel: &'a str,
    to: &'a str,
    message: &'a str,
    session_id: &'a str,
}

/// A request with the same parts as Hudhud's.
#[allow(dead_code, reason = "made for its cost")]
pub(crate) struct Request {
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

fn headers(with_body: bool) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("X-Public-Key", "pk_bench".to_string()),
        ("X-Secret-Key", "sk_bench".to_string()),
        ("Accept", "application/json".to_string()),
    ];
    if with_body {
        headers.push(("Content-Type", "application/json".to_string()));
    }
    headers.push(("User-Agent", "hudhud/0.1.0".to_string()));
    headers
}

pub(crate) fn build_send() -> Request {
    let send = Send {
        channel: "whatsapp",
        to: "+15551234567",
        message: "Hello from Zagely! 👋",
        session_id: "11111111-2222-3333-4444-555555555555",
    };
    let url = format!("{}/api/v1/messages/send", std::hint::black_box("https://zagely.com"));
    Request {
        method: "POST",
        url,
        headers: headers(true),
        body: Some(serde_json::to_vec(&send).expect("JSON")),
    }
}

pub(crate) fn build_list() -> Request {
    let (search, tags) = (std::hint::black_box("jane"), std::hint::black_box(["vip", "active"]));
    let mut url = format!("{}/api/v1/contacts?search={search}", std::hint::black_box("https://zagely.com"));
    for tag in tags {
        url.push_str(&format!("&tags%5B%5D={tag}"));
    }
    url.push_str(&format!("&per_page={}&page={}", std::hint::black_box(50), std::hint::black_box(2)));
    Request { method: "GET", url, headers: headers(false), body: None }
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read for its cost")]
pub(crate) struct Page {
    current_page: u64,
    data: Vec<Contact>,
    total: u64,
    per_page: u64,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read for its cost")]
struct Contact {
    id: String,
    name: String,
    phone_number: String,
    email: Option<String>,
    tags: Vec<String>,
    is_blocked: bool,
    opted_out_at: Option<String>,
    custom_fields: HashMap<String, serde_json::Value>,
    groups: Vec<Group>,
    created_at: String,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read for its cost")]
struct Group {
    id: String,
    name: String,
}

pub(crate) fn decode_page(body: Vec<u8>) -> (Page, Vec<u8>) {
    (serde_json::from_slice(&body).expect("a page"), body)
}

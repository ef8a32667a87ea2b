//! Fuzzing: random calls, bodies, headers and bytes must never end the sandbox.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::harness::{Harness, SESSION};

/// Returns the number of random requests. `HUDHUD_FUZZ` overrides it.
fn rounds() -> u32 {
    std::env::var("HUDHUD_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(3000)
}

const FIELDS: [&str; 40] = [
    "name",
    "phone_number",
    "email",
    "tags",
    "notes",
    "custom_fields",
    "channel",
    "to",
    "message",
    "type",
    "session_id",
    "media_url",
    "url",
    "events",
    "secret",
    "is_active",
    "filters",
    "contact_ids",
    "phone_numbers",
    "content",
    "buttons",
    "variables",
    "contact_id",
    "message_content",
    "target_type",
    "target_filters",
    "scheduled_at",
    "trigger_type",
    "trigger_value",
    "response_content",
    "conditions",
    "priority",
    "body",
    "template_name",
    "template_language",
    "template_components",
    "daily_limit",
    "warmup_days",
    "from_date",
    "page",
];
const TEXTS: [&str; 22] = [
    "",
    " ",
    "whatsapp",
    "keyword",
    "static",
    "dynamic",
    "group",
    "all",
    SESSION,
    "+15551234567",
    "http://127.0.0.1:9/",
    "contact.created",
    "2026-04-21T12:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-04-21",
    "{{name}}",
    "{{",
    "\u{0}",
    "٠١٢",
    "\u{202e}x",
    "1e999",
    "-1",
];

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0.next_u32() as usize % bound
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth > 3 { 6 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.0.next_u32().is_multiple_of(2)),
            2 => json!(self.0.next_u64() as i64),
            3 => json!(f64::from(self.0.next_u32()) / 7.0),
            4 | 5 => json!(self.one(&TEXTS)),
            6 => json!("x".repeat(self.below(400))),
            7 => (0..self.below(4)).map(|_| self.value(depth + 1)).collect(),
            _ => Value::Object(self.object(depth + 1)),
        }
    }

    fn object(&mut self, depth: usize) -> Map<String, Value> {
        (0..self.below(8)).map(|_| (self.one(&FIELDS).to_owned(), self.value(depth))).collect()
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let mut bytes = vec![0; self.below(most)];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

#[test]
fn random_calls_get_a_response() {
    let harness = Harness::fast();
    let calls = harness.admin(Method::GET, "/calls", json!({})).expect(200);
    let calls = calls["data"].as_array().unwrap();
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(42));
    let methods = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    // Ids of existing records, so that the random calls find some.
    let mut ids =
        vec![SESSION.to_owned(), "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee".to_owned(), "%ff".to_owned()];
    for round in 0..rounds() {
        let call = &calls[dice.below(calls.len())];
        let method = match call["verb"].as_str().unwrap() {
            _ if dice.below(10) == 0 => methods[dice.below(methods.len())].clone(),
            "get" => Method::GET,
            "post" => Method::POST,
            "update" => Method::PATCH,
            _ => Method::DELETE,
        };
        let id = ids[dice.below(ids.len())].clone();
        let mut path = call["path"].as_str().unwrap().replace("{id}", &id);
        if dice.below(3) == 0 {
            let field = dice.one(&FIELDS);
            path += &format!("?{field}{}={}", dice.one(&["", "[]", "[a]", "["]), dice.below(300));
        }
        let mut request = harness.request(method, &path).header("x-api-key", harness.sandbox.wazaj_key());
        if dice.below(5) == 0 {
            request = request.header("idempotency-key", dice.below(20).to_string());
        }
        request = match dice.below(8) {
            0 => request.header("content-type", "application/json").body(dice.bytes(300)),
            1 => request.header("content-type", "multipart/form-data; boundary=x").body(dice.bytes(300)),
            2 => request.header("content-type", "application/x-www-form-urlencoded").body(dice.bytes(300)),
            _ => request.json(&dice.object(0)),
        };
        let fault = dice.one(&[
            "close",
            "lost",
            "truncate",
            "drip=0",
            "html",
            "broken-json",
            "status=503;processed",
            "\u{e9}",
        ]);
        let is_faulty = dice.below(20) == 0;
        if is_faulty {
            request = request.header("x-sandbox-fault", fault);
        }
        let response = match request.send() {
            Ok(response) => response,
            Err(_) if is_faulty => continue,
            Err(error) => panic!("round {round}: {path}: {error}"),
        };
        let status = response.status();
        assert_ne!(status, 500, "round {round}: {path}");
        let body: Value = response.json().unwrap_or_default();
        for pointer in ["/id", "/data/0/id", "/message_id"] {
            if let Some(id) = body.pointer(pointer).and_then(Value::as_str) {
                let place = dice.below(40);
                if place < ids.len() { ids[place] = id.to_owned() } else { ids.push(id.to_owned()) }
            }
        }
        if round % 100 == 0 {
            harness.advance(dice.below(100_000) as u64);
        }
    }
    assert_eq!(harness.bare(Method::GET, "/api/v1/health").send().unwrap().status(), 200);
    assert_eq!(harness.get("/api/v1/me").status, 200);
}

#[test]
fn random_bytes_do_not_end_the_sandbox() {
    let harness = Harness::new();
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(43));
    let address = harness.sandbox.address();
    let heads = [
        "GET / HTTP/1.1\r\n\r\n",
        "POST /api/v1/contacts HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
        "POST /api/v1/contacts HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "GET /api/v1/me HTTP/1.1\r\nhost: \u{7f}\r\nx-public-key: \u{ff}\r\n\r\n",
        "GET /api/v1/contacts/%00%ff/../x HTTP/1.1\r\nhost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
    ];
    for round in 0..200 {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let mut bytes = if round % 2 == 0 { dice.one(&heads).as_bytes().to_vec() } else { Vec::new() };
        bytes.extend(dice.bytes(200));
        let _ = socket.write_all(&bytes);
        let _ = socket.read(&mut [0; 512]);
    }
    harness.get("/api/v1/me").expect(200);
}

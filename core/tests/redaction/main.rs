//! Tests that no `Debug` or `Display` of a public type shows a key, a secret, a signature, a phone number, an address
//! or the text of a message, in any field and even if the vendor repeats it.
//!
//! Names and identifiers that have the expected form are shown by design. A secret without one of the vendors'
//! prefixes is therefore not tested in the place of an identifier.

mod clients;
mod exchanges;
mod outputs;
mod sentences;
mod webhooks;

use std::fmt::{Debug, Display};

use hudhud::schema::{Schema, Type};
use hudhud::wazaj::EXAMPLE_BASE_URL;
use hudhud::{ApiKey, AppAuth, Error, KeyPair, Response, UnixTime, Wazaj, Zagely};
use serde_json::{Map, Value, json};

const NOW: UnixTime = UnixTime::from_secs(1_776_767_400);
const PUBLIC: &str = "pk_live_Qx7mBfT2LrWz9KdYpHsNvJcE4GuA6oi1";
const SECRET: &str = "sk_live_Qx7mBfT2LrWz9KdYpHsNvJcE4GuA6oi1RtXbZqPy";
const WAZAJ: &str = "wzj_live_Qx7mBfT2LrWz9KdYpHsNvJcE4GuA6oi1";
const WEBHOOK: &str = "whsec_Qx7mBfT2LrWz9KdYpHsNvJcE4GuA6oi1RtXbZqPy";

/// Private texts in various forms. They must not be shown.
const PRIVATE: [&str; 17] = [
    PUBLIC,
    SECRET,
    WAZAJ,
    "+15551234567",
    "15551234567",
    "+1 555 123 4567",
    "(555) 123-4567",
    "+1-555-123-4567",
    "555.123.4567",
    "\u{200e}+١٥٥٥١٢٣٤٥٦٧",
    "+۱ ۵۵۵ ۱۲۳ ۴۵۶۷",
    "＋１５５５１２３４５６７",
    "Meet Zephyrine at the old harbour, bring the umbrella.",
    "موعدنا عند الميناء القديم مع زفيرين",
    "zephyrine@example.org",
    "sha256=3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAQAAAAEAZephyrine",
];

/// Secrets without a recognizable prefix, for places where no identifier is expected.
const BARE: [&str; 2] = [WEBHOOK, "3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed"];

fn all() -> impl Iterator<Item = &'static str> {
    PRIVATE.into_iter().chain(BARE)
}

/// Fails if a text shows a part of a private text: a piece of a secret, the digits of the number in any script and
/// with any separators, or a word of the message.
fn clean(what: &str, text: &str) {
    let lower = text.to_lowercase();
    for piece in [
        "qx7mbft2",
        "rtxbzqpy",
        "3f786850",
        "zephyrine",
        "harbour",
        "umbrella",
        "الميناء",
        "زفيرين",
        "ivborw0k",
    ] {
        assert!(!lower.contains(piece), "{what} shows {piece}: {text}");
    }
    let digits: String = text
        .chars()
        .filter_map(|letter| match letter {
            '0'..='9' => Some(letter),
            '٠'..='٩' => char::from_digit(letter as u32 - '٠' as u32, 10),
            '۰'..='۹' => char::from_digit(letter as u32 - '۰' as u32, 10),
            '０'..='９' => char::from_digit(letter as u32 - '０' as u32, 10),
            _ => None,
        })
        .collect();
    assert!(
        !digits.contains("1234567") && !digits.contains("555123"),
        "{what} shows the phone number: {text}"
    );
}

fn debug(what: &str, value: &(impl Debug + ?Sized)) {
    clean(what, &format!("{value:?}"));
}

fn shown(what: &str, value: &(impl Debug + Display + ?Sized)) {
    clean(what, &value.to_string());
    clean(what, &format!("{value:?}"));
}

/// Checks the parts of an error that are meant to be shown.
fn error(what: &str, error: &Error) {
    let text = format!("{error:?} {:?} {:?}", error.field_errors(), error.meta());
    clean(what, &text);
    // `Debug` is `Display` inside `Error(…)`.
    assert!(text.starts_with("Error(") && text.contains(&*error.hint()));
}

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new(PUBLIC, SECRET).unwrap())
        .app_token(format!("7|{WEBHOOK}"))
        .unwrap()
        .app_auth(AppAuth::TokenAndKeys)
}

fn wazaj() -> Wazaj {
    Wazaj::new(ApiKey::new(WAZAJ).unwrap(), EXAMPLE_BASE_URL).unwrap()
}

fn response(status: u16, body: &Value) -> Response {
    Response::new(status, [("Content-Type", "application/json")], body.to_string())
}

/// Returns a value of a kind that contains `private` in the place of every text.
fn filled(kind: &'static Type, private: &str) -> Value {
    match kind {
        Type::Integer => json!(7),
        Type::Number => json!(0.5),
        Type::Boolean => json!(true),
        Type::Json => json!({"inside": [private], private: private}),
        Type::Object => json!({"inside": private, private: {"deep": private}}),
        Type::List(inner) => json!([filled(inner, private), filled(inner, private)]),
        Type::Page(inner) => json!({
            "data": [filled(inner, private)], "current_page": 1, "last_page": 2, "next_page_url": private,
            private: private,
        }),
        Type::Nullable(inner) => filled(inner, private),
        Type::Model(schema) => record(schema, private),
        _ => json!(private),
    }
}

fn record(schema: &'static Schema, private: &str) -> Value {
    let fields = schema.fields.iter().map(|field| (field.name.to_owned(), filled(&field.kind, private)));
    let mut members: Map<String, Value> = fields.collect();
    if schema.open {
        members.insert("more".into(), private.into());
        members.insert(private.into(), json!([private]));
    }
    Value::Object(members)
}

/// Returns error responses in every format, with `text` as every text.
fn refusals(text: &str) -> Vec<Response> {
    let fields = json!({"to": [text], text: [text], "deep": {text: text}});
    let bodies = [
        json!({"error": {"code": text, "message": text, "details": {"errors": fields, "required_ability": text}}}),
        json!({"error": {"code": "validation_failed", "message": text, "details": {"to": text}}}),
        json!({"message": text, "errors": fields}),
        json!({"message": text, "exception": text, "trace": [text]}),
        json!({"success": false, "message": text, "errors": fields, "code": text, "error_code": text}),
        json!({"error": text, "status": text}),
        json!({"error": text, "errors": text}),
        json!({"errors": [text, [text]]}),
        json!(text),
        json!([text]),
    ];
    let texts =
        [format!("<html><title>{text}</title></html>"), text.to_owned(), format!("{{\"error\": {text}")];
    let mut all = Vec::new();
    for body in bodies.iter().map(Value::to_string).chain(texts) {
        for status in [200, 422] {
            let mut headers = vec!["Content-Type", "Location", "Allow", "Idempotent-Replay"];
            // A number in a numeric header is parsed and shown as a number.
            if text.parse::<u64>().is_err() {
                headers.extend(["Retry-After", "X-RateLimit-Limit"]);
            }
            all.push(Response::new(status, headers.into_iter().map(|name| (name, text)), body.clone()));
        }
    }
    all
}

#[test]
fn the_check_detects_private_texts() {
    for private in all() {
        let found = std::panic::catch_unwind(|| clean("", private));
        assert!(found.is_err(), "{private} is not found");
    }
    clean("", "contacts.create: validation (HTTP 422): The phone number field is required.");
}

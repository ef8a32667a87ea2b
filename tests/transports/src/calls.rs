//! The calls of the tests: four that must not be repeated, in every form of a request, and two that may be.

use serde_json::{Value, json};

/// The phone number in every case. Errors must not show it.
pub(crate) const PHONE: &str = "+15551234567";
/// A word in every text that is sent. Errors must not show it.
pub(crate) const WORD: &str = "Bilqis";
/// The keys in every case. Errors must not show them.
pub(crate) const KEYS: [&str; 3] = ["pk_transports", "sk_transports", "wzj_transports"];
/// A number in every good response. An output that contains it was decoded.
pub(crate) const MARK: &str = "7340001";

/// A call of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Call {
    /// `messages.send_text` of Wazaj: POST with a body, no idempotency key.
    SendText,
    /// `automations.toggle`: POST without a body.
    Toggle,
    /// `automations.update`: PUT, which is idempotent in HTTP but not for the vendor.
    Update,
    /// `automations.delete`: DELETE without a body.
    Delete,
    /// `messages.send` of Zagely: POST with an idempotency key.
    Send,
    /// `contacts.list`: GET, with a phone number in its URL.
    List,
}

/// All calls.
pub(crate) const ALL: &[Call] =
    &[Call::SendText, Call::Toggle, Call::Update, Call::Delete, Call::Send, Call::List];
/// A call with a body, one without, and one that may be repeated.
pub(crate) const THREE: &[Call] = &[Call::SendText, Call::Toggle, Call::List];
/// A call that must not be repeated, and one that may be.
pub(crate) const TWO: &[Call] = &[Call::SendText, Call::List];

impl Call {
    /// Returns the name of the vendor.
    pub(crate) fn vendor(self) -> &'static str {
        if self == Self::SendText { "wazaj" } else { "zagely" }
    }

    /// Returns the name of the call in core's catalog.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SendText => "messages.send_text",
            Self::Toggle => "automations.toggle",
            Self::Update => "automations.update",
            Self::Delete => "automations.delete",
            Self::Send => "messages.send",
            Self::List => "contacts.list",
        }
    }

    /// Returns the name of the call in the table.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Self::SendText => "text",
            Self::Toggle => "toggle",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Send => "send",
            Self::List => "list",
        }
    }

    /// Returns true if the call may be repeated after a failure whose effect is unknown.
    pub(crate) fn is_repeatable(self) -> bool {
        matches!(self, Self::Send | Self::List)
    }

    /// Returns the input of the call.
    pub(crate) fn input(self) -> Value {
        let text = format!("Salaam {WORD}, the parcel is here");
        match self {
            Self::SendText => json!({"to": PHONE, "body": text}),
            Self::Toggle | Self::Delete => json!({"automation_id": "a-1"}),
            Self::Update => json!({"automation_id": "a-1", "response_content": text}),
            Self::Send => json!({"to": PHONE, "message": text, "session_id": "s-1"}),
            Self::List => json!({"search": PHONE}),
        }
    }
}

/// Returns the JSON of a good response to a request.
pub(crate) fn good_answer(method: &str, path: &str) -> &'static str {
    let path = path.split('?').next().unwrap_or(path);
    if path.ends_with("/messages/text") {
        r#"{"success":true,"message_id":7340001}"#
    } else if path.ends_with("/messages/send") {
        r#"{"status":"queued","message_id":"m-7340001"}"#
    } else if path.ends_with("/health") {
        r#"{"data":{"status":"ok","timestamp":"2026-04-22T12:00:00Z"}}"#
    } else if method == "GET" {
        r#"{"current_page":1,"data":[{"id":"c-7340001","name":"Amal"}],"per_page":50,"total":1}"#
    } else {
        r#"{"data":{"id":"a-7340001","name":"Greeting","is_active":true}}"#
    }
}

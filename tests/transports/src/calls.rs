//! The calls that are made: four that may not be repeated, in every shape a request has, and two that may.

use serde_json::{Value, json};

/// The phone number in every case; no error may show it.
pub(crate) const PHONE: &str = "+15551234567";
/// A word of every text that is sent; no error may show it.
pub(crate) const WORD: &str = "Bilqis";
/// The keys in every case; no error may show one.
pub(crate) const KEYS: [&str; 3] = ["pk_transports", "sk_transports", "wzj_transports"];
/// A number in every good answer: an answer was decoded if it holds this.
pub(crate) const MARK: &str = "7340001";

/// A call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    /// `messages.send_text` of Wazaj: POST with a body, no idempotency key.
    SendText,
    /// `automations.toggle`: POST without a body.
    Toggle,
    /// `automations.update`: PUT, which HTTP calls idempotent and the vendor does not.
    Update,
    /// `automations.delete`: DELETE without a body.
    Delete,
    /// `messages.send` of Zagely: POST with an idempotency key.
    Send,
    /// `contacts.list`: GET, with a phone number in its address.
    List,
}

/// Every call.
pub(crate) const ALL: &[Call] =
    &[Call::SendText, Call::Toggle, Call::Update, Call::Delete, Call::Send, Call::List];
/// One with a body, one without, one that may be repeated.
pub(crate) const THREE: &[Call] = &[Call::SendText, Call::Toggle, Call::List];
/// One that may not be repeated and one that may.
pub(crate) const TWO: &[Call] = &[Call::SendText, Call::List];

impl Call {
    /// The name of the vendor.
    pub(crate) fn vendor(self) -> &'static str {
        if self == Self::SendText { "wazaj" } else { "zagely" }
    }

    /// The name of the call, as core's catalog has it.
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

    /// The name in a cell of the table.
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

    /// Tells whether the call may be repeated after a failure that may have come too late.
    pub(crate) fn is_repeatable(self) -> bool {
        matches!(self, Self::Send | Self::List)
    }

    /// The input.
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

/// A good answer to a request: the JSON.
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

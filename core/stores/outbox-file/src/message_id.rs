//! The vendor's id of a message.

use std::borrow::Cow;

use hudhud::Object;

/// Returns the vendor's id of the message, which the calls that send return in the body. For bindings, not public API.
#[must_use]
pub fn message_id(body: &[u8]) -> Option<String> {
    let body = std::str::from_utf8(body).ok()?.parse::<Object>().ok()?;
    let inner = body.get("data").and_then(|data| data.read::<Object>().ok());
    let id = inner.as_ref().and_then(|data| data.get("message_id")).or_else(|| body.get("message_id"))?;
    Some(id.as_text().map_or_else(|| id.as_str().into(), Cow::into_owned))
}

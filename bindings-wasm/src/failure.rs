//! Errors as texts. JavaScript converts each text to an error of the right class.

use alloc::format;
use alloc::string::String;

use hudhud::{Error, Json, TransportFault};

/// Writes an error of core as JSON: its facts, and core's message, which is safe to log.
pub(crate) fn thrown(error: &Error) -> String {
    let said = Json::from(format!("{error}"));
    let facts = Json::write(error).unwrap_or_default();
    let fault = error.transport_fault().map(TransportFault::as_str);
    let fault = fault.map(Json::from).unwrap_or_default();
    format!(r#"{{"said":{},"fault":{},"facts":{}}}"#, said.as_str(), fault.as_str(), facts.as_str())
}

/// Writes the message of a `TypeError`, for a misuse that type checking would find.
pub(crate) fn misuse(what: &str) -> String {
    format!(r#"{{"misuse":{}}}"#, Json::from(what).as_str())
}

//! What is thrown: a text, of which JavaScript makes an error of the right class.

use alloc::format;
use alloc::string::String;

use hudhud::{Error, Json, TransportFault};

/// A fault of the call or of the vendor: all that core says of it, and core's own sentence, which is fit for a log.
pub(crate) fn thrown(error: &Error) -> String {
    let said = Json::from(format!("{error}"));
    let facts = Json::write(error).unwrap_or_default();
    let fault = error.transport_fault().map(TransportFault::as_str);
    let fault = fault.map(Json::from).unwrap_or_default();
    format!(r#"{{"said":{},"fault":{},"facts":{}}}"#, said.as_str(), fault.as_str(), facts.as_str())
}

/// A misuse that types would have caught: a `TypeError`.
pub(crate) fn misuse(what: &str) -> String {
    format!(r#"{{"misuse":{}}}"#, Json::from(what).as_str())
}

//! Additional headers of one call, which must not replace those of the library or of HTTP.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::http::request::Header;

/// Headers that are never taken from a call: those with which HTTP frames and routes messages, and those with credentials
/// and keys of the vendors.
const RESERVED: [&str; 19] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "idempotency-key",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-http-method-override",
    "x-api-key",
    "x-public-key",
    "x-secret-key",
];

/// Adds the headers of a call to those of its request. Faults are under `headers.` and the name.
pub(crate) fn add(given: &[(String, String)], headers: &mut Vec<Header>, faults: &mut FieldErrors) {
    for (position, (name, value)) in given.iter().enumerate() {
        let at = format!("headers.{name}");
        let is_repeated = given.iter().take(position).any(|(earlier, _)| earlier.eq_ignore_ascii_case(name));
        let is_reserved = RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name))
            || headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if !is_name(name) {
            faults.add(at, "expected a name of ASCII letters, digits and hyphens");
        } else if is_repeated {
            faults.add(at, "This header was given twice: give it once.");
        } else if is_reserved {
            faults.add(at, "The library sets this header: leave it out.");
        } else if !is_value(value) {
            faults.add(at, "expected visible ASCII characters, with spaces only between them");
        } else {
            headers.push((name.clone().into(), value.clone()));
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_value(value: &str) -> bool {
    value.trim() == value && value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
}

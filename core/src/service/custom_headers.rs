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
    let of_library = headers.len();
    for (name, value) in given {
        let at = format!("headers.{name}");
        let known = headers.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        let is_repeated = known.is_some_and(|position| position >= of_library);
        let is_reserved =
            known.is_some() || RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_the_library_and_one_given_twice_have_different_faults() {
        let mut headers: Vec<Header> = [("Accept".into(), "application/json".into())].into();
        let given = [("accept", "x"), ("X-Trace", "1"), ("x-trace", "2"), ("Authorization", "y")];
        let mut faults = FieldErrors::default();
        add(&given.map(|(name, value)| (name.into(), value.into())), &mut headers, &mut faults);
        let found: Vec<_> = faults.iter().map(|(name, messages)| (name, messages[0].as_str())).collect();
        let (library, twice) =
            ("The library sets this header: leave it out.", "This header was given twice: give it once.");
        let expected =
            [("headers.accept", library), ("headers.x-trace", twice), ("headers.Authorization", library)];
        assert_eq!(found, expected);
        assert_eq!(headers.len(), 2);
    }
}

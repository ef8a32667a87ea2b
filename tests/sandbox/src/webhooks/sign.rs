//! The signature of a delivery: HMAC-SHA256 of `{timestamp}.{body}`. The key is the webhook's secret, verbatim.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Returns the value of `X-Zagely-Signature`.
pub(crate) fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    let mut text = String::from("sha256=");
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_equals_that_of_openssl() {
        // printf '1776767400.{"a":1}' | openssl dgst -sha256 -hmac 'your_webhook_secret'
        assert_eq!(
            signature("your_webhook_secret", 1_776_767_400, r#"{"a":1}"#),
            "sha256=946c8511c5fb43ea052ad9504e1552939c97b291d06e6f9a75c41dd684c9427c"
        );
    }
}

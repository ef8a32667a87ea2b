//! Tests that the signature of webhooks is HMAC-SHA256 according to the vectors of Google and the RFC. The verifier
//! accepts no shortened tag, no other spelling and no other split of the signed text. Its errors contain useful
//! hints.
//!
//! A webhook's secret is a non-empty text, and its message is `{digits}.{body}`. No vector of Wycheproof or RFC 4231
//! has this form: their keys are random bytes, and their messages do not start with a time. Each vector is therefore
//! first checked with the crates that the verifier uses, `hmac` over `sha2` with this build's features. Then each key
//! and message is converted to this form and checked by the verifier with a tag from those crates.

mod members;
mod signature;
mod verifier;

use hmac::{Hmac, KeyInit, Mac};
use hudhud::UnixTime;
use hudhud::webhook::{Verifier, WebhookErrorReason};
use sha2::Sha256;

const NOW: u64 = 1_776_767_400;
const BODY: &[u8] = br#"{"event":"webhook.test","delivery_id":"d-1"}"#;

fn now() -> UnixTime {
    UnixTime::from_secs(NOW)
}

fn bare(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac
}

fn tag(key: &[u8], message: &[u8]) -> [u8; 32] {
    bare(key, message).finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn headers(timestamp: &str, signature: &str) -> [(&'static str, String); 2] {
    [("X-Zagely-Timestamp", timestamp.to_owned()), ("X-Zagely-Signature", signature.to_owned())]
}

/// Verifies a signature without regard to age and payload.
fn judge(secret: &str, timestamp: &str, body: &[u8], signature: &str) -> Result<(), WebhookErrorReason> {
    let verifier = Verifier::new(secret).unwrap().without_tolerance();
    let verdict = verifier.verify_signature(&headers(timestamp, signature), body, now());
    verdict.map(|_| ()).map_err(|error| error.reason())
}

/// Converts a key and a message of any bytes to the form of a webhook and verifies them. The right tag is accepted;
/// shortened, lengthened and changed ones are refused.
fn through_the_verifier(key: &[u8], message: &[u8]) {
    let secret = format!("k{}", hex(key));
    let signed = [b"1776767400.", message].concat();
    let right = tag(secret.as_bytes(), &signed);
    let judge = |tag: &[u8]| judge(&secret, "1776767400", message, &format!("sha256={}", hex(tag)));
    assert_eq!(judge(&right), Ok(()));
    for length in [0, 1, 10, 16, 20, 31] {
        assert_eq!(judge(&right[..length]), Err(WebhookErrorReason::MalformedSignature), "{length} bytes");
    }
    assert_eq!(judge(&[&right[..], &[0]].concat()), Err(WebhookErrorReason::MalformedSignature));
    for at in [0, 15, 31] {
        let mut wrong = right;
        wrong[at] ^= 1 << (at % 8);
        assert_eq!(judge(&wrong), Err(WebhookErrorReason::SignatureMismatch), "byte {at}");
    }
}

//! The timestamp and the signature in a delivery's headers.

use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::text::hex;
use crate::zagely::webhook::error::{WebhookError, WebhookErrorReason};
use crate::zagely::webhook::headers::{Headers, UniqueHeader};
use crate::zagely::webhook::{SIGNATURE_HEADER, TIMESTAMP_HEADER};

/// The time of signing and the signature that a delivery's headers claim. They are not trusted until
/// [`Verifier::verify_prehashed`](crate::webhook::Verifier::verify_prehashed) has compared the signature with the
/// expected one.
pub struct SignatureHeaders<'a> {
    pub(crate) timestamp: &'a [u8],
    pub(crate) signed_at: u64,
    pub(crate) tag: [u8; 32],
}

impl Debug for SignatureHeaders<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SignatureHeaders").field("signed_at", &self.signed_at).finish_non_exhaustive()
    }
}

impl<'a> SignatureHeaders<'a> {
    /// The separator that is signed between the timestamp, as in its header, and the body.
    pub const SEPARATOR: &'static str = ".";

    /// Reads the headers.
    ///
    /// # Errors
    /// `missing_header`, `malformed_timestamp` or `malformed_signature`.
    pub fn read(headers: &'a (impl Headers + ?Sized)) -> Result<Self, WebhookError> {
        let timestamp = UniqueHeader::find(headers, TIMESTAMP_HEADER);
        let signature = UniqueHeader::find(headers, SIGNATURE_HEADER);
        if matches!(timestamp, UniqueHeader::None) {
            return Err(WebhookError::missing(TIMESTAMP_HEADER));
        }
        if matches!(signature, UniqueHeader::None) {
            return Err(WebhookError::missing(SIGNATURE_HEADER));
        }
        let Some((timestamp, signed_at)) = timestamp.read(read_timestamp) else {
            return Err(WebhookError::new(WebhookErrorReason::MalformedTimestamp));
        };
        let Some((_, tag)) = signature.read(read_signature) else {
            return Err(WebhookError::new(WebhookErrorReason::MalformedSignature));
        };
        Ok(Self { timestamp, signed_at, tag })
    }

    /// Returns the signed text before the body: the timestamp and a dot.
    #[must_use]
    pub fn prefix(&self) -> Vec<u8> {
        [self.timestamp, Self::SEPARATOR.as_bytes()].concat()
    }
}

/// Reads a timestamp that consists of digits only. With other characters, the signed text could be split at another
/// point.
fn read_timestamp(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// Reads `sha256=` and 64 hexadecimal digits, in either case.
fn read_signature(text: &[u8]) -> Option<[u8; 32]> {
    hex::read(text.strip_prefix(b"sha256=")?)
}

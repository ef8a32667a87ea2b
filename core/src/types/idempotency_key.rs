//! Keys that let the vendor recognize a repeated request.

use alloc::string::String;
use core::fmt::{self, Debug, Display, Formatter};
use core::time::Duration;

use crate::text::hex;

/// The value of `Idempotency-Key`: 1 to 255 characters of `A–Z a–z 0–9 - _`.
///
/// The vendor remembers a key for 24 hours, separately for each API key and path. It does not compare the method or the body. Use
/// each key for one intended effect only. If a second request has the same key and another body, the vendor returns the stored
/// response to the first request (inferred).
///
/// Source: Zagely, "Idempotency".
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// The error for a text that is not an idempotency key. It does not hold the text, which may be private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidIdempotencyKey(());

impl Display for InvalidIdempotencyKey {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "The idempotency key must have 1 to 255 characters of A-Z, a-z, 0-9, hyphen and underscore.",
        )
    }
}

impl core::error::Error for InvalidIdempotencyKey {}

impl IdempotencyKey {
    /// The time after which the vendor forgets a key: 24 hours. The vendor counts from the first response that it
    /// stores. An exchange counts from its first attempt, which is never later.
    pub const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

    /// Creates a key from the caller's text, such as an order number. A restarted program that uses the same text then
    /// sends only once.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`] if the text breaks the vendor's rule.
    ///
    /// ```
    /// use hudhud::IdempotencyKey;
    /// assert!(IdempotencyKey::new("order-4711_receipt").is_ok());
    /// assert!(IdempotencyKey::new("order 4711").is_err());
    /// ```
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidIdempotencyKey> {
        let text = text.into();
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (1..=255).contains(&text.len()) && text.bytes().all(legal) {
            return Ok(Self(text));
        }
        Err(InvalidIdempotencyKey(()))
    }

    /// Creates a random key, a UUID of version 4, from 16 random bytes of the host.
    #[must_use]
    pub fn from_entropy(mut entropy: [u8; 16]) -> Self {
        entropy[6] = entropy[6] & 0x0f | 0x40;
        entropy[8] = entropy[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (at, byte) in entropy.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            hex::push(&[*byte], &mut text);
        }
        Self(text)
    }

    /// Returns the key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Debug for IdempotencyKey {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&crate::redact::RedactUnlessToken(self.0.as_str()), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::IdempotencyKey;
    use alloc::string::String;

    #[test]
    fn random_keys_are_uuids_of_version_4() {
        assert_eq!(IdempotencyKey::from_entropy([0xff; 16]).as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(IdempotencyKey::from_entropy([0; 16]).as_str(), "00000000-0000-4000-8000-000000000000");
    }

    #[test]
    fn the_vendors_rule_is_kept() {
        let long: String = core::iter::repeat_n('a', 256).collect();
        assert!(IdempotencyKey::new(&long[..255]).is_ok());
        for text in ["", "a b", "ключ", "a\n", long.as_str()] {
            assert!(IdempotencyKey::new(text).is_err());
        }
    }
}

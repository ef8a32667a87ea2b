//! The key under which a store keeps an event.

use alloc::borrow::ToOwned;
use alloc::string::String;

use sha2::{Digest, Sha256};

use crate::text::hex;

/// The longest key that is stored as it is. A program can still add a prefix to use it as an idempotency key.
const LONGEST: usize = 200;
/// The beginning of a key that is stored as its hash.
const HASHED: &str = "sha256-";

/// Converts a replay key to the key under which a store keeps the event. It has 1 to 200 characters of
/// `A–Z a–z 0–9 - _`, so it is also valid as an [`IdempotencyKey`](crate::IdempotencyKey).
///
/// A replay key of this form stays unchanged, as those of the vendor do. Any other text becomes `sha256-` and its SHA-256.
///
/// ```
/// use hudhud::inbox::storage_key;
/// assert_eq!(storage_key("d-1"), "d-1");
/// assert!(storage_key("d 1").starts_with("sha256-"));
/// ```
#[must_use]
pub fn storage_key(replay_key: &str) -> String {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_legal = (1..=LONGEST).contains(&replay_key.len()) && replay_key.bytes().all(legal);
    if is_legal && !replay_key.starts_with(HASHED) {
        return replay_key.to_owned();
    }
    let mut key = HASHED.to_owned();
    hex::push(&Sha256::digest(replay_key.as_bytes()), &mut key);
    key
}

//! Frames: the records of a journal as bytes, each with its length and its checksum.
//!
//! ```text
//! "hudhud outbox 1\n"                              the first 16 bytes of a journal
//! length (4) | checksum (8) | kind (1) | …         one frame; `length` counts from the kind on
//! ```
//!
//! The checksum is the beginning of the SHA-256 of the journal's id, of the frame's position and of its content. A frame
//! at another place or in another journal is therefore invalid.

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

/// The first bytes of a journal, with the version.
pub(super) const MAGIC: &[u8; 16] = b"hudhud outbox 1\n";

/// The part of the first bytes that is the same in all versions.
pub(super) const ANY_MAGIC: &[u8] = b"hudhud outbox ";

/// The length of a frame before its content.
pub(super) const HEAD: usize = 12;

/// The longest content.
pub(super) const LONGEST: usize = 1 << 20;

/// The random id of a journal.
pub(super) type JournalId = [u8; 16];

/// Returns the checksum of a content at a position.
pub(super) fn sum(id: &JournalId, position: u64, content: &[u8]) -> [u8; 8] {
    let digest = Sha256::new().chain_update(id).chain_update(position.to_le_bytes()).chain_update(content);
    first(&digest.finalize())
}

/// Returns the first bytes of a digest.
pub(super) fn first<const N: usize>(digest: &[u8]) -> [u8; N] {
    digest.first_chunk().copied().unwrap_or([0; N])
}

/// Appends a frame at this position of the journal.
pub(super) fn write(id: &JournalId, position: u64, content: &[u8], bytes: &mut Vec<u8>) {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&sum(id, position, content));
    bytes.extend_from_slice(content);
}

/// The beginning of the unread bytes of a journal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Framed<'a> {
    /// The content of a frame. Its checksum is right.
    Content(&'a [u8]),
    /// The beginning of a frame.
    Incomplete,
    /// Anything else.
    Invalid,
}

/// Reads a frame at the beginning of some bytes.
pub(super) fn read<'a>(id: &JournalId, position: u64, bytes: &'a [u8], checks_sums: bool) -> Framed<'a> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Framed::Incomplete };
    let Ok(length) = usize::try_from(u32::from_le_bytes(*length)) else { return Framed::Invalid };
    if length == 0 || length > LONGEST {
        return Framed::Invalid;
    }
    let Some((stated, rest)) = rest.split_first_chunk::<8>() else { return Framed::Incomplete };
    match rest.get(..length) {
        None => Framed::Incomplete,
        Some(content) if !checks_sums || sum(id, position, content) == *stated => Framed::Content(content),
        Some(_) => Framed::Invalid,
    }
}

//! A hash of text, for comparisons that a collision only slows down or practically cannot affect.

/// Hashes a byte and a text with FNV-1a. Texts of different kinds get different hashes.
pub(crate) fn hash(kind: u8, text: &str) -> u64 {
    let bytes = core::iter::once(kind).chain(text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

//! Runs of plain characters in JSON strings, found sixteen bytes at a time.

/// Returns the end of a run of plain characters of a string: the position of a quote, a backslash, a control character,
/// or the end of the text.
#[inline]
pub(crate) fn end_of_run(bytes: &[u8], mut at: usize) -> usize {
    while let Some((low, rest)) = bytes.get(at..).and_then(<[u8]>::split_first_chunk) {
        let Some(high) = rest.first_chunk() else { break };
        let (low, high) = (marks(low), marks(high));
        if low | high != 0 {
            let bit = if low != 0 { low.trailing_zeros() } else { 64 + high.trailing_zeros() };
            return at + bit as usize / 8;
        }
        at += 16;
    }
    while bytes.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..b' ')) {
        at += 1;
    }
    at
}

/// Marks each byte that is not a plain character of a string by its highest bit, in the order of the bytes. Bytes after
/// the first marked one may be marked by mistake.
#[inline(always)]
fn marks(bytes: &[u8; 8]) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(*bytes);
    // If a byte is smaller than the subtracted one, the borrow sets its highest bit.
    let below = |word: u64, byte: u8| word.wrapping_sub(EACH * u64::from(byte)) & !word;
    let is = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    (is(b'"') | is(b'\\') | below(word, b' ')) & (EACH << 7)
}

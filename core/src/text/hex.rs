//! Hexadecimal text: written in lower case, read in either case.

use alloc::string::String;

const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// The value of a byte that is not a digit: a bit that no digit has.
const NONE: u8 = 16;

/// Appends two digits for each byte.
pub(crate) fn push(bytes: &[u8], text: &mut String) {
    text.reserve(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// Reads the bytes of exactly this many digits.
pub(crate) fn read<const BYTES: usize>(digits: &[u8]) -> Option<[u8; BYTES]> {
    // Each digit is looked up, and validity is tested once at the end: branches on unpredictable digits would be slow.
    const VALUES: [u8; 256] = {
        let mut values = [NONE; 256];
        let mut value = 0;
        while value < 16 {
            values[DIGITS[value as usize] as usize] = value;
            values[DIGITS[value as usize].to_ascii_uppercase() as usize] = value;
            value += 1;
        }
        values
    };
    if digits.len() != BYTES * 2 {
        return None;
    }
    let (mut bytes, mut all) = ([0; BYTES], 0);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| VALUES[usize::from(digit)]);
        all |= high | low;
        *byte = high << 4 | low & 15;
    }
    (all < NONE).then_some(bytes)
}

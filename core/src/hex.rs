//! Bytes as lower-case hex.

use alloc::string::String;

/// Appends two digits for each byte.
pub(crate) fn push(bytes: &[u8], text: &mut String) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    text.reserve(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// One digit in either case.
pub(crate) const fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        b'A'..=b'F' => Some(letter - b'A' + 10),
        _ => None,
    }
}

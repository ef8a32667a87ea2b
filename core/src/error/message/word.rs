//! One word of a vendor's message.

use alloc::string::String;

/// A word of a message, with the punctuation around it.
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// The word without punctuation, in lower case.
    pub(super) bare: String,
    pub(super) digits: usize,
    pub(super) letters: usize,
    pub(super) hidden: bool,
}

impl<'a> Word<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let bare = text.trim_matches(|letter: char| !letter.is_alphanumeric());
        // No known word is longer.
        let bare = if bare.len() <= 64 { bare.to_lowercase() } else { String::new() };
        let (mut digits, mut letters) = (0, 0);
        for letter in text.chars() {
            digits += usize::from(letter.is_numeric());
            letters += usize::from(letter.is_alphanumeric() && !letter.is_numeric());
        }
        Self { text, bare, digits, letters, hidden: true }
    }
}

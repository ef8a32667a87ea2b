//! One word of a vendor's message.

use alloc::string::String;

/// A word of a message, with the punctuation around it.
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// The word without punctuation, in lower case.
    pub(super) bare: String,
    pub(super) digits: usize,
    pub(super) hidden: bool,
}

impl<'a> Word<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let bare = text.trim_matches(|letter: char| !letter.is_alphanumeric());
        // No known word is longer.
        let bare = if bare.len() <= 64 { bare.to_lowercase() } else { String::new() };
        let digits = text.chars().filter(|letter| letter.is_numeric()).count();
        Self { text, bare, digits, hidden: true }
    }
}

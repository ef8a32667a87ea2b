//! What `Debug` and messages may show: enough to find a fault, never a key, a phone number or the text of a
//! message.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::json::{Bytes, Json, Object};
use crate::nullable::Nullable;

/// What stands where a value was left out.
pub(crate) const HIDDEN: &str = "…";

/// Shows that there is a value and hides what it is.
pub(crate) struct Hidden<'a, T: ?Sized>(pub(crate) &'a T);

/// Shows an identifier if it looks like one, and hides it otherwise: a phone number in the place of an id
/// must not reach a log either.
pub(crate) struct Token<'a, T: ?Sized>(pub(crate) &'a T);

/// How values are shown: text and JSON by a mark, structures by their own `Debug`.
pub(crate) trait Hide {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result;

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.hide(formatter)
    }
}

impl<T: Hide + ?Sized> Debug for Hidden<'_, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.hide(formatter)
    }
}

impl<T: Hide + ?Sized> Debug for Token<'_, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.token(formatter)
    }
}

impl Hide for str {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(if self.is_empty() { "" } else { HIDDEN }, formatter)
    }

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if is_token(self) { Debug::fmt(self, formatter) } else { self.hide(formatter) }
    }
}

impl Hide for String {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.as_str().hide(formatter)
    }

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.as_str().token(formatter)
    }
}

impl Hide for Json {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(self, formatter)
    }
}

impl Hide for Object {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(self, formatter)
    }
}

/// Types whose own `Debug` is already fit to be shown.
macro_rules! shown {
    ($($type:ty),*) => { $(
        impl $crate::redact::Hide for $type {
            fn hide(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(self, formatter)
            }
        }
    )* };
}
pub(crate) use shown;

shown!(bool, u64, i64, f64, Bytes, crate::time::Timestamp);

macro_rules! wrapped {
    ($method:ident, $view:ident, $self:ident, $formatter:ident) => {
        match $self {
            Some(value) => $formatter.debug_tuple("Some").field(&$view(value)).finish(),
            None => $formatter.write_str("None"),
        }
    };
}

impl<T: Hide> Hide for Option<T> {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        wrapped!(hide, Hidden, self, formatter)
    }

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        wrapped!(token, Token, self, formatter)
    }
}

impl<T: Hide> Hide for Vec<T> {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().map(Hidden)).finish()
    }

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().map(Token)).finish()
    }
}

impl<T: Hide> Hide for Nullable<T> {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("Absent"),
            Self::Null => formatter.write_str("Null"),
            Self::Value(value) => formatter.debug_tuple("Value").field(&Hidden(value)).finish(),
        }
    }
}

/// Whether a text is an identifier: a UUID, a name in snake case, a date; not a phone number, not a key.
pub(crate) fn is_token(text: &str) -> bool {
    let shape = !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'));
    let key = ["pk_", "sk_", "wzj_"].iter().any(|prefix| text.contains(prefix));
    // A run of digits as long as a phone number; a UUID's groups are told apart by its hyphens and letters.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let uuid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    shape && !key && (uuid || digits < 9 || letters > digits)
}

/// A vendor's sentence made fit for a log: words that hold a run of digits, an address or a key are left out.
pub(crate) fn sentence(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace().take(60) {
        if !out.is_empty() {
            out.push(' ');
        }
        let digits = word.chars().filter(|letter| letter.is_numeric()).count();
        let unsafe_word = digits > 4
            || word.chars().count() > 40
            || word.contains('@')
            || ["pk_", "sk_", "wzj_", "sha256="].iter().any(|mark| word.contains(mark));
        out.push_str(if unsafe_word { HIDDEN } else { word });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Hidden, Token, sentence};
    use alloc::format;
    use alloc::string::String;

    #[test]
    fn ids_are_shown_and_phone_numbers_in_their_place_are_not() {
        let id = String::from("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
        assert_eq!(format!("{:?}", Token(&id)), format!("{id:?}"));
        for private in ["+15551234567", "15551234567", "sk_abc", "wzj_1", "a text with spaces"] {
            assert_eq!(format!("{:?}", Token(private)), "\"…\"");
        }
        assert_eq!(format!("{:?}", Hidden(&Some(id))), "Some(\"…\")");
    }

    #[test]
    fn a_vendors_sentence_keeps_its_words_and_loses_what_is_private() {
        let said = sentence("The number +15551234567 of jane@example.com with key sk_live is taken.");
        assert_eq!(said, "The number … of … with key … is taken.");
    }
}

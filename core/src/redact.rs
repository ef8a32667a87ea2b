//! Redaction for `Debug` and messages: they show enough to find a fault, never a key, a phone number or the text of a
//! message.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

/// The mark that replaces a hidden value.
pub const REDACTED: &str = "…";

/// Shows that a value is present and hides the value.
pub(crate) struct Redacted<'a, T: ?Sized>(pub(crate) &'a T);

/// Shows an identifier if it looks like one, and hides it otherwise: a phone number that was passed as an id must not
/// reach a log either.
pub(crate) struct RedactUnlessToken<'a, T: ?Sized>(pub(crate) &'a T);

/// The redacted form of a type: a mark for text and JSON, `Debug` for structures, which redact their own fields.
pub(crate) trait Redact {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result;

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.hide(formatter)
    }
}

impl<T: Redact + ?Sized> Debug for Redacted<'_, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.hide(formatter)
    }
}

impl<T: Redact + ?Sized> Debug for RedactUnlessToken<'_, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.token(formatter)
    }
}

impl Redact for str {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(if self.is_empty() { "" } else { REDACTED }, formatter)
    }

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if is_token(self) { Debug::fmt(self, formatter) } else { self.hide(formatter) }
    }
}

impl Redact for String {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.as_str().hide(formatter)
    }

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.as_str().token(formatter)
    }
}

/// Implements [`Redact`] with `Debug`, for types whose `Debug` output is safe.
macro_rules! debug_is_safe {
    ($($type:ty),*) => { $(
        impl $crate::redact::Redact for $type {
            fn hide(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(self, formatter)
            }
        }
    )* };
}
pub(crate) use debug_is_safe;

debug_is_safe!(bool, u64, i64, f64);

macro_rules! wrapped {
    ($method:ident, $view:ident, $self:ident, $formatter:ident) => {
        match $self {
            Some(value) => $formatter.debug_tuple("Some").field(&$view(value)).finish(),
            None => $formatter.write_str("None"),
        }
    };
}

impl<T: Redact> Redact for Option<T> {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        wrapped!(hide, Redacted, self, formatter)
    }

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        wrapped!(token, RedactUnlessToken, self, formatter)
    }
}

impl<T: Redact> Redact for Vec<T> {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().map(Redacted)).finish()
    }

    fn token(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().map(RedactUnlessToken)).finish()
    }
}

/// Returns `true` if a text is an identifier: a UUID, a name in snake case, a date, or the `*` that stands for all names.
/// Returns `false` for a phone number, a key or a digest.
pub fn is_token(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let shape = !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'))
        && text.split(['-', '_', '.', ':']).all(|part| part.len() <= 32);
    // Seven digits or more may be a phone number. Hyphens distinguish a UUID, and letters other identifiers.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    shape
        && !is_key(text)
        && (is_uuid(text) || digits < 7 || letters > digits || crate::text::date::is_date(text))
}

/// Returns `true` if a text has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    let parts = [8, 4, 4, 4, 12];
    text.split('-').map(str::len).eq(parts)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The beginnings of all vendors' keys. They stand here, and not with the vendors, because hiding a key must not depend on
/// which vendor is in use.
pub(crate) const KEY_PREFIXES: [&str; 4] = ["pk_", "sk_", "wzj_", "whsec_"];

/// Returns `true` if a text contains one of the vendors' keys.
pub(crate) fn is_key(text: &str) -> bool {
    KEY_PREFIXES.iter().any(|mark| text.contains(mark))
}

/// Returns a name fit for a log: unchanged if it looks like a name, hidden if it looks like a number, an address, a key
/// or a sentence.
#[must_use]
pub fn redact_name(text: &str) -> &str {
    let fit = text.len() <= 128
        && text.chars().filter(|letter| letter.is_numeric()).count() <= 4
        && text.split_whitespace().count() <= 4
        && text.split(|letter: char| !letter.is_alphanumeric()).all(|word| word.chars().count() <= 24)
        && !text.contains(['@', '=', '/', '\n'])
        && !is_key(text);
    if fit { text } else { REDACTED }
}

/// Returns `true` if a text is a name that the vendor defines, such as a code or an ability.
pub(crate) fn is_word(text: &str) -> bool {
    is_token(text) && redact_name(text) == text
}

/// Writes a count with separators: `1,234`.
pub(crate) fn count(number: usize, formatter: &mut Formatter<'_>) -> fmt::Result {
    if number < 1000 {
        return write!(formatter, "{number}");
    }
    count(number / 1000, formatter)?;
    write!(formatter, ",{:03}", number % 1000)
}

#[cfg(test)]
mod tests {
    use super::{RedactUnlessToken, Redacted, redact_name};
    use alloc::format;
    use alloc::string::String;

    #[test]
    fn ids_are_shown_and_phone_numbers_in_their_place_are_not() {
        let id = String::from("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
        assert_eq!(format!("{:?}", RedactUnlessToken(&id)), format!("{id:?}"));
        for private in ["+15551234567", "15551234567", "555-1234", "sk_abc", "wzj_1", "a text with spaces"] {
            assert_eq!(format!("{:?}", RedactUnlessToken(private)), "\"…\"");
        }
        assert_eq!(format!("{:?}", Redacted(&Some(id))), "Some(\"…\")");
    }

    #[test]
    fn counts_are_written_as_people_read_them() {
        struct Count(usize);
        impl core::fmt::Display for Count {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                super::count(self.0, formatter)
            }
        }
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(format!("{}", Count(number)), text);
        }
    }

    #[test]
    fn names_are_shown_and_what_only_stands_in_their_place_is_not() {
        for text in ["order_id", "first name", "الاسم", "contacts.0.phone"] {
            assert_eq!(redact_name(text), text);
        }
        for text in ["+1 555 123 4567", "Meet me at noon, Jane", "a@b", "pk_1", "sha256=ab"] {
            assert_eq!(redact_name(text), "…");
        }
    }
}

//! Phone numbers as people paste them, made what the vendors take: `+` and digits.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::{self, Debug, Formatter};

/// A phone number in E.164: `+`, then 1 to 15 ASCII digits of which the first is not 0.
///
/// ```
/// use hudhud::Phone;
/// let number = Phone::parse("\u{200e}+٢٠ ١١٤ ٠٢٢-٠٩٩٦")?;
/// assert_eq!(number.as_str(), "+201140220996");
/// # Ok::<(), hudhud::PhoneError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// Why a text is no phone number in E.164.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhoneError {
    /// It does not begin with `+`. A country is never guessed, and `00` is not turned into `+`.
    NoPlus,
    /// It holds a character that is neither a digit nor one of the marks people put between digits.
    ForeignCharacter {
        /// Which character of the text, counted from 0.
        at: usize,
    },
    /// It has no digit, or more than 15.
    Length {
        /// How many digits it has.
        digits: usize,
    },
    /// Its first digit is 0, which no country code is.
    LeadingZero,
}

impl fmt::Display for PhoneError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPlus => formatter.write_str("the number must begin with + and the country code"),
            Self::ForeignCharacter { at } => write!(formatter, "character {at} belongs to no phone number"),
            Self::Length { digits } => write!(formatter, "{digits} digits; E.164 has 1 to 15"),
            Self::LeadingZero => formatter.write_str("a country code does not begin with 0"),
        }
    }
}

impl core::error::Error for PhoneError {}

impl Phone {
    /// Reads a number as people write it.
    ///
    /// Digits of ASCII, Arabic-Indic, Persian and fullwidth script are one digit; spaces of every width, dashes
    /// of every kind, dots, parentheses and invisible marks of writing direction are dropped.
    ///
    /// # Errors
    /// [`PhoneError`], which never shows the text.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let mut number = String::with_capacity(16);
        for (at, letter) in text.chars().enumerate() {
            match Mark::of(letter) {
                Mark::Digit(digit) => number.push(digit),
                Mark::Plus if number.is_empty() => number.push('+'),
                Mark::Nothing => {}
                Mark::Plus | Mark::Foreign => return Err(PhoneError::ForeignCharacter { at }),
            }
        }
        let Some(digits) = number.strip_prefix('+') else { return Err(PhoneError::NoPlus) };
        match digits.len() {
            1..=15 if digits.starts_with('0') => Err(PhoneError::LeadingZero),
            1..=15 => Ok(Self(number)),
            digits => Err(PhoneError::Length { digits }),
        }
    }

    /// The number: `+` and ASCII digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Drops what cannot be meant from a text that is otherwise a phone number, and leaves any other text as it
    /// is: what is then wrong with it, the vendor says.
    pub(crate) fn clean(text: &str) -> Cow<'_, str> {
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+') {
            return Cow::Borrowed(text);
        }
        let mut number = String::with_capacity(text.len());
        for letter in text.chars() {
            match Mark::of(letter) {
                Mark::Digit(digit) => number.push(digit),
                Mark::Plus => number.push('+'),
                Mark::Nothing => {}
                Mark::Foreign => return Cow::Borrowed(text),
            }
        }
        Cow::Owned(number)
    }
}

impl Debug for Phone {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("Phone(…)")
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl core::str::FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        Self::parse(text)
    }
}

/// What a character is worth in a phone number.
enum Mark {
    Digit(char),
    Plus,
    Nothing,
    Foreign,
}

impl Mark {
    fn of(letter: char) -> Self {
        let zero = match letter {
            '0'..='9' => return Self::Digit(letter),
            '\u{0660}'..='\u{0669}' => 0x0660,
            '\u{06f0}'..='\u{06f9}' => 0x06f0,
            '\u{ff10}'..='\u{ff19}' => 0xff10,
            '+' | '\u{ff0b}' => return Self::Plus,
            // Hyphens and dashes, the minus sign, and their small and fullwidth forms.
            '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
            | '.' | '\u{ff0e}' | '(' | ')' | '\u{ff08}' | '\u{ff09}'
            // Zero-width marks: joiners, direction, isolates, the byte order mark.
            | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => return Self::Nothing,
            letter if letter.is_whitespace() => return Self::Nothing,
            _ => return Self::Foreign,
        };
        match char::from_digit(u32::from(letter) - zero, 10) {
            Some(digit) => Self::Digit(digit),
            None => Self::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Phone, PhoneError};

    #[test]
    fn a_country_is_never_guessed() {
        for text in ["15551234567", "0020114022", "", "()"] {
            assert_eq!(Phone::parse(text), Err(PhoneError::NoPlus), "{text}");
        }
        assert_eq!(Phone::parse("+0114022"), Err(PhoneError::LeadingZero));
        assert_eq!(Phone::parse("+1+2"), Err(PhoneError::ForeignCharacter { at: 2 }));
        assert_eq!(Phone::parse("+"), Err(PhoneError::Length { digits: 0 }));
        assert_eq!(Phone::parse("+1234567890123456"), Err(PhoneError::Length { digits: 16 }));
    }

    #[test]
    fn cleaning_touches_only_what_looks_like_a_number() {
        assert_eq!(Phone::clean("(555) 123-٤"), "5551234");
        assert_eq!(Phone::clean("jane - 12"), "jane - 12");
    }
}

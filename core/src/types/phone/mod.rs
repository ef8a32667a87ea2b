//! Phone numbers as people write them, converted to the form that the vendors accept: `+` and digits.

mod symbols;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use self::symbols::{Mark, digit, is_bracket, is_closing, is_invisible, is_point};

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

/// The reason why a text is not a phone number in E.164.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhoneError {
    /// The text does not begin with `+`. A country is never guessed, and `00` is not turned into `+`.
    NoPlus,
    /// The text contains a character that is neither a digit nor a mark that people put between digits.
    ForeignCharacter {
        /// The position of the character in the text, counted from 0.
        at: usize,
    },
    /// The text contains no digit, or more than 15.
    Length {
        /// The number of digits.
        digits: usize,
    },
    /// The first digit is 0. No country code begins with 0.
    LeadingZero,
    /// The text ends with decimals, as a spreadsheet writes a number: `15551234567.0`. Without the point it would be
    /// another number.
    Decimals,
    /// The text has an exponent, as a spreadsheet writes a large number: `1.5551234567E+10`.
    Exponent,
    /// The text has a zero in brackets, which is dialled only inside a country: `+49 (0)151`. With this zero it would
    /// be another number.
    TrunkZero,
    /// The text has an extension or a second number: `+15551234567 ext. 5`. With those digits it would be another
    /// number.
    Extension,
}

impl fmt::Display for PhoneError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPlus => formatter.write_str("the number must begin with + and the country code"),
            // People count from 1.
            Self::ForeignCharacter { at } => write!(
                formatter,
                "the character at position {} is not allowed in a phone number: remove it",
                at.saturating_add(1)
            ),
            Self::Length { digits } => write!(formatter, "the number has {digits} digits; E.164 allows 1 to 15"),
            Self::LeadingZero => formatter.write_str("a country code must not begin with 0"),
            Self::Decimals => formatter
                .write_str("the number ends in decimals, as a spreadsheet writes a number: remove them (.0), and keep the column as text"),
            Self::Exponent => formatter.write_str(
                "the number has an exponent (E+10), as a spreadsheet writes a large number: keep the column as text, with every digit",
            ),
            Self::TrunkZero => formatter.write_str("the number has a zero in brackets after the country code: remove the (0)"),
            Self::Extension => formatter.write_str(
                "the number has letters or a mark such as # between its digits: write one number, without an extension",
            ),
        }
    }
}

impl core::error::Error for PhoneError {}

impl Phone {
    /// Parses a phone number as people write it.
    ///
    /// Digits of ASCII, Arabic-Indic, Persian and fullwidth script are equal. Spaces of every width, dashes of every
    /// kind, dots, parentheses and invisible marks of writing direction are dropped. Decimals (`.0`), an exponent, a
    /// zero in brackets (`(0)`) and an extension are refused, because the digits alone would be another number.
    ///
    /// # Errors
    /// [`PhoneError`], which never shows the text.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        if let Some(fault) = misread(text) {
            return Err(fault);
        }
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

    /// Returns the number: `+` and ASCII digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Drops the marks from a phone number. Any other text stays unchanged, and the vendor decides about it.
    pub(crate) fn clean(text: &str) -> Cow<'_, str> {
        if is_bare(text) || misread(text).is_some() {
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

/// Returns `true` if there is nothing to clean.
fn is_bare(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+')
}

/// Finds decimals, an exponent, a trunk zero in brackets, or an extension, with which a text becomes another number
/// when its marks are dropped. The vendor drops everything except digits, and digits of every script count.
pub(crate) fn misread(text: &str) -> Option<PhoneError> {
    if is_bare(text) {
        return None;
    }
    let classes: Vec<CharClass> = text.chars().filter_map(CharClass::of).collect();
    if has_trunk_zero(&classes) {
        return Some(PhoneError::TrunkZero);
    }
    if has_exponent(&classes) {
        return Some(PhoneError::Exponent);
    }
    if has_extension(&classes) {
        return Some(PhoneError::Extension);
    }
    has_decimals(&classes).then_some(PhoneError::Decimals)
}

/// The meaning of a character in the search for decimals, exponents, trunk zeros and extensions.
#[derive(Clone, Copy, PartialEq)]
enum CharClass {
    Digit(u32),
    Point,
    Bracket(char),
    Exponent,
    Gap,
    Other(char),
}

impl CharClass {
    /// Classifies a character. Returns `None` for an invisible one.
    fn of(letter: char) -> Option<Self> {
        if let Some(digit) = digit(letter) {
            return Some(Self::Digit(digit));
        }
        Some(match letter {
            _ if letter.is_whitespace() => Self::Gap,
            _ if is_invisible(letter) => return None,
            _ if is_point(letter) => Self::Point,
            _ if is_bracket(letter) => Self::Bracket(letter),
            // Arabic writes the exponent with two letters.
            'e' | 'E' | '\u{ff25}' | '\u{ff45}' | '\u{d7}' | '\u{623}' => Self::Exponent,
            letter => Self::Other(letter),
        })
    }

    fn is_digit(self) -> bool {
        matches!(self, Self::Digit(_))
    }

    /// Returns `true` for a mark that means nothing inside brackets: a space, a dash, a dot, a plus.
    fn is_mark(self) -> bool {
        match self {
            Self::Gap | Self::Point => true,
            Self::Other(letter) => matches!(Mark::of(letter), Mark::Nothing | Mark::Plus),
            _ => false,
        }
    }
}

/// Finds two brackets with only zeros inside.
fn has_trunk_zero(classes: &[CharClass]) -> bool {
    let mut brackets = 0;
    for (at, this) in classes.iter().enumerate() {
        let CharClass::Bracket(first) = *this else { continue };
        brackets += 1;
        let mut inside =
            classes[at + 1..].iter().skip_while(|class| class.is_mark() || **class == CharClass::Digit(0));
        let Some(CharClass::Bracket(second)) = inside.next().copied() else { continue };
        let has_zero = classes[at + 1..]
            .iter()
            .take_while(|class| !matches!(class, CharClass::Bracket(_)))
            .any(|class| class.is_digit());
        // A zero between two groups in brackets is outside of both.
        let outside = is_closing(first) && !is_closing(second) && brackets % 2 == 0;
        if has_zero && !outside {
            return true;
        }
    }
    false
}

/// Finds a digit, the letter of an exponent and another digit, in this order.
fn has_exponent(classes: &[CharClass]) -> bool {
    let is_sign =
        |letter: char| matches!(letter, '+' | '\u{ff0b}' | '-' | '\u{2212}' | '\u{ff0d}' | '\u{633}');
    classes.iter().enumerate().filter(|(_, class)| **class == CharClass::Exponent).any(|(at, _)| {
        let before = classes[..at].iter().rfind(|class| !matches!(class, CharClass::Gap | CharClass::Point));
        let after = classes[at + 1..].iter().find(|class| match class {
            CharClass::Gap => false,
            CharClass::Other(letter) => !is_sign(*letter),
            _ => true,
        });
        before.is_some_and(|class| class.is_digit()) && after.is_some_and(|class| class.is_digit())
    })
}

/// Returns `true` for a whole number, followed by letters or a separating mark, and then by other digits.
fn has_extension(classes: &[CharClass]) -> bool {
    let digits = |part: &[CharClass]| part.iter().filter(|class| class.is_digit()).count();
    let is_word = |class: &CharClass| match *class {
        CharClass::Exponent => true,
        CharClass::Other(letter) => {
            let is_letter =
                letter.is_ascii_alphabetic() || matches!(letter, '#' | ';' | '|') || !letter.is_ascii();
            is_letter && matches!(Mark::of(letter), Mark::Foreign)
        }
        _ => false,
    };
    let Some(last) = classes.iter().rposition(is_word) else { return false };
    digits(&classes[..last]) >= 7 && digits(&classes[last..]) > 0
}

/// Returns `true` for a text that consists of the marks of a phone number, such as spaces and brackets.
pub(crate) fn has_only_marks(text: &str) -> bool {
    let is_mark = |letter| matches!(Mark::of(letter), Mark::Nothing | Mark::Plus);
    !text.is_empty() && text.chars().all(is_mark)
}

/// Returns `true` if the last digits follow a decimal point.
fn has_decimals(classes: &[CharClass]) -> bool {
    let Some(last) = classes.iter().rposition(|class| class.is_digit()) else { return false };
    let Some(first) = classes.iter().position(|class| class.is_digit()) else { return false };
    let Some(before) =
        classes[..last].iter().rposition(|class| !class.is_digit() && *class != CharClass::Gap)
    else {
        return false;
    };
    if classes[before] != CharClass::Point || before < first {
        return false;
    }
    let decimals: Vec<_> = classes[before..=last].iter().filter(|class| class.is_digit()).collect();
    let zeros = decimals.iter().all(|digit| **digit == CharClass::Digit(0));
    // Any other mark between the digits shows that they are written in groups, and that the point separates two groups.
    let is_float = classes[first..before].iter().all(|class| class.is_digit());
    match decimals.len() {
        1 => true,
        2 => zeros || is_float,
        // Ten digits before the point are a complete number.
        _ => is_float && (zeros || before - first >= 10),
    }
}

#[cfg(test)]
mod tests {
    use super::{Phone, PhoneError};
    use alloc::string::String;

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
    fn what_would_become_another_number_is_refused() {
        let decimals = [
            "+15551234567.0",
            "+15551234567.00",
            "+15551234567.000",
            "+15551234567,0",
            "+15551234567.0 ",
            "\u{202a}+15551234567.0\u{202c}",
            "+15551234567\u{66b}\u{660}",
            "+15551234567\u{ff0e}\u{ff10}",
            "+1 555 123 4567.0",
            "+1.555.123.4567.0",
            "+1 (555) 123-4567.00",
            "+15551234567. 0",
            "15551234567.0",
            "+15551234567.\u{200b}0",
            "+15551234567.5",
            "+15551234567.25",
            "+15551234567.123",
            "+15551234567.\u{966}",
            "(+15551234567.0)",
            "\"+15551234567.0\"",
        ];
        for text in decimals {
            assert_eq!(Phone::parse(text), Err(PhoneError::Decimals), "{text}");
            assert_eq!(Phone::clean(text), text);
        }
        let extensions = [
            "+15551234567 ext. 5",
            "+15551234567 ext 89",
            "+1 (555) 123-4567 x12",
            "+15551234567x12",
            "+15551234567;ext=5",
            "+15551234567 #5",
            "+15551234567 (ext. 5)",
            "555-1234567 Ext.5",
            "+15551234567 \u{62a}\u{62d}\u{648}\u{64a}\u{644}\u{629} \u{665}",
        ];
        for text in extensions {
            assert_eq!(Phone::parse(text), Err(PhoneError::Extension), "{text}");
            assert_eq!(Phone::clean(text), text);
        }
        // A dot at the end is dropped like any other mark.
        assert_eq!(Phone::parse("+15551234567.").map(String::from).as_deref(), Ok("+15551234567"));
        let exponents = [
            "1.5551234567E+10",
            "+1.5551234567E+10",
            "1,5551234567e10",
            "1.55512E10",
            "1.5551234567 E +10",
            "\u{661}\u{66b}\u{665}\u{665}E+\u{661}\u{660}",
            "\u{661}\u{66b}\u{665}\u{623}\u{633}\u{661}\u{660}",
            "1.5551234567\u{d7}10^10",
        ];
        for text in exponents {
            assert_eq!(Phone::parse(text), Err(PhoneError::Exponent), "{text}");
            assert_eq!(Phone::clean(text), text);
        }
        let zeros = [
            "+49(0)15123020000",
            "+44 (0)20 7946 0958",
            "+44 ( 0 ) 20 7946 0958",
            "+44 [0] 20",
            "+44{0}20",
            "+44<0>20",
            "+44\u{ff08}0\u{ff09}20",
            "+44(\u{660})20",
            "+44(\u{966})20",
            "+44(\u{200f}0\u{200e})20",
            "+44 (00) 20",
            "+44 ((0)) 20",
            "+44 )0( 20",
            "+44 (-0-) 20",
            "+44 (+0) 20",
            "44 (0) 20",
            "(0)+4420",
            "+44 (20) (0) 12",
        ];
        for text in zeros {
            assert_eq!(Phone::parse(text), Err(PhoneError::TrunkZero), "{text}");
            assert_eq!(Phone::clean(text), text);
        }
        // In each case one text resembles the other, but is a different number or none.
        let numbers = [
            ("+1.555.123.4567", "+15551234567"),
            ("+15551234567.", "+15551234567"),
            ("+1555123.4567", "+15551234567"),
            ("+1.555.123.4500", "+15551234500"),
            ("+33.1.23.45.67.89", "+33123456789"),
            ("+49 0 151", "+490151"),
            ("+49 (10) 151", "+4910151"),
            ("+49 (0151) 2", "+4901512"),
            ("+39 (06) 1", "+39061"),
            ("+1 (20)0(12)", "+120012"),
            ("+1-555-1234567-0", "+155512345670"),
            ("+1 555 123 4567 0", "+155512345670"),
        ];
        for (text, number) in numbers {
            assert_eq!(Phone::parse(text).map(String::from).as_deref(), Ok(number), "{text}");
        }
    }

    #[test]
    fn cleaning_touches_only_what_looks_like_a_number() {
        assert_eq!(Phone::clean("(555) 123-٤"), "5551234");
        assert_eq!(Phone::clean("jane - 12"), "jane - 12");
    }
}

//! Repairs of JSON that contains a lone surrogate, a number larger than every float, or a byte order mark. A
//! single one must not make a whole body unreadable.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use serde_json::value::RawValue;

use crate::text::json_number::float;
use crate::text::json_reader::read;

/// The mark that some writers put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Removes the byte order mark from the start of a body.
pub(crate) fn unmarked(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// Replaces each escape of a lone surrogate by the escape of U+FFFD. The length stays the same, and so does
/// the position of every other byte.
pub(crate) fn surrogates(text: &str) -> Cow<'_, str> {
    let mut repaired = String::new();
    let (mut from, mut copied) = (0, 0);
    while let Some(at) = next_lone_surrogate(text, &mut from) {
        repaired.push_str(&text[copied..at]);
        repaired.push_str("\\ufffd");
        copied = at + 6;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    repaired.push_str(&text[copied..]);
    Cow::Owned(repaired)
}

/// Finds the next escape of a lone surrogate, starting at `from`, and moves `from` to after it.
fn next_lone_surrogate(text: &str, from: &mut usize) -> Option<usize> {
    let unit = |at: usize| {
        let digits = text.as_bytes().get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0_u16, |unit, digit| {
            let value = char::from(*digit).to_digit(16)?;
            Some(unit << 4 | u16::try_from(value).ok()?)
        })
    };
    while let Some(found) = text.get(*from..)?.find('\\') {
        let at = *from + found;
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => *from = at + 12,
            Some(0xd800..=0xdfff) => {
                *from = at + 6;
                return Some(at);
            }
            // The text need not be JSON: any character may follow a backslash.
            _ => {
                let escaped = text[at + 1..].chars().next().map_or(0, char::len_utf8);
                *from = at + 1 + escaped;
            }
        }
    }
    None
}

/// Returns `true` if the JSON contains an escape of a lone surrogate.
pub(crate) fn has_lone_surrogate(text: &str) -> bool {
    next_lone_surrogate(text, &mut 0).is_some()
}

/// Replaces each number larger than every float by `null`. If `integers` is true, this includes integers written with
/// all their digits, which some types can hold.
#[must_use]
pub fn numbers(text: &str, integers: bool) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut repaired: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => at = end_of_string(bytes, at),
            b'0'..=b'9' | b'-' => {
                let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                at += bytes[at..].iter().take_while(is_part).count();
                if is_beyond(&text[start..at], integers) {
                    let repaired = repaired.get_or_insert_with(|| bytes.to_vec());
                    repaired[start..at].fill(b' ');
                    repaired[start..start + 4].copy_from_slice(b"null");
                }
            }
            _ => {}
        }
    }
    match repaired.map(String::from_utf8) {
        Some(Ok(repaired)) => Cow::Owned(repaired),
        _ => Cow::Borrowed(text),
    }
}

/// Returns the end of a string, starting at its first character.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// Returns `true` if a number is larger than every float. The shortest such number has five characters.
fn is_beyond(number: &str, integers: bool) -> bool {
    let has_exponent = number.contains(['e', 'E']);
    if number.len() < 5 || !has_exponent && number.len() < 309 {
        return false;
    }
    if !integers && !number.contains(['.', 'e', 'E']) {
        return false;
    }
    is_number(number) && !is_held(number)
}

/// Returns `true` if a finite float represents the number.
fn is_held(number: &str) -> bool {
    float(number).is_some()
}

/// Returns `true` for a valid JSON number.
fn is_number(text: &str) -> bool {
    read(text, PhantomData::<&RawValue>).is_ok()
        && text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

/// Writes a JSON number as the text of a field: an integer with exactly its digits, any other number as the nearest
/// float. Returns `None` for a number larger than every float.
pub(crate) fn number_as_text(number: &str) -> Option<Cow<'_, str>> {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Cow::Borrowed(if rest == "0" { rest } else { number }));
    }
    let float = float(number)?;
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = [whole, fraction].concat();
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some(Cow::Borrowed("0"));
    }
    // A longer exponent belongs to a number that is not too large, so the number is almost zero.
    let exponent: i64 = exponent.parse().unwrap_or(i64::MIN / 2);
    // The number of zeros after the last other digit.
    let last = digits.trim_end_matches('0').len();
    let places = i64::try_from(whole.len()).ok()? + exponent - i64::try_from(last).ok()?;
    let Ok(zeros) = usize::try_from(places) else {
        return Some(Cow::Owned(serde_json::to_string(&float).ok()?));
    };
    let mut text = String::from(sign);
    text.push_str(significant);
    text.extend(core::iter::repeat_n('0', zeros));
    Some(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::{number_as_text, numbers, surrogates};
    use crate::codec::field_errors::FieldErrors;
    use crate::codec::input::surrogates::report_lone_surrogates;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn lone_surrogates_become_the_replacement_character() {
        for (text, repaired) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\uDE00x""#, r#""\ufffdx""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#),
            (r#""\ud83d\n""#, r#""\ufffd\n""#),
            (r#"{"\ud83d":1}"#, r#"{"\ufffd":1}"#),
            (r#""\ud8"#, r#""\ud8"#),
            (r#""\u+83d""#, r#""\u+83d""#),
            ("\"\\", "\"\\"),
            ("\"\\\u{e9}\\ud83d\"", "\"\\\u{e9}\\ufffd\""),
        ] {
            assert_eq!(surrogates(text), repaired);
        }
    }

    #[test]
    fn numbers_beyond_all_floats_become_nothing() {
        for (text, repaired) in [
            ("[1e999,-1.5E+400,1e308]", "[null ,null     ,1e308]"),
            (r#"{"a\"1e999":"1e999","b":9e999}"#, r#"{"a\"1e999":"1e999","b":null }"#),
            ("1e-999", "1e-999"),
            ("0e999", "0e999"),
            ("1e9999e", "1e9999e"),
        ] {
            assert_eq!(numbers(text, true), repaired);
        }
        let long = "9".repeat(400);
        assert_eq!(numbers(&long, false), long);
        assert_eq!(numbers(&long, true).trim_end(), "null");
    }

    #[test]
    fn whole_numbers_have_all_their_digits_and_nothing_else() {
        for (number, text) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("0e999", "0"),
            ("12", "12"),
            ("-12", "-12"),
            ("15551234567.0", "15551234567"),
            ("15551234567.000", "15551234567"),
            ("1.5551234567E+10", "15551234567"),
            ("1.5551234567e10", "15551234567"),
            ("155512345670000e-4", "15551234567"),
            ("0.15e2", "15"),
            ("1.5", "1.5"),
            ("1.50", "1.5"),
            ("1e-7", "1e-7"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("9007199254740993.0", "9007199254740993"),
            ("1.2345678901234567890123E22", "12345678901234567890123"),
            ("1e25", "10000000000000000000000000"),
            ("-1E2", "-100"),
        ] {
            assert_eq!(number_as_text(number).as_deref(), Some(text), "{number}");
        }
        assert_eq!(number_as_text("1e999"), None);
        assert_eq!(number_as_text("1e300").unwrap().len(), 301);
    }

    #[test]
    fn lone_surrogates_are_reported_where_they_are() {
        let fields_at_fault = |given: &str| -> Vec<String> {
            let mut faults = FieldErrors::default();
            report_lone_surrogates(given, &surrogates(given), "", &mut faults);
            faults.iter().map(|(name, _)| name.into()).collect()
        };
        assert_eq!(fields_at_fault(r#"{"to":"\ud83d\ude00"}"#), [""; 0]);
        let given = r#"{"to": "\ud83d", "tags" : ["a", "\ude00b"],"extra":{"a":{"b\ud83d":[{"c":"\ud83d"}]}, "\ud83d":1}}"#;
        let expected = ["to", "tags.1", "extra.a.b\u{fffd}", "extra.a.b\u{fffd}.0.c", "extra.\u{fffd}"];
        assert_eq!(fields_at_fault(given), expected);
        let deep = alloc::format!("{}\"\\ud83d\"{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(fields_at_fault(&deep).len(), 1);
    }
}

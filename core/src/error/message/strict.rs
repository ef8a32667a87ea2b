//! Redaction of a message whose request is unknown: it may repeat any text, so only words that vendors use are kept.

use core::ops::Range;

use alloc::vec::Vec;

use crate::error::message::vocabulary::is_known;
use crate::error::message::word::Word;

/// Hides all other words, everything between quotation marks, and numbers that may be part of a phone number or a
/// one-time code.
pub(super) fn hide(words: &mut [Word<'_>]) {
    show_words(words);
    show_numbers(words);
    hide_quotations(words);
}

impl Word<'_> {
    /// Returns `true` if the word is a number, perhaps with a unit.
    fn is_number(&self) -> bool {
        let units = ["kb", "mb", "gb", "ms", "s"];
        let number = units.iter().find_map(|unit| self.bare.strip_suffix(unit)).unwrap_or(&self.bare);
        self.digits > 0
            && !self.text.contains('+')
            && number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    }

    /// Returns `true` if vendors use the word, or if it is a name or code that consists of such words.
    fn is_vendor_word(&self) -> bool {
        let is_part = |part: &str| {
            is_known(part)
                || part.strip_suffix('s').is_some_and(is_known)
                || part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_name = self.bare.contains(['_', '.']) && self.bare.split(['_', '.']).all(is_part);
        let word = self.bare.as_str();
        is_known(word)
            || BEFORE_LIMITS.contains(&word)
            || AFTER_LIMITS.contains(&word)
            || is_name && self.digits <= 4
    }
}

/// Words that stand before a limit.
const BEFORE_LIMITS: [&str; 14] = [
    "than", "least", "most", "maximum", "max", "minimum", "min", "limit", "between", "exceed", "exceeds",
    "over", "under", "only",
];
/// Words that stand after a limit.
const AFTER_LIMITS: [&str; 20] = [
    "characters",
    "character",
    "digits",
    "bytes",
    "kilobytes",
    "megabytes",
    "kb",
    "mb",
    "items",
    "elements",
    "entries",
    "milliseconds",
    "seconds",
    "minutes",
    "hours",
    "days",
    "requests",
    "messages",
    "contacts",
    "times",
];

/// Returns `true` if a number is a limit, which reveals nothing about a person.
pub(super) fn is_limit(words: &[Word<'_>], number: Range<usize>) -> bool {
    let before = number.start.checked_sub(1).map(|before| words[before].bare.as_str());
    let is_second = before == Some("and")
        && number.start > 2
        && words[number.start - 2].digits > 0
        && !words[number.start - 2].hidden;
    let after = words.get(number.end).map(|word| word.bare.as_str());
    is_second
        || before.is_some_and(|word| BEFORE_LIMITS.contains(&word))
        || after.is_some_and(|word| AFTER_LIMITS.contains(&word))
}

fn show_words(words: &mut [Word<'_>]) {
    for word in words {
        word.hidden = !(word.is_vendor_word() || crate::text::date::is_date(&word.bare));
    }
}

/// Shows numbers of up to four digits, and limits of up to six. Adjacent numbers count as one number, because a phone
/// number may be written in groups.
fn show_numbers(words: &mut [Word<'_>]) {
    let is_counted = |word: &Word<'_>| word.digits > 0 && word.hidden;
    let mut at = 0;
    while at < words.len() {
        if !is_counted(&words[at]) {
            at += 1;
            continue;
        }
        // Words of punctuation alone may stand between groups.
        let follows = |word: &Word<'_>| is_counted(word) || word.bare.is_empty();
        let length = words[at..].iter().take_while(|word| follows(word)).count();
        let run = &words[at..at + length];
        let digits: usize = run.iter().map(|word| word.digits).sum();
        let is_limit = is_limit(words, at..at + length);
        let is_shown = run.iter().all(Word::is_number) && digits <= if is_limit { 6 } else { 4 };
        if is_shown {
            words[at..at + length].iter_mut().for_each(|word| word.hidden = false);
        }
        at += length;
    }
}

/// Hides the words between quotation marks, except the name of a field.
fn hide_quotations(words: &mut [Word<'_>]) {
    const MARKS: [char; 8] = ['"', '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}', '`', '\u{300c}'];
    let mut open = None;
    for at in 0..words.len() {
        let text = words[at].text;
        let marks = text.matches(MARKS).count();
        // An apostrophe at the beginning of a word is a quotation mark if a later word ends with one.
        let begins = |text: &str| text.trim_start_matches(['(', '[']).starts_with(['\'', '\u{2018}']);
        let ends = |text: &str| {
            text.trim_end_matches(['.', ',', ';', ':', ')', ']', '!', '?']).ends_with(['\'', '\u{2019}'])
        };
        let begins = open.is_none() && begins(text) && words[at..].iter().any(|word| ends(word.text));
        match open {
            Some(from) if marks % 2 == 1 || marks == 0 && ends(text) => {
                hide_quotation(&mut words[from..=at]);
                open = None;
            }
            Some(_) => {}
            None if marks % 2 == 1 || begins && !ends(text) => open = Some(at),
            None if marks > 0 || begins => hide_quotation(&mut words[at..=at]),
            None => {}
        }
    }
    // A quotation that was cut off has no closing mark.
    if let Some(from) = open {
        words[from..].iter_mut().for_each(|word| word.hidden = true);
    }
}

fn hide_quotation(words: &mut [Word<'_>]) {
    let bare: Vec<&str> = words.iter().map(|word| word.bare.as_str()).collect();
    if !is_known(&bare.join("_")) {
        words.iter_mut().for_each(|word| word.hidden = true);
    }
}

#[cfg(test)]
mod tests {
    use crate::error::message::redact;

    #[test]
    fn words_that_vendors_use_are_kept() {
        for sentence in [
            "The phone number field is required.",
            "The message_content must be a string.",
            "The name field must not be greater than 255 characters.",
            "The name field must be at least 1 characters.",
            "The priority field must be between 0 and 100.",
            "The daily limit must be between 1 and 100000.",
            "The file may not be greater than 10,240 kilobytes.",
            "The file must not be larger than 16mb.",
            "Daily request quota of 5 requests exceeded.",
            "Too many requests, retry after 30 seconds.",
            "The contacts.0.phone_number field is required.",
            "The per_page field is invalid (422).",
            "The selected 'type' is invalid.",
            "The \u{201c}phone number\u{201d} field is required.",
            "templates_not_entitled",
            "The date must be a date after 2026-04-21.",
        ] {
            assert_eq!(redact(sentence, None), sentence);
        }
    }

    #[test]
    fn other_words_are_hidden() {
        for (sentence, shown) in [
            (
                "The number +1 555 123 4567 of jane@example.com is taken.",
                "The number [redacted] of [redacted] is taken.",
            ),
            ("The number (555) 123 - 4567 is taken.", "The number [redacted] is taken."),
            ("The number 15551234567 is taken.", "The number [redacted] is taken."),
            ("The number 555 12 is taken.", "The number [redacted] is taken."),
            ("The number +49 is taken.", "The number [redacted] is taken."),
            ("The number ١٥٥٥ is taken.", "The number [redacted] is taken."),
            ("The message \"Meet me at noon\" is too long.", "The message [redacted] is too long."),
            ("The message 'your account is banned' is too long.", "The message [redacted] is too long."),
            (
                "The message \u{ab}your account is banned\u{bb} is too long.",
                "The message [redacted] is too long.",
            ),
            ("The message \"your account is", "The message [redacted]"),
            ("Key sk_live is inactive.", "Key [redacted] is inactive."),
            ("The code 123456 is invalid.", "The code [redacted] is invalid."),
            ("The code 12345 is invalid.", "The code [redacted] is invalid."),
            (
                "The code must be less than 1234567 characters.",
                "The code must be less than [redacted] characters.",
            ),
            ("The name Al is taken.", "The name [redacted] is taken."),
        ] {
            assert_eq!(redact(sentence, None), shown);
        }
    }
}

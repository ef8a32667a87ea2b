//! Redaction by form: everything that looks like a phone number, an address, a key or a token is hidden, in any message.

use crate::error::message::word::Word;
use crate::redact::{is_key, is_uuid};

/// The smallest number of digits of a phone number. A limit with more digits is hidden too.
const PHONE_DIGITS: usize = 7;

/// The smallest length of a token, such as a digest or a password in Base64.
const TOKEN_LENGTH: usize = 20;

/// The greatest length of a word. The longest words of German and Finnish messages have about 30 letters.
const LONGEST_WORD: usize = 40;

/// The words after which credentials stand.
const BEFORE_CREDENTIALS: [&str; 4] = ["bearer", "basic", "apikey", "password"];

/// Shows all words but those that have the form of something private.
pub(super) fn hide(words: &mut [Word<'_>]) {
    for at in 0..words.len() {
        let follows = at.checked_sub(1).is_some_and(|before| {
            let word = &words[before];
            BEFORE_CREDENTIALS.contains(&word.bare.as_str()) && word.text.ends_with(char::is_alphanumeric)
        });
        let word = &words[at];
        let is_credential = follows && word.digits > 0;
        words[at].hidden =
            is_credential || is_address(word.text) || word.text.split(is_separator).any(is_secret);
    }
    hide_numbers(words);
}

/// Returns `true` if a word has a letter before and after an `@`, or ends in the middle of a quotation.
fn is_address(word: &str) -> bool {
    let is_cut = word.ends_with("...") || word.ends_with('…');
    is_cut
        || word.split_once(['@', '\u{ff20}']).is_some_and(|(name, host)| {
            name.ends_with(char::is_alphanumeric) && host.starts_with(char::is_alphanumeric)
        })
}

/// Returns `true` for the marks between the parts of a path, a query or a list.
fn is_separator(letter: char) -> bool {
    matches!(letter, '/' | '?' | '&' | ',' | ';' | ':' | '(' | ')' | '"' | '\'' | '<' | '>' | '=' | '|')
}

/// Returns `true` if a part of a word is a key, a token or a digest.
fn is_secret(part: &str) -> bool {
    let part = part.trim_matches(|letter: char| !letter.is_alphanumeric());
    if part.is_empty() || is_uuid(part) {
        return false;
    }
    let digits = part.chars().filter(|letter| letter.is_numeric()).count();
    let is_name =
        digits == 0 && part.split(['_', '.', '-']).all(|name| name.chars().count() <= LONGEST_WORD / 2);
    let length = part.chars().count();
    is_key(&part.to_ascii_lowercase())
        || part.starts_with("whsec_")
        || !is_name && (length > LONGEST_WORD || length >= TOKEN_LENGTH && digits > 0)
}

/// Hides numbers of seven digits and more. Adjacent numbers count as one, because a phone number may be written in
/// groups. Dates, UUIDs and names with an index are not numbers.
fn hide_numbers(words: &mut [Word<'_>]) {
    let is_group = |word: &Word<'_>| {
        let is_name = word.bare.chars().filter(|letter| letter.is_alphabetic()).count() > 3;
        word.digits > 0
            && (!is_name || word.digits >= PHONE_DIGITS)
            && !is_time(&word.bare)
            && !is_uuid(&word.bare)
    };
    let mut at = 0;
    while at < words.len() {
        if !is_group(&words[at]) {
            at += 1;
            continue;
        }
        // Words of punctuation alone may stand between groups.
        let follows = |word: &Word<'_>| is_group(word) || word.bare.is_empty();
        let length = words[at..].iter().take_while(|word| follows(word)).count();
        let run = &mut words[at..at + length];
        let digits: usize = run.iter().map(|word| word.digits).sum();
        let is_international =
            run[0].text.trim_start_matches(['(', '"', '\'']).starts_with(['+', '\u{ff0b}']);
        if digits >= PHONE_DIGITS || is_international {
            run.iter_mut().for_each(|word| word.hidden = true);
        }
        at += length;
    }
}

/// Returns `true` for a date, with or without a time.
fn is_time(bare: &str) -> bool {
    let date = bare.get(..10).unwrap_or(bare);
    let time = bare.get(10..).unwrap_or_default();
    crate::text::date::is_date(date)
        && time.len() <= 25
        && time
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b't' | b'z' | b':' | b'.' | b'+' | b'-'))
}

//! Redaction by form: everything that looks like a phone number, an address, a key or a token is hidden, in any message.

use crate::error::message::word::Word;
use crate::redact::{is_key, is_uuid};

/// The smallest number of digits of a phone number. A limit with more digits is hidden too.
const PHONE_DIGITS: usize = 7;

/// The smallest length of a token with digits, such as a digest or a password in Base64.
const TOKEN_LENGTH: usize = 20;

/// The greatest length of a word without digits. The longest words of German and Finnish messages have about 35 letters.
const LONGEST_WORD: usize = 40;

/// The greatest number of letters in a word with digits that still counts as a part of a number. A name with an index,
/// such as `contacts.0`, has more letters.
const UNIT_LETTERS: usize = 3;

/// The words after which credentials stand.
const BEFORE_CREDENTIALS: [&str; 4] = ["bearer", "basic", "apikey", "password"];

/// Shows all words but those that have the form of something private.
pub(super) fn hide(words: &mut [Word<'_>]) {
    let mut follows = false;
    for word in words.iter_mut() {
        let is_credential = follows && word.digits > 0;
        word.hidden = is_credential || is_key(word.text) || is_key(&word.bare) || is_secret(word.text);
        follows = BEFORE_CREDENTIALS.contains(&word.bare.as_str());
    }
    hide_numbers(words);
}

/// Returns `true` if a word is an e-mail address, contains a token or a digest, or is where a quotation was cut off.
fn is_secret(word: &str) -> bool {
    let (mut start, mut digits, mut name) = (0, 0, 0);
    let (mut is_name, mut before) = (true, ' ');
    let mut letters = word.char_indices();
    loop {
        let next = letters.next();
        let (at, letter) = next.unwrap_or((word.len(), '/'));
        match letter {
            '@' | '\u{ff20}' if before.is_alphanumeric() => return true,
            // The parts of a path, a query or a list are examined one by one.
            '/' | '?' | '&' | ',' | ';' | ':' | '(' | ')' | '"' | '\'' | '<' | '>' | '=' | '|' => {
                let length = at - start;
                let is_long = !is_name || digits > 0 && length >= TOKEN_LENGTH;
                if is_long && !is_uuid(&word[start..at]) {
                    return true;
                }
                (start, digits, name, is_name) = (at + letter.len_utf8(), 0, 0, true);
            }
            '_' | '-' => name = 0,
            '.' if before == '.' => return true,
            '.' => name = 0,
            '\u{2026}' => return true,
            _ => {
                name += 1;
                is_name &= name <= LONGEST_WORD;
                digits += usize::from(letter.is_numeric());
            }
        }
        before = letter;
        if next.is_none() {
            return false;
        }
    }
}

/// Hides numbers of seven digits and more, and those with a plus. Adjacent numbers count as one, because a phone number
/// may be written in groups. Dates, UUIDs and names with an index are not numbers.
fn hide_numbers(words: &mut [Word<'_>]) {
    let is_group = |word: &Word<'_>| {
        word.digits > 0
            && (word.letters <= UNIT_LETTERS || word.digits >= PHONE_DIGITS)
            && !is_time(&word.bare)
            && !is_uuid(&word.bare)
    };
    let mut at = 0;
    while at < words.len() {
        let start = at;
        let mut digits = 0;
        // Words of punctuation alone may stand between groups.
        while at < words.len() && (is_group(&words[at]) || at > start && words[at].bare.is_empty()) {
            digits += words[at].digits;
            at += 1;
        }
        if at > start && (digits >= PHONE_DIGITS || words[start].text.contains('+')) {
            words[start..at].iter_mut().for_each(|word| word.hidden = true);
        }
        at = at.max(start + 1);
    }
}

/// Returns `true` for a date, with or without a time.
fn is_time(bare: &str) -> bool {
    let (date, time) = bare.split_at_checked(10).unwrap_or((bare, ""));
    let is_mark = |byte| matches!(byte, b'0'..=b'9' | b't' | b'z' | b':' | b'.' | b'+' | b'-');
    crate::text::date::is_date(date) && time.len() <= 25 && time.bytes().all(is_mark)
}

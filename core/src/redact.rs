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

/// Whether a text is an identifier: a UUID, a name in snake case, a date; not a phone number, not a key, not a
/// digest.
pub(crate) fn is_token(text: &str) -> bool {
    let shape = !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'))
        && text.split(['-', '_', '.', ':']).all(|part| part.len() <= 32);
    // As many digits as a phone number has; a UUID's groups are told apart by its hyphens and letters.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let uuid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    shape && !is_key(text) && (uuid || digits < 7 || letters > digits || crate::time::is_date(text))
}

/// Whether a text holds one of the vendors' keys.
fn is_key(text: &str) -> bool {
    ["pk_", "sk_", "wzj_"].iter().any(|mark| text.contains(mark))
}

/// A name that a user or a vendor gave to something, made fit for a log: as it is if it is one, hidden if it
/// looks like a number, an address, a key or a whole sentence.
pub(crate) fn name(text: &str) -> &str {
    let fit = text.len() <= 128
        && text.chars().filter(|letter| letter.is_numeric()).count() <= 4
        && text.split_whitespace().count() <= 4
        && text.split(|letter: char| !letter.is_alphanumeric()).all(|word| word.chars().count() <= 24)
        && !text.contains(['@', '=', '/', '\n'])
        && !is_key(text);
    if fit { text } else { HIDDEN }
}

/// Whether a text is a name of the vendor's own, such as a code or an ability.
pub(crate) fn is_word(text: &str) -> bool {
    is_token(text) && name(text) == text
}

/// The words of which the vendors and the framework behind them make their sentences about faults.
const VOCABULARY: &str = "\
    a abilities ability able about accepted access account active after again allowed already an and any \
    api are array as at attempts automation automations available bad banned be because been before \
    between billing blocked body boolean both business but by call campaign campaigns can canceled \
    cannot channel character characters code column completed conflict connected connection contact \
    contacts contain contains content could credentials daily data database date day deleted denied \
    different digits disconnected does down draft duplicate during each either email empty end enough \
    entitled entity error exceed exceeded exist existing exists expired failed false field fields file \
    for forbidden format found from gateway given greater group groups had has have header id \
    idempotency if in inactive insufficient integer internal invalid ip is it item items its json key \
    keys kilobytes large larger least length less like limit limits list long longer maintenance malformed many \
    match maximum may media message messages method methods minimum minute missing mode monthly more must \
    name no not nothing null number object occurred of on once one only or origin other out outside \
    owner page parameter parse paused payload permission permissions phone plan please present process \
    processed queue queued quota range rate reached read regex request requests required resource retry \
    revoked route rule rules running scheduled secret selected send sending server service session short \
    should smaller some something started state status string such supported sure table tag tags taken template \
    than that the then there these this time timed timeout timestamp to token too true try type unable \
    unauthenticated unauthorized unavailable under unexpected unique unknown unless unprocessable \
    unsupported until upstream url used user uuid valid value values variable variables was wazaj \
    webhook whatsapp when while with within without workspace wrong you your zagely";

/// Index of [`VOCABULARY`], which is in alphabetical order: the place of the first word with each letter.
const INITIALS: [usize; 27] = {
    let text = VOCABULARY.as_bytes();
    let mut starts = [text.len(); 27];
    let mut at = text.len();
    while at > 0 {
        at -= 1;
        if at == 0 || text[at - 1] == b' ' {
            starts[(text[at] - b'a') as usize] = at;
        }
    }
    // A letter without words gets the place of the next letter.
    let mut letter = 26;
    while letter > 0 {
        letter -= 1;
        if starts[letter] > starts[letter + 1] {
            starts[letter] = starts[letter + 1];
        }
    }
    starts
};

/// Lengths of the fields' names and of their parts, as bits, for each first letter. Most quoted words have another
/// length, and need no search among the names.
const LENGTHS: [u32; 26] = {
    const fn add(lengths: &mut [u32; 26], initial: u8, length: usize) {
        if initial.is_ascii_lowercase() {
            lengths[(initial - b'a') as usize] |= 1 << if length < 31 { length } else { 31 };
        }
    }

    let mut lengths = [0; 26];
    let mut endpoint = 0;
    while endpoint < crate::ENDPOINTS.len() {
        let fields = crate::ENDPOINTS[endpoint].input.fields;
        let mut field = 0;
        while field < fields.len() {
            let name = fields[field].name.as_bytes();
            add(&mut lengths, name[0], name.len());
            let (mut start, mut end) = (0, 0);
            while end <= name.len() {
                if end == name.len() || name[end] == b'_' {
                    if start < end {
                        add(&mut lengths, name[start], end - start);
                    }
                    start = end + 1;
                }
                end += 1;
            }
            field += 1;
        }
        endpoint += 1;
    }
    lengths
};

/// Tests whether a word is in [`VOCABULARY`], the name of a field, or a part of one.
pub(crate) fn is_known(word: &str) -> bool {
    let Some(initial @ b'a'..=b'z') = word.bytes().next() else { return false };
    let letter = usize::from(initial - b'a');
    let fields = || crate::ENDPOINTS.iter().flat_map(|spec| spec.input.fields).map(|field| field.name);
    VOCABULARY[INITIALS[letter]..INITIALS[letter + 1]].split(' ').any(|known| known == word)
        || LENGTHS[letter] >> word.len().min(31) & 1 == 1
            && fields().any(|name| name == word || name.split('_').any(|part| part == word))
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
    use super::{Hidden, Token, name};
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn ids_are_shown_and_phone_numbers_in_their_place_are_not() {
        let id = String::from("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
        assert_eq!(format!("{:?}", Token(&id)), format!("{id:?}"));
        for private in ["+15551234567", "15551234567", "555-1234", "sk_abc", "wzj_1", "a text with spaces"] {
            assert_eq!(format!("{:?}", Token(private)), "\"…\"");
        }
        assert_eq!(format!("{:?}", Hidden(&Some(id))), "Some(\"…\")");
    }

    /// As they were before there was an index: looked up one by one.
    #[test]
    fn every_word_of_the_vocabulary_and_of_the_fields_is_known() {
        let words: Vec<&str> = super::VOCABULARY.split(' ').collect();
        assert!(words.is_sorted_by(|one, other| one < other), "in order, and each once");
        let names = crate::ENDPOINTS.iter().flat_map(|spec| spec.input.fields).map(|field| field.name);
        let parts = names.flat_map(|name| name.split('_').chain([name]));
        for word in words.into_iter().chain(parts) {
            assert!(super::is_known(word), "{word}");
        }
        for word in
            ["", "a ", "abc", "jane", "zzz", "+1", "-", "_", "\u{e4}", "phone_", "_phone", "phone_numbe"]
        {
            assert!(!super::is_known(word), "{word}");
        }
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
            assert_eq!(name(text), text);
        }
        for text in ["+1 555 123 4567", "Meet me at noon, Jane", "a@b", "pk_1", "sha256=ab"] {
            assert_eq!(name(text), "…");
        }
    }
}

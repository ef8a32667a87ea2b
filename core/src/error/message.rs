//! Redaction of a vendor's message for logs.
//!
//! A message may repeat anything that the caller sent or that the vendor has stored.
//!
//! Redaction keeps the words that such messages usually consist of, names of fields, codes, and small numbers, above
//! all limits. It hides all other words, everything between quotation marks, and numbers that may be part of a phone
//! number or a one-time code. In an exchange the request is known: its values are hidden too, even if they consist of
//! words that are otherwise kept.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use percent_encoding::percent_decode_str;

use crate::http::request::Request;

/// The words that messages of the vendors and of their framework usually consist of.
pub(crate) const VOCABULARY: &str = "\
    a abilities ability able about accepted access account active after again allowed already an and any \
    api are array as at attempts automation automation_id automations available bad banned be because \
    been before between billing blocked body boolean both business but buttons by call campaign \
    campaign_id campaigns can canceled cannot channel character characters chat code column completed \
    components conditions conflict connected connection contact contact_id contact_ids contacts contain \
    contains content could credentials custom custom_fields daily daily_limit data database date day \
    days deleted denied description different digits direction disconnected does down draft duplicate \
    during each either email empty enabled end enough entitled entity error events exceed exceeded exist \
    existing exists expired failed false field field_name fields file file_name filters for forbidden \
    format found from from_date gateway given greater group group_id groups had has have header id \
    idempotency ids if in inactive insufficient integer internal invalid ip is is_active is_blocked it \
    item items its json key keys kilobytes language large larger least length less like limit limits \
    list long longer maintenance malformed many match max maximum may media media_url message \
    message_content messages meta method methods minimum minute missing mode monthly more must name no \
    not notes nothing null number numbers object occurred of on once one only opted opted_out or order \
    origin other out outside owner page parameter parse paused payload per per_page permission \
    permissions phone phone_number phone_numbers plan please present preview preview_url priority \
    process processed queue queued quota range rate reached read regex reply reply_to_meta_message_id \
    request requests required resource response response_buttons response_content response_media_url \
    retry revoked route rule rules running scheduled scheduled_at search secret selected send sending \
    server service session session_id short should simulate simulate_typing smaller some something sort \
    sort_by sort_order start started state status string such supported sure table tag tags taken target \
    target_filters target_type telegram telegram_chat_id template template_components template_id \
    template_language template_name than that the then there these this time timed timeout timestamp to \
    to_date token too trigger trigger_type trigger_value true try type typing unable unauthenticated \
    unauthorized unavailable under unexpected unique unknown unless unprocessable unsupported until \
    upstream url used user uuid valid value values variable variables warmup warmup_days warmup_enabled \
    warmup_max_limit warmup_start_limit was wazaj webhook webhook_id whatsapp when while with within \
    without workspace wrong you your zagely";

/// Index of [`VOCABULARY`], which is in alphabetical order: the position of the first word with each initial letter.
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
    // A letter without words gets the position of the next letter.
    let mut letter = 26;
    while letter > 0 {
        letter -= 1;
        if starts[letter] > starts[letter + 1] {
            starts[letter] = starts[letter + 1];
        }
    }
    starts
};

/// Returns `true` if a word is in [`VOCABULARY`], or is the name of a field or a part of one.
pub(crate) fn is_known(word: &str) -> bool {
    let Some(initial @ b'a'..=b'z') = word.bytes().next() else { return false };
    let letter = usize::from(initial - b'a');
    VOCABULARY[INITIALS[letter]..INITIALS[letter + 1]].split(' ').any(|known| known == word)
}

/// The text that replaces hidden parts.
pub(crate) const REDACTED: &str = "[redacted]";

/// The number of words of a message that are considered.
const MOST_WORDS: usize = 60;

/// The number of bytes of a request that are kept with an error. No message is longer.
const MOST_SENT: usize = 16 * 1024;

/// The values in a request's path and query, and the beginning of its body.
#[derive(Clone)]
pub(crate) struct Sent(String);

impl Sent {
    pub(crate) fn of(request: &Request) -> Self {
        let mut text = String::new();
        let url = request.url.get(..MOST_SENT).unwrap_or(&request.url);
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let values = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value);
        for value in path.split('/').chain(values) {
            // Values of the path and query are quoted like strings in JSON, so that both are indexed in the same way.
            text.push('"');
            text.push_str(&percent_decode_str(value).decode_utf8_lossy().replace(['"', '\\'], " "));
            text.push('"');
        }
        let body = request.body.as_deref().unwrap_or_default();
        text.push_str(&String::from_utf8_lossy(&body[..body.len().min(MOST_SENT)]));
        Self(text.to_lowercase())
    }

    /// Returns an index of the values, in which the words of a message can be looked up.
    pub(crate) fn index(&self) -> SentIndex<'_> {
        let mut index = SentIndex::default();
        let mut value = Vec::new();
        let mut rest = self.0.as_str();
        while let Some(letter) = rest.chars().next() {
            if letter.is_alphanumeric() {
                let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
                value.push(&rest[..end]);
                rest = &rest[end..];
                continue;
            }
            let skipped = match letter {
                '\\' if rest.starts_with("\\u") => 6,
                '\\' => 2,
                '"' | ',' | '\n' | '{' | '}' | '[' | ']' => {
                    // A string before a colon is the name of a member.
                    if !rest.starts_with("\":") {
                        index.add(&value);
                    }
                    value.clear();
                    1
                }
                _ => 1,
            };
            let mut letters = rest.chars();
            letters.by_ref().take(skipped).for_each(drop);
            rest = letters.as_str();
        }
        index.add(&value);
        index
    }
}

/// One to three words. Empty texts stand for missing words. One type of set for all lengths keeps a small program
/// small.
type Run<'a> = [&'a str; 3];

/// The words of the values that were sent: numbers, and words in sequence.
#[derive(Default)]
pub(crate) struct SentIndex<'a> {
    numbers: BTreeSet<Run<'a>>,
    /// Values of one or two words, and all sequences of three words in a value.
    runs: BTreeSet<Run<'a>>,
}

impl<'a> SentIndex<'a> {
    fn add(&mut self, value: &[&'a str]) {
        for word in value.iter().filter(|word| word.starts_with(char::is_numeric)) {
            self.numbers.insert([*word, "", ""]);
        }
        for words in value.windows(3) {
            self.runs.insert([words[0], words[1], words[2]]);
        }
        match *value {
            [word] if !is_known(word) => {
                self.runs.insert([word, "", ""]);
            }
            [first, second] if !is_known(&[first, "_", second].concat()) => {
                self.runs.insert([first, second, ""]);
            }
            _ => {}
        }
    }

    /// Returns `true` if a name is one of the values, or a part of one. A vendor's message names fields, and not
    /// values.
    pub(crate) fn holds(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let words: Vec<&str> =
            name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        match *words {
            [word] => self.runs.contains(&[word, "", ""]),
            [first, second] => self.runs.contains(&[first, second, ""]),
            _ => words.windows(3).any(|words| self.runs.contains(&[words[0], words[1], words[2]])),
        }
    }
}

/// A word of a message, with the punctuation around it.
struct Word<'a> {
    text: &'a str,
    /// The word without punctuation, in lower case.
    bare: String,
    digits: usize,
    hidden: bool,
}

impl<'a> Word<'a> {
    fn of(text: &'a str) -> Self {
        let bare = text.trim_matches(|letter: char| !letter.is_alphanumeric());
        // No known word is longer.
        let bare = if bare.len() <= 64 { bare.to_lowercase() } else { String::new() };
        let digits = text.chars().filter(|letter| letter.is_numeric()).count();
        Self { text, bare, digits, hidden: true }
    }

    /// Returns `true` if the word is a number, perhaps with a unit.
    fn is_number(&self) -> bool {
        let units = ["kb", "mb", "gb", "ms", "s"];
        let number = units.iter().find_map(|unit| self.bare.strip_suffix(unit)).unwrap_or(&self.bare);
        self.digits > 0
            && !self.text.contains('+')
            && number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    }

    /// Returns `true` if vendors use the word, or if it is a name or code that consists of such words.
    fn is_said(&self) -> bool {
        let said = |part: &str| {
            is_known(part)
                || part.strip_suffix('s').is_some_and(is_known)
                || part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_name = self.bare.contains(['_', '.']) && self.bare.split(['_', '.']).all(said);
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

/// Writes a vendor's message without its private parts.
pub(crate) fn redact(text: &str, sent: &SentIndex<'_>) -> String {
    let mut words: Vec<Word<'_>> = text.split_whitespace().take(MOST_WORDS).map(Word::of).collect();
    show_words(&mut words);
    show_numbers(&mut words, sent);
    hide_quotations(&mut words);
    hide_sent(&mut words, sent);
    let mut out = String::new();
    let mut hidden = false;
    for word in &words {
        if !(word.hidden && hidden) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(if word.hidden { REDACTED } else { word.text });
        }
        hidden = word.hidden;
    }
    out
}

fn show_words(words: &mut [Word<'_>]) {
    for word in words {
        word.hidden = !(word.is_said() || crate::text::date::is_date(&word.bare));
    }
}

/// Shows numbers of up to four digits, and limits of up to six. Adjacent numbers count as one number, because a phone
/// number may be written in groups.
fn show_numbers(words: &mut [Word<'_>], sent: &SentIndex<'_>) {
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
        let before = at.checked_sub(1).map(|before| words[before].bare.as_str());
        let is_second = before == Some("and") && at > 2 && words[at - 2].digits > 0 && !words[at - 2].hidden;
        let after = words.get(at + length).map(|word| word.bare.as_str());
        let is_limit = is_second
            || before.is_some_and(|word| BEFORE_LIMITS.contains(&word))
            || after.is_some_and(|word| AFTER_LIMITS.contains(&word));
        let was_sent = run.iter().any(|word| {
            word.bare
                .split(|letter: char| !letter.is_alphanumeric())
                .any(|part| sent.numbers.contains(&[part, "", ""]))
        });
        let is_shown = run.iter().all(Word::is_number)
            && digits <= if is_limit { 6 } else { 4 }
            && (!was_sent || is_limit && digits < 4);
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

/// Hides words that occur in the same sequence in the values that were sent.
fn hide_sent(words: &mut [Word<'_>], sent: &SentIndex<'_>) {
    let lower: Vec<String> = words.iter().map(|word| word.text.to_lowercase()).collect();
    let parts: Vec<(usize, &str)> = lower
        .iter()
        .enumerate()
        .flat_map(|(at, word)| {
            let parts = word.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty());
            parts.map(move |part| (at, part))
        })
        .collect();
    let mut hide = |parts: &[(usize, &str)]| parts.iter().for_each(|(at, _)| words[*at].hidden = true);
    for found in parts.windows(3) {
        if sent.runs.contains(&[found[0].1, found[1].1, found[2].1]) {
            hide(found);
        }
    }
    for found in parts.windows(2) {
        if sent.runs.contains(&[found[0].1, found[1].1, ""]) {
            hide(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sent, SentIndex, redact};
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[test]
    fn what_helps_is_kept() {
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
            assert_eq!(redact(sentence, &SentIndex::default()), sentence);
        }
    }

    #[test]
    fn what_may_be_private_is_hidden() {
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
            assert_eq!(redact(sentence, &SentIndex::default()), shown);
        }
    }

    #[test]
    fn what_was_sent_is_hidden_even_in_words_that_vendors_say() {
        let sent = Sent(
            r#""an import failed"{"to":"+15551234567","message":"your account is\nbanned: code 1234","name":"5","priority":7,"note":"no access","phone_number":"x"}"#
                .to_string(),
        );
        for (sentence, shown) in [
            ("Rejected: your account is banned: code 1234", "[redacted]"),
            ("The message Your Account is too long.", "The message [redacted] too long."),
            ("No access is too short.", "[redacted] is too short."),
            ("An import failed.", "[redacted]"),
            ("The name 5 is taken.", "The name [redacted] is taken."),
            ("The code 1234 is invalid.", "The code [redacted] is invalid."),
            (
                "The code must be less than 1234 characters.",
                "The code must be less than [redacted] characters.",
            ),
            // A limit reveals nothing, even if its number was sent.
            ("The name must be at least 5 characters.", "The name must be at least 5 characters."),
            ("The priority 7 is taken.", "The priority [redacted] is taken."),
            // Names of fields are not private, and neither are single words that vendors use.
            ("The phone number field is required.", "The phone number field is required."),
            ("The account was banned.", "The account was banned."),
            ("The name 6 is taken.", "The name 6 is taken."),
        ] {
            assert_eq!(redact(sentence, &sent.index()), shown, "{sentence}");
        }
    }

    #[test]
    fn vocabulary_is_sorted_and_holds_the_names_of_all_fields() {
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
}

//! The values that a request sent, which a vendor's message may repeat.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use percent_encoding::percent_decode_str;

use crate::endpoint::EndpointSpec;
use crate::error::message::vocabulary::is_known;
use crate::error::vendor_body::list;
use crate::http::request::Request;
use crate::redact::is_uuid;
use crate::schema::{Field, Type};
use crate::types::json::{Json, Object};

/// The number of bytes of a request's values that are kept with an error. No message is longer.
const MOST_SENT: usize = 16 * 1024;

/// The smallest number of letters with which a single word of a longer value is hidden. In most languages, shorter
/// words are articles and prepositions.
const LEAST_LETTERS: usize = 4;

/// The private values in a request's path and query, and in the beginning of its body.
#[derive(Clone)]
pub(crate) struct Sent(String);

impl Sent {
    /// Collects the values. UUIDs, values of enums and names of templates are left out: they identify something, and
    /// name nobody.
    pub(crate) fn of(request: &Request, spec: &EndpointSpec, template: &str) -> Self {
        let mut sent = Self(String::new());
        let (path, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
        // The prefix of a path can be replaced, so its segments are counted from the end.
        for (stated, value) in template.rsplit('/').zip(path.rsplit('/')) {
            if let Some(name) = stated.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                sent.add_text(field(spec, name), value);
            }
        }
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let name = name.strip_suffix("%5B%5D").unwrap_or(name);
            sent.add_text(field(spec, name), value);
        }
        sent.add_body(request.body.as_deref().unwrap_or_default(), spec);
        sent.0 = sent.0.to_lowercase();
        sent
    }

    /// Adds a value of the path or the query. It is quoted like a string in JSON, so that both are indexed in the same
    /// way.
    fn add_text(&mut self, field: Option<&Field>, value: &str) {
        let value = percent_decode_str(value).decode_utf8_lossy();
        if !field.is_some_and(|field| is_identifier(field, &field.kind, &value)) {
            self.push(&["\"", &value.replace(['"', '\\'], " "), "\"\n"].concat());
        }
    }

    fn add_body(&mut self, body: &[u8], spec: &EndpointSpec) {
        let text = String::from_utf8_lossy(body);
        if spec.route.multipart {
            // The head of the form's part is this library's.
            return self.push(text.split_once("\r\n\r\n").map_or(&*text, |(_, file)| file));
        }
        let Ok(members) = text.parse::<Object>() else { return self.push(&text) };
        for (name, value) in members.iter() {
            match field(spec, name) {
                Some(field) => self.add_json(field, &field.kind, value),
                None => self.push(value.as_str()),
            }
        }
    }

    fn add_json(&mut self, field: &Field, kind: &Type, value: &Json) {
        match (kind, value.as_text()) {
            (Type::Nullable(kind), _) => self.add_json(field, kind, value),
            (_, Some(text)) if is_identifier(field, kind, &text) => {}
            (Type::List(kind), None) => match list(value) {
                Some(items) => items.iter().for_each(|item| self.add_json(field, kind, item)),
                None => self.push(value.as_str()),
            },
            _ => {
                self.push(value.as_str());
                self.push("\n");
            }
        }
    }

    /// Adds as much of a text as there is room for.
    fn push(&mut self, text: &str) {
        let room = text.floor_char_boundary(MOST_SENT.saturating_sub(self.0.len()));
        self.0.push_str(&text[..room]);
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

fn field(spec: &EndpointSpec, name: &str) -> Option<&'static Field> {
    spec.input.fields.iter().find(|field| field.name == name)
}

/// Returns `true` if a value identifies something that is not a person.
fn is_identifier(field: &Field, kind: &Type, value: &str) -> bool {
    match kind {
        Type::Nullable(kind) | Type::List(kind) => is_identifier(field, kind, value),
        Type::Enum(open) => open.position(value).is_some(),
        Type::Id => is_uuid(value),
        _ => field.identifier && is_code(value),
    }
}

/// Returns `true` if a text has the form of a template's name or of a language's code.
fn is_code(text: &str) -> bool {
    let is_language = text.len() == 2 || text.len() == 5 && matches!(text.as_bytes()[2], b'_' | b'-');
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && text.bytes().filter(u8::is_ascii_digit).count() < 7
        && (is_language || text.contains('_'))
}

/// One to three words. Empty texts stand for missing words. One type of set for all lengths keeps a small program
/// small.
type Run<'a> = [&'a str; 3];

/// The words of the values that were sent: numbers, single words, and words in sequence.
#[derive(Default)]
pub(crate) struct SentIndex<'a> {
    numbers: BTreeSet<Run<'a>>,
    /// Values of one or two words, and all sequences of three words in a value.
    runs: BTreeSet<Run<'a>>,
    /// Single words that only private values contain.
    words: BTreeSet<Run<'a>>,
}

impl<'a> SentIndex<'a> {
    fn add(&mut self, value: &[&'a str]) {
        for word in value {
            if word.starts_with(char::is_numeric) {
                self.numbers.insert([*word, "", ""]);
            } else if word.chars().count() >= LEAST_LETTERS && !is_known(word) {
                self.words.insert([*word, "", ""]);
            }
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

    /// Returns `true` if a number was sent, on its own or in a text.
    pub(super) fn has_number(&self, number: &str) -> bool {
        self.numbers.contains(&[number, "", ""])
    }

    /// Returns `true` if words were sent in this sequence.
    pub(super) fn has_run(&self, words: &[&str]) -> bool {
        match *words {
            [word] => self.runs.contains(&[word, "", ""]),
            [first, second] => self.runs.contains(&[first, second, ""]),
            [first, second, third] => self.runs.contains(&[first, second, third]),
            _ => false,
        }
    }

    /// Returns `true` if a word is a value that was sent, or a private part of one.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.contains(&[word, "", ""]) || self.has_run(&[word])
    }

    /// Returns `true` if a name is one of the values, or a part of one. A vendor's message names fields, and not
    /// values.
    pub(crate) fn holds(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let words: Vec<&str> =
            name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        match *words {
            [_] | [_, _] => self.has_run(&words),
            _ => words.windows(3).any(|words| self.has_run(words)),
        }
    }
}

#[cfg(test)]
impl Sent {
    pub(super) fn of_text(text: &str) -> Self {
        Self(text.into())
    }
}

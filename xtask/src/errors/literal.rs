//! A string literal of a source file, with the code around it.

/// A string literal. Every language is read into this form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Literal {
    /// The path of its file, relative to the repository.
    pub(super) file: String,
    /// Its text, with every placeholder as `{name}`.
    pub(super) text: String,
    /// The names of the items, calls and macros around it, from the outermost to the innermost.
    pub(super) context: Vec<String>,
}

impl Literal {
    /// Returns `true` if the text has two words with a space between them. Most messages do, and few other literals.
    pub(super) fn is_prose(&self) -> bool {
        let text = without_placeholders(&self.text);
        let is_word = |word: &&str| {
            let word = word.trim_matches(|letter: char| letter.is_ascii_punctuation() || letter == '…');
            word.len() > 1 && word.chars().all(|letter| letter.is_alphanumeric() || "-'_.".contains(letter))
        };
        text.split_whitespace().filter(is_word).nth(1).is_some()
    }
}

/// Removes the placeholders of a text.
fn without_placeholders(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_outside_placeholders_are_prose() {
        let is_prose =
            |text: &str| Literal { file: String::new(), text: text.into(), context: Vec::new() }.is_prose();
        for text in
            ["unknown option: {name}", "it's late", "secret: expected a string", " and an empty body."]
        {
            assert!(is_prose(text), "{text}");
        }
        for text in
            ["", "content-type", "{status} {reason phrase}", "Bearer {key}", "a, b", " (HTTP {status})"]
        {
            assert!(!is_prose(text), "{text}");
        }
    }
}

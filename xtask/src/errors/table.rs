//! Formats the document: the hints, then a table of messages for each section.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::hints::Hint;
use super::rules::Message;

const BEGINNING: &str = "\
# Error messages

This page lists every error message that a user of the library can meet, in each host. `cargo xtask errors` writes it from
the sources; do not edit it.

`{name}` stands for a value. A message that begins with `…` or a punctuation mark is appended to another message. An error
of a call shows its call, its kind, its message, the messages of its fields, and then the hint of its kind. The kind `crash`
marks a bug of the library.

";

const SEE: &str = "see the message";

/// Returns the contents of the document.
pub(super) fn document(hints: &[Hint], sections: &[(&str, Vec<Message>)]) -> String {
    let mut out = String::from(BEGINNING);
    out.push_str("## Hints\n\nThe action for each kind of error, and for each of the vendor's codes that has its own hint.\n\n");
    out.push_str("| Kind or code | Hint |\n|---|---|\n");
    for Hint { kind, text } in hints {
        let _ = writeln!(out, "| {} | {} |", self::kind(kind), escaped(text));
    }
    let codes = sections.iter().flat_map(|(_, messages)| messages);
    for message in codes.filter(|message| message.is_hint) {
        let _ = writeln!(out, "| {} | {} |", code(&message.kind), escaped(&message.text));
    }
    for (title, messages) in sections {
        let _ = write!(
            out,
            "\n## {title}\n\n| Message | Kind | Where raised | What to do |\n|---|---|---|---|\n"
        );
        let mut seen = BTreeSet::new();
        for message in messages.iter().filter(|message| !message.is_hint) {
            let row = format!(
                "| {} | {} | {} | {} |\n",
                code(&message.text),
                match &message.field {
                    Some(field) => format!("{} of `{field}`", kind(&message.kind)),
                    None => kind(&message.kind),
                },
                code(&message.file),
                what_to_do(hints, &message.kind)
            );
            if seen.insert(row.clone()) {
                out.push_str(&row);
            }
        }
    }
    out
}

/// Formats a kind: its name as code, and its condition, if it has one.
fn kind(kind: &str) -> String {
    let name = |name: &str| if name.contains(' ') { name.to_owned() } else { code(name) };
    match kind.split_once(", ") {
        Some((kind, condition)) => format!("{}, {condition}", name(kind)),
        None => name(kind),
    }
}

/// Returns the hint of a kind.
fn what_to_do(hints: &[Hint], kind: &str) -> String {
    hints.iter().find(|hint| hint.kind == kind).map_or_else(|| SEE.into(), |hint| escaped(&hint.text))
}

/// Formats a text as code inside a cell.
fn code(text: &str) -> String {
    let text = escaped(text.trim_end());
    let text = if text.starts_with(' ') { format!("…{text}") } else { text };
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_hint_of_its_kind() {
        let hints = [Hint { kind: "invalid_request".into(), text: "Correct a|b.".into() }];
        let message = |text: &str, kind: &str, field: Option<&str>| Message {
            text: text.into(),
            kind: kind.into(),
            field: field.map(str::to_owned),
            file: "a.rs".into(),
            is_hint: false,
        };
        let messages = vec![
            message("one `two`", "TypeError", None),
            message(" and more", "invalid_request", Some("call")),
            message(" and more", "invalid_request", Some("call")),
        ];
        let document = document(&hints, &[("Core", messages)]);
        let rows: Vec<_> = document.lines().skip_while(|line| *line != "## Core").skip(4).collect();
        assert_eq!(
            rows,
            [
                "| `` one `two` `` | `TypeError` | `a.rs` | see the message |",
                "| `… and more` | `invalid_request` of `call` | `a.rs` | Correct a\\|b. |",
            ]
        );
    }
}

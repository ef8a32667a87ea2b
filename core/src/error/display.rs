//! The text of an error: what failed, where, the vendor's words, and what to do.

use alloc::string::String;
use core::fmt::{self, Display, Formatter};
use core::time::Duration;

use crate::error::hint::{readable, rounded};
use crate::error::kind::{ErrorKind, TransportFault};
use crate::error::message::{REDACTED, Sent, redact};
use crate::error::{Error, Inner};
use crate::redact::{count, is_word, redact_name};

/// The greatest number of fields that [`Display`] shows, and of messages of each field.
const SHOWN_FIELDS: usize = 20;
const SHOWN_MESSAGES: usize = 3;

impl Display for Error {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Inner { kind, spec, code, message, quoted, fields, .. } = &*self.0;
        // The vendor's messages may repeat everything that was sent. This library's messages repeat nothing.
        let sent = self.0.sent.as_ref().map(Sent::index);
        let is_sent = |name: &str| sent.as_ref().is_some_and(|sent| sent.holds(name));
        let words = |text: &str, quoted: bool| {
            sentence(if quoted { redact(text, sent.as_ref()) } else { text.into() })
        };
        if let Some(row) = self.row() {
            write!(formatter, "row {row} of the list: ")?;
        }
        if let Some(spec) = spec {
            write!(formatter, "{spec}: ")?;
        }
        formatter.write_str(kind.as_str())?;
        let mut before = " (";
        if let Some(status) = self.status() {
            write!(formatter, "{before}HTTP {status}")?;
            before = ", ";
            if let Some(code) = code.as_deref().filter(|code| is_word(code) && !is_sent(code)) {
                write!(formatter, ", {code}")?;
            }
        }
        if self.attempts() > 1 {
            write!(
                formatter,
                "{before}{} attempts in {}",
                self.attempts(),
                readable(rounded(self.elapsed()))
            )?;
            before = ", ";
        }
        formatter.write_str(if before == ", " { "): " } else { ": " })?;
        match (self.0.fault, &self.0.host) {
            (Some(TransportFault::Connect), Some(host)) => {
                write!(formatter, "No connection to {host} was established.")?;
            }
            (Some(TransportFault::Timeout), Some(host)) => {
                write!(formatter, "No response from {host} arrived in time.")?;
            }
            (Some(TransportFault::Closed), Some(host)) => {
                write!(formatter, "The connection to {host} was lost before the response was complete.")?;
            }
            _ => formatter.write_str(&words(message, *quoted))?,
        }
        let mut left = fields.omitted;
        for (at, (field, messages)) in fields.iter().enumerate() {
            if at >= SHOWN_FIELDS {
                left += messages.len();
                continue;
            }
            write!(formatter, " {}:", if is_sent(field) { REDACTED } else { redact_name(field) })?;
            for message in messages.iter().take(SHOWN_MESSAGES) {
                write!(formatter, " {}", words(message, *kind != ErrorKind::InvalidRequest))?;
            }
            left += messages.len().saturating_sub(SHOWN_MESSAGES);
        }
        if left > 0 {
            formatter.write_str(" … and ")?;
            count(left, formatter)?;
            formatter.write_str(" more.")?;
        }
        if let Some(ability) = self.required_ability().filter(|ability| is_word(ability)) {
            write!(formatter, " Required ability: {ability}.")?;
        }
        match self.0.late_by_wait {
            Some(Duration::ZERO) => formatter.write_str(" The deadline of the call has passed.")?,
            Some(wait) => write!(
                formatter,
                " The next attempt would be in {}, after the deadline of the call.",
                readable(wait)
            )?,
            None => {}
        }
        write!(formatter, " {}", self.hint())
    }
}

/// Ends a text like a sentence, so that the next one can follow it.
fn sentence(mut text: String) -> String {
    let last = text.chars().rev().find(|letter| !matches!(letter, '"' | '\'' | ')'));
    let ends = |letter| matches!(letter, '.' | '!' | '?' | ':' | ';' | ',' | '…' | '。' | '؟' | '۔');
    if last.is_some_and(|letter| !ends(letter)) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn sentences_end_with_a_mark() {
        for (text, expected) in [
            ("Unauthorized", "Unauthorized."),
            ("No.", "No."),
            ("", ""),
            ("Why?", "Why?"),
            ("The \"name\"", "The \"name\"."),
            ("It said \"no.\"", "It said \"no.\""),
            ("ممنوع", "ممنوع."),
            ("لماذا؟", "لماذا؟"),
        ] {
            assert_eq!(sentence(text.into()), expected);
        }
    }
}

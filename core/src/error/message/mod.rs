//! Redaction of a vendor's message for logs.
//!
//! A message may repeat anything that the caller sent or that the vendor has stored.
//!
//! In an exchange the request is known. Redaction hides the values that it sent, and everything that has the form of a
//! phone number, an address, a key or a token. All other words are the vendor's and are kept: codes, limits, names.
//!
//! A response that is decoded without its request may repeat any text. Redaction then keeps only the words that such
//! messages usually consist of, names of fields, codes, and small numbers, above all limits.

mod forms;
mod sent;
mod strict;
mod vocabulary;
mod word;

use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use sent::{Sent, SentIndex};
use word::Word;

/// The text that replaces hidden parts.
pub(crate) const REDACTED: &str = "[redacted]";

/// The number of words of a message that are considered.
const MOST_WORDS: usize = 120;

/// Writes a vendor's message without its private parts. `sent` are the values of the request, if it is known.
pub(crate) fn redact(text: &str, sent: Option<&SentIndex<'_>>) -> String {
    let mut all = text.split_whitespace();
    let mut words: Vec<Word<'_>> = all.by_ref().take(MOST_WORDS).map(Word::of).collect();
    match sent {
        Some(sent) => {
            forms::hide(&mut words);
            hide_sent(&mut words, sent);
        }
        None => strict::hide(&mut words),
    }
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
    if all.next().is_some() {
        out.push_str(" …");
    }
    out
}

/// Hides the words of the values that were sent. A limit of up to three digits reveals nothing.
fn hide_sent(words: &mut [Word<'_>], sent: &SentIndex<'_>) {
    let lower: Vec<String> = words.iter().map(|word| word.text.to_lowercase()).collect();
    // The alphanumeric parts of the words, and the word of each.
    let (mut parts, mut places) = (Vec::new(), Vec::new());
    for (at, word) in lower.iter().enumerate() {
        for part in word.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()) {
            parts.push(part);
            places.push(at);
        }
    }
    for length in 1..=3 {
        for (start, run) in parts.windows(length).enumerate() {
            let at = places[start];
            let is_sent = match *run {
                [number] if sent.has_number(number) => {
                    words[at].digits > 3 || !strict::is_limit(words, at..at + 1)
                }
                [word] => sent.has_word(word),
                _ => sent.has_run(run),
            };
            if is_sent {
                places[start..start + length].iter().for_each(|at| words[*at].hidden = true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sent, SentIndex, redact};

    #[test]
    fn the_vendors_words_codes_and_limits_are_kept() {
        for sentence in [
            "Payment Required",
            "Your subscription has expired. Please renew your plan.",
            "Daily request quota of 10000 exceeded.",
            "The message may not be greater than 4096 characters.",
            "(#131026) Message undeliverable",
            "Template order_update does not exist in language en.",
            "File exceeds 16 MB limit.",
            "This key is bound to session 1111.",
            "Service temporarily unavailable, please try again after 5 minutes",
            "The selected events.0 is invalid.",
            "The PUT method is not supported for route api/v1/contacts/block. Supported methods: GET, HEAD, POST.",
            "The email field must be a valid email address.",
            "The route api/v1/contacts could not be found.",
            "No contact 11111111-2222-3333-4444-555555555555 was found.",
            "Quota resets at 2026-04-22T00:00:00Z.",
            "The date must be after 2026-04-21.",
            "SQLSTATE[HY000] [2002] Connection refused",
            "Donaudampfschifffahrtsgesellschaft is closed",
            "رقم الهاتف مطلوب. الحد الأقصى 255 حرفًا.",
            "Nimewo telefòn lan obligatwa. Limit la se 120 demann pa minit.",
        ] {
            assert_eq!(redact(sentence, Some(&SentIndex::default())), sentence);
        }
    }

    #[test]
    fn numbers_addresses_keys_and_tokens_are_hidden() {
        for (sentence, shown) in [
            (
                "The number +1 555 123 4567 of jane@example.com is taken.",
                "The number [redacted] of [redacted] is taken.",
            ),
            ("The number (555) 123 - 4567 is taken.", "The number [redacted] is taken."),
            ("The number 15551234567 is taken.", "The number [redacted] is taken."),
            ("The number ١٥٥٥١٢٣ is taken.", "The number [redacted] is taken."),
            ("The number +49 is taken.", "The number [redacted] is taken."),
            ("tel:+15551234567 is taken.", "[redacted] is taken."),
            ("GET /contacts/15551234567?x=1 failed", "GET [redacted] failed"),
            ("Key sk_live is inactive.", "Key [redacted] is inactive."),
            (
                "Key pk_live_abc, wzj_live_abc and whsec_abc are wrong.",
                "Key [redacted] and [redacted] are wrong.",
            ),
            ("Authorization: Bearer 7|abc is wrong.", "Authorization: Bearer [redacted] is wrong."),
            ("sha256=3f786850e387550fdab836ed7e6dc881 differs", "[redacted] differs"),
            ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAQAAAAEA is too long", "[redacted] is too long"),
            ("The text 'Meet me at noon... is too long.", "The text 'Meet me at [redacted] is too long."),
        ] {
            assert_eq!(redact(sentence, Some(&SentIndex::default())), shown);
        }
    }

    #[test]
    fn values_that_were_sent_are_hidden_even_in_words_that_vendors_use() {
        let sent = Sent::of_text(
            r#""an import failed"{"to":"+15551234567","message":"your account is\nbanned: code 1234, zephyrine","name":"5","priority":7,"note":"no access","phone_number":"x"}"#,
        );
        for (sentence, shown) in [
            ("Rejected: your account is banned: code 1234", "Rejected: [redacted]"),
            ("The message Your Account is too long.", "The message [redacted] too long."),
            ("No access is too short.", "[redacted] is too short."),
            ("An import failed.", "[redacted]"),
            ("The name 5 is taken.", "The name [redacted] is taken."),
            ("The code 1234 is invalid.", "The code [redacted] is invalid."),
            ("Zephyrine's message failed", "[redacted] message failed"),
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
            assert_eq!(redact(sentence, Some(&sent.index())), shown, "{sentence}");
        }
    }
}

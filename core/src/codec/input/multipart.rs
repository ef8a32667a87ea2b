//! Forms with a file (RFC 7578), written as browsers write them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::codec::input::{Sink, Value};
use crate::schema::Field;
use crate::text::hex;

/// Sink that collects a form with a file.
#[derive(Default)]
pub(crate) struct FormSink {
    file: Vec<u8>,
    file_name: String,
    field_name: String,
    /// Names, escaped for their place between quotes, and texts.
    fields: Vec<(String, String)>,
}

impl Sink for FormSink {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if let Some(bytes) = value.bytes() {
            self.file = bytes.into();
            return;
        }
        let mut put = |text: &str| match field.name {
            "file_name" => self.file_name = quoted(text),
            "field_name" => self.field_name = quoted(&with_line_ends(text)),
            name if !field.path => self.add_text(name, text),
            _ => {}
        };
        match field.sent_default {
            Some(default) if !value.is_given() => put(default),
            _ => value.text(field, &mut put),
        }
    }
}

impl FormSink {
    pub(crate) fn add_text(&mut self, name: &str, text: &str) {
        self.fields.push((quoted(&with_line_ends(name)), text.into()));
    }

    /// Writes the form, and returns its boundary and its bytes. The same form and seed give the same bytes, so that a
    /// request can be repeated.
    pub(crate) fn finish(self, seed: &[&[u8]]) -> (String, Vec<u8>) {
        let Self { file, file_name, field_name, fields } = self;
        let texts = fields.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]);
        let parts: Vec<&[u8]> =
            texts.chain([field_name.as_bytes(), file_name.as_bytes(), file.as_slice()]).collect();
        let boundary = boundary_outside(&parts, boundaries(seed, &parts));
        let mut body: Vec<u8> = Vec::with_capacity(file.len() + 512);
        for (name, text) in &fields {
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
                    .into_bytes(),
            );
        }
        let ending = file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let kind = match ending.as_deref() {
            Some("csv") => "text/csv",
            Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _ => "application/octet-stream",
        };
        body.extend(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{field_name}\"; filename=\"{file_name}\"\r\n\
                 Content-Type: {kind}\r\n\r\n"
            )
            .into_bytes(),
        );
        body.extend_from_slice(&file);
        body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        (boundary, body)
    }
}

/// Escapes a name for its place between quotes, as the WHATWG standard requires. Other characters than ASCII stay
/// UTF-8.
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Writes each line end as CRLF, as the WHATWG standard requires for the names of fields.
fn with_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// Returns the candidates for a form's boundary, in the order in which they are tried.
///
/// Each is an HMAC of the whole contents. The key is a seed that is unknown to the people who supplied the contents, so
/// that they cannot foresee the boundary.
fn boundaries(seed: &[&[u8]], parts: &[&[u8]]) -> impl Fn(u32) -> String {
    let key = Zeroizing::new(framed(seed));
    let digest = tag(&key, parts);
    move |attempt| {
        let mut boundary = String::from("hudhud-");
        hex::push(&tag(&key, &[&digest, &attempt.to_be_bytes()])[..16], &mut boundary);
        boundary
    }
}

/// Returns the first boundary that none of the parts contains. Each candidate costs one search through all bytes. A
/// second candidate is needed once in 2^128 forms.
fn boundary_outside(parts: &[&[u8]], candidate: impl Fn(u32) -> String) -> String {
    let mut attempt = 0_u32;
    loop {
        let boundary = candidate(attempt);
        if !parts.iter().any(|part| contains(part, boundary.as_bytes())) {
            return boundary;
        }
        attempt = attempt.wrapping_add(1);
    }
}

fn tag(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Joins texts with their lengths, so that different lists of texts give different results.
fn framed(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&(part.len() as u64).to_be_bytes()[..], part].concat()).collect()
}

/// Searches with Horspool's algorithm: each step compares the last byte of a window, and moves on by up to the length
/// of `searched`.
fn contains(text: &[u8], searched: &[u8]) -> bool {
    let Some((last, before)) = searched.split_last() else { return true };
    let mut steps = [searched.len(); 256];
    for (at, byte) in before.iter().enumerate() {
        steps[usize::from(*byte)] = before.len() - at;
    }
    let mut rest = text;
    while let Some(window) = rest.get(..searched.len()) {
        let end = window[before.len()];
        if end == *last && window.starts_with(before) {
            return true;
        }
        rest = rest.get(steps[usize::from(end)]..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{FormSink, boundaries, boundary_outside, contains};
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    #[test]
    fn a_boundary_that_stands_in_any_part_is_passed_over() {
        let candidate = |attempt: u32| format!("b{attempt}.");
        let taken = |parts: &[&[u8]]| boundary_outside(parts, candidate);
        assert_eq!(taken(&[]), "b0.");
        assert_eq!(taken(&[b"a", b"b0"]), "b0.");
        assert_eq!(taken(&[b"", b"xb0.x"]), "b1.");
        assert_eq!(taken(&[b"b2.", b"b0.", b"--b1."]), "b3.");
        let many: String = (0..1000).map(candidate).collect();
        assert_eq!(taken(&[many.as_bytes()]), "b1000.");
    }

    #[test]
    fn each_attempt_seed_and_part_gives_another_boundary() {
        let mut all = Vec::new();
        let split = |text: &'static str| -> Vec<&[u8]> { text.split(' ').map(str::as_bytes).collect() };
        for seed in ["", "sk_a", "sk_b", "sk_ a", " sk_a"].map(split) {
            for parts in ["", "ab", "a b", " ab", "ab "].map(split) {
                let boundary = boundaries(&seed, &parts);
                all.extend([boundary(0), boundary(1), boundary(2)]);
                assert_eq!(boundary(0), boundaries(&seed, &parts)(0));
            }
        }
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn what_is_searched_is_found_wherever_it_stands() {
        let alphabet = |number: usize, length: u32| -> Vec<u8> {
            (0..length).map(|at| b"ab"[number >> at & 1]).collect()
        };
        // All words over two letters, in all other such words. The standard library's search must find the same.
        for (text, searched) in (0..512).flat_map(|text| (0..16).map(move |searched| (text, searched))) {
            for length in 1..=4 {
                let (text, searched) = (alphabet(text, 9), alphabet(searched, length));
                let expected = text.windows(searched.len()).any(|window| window == searched);
                assert_eq!(contains(&text, &searched), expected, "{searched:?} in {text:?}");
            }
        }
        assert!(!contains(b"", b"a") && !contains(b"ab", b"abc") && contains(b"abc", b"abc"));
    }

    #[test]
    fn names_are_escaped_as_browsers_do() {
        let mut form = FormSink { field_name: "f".into(), ..FormSink::default() };
        form.add_text("a\"b\rc\nd\r\né", "one\ntwo \"three\"");
        let (_, body) = form.finish(&[]);
        let body = String::from_utf8(body).unwrap();
        assert!(
            body.contains("name=\"a%22b%0D%0Ac%0D%0Ad%0D%0Aé\"\r\n\r\none\ntwo \"three\"\r\n"),
            "{}",
            body.to_string()
        );
    }
}

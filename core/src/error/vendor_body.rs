//! The vendor's own error body, in the shapes in which it arrives.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;

use crate::codec::field_errors::{FieldErrors, inside};
use crate::codec::json_reader::read;
use crate::codec::output::Seed;
use crate::codec::output::in_bytes;
use crate::http::response::Response;
use crate::redact;
use crate::types::json::{Json, Object};

impl FieldErrors {
    /// Reads the vendors' `errors` in all forms: lists, single texts, nested maps, objects that name their field in
    /// `field`, and `[]` for no errors.
    ///
    /// A value that is nested deeper than `depth` is taken as text: each level is parsed anew, and the stack is
    /// limited.
    pub(crate) fn read(&mut self, at: &str, value: &Json, depth: u8) {
        let deeper = depth > 0;
        if let Some(items) = deeper.then(|| list(value)).flatten() {
            for item in items {
                self.read_item(at, &item, depth - 1);
            }
        } else if let Some(members) = deeper.then(|| value.read::<Object>().ok()).flatten() {
            // At the top `message` is a field like any other, unless another member names the field of the message.
            let is_message = !at.is_empty() || members.text("field").is_some();
            if is_message && let Some(message) = message(&members) {
                return self.read(&name_of(at, &members), message, depth - 1);
            }
            for (name, value) in members.iter() {
                self.read(&inside(at, name), value, depth - 1);
            }
        } else if !value.is_null() {
            let at = if at.is_empty() { "errors" } else { at };
            self.add(at, value.as_text().unwrap_or(Cow::Borrowed(value.as_str())));
        }
    }

    /// Reads a body whose members are fields: those with lists of messages.
    fn read_top(&mut self, body: &Object) {
        let is_message = |item: &Json| {
            item.as_text().is_some() || item.read::<Object>().is_ok_and(|item| message(&item).is_some())
        };
        for (name, value) in body.iter().filter(|(name, _)| !NO_FIELDS.contains(name)) {
            let items = list(value).filter(|items| !items.is_empty() && items.iter().all(is_message));
            items.into_iter().flatten().for_each(|item| self.read_item(name, &item, DEPTH));
        }
    }

    /// Reads an item of a list of errors, which may name its field.
    fn read_item(&mut self, at: &str, item: &Json, depth: u8) {
        let members = if depth > 0 { item.read::<Object>().ok() } else { None };
        match members.as_ref().and_then(|members| Some((members, message(members)?))) {
            Some((members, message)) => self.read(&name_of(at, members), message, depth - 1),
            None => self.read(at, item, depth),
        }
    }
}

/// Returns the items of a list. PHP may write a list as an object whose names are positions.
pub(super) fn list(value: &Json) -> Option<Vec<Json>> {
    read(value.as_str(), Seed::<Vec<Json>>::new()).ok().flatten()
}

/// Returns the message of an error that is an object: a text, or a list of texts.
pub(crate) fn message(members: &Object) -> Option<&Json> {
    let message = members.get("message")?;
    let is_text = |json: &Json| json.as_text().is_some();
    (is_text(message) || list(message).is_some_and(|texts| texts.iter().all(is_text))).then_some(message)
}

/// Returns the name of the field that an error object states.
fn name_of(at: &str, members: &Object) -> String {
    let name = ["field", "name", "path"].into_iter().find_map(|name| {
        let value = members.get(name)?;
        let path = || Some(list(value)?.iter().map(step).collect::<Vec<_>>().join("."));
        value.as_text().map(Cow::into_owned).or_else(path).filter(|name| !name.is_empty())
    });
    name.map_or_else(|| at.to_string(), |name| inside(at, &name))
}

/// Writes a step of a path: a name, or a position.
fn step(value: &Json) -> Cow<'_, str> {
    value.as_text().unwrap_or(Cow::Borrowed(value.as_str()))
}

/// Returns this library's message for a response in which the vendor sent none.
pub(crate) fn fallback_message(response: &Response) -> String {
    let mut text = String::from("The vendor sent no readable error");
    let kind = response.header("content-type").map(|kind| kind.split(';').next().unwrap_or(kind).trim());
    // Only a plain media type is shown, because the rest of the header may be anything.
    let word = |part: &str| redact::is_token(&part.replace('+', "-"));
    let kind = kind.filter(|kind| kind.split_once('/').is_some_and(|(kind, sub)| word(kind) && word(sub)));
    match kind {
        _ if response.body.is_empty() => text.push_str(": the body is empty."),
        _ if let Some(name) = encoding(response) => {
            let _ = write!(
                text,
                ": the body is {} bytes encoded as {name} (Content-Encoding), which the transport did not decode.",
                response.body.len()
            );
        }
        Some(kind) if kind.len() < 40 => {
            let _ = write!(text, ": the body is {} bytes of {kind}.", response.body.len());
        }
        _ => {
            let _ = write!(text, ": the body is {} bytes.", response.body.len());
        }
    }
    text
}

/// Names the encoding that a transport did not decode. A value that is not a plain name is not shown.
pub(crate) fn encoding(response: &Response) -> Option<String> {
    let headers = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let names = headers.flat_map(|(_, value)| value.split(',')).map(str::trim);
    let names: Vec<_> = names
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
        .map(|name| if name.len() <= 20 && redact::is_token(name) { name } else { "an unknown encoding" })
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The error in a response body, in any of the vendors' shapes: Zagely's envelope, the framework's `{message, errors}`,
/// Wazaj's `{success, message, errors}`, or no readable error.
#[derive(Default)]
pub(crate) struct VendorErrorBody {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) fields: FieldErrors,
    pub(super) details: Object,
}

/// The number of levels of `errors` that are read. The deepest known form is a map of lists in a map.
pub(crate) const DEPTH: u8 = 8;

/// The members of an error body that are never fields.
const NO_FIELDS: [&str; 6] = ["data", "details", "error", "errors", "meta", "trace"];

impl VendorErrorBody {
    /// Reads the error of a response. `codes` are those that may stand instead of a field's name or of a message.
    pub(crate) fn read(response: &Response, codes: &[&str]) -> Self {
        let mut fields = FieldErrors::default();
        let Some(body) = in_bytes::<Json>(&response.body) else { return Self::default() };
        let body = match body.read::<Object>() {
            Ok(body) if !body.is_empty() && list(&Json::write(&body).unwrap_or_default()).is_none() => body,
            _ => {
                // The body is the list of errors.
                if let Some(items) = list(&body) {
                    items.iter().for_each(|item| fields.read_item("", item, DEPTH));
                }
                return Self { fields: fields.settled(), ..Self::default() };
            }
        };
        let object = |name: &str| body.get(name).and_then(|value| value.read::<Object>().ok());
        let (envelope, data) = (object("error"), object("data").unwrap_or_default());
        let inner = envelope.as_ref().unwrap_or(&body);
        let details =
            inner.get("details").and_then(|details| details.read::<Object>().ok()).unwrap_or_default();
        let mut fields = FieldErrors::default();
        let places = [&details, inner, &body, &data];
        for (at, place) in places.into_iter().enumerate() {
            // Without an envelope, two of the places are the same.
            if let Some(errors) = place.get("errors").filter(|_| at != 2 || envelope.is_some()) {
                fields.read("", errors, DEPTH);
            }
        }
        if response.status == 422 && fields.is_empty() {
            fields.read_top(&body);
        }
        let fields = fields.settled();
        let message = [inner, &body, &data].iter().find_map(|object| text_or_number(object, "message"));
        let message = message.or_else(|| text_or_number(&body, "error").filter(|text| text.contains(' ')));
        // A number under `code` repeats the status. It does not name the problem.
        let stated = [
            (&body, "code"),
            (&body, "error_code"),
            (inner, "code"),
            (&body, "error"),
            (&data, "code"),
            (&data, "error_code"),
            (&data, "error"),
        ];
        let mut stated =
            stated.into_iter().filter_map(|(object, name)| object.text(name)).map(Cow::into_owned);
        let code = stated.find(|code| !code.is_empty() && !code.contains(' '));
        let code = code.or_else(|| message.clone().filter(|text| is_code(text))).or_else(|| {
            let found = fields.iter().find_map(|(name, messages)| {
                codes.iter().find(|code| name == **code || messages.iter().any(|text| text == *code))
            });
            found.map(|code| String::from(*code))
        });
        Self { code, message, fields, details }
    }
}

/// Returns a member that is text or a number, as text.
fn text_or_number(object: &Object, name: &str) -> Option<String> {
    let value = object.get(name)?;
    let number = || {
        value
            .as_str()
            .starts_with(|first: char| first == '-' || first.is_ascii_digit())
            .then(|| value.as_str().to_string())
    };
    value.as_text().map(Cow::into_owned).or_else(number).filter(|text| !text.is_empty())
}

/// `^[a-z][a-z0-9]*(_[a-z0-9]+)+$`
pub(crate) fn is_code(text: &str) -> bool {
    let mut parts = text.split('_');
    let legal = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.next().is_some_and(|first| legal(first) && first.as_bytes()[0].is_ascii_lowercase())
        && text.contains('_')
        && parts.all(legal)
}

#[cfg(test)]
mod tests {
    use super::is_code;
    use crate::codec::field_errors::FieldErrors;
    use alloc::vec::Vec;

    #[test]
    fn codes_are_distinguished_from_sentences() {
        assert!(is_code("billing_send_denied") && is_code("a1_2"));
        for text in ["", "unauthorized", "Not_a_code", "_a", "a_", "a__b", "1_a", "a b_c"] {
            assert!(!is_code(text), "{text}");
        }
    }

    #[test]
    fn errors_are_read_in_every_form() {
        let mut fields = FieldErrors::default();
        let errors = r#"{"to":["a","b"],"name":"c","deep":{"er":["d"]},"none":[],"n":5}"#;
        fields.read("", &errors.parse().unwrap(), super::DEPTH);
        let fields = fields.settled();
        let read: Vec<_> = fields.iter().map(|(name, messages)| (name, messages.len())).collect();
        assert_eq!(read, [("to", 2), ("name", 1), ("deep.er", 1), ("n", 1)]);
    }

    #[test]
    fn errors_that_are_objects_say_themselves_which_field_they_are_about() {
        for (errors, expected) in [
            (r#"[{"field":"to","message":"a"}]"#, "to: a"),
            (r#"[{"name":"to","message":"a"},{"path":"to","message":"b"}]"#, "to: a, b"),
            (r#"[{"field":"to","name":"x","path":"y","message":"a"}]"#, "to: a"),
            (r#"[{"path":["contacts",0,"phone"],"message":"a"}]"#, "contacts.0.phone: a"),
            (r#"{"0":{"field":"to","message":"a"},"2":{"field":"name","message":"b"}}"#, "to: a; name: b"),
            (r#"[{"message":"a"}]"#, "errors: a"),
            (r#"[{"field":"to","message":["a","b"]}]"#, "to: a, b"),
            (r#"{"to":{"message":"a","code":"x"}}"#, "to: a"),
            (r#"{"to":{"message":["a","b"]}}"#, "to: a, b"),
            (r#"{"to":[{"message":"a"},"b"]}"#, "to: a, b"),
            (r#"{"to":{"0":"a","3":"b"}}"#, "to: a, b"),
            (r#"{"message":["The message field is required."]}"#, "message: The message field is required."),
            (r#"{"message":"a","name":"b"}"#, "message: a; name: b"),
            (r#"{"field":"to","message":"a"}"#, "to: a"),
            (r#"{"to":{"deep":["a"],"message":{"x":"y"}}}"#, "to.deep: a; to.message.x: y"),
            ("{}", ""),
            ("[]", ""),
        ] {
            let mut fields = FieldErrors::default();
            fields.read("", &errors.parse().unwrap(), super::DEPTH);
            let fields = fields.settled();
            let read: Vec<_> = fields
                .iter()
                .map(|(name, messages)| alloc::format!("{name}: {}", messages.join(", ")))
                .collect();
            assert_eq!(read.join("; "), expected, "{errors}");
        }
    }
}

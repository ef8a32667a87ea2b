//! Parses a request's query and body like PHP and Laravel: `tags[]=vip` is a list, text is trimmed, and empty text is
//! null.

use serde_json::{Map, Value};

/// Fields by name.
pub(crate) type Input = Map<String, Value>;

/// The maximum number of brackets in a name. With more, the brackets are part of the name.
const DEEPEST: usize = 8;

/// Parses a query string or a form body.
pub(crate) fn from_pairs(encoded: &[u8]) -> Input {
    let mut input = Value::Object(Input::new());
    for (name, value) in form_urlencoded::parse(encoded) {
        let (root, keys) = split(&name);
        if root.is_empty() {
            continue;
        }
        insert(&mut input, root, &keys, Value::String(value.into_owned()));
    }
    let mut input = match input {
        Value::Object(fields) => fields,
        _ => Input::new(),
    };
    tidy(&mut input);
    input
}

/// Parses a JSON body. An empty body has no fields, and neither has JSON that is not an object, as in Laravel.
pub(crate) fn from_json(body: &[u8]) -> Result<Input, serde_json::Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Input::new());
    }
    let mut input = match serde_json::from_slice(body)? {
        Value::Object(fields) => fields,
        _ => Input::new(),
    };
    tidy(&mut input);
    Ok(input)
}

/// Escapes the line breaks inside the texts of a JSON body. JSON forbids them, but some of the vendors' samples
/// contain them.
pub(crate) fn with_breaks_escaped(body: &[u8]) -> Vec<u8> {
    let mut repaired = Vec::with_capacity(body.len());
    let (mut in_text, mut is_escaped) = (false, false);
    for &byte in body {
        match byte {
            b'\n' if in_text => repaired.extend(b"\\n"),
            b'\r' if in_text => {}
            _ => repaired.push(byte),
        }
        in_text ^= byte == b'"' && !is_escaped;
        is_escaped = in_text && byte == b'\\' && !is_escaped;
    }
    repaired
}

/// Does what Laravel's `TrimStrings` and `ConvertEmptyStringsToNull` do to every request.
pub(crate) fn tidy(input: &mut Input) {
    input.values_mut().for_each(tidy_value);
}

fn tidy_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            let trimmed = text.trim();
            if trimmed.is_empty() {
                *value = Value::Null;
            } else if trimmed.len() != text.len() {
                *value = Value::String(trimmed.to_owned());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy_value),
        Value::Object(fields) => fields.values_mut().for_each(tidy_value),
        _ => {}
    }
}

/// Splits a name at its brackets: `a[b][]` is `a` with the keys `b` and the empty text.
fn split(name: &str) -> (&str, Vec<&str>) {
    let Some(open) = name.find('[').filter(|&open| open > 0 && name.ends_with(']')) else {
        return (name, Vec::new());
    };
    let keys: Vec<&str> = name[open + 1..name.len() - 1].split("][").collect();
    if keys.len() > DEEPEST { (name, Vec::new()) } else { (&name[..open], keys) }
}

fn insert(into: &mut Value, key: &str, deeper: &[&str], value: Value) {
    let place = match into {
        Value::Array(items) if key.is_empty() => {
            items.push(Value::Null);
            items.last_mut()
        }
        Value::Object(fields) => Some(fields.entry(key).or_insert(Value::Null)),
        _ => None,
    };
    let Some(place) = place else { return };
    match deeper {
        [] => *place = value,
        [next, rest @ ..] => {
            if next.is_empty() {
                if !place.is_array() {
                    *place = Value::Array(Vec::new());
                }
            } else if !place.is_object() {
                *place = Value::Object(Input::new());
            }
            insert(place, next, rest, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_with_brackets_are_lists_and_maps() {
        let input = from_pairs(b"tags%5B%5D=vip&tags[]=active&a[b][c]=1&search=+&page=2&x[=1&[]=2");
        let expected = json!({ "tags": ["vip", "active"], "a": { "b": { "c": "1" } }, "search": null, "page": "2", "x[": "1", "[]": "2" });
        assert_eq!(Value::Object(input), expected);
    }

    #[test]
    fn line_breaks_in_json_texts_can_be_escaped() {
        let printed = b"{\n\"a\": \"x \\\" \n y\\\\\",\n\"b\": 1\n}";
        assert!(from_json(printed).is_err());
        let input = from_json(&with_breaks_escaped(printed)).unwrap();
        assert_eq!(Value::Object(input), json!({ "a": "x \" \n y\\", "b": 1 }));
    }

    #[test]
    fn text_is_trimmed_and_empty_text_is_null() {
        let input = from_json(br#"{"a":"  b ","c":"","d":["  "," e"],"f":1}"#).unwrap();
        assert_eq!(Value::Object(input), json!({ "a": "b", "c": null, "d": [null, "e"], "f": 1 }));
        assert_eq!(from_json(b"[1]").unwrap(), Input::new());
        assert!(from_json(b"{").is_err());
    }
}

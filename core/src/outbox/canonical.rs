//! The canonical form of a message's fields: the same for every host that writes the same fields.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

/// Returns a JSON object without spaces, with its members in the order of their names. Returns `None` for other texts.
pub(super) fn canonical(fields: &str) -> Option<String> {
    let value: Value = serde_json::from_str(fields).ok()?;
    value.is_object().then(|| {
        let mut text = String::with_capacity(fields.len());
        write(&value, &mut text);
        text
    })
}

/// Appends a value. The reader of JSON bounds its depth.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            // The order of `members` depends on features that other crates may switch on.
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_str());
            text.push('{');
            for (at, (name, member)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(&Value::String(name.clone()), text);
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        leaf => text.push_str(&serde_json::to_string(leaf).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn hosts_that_write_the_same_fields_differently_agree() {
        let expected = r#"{"a":[1,{"x":"é"}],"b":null}"#;
        for text in [expected, r#" {"b": null, "a": [ 1, {"x": "\u00e9"} ]} "#] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "[]", "{", "1", r#"{"a":"\ud83d"}"#] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}

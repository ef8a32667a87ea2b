//! Compares results with expectations.
//!
//! Objects match as a subset. Arrays must have the same length and match item by item. Scalars must be equal; numbers
//! are compared by value, without rounding to floats.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::vectors::body;

/// Returns the differences, one line each.
pub(crate) fn compare(suite: &str, expect: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match suite {
        "request" => request(expect, actual, "", &mut found),
        "exchange" => steps(&expect["steps"], &actual["steps"], &mut found),
        _ => subset(expect, actual, "", &mut found),
    }
    found
}

fn request(expect: &Value, actual: &Value, at: &str, found: &mut Vec<String>) {
    let Some(members) = expect.as_object() else { return subset(expect, actual, at, found) };
    for (name, expected) in members {
        let here = format!("{at}.{name}");
        match name.as_str() {
            "error" => fault(expected, &actual["error"], &here, found),
            "absent_headers" => {
                for header in expected.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if actual["headers"].get(header.to_ascii_lowercase()).is_some() {
                        found.push(format!("{here}: the header {header} is present"));
                    }
                }
            }
            "body" | "body_base64" => {
                let (expected, sent) = (body(expect), sent_body(actual));
                if expected != sent {
                    found.push(format!(
                        "{here}: expected {}, got {}",
                        show_bytes(&expected),
                        show_bytes(&sent)
                    ));
                }
            }
            "body_json" => match sent_body(actual).map(|bytes| serde_json::from_slice::<Value>(&bytes)) {
                Some(Ok(sent)) => whole(expected, &sent, &here, found),
                sent => found.push(format!("{here}: expected {expected}, got {sent:?}")),
            },
            _ => subset(expected, &actual[name], &here, found),
        }
    }
}

/// Compares a local fault. Of its fields, only the names are compared.
fn fault(expect: &Value, actual: &Value, at: &str, found: &mut Vec<String>) {
    for (name, expected) in expect.as_object().into_iter().flatten() {
        if name != "fields" {
            let derived = (name == "retryable").then(|| Value::Bool(is_retryable(actual)));
            subset(expected, derived.as_ref().unwrap_or(&actual[name]), &format!("{at}.{name}"), found);
            continue;
        }
        for field in expected.as_object().into_iter().flatten().map(|(field, _)| field) {
            if actual["fields"].get(field).is_none() {
                found.push(format!("{at}.fields: expected {field}, found {}", actual["fields"]));
            }
        }
    }
    if actual.is_null() {
        found.push(format!("{at}: expected an error, got none"));
    }
}

fn steps(expect: &Value, actual: &Value, found: &mut Vec<String>) {
    let none = Vec::new();
    let (expected, got) = (expect.as_array().unwrap_or(&none), actual.as_array().unwrap_or(&none));
    if expected.len() != got.len() {
        found.push(format!("expected {} steps, got {}: {actual}", expected.len(), got.len()));
        return;
    }
    for (number, (expected, got)) in expected.iter().zip(got).enumerate() {
        let at = format!("steps[{number}]");
        if let Some(send) = expected.get("send") {
            match got.get("send") {
                Some(sent) => request(send, sent, &at, found),
                None => found.push(format!("{at}: expected a send, got {got}")),
            }
        } else if let Some(bounds) = expected["wait_ms"].as_array() {
            let wait = got["wait_ms"].as_f64();
            let bound = |at: usize| bounds.get(at).and_then(Value::as_f64).unwrap_or(f64::NAN);
            if !wait.is_some_and(|wait| (bound(0)..=bound(1)).contains(&wait)) {
                found.push(format!("{at}: expected a wait within {bounds:?}, got {got}"));
            }
        } else if let Some(error) = expected.get("error") {
            fault(error, &got["error"], &at, found);
        } else {
            subset(expected, got, &at, found);
        }
    }
}

/// Compares objects as a subset, and everything else exactly.
fn subset(expect: &Value, actual: &Value, at: &str, found: &mut Vec<String>) {
    match (expect, actual) {
        (Value::Object(members), Value::Object(_)) => {
            for (name, expected) in members {
                let derived = (name == "retryable").then(|| Value::Bool(is_retryable(actual)));
                match derived.as_ref().or_else(|| actual.get(name)) {
                    Some(value) => subset(expected, value, &format!("{at}.{name}"), found),
                    None => found.push(format!("{at}.{name}: expected {expected}, got nothing")),
                }
            }
        }
        (Value::Array(items), Value::Array(got)) if items.len() == got.len() => {
            for (number, (item, got)) in items.iter().zip(got).enumerate() {
                subset(item, got, &format!("{at}[{number}]"), found);
            }
        }
        _ => whole(expect, actual, at, found),
    }
}

/// Returns the vectors' `retryable` of an error: that a repetition can succeed, if it is safe. The hosts state
/// `safe_to_retry` and `may_have_happened` instead.
fn is_retryable(error: &Value) -> bool {
    let passes = matches!(error["kind"].as_str(), Some("rate_limited" | "unavailable" | "transport"));
    passes && error["key_forgotten"] == Value::Bool(false)
}

fn whole(expect: &Value, actual: &Value, at: &str, found: &mut Vec<String>) {
    if !equal(expect, actual) {
        found.push(format!("{at}: expected {expect}, got {actual}"));
    }
}

fn equal(expect: &Value, actual: &Value) -> bool {
    match (expect, actual) {
        (Value::Number(expected), Value::Number(got)) => {
            // 12 and 12.0 are equal. Above 2^53, only the digits are compared.
            let exact = |value: f64| value.abs() < 9_007_199_254_740_992.0;
            let same = expected.as_f64().is_some_and(exact) && expected.as_f64() == got.as_f64();
            expected.to_string() == got.to_string() || same
        }
        (Value::Object(members), Value::Object(got)) => {
            members.len() == got.len()
                && members.iter().all(|(name, value)| got.get(name).is_some_and(|got| equal(value, got)))
        }
        (Value::Array(items), Value::Array(got)) => {
            items.len() == got.len() && items.iter().zip(got).all(|(item, got)| equal(item, got))
        }
        _ => expect == actual,
    }
}

/// Returns the sent body, which drivers encode in base64.
fn sent_body(actual: &Value) -> Option<Vec<u8>> {
    actual["body_base64"].as_str().and_then(|text| STANDARD.decode(text).ok())
}

fn show_bytes(bytes: &Option<Vec<u8>>) -> String {
    bytes.as_ref().map_or("no body".into(), |bytes| String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::compare;
    use serde_json::json;

    #[test]
    fn objects_match_as_a_subset_and_other_values_exactly() {
        let actual = json!({"ok": {"a": 1, "list": [{"x": 1, "y": 2}], "text": "t"}});
        assert!(compare("response", &json!({"ok": {"a": 1.0, "list": [{"x": 1}]}}), &actual).is_empty());
        for wrong in [
            json!({"ok": {"a": 2}}),
            json!({"ok": {"list": []}}),
            json!({"ok": {"b": null}}),
            json!({"error": {}}),
        ] {
            assert_eq!(compare("response", &wrong, &actual).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn large_integers_are_compared_by_their_digits() {
        let big = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let expected = big(r#"{"ok":{"id":9007199254740993}}"#);
        assert!(compare("response", &expected, &expected).is_empty());
        assert!(!compare("response", &expected, &big(r#"{"ok":{"id":9007199254740992}}"#)).is_empty());
    }

    #[test]
    fn a_request_that_should_have_failed_is_reported() {
        let expected = json!({"error": {"kind": "invalid_request", "fields": {"to": ["x"]}}});
        assert!(!compare("request", &expected, &json!({"method": "GET"})).is_empty());
        let fault = json!({"error": {"kind": "invalid_request", "fields": {"to": ["y"], "more": []}}});
        assert!(compare("request", &expected, &fault).is_empty());
    }
}

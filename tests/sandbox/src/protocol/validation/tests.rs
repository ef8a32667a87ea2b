//! Tests of the validation: its messages, and absent values.

use super::*;
use serde_json::json;

fn input(value: Value) -> Input {
    value.as_object().unwrap().clone()
}

fn errors(check: Check<'_>) -> Value {
    json!(check.errors)
}

#[test]
fn required_fields_have_the_messages_of_the_vendors_page() {
    let input = input(json!({ "type": "image" }));
    let mut check = Check::new(&input);
    check.field("channel").required().text();
    check.field("media_url").required_when(true, "type", "image").url();
    assert_eq!(
        errors(check),
        json!({
            "channel": ["The channel field is required."],
            "media_url": ["The media url field is required when type is image."],
        })
    );
}

#[test]
fn each_invalid_field_gets_one_message() {
    let input = input(json!({
        "name": "é".repeat(256), "tags": ["a", 1], "is": "yes", "n": "7", "m": 101, "id": "x", "day": "2026-4-1"
    }));
    let mut check = Check::new(&input);
    check.field("name").required().text_up_to(255);
    check.field("tags").texts();
    check.field("is").boolean();
    assert_eq!(check.field("n").integer(0, 100), Sent::Value(7));
    check.field("m").integer(0, 100);
    check.field("id").uuid();
    check.field("day").date();
    assert_eq!(
        errors(check),
        json!({
            "name": ["The name field must not be greater than 255 characters."],
            "tags.1": ["The tags.1 field must be a string."],
            "is": ["The is field must be true or false."],
            "m": ["The m field must not be greater than 100."],
            "id": ["The id field must be a valid UUID."],
            "day": ["The day field must match the format Y-m-d."],
        })
    );
}

#[test]
fn absent_and_null_and_value_are_distinguished() {
    let input = input(json!({ "a": null, "b": "x" }));
    let mut check = Check::new(&input);
    assert_eq!(check.field("a").text(), Sent::Null);
    assert_eq!(check.field("b").text(), Sent::Value("x".to_owned()));
    assert_eq!(check.field("c").text(), Sent::Absent);
    check.field("c").filled().text();
    check.field("a").filled().text();
    assert_eq!(errors(check), json!({ "a": ["The a field is required."] }));
}

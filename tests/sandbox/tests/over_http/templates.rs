//! Tests of templates: variables, unique names, preview.

use serde_json::{Value, json};

use crate::harness::Harness;

fn template(harness: &Harness, content: &str, more: Value) -> Value {
    let mut body = json!({ "name": "Order Confirmation", "channel": "whatsapp", "content": content });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    harness.post("/api/templates", body).expect(201)
}

#[test]
fn variables_are_found_in_the_order_of_the_text() {
    let harness = Harness::new();
    let content =
        "Hi {{ name }}! Your order #{{order_id}} is confirmed.\nWe ship by {{  ship_date }}. {{name}} 🎉";
    let made = template(&harness, content, json!({}));
    assert_eq!(made["variables"], json!(["name", "order_id", "ship_date"]));
    assert_eq!((&made["name"], &made["channel"]), (&json!("Order Confirmation"), &json!("whatsapp")));
    assert!(made["id"].is_string() && made["created_at"].is_string());
    let own = template(&harness, "{{ a }}", json!({ "name": "Own", "variables": ["b"] }));
    assert_eq!(own["variables"], json!(["b"]));
}

#[test]
fn names_are_unique_and_fields_are_checked() {
    let harness = Harness::new();
    template(&harness, "x", json!({}));
    let again = json!({ "name": "Order Confirmation", "channel": "all", "content": "y", "media_url": "nowhere", "buttons": 1 });
    assert_eq!(
        harness.post("/api/templates", again).errors(),
        json!({
            "name": ["The name has already been taken."],
            "media_url": ["The media url field must be a valid URL."],
            "buttons": ["The buttons field must be an array."],
        })
    );
}

#[test]
fn a_preview_uses_a_contact_or_given_values() {
    let harness = Harness::new();
    let made = template(&harness, "{{ name }} {{phone}} {{ order_id }} {{ nothing }}", json!({}));
    let path = format!("/api/templates/{}/preview", made["id"].as_str().unwrap());
    let preview = |body: Value| harness.post(&path, body).expect(200)["preview"].as_str().unwrap().to_owned();
    let jane = harness.contact("+15551234567", json!({ "name": "Jane", "custom_fields": { "order_id": 7 } }));
    assert_eq!(preview(json!({ "contact_id": jane })), "Jane +15551234567 7 {{ nothing }}");
    let values = json!({ "variables": { "name": "Jane", "order_id": "ORD-001", "nothing": "April 25" } });
    assert_eq!(preview(values), "Jane {{phone}} ORD-001 April 25");
    assert_eq!(
        preview(json!({ "contact_id": jane, "variables": { "order_id": "9" } })),
        "Jane +15551234567 9 {{ nothing }}"
    );
    assert_eq!(
        harness.post(&path, json!({})).errors(),
        json!({
            "contact_id": ["The contact id field is required when variables is not present."],
            "variables": ["The variables field is required when contact id is not present."],
        })
    );
    let unknown = json!({ "contact_id": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee" });
    assert_eq!(
        harness.post(&path, unknown).errors(),
        json!({ "contact_id": ["The selected contact id is invalid."] })
    );
    harness.post("/api/templates/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/preview", json!({})).expect(404);
}

//! Tests of Wazaj: the three ways to send its key, fields, business rules.

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, config};

fn text() -> Value {
    json!({ "to": "+50912345678", "body": "Hello from Wazaj API", "preview_url": false, "reply_to_meta_message_id": null })
}

fn template() -> Value {
    json!({
        "to": "+50912345678", "template_name": "order_update", "template_language": "en",
        "template_components": [{ "type": "body", "parameters": [{ "type": "text", "text": "John" }] }],
    })
}

/// Makes a call as the vendor's samples do: without `Accept`, with the key in `X-API-Key`.
fn post(harness: &Harness, path: &str, body: &Value) -> Answer {
    let url = format!("{}/messages/{path}", harness.sandbox.wazaj_base_url());
    Answer::of(harness.client.post(url).header("x-api-key", harness.sandbox.wazaj_key()).json(body))
}

#[test]
fn both_calls_return_increasing_ids() {
    let harness = Harness::new();
    assert_eq!(post(&harness, "text", &text()).expect(200), json!({ "success": true, "message_id": 12345 }));
    assert_eq!(
        post(&harness, "template", &template()).expect(200),
        json!({ "success": true, "message_id": 12346 })
    );
}

#[test]
fn the_key_is_accepted_in_three_headers_only() {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), ..config() });
    let url = format!("{}/messages/text", harness.sandbox.wazaj_base_url());
    let with =
        |name: &str, value: String| Answer::of(harness.client.post(&url).header(name, value).json(&text()));
    let key = harness.sandbox.wazaj_key().to_owned();
    for (name, value) in [
        ("x-api-key", key.clone()),
        ("authorization", format!("Bearer {key}")),
        ("authorization", format!("ApiKey {key}")),
    ] {
        with(name, value).expect(200);
    }
    let unauthorized = json!({ "success": false, "message": "Unauthorized" });
    let none = Answer::of(harness.client.post(&url).json(&text()));
    assert_eq!(none.expect(401), unauthorized);
    for (name, value) in [
        ("x-api-key", "wzj_unknown".to_owned()),
        ("authorization", key.clone()),
        ("authorization", format!("Basic {key}")),
        ("cookie", format!("session={key}")),
    ] {
        assert_eq!(with(name, value).expect(401), unauthorized);
    }
    let made = |body: Value| {
        let made = harness.admin(Method::POST, "/wazaj/keys", body).expect(201);
        made["key"].as_str().unwrap().to_owned()
    };
    let revoked = made(json!({ "is_revoked": true }));
    assert_eq!(with("x-api-key", revoked).expect(401), unauthorized);
    let expiring = made(json!({ "expires_at": "2026-04-21T11:00:00Z" }));
    with("x-api-key", expiring.clone()).expect(200);
    harness.advance(3600);
    assert_eq!(with("x-api-key", expiring).expect(401), unauthorized);
}

#[test]
fn invalid_fields_have_the_documented_messages() {
    let harness = Harness::new();
    let refused = |path: &str, body: Value| {
        let body = post(&harness, path, &body).expect(422);
        assert_eq!((&body["success"], &body["message"]), (&json!(false), &json!("Validation failed")));
        body["errors"].clone()
    };
    assert_eq!(
        refused("text", json!({})),
        json!({ "to": ["The to field is required."], "body": ["The body field is required."] })
    );
    assert_eq!(
        refused(
            "text",
            json!({ "to": "50912345678", "body": 1, "preview_url": "x", "reply_to_meta_message_id": 1 })
        ),
        json!({
            "to": ["The to field format is invalid."],
            "body": ["The body field must be a string."],
            "preview_url": ["The preview url field must be true or false."],
            "reply_to_meta_message_id": ["The reply to meta message id field must be a string."],
        })
    );
    assert_eq!(
        refused("template", json!({ "template_components": ["x"] })),
        json!({
            "to": ["The to field is required."],
            "template_name": ["The template name field is required."],
            "template_language": ["The template language field is required."],
            "template_components.0": ["The template components.0 field must be an array."],
        })
    );
}

#[test]
fn the_state_of_the_account_can_refuse_a_send() {
    let harness = Harness::new();
    let standing = |body: Value| harness.admin(Method::POST, "/wazaj", body).expect(200);
    standing(json!({ "account": "disconnected" }));
    let body = post(&harness, "text", &text()).expect(403);
    assert_eq!(body, json!({ "success": false, "message": "Wazaj account disconnected" }));
    standing(json!({ "account": "blocked" }));
    post(&harness, "template", &template()).expect(403);
    standing(json!({ "ready": false }));
    assert_eq!(post(&harness, "text", &text()).expect(503)["success"], false);

    standing(json!({ "templates": false }));
    assert_eq!(post(&harness, "template", &template()).expect(422)["code"], "templates_not_entitled");
    post(&harness, "text", &text()).expect(200);
    for (place, pointer) in
        [("code", "/code"), ("error_code", "/error_code"), ("error", "/error"), ("message", "/message")]
    {
        standing(json!({ "billing": false, "code_in": place }));
        let body = post(&harness, "text", &text()).expect(422);
        assert_eq!(body.pointer(pointer), Some(&json!("billing_send_denied")), "{place}");
        assert_eq!(body["success"], false);
    }
    standing(json!({ "billing": false, "code_in": "errors" }));
    assert!(post(&harness, "template", &template()).expect(422)["errors"]["billing_send_denied"].is_array());
    standing(json!({}));
    post(&harness, "text", &text()).expect(200);
}

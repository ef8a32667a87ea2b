//! Tests of automations, which reply to simulated inbound messages by trigger and priority.

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, SESSION, config};

/// Starts a sandbox on a Tuesday morning.
fn harness() -> Harness {
    Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), ..config() })
}

fn automation(harness: &Harness, name: &str, trigger: &str, more: Value) -> String {
    let mut body = json!({
        "session_id": SESSION, "name": name, "trigger_type": trigger, "response_content": format!("{name} for {{{{name}}}}")
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    harness.post("/api/automations", body).expect(201)["id"].as_str().unwrap().to_owned()
}

/// Sends an inbound message and returns the reply, if there is one.
fn reply(harness: &Harness, from: &str, content: &str) -> Option<String> {
    let before = harness.get("/api/v1/messages?direction=outbound").expect(200)["total"].clone();
    let body = json!({ "from": from, "content": content, "name": "Jane" });
    harness.admin(Method::POST, "/inbound", body).expect(200);
    let after = harness.get("/api/v1/messages?direction=outbound").expect(200);
    (after["total"] != before).then(|| after["data"][0]["content"].as_str().unwrap().to_owned())
}

#[test]
fn each_trigger_type_replies_to_its_cause() {
    let harness = harness();
    assert_eq!(reply(&harness, "+15550", "anything"), None);
    automation(&harness, "keyword", "keyword", json!({ "trigger_value": "price" }));
    automation(&harness, "welcome", "welcome", json!({}));
    automation(&harness, "away", "away", json!({}));
    automation(&harness, "fallback", "fallback", json!({}));
    let reply_to = |content: &str| reply(&harness, "+15551", content).unwrap();
    assert_eq!(reply_to("hello"), "welcome for Jane", "the first message of a contact");
    assert_eq!(reply_to("What is the PRICE?"), "keyword for Jane");
    assert_eq!(reply_to("hello again"), "fallback for Jane", "nothing else matches");
    harness.advance(10 * 3600);
    assert_eq!(reply_to("hello at eight in the evening"), "away for Jane");
    assert_eq!(reply_to("the price at eight"), "keyword for Jane", "the older one if the priority is equal");
}

#[test]
fn only_the_automation_with_the_highest_priority_replies() {
    let harness = harness();
    let low = automation(&harness, "low", "keyword", json!({ "trigger_value": "hi", "priority": 1 }));
    let high = automation(&harness, "high", "keyword", json!({ "trigger_value": "hi", "priority": 100 }));
    assert_eq!(reply(&harness, "+15551", "hi").unwrap(), "high for Jane");
    let toggle = |id: &str| {
        harness.post(&format!("/api/automations/{id}/toggle"), json!({})).expect(200)["is_active"].clone()
    };
    assert_eq!(toggle(&high), false);
    assert_eq!(reply(&harness, "+15551", "hi").unwrap(), "low for Jane");
    assert_eq!(toggle(&high), true);
    harness.put(&format!("/api/automations/{low}"), json!({ "priority": 100 })).expect(200);
    assert_eq!(
        reply(&harness, "+15551", "hi").unwrap(),
        "low for Jane",
        "the older one if the priority is equal"
    );
    harness.delete(&format!("/api/automations/{low}")).expect(200);
    harness.delete(&format!("/api/automations/{high}")).expect(200);
    assert_eq!(reply(&harness, "+15551", "hi"), None);
}

#[test]
fn automations_reply_only_on_their_session_and_channel_and_conditions() {
    let harness = harness();
    let bot =
        harness.admin(Method::POST, "/sessions", json!({ "channel": "telegram", "name": "Bot" })).expect(201);
    automation(&harness, "elsewhere", "fallback", json!({ "session_id": bot["id"], "channel": "all" }));
    automation(&harness, "wrong channel", "fallback", json!({ "channel": "telegram" }));
    automation(&harness, "vip", "fallback", json!({ "conditions": { "tags": ["vip"] } }));
    assert_eq!(reply(&harness, "+15551", "x"), None);
    harness.contact("+15552", json!({ "name": "Jane", "tags": ["vip"] }));
    assert_eq!(reply(&harness, "+15552", "x").unwrap(), "vip for Jane");
    let inbound = json!({ "from": "+15553", "content": "x", "session_id": bot["id"] });
    harness.admin(Method::POST, "/inbound", inbound).expect(200);
    let newest = harness.get("/api/v1/messages?channel=telegram").expect(200);
    assert_eq!(newest["data"][0]["content"], "elsewhere for +15553");
}

#[test]
fn an_automation_shows_its_last_50_logs() {
    let harness = harness();
    let id = automation(&harness, "fallback", "fallback", json!({}));
    for number in 0..52 {
        reply(&harness, "+15551", &number.to_string());
    }
    let shown = harness.get(&format!("/api/automations/{id}")).expect(200);
    let logs = shown["trigger_logs"].as_array().unwrap();
    assert_eq!(logs.len(), 50);
    let newest = harness.get("/api/v1/messages?direction=inbound").expect(200)["data"][0]["id"].clone();
    assert_eq!(logs[0]["message_id"], newest);
}

#[test]
fn the_list_is_filtered() {
    let harness = harness();
    let id = automation(&harness, "a", "welcome", json!({}));
    automation(&harness, "b", "keyword", json!({ "trigger_value": "x" }));
    harness.post(&format!("/api/automations/{id}/toggle"), json!({})).expect(200);
    let total = |query: &str| {
        harness.get(&format!("/api/automations?{query}")).expect(200)["total"].as_u64().unwrap()
    };
    assert_eq!(total(""), 2);
    assert_eq!((total("is_active=0"), total("is_active=1")), (1, 1));
    assert_eq!((total("trigger_type=keyword"), total("trigger_type=away")), (1, 0));
    assert_eq!(total(&format!("session_id={SESSION}")), 2);
    assert_eq!(total("session_id=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"), 0);
}

#[test]
fn each_invalid_field_gets_a_message() {
    let harness = harness();
    assert_eq!(
        harness.post("/api/automations", json!({})).errors(),
        json!({
            "session_id": ["The session id field is required."],
            "name": ["The name field is required."],
            "trigger_type": ["The trigger type field is required."],
            "response_content": ["The response content field is required."],
        })
    );
    let body = json!({
        "session_id": SESSION, "name": "x", "trigger_type": "keyword", "response_content": "x", "priority": 101,
        "channel": "instagram", "conditions": "x", "response_buttons": "x", "response_media_url": "x",
    });
    assert_eq!(
        harness.post("/api/automations", body).errors(),
        json!({
            "channel": ["The selected channel is invalid."],
            "trigger_value": ["The trigger value field is required when trigger type is keyword."],
            "response_media_url": ["The response media url field must be a valid URL."],
            "response_buttons": ["The response buttons field must be an array."],
            "conditions": ["The conditions field must be an array."],
            "priority": ["The priority field must not be greater than 100."],
        })
    );
    let id = automation(&harness, "a", "welcome", json!({}));
    let path = format!("/api/automations/{id}");
    let errors = harness.put(&path, json!({ "trigger_type": "keyword", "priority": -1 })).errors();
    assert_eq!(
        errors,
        json!({
            "trigger_value": ["The trigger value field is required when trigger type is keyword."],
            "priority": ["The priority field must be at least 0."],
        })
    );
    harness
        .put(&path, json!({ "trigger_type": "keyword", "trigger_value": "x", "is_active": false }))
        .expect(200);
    assert_eq!(harness.get(&path).expect(200)["is_active"], false);
}

//! Tests of campaigns: fields, lifecycle, invalid transitions, scheduling, recipients and consistent statistics.

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, SESSION, config};

fn campaign(harness: &Harness, more: Value) -> String {
    let mut body = json!({
        "name": "Sale", "session_id": SESSION, "message_content": "Hi {{ name }}!", "target_type": "all"
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    harness.post("/api/v1/campaigns", body).expect(201)["id"].as_str().unwrap().to_owned()
}

fn act(harness: &Harness, id: &str, action: &str) -> Answer {
    let prefix = if action == "start" { "/api/v1" } else { "/api" };
    harness.post(&format!("{prefix}/campaigns/{id}/{action}"), json!({}))
}

fn stats(harness: &Harness, id: &str) -> Value {
    harness.get(&format!("/api/campaigns/{id}/stats")).expect(200)
}

fn status(harness: &Harness, id: &str) -> String {
    let all = harness.get("/api/analytics/campaigns").expect(200);
    let found = all["campaigns"].as_array().unwrap().iter().find(|campaign| campaign["id"] == id);
    found.unwrap()["status"].as_str().unwrap().to_owned()
}

/// Creates contacts with every outcome: four read, one fails, one phone is off, one does not read.
fn with_contacts(harness: &Harness) {
    for phone in ["+15551", "+15552", "+15553", "+15554", "+1555999001", "+1555999002", "+1555999003"] {
        harness.contact(phone, json!({ "name": format!("Name of {phone}") }));
    }
}

#[test]
fn a_completed_campaign_has_consistent_statistics() {
    let harness = Harness::new();
    with_contacts(&harness);
    let id = campaign(&harness, json!({}));
    let before = stats(&harness, &id);
    assert_eq!((&before["total_recipients"], &before["delivery_rate"]), (&json!(0), &json!(0.0)));
    assert_eq!(act(&harness, &id, "start").expect(200)["status"], "running");
    let started = stats(&harness, &id);
    assert_eq!((&started["total_recipients"], &started["pending_count"]), (&json!(7), &json!(7)));
    harness.advance(60);
    assert_eq!(status(&harness, &id), "completed");
    assert_eq!(
        stats(&harness, &id),
        json!({
            "total_recipients": 7, "sent_count": 6, "delivered_count": 5, "read_count": 4, "failed_count": 1,
            "pending_count": 0, "delivery_rate": 83.33, "read_rate": 80.0,
        })
    );
    let messages = harness.get("/api/v1/messages").expect(200);
    let contents: Vec<&str> = messages["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["content"].as_str().unwrap())
        .collect();
    assert_eq!(contents.len(), 7);
    assert!(contents.contains(&"Hi Name of +15553!"));
}

#[test]
fn a_campaign_writes_only_to_its_target() {
    let harness = Harness::new();
    let ann = harness.contact("+15551", json!({ "tags": ["vip"] }));
    let bob = harness.contact("+15552", json!({ "tags": ["vip"], "custom_fields": { "city": "NY" } }));
    harness.contact("+15553", json!({ "email": "c@example.com" }));
    let group = harness.post("/api/v1/contact-groups", json!({ "name": "G", "type": "static" })).expect(201);
    let group = group["id"].as_str().unwrap().to_owned();
    harness
        .post(&format!("/api/v1/contact-groups/{group}/contacts"), json!({ "contact_ids": [ann] }))
        .expect(200);
    let recipients = |more: Value| {
        let id = campaign(&harness, more);
        act(&harness, &id, "start").expect(200);
        stats(&harness, &id)["total_recipients"].as_u64().unwrap()
    };
    assert_eq!(recipients(json!({})), 3);
    let by_group = json!({ "target_type": "group", "target_filters": { "group_id": group } });
    assert_eq!(recipients(by_group.clone()), 1);
    assert_eq!(recipients(json!({ "target_type": "filter", "target_filters": { "tags": ["vip"] } })), 2);
    let city = json!({ "custom_fields": { "city": "NY" } });
    assert_eq!(recipients(json!({ "target_type": "filter", "target_filters": city })), 1);
    assert_eq!(
        recipients(json!({ "channel": "email", "session_id": null })),
        1,
        "only contacts with an email address"
    );
    harness.post(&format!("/api/contacts/{ann}/block"), json!({})).expect(200);
    assert_eq!(recipients(json!({})), 2, "blocked contacts are left out");
    assert_eq!(recipients(by_group), 0);
    let bot =
        harness.admin(Method::POST, "/sessions", json!({ "channel": "telegram", "name": "Bot" })).expect(201);
    let by_bot = json!({ "channel": "telegram", "session_id": bot["id"] });
    assert_eq!(recipients(by_bot.clone()), 0, "no contact has a telegram_chat_id");
    harness
        .put(&format!("/api/v1/contacts/{bob}"), json!({ "custom_fields": { "telegram_chat_id": "1" } }))
        .expect(200);
    assert_eq!(recipients(by_bot), 1);
}

#[test]
fn a_contact_blocked_after_the_start_gets_no_message() {
    let harness = Harness::new();
    let ann = harness.contact("+15551", json!({}));
    harness.contact("+15552", json!({}));
    let id = campaign(&harness, json!({}));
    act(&harness, &id, "start").expect(200);
    harness.post(&format!("/api/contacts/{ann}/block"), json!({})).expect(200);
    harness.advance(60);
    let stats = stats(&harness, &id);
    assert_eq!((&stats["total_recipients"], &stats["sent_count"]), (&json!(1), &json!(1)));
    assert_eq!(status(&harness, &id), "completed");
}

#[test]
fn a_campaign_completes_if_a_waiting_contact_is_deleted() {
    let harness = Harness::new();
    let ann = harness.contact("+15551", json!({}));
    let bob = harness.contact("+15552", json!({}));
    harness.put(&format!("/api/whatsapp/sessions/{SESSION}"), json!({ "daily_limit": 1 })).expect(200);
    let id = campaign(&harness, json!({}));
    act(&harness, &id, "start").expect(200);
    harness.advance(10);
    assert_eq!(stats(&harness, &id)["pending_count"], 1, "held back until the next day");
    let messages = harness.get("/api/v1/messages").expect(200);
    let queued =
        messages["data"].as_array().unwrap().iter().find(|message| message["status"] == "queued").unwrap();
    let waiting = if queued["contact"]["id"] == ann.as_str() { ann } else { bob };
    harness.delete(&format!("/api/v1/contacts/{waiting}")).expect(200);
    assert_eq!(
        (status(&harness, &id).as_str(), &stats(&harness, &id)["total_recipients"]),
        ("completed", &json!(1))
    );
}

/// Tries every action in every state. The documented transitions succeed. All others are refused and change nothing.
#[test]
fn only_the_documented_transitions_are_allowed() {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), ..config() });
    harness.contact("+15551", json!({}));
    let in_state = |state: &str| {
        let later = json!({ "scheduled_at": "2026-05-01T00:00:00Z" });
        let id = campaign(&harness, if state == "scheduled" { later } else { json!({}) });
        let way: &[&str] = match state {
            "draft" | "scheduled" => &[],
            "running" | "completed" => &["start"],
            "paused" => &["start", "pause"],
            "canceled" => &["start", "cancel"],
            _ => panic!("{state}"),
        };
        for action in way {
            act(&harness, &id, action).expect(200);
        }
        if state == "completed" {
            harness.advance(30);
        }
        assert_eq!(status(&harness, &id), state);
        id
    };
    let allowed = [
        ("start", vec!["draft", "scheduled", "paused"], "running"),
        ("pause", vec!["running"], "paused"),
        ("resume", vec!["paused"], "running"),
        ("cancel", vec!["scheduled", "running", "paused"], "canceled"),
        ("update", vec!["draft", "scheduled"], ""),
        ("delete", vec!["draft", "scheduled", "canceled"], ""),
    ];
    for state in ["draft", "scheduled", "running", "paused", "canceled", "completed"] {
        for (action, from, becomes) in &allowed {
            let id = in_state(state);
            let path = format!("/api/campaigns/{id}");
            let answer = match *action {
                "update" => harness.put(&path, json!({ "name": "Other" })),
                "delete" => harness.delete(&path),
                action => act(&harness, &id, action),
            };
            if from.contains(&state) {
                let body = answer.expect(200);
                if !becomes.is_empty() {
                    assert_eq!(body["status"], *becomes, "{action} from {state}");
                }
            } else {
                let past = match *action {
                    "start" => "started",
                    "pause" => "paused",
                    "resume" => "resumed",
                    "cancel" => "canceled",
                    "update" => "updated",
                    _ => "deleted",
                };
                let message = format!("A {state} campaign cannot be {past}.");
                assert_eq!(answer.errors(), json!({ "status": [message] }));
                assert_eq!(status(&harness, &id), state);
            }
        }
    }
}

#[test]
fn a_scheduled_campaign_starts_at_its_time() {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), ..config() });
    harness.contact("+15551", json!({}));
    let id = campaign(&harness, json!({ "scheduled_at": "2026-04-21T11:00:00Z" }));
    assert_eq!(status(&harness, &id), "scheduled");
    harness.advance(3599 - 5);
    assert_eq!(status(&harness, &id), "scheduled");
    harness.advance(6);
    assert_ne!(status(&harness, &id), "scheduled");
    harness.advance(60);
    assert_eq!(status(&harness, &id), "completed");

    let moved = campaign(&harness, json!({ "scheduled_at": "2026-04-22T00:00:00Z" }));
    let path = format!("/api/campaigns/{moved}");
    let later = json!({ "scheduled_at": "2026-04-25T02:00:00+02:00" });
    assert_eq!(harness.put(&path, later).expect(200)["scheduled_at"], "2026-04-25T00:00:00Z");
    harness.advance(2 * 24 * 3600);
    assert_eq!(status(&harness, &moved), "scheduled", "the previous time no longer counts");
    assert_eq!(harness.put(&path, json!({ "scheduled_at": null })).expect(200)["status"], "draft");
    harness.advance(7 * 24 * 3600);
    assert_eq!(status(&harness, &moved), "draft");
}

#[test]
fn a_paused_campaign_sends_nothing_until_it_resumes() {
    let harness = Harness::new();
    for number in 0..40 {
        harness.contact(&format!("+1555{number:03}"), json!({}));
    }
    let id = campaign(&harness, json!({}));
    act(&harness, &id, "start").expect(200);
    harness.advance(1);
    act(&harness, &id, "pause").expect(200);
    harness.advance(60);
    let sent = stats(&harness, &id)["sent_count"].as_u64().unwrap();
    assert!((5..40).contains(&sent), "{sent}");
    assert_eq!(stats(&harness, &id)["pending_count"], 40 - sent);
    // Both documented ways, `resume` and `start`, continue the campaign.
    act(&harness, &id, "resume").expect(200);
    act(&harness, &id, "pause").expect(200);
    act(&harness, &id, "start").expect(200);
    harness.advance(60);
    assert_eq!(
        (status(&harness, &id).as_str(), &stats(&harness, &id)["sent_count"]),
        ("completed", &json!(40))
    );
    assert_eq!(harness.get("/api/v1/messages").expect(200)["total"], 40, "no contact gets two messages");
}

#[test]
fn messages_held_back_by_a_limit_are_not_sent_after_a_pause_or_cancellation() {
    let harness = Harness::new();
    for number in 0..4 {
        harness.contact(&format!("+1555{number}"), json!({}));
    }
    let session = format!("/api/whatsapp/sessions/{SESSION}");
    harness.put(&session, json!({ "daily_limit": 1 })).expect(200);
    let total = |direction: &str| {
        let path = format!("/api/v1/messages?direction={direction}");
        harness.get(&path).expect(200)["total"].as_u64().unwrap()
    };
    let id = campaign(&harness, json!({}));
    act(&harness, &id, "start").expect(200);
    harness.advance(10);
    act(&harness, &id, "pause").expect(200);
    harness.put(&session, json!({ "daily_limit": 100 })).expect(200);
    harness.advance(60);
    assert_eq!(stats(&harness, &id)["sent_count"], 1, "nothing is sent during a pause");
    act(&harness, &id, "resume").expect(200);
    harness.advance(60);
    assert_eq!((status(&harness, &id).as_str(), total("outbound")), ("completed", 4));

    harness.put(&session, json!({ "daily_limit": 5 })).expect(200);
    let id = campaign(&harness, json!({}));
    act(&harness, &id, "start").expect(200);
    harness.advance(10);
    act(&harness, &id, "cancel").expect(200);
    harness.advance(2 * 24 * 3600);
    let stats = stats(&harness, &id);
    assert_eq!((&stats["sent_count"], &stats["pending_count"]), (&json!(1), &json!(3)));
    assert_eq!(total("outbound"), 5, "nothing is sent after a cancellation");
}

#[test]
fn a_campaign_waits_for_a_disconnected_session() {
    let harness = Harness::new();
    harness.contact("+15551", json!({}));
    let id = campaign(&harness, json!({}));
    let drop = |event: &str| {
        harness.admin(Method::POST, &format!("/sessions/{SESSION}/{event}"), json!({})).expect(200)
    };
    drop("drop");
    assert_eq!(
        act(&harness, &id, "start").errors(),
        json!({ "session_id": ["The selected session is not connected."] })
    );
    drop("scan");
    act(&harness, &id, "start").expect(200);
    drop("drop");
    harness.advance(60);
    assert_eq!(stats(&harness, &id)["pending_count"], 1);
    drop("scan");
    harness.advance(60);
    assert_eq!(status(&harness, &id), "completed");
    let other = campaign(&harness, json!({}));
    act(&harness, &other, "start").expect(200);
    harness.delete(&format!("/api/whatsapp/sessions/{SESSION}")).expect(200);
    assert_eq!(status(&harness, &other), "paused");
}

#[test]
fn each_invalid_field_gets_a_message() {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), ..config() });
    let errors = |body: Value| harness.post("/api/v1/campaigns", body).errors();
    assert_eq!(
        errors(json!({})),
        json!({
            "name": ["The name field is required."],
            "session_id": ["The session id field is required."],
            "message_content": ["The message content field is required."],
            "target_type": ["The target type field is required."],
        })
    );
    assert_eq!(
        errors(json!({
            "name": "x".repeat(256), "channel": "instagram", "session_id": SESSION, "message_content": "x",
            "target_type": "everybody", "media_url": "x", "buttons": "x", "scheduled_at": "2026-04-21T09:59:59Z",
        })),
        json!({
            "name": ["The name field must not be greater than 255 characters."],
            "channel": ["The selected channel is invalid."],
            "target_type": ["The selected target type is invalid."],
            "media_url": ["The media url field must be a valid URL."],
            "buttons": ["The buttons field must be an array."],
            "scheduled_at": ["The scheduled at field must be a date after now."],
        })
    );
    let group = json!({ "name": "x", "session_id": SESSION, "message_content": "x", "target_type": "group" });
    assert_eq!(
        errors(group.clone()),
        json!({ "target_filters": ["The target filters field is required when target type is group."] })
    );
    let mut unknown = group;
    unknown["target_filters"] = json!({ "group_id": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee" });
    assert_eq!(
        errors(unknown),
        json!({ "target_filters.group_id": ["The selected target filters.group id is invalid."] })
    );
}

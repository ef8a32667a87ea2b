//! Tests of sending, of the progress of messages, and of the list.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, SESSION, until};

#[test]
fn sends_require_the_fields_of_the_vendors_page() {
    let harness = Harness::new();
    let errors = |body: Value| harness.post("/api/v1/messages/send", body).errors();
    assert_eq!(
        errors(json!({})),
        json!({
            "channel": ["The channel field is required."],
            "to": ["The to field is required."],
            "message": ["The message field is required when type is text."],
            "session_id": ["The session id field is required."],
        })
    );
    assert_eq!(
        errors(json!({
            "channel": "telegram", "to": "not a number", "type": "image", "media_url": "x", "session_id": "x"
        })),
        json!({
            "channel": ["The selected channel is invalid."],
            "to": ["The to field must be a valid phone number."],
            "media_url": ["The media url field must be a valid URL."],
            "session_id": ["The session id field must be a valid UUID."],
        })
    );
    assert_eq!(
        errors(json!({ "channel": "whatsapp", "to": "+1555", "type": "video", "session_id": SESSION })),
        json!({ "media_url": ["The media url field is required when type is video."] })
    );
    let unknown = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    assert_eq!(
        errors(
            json!({ "channel": "whatsapp", "to": "+1555", "message": "x", "type": "song", "session_id": unknown })
        ),
        json!({
            "type": ["The selected type is invalid."],
            "session_id": ["The selected session id is invalid."],
        })
    );
}

#[test]
fn text_and_media_are_queued_and_listed() {
    let harness = Harness::new();
    let send = |body: Value| harness.post("/api/v1/messages/send", body).expect(201);
    let text = send(
        json!({ "channel": "whatsapp", "session_id": SESSION, "to": "+1 555-123 4567", "message": "hi" }),
    );
    assert_eq!(text["status"], "queued");
    let media = send(json!({
        "channel": "whatsapp", "session_id": SESSION, "to": "+15551234567", "type": "image",
        "media_url": "https://example.com/promo.jpg",
    }));
    let list = harness.get("/api/v1/messages").expect(200);
    assert_eq!((&list["total"], &list["per_page"]), (&json!(2), &json!(50)));
    assert_eq!((&list["data"][0]["id"], &list["data"][1]["id"]), (&media["message_id"], &text["message_id"]));
    let shown = &list["data"][1];
    assert_eq!(
        (&shown["content"], &shown["direction"], &shown["type"]),
        (&json!("hi"), &json!("outbound"), &json!("text"))
    );
    assert_eq!(shown["session"], json!({ "id": SESSION, "name": "Sandbox session" }));
    assert_eq!(shown["contact"], Value::Null, "no contact has this number");
    let jane = harness.contact("+15551234567", json!({ "name": "Jane" }));
    let contact = json!({ "id": jane, "name": "Jane", "phone_number": "+15551234567" });
    assert_eq!(harness.get("/api/v1/messages").expect(200)["data"][1]["contact"], contact);
}

#[test]
fn messages_progress_and_some_numbers_select_the_outcome() {
    let harness = Harness::fast();
    for (to, end) in [
        ("+15551234567", "read"),
        ("+1555999001", "failed"),
        ("+1555999002", "sent"),
        ("+1555999003", "delivered"),
    ] {
        let id = harness.send(to, "hello");
        until(|| (harness.message(&id)["status"] == end).then_some(()));
        harness.advance(3600);
        assert_eq!(harness.message(&id)["status"], end, "the status does not change any more");
    }
}

#[test]
fn the_list_is_filtered() {
    let harness = Harness::new();
    let jane = harness.contact("+15551", json!({ "name": "Jane" }));
    harness.send("+15551", "to Jane");
    harness.send("+15552", "to somebody");
    harness.admin(Method::POST, "/inbound", json!({ "from": "+15551", "content": "from Jane" })).expect(200);
    let total = |query: &str| {
        harness.get(&format!("/api/v1/messages?{query}")).expect(200)["total"].as_u64().unwrap()
    };
    assert_eq!(total(""), 3);
    assert_eq!((total("direction=inbound"), total("direction=outbound")), (1, 2));
    assert_eq!(total(&format!("contact_id={jane}")), 2);
    assert_eq!(total(&format!("contact_id={jane}&direction=inbound")), 1);
    assert_eq!(total("contact_id=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"), 0);
    assert_eq!((total("channel=whatsapp"), total("channel=telegram")), (3, 0));
    assert_eq!(total(&format!("session_id={SESSION}")), 3);
    assert_eq!(total("session_id=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"), 0);
    let inbound = harness.get("/api/v1/messages?direction=inbound").expect(200)["data"][0].clone();
    assert_eq!((&inbound["status"], &inbound["content"]), (&json!("received"), &json!("from Jane")));
    assert_eq!(inbound["contact"]["name"], "Jane");
    let wrong =
        harness.get("/api/v1/messages?direction=up&channel=pigeon&contact_id=x&session_id=x").errors();
    assert_eq!(wrong.as_object().unwrap().len(), 4);
}

#[test]
fn sends_through_a_disconnected_session_are_refused() {
    let harness = Harness::new();
    harness.post(&format!("/api/whatsapp/sessions/{SESSION}/disconnect"), json!({})).expect(200);
    let body = json!({ "channel": "whatsapp", "session_id": SESSION, "to": "+15551", "message": "x" });
    let refused = harness.post("/api/v1/messages/send", body).errors();
    assert_eq!(refused, json!({ "session_id": ["The selected session is not connected."] }));
}

#[test]
fn messages_beyond_the_limit_are_dropped() {
    let harness =
        Harness::with(hudhud_sandbox::Config { keep: 10, time_scale: 100.0, ..crate::harness::config() });
    for number in 0..30 {
        harness.send("+15551", &number.to_string());
    }
    until(|| {
        harness.advance(10);
        harness.send("+15551", "one more");
        let total = harness.get("/api/v1/messages").expect(200)["total"].as_u64().unwrap();
        (total <= 11).then_some(())
    });
}

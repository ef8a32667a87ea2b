//! Tests of idempotent replay: 24 hours, per key and path, with the same status and body.

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, config};

fn post(harness: &Harness, path: &str, key: &str, body: Value) -> Answer {
    Answer::of(harness.request(Method::POST, path).header("idempotency-key", key).json(&body))
}

fn group(name: &str) -> Value {
    json!({ "name": name, "type": "static" })
}

#[test]
fn a_repeated_key_gets_the_first_response() {
    let harness = Harness::new();
    let first = post(&harness, "/api/v1/contact-groups", "k1", group("One"));
    assert_eq!((first.status, first.header("idempotent-replay")), (201, ""));
    // The scope is the key and the path, not the body.
    let again = post(&harness, "/api/v1/contact-groups", "k1", group("Two"));
    assert_eq!((again.status, &again.text, again.header("idempotent-replay")), (201, &first.text, "true"));
    assert_eq!(harness.get("/api/v1/contact-groups").expect(200)["total"], 1);
    assert_eq!(post(&harness, "/api/v1/contact-groups", "k2", group("Two")).header("idempotent-replay"), "");
}

#[test]
fn another_path_or_key_gets_a_new_response() {
    let harness = Harness::new();
    post(&harness, "/api/v1/contact-groups", "k", group("One")).expect(201);
    let contact = post(&harness, "/api/v1/contacts", "k", json!({ "phone_number": "+15551" }));
    assert_eq!((contact.status, contact.header("idempotent-replay")), (201, ""));
    let other = harness.admin(Method::POST, "/keys", json!({})).expect(201);
    let (public, secret) = (other["public_key"].as_str().unwrap(), other["secret_key"].as_str().unwrap());
    let request = harness.request_as(Method::POST, "/api/v1/contact-groups", public, secret);
    let answer = Answer::of(request.header("idempotency-key", "k").json(&group("Two")));
    assert_eq!((answer.status, answer.header("idempotent-replay")), (201, ""));
}

#[test]
fn responses_to_deletes_and_updates_are_replayed() {
    let harness = Harness::new();
    let id = harness.contact("+15551234567", json!({}));
    let path = format!("/api/v1/contacts/{id}");
    let delete = || Answer::of(harness.request(Method::DELETE, &path).header("idempotency-key", "gone"));
    let (first, second) = (delete(), delete());
    assert_eq!((first.status, &first.text), (second.status, &second.text));
    assert_eq!(second.header("idempotent-replay"), "true");
    assert_eq!(harness.delete(&path).code(404), "not_found");
}

#[test]
fn a_response_is_not_replayed_after_24_hours() {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T12:00:00Z".into()), ..config() });
    post(&harness, "/api/v1/contact-groups", "k", group("One")).expect(201);
    harness.advance(24 * 3600 - 60);
    assert_eq!(
        post(&harness, "/api/v1/contact-groups", "k", group("One")).header("idempotent-replay"),
        "true"
    );
    harness.advance(61);
    assert_eq!(post(&harness, "/api/v1/contact-groups", "k", group("One")).header("idempotent-replay"), "");
    assert_eq!(harness.get("/api/v1/contact-groups").expect(200)["total"], 2);
}

#[test]
fn only_successful_responses_are_replayed() {
    let harness = Harness::new();
    post(&harness, "/api/v1/contact-groups", "k", json!({})).errors();
    let answer = post(&harness, "/api/v1/contact-groups", "k", group("One"));
    assert_eq!((answer.status, answer.header("idempotent-replay")), (201, ""));
}

#[test]
fn a_malformed_key_is_refused() {
    let harness = Harness::new();
    for key in ["has space", "ümlaut", "dot.dot", &"a".repeat(256), ""] {
        let answer = post(&harness, "/api/v1/contact-groups", key, group("One"));
        assert_eq!(answer.code(400), "invalid_idempotency_key", "{key}");
    }
    post(&harness, "/api/v1/contact-groups", &"a".repeat(255), group("One")).expect(201);
}

#[test]
fn keys_on_reads_and_outside_v1_are_ignored() {
    let harness = Harness::new();
    let read = harness.request(Method::GET, "/api/v1/contacts").header("idempotency-key", "not valid!");
    Answer::of(read).expect(200);
    let template = |name: &str| {
        post(&harness, "/api/templates", "k", json!({ "name": name, "channel": "all", "content": "x" }))
    };
    assert_ne!(template("One").expect(201)["id"], template("Two").expect(201)["id"]);
}

#[test]
fn a_retry_after_a_lost_response_takes_effect_once() {
    let harness = Harness::new();
    harness.sandbox.fault("contact_groups.create", 1, "lost").unwrap();
    let request = || {
        let request = harness.request(Method::POST, "/api/v1/contact-groups").header("idempotency-key", "k");
        request.json(&group("One"))
    };
    assert!(request().send().is_err(), "the connection ends without a response");
    let again = Answer::of(request());
    assert_eq!((again.status, again.header("idempotent-replay")), (201, "true"));
    assert_eq!(harness.get("/api/v1/contact-groups").expect(200)["total"], 1);
}

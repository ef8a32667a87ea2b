//! Tests of the quirks: the alternative readings of the contract, to test clients with both.

use hudhud_sandbox::{Config, Quirk};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, SESSION, config};

fn with(quirk: Quirk) -> Harness {
    Harness::with(Config { quirks: vec![quirk], ..config() })
}

#[test]
fn single_resources_can_be_wrapped() {
    let harness = with(Quirk::WrapData);
    let made = harness.post("/api/v1/contacts", json!({ "phone_number": "+15551" })).expect(201);
    let id = made["data"]["id"].as_str().unwrap();
    assert_eq!(harness.get(&format!("/api/v1/contacts/{id}")).expect(200)["data"]["id"], id);
    assert!(harness.get("/api/v1/me").expect(200)["data"]["id"].is_string(), "wrapped once");
}

#[test]
fn empty_maps_can_be_lists() {
    let harness = with(Quirk::EmptyMapsAsLists);
    let made = harness.post("/api/v1/contacts", json!({ "phone_number": "+15551" })).expect(201);
    assert_eq!(made["custom_fields"], json!([]));
}

#[test]
fn numbers_can_be_text() {
    let harness = with(Quirk::NumbersAsText);
    assert_eq!(harness.get("/api/analytics/overview").expect(200)["total_contacts"], "0");
}

#[test]
fn lists_can_be_resource_collections() {
    let harness = with(Quirk::MetaLists);
    harness.contact("+15551", json!({}));
    let list = harness.get("/api/v1/contacts").expect(200);
    assert_eq!((&list["meta"]["current_page"], &list["links"]["next"]), (&json!(1), &Value::Null));
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[test]
fn page_can_be_ignored() {
    let harness = with(Quirk::IgnorePage);
    assert_eq!(harness.get("/api/v1/contacts?page=3").expect(200)["current_page"], 1);
}

#[test]
fn app_routes_can_use_the_envelope() {
    let harness = with(Quirk::AppEnvelope);
    let stranger = Answer::of(harness.bare(Method::GET, "/api/analytics/overview"));
    assert_eq!(stranger.code(401), "unauthenticated");
    assert_eq!(harness.post("/api/templates", json!({})).code(422), "validation_failed");
}

#[test]
fn deletions_can_respond_with_204() {
    let harness = with(Quirk::NoContent);
    let id = harness.contact("+15551", json!({}));
    let gone = harness.delete(&format!("/api/v1/contacts/{id}"));
    assert_eq!((gone.status, gone.text.as_str(), gone.header("content-type")), (204, "", ""));
}

#[test]
fn sends_can_respond_with_202() {
    let harness = with(Quirk::SendAccepted);
    let body = json!({ "channel": "whatsapp", "session_id": SESSION, "to": "+15551", "message": "x" });
    harness.post("/api/v1/messages/send", body).expect(202);
}

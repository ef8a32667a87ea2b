//! Tests of groups: static ones with members, and dynamic ones with filters.

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, config};

fn group(harness: &Harness, body: Value) -> String {
    harness.post("/api/v1/contact-groups", body).expect(201)["id"].as_str().unwrap().to_owned()
}

fn count(harness: &Harness, id: &str) -> u64 {
    harness.get(&format!("/api/v1/contact-groups/{id}")).expect(200)["contacts_count"].as_u64().unwrap()
}

#[test]
fn members_are_added_and_removed_by_id_and_by_number() {
    let harness = Harness::new();
    let ann = harness.contact("+201140220996", json!({}));
    harness.contact("+201001234567", json!({}));
    let id = group(&harness, json!({ "name": "VIP Customers", "type": "static" }));
    let path = format!("/api/v1/contact-groups/{id}/contacts");
    let phones = json!({ "phone_numbers": ["+20 114 022 0996", "+201001234567", "+999"] });
    let added = harness.post(&path, phones).expect(200);
    assert_eq!((&added["added"], &added["contacts_count"]), (&json!(2), &json!(2)));
    assert_eq!(
        harness.post(&path, json!({ "contact_ids": [ann] })).expect(200)["added"],
        0,
        "already a member"
    );
    let removed = Answer::of(harness.request(Method::DELETE, &path).json(&json!({ "contact_ids": [ann] })));
    assert_eq!(removed.expect(200)["contacts_count"], 1);
    let both = json!({
        "contact_ids": ["The contact ids field is required when phone numbers is not present."],
        "phone_numbers": ["The phone numbers field is required when contact ids is not present."],
    });
    assert_eq!(harness.post(&path, json!({})).errors(), both);
    let listed = harness.get("/api/v1/contact-groups").expect(200);
    assert_eq!(listed["data"][0]["contacts_count"], 1);
    harness.delete(&format!("/api/v1/contact-groups/{id}")).expect(200);
    assert_eq!(harness.get("/api/v1/contacts").expect(200)["total"], 2, "contacts are not deleted");
    assert_eq!(harness.get(&format!("/api/v1/contact-groups/{id}")).code(404), "not_found");
}

#[test]
fn a_group_shows_its_first_100_contacts() {
    let harness = Harness::new();
    let id =
        group(&harness, json!({ "name": "Everybody", "type": "dynamic", "filters": { "tags": ["all"] } }));
    for number in 0..101 {
        harness.contact(&format!("+1555{number:04}"), json!({ "tags": ["all"] }));
    }
    let shown = harness.get(&format!("/api/v1/contact-groups/{id}")).expect(200);
    assert_eq!((shown["contacts"].as_array().unwrap().len(), &shown["contacts_count"]), (100, &json!(101)));
}

#[test]
fn a_dynamic_group_contains_the_contacts_that_match_its_filters() {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), ..config() });
    let by = |filters: Value| group(&harness, json!({ "name": "G", "type": "dynamic", "filters": filters }));
    let tagged = by(json!({ "tags": ["vip"] }));
    let from = by(json!({ "created_from": "2026-04-22" }));
    let until = by(json!({ "created_to": "2026-04-21" }));
    let living = by(json!({ "custom_fields": { "city": "NY" } }));
    let counts = || [&tagged, &from, &until, &living].map(|id| count(&harness, id));
    assert_eq!(counts(), [0, 0, 0, 0]);
    let id = harness.contact("+15551", json!({ "tags": ["vip"], "custom_fields": { "city": "NY" } }));
    assert_eq!(counts(), [1, 0, 1, 1]);
    harness.advance(24 * 3600);
    harness.contact("+15552", json!({ "tags": ["vip", "new"] }));
    assert_eq!(counts(), [2, 1, 1, 1]);
    harness
        .put(&format!("/api/v1/contacts/{id}"), json!({ "tags": [], "custom_fields": { "city": "LA" } }))
        .expect(200);
    assert_eq!(counts(), [1, 1, 1, 0]);
    let path = format!("/api/v1/contact-groups/{tagged}");
    harness.put(&path, json!({ "filters": { "tags": ["new"] }, "description": "d" })).expect(200);
    assert_eq!(count(&harness, &tagged), 1);
    let members = format!("{path}/contacts");
    let refused = harness.post(&members, json!({ "contact_ids": [id] })).errors();
    assert_eq!(refused["type"], json!(["Contacts can only be added to or removed from static groups."]));
}

#[test]
fn each_invalid_field_gets_a_message() {
    let harness = Harness::new();
    let errors = |body: Value| harness.post("/api/v1/contact-groups", body).errors();
    assert_eq!(
        errors(json!({})),
        json!({ "name": ["The name field is required."], "type": ["The type field is required."] })
    );
    assert_eq!(
        errors(json!({ "name": "x", "type": "dynamic" })),
        json!({ "filters": ["The filters field is required when type is dynamic."] })
    );
    assert_eq!(
        errors(
            json!({ "name": "x", "type": "other", "filters": { "tags": "vip", "created_from": "April" } })
        ),
        json!({
            "type": ["The selected type is invalid."],
            "filters.tags": ["The filters.tags field must be an array."],
            "filters.created_from": ["The filters.created from field must match the format Y-m-d."],
        })
    );
}

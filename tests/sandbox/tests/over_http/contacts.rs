//! Tests of contacts: unique numbers, search, all filters, sorting, paging, updates, blocking, deletion.

use hudhud_sandbox::Config;
use serde_json::{Value, json};

use crate::harness::{Harness, SESSION, config};

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|contact| contact["name"].as_str().unwrap()).collect()
}

/// Creates three contacts, one per hour.
fn three() -> Harness {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), ..config() });
    harness.contact(
        "+1 (555) 000-0001",
        json!({ "name": "Ann", "email": "zoe@example.com", "tags": ["vip", "active"] }),
    );
    harness.advance(3600);
    harness.contact("+15550000002", json!({ "name": "bob", "tags": ["vip"] }));
    harness.advance(3600);
    harness.contact("+15550000003", json!({ "name": "Cy", "email": "bea@example.com" }));
    harness
}

#[test]
fn a_contact_has_the_fields_of_the_vendors_page() {
    let harness = three();
    let body = json!({
        "phone_number": "+1 555-123.4567", "name": "Jane Doe", "email": "jane@example.com",
        "tags": ["vip", "newsletter"], "notes": "n", "custom_fields": { "city": "New York", "plan": "gold" },
    });
    let made = harness.post("/api/v1/contacts", body).expect(201);
    assert_eq!(made["phone_number"], "+15551234567");
    assert_eq!(made["created_at"], "2026-04-21T12:00:00Z");
    assert_eq!(made["custom_fields"], json!({ "city": "New York", "plan": "gold" }));
    assert_eq!((&made["is_blocked"], &made["opted_out_at"]), (&json!(false), &Value::Null));
    assert_eq!(made["groups"], json!([]));
    let nameless = harness.post("/api/v1/contacts", json!({ "phone_number": "15559" })).expect(201);
    assert_eq!((&nameless["name"], &nameless["phone_number"]), (&json!("+15559"), &json!("+15559")));
    assert_eq!(nameless["email"], Value::Null);
}

#[test]
fn a_phone_number_in_use_is_refused() {
    let harness = three();
    let taken = json!({ "phone_number": ["The phone number has already been taken."] });
    let again = harness.post("/api/v1/contacts", json!({ "phone_number": "1-555-000-0001" }));
    assert_eq!(again.errors(), taken);
    let id = harness.contact("+15559", json!({}));
    let path = format!("/api/v1/contacts/{id}");
    assert_eq!(harness.put(&path, json!({ "phone_number": "+15550000001" })).errors(), taken);
    harness.put(&path, json!({ "phone_number": "+15559" })).expect(200);
    harness.put(&path, json!({ "phone_number": "+15558" })).expect(200);
    harness.contact("+15559", json!({}));
    harness.delete(&path).expect(200);
    harness.contact("+15558", json!({}));
}

#[test]
fn each_invalid_field_gets_a_message() {
    let harness = Harness::new();
    let body = json!({
        "phone_number": "none", "name": "x".repeat(256), "email": "not an email", "tags": "vip",
        "notes": 5, "custom_fields": "x",
    });
    assert_eq!(
        harness.post("/api/v1/contacts", body).errors(),
        json!({
            "phone_number": ["The phone number field must be a valid phone number."],
            "name": ["The name field must not be greater than 255 characters."],
            "email": ["The email field must be a valid email address."],
            "tags": ["The tags field must be an array."],
            "notes": ["The notes field must be a string."],
            "custom_fields": ["The custom fields field must be an array."],
        })
    );
    let missing = harness.post("/api/v1/contacts", json!({}));
    assert_eq!(missing.errors(), json!({ "phone_number": ["The phone number field is required."] }));
    let query =
        "/api/v1/contacts?is_blocked=perhaps&group_id=x&sort_by=age&sort_order=up&per_page=201&tags=vip";
    assert_eq!(
        harness.get(query).errors(),
        json!({
            "is_blocked": ["The is blocked field must be true or false."],
            "group_id": ["The group id field must be a valid UUID."],
            "sort_by": ["The selected sort by is invalid."],
            "sort_order": ["The selected sort order is invalid."],
            "per_page": ["The per page field must not be greater than 200."],
            "tags": ["The tags field must be an array."],
        })
    );
    let zero = harness.get("/api/v1/contacts?per_page=0");
    assert_eq!(zero.errors(), json!({ "per_page": ["The per page field must be at least 1."] }));
}

#[test]
fn each_filter_selects_its_contacts() {
    let harness = three();
    let list = |query: &str| names(&harness.get(&format!("/api/v1/contacts?{query}")).expect(200)).join(" ");
    assert_eq!(list(""), "Cy bob Ann", "newest first");
    assert_eq!(list("search=ANN"), "Ann");
    assert_eq!(list("search=0000002"), "bob");
    assert_eq!(list("search=bea@"), "Cy");
    assert_eq!(list("tags[]=vip"), "bob Ann");
    assert_eq!(list("tags%5B%5D=vip&tags%5B%5D=active"), "Ann", "all tags");

    let everybody = harness.get("/api/v1/contacts").expect(200);
    let id = |place: usize| everybody["data"][place]["id"].as_str().unwrap().to_owned();
    harness.post(&format!("/api/contacts/{}/block", id(1)), json!({})).expect(200);
    assert_eq!((list("is_blocked=1").as_str(), list("is_blocked=true").as_str()), ("bob", "bob"));
    assert_eq!(list("is_blocked=0"), "Cy Ann");
    harness.post(&format!("/api/contacts/{}/unblock", id(1)), json!({})).expect(200);
    assert_eq!(list("is_blocked=1"), "");

    let opt_out = format!("/contacts/{}/opt-out", id(0));
    harness.admin(reqwest::Method::POST, &opt_out, json!({})).expect(200);
    assert_eq!((list("opted_out=1").as_str(), list("opted_out=0").as_str()), ("Cy", "bob Ann"));

    let group = harness.post("/api/v1/contact-groups", json!({ "name": "G", "type": "static" })).expect(201);
    let group = group["id"].as_str().unwrap();
    harness
        .post(&format!("/api/v1/contact-groups/{group}/contacts"), json!({ "contact_ids": [id(2)] }))
        .expect(200);
    assert_eq!(list(&format!("group_id={group}")), "Ann");
    let ann = harness.get("/api/v1/contacts?search=ann").expect(200);
    assert_eq!(ann["data"][0]["groups"], json!([{ "id": group, "name": "G" }]));
}

#[test]
fn lists_are_sorted_and_paged() {
    let harness = three();
    let list = |query: &str| names(&harness.get(&format!("/api/v1/contacts?{query}")).expect(200)).join(" ");
    assert_eq!(list("sort_by=name&sort_order=asc"), "Ann bob Cy");
    assert_eq!(list("sort_by=name"), "Cy bob Ann");
    assert_eq!(list("sort_by=phone_number&sort_order=asc"), "Ann bob Cy");
    assert_eq!(list("sort_by=email&sort_order=asc"), "bob Cy Ann");
    assert_eq!(list("sort_by=created_at&sort_order=asc"), "Ann bob Cy");
    let bob = harness.get("/api/v1/contacts?search=bob").expect(200)["data"][0]["id"].clone();
    harness.advance(3600);
    harness
        .put(&format!("/api/v1/contacts/{}", bob.as_str().unwrap()), json!({ "notes": "new" }))
        .expect(200);
    assert_eq!(list("sort_by=updated_at"), "bob Cy Ann");
    assert_eq!(list("per_page=2"), "Cy bob");
    assert_eq!(list("per_page=2&page=2"), "Ann");
    assert_eq!(list("per_page=2&page=3"), "");
    assert_eq!(list("page=nonsense"), "Cy bob Ann");
}

#[test]
fn an_update_changes_only_the_fields_that_were_sent() {
    let harness = three();
    let id = harness.contact(
        "+15559",
        json!({ "name": "Jane", "email": "j@example.com", "tags": ["a"], "custom_fields": { "k": "v" } }),
    );
    let path = format!("/api/v1/contacts/{id}");
    let updated = harness.put(&path, json!({ "name": "Janet" })).expect(200);
    assert_eq!((&updated["name"], &updated["email"]), (&json!("Janet"), &json!("j@example.com")));
    let cleared = harness.put(&path, json!({ "email": null, "tags": null, "custom_fields": {} })).expect(200);
    assert_eq!((&cleared["email"], &cleared["tags"]), (&Value::Null, &json!([])));
    assert_eq!(cleared["custom_fields"], json!({}));
    assert_eq!(
        harness.put(&path, json!({ "name": null })).errors()["name"],
        json!(["The name field is required."])
    );
    harness.put(&path, json!({})).expect(200);
}

#[test]
fn a_contact_shows_its_last_10_messages_and_is_deleted_with_all() {
    let harness = three();
    let id = harness.contact("+15559", json!({}));
    let path = format!("/api/v1/contacts/{id}");
    for number in 0..12 {
        harness.send("+15559", &format!("message {number}"));
    }
    let contact = harness.get(&path).expect(200);
    let messages = contact["messages"].as_array().unwrap();
    assert_eq!((messages.len(), &messages[0]["content"]), (10, &json!("message 11")));
    assert!(contact["groups"].is_array());
    harness.send("+15550000001", "to another contact");
    harness.delete(&path).expect(200);
    assert_eq!(harness.get(&path).code(404), "not_found");
    let left = harness.get(&format!("/api/v1/messages?session_id={SESSION}")).expect(200);
    assert_eq!(left["total"], 1);
}

#[test]
fn a_contact_keeps_its_messages_under_a_new_number() {
    let harness = Harness::new();
    let id = harness.contact("+15551", json!({ "name": "Jane" }));
    let message = harness.send("+15551", "hello");
    let path = format!("/api/v1/contacts/{id}");
    let renamed = json!({ "phone_number": "+15552" });
    harness.put(&path, renamed).expect(200);
    assert_eq!(harness.message(&message)["contact"]["phone_number"], "+15552");
    assert_eq!(harness.get(&path).expect(200)["messages"][0]["id"], message.as_str());
}

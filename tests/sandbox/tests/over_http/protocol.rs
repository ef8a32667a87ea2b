//! Tests of the format of each surface: envelopes, `Allow`, HTML, methods, bodies.

use hudhud_sandbox::{Config, UpdateVerb};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, config};

/// Returns a request that accepts any type, as curl sends it.
fn curl(harness: &Harness, method: Method, path: &str) -> reqwest::blocking::RequestBuilder {
    let pair = harness.sandbox.key_pair();
    let request = harness.client.request(method, harness.url(path)).header("accept", "*/*");
    request.header("x-public-key", &pair.public).header("x-secret-key", &pair.secret)
}

#[test]
fn v1_errors_have_one_envelope_for_any_accept_header() {
    let harness = Harness::new();
    let expected = json!({
        "error": {
            "code": "validation_failed",
            "message": "The given data was invalid.",
            "details": { "errors": { "name": ["The name field is required."] } },
        }
    });
    let body = json!({ "type": "static" });
    assert_eq!(harness.post("/api/v1/contact-groups", body.clone()).expect(422), expected);
    let plain = Answer::of(curl(&harness, Method::POST, "/api/v1/contact-groups").json(&body));
    assert_eq!(plain.expect(422), expected);
    let missing = harness.get("/api/v1/contacts/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    assert_eq!(missing.code(404), "not_found");
    assert_eq!(harness.get("/api/v1/contacts/not-a-uuid").code(404), "not_found");
}

#[test]
fn app_routes_use_the_frameworks_error_format() {
    let harness = Harness::new();
    let refused = harness.post("/api/templates", json!({ "channel": "pigeon" }));
    assert_eq!(
        refused.expect(422),
        json!({
            "message": "The name field is required. (and 2 more errors)",
            "errors": {
                "name": ["The name field is required."],
                "channel": ["The selected channel is invalid."],
                "content": ["The content field is required."],
            },
        })
    );
    let path = "/api/campaigns/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/stats";
    assert_eq!(harness.get(path).expect(404), json!({ "message": "Not Found" }));
}

#[test]
fn clients_that_do_not_accept_json_get_html_or_redirects() {
    let harness = Harness::new();
    let path = "/api/campaigns/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/stats";
    let page = Answer::of(curl(&harness, Method::GET, path));
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text.starts_with("<!DOCTYPE html>"));
    let invalid = Answer::of(curl(&harness, Method::POST, "/api/templates").json(&json!({})));
    assert_eq!((invalid.status, invalid.header("location")), (302, "/"));
    let stranger = Answer::of(harness.client.get(harness.url("/api/analytics/overview")));
    assert_eq!((stranger.status, stranger.header("location")), (302, "/login"));
    // Successful responses are JSON for every client.
    let fine = Answer::of(curl(&harness, Method::GET, "/api/analytics/overview"));
    assert_eq!((fine.status, fine.header("content-type")), (200, "application/json"));
    for path in ["/nowhere", "/api/v1/nowhere"] {
        let page = Answer::of(curl(&harness, Method::GET, path));
        assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
        let message = json!({ "message": format!("The route {} could not be found.", &path[1..]) });
        assert_eq!(harness.get(path).expect(404), message);
    }
}

#[test]
fn an_unsupported_method_gets_405_with_the_supported_ones() {
    let harness = Harness::new();
    for (method, path, allowed) in [
        (Method::PATCH, "/api/v1/contacts", "GET, HEAD, POST"),
        (Method::GET, "/api/v1/messages/send", "POST"),
        (
            Method::POST,
            "/api/v1/contacts/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "GET, HEAD, PUT, PATCH, DELETE",
        ),
        (Method::DELETE, "/api/wazaj/business/messages/text", "POST"),
    ] {
        // The framework refuses the method before it checks the credentials.
        let answer = Answer::of(harness.bare(method.clone(), path));
        let body = answer.expect(405);
        let mut found: Vec<&str> = answer.header("allow").split(", ").collect();
        let mut expected: Vec<&str> = allowed.split(", ").collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{method} {path}");
        let message = body["message"].as_str().unwrap();
        let beginning = format!("The {method} method is not supported for route {}. Supported", &path[1..]);
        assert!(message.starts_with(&beginning), "{message}");
        assert!(Answer::of(curl(&harness, method, path)).text.contains("Method Not Allowed"));
    }
}

#[test]
fn updates_accept_the_methods_of_the_option() {
    for (verb, put, patch, allow) in [
        (UpdateVerb::Put, 200, 405, "PUT"),
        (UpdateVerb::Patch, 405, 200, "PATCH"),
        (UpdateVerb::Both, 200, 200, ""),
    ] {
        let harness = Harness::with(Config { update_verb: verb, ..config() });
        let path = format!("/api/v1/contacts/{}", harness.contact("+15551", json!({})));
        let update =
            |method: Method| Answer::of(harness.request(method, &path).json(&json!({ "name": "New" })));
        let (with_put, with_patch) = (update(Method::PUT), update(Method::PATCH));
        assert_eq!((with_put.status, with_patch.status), (put, patch), "{verb:?}");
        for refused in [with_put, with_patch].iter().filter(|answer| answer.status == 405) {
            assert!(refused.header("allow").contains(allow));
            assert_eq!(harness.get(&path).expect(200)["name"], "New", "only the other verb had an effect");
        }
    }
}

#[test]
fn bodies_are_parsed_as_by_the_framework() {
    let harness = Harness::new();
    let path = "/api/v1/contact-groups";
    let json_of = |body: &'static str| {
        let request = harness.request(Method::POST, path).header("content-type", "application/json");
        Answer::of(request.body(body))
    };
    assert_eq!(json_of("{").code(400), "invalid_json");
    assert_eq!(json_of("\u{feff}{}").code(400), "invalid_json");
    assert_eq!(json_of("").errors()["name"], json!(["The name field is required."]));
    assert_eq!(json_of("[1, 2]").errors()["name"], json!(["The name field is required."]));
    let trimmed = json_of(r#"{"name": "  VIP  ", "type": "static", "description": "  "}"#).expect(201);
    assert_eq!((&trimmed["name"], &trimmed["description"]), (&json!("VIP"), &Value::Null));
    let form =
        harness.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
    let form = Answer::of(form.body("name=A+form&type=dynamic&filters%5Btags%5D%5B%5D=vip")).expect(201);
    assert_eq!(form["filters"]["tags"], json!(["vip"]));
    let unnamed = harness.request(Method::POST, path).body(r#"{"name":"x","type":"static"}"#);
    assert_eq!(Answer::of(unnamed).errors()["name"], json!(["The name field is required."]));
    let huge = json!({ "name": "x", "type": "static", "description": "x".repeat(2 << 20) });
    assert_eq!(harness.post(path, huge).expect(413)["message"], "The POST data is too large.");
}

#[test]
fn health_reports_an_unreachable_database() {
    let harness = Harness::new();
    harness.admin(Method::POST, "/database", json!({ "reachable": false })).expect(200);
    assert!(harness.get("/api/v1/health").expect(503)["data"]["timestamp"].is_string());
    assert_eq!(harness.get("/api/v1/contacts").code(503), "service_unavailable");
    assert_eq!(harness.get("/api/analytics/overview").expect(503)["message"], "Service Unavailable");
    harness.admin(Method::POST, "/database", json!({ "reachable": true })).expect(200);
    harness.get("/api/v1/contacts").expect(200);
}

#[test]
fn pages_have_all_keys_of_the_frameworks_paginator() {
    let harness = Harness::new();
    for number in 0..3 {
        harness.contact(&format!("+1555{number}"), json!({}));
    }
    let list = harness.get("/api/v1/contacts?per_page=2&page=2").expect(200);
    let path = harness.url("/api/v1/contacts");
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    for (key, value) in [
        ("current_page", json!(2)),
        ("per_page", json!(2)),
        ("total", json!(3)),
        ("last_page", json!(2)),
        ("from", json!(3)),
        ("to", json!(3)),
        ("path", json!(path)),
        ("next_page_url", Value::Null),
        ("prev_page_url", json!(format!("{path}?page=1"))),
    ] {
        assert_eq!(list[key], value, "{key}");
    }
}

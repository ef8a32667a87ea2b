//! Tests of keys with abilities, expiry and a bound session, and of the app token.

use hudhud_sandbox::{AppAuth, Config};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, SESSION, config};

/// Creates another key and returns its pair.
fn key(harness: &Harness, body: Value) -> (String, String) {
    let made = harness.admin(Method::POST, "/keys", body).expect(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("public_key"), text("secret_key"))
}

#[test]
fn each_authentication_failure_has_its_code() {
    let harness = Harness::new();
    let pair = harness.sandbox.key_pair().clone();
    let me = "/api/v1/me";
    assert_eq!(Answer::of(harness.bare(Method::GET, me)).code(401), "credentials_missing");
    let only_public = harness.bare(Method::GET, me).header("x-public-key", &pair.public);
    assert_eq!(Answer::of(only_public).code(401), "credentials_missing");
    let wrong = harness.request_as(Method::GET, me, &pair.public, "sk_wrong");
    assert_eq!(Answer::of(wrong).code(401), "invalid_credentials");
    let unknown = harness.request_as(Method::GET, me, "pk_unknown", &pair.secret);
    assert_eq!(Answer::of(unknown).code(401), "invalid_credentials");
    let (public, secret) = key(&harness, json!({ "is_active": false }));
    assert_eq!(Answer::of(harness.request_as(Method::GET, me, &public, &secret)).code(401), "key_inactive");
}

#[test]
fn an_expired_key_is_refused() {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T12:00:00Z".into()), ..config() });
    let (public, secret) = key(&harness, json!({ "expires_at": "2026-04-21T13:00:00Z" }));
    let me = || Answer::of(harness.request_as(Method::GET, "/api/v1/me", &public, &secret));
    assert_eq!(me().expect(200)["data"]["expires_at"], "2026-04-21T13:00:00Z");
    harness.advance(3600);
    assert_eq!(me().code(401), "key_inactive");
}

#[test]
fn me_has_the_fields_of_the_vendors_page() {
    let harness =
        Harness::with(Config { start_at: Some("2026-04-21T12:00:00Z".into()), ..Config::default() });
    harness.get("/api/v1/sessions").expect(200);
    let me = harness.get("/api/v1/me").expect(200);
    let data = &me["data"];
    for field in ["id", "name", "tenant_id"] {
        assert!(data[field].is_string(), "{field}");
    }
    assert_eq!(data["session_id"], Value::Null);
    assert_eq!(data["abilities"], json!(["*"]));
    assert_eq!(data["usage"], json!({ "today": 2, "month": 2 }));
    assert_eq!(data["limits"], json!({ "daily": 10000, "monthly": 250000, "per_minute": 120 }));
    assert_eq!(data["remaining"], json!({ "daily": 9998 }));
    assert_eq!(data["last_used_at"], "2026-04-21T12:00:00Z");
    assert!(!me.to_string().contains("sk_"), "the secret is not shown again");
}

/// For each call with an ability, a key with all other abilities is refused, and the response names the missing one.
#[test]
fn a_key_without_the_required_ability_is_refused() {
    let harness = Harness::new();
    let all = [
        "sessions.read",
        "messages.send",
        "messages.read",
        "contacts.read",
        "contacts.write",
        "campaigns.read",
        "campaigns.write",
        "webhooks.read",
        "webhooks.write",
    ];
    let calls = harness.admin(Method::GET, "/calls", json!({})).expect(200);
    let calls = calls["data"].as_array().unwrap();
    assert_eq!(calls.len(), 57);
    let mut checked = 0;
    for call in calls.iter().filter(|call| call["ability"].is_string()) {
        let ability = call["ability"].as_str().unwrap();
        let others: Vec<&str> = all.into_iter().filter(|other| *other != ability).collect();
        let (public, secret) = key(&harness, json!({ "abilities": others }));
        let method = match call["verb"].as_str().unwrap() {
            "get" => Method::GET,
            "post" => Method::POST,
            "update" => Method::PUT,
            "delete" => Method::DELETE,
            verb => panic!("{verb}"),
        };
        let path = call["path"].as_str().unwrap().replace("{id}", SESSION);
        let answer = Answer::of(harness.request_as(method, &path, &public, &secret));
        let body = answer.expect(403);
        if path.starts_with("/api/v1/") {
            assert_eq!(body["error"]["code"], "insufficient_ability");
            assert_eq!(body["error"]["details"]["required_ability"], ability);
            assert_eq!(body["error"]["message"], "The API key does not have the required ability.");
        } else {
            assert_eq!(body["message"], "The API key does not have the required ability.");
        }
        checked += 1;
    }
    assert_eq!(checked, 53, "all but health, me and Wazaj's two");
}

#[test]
fn a_bound_key_sends_only_through_its_session() {
    let harness = Harness::new();
    let (public, secret) = key(&harness, json!({ "session_id": SESSION, "abilities": ["messages.send"] }));
    let send = |more: Value| {
        let mut body = json!({ "channel": "whatsapp", "to": "+15551234567", "message": "hi" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let request = harness.request_as(Method::POST, "/api/v1/messages/send", &public, &secret);
        Answer::of(request.json(&body))
    };
    send(json!({})).expect(201);
    send(json!({ "session_id": SESSION })).expect(201);
    let other = harness.post("/api/whatsapp/sessions", json!({ "name": "Other" })).expect(201);
    assert_eq!(send(json!({ "session_id": other["id"] })).code(403), "forbidden");
    let (public, secret) = key(&harness, json!({ "session_id": SESSION }));
    let post = |path: &str, body: Value| {
        Answer::of(harness.request_as(Method::POST, path, &public, &secret).json(&body))
    };
    let mut campaign = json!({ "name": "x", "message_content": "x", "target_type": "all" });
    assert_eq!(post("/api/v1/campaigns", campaign.clone()).expect(201)["session_id"], SESSION);
    campaign["session_id"] = other["id"].clone();
    assert_eq!(post("/api/v1/campaigns", campaign).code(403), "forbidden");
    let mut automation = json!({ "name": "x", "trigger_type": "away", "response_content": "x" });
    assert_eq!(post("/api/automations", automation.clone()).expect(201)["session_id"], SESSION);
    automation["session_id"] = other["id"].clone();
    assert_eq!(post("/api/automations", automation).expect(403)["message"], "This action is unauthorized.");
    let unbound = harness.post(
        "/api/v1/messages/send",
        json!({ "channel": "whatsapp", "to": "+15551234567", "message": "hi" }),
    );
    assert_eq!(unbound.errors(), json!({ "session_id": ["The session id field is required."] }));
}

#[test]
fn app_routes_accept_the_credentials_of_the_option() {
    for (auth, token_status, pair_status) in
        [(AppAuth::Either, 200, 200), (AppAuth::Token, 200, 401), (AppAuth::Keys, 401, 200)]
    {
        let harness = Harness::with(Config { app_auth: auth, ..config() });
        let path = "/api/analytics/overview";
        let with_token =
            || Answer::of(harness.bare(Method::GET, path).bearer_auth(harness.sandbox.app_token()));
        assert_eq!(with_token().status, token_status, "{auth:?}");
        assert_eq!(harness.get(path).status, pair_status, "{auth:?}");
        let wrong = Answer::of(harness.bare(Method::GET, path).bearer_auth("wrong"));
        assert_eq!(wrong.expect(401), json!({ "message": "Unauthenticated." }));
        let anonymous = Answer::of(harness.bare(Method::GET, path));
        assert_eq!(anonymous.expect(401), json!({ "message": "Unauthenticated." }));
        // v1 does not accept the app token.
        let v1 = Answer::of(harness.bare(Method::GET, "/api/v1/me").bearer_auth(harness.sandbox.app_token()));
        assert_eq!(v1.code(401), "credentials_missing");
    }
}

/// The ids are the same even if the timing of other events differs.
#[test]
fn the_same_seed_produces_the_same_ids() {
    let run = |pause: u64| {
        let harness = Harness::with(Config { time_scale: 100.0, ..config() });
        harness.webhook("http://127.0.0.1:9/", "s", &["*"]);
        harness.post("/api/whatsapp/sessions", json!({ "name": "x" })).expect(201);
        let sent = harness.send("+15551", "hello");
        std::thread::sleep(std::time::Duration::from_millis(pause));
        (sent, harness.contact("+15551", json!({})), harness.send("+15551", "again"))
    };
    assert_eq!(run(0), run(100));
}

//! Tests of faults: by header for one request, by rule for several or for a share, repeatable with a seed.

use std::time::{Duration, Instant};

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, SESSION, config};

fn with_fault(harness: &Harness, path: &str, fault: &str) -> reqwest::blocking::RequestBuilder {
    harness.request(Method::GET, path).header("x-sandbox-fault", fault)
}

#[test]
fn a_header_selects_a_fault_for_one_request() {
    let harness = Harness::new();
    let me = "/api/v1/me";
    let limited = Answer::of(with_fault(&harness, me, "status=429;retry-after=2"));
    assert_eq!((limited.code(429).as_str(), limited.header("retry-after")), ("rate_limit_exceeded", "2"));
    let quota = Answer::of(with_fault(&harness, me, "status=429;code=daily_quota_exceeded"));
    assert_eq!(quota.code(429), "daily_quota_exceeded");
    assert_eq!(Answer::of(with_fault(&harness, me, "status=503")).code(503), "service_unavailable");
    assert_eq!(Answer::of(with_fault(&harness, me, "status=500")).code(500), "server_error");
    let app = Answer::of(with_fault(&harness, "/api/analytics/overview", "status=503"));
    assert_eq!(app.expect(503), json!({ "message": "Service Unavailable" }));

    let html = Answer::of(with_fault(&harness, me, "html"));
    assert_eq!((html.status, html.header("content-type")), (502, "text/html; charset=utf-8"));
    assert!(html.text.contains("nginx"));
    assert_eq!(Answer::of(with_fault(&harness, me, "html;status=200")).status, 200);

    let broken = Answer::of(with_fault(&harness, me, "broken-json"));
    assert_eq!((broken.status, broken.header("content-type")), (200, "application/json"));
    assert!(serde_json::from_str::<Value>(&broken.text).is_err());

    assert!(with_fault(&harness, me, "close").send().is_err());
    let truncated = with_fault(&harness, me, "truncate").send().unwrap();
    assert_eq!(truncated.status(), 200);
    assert!(truncated.bytes().is_err(), "the body ends before its length");

    let started = Instant::now();
    Answer::of(with_fault(&harness, me, "delay=300")).expect(200);
    assert!(started.elapsed() >= Duration::from_millis(300));
    let started = Instant::now();
    let dripped = Answer::of(with_fault(&harness, me, "drip=1"));
    assert_eq!(dripped.expect(200)["data"]["name"], "Sandbox key");
    assert!(started.elapsed() >= Duration::from_millis(u64::try_from(dripped.text.len()).unwrap()));

    harness.get(me).expect(200);
    let unknown = Answer::of(with_fault(&harness, me, "explode")).expect(400);
    assert!(unknown["message"].as_str().unwrap().contains("`explode`"));
}

#[test]
fn faults_of_wazaj_have_its_own_format() {
    let harness = Harness::new();
    let url = format!("{}/messages/text", harness.sandbox.wazaj_base_url());
    let request = harness.client.post(url).header("x-sandbox-fault", "status=503").json(&json!({}));
    assert_eq!(
        Answer::of(request).expect(503),
        json!({ "success": false, "message": "Service Unavailable" })
    );
}

#[test]
fn some_faults_let_the_call_take_effect() {
    let harness = Harness::new();
    let total = || harness.get("/api/v1/messages").expect(200)["total"].as_u64().unwrap();
    let send = |fault: &str| {
        let body = json!({ "channel": "whatsapp", "session_id": SESSION, "to": "+15551", "message": "x" });
        harness
            .request(Method::POST, "/api/v1/messages/send")
            .header("x-sandbox-fault", fault)
            .json(&body)
            .send()
    };
    assert_eq!(send("status=500").unwrap().status(), 500);
    assert!(send("close").is_err());
    assert_eq!(total(), 0, "these faults prevent the call");
    assert_eq!(send("status=500;processed").unwrap().status(), 500);
    assert!(send("lost").is_err());
    assert_eq!(send("truncate").unwrap().status(), 201);
    assert_eq!(total(), 3, "these faults let the call take effect");
    let recipients = harness.admin(Method::GET, "/recipients", json!({})).expect(200);
    assert_eq!(recipients, json!({ "wazaj": {}, "zagely": { "+15551": 3 } }));
}

#[test]
fn rules_apply_to_the_next_matching_calls() {
    let harness = Harness::new();
    let add = |body: Value| harness.admin(Method::POST, "/faults", body);
    add(json!({ "fault": "status=503", "match": { "call": "contacts.list" }, "times": 2 })).expect(201);
    add(json!({ "fault": "status=429", "match": { "vendor": "zagely", "method": "get", "path": "/api/v1/mess" } }))
        .expect(201);
    let status = |path: &str| harness.get(path).status;
    assert_eq!([(); 3].map(|()| status("/api/v1/contacts")), [503, 503, 200]);
    assert_eq!([(); 3].map(|()| status("/api/v1/messages")), [429, 429, 429]);
    assert_eq!(status("/api/v1/me"), 200);
    let rules = harness.admin(Method::GET, "/faults", json!({})).expect(200);
    let rule = &rules["data"][0];
    assert_eq!(
        (rules["data"].as_array().unwrap().len(), &rule["applied"], &rule["times"]),
        (1, &json!(3), &Value::Null)
    );
    harness.admin(Method::DELETE, &format!("/faults/{}", rule["id"]), json!({})).expect(200);
    assert_eq!(status("/api/v1/messages"), 200);
    add(json!({ "fault": "close" })).expect(201);
    harness.admin(Method::DELETE, "/faults", json!({})).expect(200);
    assert_eq!(status("/api/v1/messages"), 200);
    for wrong in [
        json!({ "fault": "explode" }),
        json!({ "fault": "close", "share": 2 }),
        json!({ "what": 1 }),
        json!({ "fault": "close", "match": { "call": "message.send" } }),
    ] {
        assert_eq!(add(wrong).status, 422);
    }
}

#[test]
fn the_same_seed_selects_the_same_share() {
    let run = |seed: u64| {
        let harness = Harness::with(Config { seed: Some(seed), ..config() });
        harness.admin(Method::POST, "/faults", json!({ "fault": "status=503", "share": 0.5 })).expect(201);
        let keys = harness.sandbox.key_pair().public.clone();
        (keys, (0..40).map(|_| harness.get("/api/v1/me").status).collect::<Vec<_>>())
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
    let hits = run(7).1.into_iter().filter(|status| *status == 503).count();
    assert!((10..30).contains(&hits), "{hits}");
}

#[test]
fn the_admin_endpoints_require_the_token_and_the_sandboxs_host() {
    let harness = Harness::new();
    for path in ["", "/log", "/messages", "/deliveries", "/faults", "/sessions", "/wazaj"] {
        let path = format!("/_sandbox{path}");
        assert_eq!(Answer::of(harness.bare(Method::GET, &path)).status, 401, "{path}");
        assert_eq!(Answer::of(harness.bare(Method::GET, &path).bearer_auth("wrong")).status, 401);
        let right = || harness.bare(Method::GET, &path).bearer_auth(harness.sandbox.admin_token());
        assert_eq!(Answer::of(right()).status, 200);
        let elsewhere = right().header("host", "attacker.example");
        assert_eq!(Answer::of(elsewhere).status, 403, "a foreign name that resolves to this address");
    }
    assert_eq!(
        Answer::of(harness.client.get(harness.url("/")).header("host", "attacker.example")).status,
        403
    );
}

#[test]
fn a_reset_clears_the_state_but_keeps_the_keys() {
    let harness = Harness::new();
    harness.contact("+15551", json!({}));
    harness.admin(Method::POST, "/reset", json!({})).expect(200);
    assert_eq!(harness.get("/api/v1/contacts").expect(200)["total"], 0);
}

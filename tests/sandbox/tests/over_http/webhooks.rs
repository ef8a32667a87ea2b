//! Tests of webhooks with real deliveries: registration, all events, signature, back-off, log, replay.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use hudhud_sandbox::{Config, Quirk};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Arrived, Harness, Reaction, Receiver, SESSION, config, until};

const SECRET: &str = "your_webhook_secret";
const EVENTS: [&str; 14] = [
    "message.received",
    "message.sent",
    "message.delivered",
    "message.read",
    "message.failed",
    "campaign.started",
    "campaign.completed",
    "campaign.paused",
    "contact.created",
    "contact.updated",
    "contact.opted_out",
    "session.connected",
    "session.disconnected",
    "webhook.test",
];

/// Verifies a signature as the vendor's sample receiver does.
fn is_signed(arrived: &Arrived) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{}.{}", arrived.header("x-zagely-timestamp"), arrived.body).as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    arrived.header("x-zagely-signature") == format!("sha256={hex}")
}

fn deliveries(harness: &Harness, webhook: &str) -> Vec<Value> {
    let log = harness.get(&format!("/api/v1/webhooks/{webhook}/deliveries")).expect(200);
    log["data"].as_array().unwrap().clone()
}

#[test]
fn each_event_is_delivered_after_its_cause() {
    // Runs in real time, so that a campaign can be stopped before it ends. `advance` skips the rest.
    let harness = Harness::new();
    let receiver = Receiver::new();
    let webhook = harness.webhook(&receiver.url, SECRET, &EVENTS);

    let jane = harness.contact("+15551", json!({ "name": "Jane", "email": "jane@example.com" }));
    let created = receiver.wait_for("contact.created");
    assert_eq!(created.json()["data"]["contact"]["id"], jane.as_str());
    harness.put(&format!("/api/v1/contacts/{jane}"), json!({ "name": "Janet" })).expect(200);
    assert_eq!(receiver.wait_for("contact.updated").json()["data"]["contact"]["name"], "Janet");
    harness.admin(Method::POST, &format!("/contacts/{jane}/opt-out"), json!({})).expect(200);
    assert!(receiver.wait_for("contact.opted_out").json()["data"]["contact"]["opted_out_at"].is_string());

    harness
        .admin(Method::POST, "/inbound", json!({ "from": "+15551", "content": "Hello, I need help." }))
        .expect(200);
    let received = receiver.wait_for("message.received").json();
    assert_eq!(received["data"]["content"], "Hello, I need help.");
    assert_eq!(received["data"]["channel"], "whatsapp");
    assert_eq!(
        received["data"]["contact"],
        json!({ "id": jane, "name": "Janet", "phone_number": "+15551", "email": "jane@example.com" })
    );

    let sent = harness.send("+15551", "hi");
    harness.advance(5);
    for event in ["message.sent", "message.delivered", "message.read"] {
        assert_eq!(receiver.wait_for(event).json()["data"]["message_id"], sent.as_str());
    }
    let lost = harness.send("+1555999001", "hi");
    harness.advance(5);
    assert_eq!(receiver.wait_for("message.failed").json()["data"]["message_id"], lost.as_str());

    let body = json!({ "name": "Sale", "session_id": SESSION, "message_content": "x", "target_type": "all" });
    let id = harness.post("/api/v1/campaigns", body).expect(201)["id"].as_str().unwrap().to_owned();
    harness.post(&format!("/api/v1/campaigns/{id}/start"), json!({})).expect(200);
    assert_eq!(receiver.wait_for("campaign.started").json()["data"]["campaign"]["id"], id.as_str());
    harness.advance(5);
    receiver.wait_for("campaign.completed");
    let body = json!({ "name": "Sale", "session_id": SESSION, "message_content": "x", "target_type": "all" });
    let id = harness.post("/api/v1/campaigns", body).expect(201)["id"].as_str().unwrap().to_owned();
    // The campaign's session is removed before its first message.
    harness.post(&format!("/api/v1/campaigns/{id}/start"), json!({})).expect(200);
    harness.delete(&format!("/api/whatsapp/sessions/{SESSION}")).expect(200);
    receiver.wait_for("campaign.paused");
    receiver.wait_for("session.disconnected");
    harness.post("/api/whatsapp/sessions", json!({ "name": "Another" })).expect(201);
    harness.advance(5);
    let connected = receiver.wait_for("session.connected").json();
    assert_eq!(connected["data"]["session"]["name"], "Another");

    harness.post(&format!("/api/v1/webhooks/{webhook}/test"), json!({})).expect(202);
    receiver.wait_for("webhook.test");

    let arrived = receiver.all();
    for event in EVENTS {
        assert!(arrived.iter().any(|arrived| arrived.header("x-zagely-event") == event), "{event}");
    }
    let mut ids: Vec<&str> = arrived.iter().map(|arrived| arrived.header("x-zagely-delivery")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), arrived.len(), "each delivery id occurs once");
    for arrived in &arrived {
        let body = arrived.json();
        assert!(is_signed(arrived));
        let names: Vec<&str> = arrived.headers.iter().map(|(name, _)| name.as_str()).collect();
        for name in [
            "X-Zagely-Event",
            "X-Zagely-Delivery",
            "X-Zagely-Timestamp",
            "X-Zagely-Signature",
            "Content-Type",
        ] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        assert_eq!(arrived.header("content-type"), "application/json");
        assert_eq!(body["event"], arrived.header("x-zagely-event"));
        assert_eq!(body["delivery_id"], arrived.header("x-zagely-delivery"));
        let keys: Vec<&str> = arrived.body.split('"').skip(1).step_by(2).take(2).collect();
        assert_eq!(keys[0], "event", "the fields have the order of the vendor's sample");
        assert!(body["tenant_id"].is_string() && body["occurred_at"].as_str().unwrap().ends_with('Z'));
        let age = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
            - arrived.header("x-zagely-timestamp").parse::<u64>().unwrap();
        assert!(age < 60, "the timestamp is the wall clock's");
    }
}

#[test]
fn a_webhook_can_be_registered_and_changed_and_deleted() {
    let harness = Harness::new();
    let path = "/api/v1/webhooks";
    let body = json!({ "url": "http://127.0.0.1:9/hook", "events": ["message.received"] });
    let made = harness.post(path, body).expect(201);
    let id = made["id"].as_str().unwrap();
    assert!(made["secret"].as_str().unwrap().len() >= 32, "generated if omitted");
    assert_eq!(made["is_active"], true);
    let one = format!("{path}/{id}");
    assert!(harness.get(&one).expect(200).get("secret").is_none(), "shown only at registration");
    assert_eq!(harness.get(path).expect(200)["data"][0]["id"], id);
    let change = json!({ "url": "http://127.0.0.1:9/other", "events": ["webhook.test"], "is_active": false });
    let changed = harness.put(&one, change.clone()).expect(200);
    for (key, value) in change.as_object().unwrap() {
        assert_eq!(&changed[key], value);
    }
    harness.delete(&one).expect(200);
    assert_eq!(harness.get(&one).code(404), "not_found");
    assert_eq!(harness.get(path).expect(200)["data"], json!([]));
    assert_eq!(
        harness
            .post(path, json!({ "url": "ftp://x", "events": ["message.received", "message.lost"] }))
            .errors(),
        json!({
            "url": ["The url field must be a valid URL."],
            "events.1": ["The selected events.1 is invalid."],
        })
    );
    assert_eq!(
        harness.post(path, json!({ "events": [] })).errors(),
        json!({ "url": ["The url field is required."], "events": ["The events field is required."] })
    );
}

#[test]
fn only_active_webhooks_get_their_subscribed_events() {
    let harness = Harness::fast();
    let (wanted, unwanted) = (Receiver::new(), Receiver::new());
    let webhook = harness.webhook(&wanted.url, SECRET, &["contact.created"]);
    harness.webhook(&unwanted.url, SECRET, &["session.connected"]);
    harness.contact("+15551", json!({}));
    wanted.wait_for("contact.created");
    let path = format!("/api/v1/webhooks/{webhook}");
    harness.put(&path, json!({ "is_active": false })).expect(200);
    harness.contact("+15552", json!({}));
    harness.post(&format!("{path}/test"), json!({})).expect(202);
    wanted.wait_for("webhook.test");
    assert_eq!(wanted.events(), ["contact.created", "webhook.test"]);
    assert!(unwanted.all().is_empty());
}

#[test]
fn failed_deliveries_are_retried_after_the_documented_waits() {
    // The waits of 2.6 hours take 9.4 seconds.
    let harness = Harness::with(Config { time_scale: 1000.0, ..config() });
    let receiver = Receiver::new();
    receiver.react([
        Reaction::Status(500),
        Reaction::Redirect,
        Reaction::Close,
        Reaction::Status(404),
        Reaction::Status(199 + 101),
        Reaction::Status(503),
    ]);
    let webhook = harness.webhook(&receiver.url, SECRET, &["contact.created"]);
    harness.contact("+15551", json!({}));
    let arrived = receiver.wait_for_count(6);
    let waited: Vec<Duration> = arrived.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    for (waited, documented) in waited.iter().zip([10, 60, 300, 1800, 7200]) {
        let expected = Duration::from_millis(documented);
        assert!(*waited >= expected, "{waited:?} for {documented} s");
        assert!(
            *waited < expected + expected / 2 + Duration::from_millis(1500),
            "{waited:?} for {documented} s"
        );
    }
    for repeated in &arrived[1..] {
        assert_eq!(repeated.header("x-zagely-delivery"), arrived[0].header("x-zagely-delivery"));
        assert_eq!(repeated.body, arrived[0].body);
        assert!(is_signed(repeated));
    }
    let log =
        until(|| deliveries(&harness, &webhook).into_iter().find(|delivery| delivery["status"] == "failed"));
    assert_eq!((&log["attempts"], &log["response_status"]), (&json!(6), &json!(503)));
    assert_eq!(log["next_attempt_at"], Value::Null);
    assert!(log["signature"].as_str().unwrap().starts_with("sha256="));
    assert!(log["duration_ms"].is_u64());

    let id = log["id"].as_str().unwrap();
    harness.admin(Method::POST, &format!("/deliveries/{id}/replay"), json!({})).expect(200);
    let replayed = &receiver.wait_for_count(7)[6];
    assert_eq!((replayed.header("x-zagely-delivery"), &replayed.body), (id, &arrived[0].body));
    let done = until(|| {
        deliveries(&harness, &webhook).into_iter().find(|delivery| delivery["status"] == "delivered")
    });
    assert_eq!(done["attempts"], 7);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(receiver.all().len(), 7, "no further delivery");
}

#[test]
fn a_retry_has_a_new_signature_and_a_success_ends_the_retries() {
    let harness = Harness::with(Config { time_scale: 10.0, ..config() });
    let receiver = Receiver::new();
    receiver.react([Reaction::Status(500)]);
    let webhook = harness.webhook(&receiver.url, SECRET, &["contact.created"]);
    harness.contact("+15551", json!({}));
    let pending =
        until(|| deliveries(&harness, &webhook).into_iter().find(|delivery| delivery["attempts"] == 1));
    assert_eq!(pending["status"], "pending");
    assert!(pending["next_attempt_at"].is_string());
    let still = harness.admin(
        Method::POST,
        &format!("/deliveries/{}/replay", pending["id"].as_str().unwrap()),
        json!({}),
    );
    assert_eq!(still.expect(422)["message"], "the delivery is still pending");
    let arrived = receiver.wait_for_count(2);
    assert_ne!(arrived[0].header("x-zagely-timestamp"), arrived[1].header("x-zagely-timestamp"));
    assert!(arrived.iter().all(is_signed));
    until(|| (deliveries(&harness, &webhook)[0]["status"] == "delivered").then_some(()));
}

#[test]
fn quirks_select_five_attempts_and_one_signature() {
    let quirks = vec![Quirk::SignOnce, Quirk::FivePosts];
    let harness = Harness::with(Config { time_scale: 2000.0, quirks, ..config() });
    let receiver = Receiver::new();
    receiver.react([Reaction::Status(500); 5]);
    let webhook = harness.webhook(&receiver.url, SECRET, &["contact.created"]);
    harness.contact("+15551", json!({}));
    let log =
        until(|| deliveries(&harness, &webhook).into_iter().find(|delivery| delivery["status"] == "failed"));
    assert_eq!(log["attempts"], 5);
    let arrived = receiver.all();
    assert!(
        arrived.iter().all(|one| one.header("x-zagely-signature") == arrived[0].header("x-zagely-signature"))
    );
}

#[test]
fn a_receiver_times_out_after_10_seconds() {
    let harness = Harness::new();
    let receiver = Receiver::new();
    receiver.react([Reaction::Hang]);
    let webhook = harness.webhook(&receiver.url, SECRET, &["contact.created"]);
    harness.contact("+15551", json!({}));
    let log = until(|| deliveries(&harness, &webhook).into_iter().find(|delivery| delivery["attempts"] == 1));
    assert_eq!((&log["error"], &log["response_status"]), (&json!("no response within 10s"), &Value::Null));
    let took = log["duration_ms"].as_u64().unwrap();
    assert!((10_000..15_000).contains(&took), "{took} ms");
}

#[test]
fn refused_connections_and_https_count_as_failures() {
    let harness = Harness::fast();
    for (url, reason) in [
        ("http://127.0.0.1:9/hook", "connection refused"),
        ("https://127.0.0.1:9/hook", "https is not supported: the sandbox delivers over plain http only"),
    ] {
        let webhook = harness.webhook(url, SECRET, &["contact.created"]);
        harness.contact(&format!("+1555{}", url.len()), json!({}));
        let log =
            until(|| deliveries(&harness, &webhook).into_iter().find(|delivery| delivery["attempts"] == 1));
        assert_eq!((&log["error"], &log["status"]), (&json!(reason), &json!("pending")));
    }
}

#[test]
fn the_delivery_log_is_paged_newest_first() {
    let harness = Harness::fast();
    let receiver = Receiver::new();
    let webhook = harness.webhook(&receiver.url, SECRET, &["contact.created"]);
    for number in 0..55 {
        harness.contact(&format!("+1555{number}"), json!({}));
    }
    receiver.wait_for_count(55);
    let page = |number: u8| {
        let path = format!("/api/v1/webhooks/{webhook}/deliveries?page={number}");
        harness.get(&path).expect(200)
    };
    assert_eq!((page(1)["data"].as_array().unwrap().len(), &page(1)["total"]), (50, &json!(55)));
    assert_eq!(page(2)["data"].as_array().unwrap().len(), 5);
    let newest = &receiver.all().into_iter().rfind(|arrived| arrived.body.contains("+155554")).unwrap();
    assert_eq!(page(1)["data"][0]["id"], newest.header("x-zagely-delivery"));
}

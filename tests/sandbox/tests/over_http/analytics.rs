//! Tests of analytics, which are computed from the sandbox's activity.

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, SESSION, config};

/// Creates two days of activity: three contacts, a campaign, an inbound message.
fn with_activity() -> Harness {
    let harness = Harness::with(Config { start_at: Some("2026-04-29T09:30:00Z".into()), ..config() });
    harness.contact("+15551", json!({}));
    harness.contact("+1555999002", json!({}));
    let body = json!({ "name": "Sale", "session_id": SESSION, "message_content": "x", "target_type": "all" });
    let id = harness.post("/api/v1/campaigns", body).expect(201)["id"].as_str().unwrap().to_owned();
    harness.post(&format!("/api/v1/campaigns/{id}/start"), json!({})).expect(200);
    harness.advance(24 * 3600);
    harness.contact("+15552", json!({}));
    harness.send("+15551", "one");
    harness.admin(Method::POST, "/inbound", json!({ "from": "+15551", "content": "x" })).expect(200);
    harness.advance(1);
    harness
}

#[test]
fn overview() {
    let harness = with_activity();
    let expected = json!({
        "total_contacts": 3, "active_sessions": 1, "campaigns_this_month": 1, "messages_today": 2,
    });
    assert_eq!(harness.get("/api/analytics/overview").expect(200), expected);
    harness.advance(24 * 3600);
    let may = harness.get("/api/analytics/overview").expect(200);
    assert_eq!((&may["campaigns_this_month"], &may["messages_today"]), (&json!(0), &json!(0)));
}

#[test]
fn campaigns() {
    let harness = with_activity();
    let all = harness.get("/api/analytics/campaigns").expect(200);
    assert_eq!(all["summary"], json!({ "total_campaigns": 1, "total_sent": 2, "avg_delivery_rate": 50.0 }));
    let row = &all["campaigns"][0];
    assert_eq!(
        (&row["name"], &row["status"], &row["sent_count"]),
        (&json!("Sale"), &json!("completed"), &json!(2))
    );
    let none = harness.get("/api/analytics/campaigns?from_date=2026-04-30").expect(200);
    assert_eq!(none["summary"], json!({ "total_campaigns": 0, "total_sent": 0, "avg_delivery_rate": 0.0 }));
}

#[test]
fn sessions() {
    let harness = with_activity();
    let summary =
        |query: &str| harness.get(&format!("/api/analytics/sessions?{query}")).expect(200)["summary"].clone();
    let expected =
        |sent: u64| json!({ "total_sessions": 1, "active_sessions": 1, "total_messages_sent": sent });
    assert_eq!(summary(""), expected(3));
    assert_eq!(summary("to_date=2026-04-29"), expected(2));
    assert_eq!(summary("from_date=2026-04-30"), expected(1));
    let row = harness.get("/api/analytics/sessions").expect(200)["sessions"][0].clone();
    assert_eq!((&row["id"], &row["messages_received"]), (&json!(SESSION), &json!(1)));
}

#[test]
fn contacts() {
    let harness = with_activity();
    assert_eq!(
        harness.get("/api/analytics/contacts").expect(200),
        json!({
            "stats": { "total_contacts": 3, "new_contacts": 3 },
            "growth_data": [{ "date": "2026-04-29", "count": 2 }, { "date": "2026-04-30", "count": 1 }],
        })
    );
    let last = harness.get("/api/analytics/contacts?from_date=2026-04-30&to_date=2026-04-30").expect(200);
    assert_eq!(last["stats"], json!({ "total_contacts": 3, "new_contacts": 1 }));
    harness.advance(40 * 24 * 3600);
    assert_eq!(
        harness.get("/api/analytics/contacts").expect(200)["growth_data"],
        json!([]),
        "the last 30 days"
    );
}

#[test]
fn message_activity() {
    let harness = with_activity();
    assert_eq!(
        harness.get("/api/analytics/message-activity").expect(200),
        json!([
            { "date": "2026-04-29", "hour": 9, "direction": "outbound", "count": 2 },
            { "date": "2026-04-30", "hour": 9, "direction": "inbound", "count": 1 },
            { "date": "2026-04-30", "hour": 9, "direction": "outbound", "count": 1 },
        ])
    );
    harness.advance(6 * 24 * 3600);
    let week = harness.get("/api/analytics/message-activity").expect(200);
    assert_eq!(week.as_array().unwrap().len(), 2, "the last 7 days");
}

#[test]
fn dates_in_other_formats_are_refused() {
    let harness = Harness::new();
    for path in ["campaigns", "sessions", "contacts", "message-activity"] {
        let errors =
            |query: &str| -> Value { harness.get(&format!("/api/analytics/{path}?{query}")).errors() };
        assert_eq!(
            errors("from_date=1.4.2026&to_date=2026-02-30"),
            json!({
                "from_date": ["The from date field must match the format Y-m-d."],
                "to_date": ["The to date field must match the format Y-m-d."],
            })
        );
        assert_eq!(
            errors("from_date=2026-04-02&to_date=2026-04-01"),
            json!({ "to_date": ["The to date field must be a date after or equal to from date."] })
        );
    }
}
